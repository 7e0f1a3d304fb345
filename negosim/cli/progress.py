"""How far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from negosim.cli.application import say, shown

SECONDS_BETWEEN_LINES = 5.0
"""How often a sweep says how far it is where nobody watches a terminal."""


@contextmanager
def told_progress() -> Iterator[Callable[[int, int, float, float], None]]:
    """How far a sweep is, and what the log says, on the error stream: a bar on a terminal, else a line every few seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        with log_told(lambda line: say(line, err=True)):
            yield lines_of_progress()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with (
        Progress(BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"), console=console) as bar,
        log_told(lambda line: console.print(shown(line), markup=False, highlight=False)),
    ):
        task = bar.add_task("")

        def tell(done: int, total: int, rate: float, left: float) -> None:
            bar.update(task, completed=done, total=total, description=news(done, total, rate, left))

        yield tell


@contextmanager
def log_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell a person what the log of negosim says."""

    class Telling(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            tell(record.getMessage())

    log, handler = logging.getLogger("negosim"), Telling()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


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
    return f"{text}, {rate:,.0f} a second, {duration(left)} left"


def duration(seconds: float) -> str:
    """A time as people write it.

    >>> duration(6.2), duration(3700)
    ('0:06', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
