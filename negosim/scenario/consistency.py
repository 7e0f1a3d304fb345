"""What must hold between the parts of a scenario: names exist and are unique, and voices stay weights."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence

from negosim.common.errors import ScenarioError, nearest
from negosim.scenario.parameters import Calendar, Edge, Issue, Talks, Threat
from negosim.scenario.people import Delegation, voices
from negosim.scenario.trade import Trade

ROUNDING = -1e-12
"""A voice's weight may fall below 0 by rounding, no more."""

ROUNDING_UP = 1e-9
"""Shares may sum to more than 1 by rounding, no more."""


MOST_CHANGES = 100_000
"""Pairs of levels of two issues that the frontier of linked discrete issues may be searched through: some ten seconds of work."""

THE_OTHERS_ALONE = {
    "sender": {"trust_slip": "only the sender pauses threats here, so only the target learns from a pause"},
    "target": {
        "unpredictability": "only the sender holds threats here that it may carry out or not",
        "volatility": "only the sender announces tariff levels here",
    },
}
"""Parameters that a side cannot use unless the target holds a threat, and why: they must keep their defaults."""


def useless(side: str, threats: Sequence[Threat]) -> Mapping[str, str]:
    """Return the parameters of a side that would change nothing beside these threats, and why."""
    return {} if any(threat.holder == "target" for threat in threats) else THE_OTHERS_ALONE[side]


def check_names(issues: Sequence[Issue], edges: Sequence[Edge], threats: Sequence[Threat]) -> None:
    """ScenarioError for duplicate issues, edges or threats, for edges and threats about no issue, and threats that cannot be."""
    names = [issue.name for issue in issues]
    _unique(names, "issues")
    _unique(("--".join(sorted(edge.between)) for edge in edges), "linkage")
    _unique((t.key for t in threats), "threats", "A threat without a name bears that of its issue: name one, or leave it out.")
    _held_once(threats)
    for edge in edges:
        for end in edge.between:
            _known(end, names, f"linkage.{edge.name}.between")
        if edge.between[0] == edge.between[1]:
            raise ScenarioError(
                "links an issue to itself", field=f"linkage.{edge.name}.between", remedy="Name two issues."
            )
    known = {issue.name: issue for issue in issues}
    for threat in threats:
        _known(threat.issue, names, f"threats.{threat.key}.issue")
        if threat.holder == "sender":
            known[threat.issue].require_between_the_ends(f"threats.{threat.key}.rate", threat.rate)
        elif threat.rate < 0.0:
            remedy = "A threat of the target is an extra tariff, of 0 % at least."
            raise ScenarioError("is below 0", field=f"threats.{threat.key}.rate", value=threat.rate, remedy=remedy)


def _held_once(threats: Sequence[Threat]) -> None:
    """ScenarioError for a side that holds two threats about one issue."""
    held: dict[tuple[str, str], Threat] = {}
    for threat in threats:
        first = held.setdefault((threat.holder, threat.issue), threat)
        if first is not threat:
            raise ScenarioError(
                f"is the issue of threats.{first.key} too, and the {threat.holder} holds both",
                field=f"threats.{threat.key}.issue", value=threat.issue,
                remedy="Leave one of them out, or name another issue: each side holds at most one threat an issue.",
            )


def check_levels(issues: Sequence[Issue], edges: Sequence[Edge], delegations: Iterable[Delegation]) -> None:
    """ScenarioError for linked discrete issues of so many levels that their frontier would take minutes or hours to search."""
    levels = [issue.levels or 0 for issue in issues]
    is_searched = all(levels) and bool(edges) and any(delegation.linkage > 0.0 for delegation in delegations)
    changes = sum(one * other for one, other in itertools.combinations(levels, 2))
    if is_searched and changes > MOST_CHANGES:
        most = issues[levels.index(max(levels))]
        raise ScenarioError(
            f"makes {changes:,} pairs of levels of linked issues, and {MOST_CHANGES:,} can be searched",
            field=f"issues.{most.name}.levels",
            value=most.levels,
            remedy="Take fewer levels, leave the levels of one issue out, or set the linkage of both sides to 0.",
        )


def check_calendar(calendar: Calendar, talks: Talks) -> None:
    """ScenarioError for rounds that would come after the last day that a date can have."""
    days = (talks.rounds + talks.extension_rounds) * calendar.days_per_round
    if days > (datetime.date.max - calendar.first_round).days:
        raise ScenarioError(
            "leaves no dates for all rounds: the calendar ends with the year 9999",
            field="calendar.first_round", value=calendar.first_round, remedy="Begin earlier, or take fewer rounds.",
        )


def check_delegation(side: str, delegation: Delegation, issues: Sequence[Issue], threats: Sequence[Threat]) -> None:
    """ScenarioError for duplicate people, portfolios and saliences about an unknown issue, and what would change nothing."""
    names = [issue.name for issue in issues]
    _unique((member.name for member in delegation.negotiators), f"{side}.negotiators")
    _unique((member.name for member in delegation.ratifiers), f"{side}.ratifiers")
    _salience(delegation.principal.salience, names, f"{side}.principal.salience")
    for ratifier in delegation.ratifiers:
        _salience(ratifier.salience, names, f"{side}.ratifiers.{ratifier.name}.salience")
    for member in delegation.negotiators:
        field = f"{side}.negotiators.{member.name}"
        if member.salience is not None:
            _salience(member.salience, names, f"{field}.salience")
        _unique(member.portfolio, f"{field}.portfolio")
        for issue in member.portfolio:
            _known(issue, names, f"{field}.portfolio")
    _voices(side, delegation, names)
    for name, reason in useless(side, threats).items():
        if getattr(delegation, name) != Delegation.model_fields[name].default:
            raise ScenarioError(
                f"would change nothing: {reason}",
                field=f"{side}.{name}",
                value=getattr(delegation, name),
                remedy=f"Leave it out, set {'target' if side == 'sender' else 'sender'}.{name}, or give the target a threat.",
            )


def check_trade(trade: Trade, issues: Sequence[Issue], threats: Sequence[Threat]) -> None:
    """ScenarioError for countries that are not there, flows that are missing, and tariffs and countermeasures that are none."""
    countries = [country.name for country in trade.countries]
    _unique(countries, "trade.countries")
    for side in ("sender", "target"):
        _country(getattr(trade, side), countries, f"trade.{side}")
    if trade.sender == trade.target:
        raise ScenarioError("is the sender's country", field="trade.target", value=trade.target, remedy="Name two countries.")
    _unique((flow.name for flow in trade.flows), "trade.flows")
    for flow in trade.flows:
        _country(flow.seller, countries, f"trade.flows.{flow.name}.seller")
        _country(flow.buyer, countries, f"trade.flows.{flow.name}.buyer")
    known = {(flow.seller, flow.buyer) for flow in trade.flows}
    for seller in countries:
        for buyer in countries:
            if (seller, buyer) not in known:
                remedy = "Every country needs a flow to every country, its own trade included."
                raise ScenarioError(f"lacks {seller}-to-{buyer}", field="trade.flows", remedy=remedy)
    _tariffs(trade, {issue.name: issue for issue in issues})
    _countermeasures(trade, threats)


def _tariffs(trade: Trade, issues: Mapping[str, Issue]) -> None:
    """ScenarioError for tariffs on what is no issue in per cent, that can be negative, or that cover too much."""
    _unique((tariff.issue for tariff in trade.tariffs), "trade.tariffs")
    for tariff in trade.tariffs:
        field = f"trade.tariffs.{tariff.issue}.issue"
        _known(tariff.issue, list(issues), field)
        issue = issues[tariff.issue]
        if issue.unit != "%":
            raise ScenarioError(f"is in {issue.unit}, not in %", field=field, value=tariff.issue, remedy="Name a tariff.")
        if (lowest := min(issue.target_end, issue.sender_end)) < 0.0:
            raise ScenarioError(f"can be {lowest:g} %", field=field, value=tariff.issue, remedy="A tariff must be at least 0 %.")
    _covering([tariff.share for tariff in trade.tariffs], "trade.tariffs")
    before = sum(tariff.share * tariff.base for tariff in trade.tariffs)
    if before > trade.base_tariff + ROUNDING_UP:
        raise ScenarioError(
            f"is less than the {before:.3g} % that the tariffs' own share x base come to",
            field="trade.base_tariff",
            value=trade.base_tariff,
            remedy="Raise it, or lower trade.tariffs.<issue>.base.",
        )


def _countermeasures(trade: Trade, threats: Sequence[Threat]) -> None:
    """ScenarioError for countermeasures that are not threats of the target, or that cover too much."""
    _unique((measure.threat for measure in trade.countermeasures), "trade.countermeasures")
    held = [threat.key for threat in threats if threat.holder == "target"]
    for measure in trade.countermeasures:
        if measure.threat not in held:
            remedy = nearest(measure.threat, held) if held else 'Add it to the threats, with holder = "target".'
            field = f"trade.countermeasures.{measure.threat}.threat"
            raise ScenarioError("is no threat of the target", field=field, value=measure.threat, remedy=remedy)
    _covering([measure.share for measure in trade.countermeasures], "trade.countermeasures")


def _covering(shares: Sequence[float], field: str) -> None:
    """ScenarioError for tariffs that are levied on more than all exports."""
    covered = sum(shares)
    if covered > 1.0 + ROUNDING_UP:
        raise ScenarioError(f"cover {covered:.3g} of the exports", field=field, remedy="Shares must sum to 1 at most.")


def _voices(side: str, delegation: Delegation, names: Sequence[str]) -> None:
    """ScenarioError when voices spread to the full would give an issue a negative weight."""
    for member, voice in zip(delegation.negotiators, voices(delegation, names, 1.0), strict=True):
        least = min(voice)
        if least < ROUNDING:
            issue = names[voice.index(least)]
            raise ScenarioError(
                f"makes the voice of {member.name} weigh {issue} at {least:.3g} at ambiguous_voices = 1",
                field=f"{side}.negotiators.{member.name}.salience",
                remedy=f"Raise the weight of {issue} here, or in {side}.principal.salience.",
            )


def _salience(salience: Mapping[str, float], names: Sequence[str], field: str) -> None:
    for issue in salience:
        if issue not in names:
            raise ScenarioError(
                "is no issue of this scenario", field=f"{field}.{issue}", remedy=nearest(issue, names)
            )


def _country(name: str, countries: Sequence[str], field: str) -> None:
    if name not in countries:
        raise ScenarioError("is no country of this scenario", field=field, value=name, remedy=nearest(name, countries))


def _known(issue: str, names: Sequence[str], field: str) -> None:
    if issue not in names:
        raise ScenarioError(
            "is no issue of this scenario", field=field, value=issue, remedy=nearest(issue, names)
        )


def _unique(names: Iterable[str], field: str, remedy: str = "Each name may stand there once.") -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ScenarioError(f'has "{name}" twice', field=field, remedy=remedy)
        seen.add(name)
