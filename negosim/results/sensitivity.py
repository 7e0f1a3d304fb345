"""Which factors matter: Sobol's and Morris's indices of the means by point, by SALib's analyses.

Y(x), the mean of a quantity over the n runs of point x, is what is analysed. x is drawn as the experiment says, and Var is
over that design.

first : V_j / Var(Y), V_j = Var(E(Y | x_j)), the share of the variance that factor j explains alone (Sobol 2001; Saltelli
    et al. 2010)
total : E(Var(Y | all but x_j)) / Var(Y), the share in which it has a part, its interactions with others included
mu, mu_star, sigma : mean, mean size, and standard deviation of the elementary effects of a factor: how much more the quantity is
    per whole way from the lower end of the factor to the upper (Morris 1991; Campolongo, Cariboni and Saltelli 2007)

Intervals are 95 %, value -+ 1.96 sd over RESAMPLES bootstrap samples of the base points or trajectories, from the seed of the
experiment. First indices that are 0 may come out below 0.

**Noise.** n runs leave noise in Y: the variance between points is V + N, N being that of the means about what endless runs would
give. `noise` is the share N / (V + N), from an analysis of variance (Searle, Casella and McCulloch 1992, Variance Components,
ch. 3 and 4). With W the mean variance within a point, and B the variance over r of the mean of run r over all P points:

- luck = "independent": N = W / n. All factors are told the same wrong: first is too small, by the factor 1 - noise; total, which
  should be T, is T (1 - noise) + noise, so that a factor without any influence has `noise`. More replications make it small.
- luck = "common": what luck does to all points alike cancels, so N = (W - B) P / (P - 1) / n, the interaction of run and point.
  Y is an exact function of x then, given this luck, and a factor without influence has exactly 0, in the total index and in
  mu_star. Other factors share the noise in proportions that nobody knows. An index is the squared cosine of the angle between Y
  and what functions of some factors can do, and noise of share s turns Y by an angle whose sine is at most sqrt(s): so no Sobol
  index is wrong by more than the root of the noise, and most by much less. Four times the runs halve that.

Intervals are about other base points, not about other luck: with common luck they do not contain the noise.
For a quantity that only some runs have N is at most what the first formula says, with the runs that have it, and that is told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from negosim.common.errors import StoreError, nearest
from negosim.common.text import NOISE
from negosim.experiment.design import Point
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import MEMORY, Quantity, aggregated, among, columns_of, quantities_of
from negosim.experiment.sampling import MORRIS_LEVELS, SECOND_ORDER
from negosim.results.runs import Runs

if TYPE_CHECKING:
    import pandas

INDICES = {"saltelli": ("first", "total"), "morris": ("mu", "mu_star", "sigma")}
"""The indices of a design, in the order of the frame."""

RESAMPLES = 500
"""Bootstrap samples: the half-width of an interval is then known to some 3 %."""

Z = 1.959963984540054
"""The 0.975 quantile of the normal distribution."""

STATISTICS = {"runs": "count({x})", "mean": "avg({x})", "variance": "var_samp({x})"}
"""What an analysis needs to know of a quantity at a point."""

Floats = NDArray[numpy.float64]
Estimates = dict[str, tuple[Floats, Floats]]
"""The values (factors,) of each index, and the half-widths of their intervals."""


def sensitivity(results: Runs, quantities: str | Sequence[str] | None = None) -> pandas.DataFrame:
    """The indices of quantities of the summary: one row a case, quantity, factor (or group of factors) and index.

    quantities : one, or some; None = all that every run has

    Columns: case_name (if there are cases), parameter, quantity, unit, index, value, low, high, and the `noise` of the quantity
    (NaN with one run a point). A quantity that is the same at all points, rounding apart, has no indices: they are NaN.
    StoreError for another design, for a quantity that the runs do not have, and for one that is missing at some point: an
    analysis needs every row of its sample.
    """
    import pandas

    experiment = results.experiment
    if experiment.design not in INDICES:
        raise StoreError(
            f"{results.out} holds a design without indices: {experiment.design or 'grid'}. "
            'Play one with design = "saltelli" (Sobol indices) or "morris".'
        )
    measured = _chosen(results, quantities)
    frames = [_of_case(results, measured, case) for case in experiment.bases]
    return pandas.concat(frames, ignore_index=True)


def factor_names(experiment: Experiment) -> list[str]:
    """What the indices are of: parameters, and groups by their names, in the order of the design."""
    problem = experiment.problem
    return list(dict.fromkeys(problem.get("groups", problem["names"])))


def _chosen(results: Runs, names: str | Sequence[str] | None) -> list[Quantity]:
    known = {quantity.name: quantity for quantity in quantities_of(results.experiment, results.columns)}
    if names is None:
        return [quantity for quantity in known.values() if quantity.everywhere]
    wanted = [names] if isinstance(names, str) else list(names)
    for name in wanted:
        if name not in known:
            raise StoreError(f"{results.out} has no quantity {name}. {nearest(name, list(known))}")
    return [known[name] for name in wanted]


def _of_case(results: Runs, measured: Sequence[Quantity], case: str | None) -> pandas.DataFrame:
    """The indices of some quantities in one case."""
    import pandas

    experiment = results.experiment
    factors = factor_names(experiment)
    points = experiment.points_of(case)[1:]  # the baseline is no row of the sample
    _require_points(results, points)
    means, noises = _means(results, list(measured), points)
    rows = []
    for quantity, noise in zip(measured, noises, strict=True):
        y = means[quantity.name]
        nothing = numpy.full(len(factors), math.nan)
        found = dict.fromkeys(INDICES[str(experiment.design)], (nothing, nothing))
        if varies(y):
            found = (_sobol if experiment.design == "saltelli" else _morris)(experiment, y)
        for place, factor in enumerate(factors):
            for index in INDICES[str(experiment.design)]:
                value, half = (float(numbers[place]) for numbers in found[index])
                told = {"quantity": quantity.name, "unit": quantity.unit, "index": index, "value": value}
                where = {} if case is None else {"case_name": case}
                rows.append({**where, "parameter": factor, **told, "low": value - half, "high": value + half, "noise": noise})
    return pandas.DataFrame(rows)


def _means(results: Runs, measured: list[Quantity], points: Sequence[Point]) -> tuple[dict[str, Floats], list[float]]:
    """The means of quantities at these points, in their order, and the noise of each."""
    numbers = range(points[0].number, points[-1].number + 1)
    here = f"with here as (select point, run, {columns_of(measured)} from runs where point {among(numbers)}) "

    def by(key: str, statistics: Mapping[str, str]) -> pandas.DataFrame:
        sql = f"{here}select {key}, {aggregated(measured, statistics)} from here group by {key} order by {key}"
        return results.query(sql, points=numbers, memory=MEMORY)

    answer, luck = by("point", STATISTICS), by("run", {"mean": STATISTICS["mean"]})
    means, noises = {}, []
    for quantity in measured:
        runs, y, within = (answer[f"{quantity.name}|{name}"].to_numpy(dtype=float) for name in STATISTICS)
        _require_all(results, quantity, y, points)
        means[quantity.name] = y
        has_shared = results.experiment.luck == "common" and quantity.everywhere
        noises.append(noise_share(y, within, runs, luck[f"{quantity.name}|mean"].to_numpy(dtype=float) if has_shared else None))
    return means, noises


def _require_points(results: Runs, points: Sequence[Point]) -> None:
    """StoreError when points failed: SALib's analyses need every row of the sample."""
    failed = [point.number for point in points if point.number in results.points_left_out]
    if failed:
        raise StoreError(
            f"{results.out} lacks {len(failed):,} of {len(points):,} points, such as point {failed[0]}, which failed: "
            f"{results.points_left_out[failed[0]].why}. Indices need every point of the design. Mend that and run the same sweep "
            "into this folder again, or narrow the range that makes it fail."
        )


def _require_all(results: Runs, quantity: Quantity, means: Floats, points: Sequence[Point]) -> None:
    """StoreError for a quantity without a mean at some point."""
    missing = numpy.flatnonzero(~numpy.isfinite(means))
    if len(missing):
        raise StoreError(
            f"{results.out} has no {quantity.name} at {len(missing):,} of {len(points):,} points, such as point "
            f"{points[missing[0]].number}. Indices need it at every one. Take a quantity that every run has, or play more runs."
        )


def noise_share(means: Floats, within: Floats, runs: Floats, shared: Floats | None = None) -> float:
    """The share of the variance between points that is noise of their runs; NaN where it cannot be told, 0 where nothing varies.

    means, within, runs : (points,) mean, variance and number of the runs of each point
    shared : (runs,) the mean of run r over all points, where run r has the same luck at all of them

    >>> noise_share(numpy.array([0.0, 2.0]), numpy.array([1.0, 1.0]), numpy.array([4.0, 4.0]))
    0.125
    """
    if not varies(means):
        return 0.0
    if not numpy.isfinite(within).all():
        return math.nan
    between = float(numpy.var(means, ddof=1))
    noise = float(numpy.mean(within / runs))
    if shared is not None:
        points = len(means)
        noise = (noise - float(numpy.var(shared, ddof=1)) / len(shared)) * points / (points - 1)
    return min(1.0, max(0.0, noise / between))


def varies(means: Floats) -> bool:
    """Whether means differ by more than rounding: by more than NOISE, and than this share of their size.

    >>> varies(numpy.array([0.0, 4e-18])), varies(numpy.array([346_000.0, 346_000.0 + 1e-10])), varies(numpy.array([0.5, 0.5001]))
    (False, False, True)
    """
    return bool(numpy.std(means) > NOISE * max(1.0, float(numpy.abs(means).max())))


def _sobol(experiment: Experiment, y: Floats) -> Estimates:
    """First and total indices; those of pairs are left out, and so are the rows that only they need."""
    from SALib.analyze import sobol

    if SECOND_ORDER:
        factors = len(factor_names(experiment))
        y = y.reshape(-1, 2 * factors + 2)[:, [*range(factors + 1), -1]].ravel()
    found = sobol.analyze(experiment.problem, y, calc_second_order=False, num_resamples=RESAMPLES, seed=experiment.seed)
    return {"first": (found["S1"], found["S1_conf"]), "total": (found["ST"], found["ST_conf"])}


def _morris(experiment: Experiment, y: Floats) -> Estimates:
    """The three indices, and intervals from samples of whole trajectories; sigma is NaN for a group of several factors."""
    factors, problem, sample = len(factor_names(experiment)), experiment.problem, experiment.sample
    paths, numbers = sample.reshape(-1, factors + 1, sample.shape[1]), y.reshape(-1, factors + 1)
    whole = _effects(problem, sample, y)
    # twice the same trajectory, whose means are its own effects: SALib takes no single one
    single = [_effects(problem, numpy.tile(path, (2, 1)), numpy.tile(own, 2)) for path, own in zip(paths, numbers, strict=True)]
    signed, sizes = (numpy.array([effects[name] for effects in single]) for name in ("mu", "mu_star"))
    drawn = numpy.random.default_rng(experiment.seed).integers(len(single), size=(RESAMPLES, len(single)))
    spreads = {"mu": signed[drawn].mean(axis=1), "mu_star": sizes[drawn].mean(axis=1), "sigma": signed[drawn].std(axis=1, ddof=1)}
    return {name: (whole[name], Z * spreads[name].std(axis=0, ddof=1)) for name in INDICES["morris"]}


def _effects(problem: Mapping[str, Any], shares: NDArray[numpy.float64], y: Floats) -> dict[str, Floats]:
    """The indices of some trajectories, by SALib."""
    from SALib.analyze import morris

    # SALib's own interval, of mu_star alone, is not used: two samples for it are the fewest that raise no warning
    found = morris.analyze(dict(problem), shares, y, num_resamples=2, num_levels=MORRIS_LEVELS, seed=0)
    return {name: numpy.ma.filled(numpy.ma.asarray(found[name], dtype=float), math.nan) for name in INDICES["morris"]}
