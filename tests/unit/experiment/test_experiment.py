"""Experiments: what they accept, and what they say about what they refuse."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy
import pytest

from negosim.common.errors import ExperimentError
from negosim.experiment.experiment import Experiment
from negosim.scenario.scenario import Scenario
from tests.unit.pretend import experiment

FILE = """
name = "patience"
title = "Patience"
question = "Who gains from patience?"
scenario = "pie"
replications = 100
seed = 0
design = "one-at-a-time"

[baseline]
talks.rounds = 5
"target.discount" = 0.8

[[vary]]
parameter = "sender.discount"
values = [0.8, 0.95]

[[vary]]
parameter = "sender.toughness"
values = [0.5, 2]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "patience.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def refusal(**changes: Any) -> str:
    with pytest.raises(ExperimentError) as caught:
        experiment(**changes)
    return str(caught.value)


def headline(pair: list[float]) -> list[dict[str, Any]]:
    return [{"parameter": "sender.ambiguity", "values": [0, 0.1, 0.2], "headline": pair}]


def vary(parameter: str, *values: Any) -> list[dict[str, Any]]:
    return [{"parameter": parameter, "values": list(values)}]


def test_a_file_gives_its_experiment(file: Path) -> None:
    loaded = Experiment.load(file)
    assert loaded.seed == 0 and loaded.chunk == 25_000 and loaded.assumed_draws == 0
    assert [point.label for point in loaded.design_points] == [
        "baseline",
        "sender.discount = 0.8",
        "sender.discount = 0.95",
        "sender.toughness = 0.5",
        "sender.toughness = 2",
    ]
    assert loaded.runs == 500


def test_the_baseline_holds_with_and_without_quotes_around_its_names(file: Path) -> None:
    base = Experiment.load(file).base
    assert (base.talks.rounds, base.target.discount) == (5, 0.8)


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    assert Experiment.load(file).name == "patience"


def test_a_path_of_a_scenario_starts_at_the_file(file: Path) -> None:
    Scenario.load("pie").vary(**{"talks.rounds": 3}).save(file.parent / "short.toml")
    file.write_text(FILE.replace('"pie"', '"short.toml"').replace("talks.rounds = 5", ""), encoding="utf-8")
    assert Experiment.load(file).base.talks.rounds == 3


def test_an_experiment_takes_a_scenario_as_an_object() -> None:
    short = Scenario.load("pie").vary(**{"talks.rounds": 3})
    assert experiment(scenario=short).base == short


def test_an_experiment_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        experiment().seed = 3  # type: ignore[misc]


def test_values_may_be_an_array() -> None:
    made = experiment(vary=[{"parameter": "sender.ambiguity", "values": numpy.linspace(0, 0.4, 5)}])
    assert made.vary[0].values == (0.0, 0.1, 0.2, pytest.approx(0.3), 0.4)
    assert type(made.vary[0].values[1]) is float


def test_words_and_flags_can_be_varied() -> None:
    assert experiment(vary=vary("sender.strategy", "commitment", "time-dependent")).runs == 30
    assert experiment(vary=vary("sender.ambiguity_belief_only", True)).runs == 20


def test_a_list_of_points_is_taken_as_it_stands() -> None:
    made = experiment(vary=[], points=[{"talks.rounds": 3, "sender": {"ambiguity": 0.1}}])
    assert made.design_points[1].overrides == {"talks.rounds": 3, "sender.ambiguity": 0.1}


def test_an_experiment_without_variation_is_its_baseline() -> None:
    assert [point.label for point in experiment(vary=[]).design_points] == ["baseline"]


def test_a_headline_compares_two_values_of_its_parameter() -> None:
    block = {"parameter": "sender.ambiguity", "values": [0.0, 0.1, 0.2], "headline": [0.0, 0.2]}
    other = {"parameter": "talks.rounds", "values": [3, 4]}
    made = experiment(vary=[block, other], design="one-at-a-time")
    assert [comparison.label for comparison in made.comparisons] == ["sender.ambiguity from 0 to 0.2"]
    assert [point.number for point in made.draw_points] == [1, 3]


def test_without_headlines_every_point_is_compared_with_the_baseline() -> None:
    made = experiment()
    assert [comparison.label for comparison in made.comparisons] == [
        "sender.ambiguity = 0.1 against the baseline",
        "sender.ambiguity = 0.2 against the baseline",
    ]
    assert made.draw_points == made.design_points
    assert experiment(vary=[]).draw_points == experiment(vary=[]).design_points


def test_reported_values_are_those_of_issues() -> None:
    assert experiment(reported={"pie": 50}).reported == {"pie": 50}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vary": headline([0, 0.3])}, ["vary.1.headline = 0.3 is none of the values"]),
        ({"vary": headline([0.1, 0.1])}, ["vary.1.headline = 0.1 names the same value twice", "[from, to]"]),
        ({"vary": headline([0.1])}, ["vary.1.headline"]),
        ({"vary": headline([0, 0.1]) + vary("talks.rounds", 3)}, ["vary.1.headline", "one-at-a-time"]),
        ({"reported": {"pei": 50}}, ["reported.pei is no issue of the scenario", '"pie"']),
        ({"reported": {"pie": "half"}}, ["reported.pie = 'half' has the wrong type; a number"]),
        ({"reported": {"pie": True}}, ["reported.pie = True has the wrong type; a number"]),
        ({"replicatons": 3}, ["replicatons = 3 is an unknown key", '"replications"']),
        ({"replications": 0}, ["replications = 0 is out of range", "between 1 and 1,000,000,000"]),
        ({"replications": 2.5}, ["replications = 2.5", "a whole number"]),
        ({"replications": True}, ["replications = True", "a whole number"]),
        ({"seed": -1}, ["seed = -1", "at least 0"]),
        ({"seed": 2**63}, ["seed = 9223372036854775808 is out of range"]),
        ({"replications": 10**12}, ["replications = 1000000000000 is out of range", "between 1 and 1,000,000,000"]),
        ({"replications": 10**9, "chunk": 1}, ["chunk = 1 gives the results", "files. It may have 1,000,000", "larger chunks"]),
        (
            {"replications": 1_000, "chunk": 100, "precision": {"half_width": 0.1, "most": 10**9}},
            ["precision.most = 1000000000 gives the results", "Allow fewer"],
        ),
        ({"paths": 10**9}, ["paths = 1000000000 is out of range", "between 0 and 10000"]),
        ({"assumed_draws": 10**9}, ["assumed_draws = 1000000000 is out of range", "between 0 and 10000"]),
        (
            {"vary": [{"parameter": "sender.ambiguity", "range": [0, 0.5], "levels": 2_500}], "assumed_draws": 1},
            ["assumed_draws = 1 plays 2,501 points in each draw. It may play 2,000"],
        ),
        ({"chunk": 0}, ["chunk = 0", "between 1 and 1,000,000"]),
        ({"draw_replications": 1}, ["draw_replications = 1", "between 2 and 1,000,000"]),
        ({"name": "Two Words"}, ["name = 'Two Words' is no short name"]),
        ({"title": ""}, ["title = '' is empty. Write it in words."]),
        ({"design": "one"}, ["design = 'one'", "Allowed: grid, one-at-a-time"]),
        ({"scenario": "pei"}, ['no scenario named "pei"', '"pie"']),
        ({"baseline": {"sender.ambiguity": 0.7}}, ["baseline: sender.ambiguity = 0.7", "between 0 and 0.5"]),
        ({"baseline": {"sender.ambigity": 0.7}}, ["baseline: sender.ambigity is unknown", "nearest"]),
        ({"baseline": 3}, ["baseline = 3 has the wrong type", "a table"]),
        ({"baseline": {"talks.rounds": 3, "talks": {"rounds": 4}}}, ["talks.rounds stands there twice"]),
        ({"vary": vary("sender.ambigity", 0.1)}, ["vary.1.parameter = 'sender.ambigity'", "nearest"]),
        ({"vary": vary("sender.ambiguity", 0, 0.9)}, ["point 2: sender.ambiguity = 0.9", "0 and 0.5"]),
        ({"vary": vary("sender.ambiguity", 0, math.nan)}, ["vary.1.values.2 = nan", "finite"]),
        ({"vary": vary("sender.ambiguity", -math.inf)}, ["vary.1.values.1 = -inf", "finite"]),
        ({"vary": vary("sender.ambiguity", 0, 0.0)}, ["vary.1.values = 0.0 stands there twice"]),
        ({"vary": vary("sender.ambiguity", [1])}, ["vary.1.values.1 has the wrong type, list"]),
        ({"vary": vary("sender.ambiguity", "much")}, ["point 1: sender.ambiguity = 'much'", "a number"]),
        ({"vary": vary("sender.ambiguity")}, ["vary.1.values is empty"]),
        ({"vary": vary("sender", 1)}, ["point 1: sender is a group of values"]),
        ({"vary": vary("talks.rounds", 3) + vary("talks.rounds", 4)}, ["vary.2.parameter", "varied twice"]),
        ({"vary": {"parameter": "talks.rounds"}}, ["vary has the wrong type", "a list"]),
        ({"vary": [{"parametre": "talks.rounds", "values": [1]}]}, ["vary.1.parameter is missing"]),
        ({"points": [{"talks.rounds": 3}]}, ["points cannot stand beside vary or design"]),
        ({"vary": [], "points": [{}]}, ["points.1 sets nothing"]),
        ({"vary": [], "points": [{"talks.rounds": 3}] * 2}, ["points.2 is the same as point 1"]),
        ({"vary": [], "points": [{"talks.rounds": 0}]}, ["point 1: talks.rounds = 0", "between 1 and 200"]),
        (
            {"vary": vary("talks.rounds", *range(1, 201)) + vary("sender.toughness", *range(1, 600))},
            ["vary make a grid of 119,800 points", "100,000", "one-at-a-time"],
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(changes: dict[str, Any], words: list[str]) -> None:
    said = refusal(**changes)
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty", "Copy a file of the folder experiments"]),
        (FILE.replace("Patience", "Gedüld").encode("latin-1"), ["is not UTF-8: byte 0xfc in line 3"]),
        (FILE[:40].encode(), ["is not valid TOML"]),
        (FILE.replace('"pie"', '"none.toml"').encode(), ["scenario = 'none.toml'", "no such file"]),
        (FILE.replace('scenario = "pie"', "").encode(), ["scenario is missing"]),
        (FILE.replace("seed = 0", 'seed = "0"').encode(), ["seed = '0' has the wrong type"]),
        (FILE.replace("2]", "-2]").encode(), ["point 4: sender.toughness = -2", "above 0"]),
    ],
)
def test_a_file_that_is_wrong_is_named_too(file: Path, content: bytes, words: list[str]) -> None:
    file.write_bytes(content)
    with pytest.raises(ExperimentError) as caught:
        Experiment.load(file)
    assert all(word in str(caught.value) for word in ["patience.toml: ", *words]), caught.value


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=r"none\.toml: cannot be read: No such file .*Name the TOML file"):
        Experiment.load(tmp_path / "none.toml")


def test_an_error_survives_pickling() -> None:
    error = ExperimentError("is out of range", file="a.toml", field="seed", value=-1, remedy="Raise it.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ExperimentError and str(again) == str(error)
