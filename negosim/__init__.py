"""negosim: negotiation games between two delegations, and uncertainty as a tactic in them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from negosim.common.interruption import interruptibly

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "scenario.scenario",
    "ScenarioError": "common.errors",
    "BargainingProblem": "engine.problem",
    "Negotiation": "engine.model",
    "no_talks": "engine.no_talks",
    "simulate": "engine.kernel",
    "strategy": "strategies.own",
    "StrategyError": "strategies.own",
    "simulate_each": "engine.population",
    "sweep": "sweeps.runner",
    "compare": "sweeps.compare",
    "Experiment": "experiment.experiment",
    "Results": "results.results",
    "check": "validation.textbook",
    "stepper": "app.stepper",
    "Side": "common.vocabulary",
    "Ending": "common.vocabulary",
    "Response": "common.vocabulary",
}
_MODULES = {"plots": "plots", "solutions": "theory.solutions", "summary": "results.summary", "theory": "theory"}

__all__ = ["__version__", *_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import negosim`` stays quick."""
    if name in _HOMES:
        return getattr(interruptibly(lambda: import_module(f"negosim.{_HOMES[name]}")), name)
    if name in _MODULES:
        return import_module(f"negosim.{_MODULES[name]}")
    raise AttributeError(f"negosim has no attribute {name!r}; it has {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
