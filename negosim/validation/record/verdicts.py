"""Verdicts: the stylised facts with record and model side by side, and whether the two agree.

A verdict is given only where the record is strong enough for one. For a difference it says whether both have the same
sign, each beyond two standard errors; for a level, whether the two lie within two standard errors of one another,
|a - b| <= 2 sqrt(s_a^2 + s_b^2). Where the outcomes of some cases are not known, the verdict has to be the same
whether these are left out or counted as failures, and a difference must keep its sign whatever became of them.
Elsewhere there is no mark, and the reasons stand in its place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from negosim.common.errors import ScenarioError, nearest
from negosim.common.plain import plain
from negosim.scenario.scenario import Scenario
from negosim.validation.record.counterpart import Plays
from negosim.validation.record.data import DATA
from negosim.validation.record.evidence import Estimate, Evidence
from negosim.validation.record.facts import FACTS, Fact

SCENARIO = "us-japan-2025"
USUAL_RUNS = 20_000
MOST_RUNS = 200_000
"""A point of so many runs takes 90 MB, and all points are kept until the end."""

FEWEST_CASES = 30
"""Cases in each group from which on a share and its standard error are relied upon."""

SAME, OTHER, UNCLEAR = "same sign", "other sign", "no clear sign in the model"
WITHIN, APART = "within two standard errors", "more than two standard errors apart"


@dataclass(frozen=True)
class Compared:
    """A fact with both sides measured, and the verdict."""

    fact: Fact
    record: Evidence
    model: Evidence
    verdict: str

    def plain(self) -> dict[str, Any]:
        """The row as JSON has it: shares in [0, 1], None where a number is not known."""
        fact = self.fact
        return {
            "name": fact.name,
            "statement": fact.statement,
            "kind": fact.kind,
            "unit": fact.unit,
            "record": {**plain(asdict(self.record)), "weak": fact.weak or None},
            "model": plain(asdict(self.model)),
            "sample": {"status": fact.sample, "why": fact.why},
            "verdict": self.verdict,
        }


def compare(only: Collection[str] = (), runs: int = USUAL_RUNS, seed: int = 0, folder: Path = DATA) -> list[Compared]:
    """The facts, or those with the names in `only`, in the order of the list, each with record, model and verdict.

    runs : at each point of the model, 2 to MOST_RUNS
    folder : of the files of the record

    ScenarioError for an unknown name or a number of runs out of range, RecordError for a damaged file.
    """
    known = [fact.name for fact in FACTS]
    for name in only:
        if name not in known:
            raise ScenarioError(f'there is no fact named "{name}"', remedy=nearest(name, known))
    if not 2 <= runs <= MOST_RUNS:
        raise ScenarioError(
            "is out of range", field="runs", value=runs, remedy=f"It must lie between 2 and {MOST_RUNS}, at each point."
        )
    wanted = [fact for fact in FACTS if not only or fact.name in only]
    records = [fact.record(folder) for fact in wanted]  # all files are read before anything is played
    plays = Plays(Scenario.load(SCENARIO), runs, seed)
    rows = []
    for fact, record in zip(wanted, records, strict=True):
        model = fact.model(plays)
        rows.append(Compared(fact, record, model, verdict(fact, record, model)))
    return rows


def verdict(fact: Fact, record: Evidence, model: Evidence) -> str:
    """The verdict on one fact, or "no mark: " and every reason for there being none."""
    reasons = _weaknesses(fact, record)
    if record.value.error is None or model.value.error is None:
        reasons.append("no standard error")
    if reasons:
        return f"no mark: {'; '.join(reasons)}"
    judge = _sign if fact.kind == "difference" else _distance
    readings = [reading for reading in (record.value, record.floor) if reading is not None]
    marks = {judge(reading, model.value) for reading in readings}
    if len(marks) > 1:
        return "no mark: it hangs on the cases whose outcome is not known"
    return marks.pop()


def _weaknesses(fact: Fact, record: Evidence) -> list[str]:
    """Why the record cannot carry a verdict: all reasons that there are."""
    reasons: list[str] = [] if fact.sample == "out of sample" else [fact.sample]
    if fact.weak:
        reasons.append(fact.weak)
    fewest = min(level.n for level in record.levels)
    if fewest < FEWEST_CASES:
        reasons.append(f"only {fewest} {'case' if fewest == 1 else 'cases'}")
    if fact.kind == "difference" and record.bounds is not None and record.bounds[0] <= 0.0 <= record.bounds[1]:
        reasons.append("the cases whose outcome is not known could turn the sign")
    if fact.kind == "difference" and not record.value.is_clear:
        reasons.append("the difference in the record is within two standard errors")
    return reasons


def _sign(record: Estimate, model: Estimate) -> str:
    """The verdict on a difference."""
    if not record.is_clear:
        return "no clear sign in the record"
    if not model.is_clear:
        return UNCLEAR
    return SAME if (record.value > 0.0) == (model.value > 0.0) else OTHER


def _distance(record: Estimate, model: Estimate) -> str:
    """The verdict on a level."""
    return APART if (record - model).is_clear else WITHIN
