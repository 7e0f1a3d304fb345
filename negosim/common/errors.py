"""The errors that users meet: each names the file, the field, the value, what is wrong and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from negosim.common.text import printable

MOST_NAMED = 20
"""Known names that a sentence lists."""


class ScenarioError(ValueError):
    """Something in a scenario is wrong.

    file : the file's name, if the scenario came from one
    field : dotted name of the field, such as `sender.ambiguity`, if there is one
    value : the value found there (None if there is none)
    problem : what is wrong, a clause without a full stop
    remedy : what to do about it, a sentence

    >>> print(ScenarioError("is out of range", field="sender.ambiguity", value=0.9,
    ...                     remedy="It must lie between 0 and 0.5."))
    sender.ambiguity = 0.9 is out of range. It must lie between 0 and 0.5.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        field: str | None = None,
        value: Any = None,
        remedy: str = "",
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.file = file
        self.field = field
        self.value = value
        self.remedy = remedy

    def at(self, *, file: str | None = None, field: str | None = None) -> ScenarioError:
        """The same error with the file and the field filled in where they were not known yet."""
        return ScenarioError(
            self.problem,
            file=self.file or file,
            field=self.field or field,
            value=self.value,
            remedy=self.remedy,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the parts, so that the error survives the way back from a worker process."""
        return _rebuild, (self.problem, self.file, self.field, self.value, self.remedy)

    def __str__(self) -> str:
        place, field = f"{self.file}: " if self.file else "", self.field or '""'
        if self.field is None:
            subject = ""
        elif self.value is None or isinstance(self.value, (dict, list, tuple)):
            subject = f"{field} "
        else:
            subject = f"{field} = {_short(self.value)} "
        return printable(" ".join(f"{place}{subject}{self.problem}. {self.remedy}".split()))  # one line, whatever is told


def _rebuild(problem: str, file: str | None, field: str | None, value: Any, remedy: str) -> ScenarioError:
    return ScenarioError(problem, file=file, field=field, value=value, remedy=remedy)


def _short(value: Any) -> str:
    """A value in at most 60 characters, so that a message stays one line."""
    if isinstance(value, int) and value.bit_length() > 1024:  # Python refuses to write out one of thousands of digits
        return "a whole number of more than 300 digits"
    shown = repr(value) if isinstance(value, str) else str(value)
    shown = " ".join(shown.split())
    return shown if len(shown) <= 60 else shown[:57] + "..."


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence with the known name closest to `word`, or the first of the known names if none is close.

    >>> nearest("ambiguty", ["ambiguity", "candour"])
    'The nearest known name is "ambiguity".'
    """
    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'The nearest known name is "{close[0]}".'
    if not names:
        return "No name is known here."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return "Known names: " + ", ".join(names[:MOST_NAMED]) + f"{more}."


class ExperimentError(ScenarioError):
    """Something in an experiment is wrong, or in a scenario that it asks for.

    >>> print(ExperimentError(
    ...     "is out of range", file="six.toml", field="point 3: sender.ambiguity", value=0.9,
    ...     remedy="It must be between 0 and 0.5."))
    six.toml: point 3: sender.ambiguity = 0.9 is out of range. It must be between 0 and 0.5.
    """

    @classmethod
    def of(cls, error: ScenarioError, file: str | None = None, place: str = "") -> ExperimentError:
        """What a scenario found wrong, as an error of the experiment; `place` says where (`point 3`)."""
        field = f"{place}: {error.field}" if place and error.field else place or error.field
        return cls(
            error.problem,
            file=file or error.file,
            field=field,
            value=error.value,
            remedy=error.remedy,
        )

    def at(self, *, file: str | None = None, field: str | None = None) -> ExperimentError:
        """The same error with the file and the field filled in where they were not known yet."""
        return ExperimentError.of(super().at(file=file, field=field))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the parts, as a scenario's error does."""
        return _rebuild_of_experiment, (self.problem, self.file, self.field, self.value, self.remedy)


def _rebuild_of_experiment(problem: str, file: str | None, field: str | None, value: Any, remedy: str) -> ExperimentError:
    return ExperimentError(problem, file=file, field=field, value=value, remedy=remedy)


class StoreError(RuntimeError):
    """A folder of results that cannot be used as asked: what is wrong, and how to go on."""

    def __str__(self) -> str:
        return printable(" ".join(super().__str__().split()))  # one line, whatever a library told


class DamagedManifestError(StoreError):
    """The manifest of a folder is damaged, or negosim did not write it."""
