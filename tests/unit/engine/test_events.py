"""What happened, as plain data: the table of rounds, the story that JSON takes, the facts of single events."""

from __future__ import annotations

import datetime
import inspect
import json
import math
import re

import numpy as np
import pandas as pd
import pytest

from negosim import Negotiation, Scenario
from negosim.common.plain import plain
from negosim.engine.events import reversal_date
from tests.laws.worlds import world

CASE = Scenario.load("us-japan-2025")
PIE = Scenario.load("pie")
AGREEABLE = CASE.vary(
    {"sender.disagreement": 0.4, "target.disagreement": 0.4, "sender.brinkmanship": 0.0, "target.strategy": "time-dependent"}
)


def documented() -> list[re.Pattern[str]]:
    """Return the columns that the docstring of frame() names, as patterns."""
    docstring = inspect.getdoc(Negotiation.frame)
    assert docstring is not None
    table = docstring.split("\n===")[1].splitlines()[1:]
    names = [name for line in table if line[:1].strip() for name in re.split(", ", line[:29].strip())]
    sides = [re.sub("^O_|(?<=_)O(?=_)", "(sender|target)", re.sub("^S_|(?<=_)S_", "(sender|target)_", n)) for n in names]
    return [re.compile(re.sub("(X|P)$", "[a-z0-9_]+", name.rstrip("="))) for name in sides]


def test_every_column_is_documented_and_every_documented_column_is_there() -> None:
    columns = [*Negotiation(CASE, 1).frame().columns]
    patterns = [pattern for pattern in documented() if pattern.pattern]
    assert [column for column in columns if not any(pattern.fullmatch(column) for pattern in patterns)] == []
    assert [p.pattern for p in patterns if not any(p.fullmatch(column) for column in columns)] == []
    assert len(patterns) > 20


@pytest.mark.parametrize("scenario", [CASE, PIE, world(95)], ids=["case", "pie", "linked"])
def test_the_table_has_a_row_a_round_and_the_same_typed_columns_from_the_first_on(scenario: Scenario) -> None:
    talks = Negotiation(scenario, 3)
    types = talks.frame().dtypes
    assert len(talks.frame()) == 0
    while talks.running:
        talks.step()
        assert talks.frame().dtypes.equals(types)
    frame = talks.frame()
    assert frame["round"].tolist() == list(range(1, talks.round + 1))
    assert types["date"] == "datetime64[s]"
    texts = ("proposer", "lead", "answer", "answer_basis", "on_the_table")
    untyped = {name for name in types.index if types[name].kind == "O" and not name.startswith(("threat_", "before_", "vote_"))}
    assert untyped <= set(texts)


def test_the_table_does_not_hand_out_the_state() -> None:
    talks = Negotiation(PIE, 3).play()
    frame = talks.frame()
    frame["stress"] = 99.0
    assert talks.rounds[0]["stress"] == 0.0


def test_rounds_are_a_fortnight_apart_and_have_no_dates_without_a_calendar() -> None:
    dates = Negotiation(AGREEABLE, 1).play().frame()["date"]
    assert dates[0] == pd.Timestamp(2025, 4, 2)
    assert set(dates.diff().dropna().dt.days) == {14}
    assert Negotiation(PIE, 1).play().frame()["date"].isna().all()


def test_offers_are_in_real_units_and_values_are_utilities() -> None:
    frame = Negotiation(CASE, 3).play().frame()
    for issue in CASE.issues:
        low, high = sorted((issue.target_end, issue.sender_end))
        assert frame[f"offer_{issue.name.replace('-', '_')}"].between(low, high).all()
    assert frame[["sender_value", "target_value"]].apply(lambda values: values.between(0, 1)).all(axis=None)


def test_what_is_in_force_is_the_threat_once_imposed_and_the_status_quo_before() -> None:
    scenario = CASE.vary({"threats.reciprocal-tariff.early_execution": 1.0, "sender.unpredictability": 0.0})
    talks = Negotiation(scenario, 1)
    opening = talks.events[0].facts
    assert (opening["threat_reciprocal_tariff"], opening["threatened_reciprocal_tariff"]) == ("paused", 24.0)
    assert (opening["in_force_reciprocal_tariff"], opening["in_force_car_tariff"]) == (10.0, 27.5)
    frame = talks.play().frame()
    refused = frame[frame["answer"] == "refuse"].iloc[0]
    assert (refused["before_answer_reciprocal_tariff"], refused["threat_reciprocal_tariff"]) == ("paused", "imposed")
    assert refused["in_force_reciprocal_tariff"] == refused["threatened_reciprocal_tariff"]
    assert refused["threatened_reciprocal_tariff"] == pytest.approx(24.0 * refused["level_reciprocal_tariff"])


def test_votes_are_missing_until_a_deal_is_put_to_the_homes() -> None:
    frame = Negotiation(AGREEABLE, 1).play().frame().filter(like="vote_")
    assert list(frame.columns)[3:] == ["vote_target_car_makers", "vote_target_farm_lobby", "vote_target_security_establishment"]
    assert frame.iloc[0].isna().all()
    assert frame.iloc[-1].notna().all()


def test_beliefs_are_those_of_a_probability() -> None:
    for number in range(40):
        frame = Negotiation(world(number), number).play().frame()
        voices = [frame.filter(regex=f"^{side}_believes_{other}_is_") for side, other in
                  (("sender", "target"), ("target", "sender"))]
        assert all(np.allclose(masses.sum(axis=1), 1.0) for masses in voices if masses.shape[1])
        assert frame.filter(like="_committed").apply(lambda values: values.between(0, 1 + 1e-12)).all(axis=None)


def test_the_story_is_plain_data_that_comes_back_from_json() -> None:
    for scenario in (CASE, PIE, AGREEABLE.vary({"talks.agenda": "linked"}), world(95)):
        talks = Negotiation(scenario, 7)
        assert talks.story()["outcome"] is None and talks.story()["rounds"] == []
        talks.step()
        talks = talks.fork({"sender.discount": 0.9}).play() if talks.running else talks
        story = talks.story()
        assert json.loads(json.dumps(story, allow_nan=False)) == story


def test_the_story_tells_what_the_table_and_the_outcome_tell() -> None:
    talks = Negotiation(CASE, 7).play()
    story = talks.story()
    assert talks.outcome is not None
    assert (story["scenario"], story["seed"], story["replication"]) == ("us-japan-2025", 7, 0)
    assert story["fingerprint"] == CASE.fingerprint()
    assert [row["offer_car_tariff"] for row in story["rounds"]] == talks.frame()["offer_car_tariff"].tolist()
    assert story["rounds"][1]["date"] == "2025-04-16"
    row = talks.outcome.frame().iloc[0]
    assert story["outcome"].keys() == set(row.index)
    assert story["outcome"]["sender_payoff"] == row["sender_payoff"]


def test_what_is_not_a_number_is_none_in_the_story() -> None:
    outcome = Negotiation(PIE.vary({"sender.disagreement": 0.6, "target.disagreement": 0.6}), 1).play().story()["outcome"]
    assert (outcome["ending"], outcome["proposer"], outcome["settled_pie"]) == ("impasse", "none", None)
    assert plain({"a": [math.nan, 1, (math.inf,)], "b": datetime.date(2025, 4, 2)}) == {"a": [None, 1, [None]], "b": "2025-04-02"}


def test_a_fork_is_in_the_story_with_its_round_and_its_changes() -> None:
    talks = Negotiation(CASE, 7)
    talks.step()
    fork = talks.fork({"sender.ambiguity": 0.2})
    assert [(f["round"], f["changes"]) for f in fork.story()["forks"]] == [(1, {"sender.ambiguity": "0.2"})]
    assert talks.story()["forks"] == talks.fork().story()["forks"] == []


def test_a_settlement_is_taken_back_so_many_rounds_after_the_last() -> None:
    facts = {"reversed_after": 2.5, "date": datetime.date(2025, 7, 9)}
    assert reversal_date(CASE, facts) == datetime.date(2025, 8, 13)
    assert reversal_date(CASE, facts | {"reversed_after": math.nan}) is None
    assert reversal_date(CASE, facts | {"reversed_after": 1e9}) is None
    assert reversal_date(PIE, facts) is None
