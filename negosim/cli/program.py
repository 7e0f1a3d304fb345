"""An experiment that is a program: its command line, what is looked at before it plays, and how an error ends it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import typer

from negosim.cli.application import path_here, plainly, say, whole_number
from negosim.cli.streams import take_every_text
from negosim.common.errors import StoreError
from negosim.common.paths import content_of
from negosim.report.write import with_part
from negosim.store.failures import PointsFailedError
from negosim.store.store import Store

Read = TypeVar("Read")


class Asked(NamedTuple):
    """What a command line asks for: folders of the results and of the figures, a page to renew, runs, joint draws, their runs."""

    out: Path
    figures: Path
    page: Path | None
    runs: int
    draws: int
    draw_runs: int


class Program(NamedTuple):
    """An experiment that is a program.

    name : of the folder below runs/ that it writes into unless told otherwise, and of its generated part of a page
    about : what --help says
    sweeps : the folders of its sweeps in the folder of the results
    usual : runs at each point, joint draws of the assumed numbers, and runs at each point of a draw, unless told otherwise
    """

    name: str
    about: str
    sweeps: Sequence[str]
    usual: tuple[int, int, int]

    def main(self, play: Callable[[Asked], str], words: Sequence[str] | None = None) -> int:
        """Read the command line, play, and print what was found.

        Return 0; 2 for what a user got wrong, told in one line; 3 when parts failed; 130 when it is stopped by hand. SystemExit
        2 for arguments that are refused.
        """
        take_every_text()
        asked = self._asked(words)
        try:
            with plainly():
                self._look_at(asked)
                say(_stoppable(play, asked))
        except PointsFailedError as failed:
            say(str(failed), err=True)
            return 3
        except typer.Exit as ended:
            return ended.exit_code
        return 0

    def renew(self, page: Path, tables: str) -> None:
        """Put tables in place of the generated part of a page."""
        Store(page.parent).write_beside(page.name, with_part(content_of(page).decode(), self.name, tables).encode())

    def _asked(self, words: Sequence[str] | None) -> Asked:
        runs, draws, draw_runs = self.usual
        parser = argparse.ArgumentParser(description=self.about, formatter_class=argparse.RawDescriptionHelpFormatter)
        out = Path("runs", self.name)
        a_path = _told(path_here)
        parser.add_argument("--out", type=a_path, default=out, help=f"folder of the results (default: {out})")
        parser.add_argument("--figures", type=a_path, help="folder of the figures (default: the folder of the results)")
        parser.add_argument("--page", type=a_path, help=f"a page of Markdown whose part named {self.name} gets the tables")
        numbers = {
            "--runs": (runs, 2, "runs at each point"),
            "--draws": (draws, 1, "joint draws of the assumed numbers"),
            "--draw-runs": (draw_runs, 2, "runs at each point of a draw"),
        }
        for name, (usual, least, meaning) in numbers.items():
            meaning += f", at least {least} (default: {usual})"
            parser.add_argument(name, type=_told(whole_number(least)), default=usual, metavar="N", help=meaning)
        given = parser.parse_args(words)
        return Asked(given.out, given.figures or given.out, given.page, given.runs, given.draws, given.draw_runs)

    def _look_at(self, asked: Asked) -> None:
        """Refuse at once what would fail after minutes: StoreError for a folder of something else, a page without the part."""
        for folder in (asked.out, asked.figures):
            if folder.exists() and not folder.is_dir():
                raise StoreError(f"{folder} is a file. Choose a folder.")
        there = sorted(path.name for path in asked.out.iterdir()) if asked.out.is_dir() else []
        if there and not any(name in self.sweeps for name in there):
            raise StoreError(f"{asked.out} holds files of something else, such as {there[0]}. Choose another folder.")
        if asked.page is not None:
            try:
                with_part(content_of(asked.page).decode(), self.name, "")
            except OSError as error:
                raise StoreError(f"{asked.page} cannot be read: {error.strerror}. Choose another page, or none.") from None
            except ValueError as error:
                raise StoreError(f"{asked.page} cannot be renewed: {error}") from None
        try:
            asked.figures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{asked.figures} cannot be made: {error.strerror}. Choose another folder.") from None


def _told(reader: Callable[[str], Read]) -> Callable[[str], Read]:
    """A reader of the other commands, with the error that argparse tells."""

    def read(text: str) -> Read:
        try:
            return reader(text)
        except typer.BadParameter as error:
            raise argparse.ArgumentTypeError(error.message) from None

    return read


def _stoppable(play: Callable[[Asked], str], asked: Asked) -> str:
    try:
        return play(asked)
    except KeyboardInterrupt as stop:
        said = str(stop) if type(stop) is KeyboardInterrupt else ""  # others are for programs in Python
        raise KeyboardInterrupt(said or "Stopped. The same command goes on.") from None
