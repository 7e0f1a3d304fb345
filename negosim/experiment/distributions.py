"""Distributions that a factor can be drawn from, by the parameters that people know them by; SciPy's quantile functions."""

from __future__ import annotations

from typing import Any, Literal

import numpy
from numpy.typing import NDArray
from pydantic import Field, model_validator

from negosim.common.errors import ExperimentError
from negosim.scenario.parameters import FARTHEST, Part

TAKES = {
    "uniform": ("low", "high"),
    "log-uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "truncated-normal": ("mean", "sd", "low", "high"),
    "triangular": ("low", "mode", "high"),
    "lognormal": ("median", "log_sd"),
    "beta": ("a", "b", "low", "high"),
}
"""The parameters of each kind."""


class Distribution(Part):
    """A distribution over numbers.

    kind : uniform, log-uniform, normal, truncated-normal, triangular, lognormal or beta
    low, high : its ends; of beta, 0 and 1 if left out
    mean, sd : of a normal distribution, before it is truncated
    mode : the likeliest value of a triangular one
    median, log_sd : of a lognormal one, and the standard deviation of its logarithm
    a, b : the shape of a beta distribution, its mean low + (high - low) a / (a + b)

    >>> Distribution(kind="triangular", low=0.0, mode=1.0, high=2.0).quantile(numpy.array([0.0, 0.5, 1.0])).tolist()
    [0.0, 1.0, 2.0]
    """

    kind: Literal["uniform", "log-uniform", "normal", "truncated-normal", "triangular", "lognormal", "beta"] = Field(
        description="which distribution"
    )
    low: float | None = Field(None, ge=-FARTHEST, le=FARTHEST, description="lower end")
    high: float | None = Field(None, ge=-FARTHEST, le=FARTHEST, description="upper end")
    mean: float | None = Field(
        None, ge=-FARTHEST, le=FARTHEST, description="mean of a normal distribution, before it is truncated"
    )
    sd: float | None = Field(None, gt=0, le=FARTHEST, description="its standard deviation")
    mode: float | None = Field(None, ge=-FARTHEST, le=FARTHEST, description="the likeliest value of a triangular distribution")
    median: float | None = Field(None, gt=0, le=FARTHEST, description="median of a lognormal distribution")
    log_sd: float | None = Field(None, gt=0, le=FARTHEST, description="standard deviation of its logarithm")
    a: float | None = Field(None, gt=0, le=FARTHEST, description="first shape of a beta distribution")
    b: float | None = Field(None, gt=0, le=FARTHEST, description="second shape of a beta distribution")

    @model_validator(mode="after")
    def _has_what_its_kind_takes(self) -> Distribution:
        takes = TAKES[self.kind]
        listed = ", ".join(takes)
        for name in takes:
            if getattr(self, name) is None and not (self.kind == "beta" and name in ("low", "high")):
                raise ExperimentError(f"lacks {name}", remedy=f"The kind {self.kind} takes {listed}.")
        for name in self.model_fields_set - {"kind"}:
            if name not in takes and getattr(self, name) is not None:  # a manifest has nulls for what was left out
                raise ExperimentError(f"has {name}, which means nothing here", remedy=f"The kind {self.kind} takes {listed}.")
        self._check_order()
        return self

    def _check_order(self) -> None:
        """ExperimentError unless low < high, the mode lies between them, and a logarithm exists."""
        low, high = self._ends()
        if not low < high:
            raise ExperimentError(f"goes from {low:g} to {high:g}", remedy="low must be less than high.")
        if self.mode is not None and not low <= self.mode <= high:
            raise ExperimentError(f"has its mode {self.mode:g} outside {low:g} to {high:g}", remedy="Put it between the two.")
        if self.kind == "log-uniform" and low <= 0.0:
            raise ExperimentError(f"starts at {low:g}, which has no logarithm", remedy="low must be above 0.")

    def _ends(self) -> tuple[float, float]:
        """The ends of the support; infinite where there are none."""
        if self.kind == "beta":
            return 0.0 if self.low is None else self.low, 1.0 if self.high is None else self.high
        if self.kind == "lognormal":
            return 0.0, numpy.inf
        return -numpy.inf if self.low is None else self.low, numpy.inf if self.high is None else self.high

    def quantile(self, shares: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
        """The values below which these shares of the distribution lie: (n,) in [0, 1] -> (n,), infinite at an open end."""
        low, high = self._ends()
        given = {name: getattr(self, name) for name in TAKES[self.kind]} | {"low": low, "high": high}
        return numpy.clip(_frozen(self.kind, **given).ppf(shares), low, high)  # rounding may miss an end


def _frozen(kind: str, low: float, high: float, **given: float) -> Any:
    """SciPy's distribution of this kind."""
    from scipy import stats

    match kind:
        case "uniform":
            return stats.uniform(low, high - low)
        case "log-uniform":
            return stats.loguniform(low, high)
        case "normal":
            return stats.norm(given["mean"], given["sd"])
        case "truncated-normal":
            mean, sd = given["mean"], given["sd"]
            return stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
        case "triangular":
            return stats.triang((given["mode"] - low) / (high - low), low, high - low)
        case "lognormal":
            return stats.lognorm(given["log_sd"], scale=given["median"])
    return stats.beta(given["a"], given["b"], low, high - low)
