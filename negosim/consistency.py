"""What must hold between the parts of a scenario: names exist and are unique, and voices stay weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from negosim.parameters import Delegation, Edge, Issue, Threat
from negosim.scenario_error import ScenarioError, nearest
from negosim.voices import voices

ROUNDING = -1e-12
"""A voice's weight may fall below 0 by rounding, no more."""


THE_OTHERS_ALONE = {
    "sender": {"trust_slip": "only the sender pauses threats, so only the target learns from a pause"},
    "target": {
        "unpredictability": "only the sender holds threats that it may carry out or not",
        "volatility": "only the sender announces tariff levels",
    },
}
"""Parameters that a side has by symmetry and cannot use, and why: they must keep their defaults."""

HOLDER = {name: "target" if side == "sender" else "sender" for side, names in THE_OTHERS_ALONE.items() for name in names}
"""The side that alone can use a parameter."""


def check_names(issues: Sequence[Issue], edges: Sequence[Edge], threats: Sequence[Threat]) -> None:
    """ScenarioError for duplicate issues, edges or threats, and for edges and threats about no issue."""
    names = [issue.name for issue in issues]
    _unique(names, "issues")
    _unique(("--".join(sorted(edge.between)) for edge in edges), "linkage")
    _unique((threat.issue for threat in threats), "threats")
    for edge in edges:
        for end in edge.between:
            _known(end, names, f"linkage.{edge.name}.between")
        if edge.between[0] == edge.between[1]:
            raise ScenarioError(
                "links an issue to itself", field=f"linkage.{edge.name}.between", remedy="Name two issues."
            )
    for threat in threats:
        _known(threat.issue, names, f"threats.{threat.issue}.issue")


def check_delegation(side: str, delegation: Delegation, issues: Sequence[Issue]) -> None:
    """ScenarioError for duplicate people, and for portfolios and saliences about an unknown issue."""
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
    for name, reason in THE_OTHERS_ALONE[side].items():
        if getattr(delegation, name) != Delegation.model_fields[name].default:
            raise ScenarioError(
                f"would change nothing: {reason}",
                field=f"{side}.{name}",
                value=getattr(delegation, name),
                remedy=f"Leave it out, or set {HOLDER[name]}.{name}.",
            )


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


def _known(issue: str, names: Sequence[str], field: str) -> None:
    if issue not in names:
        raise ScenarioError(
            "is no issue of this scenario", field=field, value=issue, remedy=nearest(issue, names)
        )


def _unique(names: Iterable[str], field: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ScenarioError(f'has "{name}" twice', field=field, remedy="Each name may stand there once.")
        seen.add(name)
