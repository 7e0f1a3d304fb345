"""What changes from round to round: threats, market stress, the guarantee, and what the sides believe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from negosim.app.panels import svg
from negosim.common.vocabulary import Side
from negosim.engine.events import column
from negosim.engine.transcript.names import threat_title
from negosim.plots.style import FAINT, INK, SIDES
from negosim.report.words import day, side_name
from negosim.scenario.scenario import Scenario

Facts = Mapping[str, Any]

STATES = {
    "none": ("white", INK, ""),
    "announced": ("#F0E442", INK, "!"),
    "paused": ("#DDDDDD", INK, "‖"),
    "imposed": ("#4D4D4D", "white", "●"),
}
"""Colour of a threat's state, of its sign, and the sign."""

MOST_TICKS, MOST_DATED = 12, 9
ROW = 24.0


def round_axis(frame: svg.Frame, scenario: Scenario, last_round: int) -> str:
    """The rounds below a frame and, where they are few and have days, the days."""
    step = -(-last_round // MOST_TICKS)
    ticks = [(float(number), str(number)) for number in range(1, last_round + 1, step)]
    ticks = [(0.0, "start"), *ticks] if frame.x[0] < 0.0 else ticks
    parts = [frame.x_axis(ticks)]
    every = -(-last_round // MOST_DATED)
    dated = [(number, day(scenario, number)) for number in range(1, last_round + 1, every)]
    y = frame.top + frame.height + 29
    parts += [svg.words((frame.at(number, 0.0)[0], y), text, 10.5) for number, text in dated if text is not None]
    return "".join(parts)


def has_threats_or_stress(scenario: Scenario) -> bool:
    """Whether a scenario has anything that `threat_panel` would show."""
    return bool(scenario.threats) or scenario.has_market_stress


def threat_panel(scenario: Scenario, opening: Facts, offers: Sequence[Facts], last_round: int) -> str:
    """The state of every threat at the end of each round, and under it market stress and the guarantee's credibility."""
    rows = [opening, *_by_round(offers)]
    top = 8.0 + ROW * 2 * len(scenario.threats)
    parts = [_threat(scenario, number, rows, last_round) for number in range(len(scenario.threats))]
    highest = max([1.2, *(float(facts["stress"]) * 1.1 for facts in rows)])
    frame = svg.Frame(40, top + 14, 404, 110, (-0.5, last_round + 0.5), (0.0, highest))
    parts += [frame.y_axis((0.0, 0.5, 1.0)), round_axis(frame, scenario, last_round)]
    parts.append(frame.level(scenario.markets.pause_threshold, FAINT, "7 4"))
    stress = [frame.at(facts["round"], facts["stress"]) for facts in rows]
    credibility = [frame.at(facts["round"], facts["credibility"]) for facts in rows]
    parts += [svg.path(stress, INK, 2.0), *(svg.element("circle", cx=x, cy=y, r=3.0, fill=INK) for x, y in stress)]
    parts.append(svg.path(credibility, "#009E73", 2.0, "5 3"))
    parts += [svg.element("rect", x=x - 3, y=y - 3, width=6, height=6, fill="#009E73") for x, y in credibility]
    height = frame.top + frame.height + 74
    return svg.document(height, _threats_in_words(scenario, rows), [*parts, _threat_key(bool(scenario.threats), height - 26)])


def _by_round(offers: Iterable[Facts]) -> list[Facts]:
    """The last record of each round."""
    return list({int(facts["round"]): facts for facts in offers}.values())


def _threat(scenario: Scenario, number: int, rows: Sequence[Facts], last_round: int) -> str:
    threat = scenario.threats[number]
    top = 8.0 + ROW * 2 * number
    frame = svg.Frame(40, top + ROW - 4, 404, ROW - 4)
    parts = [svg.words((40, top + 13), threat_title(threat, scenario), svg.SMALL, "start")]
    width = frame.width / (last_round + 1)
    parts.append(svg.element("rect", x=40, y=frame.top, width=404, height=frame.height, fill="white", stroke="#DDDDDD"))
    for facts in rows:
        fill, ink, sign = STATES[str(facts[column("threat", threat.key)])]
        x = frame.left + width * facts["round"]
        parts.append(svg.element("rect", x=x, y=frame.top, width=width, height=frame.height, fill=fill, stroke=FAINT))
        if width >= 10.0 and sign:
            middle = x + width / 2, frame.top + 15
            parts.append(svg.element("text", sign, x=middle[0], y=middle[1], font_size=13, text_anchor="middle", fill=ink))
    return "".join(parts)


def _threat_key(has_threats: bool, y: float) -> str:
    parts, x = [], 8.0
    for state, said in (("announced", "announced"), ("paused", "paused"), ("imposed", "in force")) if has_threats else ():
        fill, ink, sign = STATES[state]
        parts.append(svg.element("rect", x=x, y=y - 11, width=16, height=14, fill=fill, stroke=FAINT))
        parts.append(svg.element("text", sign, x=x + 8, y=y + 1, font_size=11, text_anchor="middle", fill=ink))
        parts.append(svg.words((x + 21, y), said, anchor="start"))
        x += 32.0 + 7.0 * len(said)
    x, y = (8.0, y + 19) if has_threats else (x, y)
    for said, colour, dashes in (("market stress", INK, ""), ("pause of threats", FAINT, "7 4"), ("guarantee", "#009E73", "5 3")):
        parts += [svg.line((x, y - 4), (x + 22, y - 4), colour, 2.0, dashes), svg.words((x + 27, y), said, anchor="start")]
        x += 40.0 + 7.0 * len(said)
    return "".join(parts)


def _threats_in_words(scenario: Scenario, rows: Sequence[Facts]) -> str:
    last = rows[-1]
    states = [f"{threat_title(t, scenario)} {last[column('threat', t.key)]}" for t in scenario.threats]
    states.append(f"market stress {last['stress']:.2f}")
    return f"After round {last['round']}: {'; '.join(states)}."


def belief_panel(
    scenario: Scenario,
    opening: Facts,
    offers: Sequence[Facts],
    last_round: int,
    sides: Sequence[Side] = tuple(Side),
    true_values: Mapping[Side, float] | None = None,
) -> str:
    """What each of these sides believes the other's reservation value to be, and that its demand is final, over the rounds.

    true_values : the reservation values themselves by side, for somebody who may know them.
    """
    rows = _by_round(offers)
    frame = svg.Frame(40, 12, 404, 180, (-0.5, last_round + 0.5), (0.0, 1.0))
    parts = [frame.y_axis((0.0, 0.2, 0.4, 0.6, 0.8, 1.0)), round_axis(frame, scenario, last_round)]
    for side in sides:
        colour, prefix = SIDES[side].colour, f"{side.label}_believes_{side.other.label}"
        told = [(0, opening), *((int(facts["round"]), facts) for facts in rows)]
        mean = [frame.at(number, facts[f"{prefix}_reservation"]) for number, facts in told]
        final = [frame.at(number, facts[f"{prefix}_committed"]) for number, facts in told]
        parts += [svg.path(mean, colour, 2.2), *(svg.mark(side, place, colour, 4.0) for place in mean)]
        parts += [svg.path(final, colour, 1.8, "2 3"), *(svg.mark(side, place, colour, 3.0, False) for place in final)]
    for side, value in (true_values or {}).items():
        parts.append(frame.level(value, SIDES[side].colour, "9 4", 1.2))
    parts.append(_belief_key(scenario, sides, bool(true_values)))
    return svg.document(300, _beliefs_in_words(scenario, opening, rows, sides), parts)


def _belief_key(scenario: Scenario, sides: Sequence[Side], has_true_values: bool) -> str:
    y, parts = 240.0, []
    for side in sides:
        colour = SIDES[side].colour
        about = f"{side_name(scenario, side)}: {side_name(scenario, side.other)}'s"
        parts += [svg.mark(side, (13, y - 4), colour, 4.0), svg.words((24, y), f"{about} reservation", anchor="start")]
        parts.append(svg.mark(side, (232, y - 4), colour, 3.5, False))
        parts.append(svg.words((242, y), f"{about} demand is final", anchor="start"))
        y += 18.0
    if has_true_values:
        parts.append(svg.line((8, y - 4), (30, y - 4), INK, 1.2, "9 4"))
        parts.append(svg.words((36, y), "reservation values as they are", anchor="start"))
    return "".join(parts)


def _beliefs_in_words(scenario: Scenario, opening: Facts, rows: Sequence[Facts], sides: Sequence[Side]) -> str:
    last = rows[-1] if rows else opening
    told = [
        f"{side_name(scenario, side)} believes that {side_name(scenario, side.other)} has a reservation value of "
        f"{last[f'{side.label}_believes_{side.other.label}_reservation']:.2f}"
        for side in sides
    ]
    return f"Beliefs: {'; '.join(told)}."
