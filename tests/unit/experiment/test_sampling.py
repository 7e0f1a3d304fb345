"""Designs that sample: what each promises of its points, in the order in which SALib wants the results."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis

from negosim.common.errors import ExperimentError
from negosim.experiment.experiment import Experiment
from negosim.experiment.factors import Vary
from negosim.experiment.sampling import MORRIS_LEVELS, SAMPLED, SECOND_ORDER, rows_of, unit_sample
from negosim.scenario.scenario import Scenario
from tests.unit.pretend import assuming, experiment

TWO = [
    {"parameter": "sender.ambiguity", "range": [0.0, 0.4]},
    {"parameter": "sender.commitment", "range": [0.1, 0.5]},
]
NORMAL = {"kind": "normal", "mean": 1, "sd": 1}
SALIENCE = "target.principal.salience"


def design(kind: str, size: int = 16, vary: Any = TWO, **changes: Any) -> Experiment:
    return experiment(design=kind, size=size, vary=vary, replications=1, **changes)


def values(made: Experiment, name: str) -> numpy.ndarray:
    return numpy.array([point.overrides[name] for point in made.design_points[1:]])


@pytest.mark.parametrize("kind", SAMPLED)
def test_the_baseline_is_point_0_and_row_r_of_the_sample_is_point_r_plus_1(kind: str) -> None:
    made = design(kind)
    assert made.design_points[0].overrides == {} and len(made.design_points) == 1 + len(made.sample)
    assert made.sample.shape == (rows_of(kind, made.vary, 16), 2)
    assert values(made, "sender.ambiguity") == pytest.approx(0.4 * made.sample[:, 0], abs=1e-15)
    assert values(made, "sender.commitment") == pytest.approx(0.1 + 0.4 * made.sample[:, 1], abs=1e-15)


@pytest.mark.parametrize("kind", SAMPLED)
def test_the_same_seed_gives_the_same_points_and_another_seed_others(kind: str) -> None:
    assert design(kind, seed=0).design_points == design(kind, seed=0).design_points
    assert design(kind, seed=0).design_points != design(kind, seed=1).design_points


@pytest.mark.parametrize("kind", SAMPLED)
def test_no_point_of_a_sample_is_compared_by_itself(kind: str) -> None:
    assert design(kind).comparisons == () and design(kind).draw_points == design(kind).design_points[:1]


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol"])
def test_each_of_equal_parts_of_a_range_has_one_point(kind: str) -> None:
    for column in design(kind, size=64).sample.T:
        assert sorted(numpy.floor(64 * column)) == list(range(64))


def test_a_latin_hypercube_may_have_any_size() -> None:
    assert len(design("latin-hypercube", size=7).design_points) == 8


def test_a_sobol_sequence_fills_the_plane_evenly() -> None:
    cells = numpy.floor(8 * design("sobol", size=64).sample).astype(int)
    assert len({(int(a), int(b)) for a, b in cells}) == 64  # a net: one point in each of 8 x 8 squares


def test_a_morris_trajectory_changes_one_factor_at_a_step() -> None:
    made = design("morris", size=5, vary=[*TWO, {"parameter": "sender.reversal", "range": [0.0, 1.0]}])
    for trajectory in made.sample.reshape(5, 4, 3):
        steps = numpy.diff(trajectory, axis=0)
        assert ((steps != 0).sum(axis=1) == 1).all() and (numpy.abs(steps).sum(axis=0) == pytest.approx(2 / 3))
    assert set(numpy.round(3 * made.sample.ravel())) <= {0, 1, 2, 3} and MORRIS_LEVELS == 4


def test_factors_of_a_group_move_together() -> None:
    three = [{**TWO[0], "group": "tactics"}, {**TWO[1], "group": "tactics"}, {"parameter": "talks.rounds", "range": [3, 12]}]
    for kind, rows in (("morris", 4 * 3), ("saltelli", 4 * 6)):
        made = design(kind, size=4, vary=three)
        assert len(made.sample) == rows and made.problem["groups"] == ["tactics", "tactics", "talks.rounds"]
    steps = numpy.diff(design("morris", size=4, vary=three).sample.reshape(4, 3, 3), axis=1) != 0
    assert (steps[:, :, 0] == steps[:, :, 1]).all() and (steps[:, :, 0] != steps[:, :, 2]).all()


def test_the_points_of_a_saltelli_design_give_the_sobol_indices_of_a_known_function() -> None:
    """y = 2 a + b of shares a and b: variances 4/12 and 1/12, so indices 0.8 and 0.2, and nothing beyond the sum."""
    made = design("saltelli", size=256)
    y = 5.0 * values(made, "sender.ambiguity") + 2.5 * values(made, "sender.commitment")
    found = sobol_analysis.analyze(made.problem, y, calc_second_order=SECOND_ORDER, seed=1)
    assert found["S1"] == pytest.approx([0.8, 0.2], abs=0.02) and found["ST"] == pytest.approx([0.8, 0.2], abs=0.02)
    assert found["S2"][0, 1] == pytest.approx(0.0, abs=0.02)


def test_rows_out_of_order_would_give_other_indices() -> None:
    made = design("saltelli", size=256)
    y = 5.0 * values(made, "sender.ambiguity") + 2.5 * values(made, "sender.commitment")
    found = sobol_analysis.analyze(made.problem, y[::-1], calc_second_order=SECOND_ORDER, seed=1)
    assert abs(found["S1"][0] - 0.8) > 0.1


def test_the_points_of_a_morris_design_give_the_effects_of_a_known_function() -> None:
    """y = 2 a + b of shares a and b has effects 2 and 1 everywhere."""
    made = design("morris", size=6)
    y = 5.0 * values(made, "sender.ambiguity") + 2.5 * values(made, "sender.commitment")
    found = morris_analysis.analyze(made.problem, made.sample, y, num_levels=MORRIS_LEVELS, seed=1)
    assert list(found["mu"]) == pytest.approx([2.0, 1.0]) and list(found["sigma"]) == pytest.approx([0.0, 0.0], abs=1e-9)


def test_words_whole_numbers_and_distributions_can_be_sampled_together() -> None:
    vary = [
        {"parameter": "sender.strategy", "values": ["commitment", "time-dependent"]},
        {"parameter": "talks.rounds", "range": [3, 6]},
        {"parameter": "sender.toughness", "distribution": {"kind": "lognormal", "median": 1.0, "log_sd": 0.5}},
    ]
    made = design("sobol", size=64, vary=vary)
    assert [list(values(made, "sender.strategy")).count(word) for word in ("commitment", "time-dependent")] == [32, 32]
    assert [list(values(made, "talks.rounds")).count(number) for number in (3, 4, 5, 6)] == [16] * 4
    assert numpy.median(values(made, "sender.toughness")) == pytest.approx(1.0, rel=0.05)


def test_the_weights_of_a_whole_salience_are_divided_by_their_sum() -> None:
    issues = Scenario.load("logrolling").target.principal.salience
    vary = [{"parameter": f"{SALIENCE}.{issue}", "range": [0.2, 0.9]} for issue in issues]
    made = design("sobol", vary=vary, scenario="logrolling")
    for point, row in zip(made.design_points[1:], made.sample, strict=True):
        drawn = 0.2 + 0.7 * row
        assert list(point.overrides.values()) == pytest.approx(list(drawn / drawn.sum()), abs=1e-12)
        salience = made.scenario_at(point).target.principal.salience
        assert [salience[issue] for issue in issues] == pytest.approx(list(drawn / drawn.sum()), abs=1e-9)


def test_one_weight_alone_stays_as_drawn_and_the_others_make_room() -> None:
    made = design("latin-hypercube", scenario="us-japan-2025", vary=[{"parameter": f"{SALIENCE}.rice", "range": [0.1, 0.3]}])
    for point, share in zip(made.design_points[1:], made.sample[:, 0], strict=True):
        assert point.overrides == {f"{SALIENCE}.rice": pytest.approx(0.1 + 0.2 * share)}
        salience = made.scenario_at(point).target.principal.salience
        assert salience["rice"] == point.overrides[f"{SALIENCE}.rice"] and sum(salience.values()) == pytest.approx(1.0)


def test_a_joint_draws_design_plays_the_draws_of_all_that_is_assumed() -> None:
    made = experiment(scenario=assuming(), design="joint-draws", size=12, vary=[])
    same = experiment(scenario=assuming(), assumed_draws=12)
    assert [point.overrides for point in made.design_points[1:]] == [draw[None] for draw in same.draws]
    fixed = experiment(scenario=assuming(), design="joint-draws", size=3, vary=[], baseline={"talks.rounds": 6})
    assert all(set(point.overrides) == {"sender.toughness"} for point in fixed.design_points[1:])


def test_only_designs_that_sample_have_a_sample() -> None:
    with pytest.raises(ValueError, match=r"has no sample of its factors\. Its design is grid"):
        _ = experiment().sample


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"design": "sobol", "size": None}, ["design = 'sobol' needs a size", "size = 256"]),
        ({"design": "sobol", "size": 0}, ["size = 0 is out of range", "at least 1"]),
        ({"design": "sobol", "size": 100}, ["size = 100 is no power of 2", "take 64 or 128"]),
        ({"design": "saltelli", "size": 12}, ["size = 12 is no power of 2", "take 8 or 16"]),
        ({"design": "saltelli", "size": 2**16}, ["size = 65536 makes 393,216 points", "may have 100,000"]),
        ({"design": "latin-hypercube", "size": 100_001}, ["size = 100001 makes 100,001 points"]),
        ({"design": "sobol", "vary": []}, ["design = 'sobol' has nothing to sample", "[[vary]]"]),
        ({"design": "grid", "vary": []}, ["size = 16 means nothing in this design"]),
        ({"design": "joint-draws"}, ['vary cannot stand beside design = "joint-draws"', "latin-hypercube"]),
        ({"design": "joint-draws", "vary": []}, ["pie has no assumed number with a range"]),
        ({"design": "joint-draws", "vary": [], "size": None}, ["design = 'joint-draws' needs a size"]),
        ({"vary": [{**TWO[0], "levels": 3}]}, ["vary.1.levels = 3 means nothing in the design latin-hypercube"]),
        ({"vary": [{**TWO[0], "group": "x"}]}, ["vary.1.group = 'x' means nothing", "saltelli or morris"]),
        (
            {"vary": [{"parameter": "sender.ambiguity", "values": [0, 0.1], "headline": [0, 0.1]}]},
            ["vary.1.headline needs a parameter that is varied alone"],
        ),
        ({"vary": [{"parameter": "sender.ambigity", "range": [0, 1]}]}, ["vary.1.parameter = 'sender.ambigity'", "nearest"]),
        ({"vary": [{"parameter": "sender.strategy", "range": [0, 1]}]}, ["vary.1.parameter", "is no number"]),
        (
            {"design": "morris", "vary": [{"parameter": "sender.toughness", "distribution": NORMAL}]},
            ["sender.toughness is inf: its distribution has no end", "point ", "truncated-normal"],
        ),
        (
            {"vary": [{"parameter": "sender.ambiguity", "distribution": {"kind": "normal", "mean": 0.4, "sd": 0.1}}]},
            ["point ", "sender.ambiguity = 0.5", "is out of range", "between 0 and 0.5. Narrow its distribution"],
        ),
    ],
)
def test_what_cannot_be_sampled_is_refused(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ExperimentError) as caught:
        experiment(**{"design": "latin-hypercube", "size": 16, "vary": TWO, **changes})
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_value_out_of_range_is_refused_with_the_number_of_its_point_and_not_clipped() -> None:
    vary = [{"parameter": "sender.ambiguity", "distribution": {"kind": "normal", "mean": 0.25, "sd": 0.12}}]
    shares = unit_sample("latin-hypercube", [Vary(**vary[0])], 40, 7)
    drawn = Vary(**vary[0]).spread(shares[:, 0], whole=False)
    first = next(number for number, value in enumerate(drawn, start=1) if not 0.0 <= float(str(value)) <= 0.5)
    with pytest.raises(ExperimentError, match=rf"^point {first}: sender\.ambiguity = "):
        design("latin-hypercube", size=40, vary=vary, seed=7)
