"""The HTML in which a notebook shows an object: headings and compact tables, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

CELL = "padding:2px 10px 2px 0;vertical-align:top"
"""How a cell is set. Colours are left to the page, so that it reads on light and dark ones."""


NO_MATH = "tex2jax_ignore mathjax_ignore"
"""Classes of what a notebook's MathJax leaves alone: else it takes what stands between two dollar signs for mathematics."""


def card(title: str, *parts: str) -> str:
    """Return a title and, under it, parts that are HTML already."""
    head = f'<div style="font-weight:600">{escape(title)}</div>'
    return f'<div class="{NO_MATH}" style="font-size:90%;line-height:1.35">{head}{"".join(parts)}</div>'


def line(text: str) -> str:
    """Return a line of text.

    >>> line("a < b")
    '<div>a &lt; b</div>'
    """
    return f"<div>{escape(text)}</div>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """Return a table; its first ``words`` columns are words, to the left, the others numbers, to the right.

    >>> table(["side", "payoff"], [["US", "0.6"]]).count("<td")
    2
    """
    sides = ["left" if place < words else "right" for place in range(len(head))]
    border = "border-bottom:1px solid rgba(128,128,128,.5)"
    heads = "".join(
        f'<th style="{CELL};{border};text-align:{side};font-weight:600">{escape(name)}</th>'
        for name, side in zip(head, sides, strict=True)
    )
    lines = "".join(f"<tr>{_cells(row, sides)}</tr>" for row in rows)
    return (
        '<table style="border-collapse:collapse;margin:.4em 0;font-size:inherit">'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )


def _cells(row: Sequence[str], sides: Sequence[str]) -> str:
    return "".join(
        f'<td style="{CELL};text-align:{side}">{escape(cell)}</td>' for cell, side in zip(row, sides, strict=True)
    )


def folded(summary: str, inside: str) -> str:
    """Return a part that opens on a click; ``inside`` is HTML already."""
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def prose(paragraphs: Iterable[str]) -> str:
    """Return paragraphs of text with their line breaks."""
    style = "margin:.5em 0;white-space:pre-wrap;max-width:60em"
    return "".join(f'<p style="{style}">{escape(text)}</p>' for text in paragraphs)
