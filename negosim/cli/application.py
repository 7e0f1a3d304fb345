"""The application that the commands belong to, and what they share: options, and how an error is told."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from negosim.cli.streams import Commands
from negosim.common.errors import ScenarioError, StoreError
from negosim.common.interruption import THREADS, interruptibly
from negosim.common.paths import local
from negosim.common.text import printable

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # an error is a line, not a box
    pretty_exceptions_enable=False,
    help="Negotiation games between two delegations, and uncertainty as a tactic in them.",
)

LARGEST_SEED = 2**63 - 1


def whole_number(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to LARGEST_SEED that names the value it refuses."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is not a whole number.") from None
        if number < least:
            raise typer.BadParameter(f"{number} is out of range. It must be at least {least}.")
        if number > LARGEST_SEED:
            raise typer.BadParameter(f"{number} is out of range. It must be at most {LARGEST_SEED}.")
        return number

    return read


def option(meaning: str, least: int = 0, usual: str | bool = True) -> Any:
    """An option that takes a whole number; `usual` says in words what its default is."""
    return typer.Option(parser=whole_number(least), metavar="N", help=meaning, show_default=usual)


def path_here(text: str) -> Path:
    """A reader of paths: each stands for one absolute path, and what is not a path is refused at once."""
    try:
        return local(text)
    except ScenarioError as error:
        raise typer.BadParameter(str(error)) from None


def shown(text: str) -> str:
    """A text as a terminal may have it: no control characters, and paths below the current folder from there."""
    here = os.getcwd()
    if here != os.path.dirname(here):  # from the root all paths are as they are
        text = re.sub(rf"(?<![^\s'\"(=]){re.escape(here + os.sep)}(?=[^\s/])", "", text)
    return printable(text)


def say(text: str, err: bool = False) -> None:
    """Print a text for people; `typer.echo` is for what programs read."""
    typer.echo(shown(text), err=err)


AllowPlatform = Annotated[
    bool, typer.Option("--allow-platform", help="Mix runs of this platform with those of another; parts say which is which.")
]

AsJson = Annotated[bool, typer.Option("--json", help="JSON, for other programs.")]


@contextmanager
def plainly() -> Iterator[None]:
    """What a user got wrong as one line on the error stream with status 2; an interruption with status 130."""
    from negosim.sweeps.executors import EngineError

    try:
        yield
    except KeyboardInterrupt as stop:
        said = str(stop) if type(stop) is KeyboardInterrupt else ""  # others are for programs in Python
        say(f"\n{said or 'Stopped.'}", err=True)
        leave_at_once(130)
        raise typer.Exit(130) from None
    except (EngineError, ScenarioError, StoreError) as error:
        say(str(error), err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        if error.filename is None:  # about no file: whoever read what is printed has gone, say
            raise
        say(f"{error.filename} cannot be used: {error.strerror}. Choose what you may read and write.", err=True)
        raise typer.Exit(2) from None


def page_width() -> int:
    """The columns of the terminal, from 80 to 130."""
    return min(130, max(80, shutil.get_terminal_size((100, 24)).columns))


def loaded(module: str) -> Any:
    """Import a module that compiles rules when it is new: Ctrl-C would not be heard in the midst of it."""
    return interruptibly(lambda: import_module(module))


def leave_at_once(status: int) -> None:
    """End the process if threads of ours are still at work: what they compile cannot be interrupted, and files are whole."""
    if any(thread.name.startswith(THREADS) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@contextmanager
def ended_like_an_interruption() -> Iterator[None]:
    """Take SIGTERM, with which clusters and systems end a process, for Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
