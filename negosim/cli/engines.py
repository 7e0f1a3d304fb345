"""The options that choose the engine of a sweep."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from negosim.engine import Engine

EngineName = Annotated[
    Literal["threads", "dask"], typer.Option(help="What plays: threads of this process, or the workers of a Dask cluster.")
]

Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="The scheduler of a Dask cluster that is there.", show_default="a cluster of this machine's own"
    ),
]


def engine_asked(name: str, scheduler: str | None, workers: int | None) -> Engine | None:
    """The engine with this name; None for the usual threads."""
    if name == "dask":
        from negosim.cluster import dask

        return dask(scheduler, workers)
    if scheduler is not None:
        raise typer.BadParameter("--scheduler belongs to --engine dask. Give both, or neither.")
    return None


def engine_options(name: str, scheduler: str | None) -> str:
    """The options that ask for this engine, each after a space; none for the usual one."""
    if name == "threads":
        return ""
    return f" --engine {name}" + (f" --scheduler {shlex.quote(scheduler)}" if scheduler is not None else "")
