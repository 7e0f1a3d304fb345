"""Sobol's and Morris's indices: functions with known indices through the whole path, and what noise does to them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.experiment.experiment import Experiment
from negosim.results.results import Results
from negosim.results.sensitivity import noise_share
from negosim.scenario.scenario import Scenario
from negosim.store.failures import PointsFailedError
from negosim.sweeps.runner import sweep
from tests.unit.pretend import Outcomes, experiment

FACTORS = ("sender.unpredictability", "talks.proposer_probability", "talks.auction_weight")
UNIT = [{"parameter": name, "range": [0.0, 1.0]} for name in FACTORS]

Shares = tuple[float, float, float]


def ishigami(x: Shares, a: float = 7.0, b: float = 0.1) -> float:
    """The function of Ishigami and Homma (1990), whose indices are known, of shares in [0, 1]."""
    one, two, three = (math.pi * (2.0 * share - 1.0) for share in x)
    return math.sin(one) + a * math.sin(two) ** 2 + b * three**4 * math.sin(one)


ISHIGAMI = {
    "first": (0.3139, 0.4424, 0.0),
    "total": (0.5576, 0.4424, 0.2437),
}
"""Its indices for a = 7, b = 0.1 (Saltelli et al. 2008, Global Sensitivity Analysis, 4.7)."""


def played_as(function: Callable[[Shares], float], luck: Callable[[numpy.ndarray, Shares], numpy.ndarray]) -> Any:
    """A kernel whose sender's payoff is a function of three parameters and luck of run and point; the target's is its square."""

    def simulate(scenario: Scenario, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Outcomes:
        one, two, three = (float(scenario.get(name)) for name in FACTORS)
        runs = numpy.arange(first, first + replications, dtype=numpy.int64)
        payoff = function((one, two, three)) + luck(runs, (one, two, three))
        agreed = numpy.full(replications, one < 0.9) | (runs % 2 == 0)
        return Outcomes(
            pyarrow.table(
                {
                    "replication": runs,
                    "ending": numpy.where(agreed, "settled", "impasse").astype(object),
                    "agreed": agreed,
                    "rounds": numpy.full(replications, 1, dtype=numpy.int32),
                    "sender_payoff": payoff,
                    "target_payoff": payoff**2,
                    "settled_pie": pyarrow.array(payoff, mask=~(agreed & (two < 0.9))),
                }
            )
        )

    return simulate


def alike(runs: numpy.ndarray, x: Shares) -> numpy.ndarray:
    """Luck that moves run r by the same at every point."""
    return (runs % 4) - 1.5


def swept(
    monkeypatch: pytest.MonkeyPatch, folder: Path, function: Callable[[Shares], float], noise: Any = alike, **fields: Any
) -> Results:
    """The results of a pretended sweep."""
    monkeypatch.setattr(negosim.sweeps.play, "simulate", played_as(function, noise))
    given = {"design": "saltelli", "size": 64, "vary": UNIT, "replications": 4, "chunk": 1000, "seed": 3}
    return sweep(experiment(**{**given, **fields}), folder / "runs", workers=1)


def swept_with_failures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Results:
    """A Saltelli sweep some points of which failed."""

    def breaking(x: Shares) -> float:
        if x[0] > 0.9:
            raise ArithmeticError("no solution")
        return x[0]

    with pytest.raises(PointsFailedError):
        swept(monkeypatch, tmp_path, breaking, size=16, chunk=4)
    return Results(tmp_path / "runs")


def values(results: Results, index: str, quantity: str = "sender_payoff") -> list[float]:
    """One index of a quantity, factor by factor."""
    frame = results.sensitivity(quantity)
    return list(frame[frame["index"] == index]["value"])


# ---- known functions ----


def test_the_indices_of_the_ishigami_function_come_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, ishigami, size=512)
    frame = results.sensitivity("sender_payoff")
    assert list(frame["parameter"]) == [name for name in FACTORS for _ in range(2)] and set(frame["unit"]) == {"utility"}
    for index, known in ISHIGAMI.items():
        own = frame[frame["index"] == index]
        half = (own["high"] - own["value"]).to_numpy()
        # six intervals at twice their width: one seed in 2,000 would miss by chance
        assert (abs(own["value"].to_numpy() - known) <= 2.0 * half + 1e-12).all() and half.max() < 0.2
        assert own["value"].to_numpy() - half == pytest.approx(own["low"].to_numpy())
    assert frame["noise"].max() < 1e-12  # luck is the same at all points: it cancels


def test_the_effects_of_a_function_that_adds_up_are_its_slopes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, lambda x: 2.0 * x[0] - 3.0 * x[1], design="morris", size=8)
    assert values(results, "mu") == pytest.approx([2.0, -3.0, 0.0]) and values(results, "mu_star") == pytest.approx([2, 3, 0])
    assert values(results, "sigma") == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    frame = results.sensitivity("sender_payoff")
    assert frame["high"].to_numpy() == pytest.approx(frame["low"].to_numpy(), abs=1e-12)


def test_a_factor_that_hangs_on_another_has_a_spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """x y - y: the effect of y is x - 1 on the levels 0, 1/3, 2/3, 1, that of x is y."""
    results = swept(monkeypatch, tmp_path, lambda x: x[0] * x[1] - x[1], design="morris", size=40)
    mu, size, sigma = (values(results, index) for index in ("mu", "mu_star", "sigma"))
    level = math.sqrt(5.0 / 36.0)  # standard deviation of the four levels
    assert mu == pytest.approx([0.5, -0.5, 0.0], abs=0.15) and size == pytest.approx([mu[0], -mu[1], 0.0])
    assert sigma[:2] == pytest.approx([level, level], abs=0.1) and sigma[2] == 0.0
    frame = results.sensitivity("sender_payoff").set_index(["parameter", "index"])
    half = frame["high"] - frame["value"]
    # the standard error of a mean of 40 effects, by the bootstrap
    assert half[(FACTORS[0], "mu")] == pytest.approx(1.96 * sigma[0] / math.sqrt(40), rel=0.15)


def test_effects_of_both_signs_do_not_cancel_in_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """(x - 1/2) (y - 1/2): effects of -1/2, -1/6, 1/6 and 1/2, of sizes 1/3 on average with a standard deviation of 1/6."""
    results = swept(monkeypatch, tmp_path, lambda x: (x[0] - 0.5) * (x[1] - 0.5), design="morris", size=40)
    frame = results.sensitivity("sender_payoff").set_index(["parameter", "index"])
    own, half = frame["value"][FACTORS[0]], frame["high"] - frame["value"]
    assert own["mu_star"] == pytest.approx(1 / 3, abs=0.1) and abs(own["mu"]) < 0.2
    assert half[(FACTORS[0], "mu_star")] == pytest.approx(1.96 / 6 / math.sqrt(40), rel=0.2)
    assert half[(FACTORS[0], "mu")] == pytest.approx(1.96 * own["sigma"] / math.sqrt(40), rel=0.15)


def test_a_group_moves_together_and_has_one_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grouped = [{**block, **({"group": "both"} if number < 2 else {})} for number, block in enumerate(UNIT)]
    results = swept(monkeypatch, tmp_path / "a", lambda x: x[0] + x[1] + x[2], vary=grouped, size=256)
    assert list(results.sensitivity("sender_payoff")["parameter"]) == ["both", "both", FACTORS[2], FACTORS[2]]
    assert values(results, "total") == pytest.approx([2 / 3, 1 / 3], abs=0.1)
    screened = swept(monkeypatch, tmp_path / "b", lambda x: x[0] + x[1] + x[2], vary=grouped, design="morris")
    assert numpy.isnan(values(screened, "sigma")).tolist() == [True, False]


def test_the_engine_has_the_indices_of_the_game_with_one_offer(tmp_path: Path) -> None:
    """The sender offers what the target surely takes, d + a: its payoff 1 - d - a is linear in both.

    With ranges of 0.2 and 0.1 the shares of the variance are 4 and 1 fifth.
    """
    vary = [
        {"parameter": "target.disagreement", "range": [0.1, 0.3]},
        {"parameter": "target.ambiguity", "range": [0.0, 0.1]},
        {"parameter": "sender.volatility", "range": [0.0, 0.5]},
    ]
    asked = {"name": "one-offer", "title": "One offer", "question": "?", "scenario": "ultimatum", "seed": 3}
    results = sweep(Experiment(**asked, design="saltelli", size=64, vary=vary, replications=20), tmp_path, workers=1)
    frame = results.sensitivity("sender_payoff").set_index(["parameter", "index"])
    assert frame["noise"].max() < 0.005
    for name, share in (("target.disagreement", 0.8), ("target.ambiguity", 0.2), ("sender.volatility", 0.0)):
        for index in ("first", "total"):
            row = frame.loc[(name, index)]
            assert row["low"] <= share <= row["high"] and row["high"] - row["low"] < 0.8


# ---- noise ----


def test_the_noise_of_independent_luck_is_the_share_that_was_put_in() -> None:
    """V = 1, 25 runs of variance 4 at each of 20,000 points: N = 0.16. At five standard errors, one seed in a million misses."""
    generator = numpy.random.default_rng(1)
    runs = generator.normal(0.0, 2.0, (20_000, 25)) + generator.normal(0.0, 1.0, (20_000, 1))
    found = noise_share(runs.mean(axis=1), runs.var(axis=1, ddof=1), numpy.full(20_000, 25.0))
    assert found == pytest.approx(0.16 / 1.16, abs=5 * 0.138 * math.sqrt(2 / 20_000) + 5 * 0.138 * math.sqrt(2 / 480_000))


def test_common_luck_that_moves_all_points_alike_is_no_noise() -> None:
    """As before, with luck common to all points of variance 100 besides: it is in no difference between points."""
    generator = numpy.random.default_rng(2)
    runs = generator.normal(0.0, 2.0, (4_000, 25)) + generator.normal(0.0, 1.0, (4_000, 1)) + generator.normal(0.0, 10.0, (1, 25))
    means, within, counts = runs.mean(axis=1), runs.var(axis=1, ddof=1), numpy.full(4_000, 25.0)
    assert noise_share(means, within, counts, runs.mean(axis=0)) == pytest.approx(0.16 / 1.16, abs=0.02)
    assert noise_share(means, within, counts) == 1.0


def test_the_noise_of_two_points_is_that_of_their_difference() -> None:
    """Runs 0, 2, 4 and 5, 5, 5: differences 5, 3, 1 with variance 4. Their mean has 4 / 3, half of it a variance between two."""
    runs = numpy.array([[0.0, 2.0, 4.0], [5.0, 5.0, 5.0]])
    found = noise_share(runs.mean(axis=1), runs.var(axis=1, ddof=1), numpy.full(2, 3.0), runs.mean(axis=0))
    assert found == pytest.approx((4 / 3 / 2) / 4.5)


def test_noise_of_nothing_that_varies_is_none_and_of_single_runs_nobody_knows() -> None:
    single = numpy.array([math.nan, math.nan])
    assert noise_share(numpy.array([0.5, 0.5]), single, numpy.ones(2)) == 0.0
    assert math.isnan(noise_share(numpy.array([0.0, 1.0]), single, numpy.ones(2)))


def test_no_index_is_wrong_by_more_than_the_root_of_the_noise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Luck that leans on one factor only, as unlucky as can be: run r adds (r % 4 - 1.1) x, on average 0.4 x, to x + y."""
    results = swept(monkeypatch, tmp_path, lambda x: x[0] + x[1], lambda runs, x: (runs % 4 - 1.1) * x[0], size=256)
    frame = results.sensitivity("sender_payoff")
    noise = frame["noise"].iloc[0]
    # N = sample variance of the four factors, 5 / 3, over 4 runs, times Var(x); Var(Y) = (1.4^2 + 1) Var(x)
    assert noise == pytest.approx(5.0 / 12.0 / (1.4**2 + 1.0), rel=0.1)
    total = frame[frame["index"] == "total"]["value"].to_numpy()
    assert total[0] == pytest.approx(1.4**2 / (1.4**2 + 1.0), abs=0.1)
    assert 0.1 < abs(total[0] - 0.5) < math.sqrt(noise) and total[2] == 0.0


def test_independent_luck_gives_a_factor_without_influence_the_noise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def own(runs: numpy.ndarray, x: Shares) -> numpy.ndarray:
        return numpy.random.default_rng(runs[0]).uniform(-1.0, 1.0, len(runs))

    results = swept(monkeypatch, tmp_path, lambda x: x[0] + x[1], own, size=256, luck="independent")
    frame = results.sensitivity("sender_payoff").set_index(["index", "parameter"])
    noise = frame["noise"].iloc[0]
    assert noise == pytest.approx((1 / 12) / (1 / 12 + 1 / 6), abs=0.05)  # runs of variance 1/3, four a point
    assert frame.loc[("total", FACTORS[2]), "value"] == pytest.approx(noise, abs=0.06)
    assert frame.loc[("first", FACTORS[0]), "value"] == pytest.approx(0.5 * (1.0 - noise), abs=0.12)


def test_one_run_a_point_leaves_the_noise_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, lambda x: x[0], replications=1)
    assert results.sensitivity("sender_payoff")["noise"].isna().all()


# ---- what is asked ----


def test_all_quantities_that_every_run_has_are_analysed_unless_some_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = swept(monkeypatch, tmp_path, lambda x: x[0])
    frame = results.sensitivity()
    assert {"sender_payoff", "target_payoff", "joint_payoff", "no_deal", "rounds"} < set(frame["quantity"])
    assert not {"settled_pie", "rounds_to_agreement"} & set(frame["quantity"])
    still = frame[frame["quantity"] == "rounds"]
    assert still["value"].isna().all() and (still["noise"] == 0.0).all()
    some = results.sensitivity(["rounds_to_agreement", "no_deal"])
    assert list(dict.fromkeys(some["quantity"])) == ["rounds_to_agreement", "no_deal"]


def test_each_case_has_indices_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [{"name": "a"}, {"name": "b", "set": {"talks.proposer_probability": 0.25}}]
    results = swept(monkeypatch, tmp_path, lambda x: x[0] * (1 + x[1]), case=cases, vary=UNIT[::2], size=16)
    frame = results.sensitivity("sender_payoff")
    assert list(frame["case_name"]) == ["a"] * 4 + ["b"] * 4
    assert list(frame[frame["case_name"] == "b"]["value"]) == pytest.approx(list(frame[frame["case_name"] == "a"]["value"]))


def test_another_design_has_no_indices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, lambda x: x[0], design="latin-hypercube", size=5)
    with pytest.raises(StoreError, match=r'a design without indices: latin-hypercube\. Play one with design = "saltelli"'):
        results.sensitivity()


def test_a_quantity_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, lambda x: x[0], size=16)
    with pytest.raises(StoreError, match=r"has no quantity sender_payof\. .*sender_payoff"):
        results.sensitivity("sender_payof")
    with pytest.raises(StoreError, match=r"has no settled_pie at \d+ of 128 points, such as point \d+\. Indices need it"):
        results.sensitivity("settled_pie")


def test_a_point_that_failed_is_named_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept_with_failures(monkeypatch, tmp_path)
    with pytest.raises(StoreError, match=r"lacks \d+ of 128 points, such as point \d+, which failed: ArithmeticError: no sol"):
        results.sensitivity("sender_payoff")
