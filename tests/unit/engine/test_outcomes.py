"""The table of outcomes: one row a run, in real units, with names for what is not there."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine.outcomes import outcome_columns, settled_column

PIE = Scenario.load("pie")
TRADE = Scenario.load("logrolling")
CASE = Scenario.load("us-japan-2025")


def test_settled_positions_are_in_the_units_of_their_issues() -> None:
    outcomes = simulate(TRADE, 50, seed=2)
    frame = outcomes.frame()
    assert np.allclose(frame["settled_price"], 100.0 + 100.0 * outcomes.settlements[:, 0])
    assert np.allclose(frame["settled_delivery"], 10.0 + 50.0 * outcomes.settlements[:, 1])


def test_an_issue_whose_target_end_is_the_larger_number_is_turned_round() -> None:
    outcomes = simulate(CASE, 20, seed=2)
    names = [issue.name for issue in CASE.issues]
    position = outcomes.settlements[:, names.index("security-guarantee")]
    assert np.allclose(outcomes.frame()["settled_security_guarantee"], 100.0 - 100.0 * position, equal_nan=True)


def test_a_run_without_a_deal_has_no_settlement_no_proposer_and_still_a_payoff() -> None:
    frame = simulate(PIE.vary({"sender.disagreement": 0.7, "target.disagreement": 0.6}), 20, seed=1).frame()
    assert set(frame["ending"]) == {Ending.IMPASSE.label}
    assert not frame["agreed"].any()
    assert set(frame["proposer"]) == {"none"}
    missing = ["settled_pie", "sender_utility", "target_utility", "frontier_distance", "nash_distance", "reversed_after"]
    assert frame[missing].isna().all(axis=None)
    assert frame["sender_payoff"].notna().all()


def test_only_whole_and_partial_settlements_are_agreed() -> None:
    frame = simulate(CASE.vary({"sender.brinkmanship": 0.1, "talks.agenda": "linked"}), 300, seed=1).frame()
    agreed = set(frame.loc[frame["agreed"], "ending"])
    assert agreed <= {Ending.SETTLED.label, Ending.SETTLED_IN_PART.label}
    assert not agreed & set(frame.loc[~frame["agreed"], "ending"])


def test_the_ledger_columns_add_up_to_the_payoff() -> None:
    frame = simulate(CASE, 200, seed=1).frame()
    for side in Side:
        channels = frame[[f"{side.label}_{channel}" for channel in CHANNELS]]
        assert frame[f"{side.label}_payoff"].to_numpy() == pytest.approx(channels.sum(axis=1).to_numpy(), abs=1e-12)


def test_runs_are_numbered_from_the_first() -> None:
    assert simulate(PIE, 3, seed=1, first=40).frame()["replication"].tolist() == [40, 41, 42]


@pytest.mark.parametrize("first", [2**63 - 3, 2**63 - 1, 2**63, 2**64 - 3])
def test_runs_have_their_numbers_up_to_the_last_of_64_bits(first: int) -> None:
    outcomes = simulate(PIE, 3, seed=1, first=first)
    numbers = list(range(first, first + 3))
    assert outcomes.frame()["replication"].tolist() == outcomes.table()["replication"].to_pylist() == numbers
    for run, number in enumerate(numbers):
        alone = Negotiation(PIE, 1, number).play().outcome
        assert alone is not None and alone.frame()["replication"].tolist() == [number]
        assert alone.runs["payoff"].tolist() == outcomes.runs["payoff"][run : run + 1].tolist()


def test_the_numbers_of_runs_have_a_sign_wherever_that_leaves_room() -> None:
    kinds = [simulate(PIE, 2, first=first).table().schema.field("replication").type for first in (0, 2**63 - 2, 2**63 - 1)]
    assert kinds == ["int64", "int64", "uint64"]


def test_the_columns_have_plain_types() -> None:
    columns = outcome_columns(simulate(CASE, 5, seed=1))
    kinds = {name: np.asarray(values).dtype for name, values in columns.items()}
    assert {name for name, kind in kinds.items() if kind.kind == "O"} == {"ending", "proposer"}
    assert {name for name, kind in kinds.items() if kind.kind == "b"} == {"agreed", "sender_committed", "target_committed"}
    assert (kinds["replication"], kinds["rounds"]) == (np.int64, np.int32)


def test_the_table_and_the_frame_are_the_same() -> None:
    outcomes = simulate(TRADE, 10, seed=1)
    assert outcomes.table().column_names == list(outcomes.frame().columns)
    assert outcomes.table()["sender_payoff"].to_pylist() == outcomes.frame()["sender_payoff"].tolist()


def test_a_settled_column_has_underscores() -> None:
    assert settled_column("host-nation-support") == "settled_host_nation_support"


def test_a_tariff_that_falls_for_two_thousand_rounds_leaves_every_number_finite() -> None:
    holding_out = {f"{side}.strategy": "commitment" for side in ("sender", "target")}
    demands = {f"{side}.committed_demand": 0.9 for side in ("sender", "target")}
    clock = {"talks.protocol": "alternating", "talks.rounds": 2000}
    moving = {"sender.volatility": 2.0, "markets.volatility_effect": 0.1}
    runs = simulate(Scenario.load("threat").vary({**holding_out, **demands, **clock, **moving}), 5, seed=1).runs
    assert (runs["rounds"] == 2000).all() and (runs["peak_stress"] > 0.0).all()
    assert all(np.isfinite(runs[name]).all() for name in ("payoff", "ledger", "peak_stress"))
