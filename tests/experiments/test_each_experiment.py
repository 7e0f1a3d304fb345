"""Every experiment of the folder, at a tiny size, from its file to its findings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pandas
import pytest

from negosim.common.vocabulary import CHANNELS
from negosim.experiment.distributions import TAKES
from negosim.experiment.experiment import Experiment
from negosim.experiment.factors import Vary
from negosim.experiment.spec import Case, Precision
from negosim.report.write import INDICES_FILE, write_report
from negosim.results.results import Results
from negosim.results.sensitivity import INDICES
from negosim.store.store import FILES
from negosim.sweeps.runner import sweep
from negosim.validation.record.data import DATA
from tests.architecture.house import ROOT
from tools import experiments_page

FOLDER = ROOT / "experiments"
EXPERIMENTS = sorted(FOLDER.glob("*.toml"))
RUNS, DRAWS, DRAW_RUNS = 60, 3, 20
SIZE, SAMPLED_RUNS = 2, 10
"""Base points or trajectories of a design that samples, and the runs at each of its many points."""


def loaded(path: Path) -> Experiment:
    """An experiment, of SIZE if it samples: all points of a large one take seconds to look at."""
    return Experiment.load(path, **({"size": SIZE} if "\nsize = " in path.read_text(encoding="utf-8") else {}))


@pytest.fixture(scope="module", params=EXPERIMENTS, ids=lambda path: path.stem)
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The results of an experiment with few runs at each of its points."""
    whole = loaded(request.param)
    fields = {name: getattr(whole, name) for name in Experiment.model_fields}
    runs = RUNS if whole.size is None else SAMPLED_RUNS
    tiny = {"replications": runs, "chunk": 500 if runs < RUNS else 25, "draw_replications": DRAW_RUNS}
    tiny |= {"assumed_draws": min(DRAWS, whole.assumed_draws)}
    folder = tmp_path_factory.mktemp("runs")
    found = sweep(Experiment(**{**fields, **tiny}), folder, workers=1)
    write_report(found)
    return found


def test_there_are_experiments_and_the_page_beside_them_names_each() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert EXPERIMENTS and all(f"`{path.name}`" in page for path in EXPERIMENTS)
    assert all(Experiment.load(path).name == path.stem.replace("_", "-") for path in EXPERIMENTS)


def test_every_point_is_played_and_summed_up(results: Results) -> None:
    summary = pandas.read_parquet(results.out / "summary.parquet")
    points, runs = len(results.experiment.design_points), results.experiment.replications
    assert len(results.frame(["point"])) == runs * points and summary["point"].nunique() == points
    payoffs = summary[summary["quantity"].isin(["sender_payoff", "target_payoff"])]
    assert (payoffs["runs"] == runs).all() and not payoffs[["mean", "difference", "low", "high"]].isna().any(axis=None)


def test_endings_are_shares_of_one_whole_and_ledgers_add_up_to_payoffs(results: Results) -> None:
    means = results.summary().pivot(index="point", columns="quantity", values="mean")
    endings = means[[name for name in means.columns if name.startswith("ending_")]]
    assert endings.sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-12)
    own = ("payoff", "utility")
    for side in ("sender", "target"):
        ledger = [name for name in means.columns if name.startswith(f"{side}_") and not name.endswith(own)]
        if results.experiment.columns is not None:
            assert not ledger  # the ledgers are not kept
            continue
        assert len(ledger) == len(CHANNELS)
        assert means[ledger].sum(axis=1).to_numpy() == pytest.approx(means[f"{side}_payoff"].to_numpy(), abs=1e-9)


def test_every_finding_is_told_with_its_joint_draws(results: Results) -> None:
    told = json.loads((results.out / "findings.json").read_text(encoding="utf-8"))
    experiment = results.experiment
    assert [finding["label"] for finding in told["findings"]] == [each.label for each in experiment.comparisons]
    text = (results.out / "findings.md").read_text(encoding="utf-8")
    cases, is_analysed = len(experiment.bases), experiment.design in INDICES
    sections = cases + (cases if is_analysed else 1 + len(experiment.comparisons))
    assert text.count("\n## ") == sections and "nan" not in text.lower()
    assert (results.out / INDICES_FILE).exists() == is_analysed
    for finding in told["findings"]:
        draws = {difference["robustness"]["draws"] for difference in finding["differences"] if difference["robustness"]}
        assert draws == ({experiment.assumed_draws} if experiment.assumed_draws else set())
    assert all((results.out / name).stat().st_size > 0 for name in FILES)


def test_the_findings_go_into_the_page_by_the_name_of_the_experiment(results: Results, tmp_path: Path) -> None:
    name, page = results.experiment.name, tmp_path / "page.md"
    page.write_text(f"Before.\n<!-- {name}: generated -->\nstale\n<!-- end of {name} -->\nAfter.\n", encoding="utf-8")
    assert experiments_page.main([str(results.out), "--page", str(page)]) == 0
    renewed = page.read_text(encoding="utf-8")
    table = [line for line in renewed.splitlines() if line.startswith("|")]
    findings = (results.out / "findings.md").read_text(encoding="utf-8")
    assert renewed.startswith("Before.\n") and renewed.endswith("\nAfter.\n") and "stale" not in renewed
    assert len(table) >= 2 + min(len(results.experiment.vary), 30) and all(line in findings for line in table)


def test_a_page_without_the_part_is_left_as_it_is(results: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("No part.\n", encoding="utf-8")
    assert experiments_page.main([str(results.out), "--page", str(page)]) == 2
    assert page.read_text(encoding="utf-8") == "No part.\n"
    assert f"the page has 0 generated parts named {results.experiment.name}" in capsys.readouterr().err
    assert experiments_page.main([str(tmp_path / "none"), "--page", str(page)]) == 2


def test_the_page_has_the_findings_of_every_new_question() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in EXPERIMENTS:
        name = path.stem.replace("_", "-")
        if name != "six-tactics":  # they have a page of their own: the project's
            assert re.search(rf"<!-- {name}: generated [^\n]*-->\n\n.*?\n\| .*?<!-- end of {name} -->", page, flags=re.DOTALL)
    assert page.count("**Finding.**") == page.count("**How sure.**") == 5


def test_the_six_tactics_go_from_none_to_the_upper_end_of_what_is_plausible() -> None:
    experiment = Experiment.load(FOLDER / "six_tactics.toml")
    tactics = ("ambiguity", "commitment", "unpredictability", "volatility", "reversal", "brinkmanship")
    headlines = {block.parameter: block.headline for block in experiment.vary}
    plausible = experiment.scenario.assumed()
    assert headlines == {f"sender.{name}": (0.0, plausible[f"sender.{name}"][1]) for name in tactics}
    assert all(experiment.scenario.get(block.parameter) in block.values for block in experiment.vary)
    assert experiment.runs >= 1_000_000 and experiment.assumed_draws == 1_000


def test_what_is_moved_is_moved_over_the_ranges_of_the_scenario() -> None:
    screened, matter = (loaded(FOLDER / f"{name}.toml") for name in ("assumptions_screened", "which_parameters_matter"))
    plausible = {name: pytest.approx(span) for name, span in screened.scenario.assumed().items()}
    voices = {name for name in plausible if ".negotiators." in name and ".salience." in name}  # not each alone: see the file
    moved = {block.parameter: block.range for block in screened.vary}
    assert moved == {name: span for name, span in plausible.items() if name not in voices}
    assert len(moved) == 155 and len(voices) == 22 and len(matter.vary) >= 20
    assert all(block.range == plausible[block.parameter] for block in matter.vary)
    ends = {block.parameter: block.headline for block in Experiment.load(FOLDER / "home_audience.toml").vary}
    doubt = {name: span for name, span in ends.items() if name.endswith(("half_width", "audience_cost"))}
    assert all(span == plausible[name] for name, span in ends.items() if name not in doubt)
    upper = {name: span[1] for name, span in screened.scenario.assumed().items()}
    assert all(span == (0.0, upper[name]) for name, span in doubt.items())


def test_the_reported_terms_are_those_of_the_data() -> None:
    path = DATA / "us_japan_deal_terms.csv"
    terms = pandas.read_csv(path).set_index("issue")["value"].to_dict()
    experiment = Experiment.load(FOLDER / "six_tactics.toml")
    before = experiment.scenario.issue("rice").status_quo
    assert experiment.reported == {
        "reciprocal-tariff": terms["reciprocal_tariff"],
        "car-tariff": terms["auto_tariff"],
        "steel-tariff": terms["steel_aluminium"],
        "rice": before * (1 + terms["rice"] / 100),
        "farm-purchases": terms["agri_purchases"],
        "energy": terms["energy_purchases"],
        "investment": terms["investment_vehicle"],
        "car-standards": 100 * terms["auto_standards"],
    }


def test_the_example_of_the_page_can_be_played(tmp_path: Path) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    text = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)[0]
    file = tmp_path / "patience.toml"
    file.write_text(text, encoding="utf-8")
    findings, _ = write_report(sweep(file, tmp_path / "runs", workers=1))
    assert [finding.label for finding in findings.findings] == [
        "sender.discount from 0.8 to 0.95",
        "target.discount from 0.8 to 0.95",
    ]


def test_the_page_explains_every_key_of_an_experiment() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    explained = re.findall(r"^(?:\[\[?)?(\w+)(?:\]\]?| =)|^\| `(\w+)` \|", page, flags=re.MULTILINE)
    named = {name for pair in explained for name in pair if name}
    assert {*Experiment.model_fields} <= named
    parts = {name for part in (Vary, Case, Precision) for name in part.model_fields}
    parts |= {*TAKES, *(name for takes in TAKES.values() for name in takes)}
    designs = get_args(get_args(Experiment.model_fields["design"].annotation)[0])
    assert len(designs) == 7 and [name for name in (*parts, *designs) if not re.search(rf"\b{name}\b", page)] == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_other_examples_of_the_page_are_experiments_too(number: int, tmp_path: Path) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    texts = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    assert len(texts) == 4
    head = 'name = "a"\ntitle = "A"\nquestion = "?"\nscenario = "us-japan-2025"\nseed = 0\n'
    runs = "" if "replications = " in texts[number] else "replications = 1\n"
    (tmp_path / "a.toml").write_text(head + runs + texts[number], encoding="utf-8")
    made = Experiment.load(tmp_path / "a.toml")
    assert len(made.design_points) == {1: 2_049, 2: 12, 3: 1}[number]
