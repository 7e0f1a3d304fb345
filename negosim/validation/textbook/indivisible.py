"""Issues that come in levels: proposals that pass only in a bundle, and MiCRO beside fallback bargaining."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.scenario.scenario import Scenario
from negosim.theory import solutions
from negosim.validation.textbook.played import called, drawn_weights, many_issues, numbered, weights_of
from negosim.validation.textbook.result import Measured, Result

Array = NDArray[np.float64]

LONG = 2_000
ROUNDING = 1e-9


# ---- proposals that are taken or left ------------------------------------------------------------------------------


def _agenda(gains: Array) -> Scenario:
    """Return one offer over yes or no to each proposal; ``gains`` (2, proposals) are what yes brings the sides over no."""
    proposals = [
        {"levels": 2, "sender_ideal": 100.0 * (first > 0.0), "target_ideal": 100.0 * (second > 0.0)} for first, second in gains.T
    ]
    scenario = many_issues(np.abs(gains) / np.abs(gains).sum(axis=1, keepdims=True), proposals)
    tree = scenario.model_dump(exclude_unset=True, exclude={"notes"})
    for side in Side:
        del tree[side.label]["disagreement"]  # no to everything holds
    both = {"sender.strategy": "subgame-perfect", "target.strategy": "subgame-perfect"}
    return Scenario.build(tree).vary({"talks.protocol": "one-round", **both})


def _gained(scenario: Scenario, gains: Array) -> Array:
    """Return what both sides (2,) gain over no to everything."""
    passed = simulate(scenario, 1).settlements[0]
    return np.asarray(gains @ np.where(np.isnan(passed), 0.0, passed))


def _best(gains: Array, demand: float = 0.0) -> Array:
    """Return what both sides gain by the package that is best for the first among those that bring the second ``demand``."""
    packages = np.array(list(itertools.product((0.0, 1.0), repeat=gains.shape[1]))) @ gains.T
    open_ones = packages[solutions.win_set(packages, (0.0, demand))]
    return np.asarray(open_ones[np.argmax(open_ones[:, 0])]) if len(open_ones) else np.zeros(2)


def bundle(seed: int, **gains: float) -> Iterator[Measured]:
    """Proposals one by one, all on one agenda, and against a target that wants as much as all of them would bring it."""
    table = np.array([numbered(gains, "a"), numbered(gains, "b")])
    for k in range(table.shape[1]):
        alone = table[:, [k]]
        yield Measured(f"gain of the sender, proposal {k + 1} alone", _best(alone)[0], _gained(_agenda(alone), alone)[0])
    for side, name in enumerate(("sender", "target")):
        yield Measured(f"gain of the {name}, one agenda", _best(table)[side], _gained(_agenda(table), table)[side])
    whole = max(0.0, float(table[1].sum()))
    worst = np.minimum(table[1], 0.0).sum()
    level = max(0.0, (whole - worst) / np.abs(table[1]).sum() - ROUNDING)
    insists = {"talks.first_proposer": "target", "target.strategy": "commitment", "target.committed_demand": level}
    engine = _gained(_agenda(table).vary(insists), table)[0]
    yield Measured("gain of the sender, the target insists on what all bring it", _best(table, whole)[0], engine)


def _proposals(rng: np.random.Generator) -> dict[str, float]:
    """Draw 2 to 5 proposals, each of which one side wants and the other does not."""
    sizes = rng.uniform(0.1, 1.0, (2, int(rng.integers(2, 6))))
    signs = rng.choice((-1.0, 1.0), sizes.shape[1])
    return called("a", sizes[0] * signs) | called("b", -sizes[1] * signs)


# ---- MiCRO ---------------------------------------------------------------------------------------------------------


def _worth(levels: list[int], sides: Array, edges: dict[str, float], linkage: float) -> tuple[Array, Array]:
    """Return all packages (outcomes, issues) and what they are worth (outcomes, 2), not scaled.

    u_i = sum_k w_k s_k + linkage sum_(k,l) g_kl sqrt(w_k w_l) s_k s_l, with s = x for the sender and 1 - x for the target.
    """
    packages = np.array(list(itertools.product(*(np.linspace(0.0, 1.0, number) for number in levels))))
    worth = np.empty((len(packages), 2))
    for side, (weights, satisfied) in enumerate(zip(sides, (packages, 1.0 - packages), strict=True)):
        worth[:, side] = satisfied @ weights
        for pair, strength in edges.items():
            k, other = int(pair[0]) - 1, int(pair[1]) - 1
            together = np.sqrt(weights[k] * weights[other]) * satisfied[:, k] * satisfied[:, other]
            worth[:, side] += linkage * strength * together
    return packages, worth


def _rank(utilities: Array, reached: float) -> int:
    """Return the rank of a utility among the distinct ones (outcomes,), 1 the best."""
    return len(np.unique(np.round(utilities[utilities > reached + ROUNDING], 9))) + 1


def micro(seed: int, linkage: float, **domain: float) -> Iterator[Measured]:
    """Two MiCRO sides on a finite domain: the larger of both ranks of their deal is that of fallback bargaining, or one more.

    What is measured is by how many ranks it lies outside these two.
    """
    levels, sides = [int(number) for number in numbered(domain, "n")], weights_of(domain)
    edges = {name[1:]: value for name, value in domain.items() if name[0] == "g"}
    settings = {"talks.rounds": LONG, "sender.linkage": linkage, "target.linkage": linkage}
    both = {"sender.strategy": "micro", "target.strategy": "micro"}
    scenario = many_issues(sides, [{"levels": number} for number in levels], edges).vary({**settings, **both})
    packages, worth = _worth(levels, sides, edges, linkage)
    package = simulate(scenario, 1).settlements[0]
    beyond = np.nan  # without a deal the row fails
    if not np.isnan(package).any():
        reached = worth[np.argmin(np.abs(packages - package).sum(axis=1))]
        beyond = max(map(_rank, worth.T, reached)) - solutions.fallback_bargaining(worth).value
    yield Measured("ranks off fallback or one more", 0.0, abs(max(-beyond, beyond - 1.0)))


def _domain(rng: np.random.Generator) -> dict[str, float]:
    """Draw 2 or 3 issues of 2 to 6 levels; half the time weights that make ties, half the time linkages of any sign."""
    weights = drawn_weights(rng, 3)
    count = len(weights) // 2
    if rng.random() < 0.5:
        ties = rng.integers(1, 5, (2, count))
        weights = {letter + name[1:]: value for letter, row in zip("wv", ties / ties.sum(axis=1, keepdims=True), strict=True)
                   for name, value in called(letter, row).items()}
    pairs = list(itertools.combinations(range(1, count + 1), 2)) if rng.random() < 0.5 else []
    edges = {f"g{k}{other}": float(rng.uniform(-1.0, 1.0)) for k, other in pairs}
    return {"linkage": float(rng.uniform()) if edges else 0.0, **called("n", rng.integers(2, 7, count)), **weights, **edges}


TIES = called("n", (6, 3, 6)) | called("w", (1 / 3, 1 / 3, 1 / 3)) | called("v", (3 / 11, 4 / 11, 4 / 11))
RESULTS = (
    Result(
        "bundle", "Proposals that fail alone pass together, and one more can destroy the bundle", "Sebenius 1983",
        (
            called("a", (3.0, -1.0, -4.0)) | called("b", (-1.0, 2.0, 1.0)),
            called("a", (3.0, -1.0)) | called("b", (-1.0, 2.0)),
            called("a", (1.0, -2.0, 3.0, -1.5)) | called("b", (-1.2, 2.5, -2.2, 1.0)),
        ),
        _proposals, bundle,
    ),
    Result(
        "micro", "MiCRO against MiCRO ends within one rank of fallback bargaining", "de Jonge 2022",
        (
            {"linkage": 0.0, **TIES},
            {"linkage": 0.0, **called("n", (5, 5)), **called("w", (0.8, 0.2)), **called("v", (0.3, 0.7))},
            {"linkage": 0.0, **called("n", (6, 6)), **called("w", (0.5, 0.5)), **called("v", (0.5, 0.5))},
            {"linkage": 0.8, **called("n", (4, 5, 3)), **called("w", (0.5, 0.3, 0.2)), **called("v", (0.2, 0.3, 0.5)),
             "g12": -0.9, "g13": 0.6, "g23": -0.7},
        ),
        _domain, micro,
    ),
)
