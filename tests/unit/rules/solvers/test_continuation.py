"""What is looked up in part is, to the last bit, what a look-up of the whole would say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from negosim import Negotiation, Scenario
from negosim.common.vocabulary import Side
from negosim.engine.prepare import prepare
from negosim.rules import closing
from negosim.rules.clock import elapsed_share
from negosim.rules.menus import locate, read_number, read_row
from negosim.rules.solvers.continuation import outlook_now, read_outlook, read_sheet

CASE = Scenario.load("us-japan-2025").vary({"threats.reciprocal-tariff.early_execution": 0.2})


def in_round(number: int, replication: int) -> Negotiation:
    """Return the talks of the case after some rounds."""
    model = Negotiation(CASE, seed=3, replication=replication)
    while model.running and model.round < number:
        model.step()
    return model


@pytest.mark.parametrize("replication", range(12))
def test_a_place_of_the_outlook_is_read_as_from_the_whole_sheet(replication: int) -> None:
    model = in_round(1 + replication % 6, replication)
    own, public, table = model.talks.owns[Side.TARGET], model.talks.public[0], model.game.target_outlook[0]
    sheet = outlook_now(own, public, table)
    assert public["goes_on"] == 0.0 or np.ptp(sheet) > 0.0
    draw = np.random.default_rng(replication)
    means, masses = sheet.shape
    for mean, mass in [(0.0, 0.0), (means - 1.0, masses - 1.0), (2.0, 0.5), *draw.uniform(0, (means - 1, masses - 1), (20, 2))]:
        assert read_outlook(own, public, table, mean, mass) == read_sheet(sheet, mean, mass) or public["goes_on"] == 0.0


def test_one_number_of_a_menu_is_read_as_with_the_whole_row() -> None:
    menu = np.ascontiguousarray(prepare(CASE).menus[-1, -1])
    row = np.zeros(menu.shape[1])
    for place in (0.0, 5.0, len(menu) - 1.0, *np.random.default_rng(1).uniform(0, len(menu) - 1, 50)):
        read_row(menu, place, row)
        node, share = locate(menu, place)
        assert [read_number(menu, node, share, c) for c in range(len(row))] == row.tolist()


def plain_distance(line: np.ndarray, x: float, y: float) -> float:
    """Return the least distance of a point from the pieces of a line, each looked at."""
    nearest = math.inf
    for (a, b), (c, d) in zip(line[:-1].tolist(), line[1:].tolist(), strict=True):
        dx, dy = c - a, d - b
        length = dx * dx + dy * dy
        share = 0.0 if length == 0.0 else min(1.0, max(0.0, ((x - a) * dx + (y - b) * dy) / length))
        nearest = min(nearest, float(np.hypot(x - a - share * dx, y - b - share * dy)))
    return nearest


@pytest.mark.parametrize("scenario", [CASE, Scenario.load("pie"), Scenario.load("veto"), Scenario.load("logrolling")])
def test_pieces_of_the_frontier_that_are_passed_over_are_not_the_nearest(scenario: Scenario) -> None:
    model = Negotiation(scenario, seed=1)
    game, talks = model.game, model.talks
    columns = [int(own["kept_column"]) for own in talks.owns]
    line = game.menus[talks.owns[0]["profile"], talks.owns[1]["profile"]][:, columns]
    draw = np.random.default_rng(2)
    near = line[draw.integers(len(line), size=60)]
    for x, y in [*draw.random((60, 2)), *(near + draw.normal(0, 0.01, near.shape)), *near]:
        talks.offer[columns] = x, y
        assert closing.distance_to_frontier(game, talks) == plain_distance(line, float(x), float(y))


def test_the_table_of_the_path_of_concession_is_elapsed_time_to_the_power_of_toughness() -> None:
    linked = prepare(CASE.vary({"talks.agenda": "linked"}))
    sides, parts, rounds = linked.conceded.shape
    assert (sides, parts, rounds) == (2, 5, 8 + 2 + 1)
    for side in range(sides):
        for part in range(parts):
            expected = [elapsed_share(linked.world[0], t, part) ** linked.sides[side]["toughness"] for t in range(rounds)]
            assert linked.conceded[side, part] == pytest.approx(expected, rel=1e-15)
    assert linked.conceded[:, -1, -1].tolist() == [1.0, 1.0]
