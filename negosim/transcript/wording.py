"""The words of a transcript: amounts, lists, articles, and names as they stand inside a sentence."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from negosim.parameters import Delegation
from negosim.scenario import Scenario
from negosim.vocabulary import Side


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


def side_name(delegation: Delegation) -> str:
    """Return a side's name inside a sentence: its name, or "the" with its short name where that is an abbreviation."""
    if delegation.name.lower().startswith("the ") and delegation.short.isupper():
        return f"the {delegation.short}"
    return delegation.name


def mid_sentence(title: str, scenario: Scenario) -> str:
    """Return a title as it stands inside a sentence: without its capital, unless it begins with an abbreviation or a name.

    A name is a word that the scenario writes with a capital inside a sentence or in the name of a side.
    """
    first = re.split(r"[\s'-]", title, maxsplit=1)[0]
    texts = [scenario.summary, *(issue.title for issue in scenario.issues), *(edge.reason for edge in scenario.linkage)]
    names = {word for text in texts for word in re.findall(r"(?<=[a-z,;:(] )[A-Z][a-z]+|(?<=[a-z] \()[A-Z][a-z]+", text)}
    names |= {word for side in Side for word in re.findall(r"[A-Z][a-z]+", scenario.delegation(side).name)}
    is_plain = first[:1].isupper() and (first[1:].islower() or len(first) == 1) and first not in names
    return title[:1].lower() + title[1:] if is_plain else title


def person_name(title: str) -> str:
    """Return a person's title inside a sentence: as it is, but for a leading article."""
    return title[:1].lower() + title[1:] if title.startswith(("The ", "A ", "An ")) else title
