"""Salience: how much each issue weighs for one person."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from negosim.common.errors import ScenarioError
from negosim.common.plain import is_finite

SUM_TOLERANCE = 1e-9
"""How far from 1 the weights may add up: rounding in a file, no more."""


def salience_of(name: str) -> str | None:
    """The dotted name of the salience that a weight belongs to; None for any other number.

    >>> salience_of("sender.principal.salience.rice"), salience_of("sender.discount")
    ('sender.principal.salience', None)
    """
    head, _, _ = name.rpartition(".")
    return head if head.endswith(".salience") else None


class Salience(Mapping[str, float]):
    """Weights over issues: non-negative, sum 1, read-only; an issue that is not named weighs 0.

    >>> rice_first = Salience({"rice": 0.75, "cars": 0.25})
    >>> rice_first["rice"], rice_first.vector(["cars", "rice", "steel"])
    (0.75, (0.25, 0.75, 0.0))
    """

    __slots__ = ("_weights",)

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = dict(weights)

    def __getitem__(self, issue: str) -> float:
        return self._weights[issue]

    def __iter__(self) -> Iterator[str]:
        return iter(self._weights)

    def __len__(self) -> int:
        return len(self._weights)

    def __repr__(self) -> str:
        return f"Salience({self._weights!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """How pydantic reads and writes a salience: as a table of weights that sum to 1."""
        weights = handler.generate_schema(dict[str, Annotated[float, Field(ge=0)]])
        return core_schema.no_info_after_validator_function(
            checked_salience,
            core_schema.no_info_before_validator_function(
                lambda given: dict(given) if isinstance(given, Salience) else given, weights
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(dict, return_schema=weights),
        )

    def vector(self, issues: Sequence[str]) -> tuple[float, ...]:
        """The weights in the order of `issues`: (issues,) in [0, 1]."""
        return tuple(self._weights.get(issue, 0.0) for issue in issues)


def checked_salience(weights: Mapping[str, float]) -> Salience:
    """The weights as a Salience; ScenarioError unless they sum to 1."""
    total = sum(weights.values())
    if abs(total - 1.0) > SUM_TOLERANCE:
        remedy = "No issue has a weight: give one at least a positive weight."
        if total > 0.0:
            remedy = "Divide by the sum, or write normalise = true beside it."
        raise ScenarioError(f"sums to {total:.10g}; it must sum to 1", remedy=remedy)
    return Salience(weights)


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights divided by their sum; ScenarioError when the sum is not positive.

    >>> normalised({"rice": 3.0, "cars": 1.0})
    {'rice': 0.75, 'cars': 0.25}
    """
    total = sum(weights.values()) if all(map(is_finite, weights.values())) else math.inf
    if not 0.0 < total < math.inf:
        raise ScenarioError(
            f"sums to {total:g} and cannot be normalised",
            remedy="Give one issue at least a positive weight, and each an ordinary number.",
        )
    return {issue: weight / total for issue, weight in weights.items()}


def reweighted(salience: Mapping[str, float], given: Mapping[str, float]) -> dict[str, float]:
    """The salience with some weights set and the others rescaled to keep the sum at 1.

    w'_k = w_k (1 - sum of the given) / (sum of the w not given), so the others keep their proportions. When
    several weights are given and no other is positive, the given ones are relative: w'_k = g_k / sum of g.

    >>> reweighted({"rice": 0.5, "cars": 0.3, "steel": 0.2}, {"rice": 0.0})
    {'rice': 0.0, 'cars': 0.6, 'steel': 0.4}
    >>> reweighted({"rice": 0.5, "cars": 0.5}, {"rice": 0.5, "cars": 0.75})
    {'rice': 0.4, 'cars': 0.6}
    """
    others = {issue: weight for issue, weight in salience.items() if issue not in given}
    rest = sum(others.values())
    if rest == 0.0 and len(given) > 1 and all(weight >= 0.0 for weight in given.values()):
        return normalised({**others, **given})
    total = sum(given.values())
    if not all(0.0 <= weight <= 1.0 for weight in given.values()) or total > 1.0 + SUM_TOLERANCE:
        raise ScenarioError(
            f"would give the named issues a weight of {total:g} in all",
            remedy="Each weight must lie between 0 and 1, and together they may reach 1 at most.",
        )
    if rest == 0.0 and abs(total - 1.0) > SUM_TOLERANCE:
        raise ScenarioError(
            "leaves no other issue with a weight to rescale",
            remedy="Set the weights of all issues at once, with sum 1.",
        )
    factor = max(0.0, 1.0 - total) / rest if rest > 0.0 else 0.0
    return {
        issue: given[issue] if issue in given else others[issue] * factor
        for issue in [*salience, *(name for name in given if name not in salience)]
    }
