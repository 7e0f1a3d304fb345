"""The case of 1995: its calendar, its threat, its people, and how near the reported deal its base case comes."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import numpy as np
import pytest

from negosim import Negotiation, simulate
from negosim.common.vocabulary import Ending, Side
from negosim.scenario.people import voices
from negosim.scenario.scenario import Scenario

CASE, LATER = Scenario.load("us-japan-autos-1995"), Scenario.load("us-japan-2025")
DATA = Path(__file__).parents[3] / "negosim" / "validation" / "record" / "csv"


def rows(file: str) -> list[dict[str, str]]:
    """Return the rows of a file of the data, by column."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


RECORD = rows("us_japan_autos_1995.csv")[0]
REPORTED = {row["issue"].replace("_", "-"): float(row["value"]) for row in rows("us_japan_autos_1995_terms.csv")}


def test_the_calendar_is_that_of_the_record() -> None:
    assert CASE.date(1) == datetime.date(1995, 5, 17)
    assert CASE.date(CASE.talks.rounds) == datetime.date.fromisoformat(RECORD["deadline"])


def test_the_threat_is_that_of_the_record() -> None:
    (threat,) = CASE.threats
    assert (threat.issue, threat.rate, threat.state) == ("luxury-car-tariff", 100.0, "announced")
    assert RECORD["us_threat"].startswith("100% tariff")
    assert CASE.issue(threat.issue).status_quo == CASE.issue(threat.issue).target_end


def test_the_reported_deal_of_1995_is_one_of_every_issue_and_lies_within_it() -> None:
    assert set(REPORTED) == {issue.name for issue in CASE.issues}
    assert all(0.0 <= CASE.position(issue, real) <= 1.0 for issue, real in REPORTED.items())
    kept = {issue.name for issue in CASE.issues if REPORTED[issue.name] == issue.status_quo}
    assert kept == {"luxury-car-tariff", "numerical-targets"}


def test_the_people_of_1995_sit_at_the_table() -> None:
    assert [member.title for member in CASE.sender.negotiators] == [
        "Trade Representative Mickey Kantor", "Commerce Secretary Ron Brown",
    ]
    assert [member.title for member in CASE.target.negotiators] == ["Trade Minister Ryutaro Hashimoto"]
    assert all(len(CASE.delegation(side).ratifiers) == 3 for side in Side)


def test_the_voices_of_1995_average_to_their_principal() -> None:
    names = [issue.name for issue in CASE.issues]
    weights = [member.weight for member in CASE.sender.negotiators]
    spread = np.array(voices(CASE.sender, names, 1.0))
    assert np.average(spread, axis=0, weights=weights) == pytest.approx(CASE.sender.principal.salience.vector(names))
    assert spread.min() >= 0.0


def test_a_specific_threat_is_less_uncertain_than_that_of_2025_and_says_why() -> None:
    assert RECORD["threat_specific"] == "1"
    for dial in ("unpredictability", "volatility", "ambiguous_voices", "ambiguity"):
        ours, theirs = CASE.get(f"sender.{dial}"), LATER.get(f"sender.{dial}")
        assert ours < theirs, dial
        note = CASE.note(f"sender.{dial}")
        assert note is not None and note.assumed


def test_neither_the_alliance_nor_markets_are_at_stake() -> None:
    assert RECORD["security_linkage"] == "0"
    assert [CASE.delegation(side).security_stake for side in Side] == [0.0, 0.0]
    assert not CASE.has_market_stress and LATER.has_market_stress
    told = Negotiation(CASE, seed=7).play().transcript().lower()
    assert "stress" not in told and "guarantee" not in told and "welfare" not in told


def test_the_reported_outcome_is_reached() -> None:
    """Deals of most runs, on the day, without binding numbers and without the tariff; terms near the reported ones.

    Fixed seed; 2,000 runs. In 25,000 runs 89.1 % are settled, so that a right model falls below 85 % once in 10^8 times.
    """
    outcomes = simulate(CASE, replications=2_000, seed=1995)
    runs, settled = outcomes.runs, outcomes.runs["ending"] == Ending.SETTLED
    assert settled.mean() > 0.85
    assert (runs["rounds"][settled] == CASE.talks.rounds).mean() > 0.99
    assert (runs["threats_executed"][settled] == 0).mean() > 0.95
    frame = outcomes.frame()[settled]
    assert set(frame["settled_numerical_targets"]) == {0.0} and set(frame["settled_luxury_car_tariff"]) == {2.5}
    for name, reported in REPORTED.items():
        issue, median = CASE.issue(name), frame[f"settled_{name.replace('-', '_')}"].median()
        assert abs(median - reported) <= 0.1 * abs(issue.sender_end - issue.target_end), name
