"""The findings of a sweep, as numbers: the baseline, and what each comparison of the experiment comes to.

`negosim.report.findings` tells them in sentences, `negosim.report.write` writes both beside the runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from negosim.common.plain import plain
from negosim.common.text import NOISE
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine.outcomes import settled_column
from negosim.experiment.design import Comparison, Point
from negosim.experiment.overrides import Value
from negosim.experiment.quantities import COMPARED, MEMORY, ending_quantity
from negosim.results.paired import paired
from negosim.results.robustness import robustness
from negosim.results.runs import Runs
from negosim.store.precision import Reached

if TYPE_CHECKING:
    import pandas

NEAR = 1 / 50
"""Share of the range of an issue within which a settlement counts as the status quo."""

MOST_TOLD = 200
"""Comparisons that are told one by one; a list of more points than this is for the summary."""

SUPPORTED = ("sender_payoff", "target_payoff", "joint_payoff")
"""The quantities whose best level is looked for."""


@dataclass(frozen=True)
class Robustness:
    """Over the joint draws: the shares that are higher and lower, those beyond their own error, and that error."""

    draws: int
    median: float
    error: float
    higher: float
    lower: float
    clearly_higher: float
    clearly_lower: float


@dataclass(frozen=True)
class Difference:
    """A mean difference run for run, with its 95 % interval, and how robust it is to the assumed numbers."""

    quantity: str
    difference: float
    low: float
    high: float
    pairs: int
    robustness: Robustness | None = None

    @property
    def sign(self) -> int:
        """1 or -1 where the interval leaves out 0, else 0: no difference that the runs can tell."""
        return (self.low > NOISE) - (self.high < -NOISE)


@dataclass(frozen=True)
class Best:
    """The level of a parameter at which the mean of a quantity is highest among those tried.

    Differences at that level, of `quantity` to the lowest and to the highest level (None for that level itself), and
    of every quantity of COMPARED to the lowest.
    """

    quantity: str
    level: float
    lowest: float
    highest: float
    over_lowest: Difference | None
    over_highest: Difference | None
    there: tuple[Difference, ...]


@dataclass(frozen=True)
class Finding:
    """What a comparison comes to: differences of COMPARED, of the channels of both ledgers, and the best levels.

    no_deal : the share of runs without a deal at the point compared with, and at the point
    """

    label: str
    point: int
    against: int
    parameter: str | None
    start: Value
    end: Value
    no_deal: tuple[float, float]
    differences: tuple[Difference, ...]
    channels: dict[str, dict[str, float]]
    best: tuple[Best, ...]
    case: str | None = None


@dataclass(frozen=True)
class Settled:
    """How an issue is settled in the baseline: quartiles in its unit, NaN without a deal; stays = at the status quo."""

    issue: str
    title: str
    unit: str
    status_quo: float
    low: float
    median: float
    high: float
    stays: float
    reported: float | None

    @property
    def holds_reported(self) -> bool:
        """Whether the reported value lies in the middle half."""
        return self.reported is not None and self.low <= self.reported <= self.high


@dataclass(frozen=True)
class Baseline:
    """What happens at the baseline of a case: shares of endings, quartiles of the round of agreement, terms, mean payoffs."""

    runs: int
    endings: dict[str, float]
    rounds: tuple[float, float, float]
    settled: tuple[Settled, ...]
    means: dict[str, float]
    case: str | None = None


@dataclass(frozen=True)
class Findings:
    """All that is found: the baseline of each case, the first apart, and one Finding a comparison of the experiment.

    told : whether there is a Finding for each; False for a design whose points only the summary compares one by one
    common_luck : whether each point has the same luck, run for run
    left_out : what failed and is in no number here, in sentences; empty when nothing is
    platforms : those that the runs were played on, with the number of parts, when there are several
    reached : how precise the results are, where runs were added until they were enough
    """

    name: str
    title: str
    question: str
    scenario: str
    seed: int
    runs: int
    draws: int
    draw_runs: int
    baseline: Baseline
    findings: tuple[Finding, ...]
    other_baselines: tuple[Baseline, ...] = ()
    told: bool = True
    common_luck: bool = True
    left_out: str = ""
    platforms: tuple[str, ...] = ()
    reached: Reached | None = None

    def json(self) -> str:
        """The findings for another program: JSON, null for what no run has."""
        return json.dumps(plain(asdict(self)), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def points_told(results: Runs) -> set[int]:
    """The points that findings are about: all, or the baselines alone where comparisons are too many to be told."""
    is_told = 0 < len(results.comparisons) <= MOST_TOLD
    return {point.number for point in results.points} if is_told else set(results.baselines.values())


def findings_of(results: Runs, summary: pandas.DataFrame) -> Findings:
    """The findings of a sweep. StoreError when every baseline is left out.

    summary : `results.summary()`, of which the rows of `points_told` are enough
    """
    results.require_a_baseline()
    experiment = results.experiment
    draws = robustness(results) if results.has_draws else None
    played = results.draws()["draw"].nunique() if results.has_draws else 0
    told = len(results.comparisons) <= MOST_TOLD
    comparisons = results.comparisons if told else ()
    first, *others = (_baseline(results, summary, case, point) for case, point in results.baselines.items())
    platforms = results.platforms
    return Findings(
        name=experiment.name,
        title=experiment.title,
        question=" ".join(experiment.question.split()),
        scenario=experiment.base.name,
        seed=experiment.seed,
        runs=len(results.points) * experiment.replications,
        draws=played,
        draw_runs=played * experiment.draw_replications * len(experiment.draw_points),
        baseline=first,
        findings=tuple(_finding(results, summary, draws, comparison) for comparison in comparisons),
        other_baselines=tuple(others),
        told=told and bool(comparisons or len(results.points) == len(results.baselines)),
        common_luck=experiment.luck == "common",
        left_out=results.left_out,
        reached=results.reached,
        platforms=tuple(f"{words} ({parts:,} parts)" for words, parts in platforms.items()) if len(platforms) > 1 else (),
    )


def _baseline(results: Runs, summary: pandas.DataFrame, case: str | None, point: int) -> Baseline:
    """The first point of a case in the summary."""
    here = summary[summary["point"] == point].set_index("quantity")
    rounds = here.loc["rounds_to_agreement"]
    names = [f"{side.label}_{what}" for side in Side for what in ("payoff", *CHANNELS)]
    names += ["joint_payoff", "frontier_distance", "nash_distance", "peak_stress"]
    return Baseline(
        runs=results.experiment.replications,
        endings={end.label: float(here.loc[ending_quantity(end), "mean"]) for end in Ending},
        rounds=(float(rounds["q25"]), float(rounds["q50"]), float(rounds["q75"])),
        settled=_settled(results, here, case, point),
        means={name: float(here.loc[name, "mean"]) for name in names if name in here.index},
        case=case,
    )


def _settled(results: Runs, here: pandas.DataFrame, case: str | None, point: int) -> tuple[Settled, ...]:
    """Every issue of a case of which the runs know the settlement, at this point."""
    experiment = results.experiment
    issues = [issue for issue in experiment.bases[case].issues if settled_column(issue.name) in here.index]
    near = {
        issue.name: f'avg((abs("{settled_column(issue.name)}" - {issue.status_quo!r}) <= '
        f"{NEAR * abs(issue.sender_end - issue.target_end)!r})::int)"
        for issue in issues
    }
    if not issues:
        return ()
    stays = results.query(
        f"select {', '.join(near.values())} from runs where point = {point} and agreed", points=[point], memory=MEMORY
    ).iloc[0]
    rows = [here.loc[settled_column(issue.name)] for issue in issues]
    return tuple(
        Settled(
            issue.name, issue.title, issue.unit, float(issue.status_quo), float(row["q25"]), float(row["q50"]),
            float(row["q75"]), float(share), experiment.reported.get(issue.name),
        )
        for issue, row, share in zip(issues, rows, stays, strict=True)
    )


def _finding(
    results: Runs, summary: pandas.DataFrame, draws: pandas.DataFrame | None, comparison: Comparison
) -> Finding:
    """One comparison."""
    point, against = comparison.point, comparison.against
    frame = _pairs(results, summary, point, against)
    shares = summary[summary["quantity"] == "no_deal"].set_index("point")["mean"]
    return Finding(
        label=comparison.label,
        point=point.number,
        against=against.number,
        parameter=point.parameter,
        start=against.overrides.get(point.parameter) if point.parameter else None,
        end=point.overrides[point.parameter] if point.parameter else None,
        no_deal=(float(shares[against.number]), float(shares[point.number])),
        differences=tuple(
            _difference(frame, quantity, _robustness(draws, point, quantity)) for quantity in COMPARED
        ),
        channels={
            side.label: {
                channel: float(frame.loc[f"{side.label}_{channel}", "difference"])
                for channel in CHANNELS
                if f"{side.label}_{channel}" in frame.index
            }
            for side in Side
        },
        best=_best_levels(results, summary, comparison),
        case=point.case,
    )


def _pairs(results: Runs, summary: pandas.DataFrame, point: Point, against: Point) -> pandas.DataFrame:
    """The paired differences of a point to another, by quantity; those to its own baseline are in the summary already."""
    if against.number == results.baselines.get(point.case):
        return summary[(summary["point"] == point.number) & (summary["pairs"] > 0)].set_index("quantity")
    return paired(results, against=against.number, point=point.number).set_index("quantity")


def _difference(frame: pandas.DataFrame, quantity: str, robust: Robustness | None = None) -> Difference:
    """One row of a paired comparison."""
    row = frame.loc[quantity]
    return Difference(
        quantity, float(row["difference"]), float(row["low"]), float(row["high"]), int(row["pairs"]), robust
    )


def _robustness(draws: pandas.DataFrame | None, point: Point, quantity: str) -> Robustness | None:
    """What the joint draws say of one quantity at a point; None without joint draws."""
    if draws is None:
        return None
    row = draws[(draws["point"] == point.number) & (draws["quantity"] == quantity)].iloc[0]
    shares = {name: float(row[name]) for name in ("higher", "lower", "clearly_higher", "clearly_lower")}
    return Robustness(int(row["draws"]), float(row["median"]), float(row["error"]), **shares)


def _best_levels(results: Runs, summary: pandas.DataFrame, comparison: Comparison) -> tuple[Best, ...]:
    """The best levels of a headline's parameter, when it takes three or more numbers."""
    name = comparison.point.parameter
    if name is None or comparison.against.parameter != name:
        return ()
    own = results.experiment.points_of(comparison.point.case)
    points = [point for point in own if point.parameter == name and point.number not in results.points_left_out]
    levels = [point.overrides[name] for point in points]
    if len(points) < 3 or not all(isinstance(level, (int, float)) and not isinstance(level, bool) for level in levels):
        return ()
    ordered = sorted(points, key=lambda point: _level(point, name))
    return tuple(_best(results, summary, name, ordered, quantity) for quantity in SUPPORTED)


def _level(point: Point, name: str) -> float:
    value = point.overrides[name]
    assert isinstance(value, (int, float))
    return float(value)


def _best(
    results: Runs, summary: pandas.DataFrame, name: str, points: Sequence[Point], quantity: str
) -> Best:
    """The best of some points, which are in the order of their levels, for one quantity."""
    means = summary[summary["quantity"] == quantity].set_index("point")["mean"]
    best = max(points, key=lambda point: round(float(means[point.number]), 12))  # of those that rounding keeps apart the lowest
    low, high = points[0], points[-1]
    to_low = _pairs(results, summary, best, low)
    to_high = _pairs(results, summary, best, high)
    return Best(
        quantity=quantity,
        level=_level(best, name),
        lowest=_level(low, name),
        highest=_level(high, name),
        over_lowest=None if best is low else _difference(to_low, quantity),
        over_highest=None if best is high else _difference(to_high, quantity),
        there=tuple(_difference(to_low, other) for other in COMPARED),
    )
