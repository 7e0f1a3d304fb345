"""The anatomy of uncertainty in sentences: each follows from the numbers, and says how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from negosim.common.markdown import escaped
from negosim.common.text import capital, in_points, percent
from negosim.common.vocabulary import CHANNEL_NAMES, Side
from negosim.report.words import in_a_sentence
from negosim.results.findings import Best, Difference, Finding, Findings, Robustness
from negosim.scenario.scenario import Scenario
from negosim.validation.tactics import Overlay

if TYPE_CHECKING:
    import pandas

SHOWN = 3
"""Interactions of each side that are told in sentences: the largest of those that the runs can tell from 0."""


@dataclass(frozen=True)
class Anatomy:
    """What was played: textbook worlds; a case with each tactic alone at several levels, and with two at a time.

    interactions, draws : `negosim.results.interactions` of the sweep of pairs
    """

    overlays: Sequence[Overlay]
    alone: Findings
    pairs: Findings
    interactions: pandas.DataFrame
    draws: pandas.DataFrame

    def single(self) -> list[Finding]:
        """The findings about one tactic at its upper end, against none."""
        return [finding for finding in self.pairs.findings if finding.parameter is not None]

    def together(self, point: int) -> Finding:
        """The finding about two tactics at a point, against none."""
        return next(finding for finding in self.pairs.findings if finding.point == point)

    def interaction(self, quantity: str) -> list[dict[str, Any]]:
        """The interactions in one quantity, with the shares of joint draws (higher, lower), in the design's order."""
        frame = self.interactions.merge(self.draws, on=["together", "quantity"])
        return [dict(row) for row in frame[frame["quantity"] == quantity].to_dict("records")]


def word(parameter: str) -> str:
    """What a tactic is called.

    >>> word("sender.ambiguity")
    'ambiguity'
    """
    return parameter.rpartition(".")[2].replace("_", " ")


def share_of_draws(row: Mapping[str, Any]) -> float:
    """The share of joint draws in which an interaction has the sign that it has in the scenario as it stands."""
    return float(row["higher"] if row["difference"] > 0 else row["lower"])


def is_clear(row: Mapping[str, Any]) -> bool:
    """Whether the 95 % interval of an interaction leaves out 0."""
    return bool(row["low"] > 0 or row["high"] < 0)


def anatomy_text(anatomy: Anatomy, scenario: Scenario) -> str:
    """The findings as a text in Markdown; the names of the sides come from the scenario."""
    who = {side.label: escaped(in_a_sentence(scenario, side)) for side in Side}
    lines = ["# Anatomy of uncertainty", "", _preface(anatomy), "", "## In textbook worlds", ""]
    lines += [f"- {_overlay(overlay)}" for overlay in anatomy.overlays]
    lines += ["", f"## {escaped(scenario.title)}: one at a time", "", *_alone_table(anatomy, who), ""]
    lines += [f"- {_alone(finding, _best_of(anatomy, finding), who)}" for finding in anatomy.single()]
    lines += ["", f"## {escaped(scenario.title)}: two at a time", "", *_pairs_table(anatomy, who), ""]
    lines += [f"- {sentence}" for sentence in _pairs(anatomy, who)]
    return "\n".join(lines) + "\n"


def anatomy_tables(anatomy: Anatomy, scenario: Scenario) -> str:
    """The findings about the case as two tables in Markdown, with the share of joint draws in which each sign holds."""
    who = {side.label: escaped(in_a_sentence(scenario, side)) for side in Side}
    return "\n".join([*_alone_table(anatomy, who), "", *_pairs_table(anatomy, who)]) + "\n"


def _preface(anatomy: Anatomy) -> str:
    pairs = anatomy.pairs
    runs = pairs.runs // (len(pairs.findings) + 1)
    text = (
        f"A point is a hundredth of the way from a side's worst package to its ideal. {runs:,} runs at each point of the case, "
        "where each tactic goes from none to the upper end of its plausible range while the others are off; intervals are "
        "95 %, from runs paired by the same luck."
    )
    if pairs.draws:
        text += (
            f" In brackets the share of {pairs.draws:,} joint draws of the numbers that the scenario assumes in which the sign "
            "holds; the draws have runs of their own, so a difference that is small beside their error has a share near one half."
        )
    return text


# ---- textbook worlds ----


def _overlay(overlay: Overlay) -> str:
    world, last = overlay.world, overlay.levels[-1]
    told = [f"the {side.label} {_course(overlay.curve, overlay.closed_form[:, side])}" for side in Side]
    level, what = world.turn
    turn = f" At {level:.3g} {what}." if level > 0.0 else f" {capital(what)}."
    return (
        f"{world.title}, {world.meaning}, 0 to {last:g} ({world.source}): {'; '.join(told)}.{turn} The engine is within "
        f"{100 * overlay.widest_gap:.2f} points of the closed form at all {len(overlay.levels)} levels."
    )


def _course(levels: Any, values: Any) -> str:
    """Where a curve begins and ends, and its peak if that is neither."""
    best = int(numpy.argmax(values))
    text = f"has {100 * values[0]:.1f} points at none and {100 * values[-1]:.1f} at the most"
    if values[best] > max(values[0], values[-1]) + 1e-9:
        text += f", with a peak of {100 * values[best]:.1f} at {levels[best]:.2g}"
    return text


# ---- one at a time ----


def _alone_table(anatomy: Anatomy, who: Mapping[str, str]) -> list[str]:
    names = [head for side in Side for head in (capital(who[side.label]), "above all by", "best at")]
    lines = [f"| tactic | {' | '.join(names)} | Both together | Without a deal |", f"|---|{'---|' * (len(names) + 2)}"]
    for finding in anatomy.single():
        by_name = {difference.quantity: difference for difference in finding.differences}
        cells = []
        for side in who:
            change = by_name[f"{side}_payoff"]
            best = next(best for best in _best_of(anatomy, finding) if best.quantity == change.quantity)
            cells += [_cell(change), _main_channel(change, finding.channels[side]) if change.sign else "–", _level(best)]
        cells += [_cell(by_name["joint_payoff"]), _cell(by_name["no_deal"])]
        lines.append(f"| {word(str(finding.parameter))}, 0 to {finding.end} | {' | '.join(cells)} |")
    return lines


def _main_channel(change: Difference, channels: Mapping[str, float]) -> str:
    channel = max(channels, key=lambda item: change.sign * channels[item])
    return f"{CHANNEL_NAMES[channel]} ({in_points(channels[channel])})"


def _level(best: Best) -> str:
    """The best of the levels tried: the lowest where no other is better as far as the runs can tell."""
    if best.over_lowest is None or best.over_lowest.sign <= 0:
        return f"{best.lowest:g}"
    return f"{best.level:g}{', the highest tried' if best.over_highest is None else ''}"


def _cell(difference: Difference) -> str:
    robust = difference.robustness
    share = "" if robust is None else f" ({percent(_held(difference.difference, robust), 0)})"
    return f"{in_points(difference.difference)}{share}" if difference.sign else "–"


def _held(value: float, robust: Robustness) -> float:
    return robust.higher if value > 0 else robust.lower


def _alone(finding: Finding, best: Sequence[Best], who: Mapping[str, str]) -> str:
    told = [
        _effect(next(d for d in finding.differences if d.quantity == f"{side}_payoff"), finding.channels[side], who[side])
        for side in who
    ]
    peaks = [_peak(item, who[item.quantity.removesuffix("_payoff")]) for item in best if not item.quantity.startswith("joint")]
    return f"{capital(word(str(finding.parameter)))} {' and '.join(told)}. {' '.join(peaks)}"


def _effect(difference: Difference, channels: Mapping[str, float], name: str) -> str:
    """What it does to a side, and by which channel."""
    if difference.sign == 0:
        return f"makes no difference to {name} that the runs can tell"
    verb = "helps" if difference.sign > 0 else "hurts"
    ends = f"{in_points(difference.low)} to {in_points(difference.high)}"
    text = f"{verb} {name} by {100 * abs(difference.difference):.1f} points ({ends}"
    if difference.robustness is not None:
        text += f"; the sign holds in {percent(_held(difference.difference, difference.robustness), 0)} of the draws"
    return f"{text}), above all by way of {_main_channel(difference, channels)}"


def _best_of(anatomy: Anatomy, finding: Finding) -> Sequence[Best]:
    return next(other.best for other in anatomy.alone.findings if other.parameter == finding.parameter)


def _peak(best: Best, name: str) -> str:
    tried = f"of the levels tried, 0 to {best.highest:g}"
    if best.over_lowest is None or best.over_lowest.sign <= 0:
        return f"For {name} none is best {tried}."
    gain = in_points(best.over_lowest.difference)
    if best.over_highest is None:
        return f"For {name} the most is best {tried} ({gain})."
    return f"For {name} {best.level:g} is best {tried} ({gain})."


# ---- two at a time ----


def _pairs_table(anatomy: Anatomy, who: Mapping[str, str]) -> list[str]:
    heads = [head for side in Side for head in (f"{capital(who[side.label])}, both", "beyond the sum")]
    lines = [f"| pair | {' | '.join(heads)} |", "|---|---|---|---|---|"]
    columns = [anatomy.interaction(f"{side.label}_payoff") for side in Side]
    for rows in zip(*columns, strict=True):
        cells = []
        for row in rows:
            together = anatomy.together(row["together"])
            cells.append(in_points(next(d.difference for d in together.differences if d.quantity == row["quantity"])))
            cells.append(f"{in_points(row['difference'])} ({percent(share_of_draws(row), 0)})" if is_clear(row) else "–")
        lines.append(f"| {_pair(rows[0])} | {' | '.join(cells)} |")
    return lines


def _pair(row: Mapping[str, Any]) -> str:
    return f"{word(row['first'])} and {word(row['second'])}"


def _pairs(anatomy: Anatomy, who: Mapping[str, str]) -> list[str]:
    sentences = []
    for side in Side:
        name, rows = who[side.label], anatomy.interaction(f"{side.label}_payoff")
        clear = [row for row in rows if is_clear(row)]
        up = sum(row["difference"] > 0 for row in clear)
        sentences.append(
            f"For {name} {len(clear)} of {len(rows)} pairs do more or less than the sum of both that the runs can tell: "
            f"{up} are better for it than the sum, {len(clear) - up} worse."
        )
        largest = sorted(clear, key=lambda row: -abs(row["difference"]))[:SHOWN]
        sentences += [_interaction(anatomy, row, name) for row in largest]
        sentences.append(_best_choice(anatomy, side, name))
    return sentences


def _interaction(anatomy: Anatomy, row: Mapping[str, Any], name: str) -> str:
    """One interaction in words, by the sign of what both do alone."""
    quantity = row["quantity"]
    effects = {
        str(finding.parameter): next(d.difference for d in finding.differences if d.quantity == quantity)
        for finding in anatomy.single()
    }
    first, second = effects[row["first"]], effects[row["second"]]
    harm = first + second < 0
    how = ("less" if row["difference"] > 0 else "more") if harm else ("more" if row["difference"] > 0 else "less")
    return (
        f"{capital(_pair(row))} do {how} {'harm' if harm else 'good'} to {name} together than the sum: {in_points(first)} and "
        f"{in_points(second)} alone, {in_points(row['difference'])} beyond the sum "
        f"({in_points(row['low'])} to {in_points(row['high'])}; "
        f"the sign holds in {percent(share_of_draws(row), 0)} of the draws)."
    )


def _best_choice(anatomy: Anatomy, side: Side, name: str) -> str:
    """Which choice of one or two tactics is best and worst for a side."""
    by_label = {}
    for finding in anatomy.pairs.findings:
        found = next(d for d in finding.differences if d.quantity == f"{side.label}_payoff")
        by_label[_names_of(anatomy, finding)] = found.difference
    best, worst = max(by_label, key=lambda item: by_label[item]), min(by_label, key=lambda item: by_label[item])
    return (
        f"Of the {len(by_label)} choices of one or two tactics, {best} is best for {name} ({in_points(by_label[best])} against "
        f"none) and {worst} worst ({in_points(by_label[worst])})."
    )


def _names_of(anatomy: Anatomy, finding: Finding) -> str:
    if finding.parameter is not None:
        return f"{word(finding.parameter)} alone"
    frame = anatomy.interactions
    return _pair(frame[frame["together"] == finding.point].iloc[0])
