"""The figures of the frontier, the linkage graph, a run and the ledger show the numbers of the model."""

from __future__ import annotations

import itertools
from typing import Any

import numpy
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Wedge

from negosim import plots
from negosim.app.stepper import stepper
from negosim.common.vocabulary import CHANNEL_NAMES, CHANNELS, Side
from negosim.engine.model import Negotiation
from negosim.engine.prepare import prepare
from negosim.experiment.experiment import Experiment
from negosim.plots import style
from negosim.plots.frontier import frontier_line
from negosim.plots.linkage import radius
from negosim.plots.run import STATES
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.runner import sweep
from tests.unit.plotted import small_sweep

CASE = "us-japan-2025"

SIGNS = "+\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A small sweep of the real case."""
    return small_sweep(tmp_path_factory.mktemp("plots") / "runs")


@pytest.fixture(scope="module")
def summary(results: Results) -> Any:
    """The summary by point and quantity."""
    return results.summary().set_index(["point", "quantity"])


@pytest.fixture(scope="module")
def talks(results: Results) -> Negotiation:
    """A run of the baseline, played to its end."""
    return plots.typical_run(results)


def labelled(axes: Axes, label: str) -> Line2D:
    """The only line with this label."""
    (line,) = [line for line in axes.lines if line.get_label() == label]
    return line


# ---- frontier ----


def test_the_cloud_is_the_settlements_and_lies_as_far_from_the_frontier_as_the_runs_say(results: Results) -> None:
    axes = plots.frontier(results)
    clouds = [cloud for cloud in axes.collections if isinstance(cloud, PathCollection)]
    frame = results.query("select * from runs where point = 0 order by replication")
    deals = frame[frame["agreed"]]
    drawn_points = numpy.concatenate([numpy.asarray(cloud.get_offsets()) for cloud in clouds[:-1]])
    wanted = deals.sort_values("sender_profile", kind="stable")[["sender_utility", "target_utility"]].to_numpy()
    assert drawn_points == pytest.approx(wanted)
    lines = [line for line in axes.lines if str(line.get_label()).startswith("frontier")]
    assert len(lines) == 2
    for profile, line in enumerate(lines):
        nodes = numpy.column_stack([line.get_xdata(), line.get_ydata()])
        for run in deals[deals["sender_profile"] == profile].head(20).itertuples():
            found = distance(nodes, numpy.array([run.sender_utility, run.target_utility]))
            assert found == pytest.approx(run.frontier_distance, abs=1e-12)


def distance(nodes: Any, point: Any) -> float:
    """From a point to the line through these nodes."""
    steps = numpy.diff(nodes, axis=0)
    lengths = numpy.maximum((steps**2).sum(axis=1), 1e-300)
    share = numpy.clip(((point - nodes[:-1]) * steps).sum(axis=1) / lengths, 0, 1)
    return float(numpy.hypot(*(nodes[:-1] + share[:, None] * steps - point).T).min())


def test_the_frontier_has_its_nash_solution_status_quo_and_reservation_values(results: Results) -> None:
    axes = plots.frontier(results)
    game = prepare(results.experiment.base)
    (nash,) = [line for line in axes.lines if str(line.get_label()).startswith("Nash")]
    places = sorted(tuple(game.nash[pair, 0]) for pair in (0, 1))
    assert numpy.column_stack([nash.get_xdata(), nash.get_ydata()]) == pytest.approx(numpy.array(places))
    (means,) = [line for line in axes.lines if str(line.get_label()).startswith("mean reservation")]
    assert [means.get_xdata()[0], means.get_ydata()[0]] == pytest.approx(list(game.sides["prior_mean"]))
    (status_quo,) = [line for line in axes.lines if str(line.get_label()).startswith("status quo")]
    assert status_quo.get_ydata()[0] == pytest.approx(game.sides["prior_mean"][Side.TARGET])  # Japan has no other
    x, y = frontier_line(game, (0, 0))
    assert (x[0], y[0], x[-1], y[-1]) == pytest.approx((0, 1, 1, 0), abs=1e-9)


def test_with_flows_runs_without_a_deal_stand_at_what_no_deal_pays(tmp_path: Any) -> None:
    spec = {"name": "flows", "title": "Flows", "question": "Where do they end?", "scenario": "us-japan-2025-flows", "seed": 5}
    results = sweep(Experiment(**spec, replications=200, baseline={"sender.brinkmanship": 0.3}), tmp_path / "runs", workers=1)
    game = prepare(results.experiment.base)
    (cloud,) = [cloud for cloud in plots.frontier(results).collections if "without a deal, at what" in str(cloud.get_label())]
    frame = results.query("select * from runs where not agreed order by run")
    pays = frame[["sender_reservation", "target_reservation"]].to_numpy() - game.sides["gap"]
    assert len(frame) > 20 and (game.sides["gap"] > 0.0).all()
    assert numpy.asarray(cloud.get_offsets()) == pytest.approx(pays)


@pytest.mark.parametrize("draw", [plots.frontier, plots.typical_run])
def test_what_the_rules_say_today_is_not_drawn_of_runs_by_other_rules(results: Results, draw: Any) -> None:
    old = Results(results.out)
    old.manifest["rules"] = "of yesterday"
    with pytest.raises(plots.NothingToDrawError, match="were played by other rules than those of today"):
        draw(old)


# ---- linkage ----


def test_the_edges_show_sign_and_weight(results: Results) -> None:
    scenario = results.experiment.base
    axes = plots.linkage(scenario)
    assert len(axes.lines) == len(scenario.linkage)
    found = sorted((line.get_color(), line.get_linestyle(), round(line.get_linewidth(), 6)) for line in axes.lines)
    looks = {True: (style.COMPLEMENTS, "-"), False: (style.SUBSTITUTES, "--")}
    assert found == sorted((*looks[edge.weight > 0], round(9 * abs(edge.weight), 6)) for edge in scenario.linkage)
    signed = [text.get_text() for text in axes.texts if text.get_text()[0] in SIGNS]
    numbers = sorted(float(text.replace("\N{MINUS SIGN}", "-")) for text in signed)
    assert numbers == sorted(edge.weight for edge in scenario.linkage)


def test_the_areas_of_an_issue_are_as_its_weights() -> None:
    scenario = Scenario.load(CASE)
    discs = [patch for patch in plots.linkage(scenario).patches if isinstance(patch, Wedge)]
    assert len(discs) == 2 * len(scenario.issues)
    for side in Side:
        weights = [scenario.delegation(side).principal.salience[issue.name] for issue in scenario.issues]
        areas = [disc.r**2 for disc in discs if to_rgb(style.SIDES[side].colour) == disc.get_facecolor()[:3]]
        assert numpy.array(areas) / sum(areas) == pytest.approx(weights)


def test_no_title_of_the_graph_covers_another_word_or_another_issue() -> None:
    scenario = Scenario.load(CASE)
    axes = plots.linkage(scenario)
    figure = axes.figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in axes.texts]
    titles = [(text, box) for text, box in boxes if text[0] not in SIGNS]
    assert {text.replace("\n", " ") for text, _ in titles} == {issue.title for issue in scenario.issues}
    for (title, box), (other, another) in itertools.product(titles, boxes):
        assert title == other or not box.overlaps(another), f"{title} covers {other}"
    discs = [patch for patch in axes.patches if isinstance(patch, Wedge)]
    for (title, box), disc in itertools.product(titles, discs):
        points = axes.transData.transform(inside(disc))
        covered = (points > box.min).all(axis=1) & (points < box.max).all(axis=1)
        assert not covered.any(), f"{title} covers an issue"
    assert radius(scenario, Side.SENDER, "rice") > radius(scenario, Side.TARGET, "rice")


def inside(disc: Wedge) -> Any:
    """Points all over a half disc."""
    sender = disc.theta1 == 90
    angles, shares = numpy.meshgrid(numpy.linspace(0.5, 1.5, 61) * numpy.pi, numpy.linspace(0, 1, 21))
    across = numpy.cos(angles) if sender else -numpy.cos(angles)
    spread = numpy.column_stack([(across * shares).ravel(), (numpy.sin(angles) * shares).ravel()])
    return disc.center + disc.r * spread


# ---- one run ----


def test_the_path_shows_the_rounds_as_the_run_has_them(talks: Negotiation) -> None:
    offers, stress, threats = plots.path(talks)
    frame = talks.frame()
    for side, name in zip(Side, ("the US", "Japan"), strict=True):
        worth = labelled(offers, f"worth of the offer to {name}")
        assert list(worth.get_ydata()) == list(frame[f"{side.label}_value"])
        assert list(worth.get_xdata()) == list(frame["round"])
        own = labelled(offers, f"offer made by {name}")
        assert list(own.get_xdata()) == list(frame.loc[frame["proposer"] == side.label, "round"])
    assert list(stress.lines[0].get_ydata()) == list(frame["stress"])
    assert len(threats.patches) == len(talks.scenario.threats) * len(frame)
    assert talks.outcome is not None
    assert labelled(offers, "worth of the offer to the US").get_ydata()[-1] == talks.outcome.runs["utility"][0, Side.SENDER]


def test_the_path_tells_the_answers_the_threats_and_the_days(talks: Negotiation) -> None:
    offers, _, threats = plots.path(talks)
    frame = talks.frame()
    told = [text.get_text().replace("\n", " ") for text in offers.texts]
    assert told[-1] == "accepted"
    for answer, text in zip(frame["answer"], told, strict=True):
        assert text.startswith({"accept": "accepted", "refuse": "refused"}[answer])
    colours = {state.label: colour for state, (colour, _) in STATES.items()}
    bars = [bar for bar in threats.patches if round(bar.get_y() + bar.get_height() / 2) == 0]
    shown = [to_rgb(colours[state]) for state in frame["threat_reciprocal_tariff"]]
    assert [bar.get_facecolor()[:3] for bar in bars] == shown
    assert threats.get_xticklabels()[0].get_text() == "1\n2\nApr"
    assert threats.get_xlabel() == "round and its day in 2025"


def with_a_countermeasure() -> Scenario:
    """The case, of which there is a record, with a countermeasure about the first of its issues."""
    case = Scenario.load(CASE)
    tree = case.model_dump(exclude_unset=True, exclude={"notes"}) | {"kind": "teaching"}
    answer = {"name": "answer-in-kind", "issue": case.issues[0].name, "holder": "target", "rate": 12.0, "damage": 0.1}
    return Scenario.build({**tree, "threats": [*tree["threats"], {**answer, "state": "imposed", "pausable": False}]})


def test_a_countermeasure_is_drawn_under_its_own_name_in_the_colour_of_its_holder() -> None:
    talks = Negotiation(with_a_countermeasure(), 7).play()
    titles = ["Reciprocal tariff on Japan", "Tariff on cars and parts", "Tariff on steel and aluminium", "Answer in kind"]
    assert [label.get_text() for label in plots.path(talks)[-1].get_yticklabels()] == titles
    strips = plots.timeline(talks)
    assert [axes.get_title(loc="left") for axes in strips][1:] == titles[1:]
    first, last = ({line.get_color() for line in axes.lines} for axes in (strips[0], strips[-1]))
    assert style.SIDES[Side.TARGET].colour in last and style.SIDES[Side.TARGET].colour not in first
    assert style.FAINT in first and style.FAINT not in last  # no countermeasure is on record
    in_force = [line for line in strips[-1].lines if line.get_color() == style.SIDES[Side.TARGET].colour]
    assert {float(value) for line in in_force for value in line.get_ydata()} == {12.0}
    assert strips[-1].get_ylabel() == "%"


def test_a_path_has_a_strip_for_what_there_is_and_one_not_begun_is_refused() -> None:
    pie = Negotiation(Scenario.load("pie"), seed=3)
    with pytest.raises(ValueError, match="no round of these talks is played yet"):
        plots.path(pie)
    pie.step()
    assert [axes.get_title(loc="left") for axes in plots.path(pie)] == ["Worth of the offers, and the answers"]
    calm = Negotiation(Scenario.load("threat"), seed=3)
    calm.step()
    assert [axes.get_title(loc="left") for axes in plots.path(calm)][1:] == ["Threats at the end of the round"]


def test_the_typical_run_ends_as_most_do_in_the_median_round_of_these(results: Results, talks: Negotiation) -> None:
    frame = results.query("select replication, ending, rounds from runs where point = 0 order by replication")
    usual = frame[frame["ending"] == frame["ending"].mode()[0]]
    assert talks.outcome is not None
    row = talks.outcome.frame().iloc[0]
    assert row["rounds"] == usual["rounds"].quantile(0.5, interpolation="lower")
    assert row["replication"] == usual.loc[usual["rounds"] == row["rounds"], "replication"].min()


# ---- ledger ----


def test_the_ledger_leads_from_the_worth_of_the_ending_to_the_payoff(results: Results, summary: Any) -> None:
    drawn = plots.ledger(results)
    named = [label.get_text() for label in drawn[0].get_yticklabels()]
    for side, axes in zip(Side, drawn, strict=True):
        *steps, payoff = axes.patches
        means = {CHANNEL_NAMES[what]: 100 * summary.loc[(0, f"{side.label}_{what}"), "mean"] for what in CHANNELS}
        assert [bar.get_width() for bar in steps] == pytest.approx([means[name] for name in named[:-1]])
        assert payoff.get_width() == pytest.approx(100 * summary.loc[(0, f"{side.label}_payoff"), "mean"])
        left_out = sum(mean for name, mean in means.items() if name not in named)
        last = steps[-1].get_x() + steps[-1].get_width()
        assert last + left_out == pytest.approx(payoff.get_width())


def test_the_changes_of_the_ledger_are_the_paired_differences_of_the_headlines(results: Results) -> None:
    first, axes = plots.ledger_changes(results)
    frame = paired(results, against=4, point=5).set_index("quantity")["difference"]
    rows = [label.get_text() for label in first.get_yticklabels()]
    names = {**{words: channel for channel, words in CHANNEL_NAMES.items()}, "payoff": "payoff"}
    wanted = [100 * frame[f"{side.label}_{names[row]}"] for side in Side for row in rows]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(wanted)
    assert axes.get_title(loc="left") == "Brinkmanship (US), 0 to 0.08"


def test_the_map_of_offers_shows_each_offer_made_by_then_and_the_deal() -> None:
    talks = Negotiation(Scenario.load("us-japan-2025"), 7).play()
    whole, early = plots.offers(talks), plots.offers(talks, until=3)
    frame = talks.frame()
    for drawn, part in ((whole, frame), (early, frame[frame["round"] <= 3])):
        lines = {line.get_label(): line for line in drawn.get_lines()}
        for side, name in (("sender", "the US"), ("target", "Japan")):
            own = part[part["proposer"] == side]
            assert list(lines[f"offers of {name}"].get_xdata()) == list(own["sender_value"])
            assert list(lines[f"offers of {name}"].get_ydata()) == list(own["target_value"])
            assert lines[f"offers of {name}"].get_color() == style.SIDES[Side[side.upper()]].colour
        assert ("accepted in round 8" in lines) == (drawn is whole)


def test_the_map_of_offers_can_be_drawn_before_the_first_offer() -> None:
    drawn = plots.offers(Negotiation(Scenario.load("pie"), 7))
    assert not [line for line in drawn.get_lines() if str(line.get_label()).startswith("offers of")]


@pytest.mark.parametrize("draw", [plots.path, plots.offers, plots.timeline, stepper])
@pytest.mark.parametrize("given", [CASE, Scenario.load("pie")])
def test_what_is_no_negotiation_is_refused_with_how_to_get_one(draw: Any, given: Any) -> None:
    with pytest.raises(TypeError, match=r"is no Negotiation\. Write ns\.Negotiation\(scenario, seed=7\)\.play\(\), say\."):
        draw(given)


def test_the_name_of_a_scenario_is_no_scenario_to_draw() -> None:
    with pytest.raises(TypeError, match=r"scenario = 'us-japan-2025' is no Scenario\. Load one: Scenario\.load"):
        plots.linkage(CASE)  # type: ignore[arg-type]
