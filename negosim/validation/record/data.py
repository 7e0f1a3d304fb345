"""The record: what is known of real threats and talks, read from the files in `negosim/validation/record/csv`.

Every reader takes the folder of the files and raises RecordError, with the file, the field, the value and the remedy.
"""

from __future__ import annotations

import csv
import datetime
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from negosim.common.errors import ScenarioError, nearest
from negosim.validation.record.evidence import Estimate, Evidence, Level

DATA = Path(__file__).parent / "csv"
"""The folder of the files that come with the package."""

ROUNDED = 0.0005 + 1e-9
"""How far a share with three decimals may lie from the count that it was computed from."""

RESTORE = "Restore the file from the package."
FIRST_YEAR = 2018
"""The year from which on trade policy uncertainty is read, as for `markets.persistence` of us-japan-2025."""


class RecordError(ScenarioError):
    """Something in a file of the record is wrong."""


class Row:
    """One row of a file, whose fields are read by name and checked."""

    def __init__(self, file: str, name: str, fields: dict[str, str | None]) -> None:
        self.file, self.name, self.fields = file, name, fields

    def wrong(self, field: str, problem: str, remedy: str) -> RecordError:
        """The error about a field of this row."""
        return RecordError(
            problem, file=self.file, field=f"{self.name}: {field}", value=self.fields.get(field), remedy=f"{remedy} {RESTORE}"
        )

    def text(self, field: str) -> str:
        """The text of a field, which must not be empty."""
        found = self.fields.get(field)
        if not found:
            raise self.wrong(field, "is missing", "A value belongs here.")
        return found

    def number(self, field: str, low: float, high: float = math.inf) -> float:
        """The number in a field, between `low` and `high`."""
        text = self.text(field)
        try:
            value = float(text)
        except ValueError:
            raise self.wrong(field, "is not a number", "Write 0.5, say.") from None
        if not low <= value <= high:
            raise self.wrong(field, "is out of range", f"It must lie between {low:g} and {high:g}.")
        return value

    def count(self, field: str, low: int, high: float = math.inf) -> int:
        """The whole number in a field, between `low` and `high`."""
        value = self.number(field, low, high)
        if not value.is_integer():
            raise self.wrong(field, "is not a whole number", "Cases are counted.")
        return int(value)

    def date(self, field: str) -> datetime.date:
        """The date in a field."""
        text = self.text(field)
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise self.wrong(field, "is not a date", "Write 2025-08-01, say.") from None


def rows(folder: Path, file: str, key: str) -> list[Row]:
    """The rows of a file, each named by its field `key`."""
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as text:
            found = list(csv.DictReader(text))
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", file=file, remedy=RESTORE) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordError(f"is damaged: {error}", file=file, remedy=RESTORE) from None
    if not found or key not in found[0]:
        raise RecordError("is missing", file=file, field=key, remedy=f"A column of this name belongs here. {RESTORE}")
    return [Row(file, str(fields[key]), fields) for fields in found]


def row(folder: Path, file: str, key: str, name: str) -> Row:
    """The one row of a file whose field `key` says `name`."""
    known = {each.name: each for each in rows(folder, file, key)}
    if name not in known:
        raise RecordError(f'has no row with {key} "{name}"', file=file, remedy=f"{nearest(name, known)} {RESTORE}")
    return known[name]


def disputes(folder: Path, group: str, label: str, rate: str = "success_rate") -> Level:
    """The share of the resolved threats of a group of disputes that ended in some way (TIES 4.1, 1945 to 2005).

    rate : "success_rate" (outcome 1, 2, 5, 6, 7 or 10: the target gives in, in part or in full, or a settlement is
    negotiated, before or after sanctions are imposed) or "sender_backdown_at_threat_rate" (outcome 3)
    """
    found = row(folder, "ties_threat_success_rates.csv", "group", group)
    n = found.count("n_resolved", 1)
    of = found.count("n_threats", n)
    share = found.number(rate, 0.0, 1.0)
    count = found.count("success_any", 0, n) if rate == "success_rate" else round(share * n)
    if abs(count / n - share) > ROUNDED:
        raise found.wrong(rate, f"is not a count divided by n_resolved = {n}", "The two belong together.")
    return Level.share(label, count, n, of)


@dataclass(frozen=True)
class Rate:
    """From a day on: the tariff threatened on an issue of a case and the one in force, in per cent, and why, in a few words."""

    case: str
    date: datetime.date
    issue: str
    threatened: float
    in_force: float
    label: str


def rates_on_record(folder: Path) -> list[Rate]:
    """The tariffs threatened and in force over the dispute, in the order of their days."""
    found = [
        Rate(
            each.text("case"), each.date("date"), each.text("issue"), each.number("threatened_pct", 0.0),
            each.number("in_force_pct", 0.0), each.fields["label"] or "",
        )
        for each in rows(folder, "us_japan_tariffs_2025.csv", "date")
    ]
    return sorted(found, key=lambda rate: rate.date)


TIES = (
    "TIES 4.1, threats of 1945-2005 (Morgan, Bapat & Kobayashi 2014; ties_threat_success_rates.csv). What its codes mean is "
    "known from memory of the codebook alone"
)


def compared_disputes(folder: Path, groups: dict[str, str]) -> Evidence:
    """How much more often threats of the last group succeed than those of the first; groups by label."""
    levels = tuple(disputes(folder, group, label) for label, group in groups.items())
    first, last = levels[0], levels[-1]
    low = last.floor.estimate.value - first.ceiling.estimate.value
    high = last.ceiling.estimate.value - first.floor.estimate.value
    floor = last.floor.estimate - first.floor.estimate
    return Evidence(levels, last.estimate - first.estimate, TIES, floor, (low, high))


def back_downs(folder: Path, group: str, label: str) -> Evidence:
    """How often the sender backs down at the threat stage."""
    level = disputes(folder, group, label, "sender_backdown_at_threat_rate")
    floor, ceiling = level.floor.estimate, level.ceiling.estimate
    return Evidence((level,), level.estimate, TIES, floor, (floor.value, ceiling.value))


def carried_out(folder: Path, measure: str) -> Evidence:
    """The share of some tariff threats that were carried out, or withdrawn."""
    found = row(folder, "threats_carried_out.csv", "measure", measure)
    n, share = found.count("n_threats", 1), found.number("percent", 0.0, 100.0) / 100.0
    level = Level("threats", Estimate(share, math.sqrt(share * (1.0 - share) / n)), n, n)
    return Evidence((level,), level.estimate, f"{found.text('source')} (threats_carried_out.csv)")


def agreed_rate(folder: Path) -> Evidence:
    """The reciprocal tariff that was agreed in July 2025, in percent."""
    found = row(folder, "us_japan_deal_terms.csv", "issue", "reciprocal_tariff")
    level = Level("2025", Estimate(found.number("value", 0.0)), 1, 1)
    return Evidence((level,), level.estimate, f"{found.text('source')} (us_japan_deal_terms.csv)")


def _talks_of_2025(folder: Path) -> tuple[datetime.date, datetime.date, list[datetime.date]]:
    """The day of the first threat, that of the deal, and the deadlines of the reciprocal tariff set in between."""
    file = "tariff_events_2025_2026.csv"
    events = rows(folder, file, "date")
    japan = [each for each in events if each.fields.get("target") == "JPN"]
    deals = [each.date("date") for each in japan if each.fields.get("type") == "deal"]
    threats = [each.date("date") for each in japan if each.fields.get("type") == "threat"]
    if not (deals and threats and threats[0] < deals[0]):
        raise RecordError("has no deal with Japan after a threat", file=file, field="type", remedy=RESTORE)
    moved = [
        each
        for each in events
        if each.fields.get("scope") == "reciprocal"
        and each.fields.get("target") in ("JPN", "ALL_EXCEPT_CHN")
        and threats[0] < each.date("date") < deals[0]
    ]
    if not moved:
        raise RecordError("has no deadline between threat and deal", file=file, field="deadline_date", remedy=RESTORE)
    return threats[0], deals[0], [each.date("deadline_date") for each in moved]


def days_to_the_deal(folder: Path) -> Evidence:
    """Days from the first threat of a reciprocal tariff on Japan to the deal."""
    threat, deal, _ = _talks_of_2025(folder)
    level = Level("2025", Estimate(float((deal - threat).days)), 1, 1)
    return Evidence((level,), level.estimate, f"threat of {threat}, deal of {deal} (tariff_events_2025_2026.csv)")


def past_the_first_deadline(folder: Path) -> Evidence:
    """Whether the first deadline of 2025 passed without a deal, as a share of one case."""
    _, deal, deadlines = _talks_of_2025(folder)
    level = Level.share("2025", int(deal > deadlines[0]), 1)
    source = f"deadline of {deadlines[0]}, deal of {deal} (tariff_events_2025_2026.csv)"
    return Evidence((level,), level.estimate, source)


def deals_near_the_deadline(folder: Path, days: int) -> Evidence:
    """The share of the known talks of the US and Japan whose deal came at most so many days before the deadline."""
    _, deal, deadlines = _talks_of_2025(folder)
    cars = row(folder, "us_japan_autos_1995.csv", "case_id", "auto_parts_1995")
    before = [(deadlines[-1] - deal).days, cars.count("days_before_deadline", 0)]
    level = Level.share("2025 and 1995", sum(each <= days for each in before), len(before))
    source = (
        f"2025: {before[0]} days before {deadlines[-1]} (tariff_events_2025_2026.csv); 1995, cars: {before[1]} days before "
        f"{cars.date('deadline')} (us_japan_autos_1995.csv)"
    )
    return Evidence((level,), level.estimate, source)


def persistence(folder: Path) -> Evidence:
    """The weekly lag-one correlation of log US trade policy uncertainty, from FIRST_YEAR on; zeros are missing days."""
    weeks: dict[tuple[int, int], list[float]] = {}
    for each in rows(folder, "tpu_us_daily.csv", "date"):
        day, index = each.date("date"), each.number("us_tpu_daily", 0.0)
        if day.year >= FIRST_YEAR and index > 0.0:
            weeks.setdefault(day.isocalendar()[:2], []).append(index)
    if len(weeks) < 4:
        raise RecordError(
            f"has {len(weeks)} weeks from {FIRST_YEAR} on", file="tpu_us_daily.csv", remedy=f"It needs 4 at least. {RESTORE}"
        )
    correlation = autocorrelation(math.log(statistics.fmean(weeks[week])) for week in sorted(weeks))
    error = math.sqrt((1.0 - correlation**2) / len(weeks))
    level = Level(f"weeks from {FIRST_YEAR}", Estimate(correlation, error), len(weeks), len(weeks))
    return Evidence((level,), level.estimate, "Baker, Bloom & Davis, daily US trade policy uncertainty (tpu_us_daily.csv)")


def autocorrelation(series: Iterable[float]) -> float:
    """The correlation of a series with itself one step later.

    >>> autocorrelation([1.0, 2.0, 3.0, 4.0]), autocorrelation([1.0, -1.0, 1.0, -1.0])
    (1.0, -1.0)
    """
    values = list(series)
    return statistics.correlation(values[:-1], values[1:])
