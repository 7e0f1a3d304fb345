"""Participation: zones of agreement that one can work out by hand, and gains that are those of the runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from negosim import Scenario, simulate
from negosim.common.vocabulary import Side
from negosim.engine.no_talks import no_talks
from negosim.experiment.experiment import Experiment
from negosim.results.participation import participation, zone_of_agreement
from negosim.sweeps.runner import sweep

PIE = Scenario.load("pie")
FLOWS = {
    "talks.payoff": "flows", "sender.disagreement": None, "target.disagreement": None, "sender.discount": 0.9,
    "target.discount": 0.9,
}


@pytest.mark.parametrize(
    ("scenario", "zone"),
    [
        (PIE, 0.5),
        (PIE.vary({"sender.disagreement": 0.3}), 0.35),  # what is left over after 0.3, shared equally
        (PIE.vary({"sender.disagreement": 0.6, "target.disagreement": 0.6}), -0.1),  # both ask for more than there is
        (PIE.vary({"sender.audience_cost": 1.0, "target.audience_cost": 1.0}), 0.5),  # nobody has anything to take back yet
        (PIE.vary({"target.precedent_pressure": 0.25, "issues.pie.precedent": 1.0}), 4 / 9),  # 1 - x - x / 4 = x
        (Scenario.load("threat"), 0.25),  # a tariff of 1 that is carried out with chance 0.5, on a pie that is all the target's
        (PIE.vary({**FLOWS, "sender.inside_option": 0.2, "target.inside_option": 0.3}), 0.25),
    ],
    ids=["alone", "disagreement", "none", "retreat", "precedent", "threat", "flows"],
)
def test_the_zone_of_agreement_is_what_the_best_deal_for_the_worse_off_side_brings_it(scenario: Scenario, zone: float) -> None:
    assert zone_of_agreement(scenario) == pytest.approx(zone, abs=0.004)  # half a step between two of 129 packages


def test_gains_are_mean_payoffs_less_what_refused_talks_pay(tmp_path: Path) -> None:
    case = Scenario.load("us-japan-2025-flows")
    both = {f"{side.label}.strategy": "risk-return" for side in Side}
    asked = Experiment(
        name="small", title="Small", question="Who gains?", scenario=case, points=[both], replications=2, seed=3,
        assumed_draws=2, draw_replications=15,
    )
    found = participation(sweep(asked, tmp_path, workers=1))
    assert found[["draw", "point"]].to_numpy().tolist() == [[1, 0], [1, 1], [2, 0], [2, 1]]
    for row in found.itertuples():
        scenario = case.vary(asked.draws[row.draw - 1][None]).vary(both if row.point else {})
        outcomes = simulate(scenario, 15, seed=3, first=15 * (row.draw - 1))
        gains = outcomes.runs["payoff"].mean(axis=0) - no_talks(scenario).value
        assert (row.sender_gain, row.target_gain) == pytest.approx(tuple(gains), abs=1e-12)
        assert row.zone == zone_of_agreement(scenario) and row.agreed == pytest.approx(outcomes.frame()["agreed"].mean())
    assert found.groupby("draw")["zone"].nunique().tolist() == [1, 1]  # whatever the strategies
