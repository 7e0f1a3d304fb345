"""How numbers, lists and nouns stand in a sentence, a table or a figure: one way of writing each, for all texts."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable

MINUS = "\N{MINUS SIGN}"
"""The sign of a negative number in what is typeset: figures, tables, reports. Plain text has a hyphen."""

NOISE = 1e-12
"""A number of this size or less comes from rounding."""


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, what turns the direction of the text after it, and what is not a character; not tab and line feed."""


def control_character(text: str, lines: bool) -> str:
    """Return the first character that does not belong into a text, in words, or an empty text if there is none.

    lines : whether the text may have several lines

    >>> control_character("a \\x1b[31mred title", lines=True), control_character("one\\ntwo", lines=False)
    ('the control character U+001B', 'a line break')
    >>> control_character("one\\ntwo", lines=True), control_character("K\u00e4se", lines=False)
    ('', '')
    """
    found = CONTROL.search(text) or (None if lines else re.search(r"[\t\n]", text))
    if found is None:
        return ""
    return {"\t": "a tab", "\n": "a line break"}.get(found[0], f"the control character U+{ord(found[0]):04X}")


def printable(text: str) -> str:
    """Return a text with its control characters spelled out, so that a terminal shows them in place of obeying them.

    >>> print(printable("a \\x1b[31mred title\\nand \\u202emore"))
    a \\x1b[31mred title
    and \\u202emore
    """
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def amount(value: float, unit: str = "", fine: bool = False) -> str:
    """Return a value with its unit, rounded to what a reader needs; what is given to a tenth stays as it is.

    fine : to a tenth, or from a hundred on to whole numbers, so that the numbers of a distribution can be told apart

    >>> amount(10.96, "%"), amount(27.5, "%"), amount(346123.4, "t a year"), amount(0.5, "%"), amount(-0.001, "days")
    ('11 %', '27.5 %', '346,000 t a year', '0.5 %', '0 days')
    >>> [amount(value, fine=True) for value in (15.448, 0.25, 605_500.2, 50.0, 1e-17)]
    ['15.4', '0.25', '605,500', '50', '0']
    """
    return f"{_finely(value) if fine else _roughly(value)} {unit}".strip()


def _finely(value: float) -> str:
    size = abs(value)
    if size < 1:
        return f"{value if size > NOISE else 0.0:.2g}"
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}".removesuffix(".0")


def _roughly(value: float) -> str:
    size = abs(value)
    if size >= 10_000:
        value, digits = float(f"{value:.3g}"), 0
    elif abs(10.0 * value - round(10.0 * value)) < 1e-6:
        digits = 1
    else:
        digits = 0 if size >= 9.95 else 1 if size >= 0.95 else 2
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def number(value: float, digits: int | None = 2, minus: str = "-") -> str:
    """Return a number, without a minus before what reads as 0; a dash for one that is not known.

    digits : decimals; None = as the number comes, as a fine amount
    minus : the sign of a negative number

    >>> number(0.584), number(-0.0004), number(-1234.5, 1, MINUS), number(15.448, None), number(float("nan"))
    ('0.58', '0.00', '−1,234.5', '15.4', '–')
    """
    if math.isnan(value):
        return "–"
    text = amount(value, fine=True) if digits is None else f"{value:,.{digits}f}"
    return text.replace("-", minus) if text.strip("-0.,") else text.lstrip("-")


def signed(value: float, digits: int | None = 1) -> str:
    """Return a difference with its sign, which is none for what reads as 0; a dash for one that is not known.

    digits : decimals; None = as the number comes, as a fine amount

    >>> signed(4.46), signed(-0.31), signed(-0.04), signed(-35_763.2, 0), signed(-0.25, None), signed(float("nan"))
    ('+4.5', '−0.3', '0.0', '−35,763', '−0.25', '–')
    """
    text = number(value, digits, MINUS)
    return f"+{text}" if value > 0.0 and text.strip("0.") else text


def in_points(payoff: float) -> str:
    """Return a difference of payoffs in points, hundredths of the way from a side's worst package to its ideal, with its sign.

    >>> in_points(0.0123), in_points(-0.0004), in_points(-0.05)
    ('+1.2', '0.0', '−5.0')
    """
    return signed(100.0 * payoff)


def percent(share: float, digits: int | None = None) -> str:
    """Return a share in per cent.

    digits : decimals; None = one, and more for what is rare, so that it is not called 0

    >>> percent(0.9186), percent(0.0002), percent(0.0), percent(0.9186, 0), percent(0.0002, 0)
    ('91.9 %', '0.02 %', '0 %', '92 %', '0 %')
    """
    hundred = 100.0 * share
    if digits is None:
        return "0 %" if hundred == 0.0 else f"{hundred:.1f} %" if hundred >= 0.1 else f"{hundred:.1g} %"
    return f"{hundred:.{digits}f} %"


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
    """Return items as a sentence has them; nothing for none.

    >>> listed([]), listed(["rice"]), listed(["rice", "cars"]), listed(["rice", "cars", "steel"])
    ('', 'rice', 'rice and cars', 'rice, cars and steel')
    """
    *most, last = list(items) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, word: str) -> str:
    """Return a count with its word, which is in the plural unless there is one.

    >>> counted(1, "threat"), counted(3, "threat")
    ('1 threat', '3 threats')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def capital(text: str) -> str:
    """Return a text with its first letter as a capital.

    >>> capital("rounds to the end"), capital("")
    ('Rounds to the end', '')
    """
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
