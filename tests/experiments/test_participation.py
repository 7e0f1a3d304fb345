"""Participation: the program from the command line to its tables, and nobody who looks ahead loses where talks are harmless."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

from negosim import simulate
from negosim.common.vocabulary import Side
from negosim.engine.no_talks import no_talks
from negosim.experiment.design import assumed_draws
from negosim.results.participation import zone_of_agreement
from tests.experiments.test_anatomy_and_best_responses import page, program

RUNS = 6_000
"""Runs of each draw: the standard error of a mean payoff is .0013, and a loss is one of more than .005."""


def test_the_program_writes_what_it_finds_and_renews_the_table_of_a_page(tmp_path: Path) -> None:
    module, out = program("participation"), tmp_path / "runs"
    words = ["--out", str(out), "--page", str(page(out, "participation"))]
    assert module.main([*words, "--runs", "20", "--draws", "2", "--draw-runs", "20"]) == 0
    text, found = (out / "findings.md").read_text(encoding="utf-8"), pandas.read_csv(out / "participation.csv")
    pairs = module.pairs(module.ns.Scenario.load(module.SCENARIO))
    assert len(found) == 2 * len(pairs) and all(f"\n| {name} | " in text for name in pairs) and "nan" not in text.lower()
    told = out.with_suffix(".md").read_text(encoding="utf-8")
    assert [line for line in told.splitlines() if line.startswith("|") and line not in text.splitlines()] == []
    assert "old" not in told and "as it stands" in told


def test_a_loss_is_an_exception_only_where_there_is_a_zone_and_is_told_with_the_worst_first() -> None:
    module = program("participation")
    scenario = module.ns.Scenario.load(module.SCENARIO)
    draws = [(0.1, 0.05, -0.006), (0.1, -0.03, 0.2), (0.02, 0.0, -0.005), (0.019, -0.5, -0.5), (-0.1, -0.02, 0.01)]
    rows = [
        {"draw": draw, "point": point, "zone": zone, "sender_gain": sender, "target_gain": target, "agreed": 0.5}
        for point in range(len(module.pairs(scenario)))
        for draw, (zone, sender, target) in enumerate(draws, start=1)
    ]
    found = pandas.DataFrame(rows)
    assert module.exceptions(found[found["point"] == 0])["draw"].tolist() == [2, 1]
    told = module.summary(found, scenario)[2]
    worst = "\N{MINUS SIGN}0.030, \N{MINUS SIGN}0.006"
    assert told.startswith(f"| as it stands | 0 % | 60 % | 0 % | 2 of 3 | {worst} | 20 % | 50 % |")
    listed = module.text(module.experiment(scenario, 2, 5, 2), found, 0.001).split("although there is a zone")[1]
    assert listed.index("| as it stands | 2 | 0.100 |") < listed.index("| as it stands | 1 | 0.100 |")
    nowhere = module.summary(found.assign(zone=0.01), scenario)[2]
    assert "| 0 of 0 | – | 0 % | – | – | – |" in nowhere


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["risk-return", "subgame-perfect"])
def test_nobody_who_looks_ahead_loses_by_harmless_talks_where_there_is_something_to_agree_on(strategy: str) -> None:
    """Fixed seed; 16 joint draws of what the case assumes."""
    module = program("participation")
    case = module.ns.Scenario.load(module.SCENARIO)
    changes, zones, lost = module.pairs(case)[f"{strategy}, {module.HARMLESS}"], 0, {}
    for number, draw in enumerate(assumed_draws(case, 16, module.SEED), start=1):
        scenario = case.vary(draw).vary(changes)
        if zone_of_agreement(scenario) >= module.ZONE:
            gains = simulate(scenario, RUNS, seed=number).runs["payoff"].mean(axis=0) - no_talks(scenario).value
            zones, lost = zones + 1, lost | ({number: gains.tolist()} if gains.min() < -module.LOSS else {})
    assert zones >= 5 and lost == {}


@pytest.mark.slow
@pytest.mark.parametrize("strategies", ["as it stands", "risk-return"])
def test_nobody_signs_where_there_is_nothing_to_agree_on_once_types_are_known_and_threats_stand_still(strategies: str) -> None:
    """Of 60 joint draws some have no zone. Where types or voices differ from their means, or levels move, some runs settle."""
    module = program("participation")
    case = module.ns.Scenario.load(module.SCENARIO)
    known = {f"{side.label}.{name}": 0.0 for side in Side for name in ("ambiguity", "ambiguous_voices")} | module.harmless(case)
    still = {"sender.volatility": 0.0, "threats.reciprocal-tariff.escalation": 0.0}
    shares = []
    for number, draw in enumerate(assumed_draws(case, 60, module.SEED), start=1):
        scenario = case.vary(draw).vary(known | still)
        if zone_of_agreement(scenario) < 0.0:
            shares.append(simulate(scenario.vary(module.pairs(case)[strategies]), 200, seed=number).frame()["agreed"].mean())
    assert len(shares) >= 4 and max(shares) == 0.0
