"""The design table, and joint draws of what a scenario assumes."""

from __future__ import annotations

import numpy
import pytest

from negosim.common.errors import ExperimentError
from negosim.experiment.design import assumed_draws, design_table, grid, numbered, one_at_a_time
from negosim.scenario.scenario import Scenario
from tests.unit.pretend import assuming, experiment

VALUES = {"sender.ambiguity": (0.0, 0.1), "talks.rounds": (3, 5, 7)}


def test_the_baseline_is_point_0() -> None:
    first = numbered(grid(VALUES))[0]
    assert (first.number, first.overrides, first.label) == (0, {}, "baseline")


def test_a_grid_has_every_combination_once() -> None:
    points = numbered(grid(VALUES))
    assert [point.number for point in points] == list(range(7))
    assert {tuple(point.overrides.values()) for point in points[1:]} == {
        (ambiguity, rounds) for ambiguity in (0.0, 0.1) for rounds in (3, 5, 7)
    }


def test_one_at_a_time_changes_one_parameter_at_each_point() -> None:
    points = numbered(one_at_a_time(VALUES))
    assert [point.parameter for point in points] == [None, *["sender.ambiguity"] * 2, *["talks.rounds"] * 3]


def test_the_design_table_shows_the_value_of_every_varied_parameter_at_every_point() -> None:
    table = design_table({None: Scenario.load("pie")}, numbered(one_at_a_time(VALUES)))
    assert list(table.columns) == ["point", "label", "parameter", *VALUES]
    assert table["talks.rounds"].tolist() == [10, 10, 10, 3, 5, 7]
    assert table["sender.ambiguity"].tolist() == [0.0, 0.0, 0.1, 0.0, 0.0, 0.0]


def test_the_design_table_shows_the_baseline_of_the_experiment() -> None:
    made = experiment(baseline={"sender.ambiguity": 0.3})
    assert design_table(made.bases, made.design_points)["sender.ambiguity"].tolist() == [0.3, 0.1, 0.2]


def test_draws_fill_their_ranges_evenly() -> None:
    draws = assumed_draws(assuming(), 256, seed=3)
    toughness = numpy.array([draw["sender.toughness"] for draw in draws])
    # A Sobol sequence puts exactly one of 256 points into each of 256 equal cells of a range.
    cells = numpy.floor((toughness - 0.5) / 1.5 * 256)
    assert sorted(cells) == list(range(256))


def test_whole_numbers_are_drawn_whole_with_both_ends() -> None:
    rounds = [draw["talks.rounds"] for draw in assumed_draws(assuming(), 256, seed=3)]
    assert set(rounds) == set(range(3, 13)) and all(type(drawn) is int for drawn in rounds)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    assert assumed_draws(assuming(), 8, seed=0) == assumed_draws(assuming(), 8, seed=0)
    assert assumed_draws(assuming(), 8, seed=0) != assumed_draws(assuming(), 8, seed=1)


@pytest.mark.parametrize("n", [1, 3, 100])
def test_a_longer_list_of_draws_begins_with_the_shorter_one(n: int) -> None:
    assert assumed_draws(assuming(), 300, seed=5)[:n] == assumed_draws(assuming(), n, seed=5)


def test_the_drawn_weights_of_a_salience_sum_to_1() -> None:
    talks = Scenario.load("us-japan-2025")
    for draw in assumed_draws(talks, 16, seed=1):
        weights = [value for name, value in draw.items() if name.startswith("target.principal.salience.")]
        assert len(weights) > 5 and sum(weights) == pytest.approx(1.0, abs=1e-12)
        assert talks.vary(draw).target.principal.salience["rice"] == pytest.approx(
            draw["target.principal.salience.rice"], abs=1e-9
        )


def test_what_is_fixed_is_not_drawn_nor_is_any_weight_of_its_salience() -> None:
    talks = Scenario.load("us-japan-2025")
    fixed = ("sender.toughness", "target.principal.salience.rice")
    (draw,) = assumed_draws(talks, 1, seed=1, fixed=fixed)
    assert "sender.toughness" not in draw and "target.toughness" in draw
    assert not [name for name in draw if name.startswith("target.principal.salience.")]


def test_an_experiment_does_not_draw_what_its_baseline_sets() -> None:
    made = experiment(scenario=assuming(), baseline={"talks.rounds": 6}, assumed_draws=4)
    assert [set(draw[None]) for draw in made.draws] == [{"sender.toughness"}] * 4


def test_draws_that_are_no_valid_scenario_are_left_out() -> None:
    ranges = {"markets.pause_threshold": (0.5, 1.0), "markets.resume_threshold": (0.5, 1.0)}
    draws = assumed_draws(assuming(ranges), 64, seed=2)
    assert len(draws) == 64
    assert all(draw["markets.resume_threshold"] <= draw["markets.pause_threshold"] for draw in draws)


def test_draws_are_valid_at_every_point_of_the_design() -> None:
    points = numbered([{"markets.pause_threshold": 0.7}])
    draws = assumed_draws(assuming({"markets.resume_threshold": (0.5, 1.0)}), 64, seed=2, points=points)
    assert max(draw["markets.resume_threshold"] for draw in draws) <= 0.7


def test_ranges_in_which_hardly_a_draw_is_valid_are_refused() -> None:
    scenario = assuming({"markets.resume_threshold": (0.5, 1.0)})
    never = numbered([{"markets.pause_threshold": 0.1}])
    with pytest.raises(ExperimentError, match=r"pie gives only 0 valid scenarios in 256 .*Narrow the ranges"):
        assumed_draws(scenario, 4, seed=2, points=never)


def test_a_scenario_without_assumed_ranges_cannot_be_drawn_from() -> None:
    with pytest.raises(ExperimentError, match=r"no assumed number with a range.*assumed_draws = 0"):
        assumed_draws(Scenario.load("pie"), 4, seed=2)
    assert assumed_draws(Scenario.load("pie"), 0, seed=2) == []


def test_two_levels_never_share_a_label_however_near_they_are() -> None:
    vary = [{"parameter": "sender.ambiguity", "range": [0.1, 0.1000001], "levels": 9}]
    points = experiment(vary=vary).design_points
    assert len({point.label for point in points}) == len(points) == 10


@pytest.mark.parametrize("design", ["latin-hypercube", "sobol", "saltelli", "morris"])
def test_the_label_of_a_sampled_point_is_its_own_and_says_its_value(design: str) -> None:
    """Of a Morris design a step changes one factor, which may be the last of many."""
    names = Scenario.load("us-japan-2025").sweepable()
    many = [name for name in names if name.startswith("threats.") and name.endswith(".damage")]
    many += [name for name in names if name.startswith(("sender.ratifiers.", "target.ratifiers.")) and "salience" not in name]
    vary = [{"parameter": name, "range": [0.1, 0.1000002]} for name in many[:14]]
    points = experiment(scenario="us-japan-2025", design=design, size=4, vary=vary, replications=1).design_points
    assert len(vary) == 14 and len({point.label for point in points}) == len({tuple(p.overrides.items()) for p in points})
    told = dict(each.split(" = ") for each in points[1].label.split(", ")[:12])
    assert all(float(text) == points[1].overrides[name] for name, text in told.items())


def test_the_label_of_a_comparison_says_its_values_to_the_last_digit() -> None:
    values = [0.1234567, 0.1234568, 0.2]
    vary = [{"parameter": "sender.ambiguity", "values": values, "headline": values[:2]}]
    assert [each.label for each in experiment(vary=vary).comparisons] == ["sender.ambiguity from 0.1234567 to 0.1234568"]
