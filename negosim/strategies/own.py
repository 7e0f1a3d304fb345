"""Strategies that a user writes: two plain Python functions, compiled and played in place of what a scenario names.

`docs/strategies.md` says what such functions are given and what they return. Nothing is registered: a strategy is a value,
handed to `Negotiation` or `simulate`. Scenario files name the strategies that come with the package, and never hold code.
"""

from __future__ import annotations

import dis
import inspect
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numba
from numba import types

from negosim.common.errors import nearest
from negosim.common.text import listed
from negosim.common.vocabulary import Response, Side
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import Strategy
from negosim.strategies.writes import CANNOT, arrays_written, written

Own = Mapping[Any, Strategy]
"""Strategies of the user's own, by Side or by the side's name."""

GIVEN = ("own", "other", "public", "belief", "homes")
TAKES = {"propose": (*GIVEN, "menu", "outlook", "noise"), "respond": (*GIVEN, "offer", "outlook")}
"""What each of the two functions takes, in this order."""

RETURNS = {
    "propose": "a number, the own utility demanded",
    "respond": "Response.ACCEPT, Response.REFUSE or Response.WALK_OUT",
}
"""What each returns."""

LAST_RESPONSE = max(map(int, Response))

KEEPS_NOTHING = "A strategy reads what it is given and keeps nothing from round to round: use a name of its own."

GENERATORS = ("random", "numpy.random.mtrand")
"""The modules of Python's and NumPy's global generators, from which ``from random import uniform`` brings a method."""


class StrategyError(ValueError):
    """A user's strategy cannot be played: the message names the function, what is wrong, and the remedy."""


def strategy(propose: Callable[..., Any], respond: Callable[..., Any]) -> Strategy:
    """Return a strategy made of two plain Python functions, compiled; StrategyError for functions that cannot be one.

    propose(own, other, public, belief, homes, menu, outlook, noise) -> the own utility demanded, in [0, 1]
    respond(own, other, public, belief, homes, offer, outlook) -> a Response

    They must be what Numba compiles: numbers, comparisons, loops, NumPy. Helpers need the decorator ``numba.njit``.

    >>> def propose(own, other, public, belief, homes, menu, outlook, noise):
    ...     return max(own.reservation, 1.0 - 0.1 * public.round)
    >>> def respond(own, other, public, belief, homes, offer):
    ...     return 1
    >>> strategy(propose, respond)
    Traceback (most recent call last):
    negosim.strategies.own.StrategyError: respond takes (own, other, public, belief, homes, offer). Write def \
respond(own, other, public, belief, homes, offer, outlook):
    """
    for role, function in (("propose", propose), ("respond", respond)):
        _check_form(role, function)
    return Strategy(_compiled("propose", propose), _compiled("respond", respond))


def by_side(own: Own) -> dict[Side, Strategy]:
    """Return the user's strategies by Side, whether they were given so or by the side's name; errors as ``strategies_of``."""
    if not isinstance(own, Mapping):
        raise TypeError('strategies is no dictionary. Write strategies={"target": ns.strategy(propose, respond)}, say.')
    names, given = [side.label for side in Side], {}
    for key, chosen in own.items():
        if key not in (*Side, *names):
            raise ValueError(f"strategies[{key!r}] is of no side. {nearest(str(key), names)}")
        side = Side[key.upper()] if isinstance(key, str) else Side(key)
        if not isinstance(chosen, Strategy):
            remedy = "Write ns.strategy(propose, respond); a strategy that comes with the package is named in the scenario."
            raise TypeError(f"strategies[{key!r}] = {str(chosen)[:40]!r} is no strategy. {remedy}")
        given[side] = chosen
    return given


def _check_form(role: str, function: Callable[..., Any]) -> None:
    """Raise StrategyError for what is no plain function, takes something else, or writes into what it is given."""
    asked = f"Write def {role}({', '.join(TAKES[role])}):"
    if not inspect.isfunction(function):
        raise StrategyError(f"{role} = {str(function)[:40]!r} is no plain Python function. {asked}")
    parameters = inspect.signature(function).parameters.values()
    taken = tuple(str(each.replace(annotation=inspect.Parameter.empty)) for each in parameters)
    if taken != TAKES[role]:
        raise StrategyError(f"{role} takes ({', '.join(taken)}). {asked}")
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        raise StrategyError(f"{role} yields or awaits. It must return {RETURNS[role]}.")
    _check_reach(role, function)
    if _draws_luck(function):
        remedy = f"Take {'noise or ' if role == 'propose' else ''}own.luck, which {role} is given."
        raise StrategyError(f"{role} draws luck of its own, with which no run could be played again. {remedy}")


def _check_reach(role: str, function: Callable[..., Any]) -> None:
    """Raise StrategyError for a function that writes outside itself, imports, or reads what no compiler takes from outside."""
    outside: dict[str, Any] = dict(inspect.getclosurevars(function).nonlocals)
    for step in dis.get_instructions(function):
        name = str(step.argval)
        if step.opname == "STORE_ATTR":
            raise StrategyError(f"{role} sets .{name} of a record. {KEEPS_NOTHING}")
        if step.opname == "STORE_GLOBAL" or (step.opname == "STORE_DEREF" and name in outside):
            raise StrategyError(f"{role} changes {name}, which stands outside it. {KEEPS_NOTHING}")
        if step.opname == "IMPORT_NAME":
            remedy = "Import it above the function; math, NumPy and negosim.rules can be used."
            raise StrategyError(f"{role} imports {name}. {remedy}")
        if step.opname == "LOAD_GLOBAL" and name in function.__globals__:
            outside[name] = function.__globals__[name]
    for name, value in outside.items():
        if isinstance(value, list | dict | set):
            remedy = f"Write {name} = numpy.array({name}) above it." if isinstance(value, list) else "Read numbers or an array."
            raise StrategyError(f"{role} reads {name}, a {type(value).__name__}, which cannot be compiled. {remedy}")
        if inspect.isfunction(value) and value.__module__ == function.__module__:
            raise StrategyError(f"{role} calls {name}, a plain function. Write @numba.njit above def {name}.")


def _draws_luck(function: Callable[..., Any]) -> bool:
    """Whether a function names the generators of Python or NumPy, which know nothing of a run's seed."""
    names = function.__code__.co_names
    owners = [getattr(function.__globals__.get(name), "__self__", None) for name in names]
    return "random" in names or any(type(owner).__module__ in GENERATORS for owner in owners)


def _compiled(role: str, function: Callable[..., Any]) -> Any:
    """Compile a function, once it is found to write into nothing that it is given, with a watch on the values it returns."""
    signature = PROPOSE if role == "propose" else RESPOND
    where = "" if function.__name__ == role else f" The function is {function.__name__}."
    try:
        compiled = _checked(signature.args)(function)
    except CANNOT as error:
        if arrays := arrays_written(function, TAKES[role], signature.args):
            remedy = f"Change a copy instead, such as mine = {arrays[0]}.copy()."
            raise StrategyError(f"{role} writes into {listed(arrays)}, which it may only read. {remedy}{where}") from None
        raise StrategyError(f"{role} cannot be compiled: {_in_a_sentence(error)} See docs/strategies.md.") from None
    if target := written(compiled):
        remedy = "Change a copy instead, such as mine = menu.copy()." if "array" in target else KEEPS_NOTHING
        raise StrategyError(f"{role} writes into {target}, which it may only read. {remedy}{where}")
    (found,) = compiled.nopython_signatures
    if not _may_return(role, found.return_type):
        nothing = isinstance(found.return_type, types.NoneType | types.Optional)
        shown = "nothing in some case" if nothing else str(found.return_type)[:40]
        raise StrategyError(f"{role} returns {shown}. It must return {RETURNS[role]}.")
    if found.return_type != signature.return_type:
        compiled = _checked(signature)(function)
    return rule(signature)((_watched_demand if role == "propose" else _watched_answer)(compiled, where))


def _checked(signature: Any) -> Any:
    """Return what compiles a user's function as a rule is, but for an index beyond an array, which raises IndexError."""
    return numba.njit(signature, nogil=True, error_model="numpy", boundscheck=True)


def _watched_demand(propose: Any, where: str) -> Callable[..., float]:
    """Return the function with an error for a demand that is not a number, or that a side can neither have nor want."""
    nan, infinite = (
        f"propose returned {value}. It must return a number, the own utility demanded.{where}" for value in ("nan", "infinity")
    )
    beyond = (
        "propose demanded less than 0 or more than 1. Return min(1.0, max(0.0, demand)); only own.ended, own.reservation, "
        f"own.committed_demand and noise may lead beyond.{where}"
    )

    def watched(own, other, public, belief, homes, menu, outlook, noise):  # type: ignore[no-untyped-def]
        demand = propose(own, other, public, belief, homes, menu, outlook, noise)
        if math.isnan(demand):
            raise ValueError(nan)
        if math.isinf(demand):
            raise ValueError(infinite)
        spread = abs(noise) + TOLERANCE
        if demand < min(0.0, own.ended) - spread or demand > max(1.0, own.reservation, own.committed_demand) + spread:
            raise ValueError(beyond)
        return demand

    return watched


def _watched_answer(respond: Any, where: str) -> Callable[..., int]:
    """Return the function with an error for an answer that there is not."""
    no_response = f"respond returned no Response. It must return Response.ACCEPT, .REFUSE or .WALK_OUT.{where}"

    def watched(own, other, public, belief, homes, offer, outlook):  # type: ignore[no-untyped-def]
        answer = respond(own, other, public, belief, homes, offer, outlook)
        if answer < 0 or answer > LAST_RESPONSE:
            raise ValueError(no_response)
        return answer

    return watched


def _may_return(role: str, found: Any) -> bool:
    if role == "propose":
        return isinstance(found, types.Float | types.Integer)
    return isinstance(found, types.Integer | types.Boolean | types.IntEnumMember)


def _in_a_sentence(error: Exception) -> str:
    """Return what a compiler's message is about: the first line that says it, and the line of the function."""
    if isinstance(error, KeyError):
        return f"it reads .{error.args[0]}, which no record has."
    text = re.sub(r"Record\(.*?\], \d+, \w+\)", "a record", str(error), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Failed in nopython")]
    place = re.search(r'File ".*", line (\d+)', text)
    said = lines[0].split(". Raised")[0].rstrip(".") if lines else type(error).__name__
    return f"{said}{f' (line {place[1]} of its file)' if place else ''}."
