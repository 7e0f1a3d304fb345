"""The words of a transcript: amounts, lists, articles, and names as they stand inside a sentence."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable


def amount(value: float, unit: str) -> str:
    """Return a value with its unit, rounded to what a reader needs; what is given to a tenth stays as it is.

    >>> amount(10.96, "%"), amount(27.5, "%"), amount(346123.4, "t a year"), amount(0.5, "%"), amount(-0.001, "days")
    ('11 %', '27.5 %', '346,000 t a year', '0.5 %', '0 days')
    """
    size = abs(value)
    if size >= 10_000:
        value, digits = float(f"{value:.3g}"), 0
    elif abs(10.0 * value - round(10.0 * value)) < 1e-6:
        digits = 1
    else:
        digits = 0 if size >= 9.95 else 1 if size >= 0.95 else 2
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{'0' if text == '-0' else text} {unit}".strip()


def number(value: float, digits: int = 2) -> str:
    """Return a number with a fixed count of decimals, and no minus before a zero."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0.0 else text


def per_cent(share: float) -> str:
    """Return a share in per cent, without decimals."""
    return f"{100.0 * share:.0f} %"


def apart(one: float, other: float) -> tuple[str, str]:
    """Return two numbers with as many decimals, from 2 to 6, as it takes to tell them apart.

    >>> apart(0.584, 0.61), apart(0.6101, 0.6104)
    (('0.58', '0.61'), ('0.6101', '0.6104'))
    """
    digits = next((d for d in range(2, 6) if number(one, d) != number(other, d)), 6 if one != other else 2)
    return number(one, digits), number(other, digits)


def day_of(date: datetime.date, first: datetime.date | None) -> str:
    """Return a date, with its year unless that is the year in which the talks begin.

    >>> first = datetime.date(2025, 4, 1)
    >>> day_of(datetime.date(2025, 4, 2), first), day_of(datetime.date(2026, 9, 30), first)
    ('2 April', '30 September 2026')
    """
    return f"{date.day} {date:%B}" if first is not None and date.year == first.year else f"{date.day} {date:%B} {date.year}"


def listed(items: Iterable[str]) -> str:
    """Return items as a sentence has them.

    >>> listed(["rice"]), listed(["rice", "cars", "steel"])
    ('rice', 'rice, cars and steel')
    """
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


OWNED = re.compile(r"\w+('s|s') ")
"""How a noun begins that says whose it is, and so takes no article."""


def with_article(noun: str) -> str:
    """Return a noun with "a" or "an", by how it is spoken; one that says whose it is has none.

    >>> with_article("tariff"), with_article("added duty"), with_article("US tariff"), with_article("LNG duty")
    ('a tariff', 'an added duty', 'a US tariff', 'an LNG duty')
    >>> with_article("Japan's tariff")
    "Japan's tariff"
    """
    if OWNED.match(noun):
        return noun
    spelt = noun[:2].isupper()
    return f"{'an' if noun[:1] in ('AEFHILMNORSX' if spelt else 'aeioAEIO') else 'a'} {noun}"


def with_the(noun: str) -> str:
    """Return a noun with "the"; one that says whose it is has none.

    >>> with_the("quota"), with_the("Japan's quota"), with_the("farmers' quota")
    ('the quota', "Japan's quota", "farmers' quota")
    """
    return noun if OWNED.match(noun) else f"the {noun}"


def person_name(title: str) -> str:
    """Return a person's title inside a sentence: as it is, but for a leading article."""
    return title[:1].lower() + title[1:] if title.startswith(("The ", "A ", "An ")) else title


def signed(value: float, digits: int = 1) -> str:
    """A difference with so many decimals and its sign; none for what reads as 0.

    >>> signed(4.46), signed(-0.31), signed(-0.04), signed(-35_763.2, 0)
    ('+4.5', '−0.3', '0.0', '−35,763')
    """
    text = f"{value:+,.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return text if text[1:].strip("0.") else text[1:]


def percent(share: float) -> str:
    """A share in per cent; what is rare is not called 0.

    >>> percent(0.9186), percent(0.0002), percent(0.0)
    ('91.9 %', '0.02 %', '0 %')
    """
    hundred = 100.0 * share
    if hundred == 0.0:
        return "0 %"
    return f"{hundred:.1f} %" if hundred >= 0.1 else f"{hundred:.1g} %"
