"""The one error of experiments: like a scenario's, it names the file, the field, the value and the remedy."""

from __future__ import annotations

from typing import Any

from negosim.scenario_error import ScenarioError


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
        return _rebuild, (self.problem, self.file, self.field, self.value, self.remedy)


def _rebuild(problem: str, file: str | None, field: str | None, value: Any, remedy: str) -> ExperimentError:
    return ExperimentError(problem, file=file, field=field, value=value, remedy=remedy)
