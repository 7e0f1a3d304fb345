"""Two scenarios or two results side by side: what changed, what followed, and how sure that is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas
import pytest

import negosim
import negosim.experiment.quantities
import negosim.sweeps.play
from negosim.common.errors import ScenarioError, StoreError
from negosim.results.contrast import Contrast
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.compare import compare
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import experiment

PIE = Scenario.load("pie")
AMBIGUOUS = PIE.vary({"sender.ambiguity": 0.2})
NUMBERS = ("difference", "error", "low", "high", "higher", "lower")
TERMS = "| The terms of the deals | A | B | B less A | 95 % interval | "


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are pretended: the sender's payoff is a number of luck plus its ambiguity."""
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


def swept(folder: Path, **changes: Any) -> Results:
    return sweep(experiment(**changes), folder, workers=1)


# ---- two scenarios ----


@pytest.mark.parametrize("name", ["pie", "two-levels", "us-japan-2025"])
def test_a_scenario_differs_from_itself_by_exactly_nothing(name: str) -> None:
    found = compare(name, Scenario.load(name), replications=40)
    known = found.differences[found.differences["runs_a"] > 1]
    assert len(known) > 30 and (known[list(NUMBERS)] == 0.0).all(axis=None)
    assert found.changes.empty and found.unmatched.empty and found.same_rules
    assert "Nothing." in str(found) and "Every quantity is the same in both." in str(found)


@pytest.mark.usefixtures("pretended")
@pytest.mark.parametrize(("a", "b", "planted"), [(PIE, AMBIGUOUS, 0.2), (AMBIGUOUS, PIE, -0.2)])
def test_a_planted_difference_is_found_with_its_sign(a: Scenario, b: Scenario, planted: float) -> None:
    here = compare(a, b, replications=100, seed=4).at()
    row = here.loc["sender_payoff"]
    assert [row[name] for name in ("difference", "low", "high")] == pytest.approx([planted] * 3)
    assert (row["higher"], row["lower"]) == ((1.0, 0.0) if planted > 0 else (0.0, 1.0))
    assert here.loc["target_payoff", "difference"] == 0.0 and here.loc["joint_payoff", "difference"] == pytest.approx(planted)


def test_a_difference_that_the_rules_make_is_told_from_luck() -> None:
    case = Scenario.load("us-japan-2025")
    brink = case.vary({"sender.brinkmanship": 0.3})
    here = compare(case, brink, replications=300).at()
    assert here.loc["ending_breakdown", "low"] > 0.2 and here.loc["no_deal", "low"] > 0.2
    assert here.loc["target_threat_damage", "high"] < 0.0
    assert here.loc["ending_breakdown", "mean_b"] > here.loc["ending_breakdown", "mean_a"]


def test_two_scenarios_are_compared_as_two_points_of_a_sweep_are(tmp_path: Path) -> None:
    case = Scenario.load("us-japan-2025")
    points = swept(tmp_path, scenario=case, vary=[{"parameter": "sender.ambiguity", "values": [0.2]}], replications=60)
    wanted = paired(points, point=1).set_index("quantity")
    found = compare(case, case.vary({"sender.ambiguity": 0.2}), replications=60, seed=7).at().loc[wanted.index]
    for name in NUMBERS:
        assert found[name].to_numpy() == pytest.approx(wanted[name].to_numpy(), rel=1e-9, abs=1e-12), name


@pytest.mark.usefixtures("pretended")
def test_what_both_have_is_compared_and_the_rest_is_named() -> None:
    found = compare("pie", "logrolling", replications=20)
    assert not any(name.startswith("settled_") for name in found.at().index)
    rows = {row["name"]: (row["what"], row["only_in"]) for row in found.unmatched.to_dict("records")}
    assert rows["settled_pie"] == ("quantity", "A")
    alone = found.changes[found.changes["name"].str.startswith("issues.")]
    assert list(alone["only_in"]) == ["A", "B", "B"]
    assert "measured otherwise in A and in B (`issues.pie`" in str(found)


@pytest.mark.usefixtures("pretended")
def test_a_quantity_in_two_units_is_not_compared() -> None:
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["issues"][0]["unit"] = "slices"
    found = compare(PIE, Scenario.build(tree), replications=20)
    assert found.unmatched.to_dict("records") == [
        {"what": "quantity", "name": "settled_pie", "only_in": "", "why": f"in {PIE.issues[0].unit} in A, in slices in B"}
    ]
    assert list(found.changes["name"]) == ["issues.pie.unit"] and "settled_pie" not in found.at().index


# ---- results ----


@pytest.mark.usefixtures("pretended")
def test_results_with_the_same_luck_are_compared_run_for_run_at_the_points_that_set_the_same(tmp_path: Path) -> None:
    base = PIE.vary({"sender.ambiguity": 0.05})
    discounts = [{"parameter": "sender.discount", "values": [0.7, 0.8]}]
    a = swept(tmp_path / "a", vary=discounts)
    b = swept(tmp_path / "b", scenario=base, vary=[{"parameter": "sender.discount", "values": [0.9, 0.8]}])
    found = compare(a, tmp_path / "b")
    assert list(dict.fromkeys(found.differences["label"])) == ["baseline", "sender.discount = 0.8"]
    assert set(zip(found.differences["point_a"], found.differences["point_b"], strict=True)) == {(0, 0), (2, 2)}
    payoff = found.differences[found.differences["quantity"] == "sender_payoff"]
    assert set(payoff["luck"]) == {"common"} and set(payoff["pairs"]) == {10}
    assert list(payoff["low"]) == pytest.approx([0.05, 0.05]) and list(payoff["error"]) == pytest.approx([0.0, 0.0])
    assert [tuple(row) for row in found.unmatched[["what", "name", "only_in"]].to_numpy()] == [
        ("point", "sender.discount = 0.7", "A"), ("point", "sender.discount = 0.9", "B"),
    ]
    assert "## At each point" in str(found) and "| sender.discount = 0.8 | +5 | – | +5 | – |" in str(found)
    assert b.experiment.base == found.scenarios[1]


@pytest.mark.usefixtures("pretended")
def test_points_are_matched_by_what_they_set_and_not_by_their_numbers(tmp_path: Path) -> None:
    a = swept(tmp_path / "a", vary=[{"parameter": "sender.ambiguity", "values": [0.1, 0.2, 0.3]}])
    b = swept(tmp_path / "b", vary=[{"parameter": "sender.ambiguity", "values": [0.3, 0.1]}])
    found = compare(a, b).differences
    assert set(zip(found["point_a"], found["point_b"], strict=True)) == {(0, 0), (1, 2), (3, 1)}
    assert (found[found["pairs"] > 1][["difference", "error"]] == 0.0).all(axis=None)


@pytest.mark.usefixtures("pretended")
def test_results_with_other_luck_are_compared_as_independent_samples(tmp_path: Path) -> None:
    a, b = swept(tmp_path / "a", replications=30), swept(tmp_path / "b", seed=8, replications=40)
    found = compare(a, b)
    row = found.at().loc["sender_payoff"]
    assert (row["luck"], row["pairs"], row["runs_a"], row["runs_b"]) == ("independent", 0, 30, 40)
    frames = [results.query("select sender_payoff as y from runs where point = 0")["y"] for results in (a, b)]
    assert row["difference"] == pytest.approx(frames[1].mean() - frames[0].mean())
    assert row["error"] == pytest.approx((frames[0].var() / 30 + frames[1].var() / 40) ** 0.5)
    assert "independent samples" in str(found) and "higher in" not in str(found).split("## What followed")[1].split("|")[0]


@pytest.mark.usefixtures("pretended")
def test_of_results_with_more_runs_those_are_compared_that_both_have(tmp_path: Path) -> None:
    a, b = swept(tmp_path / "a", replications=30), swept(tmp_path / "b", replications=12)
    found = compare(a, b)
    row = found.at().loc["sender_payoff"]
    assert (row["luck"], row["pairs"], row["difference"], row["error"]) == ("common", 12, 0.0, 0.0)
    assert "18 runs that only one has are left out" in str(found)


@pytest.mark.usefixtures("pretended")
def test_a_scenario_is_compared_with_the_baseline_of_results_with_their_luck(tmp_path: Path) -> None:
    found = compare(swept(tmp_path / "runs", baseline={"sender.ambiguity": 0.1}), AMBIGUOUS)
    assert found.runs == (10, 10) and found.seeds == (7, 7)
    assert list(found.changes["name"]) == ["sender.ambiguity"]
    assert found.at().loc["sender_payoff", "low"] == pytest.approx(0.1)


@pytest.mark.usefixtures("pretended")
@pytest.mark.slow
def test_small_pieces_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = swept(tmp_path / "a"), swept(tmp_path / "b", scenario=AMBIGUOUS)
    whole = compare(a, b).differences
    for at_once in (30, 100):
        monkeypatch.setattr(negosim.experiment.quantities, "AT_ONCE", at_once)
        pandas.testing.assert_frame_equal(compare(a, b).differences, whole)


@pytest.mark.usefixtures("pretended")
def test_results_of_different_rules_say_so(tmp_path: Path) -> None:
    a, b = swept(tmp_path / "a"), swept(tmp_path / "b")
    b.manifest["rules"] = "of yesterday"
    assert not compare(a, b).same_rules and "different rules" in str(compare(a, b))


# ---- what is told ----


@pytest.mark.usefixtures("pretended")
def test_the_text_says_what_changed_and_what_followed() -> None:
    text = str(compare(PIE, AMBIGUOUS, replications=100))
    assert "100 runs of each, compared run for run: with seed 0 both have the same luck" in text
    assert "| `sender.ambiguity` | half-width of the private reservation value" in text and "| 0 | 0.2 | utility |" in text
    assert "- The first player: 20.0 points more (20.0 to 20.0); higher in 100.0 % of the runs and lower in 0 %." in text
    assert "- Runs without a deal: 25.0 % in place of 25.0 %, no difference in any run." in text
    assert f"\n\n{text}\n" in Contrast._repr_markdown_(compare(PIE, AMBIGUOUS, replications=100))


@pytest.mark.usefixtures("pretended")
def test_the_numbers_for_another_program_are_those_of_the_frames() -> None:
    found = compare(PIE, PIE.vary({"sender.ambiguity": 0.2, "target.disagreement": None}), replications=20)
    told = json.loads(json.dumps(found.plain(), allow_nan=False))
    assert [(row["name"], row["a"], row["b"]) for row in told["changes"]] == [
        ("sender.ambiguity", 0.0, 0.2), ("target.disagreement", 0.0, None),
    ]
    assert told["a"] == {"scenario": "pie", "runs": 20, "seed": 0}
    rows = {row["quantity"]: row for row in told["differences"]}
    assert rows["sender_payoff"]["difference"] == found.at().loc["sender_payoff", "difference"]


def test_what_only_some_runs_have_is_told_with_their_counts_and_over_the_runs_that_have_it_in_both() -> None:
    case = Scenario.load("us-japan-2025")
    found = compare(case, case.vary({"sender.brinkmanship": 0.3}), replications=300)
    here, text = found.at(), str(found)
    row = here.loc["settled_reciprocal_tariff"]
    assert row["runs_b"] < row["runs_a"] < 300 and 0 < row["pairs"] <= row["runs_b"]
    assert TERMS + "runs of A | of B | of both | in both | 95 % of it | higher in | lower in |" in text
    (line,) = [line for line in text.splitlines() if line.startswith("| Reciprocal tariff")]
    assert [cell.strip() for cell in line.split("|")][6:9] == [str(row[name]) for name in ("runs_a", "runs_b", "pairs")]
    assert "these are not the same in A and in B" in text and "*In both* is the mean difference" in text
    of_all = here.loc["sender_payoff"]
    assert [of_all[f"in_both{end}"] for end in ("", "_low", "_high")] == pytest.approx(
        [of_all[name] for name in ("difference", "low", "high")]
    )
    whole = text.partition("| All else |")[2].partition("\n\n")[0]
    assert "| rounds to the end (" in whole.lower() and "settled" not in whole


def test_the_terms_of_deals_that_all_runs_end_in_are_plain_differences() -> None:
    text = str(compare("logrolling", Scenario.load("logrolling").vary({"sender.discount": 0.9}), replications=20))
    assert "In both" not in text and (TERMS not in text or f"{TERMS}higher in | lower in |" in text)


@pytest.mark.usefixtures("pretended")
def test_a_comparison_of_independent_runs_has_no_runs_of_both(tmp_path: Path) -> None:
    text = str(compare(swept(tmp_path / "a", replications=30), swept(tmp_path / "b", seed=8, replications=40)))
    assert f"{TERMS}runs of A | of B | higher in | lower in |" in text and "In both" not in text


@pytest.mark.usefixtures("pretended")
def test_two_versions_of_a_scenario_are_called_so() -> None:
    assert str(compare(PIE, AMBIGUOUS, replications=4)).startswith("# pie: two versions, A and B\n")
    assert str(compare("pie", "logrolling", replications=4)).startswith("# pie (A) and logrolling (B)\n")


# ---- what is refused ----


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": 3}, r"a is of type int\. Give a scenario or results"),
        ({"b": "py"}, r'there is no scenario named "py"'),
        ({"b": "no/such"}, r"no/such: there is no such file"),
        ({"replications": 1}, r"replications \(--runs\) = 1 is out of range\. It must be at least 2"),
        ({"seed": -1}, r"seed = -1 is out of range"),
        ({"seed": 2**63}, r"seed = 9223372036854775808 is out of range"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        compare(**{"a": "pie", "b": "pie", **given})


@pytest.mark.usefixtures("pretended")
def test_results_keep_their_runs_and_their_seed(tmp_path: Path) -> None:
    swept(tmp_path / "runs")
    with pytest.raises(ScenarioError, match=r"seed = 3 is for two scenarios\. .*runs has its own: leave it out"):
        compare(tmp_path / "runs", "pie", seed=3)


def test_a_folder_without_results_is_refused_and_a_shipped_name_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match="holds no results"):
        compare("pie", tmp_path)
    monkeypatch.chdir(tmp_path)
    os.mkdir("pie")
    assert compare("pie", "pie", replications=3).changes.empty
    with pytest.raises(StoreError, match="holds no results"):
        compare(os.path.join(".", "pie"), "pie")


@pytest.mark.usefixtures("pretended")
def test_a_point_that_is_not_compared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"point 1 is not compared\. The compared points are 0 to 0"):
        compare("pie", "pie", replications=4).at(1)


def test_a_stopped_comparison_keeps_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*arguments: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(negosim.sweeps.play, "simulate", stopped)
    with pytest.raises(KeyboardInterrupt, match=r"Stopped\. A comparison keeps no runs"):
        negosim.compare("pie", "pie")
