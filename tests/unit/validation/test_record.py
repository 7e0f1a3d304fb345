"""The stylised facts: the record is read from its files, the model is measured in its runs, and a verdict needs both."""

from __future__ import annotations

import csv
import dataclasses
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

from negosim.common.errors import ScenarioError
from negosim.common.vocabulary import Ending
from negosim.engine.kernel import simulate
from negosim.engine.prepare import prepare
from negosim.report.facts import facts_table, facts_text
from negosim.scenario.scenario import Scenario
from negosim.validation.record import counterpart, data
from negosim.validation.record.counterpart import Plays
from negosim.validation.record.evidence import Estimate, Evidence, Level
from negosim.validation.record.facts import FACTS, Fact
from negosim.validation.record.verdicts import APART, OTHER, SAME, UNCLEAR, WITHIN, compare, verdict

TIES, EVENTS, TPU = "ties_threat_success_rates.csv", "tariff_events_2025_2026.csv", "tpu_us_daily.csv"
BY_NAME = {fact.name: fact for fact in FACTS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the record, in which a number can be changed."""
    shutil.copytree(data.DATA, tmp_path / "data")
    return tmp_path / "data"


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Change one place in a file of the copy."""
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def read(name: str, folder: Path = data.DATA) -> Evidence:
    return BY_NAME[name].record(folder)


# ---- the record ----


@pytest.mark.parametrize(
    ("name", "values", "counts"),
    [
        ("ambiguity", [0.683, 0.312], [(186, 253), (80, 184)]),
        ("target-cost", [0.527, 0.875], [(220, 389), (40, 42)]),
        ("commitment-low", [0.611, 0.442], [(36, 76), (129, 242)]),
        ("commitment-high", [0.442, 0.720], [(129, 242), (100, 119)]),
        ("backing-down", [0.212], [(302, 501)]),
        ("backing-down-japan", [0.200], [(25, 38)]),
        ("letters", [0.5], [(14, 14)]),
        ("carried-out", [0.25], [(49, 49)]),
        ("withdrawn", [0.43], [(49, 49)]),
        ("deal-rate", [15.0], [(1, 1)]),
        ("deal-date", [111.0], [(1, 1)]),
        ("first-deadline", [1.0], [(1, 1)]),
        ("deadline", [1.0], [(2, 2)]),
    ],
)
def test_the_record_says_what_its_files_say(name: str, values: list[float], counts: list[tuple[int, int]]) -> None:
    levels = read(name).levels
    assert [level.estimate.value for level in levels] == pytest.approx(values, abs=0.0006)
    assert [(level.n, level.of) for level in levels] == counts


def test_the_uncertainty_of_trade_policy_keeps_88_hundredths_a_week() -> None:
    assert round(read("uncertainty").value.value, 2) == 0.88


def test_the_standard_errors_are_those_of_the_file() -> None:
    for group in data.rows(data.DATA, TIES, "group"):
        if group.fields["se"]:
            level = data.disputes(data.DATA, group.name, "")
            assert level.estimate.error == pytest.approx(group.number("se", 0.0), abs=0.0006)


def test_the_unknown_outcomes_bound_the_record() -> None:
    evidence = read("ambiguity")
    assert evidence.floor is not None and evidence.floor.value == pytest.approx(25 / 184 - 127 / 253)
    assert evidence.bounds == pytest.approx((25 / 184 - (127 + 67) / 253, (25 + 104) / 184 - 127 / 253))


def test_the_shares_of_threats_are_those_of_the_scenario_s_source() -> None:
    with (data.DATA / "salience_facts.csv").open(encoding="utf-8", newline="") as text:
        source = {row["metric"]: float(row["value"]) / 100 for row in csv.DictReader(text) if row["issue"] == "credibility"}
    assert read("carried-out").value.value == source["share of 49 tariff threats fully executed"]
    assert read("withdrawn").value.value == source["share withdrawn or not implemented"]


def test_another_number_in_the_file_is_another_row(folder: Path) -> None:
    change(folder, TIES, "issue13 bspecif=1,184,80,25,0.312", "issue13 bspecif=1,184,80,60,0.75")
    (before,), (after,) = (compare(["ambiguity"], runs=50, folder=place) for place in (data.DATA, folder))
    assert after.record.levels[1].estimate.value == 0.75 and after.record.value.value > 0 > before.record.value.value
    assert after.model == before.model


def test_another_day_of_the_deal_is_another_distance_to_the_deadline(folder: Path) -> None:
    change(folder, EVENTS, "2025-07-22,US-JP,deal", "2025-07-10,US-JP,deal")
    assert (read("deal-date", folder).value.value, read("deadline", folder).value.value) == (99.0, 0.5)
    change(folder, EVENTS, "2025-07-10,US-JP,deal", "2025-07-08,US-JP,deal")
    assert read("first-deadline", folder).value.value == 0.0


def test_a_day_without_an_index_is_left_out_and_any_other_counts(folder: Path) -> None:
    before = read("uncertainty")
    with (folder / TPU).open("a", encoding="utf-8") as file:
        file.write("2026-06-21,0\n")
    assert read("uncertainty", folder) == before
    with (folder / TPU).open("a", encoding="utf-8") as file:
        file.write("2026-06-20,90000\n")
    assert read("uncertainty", folder).value.value < before.value.value


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "said"),
    [
        ("ambiguity", TIES, "issue13 bspecif=1,184,80,25,0.312", "issue13 bspecif=1,184,80,25,much",
         "issue13 bspecif=1: success_rate = 'much' is not a number. Write 0.5, say."),
        ("ambiguity", TIES, "issue13 bspecif=1,184,80,25,0.312", "issue13 bspecif=1,184,80,25,nan",
         "issue13 bspecif=1: success_rate = 'nan' is out of range. It must lie between 0 and 1."),
        ("ambiguity", TIES, "issue13 bspecif=1,184,80,25,0.312", "issue13 bspecif=1,184,80,25,0.412",
         "issue13 bspecif=1: success_rate = '0.412' is not a count divided by n_resolved = 80."),
        ("ambiguity", TIES, "issue13 bspecif=1,184,80,25", "issue13 bspecif=1,84.5,80,25",
         "issue13 bspecif=1: n_threats = '84.5' is not a whole number."),
        ("ambiguity", TIES, "issue13 bspecif=1,184,80,25", "issue13 bspecif=1,70,80,25",
         "issue13 bspecif=1: n_threats = '70' is out of range. It must lie between 80 and inf."),
        ("ambiguity", TIES, "issue13 bspecif=1,184,80,25", "issue13 bspecif=1,184,,25",
         "issue13 bspecif=1: n_resolved = '' is missing. A value belongs here."),
        ("ambiguity", TIES, "\nissue13 bspecif=1,", "\nissue13 bspecifs=1,",
         'has no row with group "issue13 bspecif=1". The nearest known name is "issue13 bspecif'),
        ("ambiguity", TIES, "group,n_threats", "kind,n_threats", "group is missing. A column of this name belongs here."),
        ("deadline", "us_japan_autos_1995.csv", "1995-06-28,no", "28 June,no",
         "auto_parts_1995: deadline = '28 June' is not a date. Write 2025-08-01, say."),
        ("deal-date", EVENTS, "US-JP,deal", "US-JP,talk", "type has no deal with Japan after a threat."),
        ("uncertainty", TPU, "2020-03-02,", "2020-03-02,-", "2020-03-02: us_tpu_daily = '-"),
    ],
)
def test_a_damaged_file_is_named_with_field_value_and_remedy(
    folder: Path, name: str, file: str, old: str, new: str, said: str
) -> None:
    change(folder, file, old, new)
    with pytest.raises(data.RecordError) as caught:
        compare([name], runs=2, folder=folder)
    text = str(caught.value)
    assert text.startswith(f"{file}: {said}") and text.endswith("Restore the file from the package.") and "\n" not in text


def test_a_file_that_is_gone_or_no_text_is_named(folder: Path) -> None:
    (folder / TIES).write_bytes(b"group\n\xff\xfe")
    with pytest.raises(data.RecordError, match=f"{TIES}: is damaged: .*Restore the file"):
        read("ambiguity", folder)
    (folder / TIES).unlink()
    with pytest.raises(data.RecordError, match=f"{TIES}: cannot be read: No such file"):
        read("ambiguity", folder)
    (folder / TIES).write_text("", encoding="utf-8")
    with pytest.raises(data.RecordError, match=f"{TIES}: group is missing"):
        read("ambiguity", folder)


# ---- the model ----


def test_a_success_is_a_deal_that_is_worth_more_to_the_sender_than_the_status_quo() -> None:
    case = Scenario.load("us-japan-2025").vary({"sender.ambiguous_voices": 0, "sender.ambiguity": 0.5})
    outcomes = simulate(case, replications=400, seed=3)
    # A sender without a disagreement payoff of its own falls back on the utility of the status quo.
    worth = prepare(case.vary({"sender.disagreement": None})).sides["prior_mean"][0]
    assert np.array_equal(counterpart.success(outcomes), outcomes.runs["utility"][:, 0] > worth)
    deals = counterpart.deal(outcomes)
    for gain, successes in ((1e-9, deals.sum()), (-1e-9, 0.0)):
        planted = dataclasses.replace(outcomes, runs=outcomes.runs.copy())
        planted.runs["utility"][:, 0] = np.where(deals > 0, worth + gain, np.nan)
        assert counterpart.success(planted).sum() == successes


def test_the_measures_are_what_the_table_of_outcomes_says() -> None:
    case = Scenario.load("us-japan-2025")
    outcomes = simulate(case, replications=600, seed=4)
    frame = outcomes.frame()
    deals, executed = frame["agreed"], frame["threats_executed"] > 0
    assert np.array_equal(counterpart.let_go(outcomes), ~deals & ~executed)
    assert np.array_equal(counterpart.agreed_rate(outcomes), frame["settled_reciprocal_tariff"], equal_nan=True)
    days = counterpart.days_to_the_deal(outcomes)
    assert np.array_equal(days[deals], [(case.date(r) - case.date(1)).days for r in frame["rounds"][deals]])  # type: ignore[operator]
    assert np.isnan(days[~deals]).all()
    assert counterpart.past_the_first_deadline(outcomes).sum() == (frame["rounds"] > 8).sum() > 0


def test_a_round_before_the_deadline_in_force_is_near_it() -> None:
    outcomes = simulate(Scenario.load("us-japan-2025"), replications=10, seed=4)
    outcomes.runs["rounds"], outcomes.runs["ending"] = np.arange(1, 11), Ending.SETTLED
    assert counterpart.near_the_deadline(outcomes, 14).tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert counterpart.near_the_deadline(outcomes, 13).tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    outcomes.runs["ending"][:8] = Ending.IMPASSE
    assert np.isnan(counterpart.near_the_deadline(outcomes, 14)).sum() == 8


def test_a_change_is_the_mean_of_differences_run_for_run() -> None:
    plays = Plays(Scenario.load("us-japan-2025"), 300, seed=8)
    evidence = BY_NAME["voices"].model(plays)
    ends = [plays.scenario.vary({"sender.ambiguous_voices": value}) for value in (0, 1)]
    before, after = (counterpart.success(simulate(case, replications=300, seed=8)) for case in ends)
    difference = after - before
    assert evidence.value.value == pytest.approx(difference.mean())
    assert evidence.value.error == pytest.approx(difference.std(ddof=1) / math.sqrt(300))
    assert [level.n for level in evidence.levels] == [300] * 3


def test_the_standard_error_of_a_change_is_how_much_it_varies_from_seed_to_seed() -> None:
    # The changes of 60 seeds vary as their own errors say: 59 x variance / mean squared error is chi-square with 59
    # degrees of freedom. With the limits below and right errors this fails once in 10,000 choices of the seeds.
    found = [BY_NAME["commitment-high"].model(Plays(Scenario.load("us-japan-2025"), 250, seed)).value for seed in range(60)]
    squares = [estimate.error**2 for estimate in found if estimate.error is not None]
    ratio = 59 * np.var([estimate.value for estimate in found], ddof=1) / np.mean(squares)
    assert chi2.ppf(0.00005, 59) < ratio < chi2.ppf(0.99995, 59)


def test_the_damages_are_varied_within_the_ranges_of_the_scenario() -> None:
    plays = Plays(Scenario.load("us-japan-2025"), 20, seed=0)
    BY_NAME["target-cost"].model(plays)
    spans = [plays.scenario.assumed()[f"threats.{threat.issue}.damage"] for threat in plays.scenario.threats]
    played = [dict(changes) for changes in plays._played if changes]
    assert [sorted(changes.values()) for changes in played] == [sorted(ends) for ends in zip(*spans, strict=True)]


# ---- the verdict ----

DIFFERENCE = Fact(
    "planted", "Planted.", "difference", "share", lambda folder: SURE, lambda plays: SURE, "out of sample", "planted"
)
LEVEL = dataclasses.replace(DIFFERENCE, kind="level")
SURE = Evidence((Level("a", Estimate(0.2), 100, 100), Level("b", Estimate(0.5), 100, 100)), Estimate(0.3, 0.1), "planted")


UNKNOWN = "no mark: it hangs on the cases whose outcome is not known"
FEW = dataclasses.replace(SURE, levels=(Level("a", Estimate(0.2), 29, 29),))


TURNS = "no mark: the cases whose outcome is not known could turn the sign"


def planted(
    value: float, error: float | None = 0.1, floor: Estimate | None = None, bounds: tuple[float, float] | None = None
) -> Evidence:
    """Evidence from a hundred cases a group with this value."""
    return dataclasses.replace(SURE, value=Estimate(value, error), floor=floor, bounds=bounds)


@pytest.mark.parametrize(
    ("fact", "record_side", "model_side", "said"),
    [
        (DIFFERENCE, planted(0.3), planted(0.25), SAME),
        (DIFFERENCE, planted(-0.3), planted(-0.25), SAME),
        (DIFFERENCE, planted(0.3), planted(-0.25), OTHER),
        (DIFFERENCE, planted(-0.3), planted(0.25), OTHER),
        (DIFFERENCE, planted(0.3), planted(0.19), UNCLEAR),
        (DIFFERENCE, planted(0.3), planted(0.0, 0.0), UNCLEAR),
        (DIFFERENCE, planted(0.19), planted(0.3), "no mark: the difference in the record is within two standard errors"),
        (DIFFERENCE, planted(0.3, floor=Estimate(0.4, 0.1)), planted(0.3), SAME),
        (DIFFERENCE, planted(0.3, floor=Estimate(-0.4, 0.1)), planted(0.3), UNKNOWN),
        (DIFFERENCE, planted(0.3, floor=Estimate(0.1, 0.1)), planted(0.3), UNKNOWN),
        (DIFFERENCE, planted(0.3, bounds=(0.1, 0.4)), planted(0.3), SAME),
        (DIFFERENCE, planted(0.3, bounds=(-0.1, 0.4)), planted(0.3), TURNS),
        (DIFFERENCE, planted(-0.3, bounds=(-0.4, 0.0)), planted(0.3), TURNS),
        (LEVEL, planted(0.3, bounds=(-0.1, 0.4)), planted(0.3), WITHIN),
        (DIFFERENCE, planted(0.3), planted(0.3, None), "no mark: no standard error"),
        (LEVEL, planted(0.3), planted(0.3 + 0.28), WITHIN),
        (LEVEL, planted(0.3), planted(0.3 - 0.29), APART),
        (LEVEL, planted(0.3, floor=Estimate(0.1, 0.1)), planted(0.5), UNKNOWN),
        (dataclasses.replace(LEVEL, sample="in sample"), planted(0.3), planted(0.3), "no mark: in sample"),
        (dataclasses.replace(LEVEL, sample="not comparable"), planted(0.3), planted(0.3), "no mark: not comparable"),
        (dataclasses.replace(LEVEL, weak="hearsay"), planted(0.3), planted(0.3), "no mark: hearsay"),
        (LEVEL, FEW, planted(0.3), "no mark: only 29 cases"),
    ],
)
def test_the_verdict_follows_from_the_numbers(fact: Fact, record_side: Evidence, model_side: Evidence, said: str) -> None:
    assert verdict(fact, record_side, model_side) == said


def test_a_share_that_is_all_or_nothing_has_no_standard_error() -> None:
    assert Level.share("all", 2, 2).estimate == Estimate(1.0) and Level.share("none", 0, 9).estimate == Estimate(0.0)


def test_what_is_in_sample_or_weak_has_no_mark() -> None:
    for row in compare(runs=20):
        if row.fact.sample != "out of sample" or row.fact.weak or min(level.n for level in row.record.levels) < 30:
            assert row.verdict.startswith("no mark: "), row.fact.name


# ---- the table ----


def test_a_name_that_is_not_known_is_answered_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r'no fact named "leters"\. The nearest known name is "letters"'):
        compare(["leters"])


def test_no_line_is_wider_than_asked_for_and_the_verdicts_are_counted() -> None:
    rows = compare(runs=20)
    for width in (80, 130):
        text = facts_text(rows, 20, 0, width)
        assert max(map(len, text.splitlines())) <= width
        assert sum(int(part.split()[0]) for part in text.rpartition("Verdicts: ")[2].split(", ")) == len(FACTS)
    assert [line.count(" | ") for line in facts_table(rows).splitlines()[2:-2]] == [4] * len(FACTS)


def test_the_verdicts_are_counted_with_the_records_that_they_are_on() -> None:
    rows = compare(["ambiguity", "voices", "target-cost"], runs=20)
    assert facts_text([dataclasses.replace(row, verdict=SAME) for row in rows], 20, 0, 80).endswith(
        "Verdicts: 3 same sign (on 2 records)."
    )


def test_the_table_says_what_the_unknown_cases_could_do_and_whose_codes_are_known_from_memory() -> None:
    lines = facts_table(compare(["voices", "letters"], runs=200)).splitlines()
    assert "; whatever became of the other cases: -63.1 points to +19.9 points |" in lines[2]
    assert lines[-1].startswith("The record of `voices` is TIES 4.1") and "from memory" in lines[-1]
    assert "codebook" not in facts_table(compare(["letters"], runs=20))


def test_threats_carried_out_are_told_apart_by_how_the_talks_end() -> None:
    (row,) = compare(["letters"], runs=600)
    frame = simulate(Scenario.load("us-japan-2025"), replications=600, seed=0).frame()
    executed = frame["threats_executed"] > 0
    whole, deals, others = row.model.levels
    assert [level.estimate.value for level in (whole, deals, others)] == pytest.approx(
        [executed.mean(), executed[frame["agreed"]].mean(), executed[~frame["agreed"]].mean()]
    )
    assert (deals.n, others.n, deals.of) == (frame["agreed"].sum(), (~frame["agreed"]).sum(), 600)
    assert f"; with a deal {100 * deals.estimate.value:.1f} %" in facts_table([row])


def test_an_unknown_fact_is_answered_with_each_name_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        compare(["nope"])
    assert str(caught.value).count("uncertainty") == 1


def test_a_measure_that_no_run_has_is_said_to_be_so() -> None:
    (row,) = compare(["deal-rate"], runs=20)
    nothing = counterpart.mean(np.array([]))
    empty = dataclasses.replace(row, model=dataclasses.replace(row.model, value=nothing))
    assert "model    no run has it" in facts_text([empty], 20, 0, 80)
    assert empty.plain()["model"]["value"] == {"value": None, "error": None}


def test_every_fact_has_its_own_name_and_is_told_in_a_sentence() -> None:
    assert len(BY_NAME) == len(FACTS)
    assert all(fact.statement.endswith(".") and fact.why.endswith(".") for fact in FACTS)
