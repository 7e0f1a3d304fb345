"""All known results by chapter, and their run: one row a number, with its verdict, and how often chance refuses a true one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from negosim.common.errors import ScenarioError, nearest
from negosim.common.plain import plain, require_whole
from negosim.validation.textbook import (
    alternating_offers,
    brinkmanship,
    concession,
    flows,
    indivisible,
    learning,
    many_issues,
    ratification,
    reputation,
    sealed_bids,
    tariffs,
    threats,
    ultimatum,
    waiting,
)
from negosim.validation.textbook.result import ERRORS, LOOSEST, WIDEST, Measured, Parameters, Result

if TYPE_CHECKING:
    import pandas

ONE_SIDED = 0.5 * math.erfc(ERRORS / math.sqrt(2.0))
"""The chance that a normal deviate exceeds ERRORS standard errors on one side."""


@dataclass(frozen=True)
class Row:
    """One number of one case of one result, as it came out."""

    result: str
    title: str
    source: str
    parameters: dict[str, float]
    what: str
    closed_form: float
    engine: float
    standard_error: float
    bound: float
    runs: int
    seconds: float

    @property
    def allowed(self) -> float:
        """How far the engine may lie from the closed form: four standard errors and the bound."""
        return ERRORS * self.standard_error + self.bound

    @property
    def passes(self) -> bool:
        """Whether the engine lies as near as is allowed; four standard errors may be 0.01 at most, with the bound 0.02."""
        return self.verdict == "holds"

    @property
    def verdict(self) -> str:
        """"holds", "fails", "too few runs" where four standard errors are more than 0.01 of the pie, or "bound too wide"."""
        if ERRORS * self.standard_error > WIDEST:
            return "too few runs"
        if not self.allowed <= LOOSEST:
            return "bound too wide"
        return "holds" if abs(self.engine - self.closed_form) <= self.allowed else "fails"

    def plain(self) -> dict[str, Any]:
        """Return the row as plain data, with what is allowed and the verdict; a number that is not finite is None."""
        return {**plain(asdict(self) | {"allowed": self.allowed}), "verdict": self.verdict}


@dataclass(frozen=True)
class Checked:
    """The rows of a check, in the order of the textbook."""

    rows: tuple[Row, ...]

    @property
    def passes(self) -> bool:
        """Whether every row holds."""
        return all(row.passes for row in self.rows)

    @property
    def false_alarm_rate(self) -> float:
        """At most how often one row or more of a true table would fail by chance: the sum over the rows with luck in them."""
        return 2.0 * ONE_SIDED * sum(row.standard_error > 0.0 for row in self.rows)

    def frame(self) -> pandas.DataFrame:
        """Return one row a number: result, parameters, closed form, engine, standard error, bound, runs, allowed, verdict."""
        import pandas

        return pandas.DataFrame([row.plain() for row in self.rows])


def rows_of(result: Result, parameters: Parameters, seed: int) -> Iterator[Row]:
    """Yield the rows of one case of a result."""
    started = time.perf_counter()
    for measured in result.measure(seed=seed, **parameters):
        now = time.perf_counter()
        yield _row(result, parameters, measured, now - started)
        started = now


def _row(result: Result, parameters: Parameters, measured: Measured, seconds: float) -> Row:
    return Row(
        result.name, result.title, result.source, dict(parameters), measured.what, measured.closed_form, measured.engine,
        measured.standard_error, measured.bound, measured.runs, seconds,
    )


def wanted(only: str | Sequence[str] | None) -> list[Result]:
    """Return the results with these names or in these chapters, all without any; ScenarioError for an unknown name."""
    names = [only] if isinstance(only, str) else [str(name) for name in only or ()]
    if not names:
        return list(RESULTS.values())
    chapters = {title.lower(): results for title, results in CHAPTERS.items()}
    chosen: list[Result] = []
    for name in names:
        if name in RESULTS:
            chosen.append(RESULTS[name])
        elif name.lower() in chapters:
            chosen += chapters[name.lower()]
        else:
            remedy = nearest(name, [*RESULTS, *CHAPTERS])
            raise ScenarioError("is no result that can be checked", field="only", value=name, remedy=remedy)
    return list({result.name: result for result in chosen}.values())


def check(
    only: str | Sequence[str] | None = None, seed: int = 0, progress: Callable[[Row], None] | None = None
) -> Checked:
    """Play every known result, or the one or those named in ``only`` (results or chapters), and hold the engine against theory.

    ``progress`` is told each row as it is done. Raises ScenarioError for a name that is not known.

    >>> check("stahl").passes
    True
    """
    require_whole(seed=seed)
    return Checked(tuple(_told(wanted(only), seed, progress)))


def _told(results: Iterable[Result], seed: int, progress: Callable[[Row], None] | None) -> Iterator[Row]:
    for result in results:
        for parameters in result.cases:
            for row in rows_of(result, parameters, seed):
                if progress is not None:
                    progress(row)
                yield row


CHAPTERS: dict[str, tuple[Result, ...]] = {
    "Alternating offers": alternating_offers.RESULTS,
    "Flows": flows.RESULTS,
    "Many issues": many_issues.RESULTS + indivisible.RESULTS,
    "Reputation": reputation.RESULTS,
    "Ultimatum under uncertainty": ultimatum.RESULTS,
    "Sealed bids": sealed_bids.RESULTS,
    "Two levels": ratification.RESULTS,
    "Tariffs and welfare": tariffs.RESULTS,
    "Threats and promises": threats.RESULTS,
    "Waiting": waiting.RESULTS,
    "Brinkmanship": brinkmanship.RESULTS,
    "Concession": concession.RESULTS,
    "Learning": learning.RESULTS,
}
"""Chapter -> its results."""

RESULTS: dict[str, Result] = {result.name: result for chapter in CHAPTERS.values() for result in chapter}
"""Every result by its name, which no other has."""
