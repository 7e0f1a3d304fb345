"""Dials: the declared parameters of a scenario as what a person can turn, with meaning, unit and range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

from negosim.common.errors import ScenarioError
from negosim.common.text import capital
from negosim.common.vocabulary import Side
from negosim.report.words import in_a_sentence, side_name
from negosim.scenario import dotted_names
from negosim.scenario.consistency import useless
from negosim.scenario.diagnosis import range_text
from negosim.scenario.parameters import FARTHEST, MOST
from negosim.scenario.payoff import unread
from negosim.scenario.people import Delegation, Party
from negosim.scenario.scenario import Scenario

STEPS = 100
"""Steps from one end of a slider to the other."""

MANY_TIMES = 4.0
"""A slider without an upper bound of its own reaches to so many times its value, its default, or 1, whichever is more."""

WIDE = 1000.0
"""A slider whose upper end is so many times its lower one moves by factors."""

HOW_IT_BARGAINS = ("strategy", "toughness", "opening", "offer_noise", "believed_noise")
"""Parameters of a party that say how it decides; the rest says what things are worth to it."""

THE_TALKS = (
    "protocol", "agenda", "rounds", "extension_probability", "extension_rounds", "failed_ratification", "horizon", "resumption",
)


@dataclass(frozen=True)
class Dial:
    """One parameter as it is shown: a slider for a number, a list for a word, a tick for a flag."""

    name: str
    label: str
    meaning: str
    unit: str
    kind: Literal["number", "whole", "choice", "flag"]
    value: Any
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    range: str = ""
    options: tuple[str, ...] = ()
    is_log: bool = False


@dataclass(frozen=True)
class Group:
    """Dials that belong together, under a heading."""

    title: str
    dials: tuple[Dial, ...]
    is_open: bool = False

    def plain(self) -> dict[str, Any]:
        """The group as plain data."""
        return asdict(self)


@lru_cache(maxsize=32)
def groups(scenario: Scenario) -> tuple[Group, ...]:
    """The dials of a scenario: kinds of uncertainty and ways to bargain, side by side, and the talks.

    >>> [group.title for group in groups(Scenario.load("pie"))]
    ['Uncertainty: First', 'Uncertainty: Second', 'How the first player bargains', 'How the second player bargains', 'The talks']
    """
    uncertainty = [name for name in Delegation.model_fields if name not in Party.model_fields]
    found = []
    for side in Side:
        idle = useless(side.label, scenario.threats)
        names = [f"{side.label}.{name}" for name in uncertainty if name not in idle]
        found.append(Group(f"Uncertainty: {side_name(scenario, side)}", _dials(scenario, names), side is Side.SENDER))
    for side in Side:
        names = [f"{side.label}.{name}" for name in HOW_IT_BARGAINS]
        found.append(Group(f"How {in_a_sentence(scenario, side)} bargains", _dials(scenario, names)))
    idle = unread(scenario.talks.payoff)
    read = [f"talks.{name}" for name in THE_TALKS if name not in idle and getattr(scenario.talks, name) is not None]
    return (*found, Group("The talks", _dials(scenario, read)))


def _dials(scenario: Scenario, names: list[str]) -> tuple[Dial, ...]:
    return tuple(dial(scenario, name) for name in names)


def dial(scenario: Scenario, name: str) -> Dial:
    """The dial of one parameter, by its dotted name. ScenarioError if there is none of that name."""
    value = scenario.get(name)
    leaf = next(leaf for leaf in dotted_names.leaves(scenario) if leaf.name == name)
    extra = leaf.declared.json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) else ""
    label = capital(name.rpartition(".")[2].replace("_", " "))
    words = name, label, leaf.declared.description or "", unit
    if isinstance(value, bool):
        return Dial(*words, "flag", value)
    if isinstance(value, str):
        options = (word for word in get_args(leaf.declared.annotation) if _is_admissible(scenario, name, word))
        return Dial(*words, "choice", value, options=tuple(options))
    low, high = _reach(scenario, name, leaf)
    step = 1.0 if leaf.is_whole else _round_step((high - low) / STEPS)
    kind: Literal["whole", "number"] = "whole" if leaf.is_whole else "number"
    return Dial(*words, kind, value, low, high, step, range_text(leaf.declared), is_log=low > 0.0 and high / low >= WIDE)


def _is_admissible(scenario: Scenario, name: str, word: str) -> bool:
    """Return whether a word can be chosen as the scenario stands: bids are refused with flows, for instance."""
    try:
        scenario.vary({name: word})
    except ScenarioError:
        return False
    return True


def _reach(scenario: Scenario, name: str, leaf: dotted_names.Leaf) -> tuple[float, float]:
    """The ends of a slider: the declared bounds, or where one is as good as none, well beyond what is usual."""
    bounds = {sign: bound for sign, bound in _bounds(leaf) if abs(bound) not in (MOST, FARTHEST)}
    usual = [abs(float(number)) for number in (leaf.value, leaf.declared.default) if isinstance(number, (int, float))]
    usual += [abs(end) for end in scenario.assumed().get(name, ())]
    reach = max([1.0, *(MANY_TIMES * number for number in usual)])
    step = _round_step(reach / STEPS)
    low = bounds.get("ge", bounds["gt"] + step if "gt" in bounds else -reach)
    high = bounds.get("le", bounds["lt"] - 0.01 if "lt" in bounds else reach)
    if leaf.is_whole:
        high = min(high, max(10.0, reach))
    return float(low), float(high)


def _bounds(leaf: dotted_names.Leaf) -> Iterator[tuple[str, float]]:
    for entry in leaf.declared.metadata:
        for sign in ("ge", "gt", "le", "lt"):
            if getattr(entry, sign, None) is not None:
                yield sign, float(getattr(entry, sign))


def _round_step(step: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is no more than this step.

    >>> _round_step(0.01), _round_step(0.034), _round_step(7.0)
    (0.01, 0.02, 5.0)
    """
    power = 10.0 ** math.floor(math.log10(step) + 1e-9)
    return float(f"{max(m for m in (1, 2, 5) if m * power <= step * (1 + 1e-9)) * power:.3g}")


def read(scenario: Scenario, name: str, text: Any) -> Any:
    """The value that a person gave for a parameter: what was typed as a number where one belongs.

    ScenarioError with one sentence for an unknown name and for what is no number; ranges are checked by `vary`.
    """
    present = scenario.get(name.strip())
    if not isinstance(text, str):
        return text
    typed = text.strip()
    if isinstance(present, bool):
        return _flag(name, typed)
    if isinstance(present, str):
        return typed
    try:
        number = float(typed.replace("−", "-"))
    except ValueError:
        raise ScenarioError("is not a number", field=name, value=typed, remedy="Write 0.2, say.") from None
    return int(number) if number.is_integer() and isinstance(present, int) else number


def _flag(name: str, typed: str) -> bool:
    if typed.lower() not in ("true", "false"):
        raise ScenarioError("is neither true nor false", field=name, value=typed, remedy="Write true or false.")
    return typed.lower() == "true"
