"""Another course of a run from a point on: what may change, and what is carried over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim.common.errors import ScenarioError
from negosim.common.vocabulary import Side
from negosim.engine.run import Run
from negosim.rules.opening import hold_dear
from negosim.rules.records import Talks

FIXED = re.compile(
    r"name|issues(\.[^.]+\.(name|unit|target_end|sender_end))?|threats(\.[^.]+\.issue)?"
    r"|(sender|target)\.(principal|negotiators|ratifiers)(\.[^.]+)?(\.name)?"
)
"""Dotted names of what the talks are about and who takes part, which a fork keeps."""

ROUNDING = 1e-12
"""Widths of a support that differ by no more are the same."""

CUTS_THE_AGENDA = ("talks.agenda", "talks.linkage_threshold", "linkage.")


def refuse_other_talks(run: Run, changes: Mapping[str, Any]) -> None:
    """Raise ScenarioError for changes after the end, and for those that make other talks of these."""
    for name, value in changes.items():
        if FIXED.fullmatch(name):
            problem = "cannot be changed in a fork, which keeps the people, the threats and the ends of the issues"
            remedy = "Start anew instead: Negotiation(scenario.vary(...), seed)."
            raise ScenarioError(problem, field=name, value=value, remedy=remedy)
        if any(name == f"{side.label}.strategy" for side in run.own_strategies):
            remedy = "Start anew without strategies=: Negotiation(scenario.vary(...), seed)."
            problem = "cannot be changed in a fork: the side plays a strategy of the user's own"
            raise ScenarioError(problem, field=name, value=value, remedy=remedy)
        if run.outcome is not None:
            remedy = "Fork before the end: make the model again and step() to the round you want."
            raise ScenarioError("comes too late: the talks have ended", field=name, value=value, remedy=remedy)


def carry_on(run: Run, other: Run, changes: Mapping[str, Any]) -> None:
    """Let ``other``, just opened with the same luck, go on from where a run stands, but for what the changes set anew.

    Raises ScenarioError for changes that cut the agenda anew once a part is settled, or put the deadline into the past.
    """
    flows = bool(run.game.world[0]["flows"] and other.game.world[0]["flows"])
    other.talks, other.outcome = _carried_on(run.talks, run.opened(), other.talks, flows), run.outcome
    if not changes:
        return
    _refuse_another_agenda(run, other, changes)
    other.talks.public[0]["deadline"] = _deadline(run, other, changes)
    for own in (*other.talks.owns, *other.talks.images):
        hold_dear(other.game, own)


def _refuse_another_agenda(run: Run, other: Run, changes: Mapping[str, Any]) -> None:
    """Raise ScenarioError where the agenda would be cut anew although parts of it are settled."""
    settled = int(run.talks.public[0]["part"])
    if settled == 0 or np.array_equal(run.game.part_of_issue, other.game.part_of_issue):
        return
    name = next((name for name in changes if name.startswith(CUTS_THE_AGENDA)), next(iter(changes)))
    problem = f"would cut the agenda anew, of which parts are settled (the first {settled})"
    remedy = "Fork before the first part is settled, or leave the agenda and the linkage as they are."
    raise ScenarioError(problem, field=name, value=changes[name], remedy=remedy)


def _deadline(run: Run, other: Run, changes: Mapping[str, Any]) -> int:
    """Return the round of the deadline in force in a fork; ScenarioError if that is over or was moved already."""
    world, extended = other.game.world[0], bool(run.talks.public[0]["extended"])
    if extended and world["rounds"] != run.game.world[0]["rounds"]:
        name = "talks.rounds" if "talks.rounds" in changes else "talks.protocol"
        remedy = "Set talks.extension_rounds, by which it was moved."
        raise ScenarioError("comes too late: the deadline has been moved", field=name, value=changes[name], remedy=remedy)
    deadline = int(world["rounds"] + (world["extension_rounds"] if extended else 0))
    if deadline <= run.round:
        name = "talks.extension_rounds" if extended else "talks.rounds"
        name = name if name in changes else "talks.protocol"
        least = run.round + 1 - (int(world["rounds"]) if extended else 0)
        remedy = f"Fork earlier, or make {'talks.extension_rounds' if extended else 'talks.rounds'} {least} or more."
        problem = f"puts the deadline into the past: {run.round} rounds have been played"
        raise ScenarioError(problem, field=name, value=changes[name], remedy=remedy)
    return deadline


def _carried_on(mine: Talks, before: Talks, after: Talks, flows: bool) -> Talks:
    """Return a state of the talks as it is, ``mine``, but where they would have opened otherwise, as they would have opened.

    ``before`` and ``after`` are openings with the same luck, before and after the changes; ``flows`` says that payoffs are.
    """
    merged: dict[str, Any] = {}
    for name in Talks._fields:
        present, old, new = (getattr(talks, name) for talks in (mine, before, after))
        if name == "beliefs":
            merged[name] = np.stack([_belief(side, mine, before, after, flows) for side in Side])
        elif new.shape != old.shape:  # scratch of a belief with more or fewer cells
            merged[name] = new
        elif new.dtype.names:
            merged[name] = present.copy()
            for field in new.dtype.names:
                merged[name][field] = _chosen(present[field], old[field], new[field])
        elif name == "homes":  # both ends of a support belong together
            merged[name] = np.where(_same(old, new).all(axis=1, keepdims=True), present, new)
        else:
            merged[name] = _chosen(present, old, new)
    public = merged["public"]
    if public[0]["round"] > 0:  # the highest stress so far is a thing of the past
        public["peak_stress"] = np.maximum(mine.public["peak_stress"], public["stress"])
    return Talks(**merged)


def _same(old: NDArray[Any], new: NDArray[Any]) -> NDArray[np.bool_]:
    return (old == new) | ((old != old) & (new != new))


def _chosen(present: NDArray[Any], old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
    return np.where(_same(old, new), present, new)


def _belief(side: Side, mine: Talks, before: Talks, after: Talks, flows: bool) -> NDArray[np.float64]:
    """Return a side's belief as it is, or the prior where the changes made that another one.

    With flows nearly every change moves what no deal pays, and with it the support: its cells are the same types as before.
    """
    old, new, belief = before.owns[side], after.owns[side], after.beliefs[side].copy()
    place = slice(0, int(new["other_voices"])), slice(0, int(new["believed_cells"]) + 1)
    kind, ends = ["believed_cells", "believed_tilt"], ["believed_low", "believed_high"]
    old_width, new_width = (float(own["believed_high"] - own["believed_low"]) for own in (old, new))
    same = old[ends] == new[ends] or (flows and abs(new_width - old_width) <= ROUNDING)
    if same and old[kind] == new[kind] and np.array_equal(before.beliefs[side][place], belief[place]):
        belief[place] = mine.beliefs[side][place]
    return belief
