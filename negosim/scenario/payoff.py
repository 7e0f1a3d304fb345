"""Which numbers each form of payoff reads, and what it needs: lumps at the end, or flows while a state of the world lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from negosim.common.errors import ScenarioError
from negosim.scenario.parameters import Issue, Part, Talks, Threat
from negosim.scenario.people import Delegation
from negosim.scenario.trade import Trade

ONLY = {
    "lumps": {
        "flow_discount": "a settlement that is kept is discounted as everything else is",
        "disagreement": "what no deal pays follows from the status quo, from stress and from threats",
        "tariff_pain": "a tariff in force costs as much in a round of talks as in any other",
        "damage": "what a threat costs follows from what it takes in each round while it is in force",
    },
    "flows": dict.fromkeys(
        (
            "horizon", "resumption", "sunk", "inside_option", "sender_cost", "target_cost", "sender_worth", "target_worth",
            "pass_through",
        ),
        "an ending pays a lump",
    ),
}
"""The numbers that one form of payoff alone reads, and why the other does not."""

BIDS = {"protocol": "double-auction", "strategy": "shaded-bid"}
"""Bids are worked out against what a single trade pays, and not against flows."""


def unread(form: str) -> Mapping[str, str]:
    """Return the last names of the numbers that this form of payoff does not read, and why."""
    return ONLY["lumps" if form == "flows" else "flows"]


def check_payoff(
    talks: Talks, issues: Sequence[Issue], sides: Mapping[str, Delegation], threats: Sequence[Threat], trade: Trade | None
) -> None:
    """ScenarioError for numbers that the form of payoff does not read, and for those that it needs and lacks."""
    for field, part in _parts(talks, issues, sides, threats, trade):
        _refuse_unread(part, field, talks.payoff)
    if talks.payoff == "lumps":
        for threat in threats:
            if threat.damage is None:
                remedy = 'Say what it costs the other side in an ending without a deal, or set talks.payoff = "flows".'
                raise ScenarioError("is missing", field=f"threats.{threat.key}.damage", remedy=remedy)
        return
    for side, delegation in sides.items():
        if delegation.discount == 1.0 and talks.horizon is None:
            remedy = f"Set talks.horizon, or {side}.discount below 1: without either no single round has any weight."
            raise ScenarioError("is 1 without a horizon", field=f"{side}.discount", value=delegation.discount, remedy=remedy)
        if delegation.strategy == BIDS["strategy"]:
            _refuse_bids(f"{side}.strategy", delegation.strategy)
    if talks.protocol == BIDS["protocol"]:
        _refuse_bids("talks.protocol", talks.protocol)
    for threat in threats:
        _costs(threat, trade)
        _can_teach(threat, sides)


def _parts(
    talks: Talks, issues: Sequence[Issue], sides: Mapping[str, Delegation], threats: Sequence[Threat], trade: Trade | None
) -> Iterator[tuple[str, Part]]:
    yield "talks", talks
    yield from ((f"issues.{issue.name}", issue) for issue in issues)
    yield from sides.items()
    yield from ((f"threats.{threat.key}", threat) for threat in threats)
    if trade is not None:
        yield "trade", trade


def _refuse_unread(part: Part, field: str, form: str) -> None:
    """ScenarioError for the first number of a part that is set although only the other form of payoff reads it."""
    other = "lumps" if form == "flows" else "flows"
    for name, reason in unread(form).items():
        declared = type(part).model_fields.get(name)
        if declared is not None and (value := getattr(part, name)) != declared.default:
            raise ScenarioError(
                f'is read only where talks.payoff = "{other}": with {form} {reason}', field=f"{field}.{name}", value=value,
                remedy=f'Leave it out, or set talks.payoff = "{other}".',
            )


def _refuse_bids(field: str, value: Any) -> None:
    remedy = 'Take another one, or set talks.payoff = "lumps".'
    raise ScenarioError("makes bids, which are not worked out for flows", field=field, value=value, remedy=remedy)


def _can_teach(threat: Threat, sides: Mapping[str, Delegation]) -> None:
    """ScenarioError where a pause that is kept would not speak for its holder: a reliable one would break it as often."""
    believer = "target" if threat.holder == "sender" else "sender"
    slip, breaks = sides[believer].trust_slip, threat.early_execution * (1.0 - 0.5 * sides[threat.holder].unpredictability)
    if threat.pausable and slip > 0.0 and breaks <= slip:
        raise ScenarioError(
            f"has a reliable side break a pause at least as often as an unreliable one, which does so in {breaks:.3g} of rounds",
            field=f"{believer}.trust_slip", value=slip,
            remedy=f"Set it below that, or raise threats.{threat.key}.early_execution.",
        )


def _costs(threat: Threat, trade: Trade | None) -> None:
    """ScenarioError where it is not known what a threat takes from a side while it is in force."""
    levied, place = threat.issue, "its issue one of trade.tariffs"
    tariffs = [] if trade is None else [tariff.issue for tariff in trade.tariffs]
    if threat.holder == "target":
        levied, place = threat.key, "the threat one of trade.countermeasures"
        tariffs = [] if trade is None else [measure.threat for measure in trade.countermeasures]
    for side in ("sender", "target"):
        if getattr(threat, f"{side}_cost") is None and (levied not in tariffs or getattr(trade, f"{side}_worth") is None):
            raise ScenarioError(
                "is missing", field=f"threats.{threat.key}.{side}_cost",
                remedy=f"Give it, or have it worked out: give trade.{side}_worth, and make {place}.",
            )
