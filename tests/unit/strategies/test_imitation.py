"""Answers in kind and in proportion, with numbers one can check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Negotiation, Scenario
from negosim.common.vocabulary import Response
from negosim.rules.records import OWN, PUBLIC
from negosim.strategies.imitation import answer_in_kind, in_kind, in_proportion


def side(last_demand: float = 0.9, reservation: float = 0.2, opening: float = 1.0) -> np.void:
    record = np.zeros(1, OWN)
    record["last_demand"], record["reservation"], record["opening"] = last_demand, reservation, opening
    return record[0]


def test_a_side_gives_way_by_as_much_as_the_other_did() -> None:
    assert in_kind(side(), 0.1, 0.25) == pytest.approx(0.75)
    assert in_kind(side(), 0.25, 0.1) == pytest.approx(1.0)  # and takes back as much, but for the pie's end


def test_a_side_cuts_its_demand_by_the_share_by_which_the_other_cut_what_it_withholds() -> None:
    assert in_proportion(side(), 0.2, 0.4, 1) == pytest.approx(0.9 * 0.75)
    assert in_proportion(side(), 0.2, 0.4, 2) == pytest.approx(0.9 * np.sqrt(0.75))


def test_before_two_offers_the_demand_stands() -> None:
    assert in_kind(side(), -1.0, 0.3) == in_proportion(side(), -1.0, 0.3, 1) == 0.9
    assert in_kind(side(last_demand=-1.0, opening=0.8), -1.0, 0.3) == 0.8


def test_no_demand_falls_below_the_reservation_value() -> None:
    assert in_kind(side(), 0.0, 1.0) == in_proportion(side(), 0.0, 1.0, 1) == 0.2


def test_once_the_time_is_up_the_reservation_value_is_enough() -> None:
    public = np.zeros(1, PUBLIC)
    public["elapsed"] = 0.9
    assert answer_in_kind(side(), public[0], 0.5, 0.6) == Response.REFUSE
    public["elapsed"] = 1.0
    assert answer_in_kind(side(), public[0], 0.5, 0.6) == Response.ACCEPT


def against_a_conceder(strategy: str) -> list[float]:
    """Return the imitator's demands, round by round, against a side that gives way by a tenth of the pie every time."""
    pie = Scenario.load("pie").vary(
        {"sender.strategy": strategy, "sender.offer_noise": 0.0, "target.offer_noise": 0.0, "talks.rounds": 20}
    )
    frame = Negotiation(pie, seed=1).play().frame()
    return list(frame.loc[frame["proposer"] == "sender", "sender_value"])


def test_tit_for_tat_repeats_the_tenth_and_averaging_the_share() -> None:
    """The target demands 1 - t/20 in round t = 2, 4, ...: from 0.9 to 0.8 it cuts what it withholds by a ninth."""
    absolute, relative, averaged = map(against_a_conceder, ("tit-for-tat", "relative-tit-for-tat", "averaged-tit-for-tat"))
    assert absolute[:5] == pytest.approx([1.0, 1.0, 0.9, 0.8, 0.7])
    assert relative[:4] == pytest.approx([1.0, 1.0, 8 / 9, 7 / 9])
    assert averaged[:4] == pytest.approx([1.0, 1.0, 8 / 9, 8 / 9 * np.sqrt(7 / 9)])
