"""negosim: negotiation games between two delegations, and uncertainty as a tactic in them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "scenario",
    "ScenarioError": "scenario_error",
    "BargainingProblem": "bargaining_problem",
    "Negotiation": "model",
    "simulate": "kernel",
    "strategy": "own_strategy",
    "StrategyError": "own_strategy",
    "simulate_each": "population",
    "sweep": "runner",
    "compare": "contrast",
    "Experiment": "experiment",
    "Results": "results",
    "check": "checks",
    "stepper": "stepping",
    "Side": "vocabulary",
    "Ending": "vocabulary",
    "Response": "vocabulary",
}
_MODULES = ("plots", "solutions", "summary", "theory")

__all__ = ["__version__", *_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import negosim`` stays quick."""
    if name in _HOMES:
        return getattr(import_module(f"negosim.{_HOMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"negosim.{name}")
    raise AttributeError(f"negosim has no attribute {name!r}; it has {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
