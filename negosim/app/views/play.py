"""Playing one side: what is asked, in real units and in own utility only; and in the end, how others did in the same place."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import solara

from negosim.app.panels.issues import linkage_panel, term_rows
from negosim.app.panels.many import payoff_panel
from negosim.app.panels.offers import own_panel
from negosim.app.panels.rounds import belief_panel, has_threats_or_stress, threat_panel
from negosim.app.state.many import GAMES, Many
from negosim.app.state.offer import Game, offer_dials
from negosim.app.state.play import Playing
from negosim.app.state.watch import Watching
from negosim.app.views import widgets
from negosim.common.text import percent
from negosim.common.vocabulary import Ending, Response, Side
from negosim.report.words import day, side_name

ANSWERS = {"accept": Response.ACCEPT, "refuse": Response.REFUSE, "leave": Response.WALK_OUT}

HOW_TO = (
    "You decide for one side: what to offer, in real units, and whether to accept. You see what packages are worth to you, never "
    "what they are worth to the other side. Threats, markets and the vote at home follow the scenario."
)


RESERVATION = {
    "lumps": "Your reservation value is what no deal is worth to you; threats and doubt about the guarantee come on top.",
    "flows": "Your reservation value is the least utility that is worth signing: what no deal is worth to you, and what a deal "
    "costs you. Threats that may still be carried out, and doubt about the guarantee, lower it.",
}
"""What a reservation value is, by the form of the payoffs."""

Changing = Callable[[Callable[[Game], Game]], None]


@solara.component
def PlayView(game: solara.Reactive[Game | None], watching: Watching) -> None:  # noqa: N802
    """The view: the choice of a side, the game, or its end."""
    change, problem = widgets.use_steps(game)
    widgets.Notice(text=problem.value, event_close=lambda _=None: problem.set(""))
    if game.value is None:
        Choice(watching, change)
        return
    playing = game.value.playing
    with solara.Div(classes=["ns-main-column"]):
        Standing(playing)
        if playing.question == "offer":
            Bidding(game.value, change)
        elif playing.question == "answer":
            Answering(playing, change)
        else:
            Ended(game.value)
        Table(playing)
        text = "Leave this game" if playing.question else "Play again"
        widgets.Buttons(label="The game", buttons=[{"value": "leave", "text": text}], event_press=lambda _: game.set(None))


@solara.component
def Choice(watching: Watching, change: Changing) -> None:  # noqa: N802
    """Which side, and which luck."""
    scenario = watching.scenario

    def start(given: Mapping[str, str]) -> None:
        def begun(_: Any) -> Game:
            typed = given["seed"].strip()
            seed = watching.with_seed(typed).seed if typed else secrets.randbelow(2**31)
            return Game.begun(scenario, Side[given["side"].upper()], seed)

        change(begun)

    with solara.v.Html(tag="section", class_="ns-ask", attributes={"aria-label": "Play one side"}):
        solara.v.Html(tag="h2", children=[scenario.title])
        solara.v.Html(tag="p", children=[HOW_TO])
        options = [{"value": side.label, "text": scenario.delegation(side).name} for side in Side]
        widgets.Start(options=options, event_start=start)


@solara.component
def Standing(playing: Playing) -> None:  # noqa: N802
    """Where the talks stand for the person."""
    scenario, present = playing.scenario, playing.present
    number = int(present["round"]) or 1
    date = day(scenario, number)
    rows = [
        ("You are", scenario.delegation(playing.side).name),
        ("Round", f"{number} of {present['deadline']}{f', {date}' if date else ''}"),
        ("Worth of no deal, threats apart", f"{playing.no_deal:.3f}"),
        ("Expected if the talks end now", f"{playing.without_deal:.3f}"),
    ]
    if scenario.talks.payoff == "flows":
        rows.append(("Least worth signing, if no other threat is carried out", f"{playing.reservation:.3f}"))
    with solara.v.Html(tag="section", class_="ns-panel ns-stat", attributes={"aria-label": "Where you stand"}):
        for name, value in rows:
            solara.v.Html(tag="p", children=[name, solara.v.Html(tag="b", children=[value])])


@solara.component
def Bidding(game: Game, change: Changing) -> None:  # noqa: N802
    """Sliders for an offer, and what it is worth to the person."""
    playing = game.playing
    sealed = " Both sides table theirs at once." if playing.now.talks.public[0]["both"] else ""
    with solara.v.Html(tag="section", class_="ns-ask", attributes={"aria-label": "Your offer"}):
        solara.v.Html(tag="h2", children=["Your offer"])
        ask = f"Put a package on the table, in real units. 1 is your ideal, 0 your worst package.{sealed}"
        solara.v.Html(tag="p", class_="ns-meaning", children=[ask])
        widgets.Dials(
            prefix="offer", groups=[offer_dials(playing, game.draft).plain()],
            event_turn=lambda turned: change(lambda g: g.with_term(turned["name"], turned["value"])),
        )
        Worth(playing, game.draft)
        widgets.Buttons(
            label="Your offer", buttons=[{"value": "offer", "text": "Table this offer", "main": True}],
            event_press=lambda _: change(Game.offered),
        )


@solara.component
def Worth(playing: Playing, terms: Mapping[str, float]) -> None:  # noqa: N802
    """What a package is worth to the person if it is kept, and what signing it compares with."""
    worth = f"Worth to you: {playing.worth(terms):.3f}"
    signed = f"Signed now, with all that it costs you, it comes to {playing.worth_signed(terms):.3f}; no deal now is worth "
    with solara.Div(attributes={"role": "status"}):
        solara.v.Html(tag="p", children=[solara.v.Html(tag="b", children=[worth])])
        solara.v.Html(tag="p", class_="ns-meaning", children=[f"{signed}{playing.without_deal:.3f} to you."])


@solara.component
def Answering(playing: Playing, change: Changing) -> None:  # noqa: N802
    """The other side's offer, what it is worth to the person, and the answers there are."""
    other = playing.scenario.delegation(playing.side.other)
    buttons = [{"value": "accept", "text": "Accept", "main": True}, {"value": "refuse", "text": "Refuse"}]
    buttons += [{"value": "leave", "text": "Leave the talks"}] if playing.may_leave else []
    with solara.v.Html(tag="section", class_="ns-ask", attributes={"aria-label": "Your answer"}):
        solara.v.Html(tag="h2", children=[f"An offer of {other.in_a_sentence}"])
        widgets.Terms(title="Its terms", now="Offered", rows=term_rows(playing.scenario, playing.offers))
        Worth(playing, playing.on_offer())
        widgets.Buttons(
            label="Your answer", buttons=buttons, event_press=lambda answer: change(lambda g: g.answered(ANSWERS[answer]))
        )


@solara.component
def Ended(game: Game) -> None:  # noqa: N802
    """How it ended, and how 10,000 simulated negotiators did in the person's place."""
    playing, side = game.playing, game.playing.side
    scenario, payoff = playing.scenario, playing.payoff
    task = solara.lab.use_task(lambda: Many.of(scenario, game.seed), dependencies=[scenario, game.seed], raise_error=False)
    outcome = playing.now.outcome
    assert outcome is not None and payoff is not None
    with solara.v.Html(tag="section", class_="ns-ask", attributes={"aria-label": "The end"}):
        solara.v.Html(tag="h2", children=[f"The end. Your payoff: {payoff:.3f}"])
        solara.v.Html(tag="p", children=[Ending(int(outcome.runs["ending"][0])).sentence])
        many = task.value
        if many is None:
            solara.v.Html(tag="p", attributes={"role": "status"}, children=[f"Playing {GAMES:,} games in your place …"])
            return
        share, same = many.share_below(side, payoff), float(many.payoffs(side)[0])
        strategy = scenario.delegation(side).strategy
        told = (
            f"You did better than {percent(share)} of {GAMES:,} simulated negotiators in your place, who play {strategy}. "
            f"With the very same luck as yours, the simulated one had {same:.3f}. The seed was {game.seed}."
        )
        solara.v.Html(tag="p", children=[told])
        svg = payoff_panel(scenario, {side: many.payoffs(side)}, {side: payoff}, "you")
        widgets.Figure(title=f"Payoffs of {side_name(scenario, side)} in {GAMES:,} games", svg=svg)


@solara.component
def Table(playing: Playing) -> None:  # noqa: N802
    """What both sides can see, and what the person alone believes."""
    scenario, offers, events = playing.scenario, playing.offers, playing.events
    end = next((event.facts for event in events if event.kind == "end"), None)
    last = max([int(facts["deadline"]) for facts in (events[0].facts, playing.present)] + [int(playing.present["round"])])
    with solara.Div(classes=["ns-panels"]):
        worth = own_panel(scenario, playing.side, offers, playing.reservation, last)
        widgets.Figure(title="What the offers are worth to you", svg=worth, note=RESERVATION[scenario.talks.payoff])
        widgets.Figure(title="Who is winning which issue", svg=linkage_panel(scenario, offers, end))
        if has_threats_or_stress(scenario):
            widgets.Figure(title="Threats and market stress", svg=threat_panel(scenario, events[0].facts, offers, last))
        beliefs = belief_panel(scenario, events[0].facts, offers, last, sides=[playing.side])
        widgets.Figure(title="What your side believes", svg=beliefs, note="Worked out from the public record by Bayes' rule.")
        with solara.Div(classes=["ns-wide"]):
            widgets.Text(title="Transcript, as your side hears it", text=playing.transcript())
