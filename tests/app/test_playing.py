"""A person plays one side in a real browser, and nothing that only the other side knows is sent there."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import expect

from negosim import Response, Scenario, Side
from negosim.app.state.offer import Game
from negosim.app.state.play import Playing
from negosim.common.vocabulary import CHANNELS
from negosim.engine.events import standing
from negosim.engine.no_talks import no_talks
from tests.app.driving import Person

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")
FLOWS = Scenario.load("us-japan-2025-flows")
SEED = 15


def begun(person: Person, side: Side, seed: int = SEED) -> Person:
    person.press("Play one side").page.get_by_role("radio", name=CASE.delegation(side).name).check()
    return person.fill("Seed of the luck (empty: any)", str(seed)).press("Begin the talks").sees("You are")


def asked(person: Person, game: Game) -> None:
    """Wait until the person is asked what it should be, in the round in which it should be."""
    heading = "Your offer" if game.playing.question == "offer" else "An offer of"
    expect(person.page.locator(".ns-ask h2").first).to_contain_text(heading)
    person.sees(re.compile(f"^{game.playing.present['round']} of "))


def worth(person: Person) -> float:
    return float(person.page.get_by_text("Worth to you:").inner_text().rpartition(":")[2])


@pytest.mark.parametrize("side", Side)
def test_a_person_plays_a_side_to_the_end_and_learns_how_others_did(side: Side, person: Person) -> None:
    begun(person, side)
    game = Game.begun(CASE, side, SEED)
    while game.playing.question is not None:
        asked(person, game)
        if game.playing.question == "offer":
            game = game.offered()
            person.press("Table this offer")
        else:
            accepts = game.playing.present["round"] >= 6
            assert worth(person) == pytest.approx(game.playing.worth(game.playing.on_offer()), abs=6e-4)
            person.press("Accept" if accepts else "Refuse")
            game = game.answered(Response.ACCEPT if accepts else Response.REFUSE)
    person.sees(f"The end. Your payoff: {game.playing.payoff:.3f}")
    person.sees(re.compile("You did better than .* of 10,000 simulated negotiators in your place"))
    assert f"you: {game.playing.payoff:.2f}" in person.panel("in 10,000 games")
    person.press("Play again").sees("Begin the talks")


def test_with_flows_a_person_sees_what_no_deal_is_worth_beside_what_signing_is(person: Person) -> None:
    person.page.get_by_label("Scenario").select_option(FLOWS.name)
    person.sees("What no deal is worth before round 1").sees(f"{no_talks(FLOWS).value[Side.SENDER]:.3f}")
    begun(person, Side.TARGET)
    playing = Game.begun(FLOWS, Side.TARGET, SEED).playing
    person.sees("Least worth signing").sees(f"{playing.reservation:.3f}").sees(f"{playing.no_deal:.3f}")
    terms = playing.start_from() if playing.question == "offer" else playing.on_offer()
    comes_to, without = playing.worth_signed(terms), playing.without_deal
    person.sees(f"with all that it costs you, it comes to {comes_to:.3f}; no deal now is worth {without:.3f} to you.")


def test_an_offer_is_made_with_sliders_in_real_units_and_its_own_worth_is_told(person: Person) -> None:
    begun(person, Side.TARGET)
    assert worth(person) == 1.0
    issue = CASE.issues[0]
    person.slide(f"{issue.title}, slider", 0.5)
    expect(person.page.get_by_text("Worth to you: 1.000")).to_have_count(0)
    typed = person.page.get_by_label(f"{issue.title} ({issue.unit})", exact=True).input_value()
    assert float(typed) == pytest.approx((issue.sender_end + issue.target_end) / 2, rel=0.1)
    game = Game.begun(CASE, Side.TARGET, SEED).with_term(issue.name, typed)
    assert worth(person) == pytest.approx(game.playing.worth(game.draft), abs=6e-4)


CANNOT = [("1e9", "cannot be offered. It must lie between"), ("a lot", "is not a number.")]


@pytest.mark.parametrize(("typed", "sentence"), CANNOT)
def test_an_offer_that_cannot_be_made_gets_a_sentence(typed: str, sentence: str, person: Person) -> None:
    begun(person, Side.TARGET).page.locator(".ns-dial input[type=text]").first.fill(typed)
    person.page.keyboard.press("Tab")
    person.sees(sentence)


def test_while_a_side_is_played_the_settings_and_the_watched_run_are_out_of_reach(person: Person) -> None:
    begun(person, Side.TARGET)
    for text in ("Watch a run", "10,000 games", "Any other parameter", "Offers and the frontier"):
        expect(person.page.get_by_text(text)).to_have_count(0)
    person.press("Leave this game").sees("Begin the talks").press("Watch a run").stands_at("Before round 1")


def secrets(playing: Playing) -> dict[str, float]:
    """What only the other side knows, by name, as of now: its type, what things are worth to it, and what it believes."""
    talks, other = playing.now.talks, playing.side.other
    own, label = talks.owns[other], playing.side.other.label
    found = {f"own.{name}": float(own[name]) for name in own.dtype.names if own.dtype[name].kind == "f"}
    found |= {f"its belief {place}": float(mass) for place, mass in enumerate(talks.beliefs[other].ravel())}
    found["worth of the offer to it"] = float(talks.offer[own["kept_column"]])
    for facts in playing.before.rounds:
        found |= {f"{name} of round {facts['round']}": value for name, value in facts.items() if name.startswith(f"{label}_")}
        if facts["proposer"] == playing.side.label:
            found |= {f"{name} of round {facts['round']}": facts[name] for name in ("answer_worth", "answer_needed")}
    if playing.now.outcome is not None:
        row = playing.now.outcome.frame().iloc[0]
        names = ("payoff", "utility", "reservation", *CHANNELS)
        found |= {f"its {name}": float(row[f"{label}_{name}"]) for name in names}
        found |= {name: float(row[name]) for name in ("frontier_distance", "nash_distance")}
    return found


def own_numbers(playing: Playing) -> set[float]:
    """What the person may know: numbers that its own records and the public ones hold too."""
    talks, known = playing.now.talks, set()
    for record in (talks.owns[playing.side], talks.images[playing.side], talks.images[playing.side.other], talks.public[0]):
        known |= {float(record[name]) for name in record.dtype.names}
    hidden, label = ("frontier_distance", "nash_distance"), playing.side.other.label
    for facts in (standing(playing.now), *(event.facts for event in playing.before.events)):
        asked_other = ("answer_worth", "answer_needed") if facts.get("proposer") == playing.side.label else ()
        told = {name: value for name, value in facts.items() if name not in (*hidden, *asked_other)}
        known |= {value for name, value in told.items() if isinstance(value, float) and not name.startswith(f"{label}_")}
    return {value for value in known if math.isfinite(value)}


def telling(value: float, known: set[float]) -> bool:
    """Whether a number would give something away: it has more than two decimals, and nothing known reads like it."""
    if not math.isfinite(value) or abs(value * 100 - round(value * 100)) < 1e-9:
        return False
    return all(abs(abs(value) - abs(other)) > 1e-3 for other in known)


def said_anywhere(value: float, frames: str) -> bool:
    """Whether the frames hold a number, to three decimals or more."""
    digits = f"{abs(value):.4f}"[:-1]
    rounded = f"{abs(value):.3f}"
    return any(re.search(rf"(?<![\d.]){re.escape(text)}", frames) for text in {digits, rounded})


@pytest.mark.parametrize("side", Side)
def test_nothing_that_only_the_other_side_knows_is_sent_to_the_browser(side: Side, person: Person) -> None:
    person.press("Play one side").sees("Begin the talks")
    person.frames.clear()
    begun(person, side)
    game, hidden, known = Game.begun(CASE, side, SEED), {}, set()
    while True:
        hidden |= secrets(game.playing)
        known |= own_numbers(game.playing)
        if game.playing.question is None:
            break
        asked(person, game)
        if game.playing.question == "offer":
            game = game.offered()
            person.page.locator(".ns-dial input[type=text]").first.fill("a lot")
            person.page.keyboard.press("Tab")
            person.sees("is not a number.").press("Table this offer")  # a sentence about bad input tells nothing either
        else:
            game = game.answered(Response.REFUSE)
            person.press("Refuse")
    person.sees("You did better than").press("Play again").sees("Begin the talks")
    frames = "\n".join(person.frames)
    assert f"{game.playing.reservation:.3f}" in frames  # the person's own is there, so it would be seen
    private = {name: value for name, value in hidden.items() if telling(value, known)}
    assert len(private) > 20 and {"own.reservation", "own.no_deal"} <= private.keys()
    assert {name: value for name, value in private.items() if said_anywhere(value, frames)} == {}
    other = side.other.label
    assert re.findall(rf"{other}_(?:value|payoff|reservation|trust|believes)|{other}\.(?:strategy|toughness)", frames) == []
    for giveaway in (CASE.delegation(side.other).strategy, "never takes less", r"\bnan\b"):
        assert re.findall(giveaway, frames) == [], giveaway
