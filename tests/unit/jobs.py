"""Jobs for engines whose workers are other processes: they play nothing, and write down who had what."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negosim.store.failures import Failure
from negosim.store.plan import Part
from negosim.sweeps.executors import Between, Finished


@dataclass(frozen=True)
class Noting:
    """A job that takes some seconds; each part is noted in `diary` with the process that had it.

    deadly : names of parts that kill the process that plays them
    times : how often they do
    """

    diary: Path
    seconds: float = 0.0
    deadly: tuple[str, ...] = ()
    times: int = 1

    def __call__(self, part: Part, between: Between) -> Finished:
        return self.keep(part, self.play(part, between))

    def play(self, part: Part, between: Between) -> bytes | Failure:
        self.note(part.name)
        if part.name in self.deadly and len(self.who_had(part.name)) <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.seconds)
        return part.name.encode()

    def keep(self, part: Part, played: bytes | Failure) -> Finished:
        assert isinstance(played, Failure) or played == part.name.encode()
        return Finished(part, played if isinstance(played, Failure) else None)

    def note(self, what: str) -> None:
        with self.diary.open("a") as file:
            file.write(f"{what} {os.getpid()}\n")

    def who_had(self, what: str) -> list[int]:
        """The processes that noted this."""
        return [process for name, process in self.noted() if name == what]

    def noted(self) -> list[tuple[str, int]]:
        """All that was noted, in its order, and by which process."""
        lines = [line.split() for line in self.diary.read_text().splitlines()] if self.diary.exists() else []
        return [(name, int(process)) for name, process in lines]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.note("unpickled")


@dataclass(frozen=True)
class Unwritable(Noting):
    """A job whose first process cannot read a file."""

    def play(self, part: Part, between: Between) -> bytes | Failure:
        self.note("asked")
        if self.who_had("asked")[0] == os.getpid():
            raise PermissionError(13, "Permission denied", "rules")
        return super().play(part, between)
