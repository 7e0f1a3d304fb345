"""Dotted names: how a file, a sweep and a message point at one value of a scenario.

`sender.ambiguity`, `issues.rice.status_quo`, `threats.rice.damage` (a threat by its own name, or that of its issue),
`linkage.cars--rice.weight` (an edge by its issues), `target.ratifiers.farm-lobby.threshold`,
`sender.principal.salience.rice`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from negosim.common.errors import ScenarioError, nearest
from negosim.scenario.diagnosis import explain
from negosim.scenario.salience import Salience, reweighted

MOST_NAMED = 4
"""Names that an error message lists."""


class Leaf(NamedTuple):
    """One value of a scenario: dotted name, value, declaration, and whether it was set or defaulted."""

    name: str
    value: Any
    declared: FieldInfo
    is_set: bool

    @property
    def sweepable(self) -> bool:
        """Whether a sweep may vary it: it is a number, or a salience, or a number left out."""
        extra = self.declared.json_schema_extra
        return isinstance(extra, dict) and bool(extra.get("sweepable"))

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number, or one that may be left out."""
        return self.declared.annotation is int or int in get_args(self.declared.annotation)


def key_of(item: BaseModel) -> str:
    """The name of an item of a list: an edge by its two issues, a threat without a name by its issue, others by name."""
    return str(getattr(item, "name", None) or getattr(item, "issue", ""))


def leaves(model: BaseModel, prefix: str = "") -> Iterator[Leaf]:
    """All values below `model`, in the order of declaration; a salience is one leaf."""
    for field, declared in type(model).model_fields.items():
        if declared.exclude:
            continue
        value = getattr(model, field)
        name = f"{prefix}{field}"
        if isinstance(value, BaseModel):
            yield from leaves(value, f"{name}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for item in value:
                yield from leaves(item, f"{name}.{key_of(item)}.")
        else:
            yield Leaf(name, value, declared, field in model.model_fields_set)


def value_at(model: BaseModel, name: str) -> Any:
    """The value with this dotted name; ScenarioError with the nearest name when there is none."""
    here: Any = model
    for step in name.split("."):
        here = _child(here, step, name, model)
    return here


def own_name(model: BaseModel, name: str) -> str:
    """The dotted name as the model itself has it: an edge may be named by its two issues in either order."""
    here: Any = model
    steps: list[str] = []
    for step in name.split("."):
        above, here = here, _child(here, step, ".".join([*steps, step]), model)
        steps.append(key_of(here) if isinstance(above, tuple) else step)
    return ".".join(steps)


def replaced(model: Any, changes: Mapping[tuple[str, ...], Any], root: BaseModel, prefix: str = "") -> Any:
    """A copy of `model` with the values at these paths (dotted names, split) replaced, and checked again.

    Only the parts on the way to a change are built anew; the others are shared with `model`.
    """
    if isinstance(model, Salience):
        return _reweighted(model, changes, root, prefix)
    groups: dict[str, dict[tuple[str, ...], Any]] = {}
    for path, value in changes.items():
        groups.setdefault(path[0], {})[path[1:]] = value
    if isinstance(model, tuple):
        places = {id(item): place for place, item in enumerate(model)}  # an edge may go by two names
        index = {step: places[id(_child(model, step, f"{prefix}{step}", root))] for step in groups}
        items = list(model)
        for step, group in groups.items():
            items[index[step]] = _changed(items[index[step]], group, root, f"{prefix}{step}")
        return tuple(items)
    if not isinstance(model, BaseModel):
        name = prefix + ".".join(next(iter(changes)))
        raise ScenarioError("is unknown", field=name, remedy=_remedy(name, root))
    values = {field: getattr(model, field) for field in model.model_fields_set}
    for step, group in groups.items():
        child = _child(model, step, f"{prefix}{step}", root)
        values[step] = _changed(child, group, root, f"{prefix}{step}")
    try:
        return type(model).model_validate(values)
    except ValidationError as error:
        raise explain(error, type(model), values, prefix) from None


def _changed(child: Any, group: Mapping[tuple[str, ...], Any], root: BaseModel, name: str) -> Any:
    """The child itself replaced, or replaced in part."""
    if () in group:
        if len(group) > 1:
            raise ScenarioError("is set as a whole and in part", field=name, remedy="Set one of the two.")
        if isinstance(child, BaseModel) or _is_list_of_parts(child):
            raise ScenarioError(
                "is a group of values",
                field=name,
                remedy="Name one value in it, such as " + _example(root, name),
            )
        return group[()]
    return replaced(child, group, root, f"{name}.")


def _child(here: Any, step: str, name: str, root: BaseModel) -> Any:
    """One step down, or the error with the nearest name there is."""
    declared = type(here).model_fields.get(step) if isinstance(here, BaseModel) else None
    if declared is not None and not declared.exclude:
        return getattr(here, step)
    if _is_list_of_parts(here):
        mirrored = "--".join(reversed(step.split("--")))
        for item in here:
            if key_of(item) in (step, mirrored):
                return item
    if isinstance(here, Salience) and step in here:
        return here[step]
    raise ScenarioError("is unknown", field=name, remedy=_remedy(name, root))


def _remedy(name: str, root: BaseModel) -> str:
    """Return a sentence with the names that end so, if a name lacks its group, or else the nearest name.

    >>> from negosim import Scenario
    >>> _remedy("ambiguity", Scenario.load("pie"))
    'Write sender.ambiguity or target.ambiguity.'
    """
    known = list(_names(root))
    whole = [each for each in known if each.endswith(f".{name}")]
    return f"Write {' or '.join(whole)}." if 0 < len(whole) <= MOST_NAMED else nearest(name, known)


def _reweighted(
    salience: Salience, changes: Mapping[tuple[str, ...], Any], root: BaseModel, prefix: str
) -> dict[str, float]:
    """The salience with the weights of some issues set and the others rescaled."""
    given: dict[str, float] = {}
    known = {key_of(issue) for issue in getattr(root, "issues", ())} | set(salience)
    for path, weight in changes.items():
        name = prefix + ".".join(path)
        if len(path) != 1 or path[0] not in known:
            raise ScenarioError("is unknown", field=name, remedy=_remedy(name, root))
        if isinstance(weight, bool) or not isinstance(weight, (int, float)):
            raise ScenarioError("must be a number", field=name, value=weight, remedy="Write 0.2, say.")
        given[path[0]] = float(weight)
    try:
        return reweighted(salience, given)
    except ScenarioError as error:
        raise error.at(field=prefix.rstrip(".")) from None


def _is_list_of_parts(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)


def _names(root: BaseModel) -> Iterable[str]:
    """All dotted names below `root`, those of the weights included."""
    for leaf in leaves(root):
        yield leaf.name
        if isinstance(leaf.value, Salience):
            yield from (f"{leaf.name}.{issue}" for issue in leaf.value)


def _example(root: BaseModel, name: str) -> str:
    """The first name below a group, with the full stop of the sentence."""
    return next((known for known in _names(root) if known.startswith(f"{name}.")), name) + "."
