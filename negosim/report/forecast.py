"""A design and what it will take, in words: what `negosim sweep --dry-run` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from negosim.common.text import counted
from negosim.engine.outcomes import KEPT
from negosim.experiment.design import design_table, shown
from negosim.experiment.experiment import Experiment
from negosim.experiment.factors import Vary
from negosim.experiment.overrides import Overrides, Value
from negosim.sweeps.forecast import Forecast

if TYPE_CHECKING:
    import pandas

HEAD, TAIL = 6, 3
"""Points of a long design that are shown, from its start and from its end."""

MOST_WORDS = 6
"""Words that a factor's line lists."""


def dry_run_text(experiment: Experiment, forecast: Forecast, workers: int, width: int) -> str:
    """The design, the number of runs and the estimate, in lines of at most this width where the names allow it."""
    table = design_table(experiment.bases, experiment.design_points)
    lines = [f"{experiment.title} ({experiment.name}). A dry run: nothing is written.", ""]
    lines += _design_lines(experiment)
    lines += [*_case_lines(experiment), "", "factors", *_factor_lines(experiment), ""]
    lines += ["points", *_point_lines(table, width), "", *_run_lines(experiment), "", _estimate(forecast, workers)]
    return "\n".join(lines)


def _design_lines(experiment: Experiment) -> Iterator[str]:
    points, cases = len(experiment.design_points), len(experiment.bases)
    kind = experiment.design or ("a list of points" if experiment.points else "grid")
    size = "" if experiment.size is None else f", size {experiment.size:,}"
    each = f" in each of {cases} cases" if experiment.case else ""
    yield f"design    {kind}{size}: the baseline and {points // cases - 1:,} points{each}, {points:,} in all"
    own = ", with luck of its own at each point" if experiment.luck == "independent" else ", the same at every point"
    yield f"luck      {experiment.luck}, seed {experiment.seed}{own}"
    if experiment.baseline:
        yield f"baseline  {_settings(experiment.baseline)}"


def _case_lines(experiment: Experiment) -> Iterator[str]:
    if not experiment.case:
        yield f"scenario  {experiment.scenario.name}"
        return
    yield ""
    yield "cases"
    for case in experiment.case:
        scenario = (case.scenario or experiment.scenario).name
        yield f"  {case.name}: {scenario}{', ' if case.set else ''}{_settings(case.set)}"


def _settings(changes: Overrides) -> str:
    return ", ".join(f"{name} = {shown(value)}" for name, value in changes.items())


def _factor_lines(experiment: Experiment) -> list[str]:
    """What each factor takes in the points of the design, and where that comes from."""
    blocks = {block.parameter: block for block in experiment.vary}
    ranges = experiment.base.assumed() if experiment.design == "joint-draws" else {}
    taken: dict[str, dict[Value, None]] = {}
    for point in experiment.design_points:
        for name, value in point.overrides.items():
            taken.setdefault(name, {})[value] = None
    if not taken:
        return ["  none: the baseline alone"]
    long = max(map(len, taken))
    return [
        f"  {name:<{long}}  {_span(list(values))}{_origin(blocks.get(name), ranges.get(name))}"
        for name, values in taken.items()
    ]


def _span(values: list[Value]) -> str:
    """The values of a factor: a few words, or the ends of its numbers."""
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) == len(values) and len(values) > 1:
        return f"{len(values):,} values from {shown(min(numbers))} to {shown(max(numbers))}"
    more = f" and {len(values) - MOST_WORDS} more" if len(values) > MOST_WORDS else ""
    return ", ".join(str(value) for value in values[:MOST_WORDS]) + more


def _origin(block: Vary | None, assumed: tuple[float, float] | None) -> str:
    if assumed is not None:
        return f", assumed: {shown(assumed[0])} to {shown(assumed[1])}"
    group = f", group {block.group}" if block is not None and block.group else ""
    if block is not None and block.range is not None:
        return f", range {shown(block.range[0])} to {shown(block.range[1])}{group}"
    if block is not None and block.distribution is not None:
        given = block.distribution.model_dump(exclude_none=True, exclude={"kind"})
        return f", {block.distribution.kind} ({_settings(given)}){group}"
    return group


def _point_lines(table: pandas.DataFrame, width: int) -> list[str]:
    """The first and the last points, with as many factors as there is room for."""
    whole = len(table) <= HEAD + TAIL + 1
    places = list(range(len(table))) if whole else [*range(HEAD), *range(len(table) - TAIL, len(table))]
    some = table.iloc[places].drop(columns=["label", "parameter"])
    columns = {name: [name, *map(shown, some[name])] for name in some}
    widths = {name: max(map(len, cells)) + 2 for name, cells in columns.items()}
    room, chosen = width, list[str]()
    for name, needed in widths.items():
        if needed > room - 16 and len(chosen) > 1:
            break
        chosen.append(name)
        room -= needed
    left = len(columns) - len(chosen)
    rows = ["".join(f"{columns[name][row]:>{widths[name]}}" for name in chosen) for row in range(len(places) + 1)]
    rows = [row + (f"  {left} more ..." if left and not place else "") for place, row in enumerate(rows)]
    return rows if whole else [*rows[: HEAD + 1], "  ...", *rows[HEAD + 1 :]]


def _run_lines(experiment: Experiment) -> Iterator[str]:
    least = "at least " if experiment.precision else ""
    yield f"runs      {least}{experiment.runs:,}: {experiment.replications:,} at each point"
    if experiment.precision is not None:
        what = "the mean at every point" if experiment.precision.of == "means" else "every difference"
        yield (
            f"          and more, until the 95 % interval of {what} is no wider than ±{experiment.precision.half_width:g}\n"
            f"          for {', '.join(experiment.precision.quantity)}: {experiment.most_runs:,} at most"
        )
    if experiment.assumed_draws:
        turns = experiment.assumed_draws * len(experiment.draw_points)
        yield (
            f"          and {turns * experiment.draw_replications:,} in {experiment.assumed_draws:,} joint draws of the assumed "
            f"numbers, at {len(experiment.draw_points):,} points each"
        )
    if experiment.columns is not None:
        yield f"columns   point, {', '.join([*KEPT, *(name for name in experiment.columns if name not in KEPT)])}"
    if experiment.paths:
        yield f"paths     the rounds of the first {experiment.paths:,} runs of each point"


def _estimate(forecast: Forecast, workers: int) -> str:
    threads = counted(workers, "thread")
    return (
        f"estimate  {_duration(forecast.seconds(workers))} on {threads}, the summing up not counted,\n"
        f"          {_size(forecast.disk)} of runs and {_size(forecast.summary)} of summary on disk, and "
        f"{_size(forecast.memory(workers))} of memory.\n"
        f"          From {forecast.runs:,} runs at {forecast.points} of the points, played just now: a machine that is busier, "
        "or less so,\n          takes another time."
    )


def _duration(seconds: float) -> str:
    """A time for people.

    >>> _duration(0.4), _duration(50), _duration(600), _duration(20_000), _duration(400_000)
    ('about 1 s', 'about 50 s', 'about 10 min', 'about 5.6 h', 'about 4.6 days')
    """
    for unit, length in (("days", 86_400.0), ("h", 3_600.0)):
        if seconds >= 2 * length:
            return f"about {seconds / length:.1f} {unit}"
    return f"about {seconds / 60:.0f} min" if seconds >= 120 else f"about {max(1.0, seconds):.0f} s"


def _size(count: float) -> str:
    """A number of bytes for people.

    >>> _size(20_000), _size(3_400_000), _size(5.2e10)
    ('20 kB', '3.4 MB', '52 GB')
    """
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.2g} {unit}" if count < 10 * size else f"{count / size:.0f} {unit}"
    return f"{count / 1e3:.0f} kB"
