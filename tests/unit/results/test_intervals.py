"""Intervals of means, shares and their differences: against published numbers, and how often they hold a rare truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
from scipy.stats import binom, binomtest, multinomial

import negosim.sweeps.play
from negosim.plots.readings import differences, means_at
from negosim.results.contrast import contrast_of
from negosim.results.findings import findings_of
from negosim.results.intervals import difference_interval, half_width, independent_interval, mean_interval, sum_interval, unseen
from negosim.results.paired import paired
from negosim.sweeps.runner import sweep
from tests.unit import pretend

Ends = tuple[Any, Any]


def of_pairs(here: Any, there: Any, n: int) -> tuple[Any, Any]:
    """The mean difference and its standard deviation where some of n pairs have the event here alone, and some there alone."""
    difference = (here - there) / n
    return difference, numpy.sqrt((here + there - n * difference**2) / (n - 1))


def score(here: Any, there: Any, n: int) -> Ends:
    return difference_interval(*of_pairs(here, there, n), n, True)


def by_student(here: Any, there: Any, n: int) -> Ends:
    """The t interval, which shares had before."""
    difference, sd = of_pairs(here, there, n)
    margin = half_width(sd, n)
    return difference - margin, difference + margin


# ---- against others ----


def test_the_interval_of_a_share_is_that_of_the_exact_binomial_test() -> None:
    for have, n in ((0, 100), (1, 100), (37, 100), (100, 100), (3, 2_000_000)):
        wanted = binomtest(have, n).proportion_ci(0.95, method="exact")
        assert [float(end) for end in mean_interval(have / n, math.nan, n, True)] == pytest.approx([wanted.low, wanted.high])


def test_the_interval_of_a_paired_difference_is_the_published_one() -> None:
    """The airway data of Bentur et al. (2009): of 21 children 1 got better and 7 got worse (Fagerland et al. 2014)."""
    assert [round(float(end), 3) for end in score(1, 7, 21)] == [-0.517, -0.026]


def test_it_leaves_out_0_where_the_test_of_mcnemar_does() -> None:
    here, there = (part.ravel() for part in numpy.meshgrid(numpy.arange(31), numpy.arange(31)))
    low, high = score(here, there, 60)
    with numpy.errstate(invalid="ignore"):
        rejected = (here - there) ** 2 / (here + there) > 1.959963984540054**2
    assert (((low > 0.0) | (high < 0.0)) == rejected).all()
    assert numpy.allclose(low, -score(there, here, 60)[1])


def test_many_events_have_the_t_interval_but_for_the_last_digits() -> None:
    assert numpy.allclose(score(30_000, 20_000, 100_000), by_student(30_000, 20_000, 100_000), atol=2e-5, rtol=0.0)
    given = 0.3, math.sqrt(0.21), 100_000
    assert numpy.allclose(mean_interval(*given, True), mean_interval(*given, False), atol=2e-5, rtol=0.0)


def test_what_has_not_happened_leaves_room_that_shrinks_with_the_runs() -> None:
    for n in (2, 60, 10_000, 5_000_000):
        assert [float(end) for end in score(0, 0, n)] == pytest.approx([-unseen(n), unseen(n)])
        assert float(mean_interval(0.0, 0.0, n, True)[1]) == pytest.approx(1.0 - 0.025 ** (1 / n))
        assert float(sum_interval(0.0, 0.0, n, True)[1]) == pytest.approx(float(unseen(n)))
        assert [float(end[0]) for end in mean_interval([0.0], [0.0], n, False)] == [0.0, 0.0]
    single = 0.0, math.nan, 1, True
    assert all(math.isnan(end) for end in (*mean_interval(*single), *difference_interval(*single), *sum_interval(*single)))


# ---- how often they hold the truth ----


def coverage(interval: Callable[[Any, Any, int], Ends], here: float, there: float, n: int) -> float:
    """How often an interval holds the difference of two shares, over all samples: pairs have the event here or there alone."""
    counts = numpy.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)])
    chances = multinomial.pmf(numpy.column_stack([counts, n - counts.sum(axis=1)]), n, [here, there, 1 - here - there])
    low, high = interval(counts[:, 0], counts[:, 1], n)
    return float(chances[(low <= here - there + 1e-12) & (high >= here - there - 1e-12)].sum())


RARE = [(0.001, 0.0), (0.005, 0.0), (0.0125, 0.0), (0.03, 0.0), (0.01, 0.005), (0.02, 0.02), (0.1, 0.0), (0.2, 0.1)]


@pytest.mark.parametrize(("here", "there"), RARE)
def test_intervals_of_paired_differences_of_rare_shares_hold_the_truth(here: float, there: float) -> None:
    """The lowest share over a fine grid of shares is 93.3 %: a score interval holds the truth in 95 % on the average only."""
    assert coverage(score, here, there, 60) > 0.93


def test_t_intervals_of_rare_shares_did_not() -> None:
    assert coverage(by_student, 0.0125, 0.0, 60) == pytest.approx(0.53, abs=0.005)
    assert coverage(by_student, 0.001, 0.0, 60) < 0.06


def test_exact_intervals_hold_every_share_in_at_least_ninety_five_per_cent() -> None:
    have = numpy.arange(61)
    low, high = mean_interval(have / 60, numpy.nan, 60, True)
    for truth in numpy.linspace(0.0005, 0.9995, 400):
        assert binom.pmf(have, 60, truth)[(low <= truth) & (truth <= high)].sum() >= 0.95


def test_intervals_of_independent_differences_of_rare_shares_hold_the_truth() -> None:
    a, b = (part.ravel() for part in numpy.meshgrid(numpy.arange(61), numpy.arange(61)))
    low, high = independent_interval((a / 60, 60), (b / 60, 60))
    for p_a, p_b in ((0.002, 0.002), (0.002, 0.02), (0.05, 0.001), (0.3, 0.1), (0.5, 0.5)):
        held = (low <= p_b - p_a) & (p_b - p_a <= high)
        assert (binom.pmf(a, 60, p_a) * binom.pmf(b, 60, p_b))[held].sum() > 0.95


def test_simulated_pairs_of_rare_shares_are_held_as_often() -> None:
    """5,000 samples of 60 pairs, seeded: four standard errors are 1.2 points."""
    draws = numpy.random.default_rng(13).multinomial(60, [0.0125, 0.005, 0.9825], size=5_000)
    truth = 0.0125 - 0.005

    def held(interval: Callable[[Any, Any, int], Ends]) -> float:
        low, high = interval(draws[:, 0], draws[:, 1], 60)
        return float(numpy.mean((low <= truth) & (truth <= high)))

    assert held(score) > 0.938 and held(by_student) < 0.7


# ---- one and the same everywhere ----


def test_tables_findings_contrasts_and_figures_have_the_same_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run of a hundred, and nowhere else, breaks down at the point with the most ambiguity."""

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        agreed = (numpy.arange(first, first + replications) % 100 != 7) | (scenario.sender.ambiguity != 0.2)
        table = table.set_column(table.column_names.index("agreed"), "agreed", [agreed])
        ending = numpy.where(agreed, "settled", "breakdown").astype(object)
        return pretend.Outcomes(table.set_column(table.column_names.index("ending"), "ending", [ending]))

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    results = sweep(pretend.experiment(replications=200, chunk=200), tmp_path / "runs", workers=1)
    summary = results.summary().set_index(["point", "quantity"])
    for quantity in ("no_deal", "ending_breakdown"):
        for point, here in ((1, 0), (2, 2)):
            wanted = pytest.approx([float(end) for end in score(here, 0, 200)])
            assert summary.loc[(point, quantity), ["low", "high"]].tolist() == wanted
            row = paired(results, against=0, point=point).set_index("quantity").loc[quantity]
            assert row[["low", "high"]].tolist() == wanted
            assert differences(results, [quantity], {point: 0})[["low", "high"]].iloc[0].tolist() == wanted
            share = means_at(results, [quantity], point)[["low", "high"]].iloc[0].tolist()
            assert share == pytest.approx([float(end) for end in mean_interval(here / 200, math.nan, 200, True)])
    told = {finding.point: finding.differences[-1] for finding in findings_of(results, results.summary()).findings}
    assert told[1].quantity == "no_deal" and told[1].sign == told[2].sign == 0
    assert (told[1].low, told[1].high) == pytest.approx((-unseen(200), unseen(200)))
    shorter = pretend.experiment(replications=200, chunk=200, baseline={"talks.rounds": 9})
    both = contrast_of(results, sweep(shorter, tmp_path / "shorter", workers=1)).differences
    row = both.set_index(["point_a", "quantity"]).loc[(2, "no_deal")]  # the same two runs break down in both
    assert (row["low"], row["high"], row["in_both_high"]) == pytest.approx((-unseen(200), unseen(200), unseen(200)))


def test_a_point_differs_from_itself_by_exactly_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    results = sweep(pretend.experiment(), tmp_path / "runs", workers=1)
    summary = results.summary().set_index(["point", "quantity"])
    assert summary.loc[(0, "no_deal"), ["difference", "low", "high"]].tolist() == [0.0] * 3
    assert differences(results, ["no_deal"], {1: 1})[["low", "high"]].iloc[0].tolist() == [0.0] * 2
    assert (contrast_of(results, results).differences[["low", "high"]] == 0.0).all(axis=None)
    assert summary.loc[(1, "no_deal"), "high"] > 0.2  # another point of ten runs, although no run differs
