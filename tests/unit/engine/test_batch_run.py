"""Mesa's own tools play a Negotiation as it stands: ``batch_run``, its data collector, its count of steps, and copies."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import mesa
import pandas
import pytest

from negosim import Negotiation, Scenario, ScenarioError, simulate

PIE = Scenario.load("pie")
CASE = Scenario.load("us-japan-2025")


def batch(given: dict[str, Any], seeds: list[int], model: type = Negotiation, **more: Any) -> pandas.DataFrame:
    """Return the rows of batch_run; from Mesa 3.4 on seeds are given as ``rng``."""
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        more["rng"] = seeds
    else:
        given = {**given, "seed": seeds}
    return pandas.DataFrame(mesa.batch_run(model, given, display_progress=False, **more))


@pytest.mark.parametrize("given", [CASE, [CASE], "us-japan-2025", ["us-japan-2025"]], ids=["bare", "list", "name", "names"])
def test_batch_run_gives_the_rows_of_simulate(given: Any) -> None:
    rows = batch({"scenario": given, "replication": [0, 1]}, [3, 4])
    assert len(rows) == 4 and sorted(rows["RunId"]) == [0, 1, 2, 3]
    for seed, ours in rows.groupby("seed"):
        theirs = simulate(CASE, 2, seed=int(seed)).frame()
        ours = ours.sort_values("replication").reset_index(drop=True)
        assert ours["round"].tolist() == theirs["rounds"].tolist()
        pandas.testing.assert_frame_equal(ours[theirs.columns], theirs, check_dtype=False)


def test_several_names_and_numbers_of_the_scenario_are_parameters_like_others() -> None:
    rows = batch({"scenario": ["pie", "logrolling"], "sender.discount": [0.8, 0.9]}, [1])
    assert sorted(zip(rows["scenario"], rows["sender.discount"], strict=True)) == [
        ("logrolling", 0.8), ("logrolling", 0.9), ("pie", 0.8), ("pie", 0.9)
    ]
    for row in rows.to_dict("records"):
        scenario = Scenario.load(row["scenario"]).vary({"sender.discount": row["sender.discount"]})
        assert row["sender_payoff"] == simulate(scenario, 1, seed=1).runs["payoff"][0, 0]


def test_a_period_of_one_step_gives_a_row_for_each_round_and_the_outcome_in_the_last() -> None:
    rows = batch({"scenario": PIE}, [7], data_collection_period=1)
    talks = Negotiation(PIE, 7).play()
    assert rows["Step"].diff().dropna().eq(1).all()  # from 0 or from 1, by the version of Mesa
    assert rows["round"].tolist() == list(range(1, talks.steps + 1))
    assert rows["offer_pie"].tolist() == talks.frame()["offer_pie"].tolist()
    assert rows["ending"].isna().tolist() == [True] * (talks.steps - 1) + [False] and rows["ending"].iloc[-1] == "settled"


def test_steps_that_run_out_before_the_talks_end_give_a_row_without_an_outcome() -> None:
    rows = batch({"scenario": PIE}, [7], max_steps=2)
    assert rows["ending"].isna().tolist() == [True] and 2 <= rows["round"].item() <= 3


def test_a_collector_of_a_subclass_has_each_round_once() -> None:
    class Watched(Negotiation):
        def __init__(self, scenario: Scenario, seed: int) -> None:
            super().__init__(scenario, seed)
            self.datacollector = mesa.DataCollector({"round": "round"})

        def step(self) -> None:
            super().step()
            self.datacollector.collect(self)

    rows = batch({"scenario": PIE}, [7], Watched, data_collection_period=1)
    assert rows["round"].tolist() == list(range(1, len(rows) + 1))


def test_a_step_after_the_end_counts_nothing() -> None:
    talks = Negotiation(PIE, 1)
    talks.run_model()
    before, told = talks.steps, talks.transcript()
    talks.step()
    assert talks.steps == before == talks.round and talks.transcript() == told
    assert len(talks.datacollector.get_model_vars_dataframe()) == before


def test_a_fork_goes_on_in_the_table_of_rounds_of_the_original() -> None:
    talks = Negotiation(CASE, 7)
    talks.step()
    talks.step()
    fork = talks.fork({"sender.toughness": 2.0}).play()
    table = fork.datacollector.get_model_vars_dataframe()
    assert table["round"].tolist() == list(range(1, fork.round + 1)) and fork.steps == fork.round
    assert len(talks.datacollector.get_model_vars_dataframe()) == talks.steps == 2


def test_a_name_that_is_no_parameter_of_the_scenario_is_refused() -> None:
    with pytest.raises(ScenarioError, match="tougness"):
        Negotiation("pie", 1, **{"sender.tougness": 2.0})
    with pytest.raises(ScenarioError, match="no scenario"):
        Negotiation("pies", 1)


def test_a_scenario_is_one_value_and_not_a_list_of_its_fields() -> None:
    with pytest.raises(TypeError, match=r"A scenario cannot be iterated over.*model_dump"):
        iter(PIE)


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_of_running_talks_ends_as_they_do_and_leaves_them_alone(way: str) -> None:
    straight, talks = Negotiation(CASE, 7).play(), Negotiation(CASE, 7)
    talks.step()
    copied = COPIES[way](talks)
    for _ in range(20):  # it would not end otherwise
        copied.step()
    assert not copied.running and copied.transcript() == straight.transcript()
    assert talks.running and talks.steps == talks.round == 1
    assert talks.play().transcript() == straight.transcript()
    assert COPIES[way](straight).play().transcript() == straight.transcript()


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_of_a_scenario_is_the_same_scenario(way: str) -> None:
    copied = COPIES[way](CASE)
    assert copied == CASE and copied.fingerprint() == CASE.fingerprint()
    assert copied.vary({"talks.rounds": 3}) == CASE.vary({"talks.rounds": 3})
