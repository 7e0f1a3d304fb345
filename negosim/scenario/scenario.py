"""A scenario: one case of the game, named and sourced; loaded, varied by dotted name, and saved."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, NoReturn

from pydantic import Field, ValidationError, model_validator

from negosim.common import display
from negosim.common.errors import ScenarioError
from negosim.common.paths import local
from negosim.common.plain import is_finite, without_numpy
from negosim.common.vocabulary import Side
from negosim.scenario import consistency, dotted_names, files, payoff
from negosim.scenario.diagnosis import explain, raw_key
from negosim.scenario.parameters import Calendar, Edge, Issue, Line, Markets, Part, Security, Slug, Talks, Text, Threat, choice
from negosim.scenario.people import Delegation
from negosim.scenario.provenance import Note, check_places, check_ranges, default_note, missing_notes, separate
from negosim.scenario.salience import Salience
from negosim.scenario.schema import scenario_schema
from negosim.scenario.toml import Inline, toml_text
from negosim.scenario.trade import Trade


class Scenario(Part):
    """One case of the game, frozen. Get one with `Scenario.load`, change it with `vary`.

    >>> pie = Scenario.load("pie")
    >>> pie.vary(**{"talks.rounds": 3}).talks.rounds, pie.talks.rounds
    (3, 10)
    """

    name: Slug = choice(..., "short name")
    title: Line = choice(..., "one line for people")
    summary: Text = choice("", "what the scenario is for")
    kind: Literal["case", "teaching"] = choice(
        ..., "a case has a note beside every number; a teaching one need not"
    )
    calendar: Calendar | None = choice(None, "dates of the rounds; none = rounds without dates")
    talks: Talks = choice(Talks(), "protocol, agenda and clock")
    markets: Markets = choice(Markets(), "market stress")
    security: Security = choice(Security(), "the security guarantee")
    issues: tuple[Issue, ...] = choice(..., "what the talks are about", min_length=1)
    linkage: tuple[Edge, ...] = choice((), "edges of the linkage graph")
    threats: tuple[Threat, ...] = choice((), "tariffs that the sides threaten")
    sender: Delegation = choice(..., "the side that uses threats and uncertainty")
    target: Delegation = choice(..., "the side that receives them")
    trade: Trade | None = choice(None, "trade before the dispute, for welfare; none = welfare is not computed")
    notes: Mapping[str, Note] = Field(
        default_factory=dict, exclude=True, description="provenance by dotted name"
    )

    def __new__(cls, *unnamed: Any, **values: Any) -> Scenario:
        """Refuse a name or a path where ``Scenario.load`` is meant."""
        if unnamed:
            raise TypeError(f"a Scenario is loaded by its name or path. Write Scenario.load({unnamed[0]!r}).")
        return super().__new__(cls)

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Scenario:
        consistency.check_names(self.issues, self.linkage, self.threats)
        for side in Side:
            consistency.check_delegation(side.label, self.delegation(side), self.issues, self.threats)
        consistency.check_levels(self.issues, self.linkage, map(self.delegation, Side))
        if self.calendar is not None:
            consistency.check_calendar(self.calendar, self.talks)
        if self.trade is not None:
            consistency.check_trade(self.trade, self.issues, self.threats)
        sides = {side.label: self.delegation(side) for side in Side}
        payoff.check_payoff(self.talks, self.issues, sides, self.threats, self.trade)
        return self

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Scenario:
        """The scenario with this name, or in this TOML file; ScenarioError when anything is wrong with it."""
        path = files.find(name_or_path)
        return cls.build(files.tree_of(path), file=path.name)

    @classmethod
    def build(cls, tree: Mapping[str, Any], file: str | None = None) -> Scenario:
        """A scenario from tables as a TOML file has them, notes included; ScenarioError if they are wrong."""
        if "notes" in tree:
            raise ScenarioError(
                "is an unknown key",
                file=file,
                field="notes",
                remedy="Write a note beside its number: {value = ...}.",
            )
        values, notes = separate(dict(tree), file=file)
        try:
            scenario = cls.model_validate({**values, "notes": notes})
        except ValidationError as error:
            raise explain(error, cls, values, file=file) from None
        try:
            scenario._check_notes()
        except ScenarioError as error:
            raise error.at(file=file) from None
        return scenario

    @classmethod
    def names(cls) -> list[str]:
        """The names of the scenarios that come with the package."""
        return files.shipped_names()

    def vary(self, changes: Mapping[str, Any] | None = None, **more: Any) -> Scenario:
        """A copy with some values changed, by dotted name, and checked again.

        Varying weights of a salience rescales the others of that salience, so that the sum stays 1; when all
        its positive weights are varied at once, they are divided by their sum. The notes of what was varied
        say so. Unknown names and values out of range raise ScenarioError.
        """
        if changes is not None and not isinstance(changes, Mapping):
            raise TypeError(f'changes = {changes!r} is no dictionary. Write vary({{"sender.ambiguity": 0.2}}), say.')
        wanted = {**(changes or {}), **more}
        if not wanted:
            return self
        plain = {name: _plain(self, name, value) for name, value in wanted.items()}
        paths = {tuple(name.split(".")): value for name, value in plain.items()}
        varied = dotted_names.replaced(self, paths, self)
        assert isinstance(varied, Scenario)
        return varied.model_copy(update={"notes": _varied_notes(self, plain)})

    def get(self, name: str) -> Any:
        """The value with this dotted name; an issue that a salience does not name weighs 0."""
        head, _, last = name.rpartition(".")
        if head.endswith(".salience") and last in {issue.name for issue in self.issues}:
            salience = dotted_names.value_at(self, head)
            if isinstance(salience, Salience):
                return salience.get(last, 0.0)
        return dotted_names.value_at(self, name)

    def note(self, name: str) -> Note | None:
        """The note of a number: its own, its salience's, or its default's; None if it has none."""
        if name in self.notes:
            return self.notes[name]
        head, _, _ = name.rpartition(".")
        if head.endswith(".salience"):
            return self.notes.get(head)
        leaf = next((leaf for leaf in dotted_names.leaves(self) if leaf.name == name), None)
        return default_note(leaf.declared) if leaf is not None and not leaf.is_set else None

    def assumed(self) -> dict[str, tuple[float, float]]:
        """The numbers that are assumed, with the range of each: dotted name -> (low, high).

        A salience gives one entry an issue with a positive weight: the weight times the factors of its range.
        """
        ranges: dict[str, tuple[float, float]] = {}
        for name, note in self.notes.items():
            if note.assumed is None or note.range is None:
                continue
            low, high = note.range
            value = self.get(name)
            if isinstance(value, Salience):
                for issue, weight in value.items():
                    if weight > 0.0:
                        ranges[f"{name}.{issue}"] = (low * weight, min(1.0, high * weight))
            else:
                ranges[name] = (low, high)
        return ranges

    def sweepable(self) -> list[str]:
        """The dotted names of all numbers that `vary` takes, weights of saliences included."""
        names: list[str] = []
        for leaf in dotted_names.leaves(self):
            if isinstance(leaf.value, Salience):
                names += [f"{leaf.name}.{issue.name}" for issue in self.issues]
            elif leaf.sweepable and not leaf.name.endswith(".salience"):
                names.append(leaf.name)
        useless = {f"{side.label}.{name}" for side in Side for name in consistency.useless(side.label, self.threats)}
        unread = payoff.unread(self.talks.payoff)
        return [name for name in names if name not in useless and name.rpartition(".")[2] not in unread]

    def delegation(self, side: Side) -> Delegation:
        """The delegation of a side."""
        return self.sender if side == Side.SENDER else self.target

    def issue(self, name: str) -> Issue:
        """The issue with this name."""
        found = dotted_names.value_at(self, f"issues.{name}")
        assert isinstance(found, Issue)
        return found

    def threat(self, key: str) -> Threat:
        """The threat with this name."""
        found = dotted_names.value_at(self, f"threats.{key}")
        assert isinstance(found, Threat)
        return found

    def unit_of(self, part: Issue | Threat) -> str:
        """The unit of an issue, or of what is threatened: that of its issue, and for a threat of the target per cent."""
        if isinstance(part, Issue):
            return part.unit
        return self.issue(part.issue).unit if part.holder == "sender" else "%"

    def without(self, threat: Threat) -> float:
        """What is in force while a threat is not: the status quo of its issue, and for a threat of the target no extra tariff."""
        return float(self.issue(threat.issue).status_quo) if threat.holder == "sender" else 0.0

    def position(self, issue: str, real: float) -> float:
        """The position x of a real value: 0 at the target's end, 1 at the sender's."""
        return self.issue(issue).position(real)

    def real(self, issue: str, x: float) -> float:
        """The real value at position x."""
        ends = self.issue(issue)
        return ends.target_end + x * (ends.sender_end - ends.target_end)

    @property
    def has_market_stress(self) -> bool:
        """Whether markets can ever be under stress: they are at first, or the threats move them."""
        markets = self.markets
        moved = bool(self.threats) and (markets.level_effect > 0.0 or markets.volatility_effect > 0.0)
        return markets.initial_stress > 0.0 or moved

    def date(self, round_number: int) -> datetime.date | None:
        """The day of a round, from 1; None for a scenario without a calendar."""
        if self.calendar is None:
            return None
        return self.calendar.first_round + datetime.timedelta(
            days=(round_number - 1) * self.calendar.days_per_round
        )

    @cached_property
    def _fingerprint(self) -> str:
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def fingerprint(self) -> str:
        """SHA-256 of all values, defaults included, in canonical JSON; the notes do not count."""
        return self._fingerprint

    def __iter__(self) -> NoReturn:
        """A scenario is one thing: what takes a value or several, such as Mesa's ``batch_run``, must take it for one."""
        raise TypeError("A scenario cannot be iterated over. Its values are in scenario.model_dump(), by name in scenario.get().")

    def __repr__(self) -> str:
        sides = " and ".join(f"{each.short} ({each.strategy})" for each in (self.sender, self.target))
        return f"<Scenario {self.name}: {sides}, {len(self.issues)} issues, {self.talks.rounds} rounds>"

    def _repr_html_(self) -> str:
        return display.html(self)

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return self._fingerprint == other._fingerprint and self.notes == other.notes

    def to_toml(self) -> str:
        """The scenario as the text of a TOML file: what was set, with its notes, but no defaults."""
        values = self.model_dump(exclude_unset=True, exclude_none=True)
        return toml_text(_with_notes(values, self.notes))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the scenario to a TOML file, from which `load` gives it back. ScenarioError when that cannot be done."""
        try:
            local(path).write_text(self.to_toml(), encoding="utf-8", newline="\n")
        except OSError as error:
            remedy = "Choose a folder in which you may write."
            raise ScenarioError(f"cannot be written: {error.strerror}", file=os.fspath(path), remedy=remedy) from None

    @classmethod
    def schema(cls) -> dict[str, Any]:  # type: ignore[override]
        """The JSON schema of a scenario file, for editors and other programs."""
        return scenario_schema(cls)

    def _check_notes(self) -> None:
        leaves = list(dotted_names.leaves(self))
        is_case = self.kind == "case"
        missing = missing_notes(leaves, self.notes) if is_case else []
        if missing:
            others = f" So do {len(missing) - 1} more." if len(missing) > 1 else ""
            raise ScenarioError(
                "needs a note, as every number of a case does",
                field=missing[0],
                value=self.get(missing[0]),
                remedy='Write {value = ..., source = "..."} or '
                '{value = ..., assumed = "reason", range = [low, high]}.' + others,
            )
        check_ranges(leaves, self.notes, need_range=is_case)
        check_places(leaves, self.notes)


def require_loaded(scenario: Scenario) -> None:
    """TypeError for what is no Scenario, such as the name of one."""
    if not isinstance(scenario, Scenario):
        raise TypeError(f"scenario = {scenario!r} is no Scenario. Load one: Scenario.load({str(scenario)!r}), by name or path.")



def _plain(scenario: Scenario, name: str, value: Any) -> Any:
    """A value as Python's own types: from NumPy's, a list as a tuple, a whole float where an int belongs.

    ScenarioError for a whole number that is too large for a float.
    """
    value = without_numpy(value)
    if isinstance(value, int) and not is_finite(value):
        raise ScenarioError("is out of range", field=name, value=value, remedy="Write an ordinary number.")
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, float) and value.is_integer() and isinstance(scenario.get(name), int):
        value = int(value)
    return value


def _varied_notes(scenario: Scenario, changes: Mapping[str, Any]) -> Mapping[str, Note]:
    """The notes after a change: a number that was varied no longer has its source."""
    notes = dict(scenario.notes)
    for name, value in changes.items():
        head, _, last = name.rpartition(".")
        is_weight = head.endswith(".salience")
        key = dotted_names.own_name(scenario, head if is_weight else name)
        if value is None:
            notes.pop(key, None)  # a number that is left out has no note
        elif key in notes or (scenario.kind == "case" and isinstance(value, (int, float, Mapping))):
            what = f"{last} set to {value!r}, the others rescaled" if is_weight else f"set to {value!r}"
            span = _widened(notes.get(key), 1.0 if is_weight or isinstance(value, Mapping) else value)
            notes[key] = Note(assumed=f"varied: {what}", range=span)
    return notes


def _widened(note: Note | None, value: Any) -> tuple[float, float] | None:
    """The range of a note, widened to hold the value; the value alone when there was no range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not is_finite(value):
        return None
    low, high = note.range if note is not None and note.range is not None else (value, value)
    return float(min(low, value)), float(max(high, value))


def _with_notes(values: Any, notes: Mapping[str, Note], name: str = "") -> Any:
    """Values with their notes beside them again, as a file has them."""
    if isinstance(values, tuple) and values and isinstance(values[0], dict):
        return [
            _with_notes(item, notes, f"{name}.{raw_key(item, index)}") for index, item in enumerate(values)
        ]
    if isinstance(values, dict) and not name.endswith(".salience"):
        prefix = f"{name}." if name else ""
        return {key: _with_notes(item, notes, f"{prefix}{key}") for key, item in values.items()}
    note = notes.get(name)
    if note is None:
        return Inline(values) if isinstance(values, dict) else values
    said = note.model_dump(exclude_none=True)
    return {**said, "values": values} if isinstance(values, dict) else Inline({"value": values, **said})
