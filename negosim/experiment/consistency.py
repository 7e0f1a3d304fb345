"""What an experiment is refused for before anything is played."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from negosim.common.errors import ExperimentError, ScenarioError, nearest
from negosim.engine.outcomes import outcome_names
from negosim.experiment.design import MOST_POINTS
from negosim.experiment.factors import Vary
from negosim.experiment.overrides import Overrides, Value
from negosim.experiment.quantities import quantities_of
from negosim.experiment.sampling import BALANCED, GROUPED, SAMPLED, rows_of
from negosim.experiment.spec import LEAST_RUNS, ExperimentSpec, Precision
from negosim.scenario.scenario import Scenario


def check_playable(experiment: ExperimentSpec) -> None:
    """ExperimentError for what cannot be played, down to a point that is no valid scenario in one of the cases."""
    _check_cases(experiment)
    _check_design(experiment)
    for case, base in experiment.bases.items():
        _check_parameters(base, experiment.vary, f" of case {case}" if case else "")
    sweepable = set(experiment.base.sweepable())
    values = [_checked(experiment, block, f"vary.{number}", sweepable) for number, block in enumerate(experiment.vary, start=1)]
    _check_points(experiment.points)
    _check_scenarios(experiment)
    alone = experiment.design == "one-at-a-time" or (experiment.design in ("grid", None) and len(experiment.vary) == 1)
    for number, (block, taken) in enumerate(zip(experiment.vary, values, strict=True), start=1):
        _check_headline(block, taken, f"vary.{number}.headline", alone)
    _check_reported(experiment.bases.values(), experiment.reported)
    _check_outputs(experiment)
    _check_size(experiment)
    if experiment.precision is not None:
        _check_precision(experiment, experiment.precision)


def _check_cases(experiment: ExperimentSpec) -> None:
    """ExperimentError for two cases of one name, and for a design of joint draws that a case cannot share."""
    names = [case.name for case in experiment.case]
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            raise ExperimentError("names two cases", field=f"case.{number}.name", value=name, remedy="Rename one.")
    if experiment.design == "joint-draws":
        for case in experiment.case:
            if case.scenario is not None:
                raise ExperimentError(
                    'cannot stand beside design = "joint-draws": its assumed numbers are others',
                    field=f"case.{case.name}.scenario",
                    value=case.scenario.name,
                    remedy="Draw in an experiment of its own, or ask for assumed_draws beside another design.",
                )


def _check_design(experiment: ExperimentSpec) -> None:
    """ExperimentError for a design and its points, factors and size that do not belong together."""
    design, size = experiment.design, experiment.size
    samples = design in SAMPLED
    if experiment.points and (experiment.vary or design):
        raise ExperimentError("cannot stand beside vary or design", field="points", remedy="Keep one of the two.")
    if design == "joint-draws" and experiment.vary:
        remedy = "Leave vary out, or sample it with latin-hypercube or sobol."
        said = 'cannot stand beside design = "joint-draws", which takes all that is assumed'
        raise ExperimentError(said, field="vary", remedy=remedy)
    if samples and not experiment.vary:
        raise ExperimentError("has nothing to sample", field="design", value=design, remedy="Add a [[vary]] block.")
    if (samples or design == "joint-draws") and size is None:
        raise ExperimentError("needs a size", field="design", value=design, remedy="Write size = 256, say.")
    if size is not None and not (samples or design == "joint-draws"):
        remedy = "Leave it out, or choose a design that samples."
        raise ExperimentError("means nothing in this design", field="size", value=size, remedy=remedy)
    if size is None:
        return
    if design in BALANCED and size & (size - 1):
        power = size.bit_length()
        remedy = f"A Sobol sequence is balanced at powers of 2 only: take {2 ** (power - 1)} or {2**power}."
        raise ExperimentError("is no power of 2", field="size", value=size, remedy=remedy)
    points = rows_of(str(design), experiment.vary, size)
    if points > MOST_POINTS:
        remedy = f"A design may have {MOST_POINTS:,}. Take a smaller size."
        raise ExperimentError(f"makes {points:,} points", field="size", value=size, remedy=remedy)


def _check_parameters(base: Scenario, vary: Iterable[Vary], case: str) -> None:
    """ExperimentError for a parameter that the scenario does not have, or that is varied twice."""
    seen: set[str] = set()
    for number, block in enumerate(vary, start=1):
        place = f"vary.{number}.parameter"
        try:
            base.get(block.parameter)
        except ScenarioError as error:
            raise ExperimentError(
                f"is no parameter of the scenario{case}", field=place, value=block.parameter, remedy=error.remedy
            ) from None
        if block.parameter in seen:
            raise ExperimentError(
                "is varied twice", field=place, value=block.parameter, remedy="Put its values in one block."
            )
        seen.add(block.parameter)


def _checked(experiment: ExperimentSpec, block: Vary, place: str, sweepable: set[str]) -> Sequence[Value]:
    """The values that a factor goes through, none if it is sampled; ExperimentError if its design cannot use it as it stands."""
    design, samples = experiment.design or "grid", experiment.design in SAMPLED
    is_number = block.parameter in sweepable
    if block.values is None and not is_number:
        raise ExperimentError("is no number", field=f"{place}.parameter", value=block.parameter, remedy="List its values.")
    if block.distribution is not None and not samples:
        remedy = "List values, give a range with levels, or choose a design that samples."
        raise ExperimentError(f"cannot be drawn from in the design {design}", field=f"{place}.distribution", remedy=remedy)
    if block.range is not None and block.levels is None and not samples:
        remedy = "Write levels = 5, say, or choose a design that samples."
        raise ExperimentError(f"needs levels in the design {design}", field=f"{place}.range", remedy=remedy)
    if block.levels is not None and samples:
        raise ExperimentError(
            f"means nothing in the design {design}, which samples the range", field=f"{place}.levels",
            value=block.levels, remedy="Leave it out.",
        )
    if block.group is not None and design not in GROUPED:
        remedy = f"Leave it out, or choose {' or '.join(GROUPED)}."
        raise ExperimentError(f"means nothing in the design {design}", field=f"{place}.group", value=block.group, remedy=remedy)
    try:
        return () if samples else block.levelled(block.parameter in experiment.whole)
    except ExperimentError as error:
        raise error.at(field=place) from None


def _check_scenarios(experiment: ExperimentSpec) -> None:
    """ExperimentError for the first point that is no valid scenario."""
    points = experiment.design_points
    if experiment.design == "joint-draws":
        return  # each has been tried when it was drawn
    drawn = tuple(f": {block.parameter}" for block in experiment.vary if block.distribution is not None)
    for point in points:
        try:
            experiment.scenario_at(point)
        except ExperimentError as error:
            if drawn and str(error.field).endswith(drawn):
                error.remedy += " Narrow its distribution, or truncate it."
            raise


def _check_headline(block: Vary, values: Sequence[Value], place: str, alone: bool) -> None:
    """ExperimentError for a headline that no two points of the design differ by."""
    if block.headline is None:
        return
    if not alone:
        raise ExperimentError(
            "needs a parameter that is varied alone", field=place, remedy='Set design = "one-at-a-time".'
        )
    for value in block.headline:
        if value not in values:
            raise ExperimentError(
                "is none of the values", field=place, value=value, remedy="Add it to values, or take one of them."
            )
    if block.headline[0] == block.headline[1]:
        raise ExperimentError(
            "names the same value twice", field=place, value=block.headline[0], remedy="Write [from, to]."
        )


def _check_points(points: Iterable[Overrides]) -> None:
    """ExperimentError for a point of the list that sets nothing, or stands there twice."""
    seen: dict[frozenset[tuple[str, Value]], int] = {}
    for number, point in enumerate(points, start=1):
        if not point:
            raise ExperimentError(
                "sets nothing",
                field=f"points.{number}",
                remedy="Leave it out: the baseline is point 0 already.",
            )
        first = seen.setdefault(frozenset(point.items()), number)
        if first != number:
            raise ExperimentError(
                f"is the same as point {first}", field=f"points.{number}", remedy="Leave one of the two out."
            )


def _check_reported(bases: Iterable[Scenario], reported: Overrides) -> None:
    """ExperimentError for a reported value that is no number, or of no issue."""
    names = list(dict.fromkeys(issue.name for base in bases for issue in base.issues))
    for name, value in reported.items():
        if name not in names:
            raise ExperimentError(
                "is no issue of the scenario", field=f"reported.{name}", remedy=nearest(name, names)
            )
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ExperimentError(
                "has the wrong type; a number belongs here", field=f"reported.{name}", value=value,
                remedy="Write a number in the unit of the issue.",
            )


MOST_PARTS = 1_000_000
"""Files that a sweep may come to: each is planned, opened and compared with its checksum."""

MOST_DRAWN = 2_000
"""Points that a joint draw may play: a part holds the means of all of them, and the runs of one draw."""


def _check_size(experiment: ExperimentSpec) -> None:
    """ExperimentError for more parts than a folder is to have, and for joint draws of more points than fit into memory."""
    runs, points = max(experiment.replications, experiment.most_runs), len(experiment.design_points)
    chunk = min(experiment.chunk, experiment.replications) if experiment.precision else experiment.chunk
    parts = points * math.ceil(runs / chunk) if runs > chunk else 0
    if parts > MOST_PARTS:
        field, value, remedy = "chunk", chunk, f"It may have {MOST_PARTS:,}. Take larger chunks, fewer runs, or fewer points."
        if experiment.precision:
            field, value = "precision.most", experiment.precision.most
            remedy = f"It may have {MOST_PARTS:,}. Allow fewer, begin with more replications, or take fewer points."
        raise ExperimentError(f"gives the results {parts:,} files", field=field, value=value, remedy=remedy)
    drawn = len(experiment.draw_points) if experiment.assumed_draws else 0
    if drawn > MOST_DRAWN:
        remedy = f"It may play {MOST_DRAWN:,}. Name headlines, take fewer points, or draw in an experiment of its own."
        raise ExperimentError(
            f"plays {drawn:,} points in each draw", field="assumed_draws", value=experiment.assumed_draws, remedy=remedy
        )


def _check_outputs(experiment: ExperimentSpec) -> None:
    """ExperimentError for a column that no run has, and for more paths than runs."""
    known = list(dict.fromkeys(name for base in experiment.bases.values() for name in outcome_names(base)))
    for name in experiment.columns or ():
        if name not in known:
            raise ExperimentError("is no column of the runs", field="columns", value=name, remedy=nearest(name, known))
    if experiment.paths > experiment.replications:
        problem = f"is more than the runs of a point, {experiment.replications:,}"
        raise ExperimentError(problem, field="paths", value=experiment.paths, remedy="Take fewer paths, or more replications.")


def _check_precision(experiment: ExperimentSpec, precision: Precision) -> None:
    """ExperimentError for a quantity that cannot be measured, and for runs that are no whole chunks, or already the most."""
    known = {quantity.name: quantity for quantity in quantities_of(experiment, list(experiment.run_columns))}
    for name in precision.quantity:
        if name not in known:
            remedy = nearest(name, list(known)) + ("" if experiment.columns is None else " Or add its column to columns.")
            raise ExperimentError("is no quantity of the runs", field="precision.quantity", value=name, remedy=remedy)
        if precision.of == "differences" and not known[name].everywhere:
            remedy = 'Take one that every run has, or of = "means".'
            problem = "is not in every run, so that runs cannot be compared by it"
            raise ExperimentError(problem, field="precision.quantity", value=name, remedy=remedy)
    chunk = min(experiment.chunk, experiment.replications)
    if experiment.replications % chunk:
        problem = f"is no whole number of chunks of {chunk:,}, in which runs are added"
        remedy = f"Set chunk = {experiment.replications}, say."
        raise ExperimentError(problem, field="replications", value=experiment.replications, remedy=remedy)
    if precision.most < experiment.replications + chunk:
        problem = f"leaves no chunk of {chunk:,} to add to {experiment.replications:,} replications"
        raise ExperimentError(problem, field="precision.most", value=precision.most, remedy="Allow more, or begin with fewer.")
    if experiment.most_runs < LEAST_RUNS:
        problem = f"comes to {experiment.most_runs:,} runs, in whole chunks, and no sweep stops before {LEAST_RUNS}"
        raise ExperimentError(problem, field="precision.most", value=precision.most, remedy="Allow more.")
