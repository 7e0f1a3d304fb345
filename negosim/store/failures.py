"""What failed in a sweep: recorded beside the parts with its reason, while the rest goes on."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """A part that could not be played.

    part : its name
    place : its runs in words
    error, message : the kind of the error, and what it says
    traceback : where it came from, line by line, for whoever mends it
    """

    part: str
    place: str
    error: str
    message: str
    traceback: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: Exception, part: str, place: str) -> Failure:
        """The failure of a part by this error; the notes of the error belong to its message."""
        message = " ".join([str(error), *getattr(error, "__notes__", ())]).strip()
        lines = "".join(traceback.format_exception(error)).splitlines()
        return cls(part, place, type(error).__name__, message, tuple(lines))

    @property
    def why(self) -> str:
        """The error in one line, without a full stop."""
        return (self.error + (f": {self.message}" if self.message else "")).rstrip(".")

    @property
    def reason(self) -> str:
        """Where and why, in one line, without a full stop.

        >>> Failure("point-0002-chunk-0001", "point 2, runs 0 to 9", "ArithmeticError", "no solution").reason
        'point 2, runs 0 to 9: ArithmeticError: no solution'
        """
        return f"{self.place}: {self.why}"

    def content(self) -> bytes:
        """The failure as the content of a file."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def read(cls, part: str, content: bytes) -> Failure:
        """The failure in the content of a file; one that says so when the file is damaged."""
        try:
            fields: dict[str, Any] = json.loads(content)
            return cls(**{**fields, "part": part, "traceback": tuple(fields["traceback"])})
        except (ValueError, TypeError, KeyError):
            return cls(part, part, "unknown", "the record of this failure is damaged")


class PointsFailedError(RuntimeError):
    """A sweep is through, and some of its parts failed: which and why; the others are there."""

    def __init__(self, folder: str | os.PathLike[str], failures: Sequence[Failure], parts: int) -> None:
        self.failures = tuple(failures)
        super().__init__(
            f"{len(failures):,} of {parts:,} parts failed, each for the reason in {os.path.join(folder, 'failed')}; the others "
            f"are there. The first: {self.failures[0].reason}. The same sweep into the same folder tries again what failed."
        )
