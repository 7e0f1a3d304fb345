"""What it takes to show that a parameter is alive: a pair of designs with the same luck, and a judgement on what moved.

Each case plays the same runs twice, with a parameter low and high, against a target that holds beliefs (risk-return).
Either theory signs a quantity, and its paired difference must have that sign by five standard errors (once in three
million times by chance); or the case says why there is no sign, and then payoffs must differ in one run of a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim import Scenario, Side, simulate
from negosim.common.vocabulary import CHANNELS, Ending
from negosim.engine.outcomes import Outcomes
from negosim.report.parameters import PLACES

ERRORS = 5.0
MOVED = 0.01
RUNS = 4_000
SEED = 11

CASE = Scenario.load("us-japan-2025")
FLOWS = Scenario.load("us-japan-2025-flows")
PIE = Scenario.load("pie")
PAIR = Scenario.load("logrolling")

Quantity = Callable[[Outcomes], NDArray[np.float64]]


class Mechanism(NamedTuple):
    """A parameter, two values, and what must rise (sign +1) or fall (-1) from the first to the second.

    Without a sign ``why`` says why theory has none; with one it says why it has that.
    """

    name: str
    low: Any
    high: Any
    rises: str | None
    why: str
    world: Scenario = CASE
    given: dict[str, Any] = {}  # noqa: RUF012
    runs: int = RUNS


def payoff(side: Side) -> Quantity:
    """Return a side's payoff, (runs,)."""
    return lambda outcomes: outcomes.runs["payoff"][:, side]


def channel(side: Side, name: str) -> Quantity:
    """Return one channel of a side's ledger, (runs,)."""
    return lambda outcomes: outcomes.runs["ledger"][:, side, CHANNELS.index(name)]


def ended(*endings: Ending) -> Quantity:
    """Return 1 where a run ended so, else 0, (runs,)."""
    return lambda outcomes: np.isin(outcomes.runs["ending"], endings).astype(float)


QUANTITIES: dict[str, Quantity] = {
    "sender payoff": payoff(Side.SENDER),
    "target payoff": payoff(Side.TARGET),
    "joint payoff": lambda outcomes: outcomes.runs["payoff"].sum(axis=1),
    "sender waste": channel(Side.SENDER, "waste"),
    "target waste": channel(Side.TARGET, "waste"),
    "agreement": ended(Ending.SETTLED, Ending.SETTLED_IN_PART),
    "breakdown": ended(Ending.BREAKDOWN),
    "impasse": ended(Ending.IMPASSE),
    "walk-out": ended(Ending.WALK_OUT),
    "rounds": lambda outcomes: outcomes.runs["rounds"].astype(float),
    "peak stress": lambda outcomes: outcomes.runs["peak_stress"],
    "executions": lambda outcomes: outcomes.runs["threats_executed"].astype(float),
}
"""What a case may sign: every one is defined in every run, so that runs are compared one by one."""


def pair_of(case: Mechanism) -> tuple[Outcomes, Outcomes]:
    """Return the outcomes with the parameter low and with it high; run by run the luck is the same."""
    low, high = (
        simulate(case.world.vary({**case.given, case.name: value}), case.runs, SEED) for value in (case.low, case.high)
    )
    return low, high


def share_moved(low: Outcomes, high: Outcomes) -> float:
    """Return the share of runs in which either side's payoff, or the ending, is not the same."""
    same = (low.runs["payoff"] == high.runs["payoff"]).all(axis=1) & (low.runs["ending"] == high.runs["ending"])
    return float(1.0 - same.mean())


def complaint(case: Mechanism) -> str:
    """Return what is wrong with a mechanism, with the numbers, or nothing."""
    low, high = pair_of(case)
    moved = share_moved(low, high)
    if moved < MOVED:
        return f"{case.name} from {case.low} to {case.high} moves {moved:.2%} of the runs"
    if case.rises is None:
        return ""
    sign, name = (-1.0, case.rises[1:]) if case.rises.startswith("-") else (1.0, case.rises)
    difference = sign * (QUANTITIES[name](high) - QUANTITIES[name](low))
    mean, error = float(difference.mean()), float(difference.std(ddof=1)) / np.sqrt(case.runs)
    if mean > 0.0 and mean >= ERRORS * error:
        return ""
    return f"{case.name} from {case.low} to {case.high}: {case.rises} by {mean:.6f} with standard error {error:.6f}"


FOR_PEOPLE = ("name", "title", "short", "unit", "reason")
"""Words that no rule reads."""
STRUCTURE = ("between", "issue", "principal", "negotiators", "ratifiers")
"""What a parameter belongs to, not a parameter: which issues, whose salience."""


def declared() -> dict[str, None]:
    """Return every number, flag and word of a scenario that is a parameter, both sides apart, as `place.field`."""
    found: dict[str, None] = {}
    for place, part in PLACES:
        for field in part.model_fields:
            if field in FOR_PEOPLE + STRUCTURE:
                continue
            for side in Side:
                found[f"{place}.{field}".replace("<side>", side.label)] = None
    return found


def place_of(name: str) -> str:
    """Return a dotted name with the names of its issues, threats and people in angle brackets.

    >>> place_of("linkage.cars--rice.weight"), place_of("sender.negotiators.greer.weight")
    ('linkage.<issue>--<issue>.weight', 'sender.negotiators.<name>.weight')
    """
    steps = name.split(".")
    if steps[0] in ("issues", "threats"):
        steps[1] = f"<{steps[0].removesuffix('s')}>"
    elif steps[0] == "linkage":
        steps[1] = "<issue>--<issue>"
    elif len(steps) > 2 and steps[1] in ("negotiators", "ratifiers"):
        steps[2] = "<name>"
    if "salience" in steps:
        steps = steps[: steps.index("salience") + 1]
    return ".".join(steps)


def without_a_case(places: Iterable[str], cases: Iterable[str]) -> set[str]:
    """Return the declared parameters at these places that no case is about; a place is the first step of the name."""
    wanted = {name for name in declared() if name.split(".")[0] in set(places)}
    return wanted - {place_of(name) for name in cases}
