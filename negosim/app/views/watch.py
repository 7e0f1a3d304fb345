"""Watching a run: settings on the left, steps above, panels, transcript, and other courses beside it."""

from __future__ import annotations

from collections.abc import Callable

import solara

from negosim.app.panels.issues import linkage_panel, term_rows
from negosim.app.panels.offers import map_panel
from negosim.app.panels.rounds import belief_panel, has_threats_or_stress, threat_panel
from negosim.app.state import dials
from negosim.app.state.courses import Changes, Shown
from negosim.app.state.watch import Watching
from negosim.app.views import widgets
from negosim.app.views.exports import KINDS, exported
from negosim.app.views.many import DistributionView
from negosim.common.vocabulary import Ending, Side
from negosim.report.no_talks import TITLE, derived, no_talks_head, no_talks_rows
from negosim.report.words import day
from negosim.scenario.scenario import Scenario

Changing = Callable[[Callable[[Watching], Watching]], None]
"""Takes a step from one state to the next; an error is told."""

MOVES: dict[str, Callable[[Watching], Watching]] = {
    "step": Watching.stepped,
    "back": Watching.back,
    "end": lambda state: state.at(state.length),
    "reset": lambda state: state.at(0),
}


WHAT_IF = "Takes another course from the round shown, with the same luck and one other value, and shows it beside this one."


@solara.component
def WatchView(watching: solara.Reactive[Watching], opened: Scenario, in_many: bool) -> None:  # noqa: N802
    """Settings, and beside them one run or, with the same settings, many."""
    change, problem = widgets.use_steps(watching)
    state = watching.value
    with solara.Div(classes=["ns-layout"]):
        Settings(opened, state.base, state.changes, change)
        with solara.Div(classes=["ns-main-column"]):
            widgets.Notice(text=problem.value, event_close=lambda _=None: problem.set(""))
            if in_many:
                DistributionView(state.scenario, state.seed)
                return
            widgets.Transport(
                rounds=state.rounds, ended=state.has_ended, seed=str(state.seed), now=now_words(state.shown[0]),
                event_move=lambda move: change(MOVES[move]), event_sow=lambda typed: change(lambda s: s.with_seed(typed)),
            )
            Courses(state, change)


@solara.component
def Settings(opened: Scenario, base: Scenario, changes: Changes, change: Changing) -> None:  # noqa: N802
    """The scenario, its dials, and any other parameter by name."""
    state = Watching(base, changes=changes)
    with solara.v.Html(tag="section", class_="ns-side", attributes={"aria-label": "Settings"}):
        named = {name: name for name in Scenario.names()} | {opened.name: f"{opened.name} (as opened)"}
        widgets.Choose(
            name="scenario", label="Scenario", value=state.base.name,
            options=[{"value": name, "text": text} for name, text in named.items()],
            event_choose=lambda name: change(lambda s: Watching(opened if name == opened.name else Scenario.load(name), s.seed)),
        )
        solara.v.Html(tag="p", class_="ns-meaning", children=[state.base.title])
        widgets.Dials(
            prefix="dial", groups=[group.plain() for group in dials.groups(state.scenario)],
            event_turn=lambda turned: change(lambda s: s.changed(turned["name"], turned["value"])),
        )
        solara.v.Html(tag="h2", children=["Any other parameter"])
        widgets.Setting(
            prefix="other", names=state.scenario.sweepable(), button="Set value",
            event_give=lambda given: change(lambda s: s.changed(given["name"], given["value"])),
        )
        if state.changes:
            changed = ", ".join(f"{name} = {value}" for name, value in state.changes)
            solara.v.Html(tag="p", class_="ns-meaning", children=[f"Changed: {changed}"])
            widgets.Buttons(
                label="Settings", buttons=[{"value": "all", "text": "As the scenario has it"}],
                event_press=lambda _: change(Watching.unchanged),
            )


@solara.component
def Courses(state: Watching, change: Changing) -> None:  # noqa: N802
    """The course of the talks and, where there are any, other courses beside it."""
    shown = state.shown
    last = max(last_round(one) for one in shown)
    if len(shown) == 1:
        Course(shown[0], last, "ns-panels")
    else:
        with solara.Div(classes=["ns-panels", "ns-three" if len(shown) == 3 else "ns-two"]):
            for number, one in enumerate(shown):
                with solara.Div(classes=["ns-course"]):
                    CourseHead(state, number, now_words(one), change)
                    Course(one, last, "ns-course")
    with solara.v.Html(tag="section", class_="ns-panel", attributes={"aria-label": "What if"}):
        solara.v.Html(tag="h2", children=["What if, from here on …"])
        solara.v.Html(tag="p", class_="ns-meaning", children=[WHAT_IF])
        widgets.Setting(
            prefix="fork", names=state.scenario.sweepable(), button="Fork here",
            event_give=lambda given: change(lambda s: s.forked(given["name"], given["value"])),
        )
    Exports(shown[0], change)


@solara.component
def CourseHead(state: Watching, number: int, now: str, change: Changing) -> None:  # noqa: N802
    """What a course is, where it stands, and, for another course, a button to be rid of it."""
    name = "The run as it is" if number == 0 else f"What if, {state.forks[number - 1].words()}"
    with solara.Div(classes=["ns-course-head"]):
        solara.v.Html(tag="h2", children=[name])
        solara.v.Html(tag="p", children=[now])
        if number > 0:
            widgets.Buttons(
                label=name, buttons=[{"value": number - 1, "text": "Remove"}],
                event_press=lambda which: change(lambda s: s.without_fork(which)),
            )


@solara.component
def Exports(shown: Shown, change: Changing) -> None:  # noqa: N802
    """Buttons that save the run as shown."""
    file = solara.use_reactive(None)

    def save(kind: str) -> None:
        def make(state: Watching) -> Watching:
            file.set(exported(shown, kind))
            return state

        change(make)

    with solara.v.Html(tag="section", class_="ns-panel", attributes={"aria-label": "Save"}):
        solara.v.Html(tag="h2", children=["Save the run as shown"])
        buttons = [{"value": kind, "text": text} for kind, text in KINDS.items()]
        widgets.Buttons(label="Save", buttons=buttons, event_press=save, file=file.value)


@solara.component
def Course(shown: Shown, last: int, layout: str) -> None:  # noqa: N802
    """The panels of one course."""
    scenario, offers, end = shown.scenario, shown.offers, shown.end
    true_values = {side: float(shown.talks.talks.owns[side]["reservation"]) for side in Side}
    with solara.Div(classes=[layout]):
        widgets.Figure(title="Who is winning which issue", svg=linkage_panel(scenario, offers, end))
        widgets.Figure(
            title="Offers and the frontier", svg=map_panel(scenario, offers, end),
            note="The frontier is that of the principals' mean priorities.",
        )
        if has_threats_or_stress(scenario):
            widgets.Figure(title="Threats and market stress", svg=threat_panel(scenario, shown.opening, offers, last))
        widgets.Figure(
            title="What they believe", svg=belief_panel(scenario, shown.opening, offers, last, true_values=true_values)
        )
        with solara.Div(classes=["ns-panel"]):
            widgets.Terms(title="Terms", now=terms_are(shown), rows=term_rows(scenario, offers, end))
            if (refused := derived(scenario)) is not None:
                widgets.Table(title=TITLE, heads=no_talks_head(scenario), rows=no_talks_rows(refused))
        widgets.Text(title="Transcript", text=shown.transcript())


def last_round(shown: Shown) -> int:
    """The last round that a picture of this course has room for."""
    deadlines = [int(facts["deadline"]) for facts in [shown.opening, *shown.offers]]
    return max([shown.rounds, *deadlines])


def terms_are(shown: Shown) -> str:
    """What the terms in the table are."""
    if shown.end is not None:
        return "In the end"
    return "On the table" if shown.offers else "Now"


def now_words(shown: Shown) -> str:
    """Where a run stands, in a line.

    >>> from negosim.app.state.courses import Course
    >>> now_words(Course(Scenario.load("pie"), 7).shown(0))
    'Before round 1 of 10'
    """
    deadline = int((shown.offers or [shown.opening])[-1]["deadline"])
    if shown.end is not None:
        ending = next(ending for ending in Ending if ending.label == shown.end["ending"])
        return f"Round {shown.rounds}: the end. {ending.sentence}"
    if shown.rounds == 0:
        return f"Before round 1 of {deadline}"
    date = day(shown.scenario, shown.rounds)
    return f"Round {shown.rounds} of {deadline}{f', {date}' if date else ''}"
