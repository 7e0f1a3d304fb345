"""The plane of both sides' utilities: the frontier of the true types, where runs end in it, and the offers of one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from negosim.common.vocabulary import Ending, Response, Side
from negosim.engine.prepare import prepare
from negosim.plots.lettering import filled, literal
from negosim.plots.readings import number_of, require, require_same_rules, require_talks, scenario_of
from negosim.plots.style import ENDINGS, FAINT, INK, SIDES, SMALL, Dashes, dress, key, one
from negosim.report.words import WORTH, in_a_sentence, side_name
from negosim.results.results import Results
from negosim.rules.columns import kept_column
from negosim.rules.menus import evaluate
from negosim.rules.records import Game
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

    from negosim.engine.model import Negotiation

CLOUD = 2_000
"""Runs that are drawn one by one: the first of the point, whose luck is as good as any."""

MOST_NAMED = 4
"""Frontiers up to this number each have an entry in the legend."""

MARGIN = 0.03
"""What is shown beyond both ends of a utility."""

CLOUDS = ("o", "^", "v", "D", "P", "*")
LINES: tuple[Dashes, ...] = ("-", (0, (6, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))

NO_DEAL = {"lumps": "both\nsides' reservation values", "flows": "what\nno deal pays, threats apart"}
"""Where runs without a deal stand, by the form of the payoffs."""

Pair = tuple[int, int]
"""The true priorities of sender and target: the number of a voice, or one past the last for the principal's own."""


@literal
def frontier(results: Results, point: int | None = None, axes: Axes | None = None) -> Axes:
    """The best packages for the true types, the settlements of the first CLOUD runs of a point, and where the rest ended.

    Utilities are those of the settlement, or what no deal pays, alone: before all costs, after the attitude to risk. With
    lumps no deal pays the reservation value. Also the package of the status quo, the mean reservation values and the Nash
    solution. NothingToDrawError if the rules have changed since the runs were played.
    """
    require_same_rules(results)
    point = number_of(results, point)
    scenario, axes = scenario_of(results, point), one(axes, 9.6, 6.0)
    sides = [side.label for side in Side]
    columns = [f"{side}_{what}" for what in ("utility", "reservation", "profile") for side in sides]
    require(results, [*columns, "agreed"])
    runs = results.query(
        f"select agreed, {', '.join(columns)} from runs where point = {point} and run < {CLOUD} order by run",
        points=[point],
    )
    game = prepare(scenario)
    for side in Side:
        runs[f"{side.label}_no_deal"] = runs[f"{side.label}_reservation"] - game.sides[side]["gap"]
    deals, others = runs[runs["agreed"]], runs[~runs["agreed"]]
    drawn = deals if len(deals) else runs
    pairs = sorted({(int(a), int(b)) for a, b in zip(drawn["sender_profile"], drawn["target_profile"], strict=True)})
    closer = axes.inset_axes((1.12, 0.02, 0.5, 0.5))  # beside the plane, where it covers nothing
    for place in (axes, closer):
        _draw_frontiers(place, scenario, game, pairs)
        _draw_runs(place, deals, others, pairs, NO_DEAL[scenario.talks.payoff])
        _mark_points(place, game, pairs)
    _zoom(axes, closer, deals, others)
    sender, target = (side_name(scenario, side) for side in Side)
    title = f"{scenario.title}: frontier and outcomes of the first {len(runs):,} runs, before costs"
    dress(axes, title, f"{sender}: {WORTH}", f"{target}: {WORTH}", grid="both")
    axes.set_xlim(-MARGIN, 1.0 + MARGIN)
    axes.set_ylim(-MARGIN, 1.0 + MARGIN)
    axes.set_aspect("equal", anchor="W")
    key(axes, loc="upper left", bbox_to_anchor=(1.0, 1.0), labelspacing=0.9)
    return axes


def _draw_frontiers(axes: Axes, scenario: Scenario, game: Game, pairs: list[Pair]) -> None:
    for number, pair in enumerate(pairs):
        label = _frontier_label(scenario, pair)
        if len(pairs) > MOST_NAMED:
            label = "frontiers of the true priorities" if number == 0 else "_"
        line = LINES[number % len(LINES)]
        axes.plot(*frontier_line(game, pair), color=INK, linewidth=1.3, linestyle=line, label=label, zorder=2)


def _draw_runs(axes: Axes, deals: pandas.DataFrame, others: pandas.DataFrame, pairs: list[Pair], no_deal: str) -> None:
    """Every settlement, with a marker for each pair of priorities, and what no deal pays in the other runs."""
    for number, pair in enumerate(pairs):
        here = deals[(deals["sender_profile"] == pair[0]) & (deals["target_profile"] == pair[1])]
        axes.scatter(
            here["sender_utility"], here["target_utility"], s=14, marker=CLOUDS[number % len(CLOUDS)], alpha=0.4, linewidth=0,
            color=ENDINGS[Ending.SETTLED][0], label=f"{len(deals):,} settlements" if number == 0 else "_", zorder=3,
        )
    if others.empty:
        return
    axes.scatter(
        others["sender_no_deal"], others["target_no_deal"], s=14, marker="x", color=FAINT, alpha=0.8, linewidth=0.9,
        label=f"{len(others):,} runs without a deal, at {no_deal}", zorder=2.5,
    )


def _zoom(axes: Axes, closer: Axes, deals: pandas.DataFrame, others: pandas.DataFrame) -> None:
    """Show the part of the plane in which the runs end once more, enlarged."""
    spans = []
    for side in Side:
        values = numpy.concatenate([deals[f"{side.label}_utility"], others[f"{side.label}_no_deal"]])
        spans.append((float(values.min()), float(values.max())))
    enlarge(axes, closer, spans)


def enlarge(axes: Axes, closer: Axes, spans: Sequence[tuple[float, float]]) -> None:
    """Let the closer axes show a square part of the others, given the least and the most of x and of y, and frame it there."""
    half = 0.6 * max(high - low for low, high in spans) + 0.005
    x, y = (min(max((low + high) / 2, half - MARGIN), 1.0 + MARGIN - half) for low, high in spans)  # within the plane
    closer.set_xlim(x - half, x + half)
    closer.set_ylim(y - half, y + half)
    dress(closer, grid="both")
    closer.spines[["top", "right"]].set_visible(True)
    closer.xaxis.set_major_locator(MaxNLocator(4))
    closer.yaxis.set_major_locator(MaxNLocator(4))
    closer.set_title("the framed part, enlarged", fontsize=SMALL, loc="left", color=INK)
    frame = (closer.get_xlim()[0], closer.get_ylim()[0], 2 * half, 2 * half)
    axes.indicate_inset(frame, edgecolor=INK, linewidth=0.8)


def _columns(game: Game, pair: Pair) -> list[int]:
    """The columns of a menu that hold both sides' utilities of a kept settlement."""
    return [kept_column(game.sides["first_column"][side], pair[side]) for side in Side]


def frontier_line(game: Game, pair: Pair) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The frontier for a pair of true priorities: utilities (nodes,) of the sender and of the target."""
    sender, target = _columns(game, pair)
    menu = game.menus[pair]
    return menu[:, sender], menu[:, target]


def status_quo_point(game: Game, pair: Pair) -> tuple[float, float]:
    """Both sides' utility of the package of the status quo."""
    row = numpy.zeros(game.menus.shape[3])
    evaluate(game, game.status_quo, numpy.zeros(len(game.status_quo)), row)
    sender, target = _columns(game, pair)
    return float(row[sender]), float(row[target])


def _mark_points(axes: Axes, game: Game, pairs: list[Pair]) -> None:
    """Mark the status quo, the mean reservation values and the Nash solution: of every pair where they differ by it."""
    means = [float(mean) for mean in game.sides["prior_mean"]]
    marks = {
        "Nash solution, with the threats as expected": ([tuple(game.nash[pair]) for pair in pairs], "*", 13.0, "white"),
        "status quo as a package": ([status_quo_point(game, pair) for pair in pairs], "D", 7.0, "white"),
        "mean reservation values, which\nthe coloured lines continue": ([(means[0], means[1])], "P", 9.0, INK),
    }
    for label, (places, marker, size, fill) in marks.items():
        x, y = zip(*sorted(set(places)), strict=True)
        axes.plot(x, y, marker, color=fill, markeredgecolor=INK, markersize=size, label=label, zorder=6)
    for side, draw in ((Side.SENDER, axes.axvline), (Side.TARGET, axes.axhline)):
        look = SIDES[side]
        draw(means[side], color=look.colour, linestyle=look.line, linewidth=1.0, zorder=1)


def _frontier_label(scenario: Scenario, pair: Pair) -> str:
    """Whose priorities a frontier is for; without names where each side has one voice."""
    said = []
    for side in Side:
        voices = scenario.delegation(side).negotiators
        if len(voices) > 1 and pair[side] < len(voices):
            said.append(f"priorities of {in_a_sentence(scenario, side)} as stated by {voices[pair[side]].title}")
    return filled(f"frontier for the {' and the '.join(said)}", 42) if said else "frontier of the true priorities"


VALUES = [f"{side.label}_value" for side in Side]
"""The columns with what an offer is worth to both sides."""

BESIDE = {Side.SENDER: (-9, -8), Side.TARGET: (10, 8)}
"""Where the number of a side's offer stands, in points: offers of both may lie on one another."""

CROWDED = 0.5
"""The part of the plane, by its longer edge, up to which offers are shown once more, enlarged."""

MOST_NUMBERED = 12
"""Offers that have the number of their round beside them; of more, the first and the last."""


@literal
def offers(talks: Negotiation, until: int | None = None, axes: Axes | None = None) -> Axes:
    """The offers of a run up to a round (None = all) against the frontier; what each side has without a deal; what is settled.

    Utilities are of the package alone, before all costs, after the attitude to risk. The frontier is that of the true
    types, which neither side knows.
    """
    require_talks(talks)
    axes, game, scenario = one(axes, 9.6, 6.0), talks.game, talks.scenario
    pair = (int(talks.talks.owns["profile"][0]), int(talks.talks.owns["profile"][1]))
    whole = talks.frame()
    frame = whole if until is None else whole[whole["round"] <= until]
    spans = [(float(whole[name].min()), float(whole[name].max())) for name in VALUES]
    is_crowded = len(whole) > 0 and max(high - low for low, high in spans) < CROWDED
    closer = axes.inset_axes((1.12, 0.02, 0.5, 0.5)) if is_crowded else None  # beside the plane, where it covers nothing
    for place in (axes, closer) if closer is not None else (axes,):
        place.plot(*frontier_line(game, pair), color=INK, linewidth=1.3, label="frontier of the true types", zorder=2)
        x, y = status_quo_point(game, pair)
        place.plot(x, y, "D", color="white", markeredgecolor=INK, markersize=7, label="status quo as a package", zorder=3)
        if len(frame):
            _draw_offers(place, talks, frame, numbered=closer is None or place is closer)
    if closer is not None:
        enlarge(axes, closer, spans)
    first, second = (side_name(scenario, side) for side in Side)
    dress(axes, f"{scenario.title}: offers against the frontier", f"{first}: {WORTH}", f"{second}: {WORTH}", grid="both")
    axes.set_xlim(-MARGIN, 1.0 + MARGIN)
    axes.set_ylim(-MARGIN, 1.0 + MARGIN)
    axes.set_aspect("equal", anchor="W")
    key(axes, loc="upper left", bbox_to_anchor=(1.0, 1.0), labelspacing=0.7)
    return axes


def _draw_offers(axes: Axes, talks: Negotiation, frame: pandas.DataFrame, numbered: bool) -> None:
    """Each side's offers as a line with markers, the last one full, and a star where it is accepted; the rounds beside them."""
    for side, draw in ((Side.SENDER, axes.axvline), (Side.TARGET, axes.axhline)):
        look, name = SIDES[side], in_a_sentence(talks.scenario, side)
        without = float(frame[f"{side.label}_without_deal"].iloc[-1])
        draw(without, color=look.colour, linestyle=":", linewidth=1.3, zorder=1, label=f"what {name} expects without a deal")
        own = frame[frame["proposer"] == side.label]
        x, y = own["sender_value"], own["target_value"]
        axes.plot(
            x, y, color=look.colour, linestyle=look.line, marker=look.marker, markersize=7, markerfacecolor="white",
            linewidth=1.2, label=f"offers of {name}", zorder=4,
        )
        named = own.iloc[:0] if not numbered else own if len(own) <= MOST_NUMBERED else own.iloc[[0, -1]]
        for number, x, y in zip(named["round"], *(named[name] for name in VALUES), strict=True):
            axes.annotate(
                f"{number}", (x, y), BESIDE[side], textcoords="offset points", fontsize=SMALL, color=INK, ha="center",
                va="center", zorder=8,
            )
    last = frame.iloc[-1]
    look = SIDES[Side[str(last["proposer"]).upper()]]
    axes.plot(last["sender_value"], last["target_value"], look.marker, color=look.colour, markersize=8, zorder=5)
    if last["answer"] == Response.ACCEPT.name.lower():
        green = ENDINGS[Ending.SETTLED][0]
        axes.plot(
            last["sender_value"], last["target_value"], "*", color=green, markeredgecolor=INK, markersize=16, zorder=7,
            label=f"accepted in round {int(last['round'])}",
        )
