"""How far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

SECONDS_BETWEEN_LINES = 5.0
"""How often a sweep says how far it is where nobody watches a terminal."""


@contextmanager
def told_progress() -> Iterator[Callable[[int, int, float, float], None]]:
    """How far a sweep is, on the error stream: a bar on a terminal, else a line every few seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lines_of_progress()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task("")

        def tell(done: int, total: int, rate: float, left: float) -> None:
            bar.update(task, completed=done, total=total, description=news(done, total, rate, left))

        yield tell


def lines_of_progress() -> Callable[[int, int, float, float], None]:
    """Progress in lines, not more than one in SECONDS_BETWEEN_LINES but for the last."""
    last = -math.inf

    def tell(done: int, total: int, rate: float, left: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES or done == total:
            last = now
            typer.echo(news(done, total, rate, left), err=True)

    return tell


def news(done: int, total: int, rate: float, left: float) -> str:
    """How far a sweep is.

    >>> news(500, 2000, 250.0, 6.2)
    '500 of 2,000 runs, 250 a second, 0:06 left'
    >>> news(0, 2000, 0.0, float("nan"))
    '0 of 2,000 runs'
    """
    text = f"{done:,} of {total:,} runs"
    if math.isnan(left):
        return text
    minutes, seconds = divmod(round(left), 60)
    return f"{text}, {rate:,.0f} a second, {minutes}:{seconds:02} left"
