"""Samples to set beside one another: some points of a sweep, or batches of runs by the names that a user gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from negosim.kernel import Outcomes
from negosim.plots.readings import levels, require, scenario_of
from negosim.results import Results
from negosim.scenario import Scenario
from negosim.scenario_error import nearest
from negosim.wording import parameter_title

Source = Results | Outcomes | Mapping[str, Outcomes]
"""The results of a sweep, a batch of runs, or batches by name: ``{"mine": ns.simulate(...), "theirs": ns.simulate(...)}``."""

Points = str | Sequence[int] | None
"""Which points of a sweep: those of a parameter that is varied alone, by its dotted name; or by number; None = all."""


class Samples(NamedTuple):
    """Some columns of some samples: ``columns[label][name]`` (runs,); what tells the samples apart, and the case."""

    scenario: Scenario
    told_apart_by: str
    columns: dict[str, dict[str, NDArray[numpy.generic]]]


def samples_of(source: Source, names: Sequence[str], points: Points = None) -> Samples:
    """Return columns of the samples. ValueError for no sample or an unknown point, StoreError for an unknown column."""
    if isinstance(source, Results):
        return _of_sweep(source, names, points)
    if isinstance(source, Outcomes):
        source = {source.scenario.name: source}
    if not isinstance(source, Mapping) or not source:
        raise ValueError('there is nothing to draw. Give results, or batches by name: {"mine": ns.simulate(...)}.')
    if points is not None:
        raise ValueError("points are those of a sweep. Leave them out where batches of runs are given.")
    columns = {}
    for label, outcomes in source.items():
        if not len(outcomes):
            raise ValueError(f"{label!r} has no runs. Simulate some.")
        found = outcomes.columns()
        for name in names:
            if name not in found:
                raise ValueError(f"{label!r} has no column {name!r}. {nearest(name, found)}")
        columns[label] = {name: numpy.asarray(found[name]) for name in names}
    return Samples(next(iter(source.values())).scenario, "", columns)


def _of_sweep(results: Results, names: Sequence[str], points: Points) -> Samples:
    require(results, names)
    told_apart_by, labels = "", {}
    if isinstance(points, str):
        alone = levels(results)
        if points not in alone:
            raise ValueError(f"{points} is not varied alone. {nearest(points, alone)}")
        told_apart_by = parameter_title(results.experiment.base, points)
        labels = {point.number: f"{value:g}" for value, point in alone[points]}
    else:
        chosen = [point.number for point in results.points] if points is None else points
        labels = {number: results.experiment.design_points[number].label for number in chosen if scenario_of(results, number)}
    wanted = ", ".join(map(str, labels))
    question = f"select point, {', '.join(names)} from runs where point in ({wanted}) order by point, run"
    frame = results.query(question, points=[*labels])
    groups = dict(tuple(frame.groupby("point")))
    columns = {label: {name: groups[number][name].to_numpy() for name in names} for number, label in labels.items()}
    return Samples(results.experiment.base, told_apart_by, columns)
