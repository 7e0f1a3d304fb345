"""A run is watched in a real browser: steps, dials, other courses, files, and ten thousand games."""

from __future__ import annotations

import csv
import io
import re

from playwright.sync_api import expect

from negosim import Negotiation, Scenario
from tests.app.driving import Person

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")


def test_a_run_is_stepped_back_and_forth_and_begun_anew(person: Person) -> None:
    person.press("Step").stands_at("Round 1 of").press("Step").stands_at("Round 2 of").press("Back").stands_at("Round 1 of")
    person.press("To the end").stands_at("the end.")
    expect(person.page.get_by_role("button", name="Step", exact=True)).to_be_disabled()
    person.press("Reset").stands_at("Before round 1")


def test_the_run_that_is_shown_is_that_of_the_command_line(person: Person) -> None:
    person.fill("Seed", "7").press("Set seed").press("To the end").stands_at("the end.")
    told = Negotiation(CASE, 7).play().transcript()
    transcript = person.page.get_by_label("Transcript", exact=True)
    expect(transcript).to_contain_text(told.splitlines()[-1])
    assert re.sub(r"\s+", " ", transcript.inner_text()) == re.sub(r"\s+", " ", told)


def test_playing_goes_on_by_itself_until_it_is_paused(person: Person) -> None:
    person.press("Play").stands_at("Round 3 of").press("Pause")
    stopped = person.page.locator(".ns-now").inner_text()
    person.page.wait_for_timeout(1500)
    assert person.page.locator(".ns-now").inner_text() == stopped


def test_every_panel_changes_when_an_offer_is_made(person: Person) -> None:
    titles = ["Who is winning which issue", "Offers and the frontier", "Threats and market stress", "What they believe"]
    before = {title: person.panel(title) for title in titles}
    person.press("Step").press("Step").stands_at("Round 2 of")
    for title in titles:
        person.sees_change(title, before[title])


def test_settled_issues_are_marked_in_the_graph_and_in_the_table(person: Person) -> None:
    graph = person.page.locator("figure", has_text="Who is winning which issue").locator("svg")
    expect(graph).not_to_contain_text("✓")
    person.press("To the end").stands_at("Both sides accepted")
    expect(graph.get_by_text("✓")).to_have_count(len(CASE.issues))
    expect(person.page.get_by_text("✓ settled").first).to_be_visible()


def test_a_slider_a_number_a_list_and_a_tick_turn_a_parameter(person: Person) -> None:
    page = person.page
    person.slide("Ambiguity, slider", 0.5).sees(re.compile(r"Changed: sender.ambiguity = 0.2[3-7]"))
    person.fill("Volatility (per round)", "0.5").sees("sender.volatility = 0.5")
    page.get_by_label("Ambiguity belief only").first.check()
    person.sees("sender.ambiguity_belief_only = True")
    page.get_by_text(re.compile("^How .* bargains$")).first.click()
    page.get_by_label("Strategy").first.select_option("commitment")
    person.sees("sender.strategy = commitment").press("As the scenario has it")
    expect(page.get_by_text("Changed:")).to_have_count(0)
    expect(page.get_by_label("Volatility (per round)", exact=True)).to_have_value(f"{CASE.sender.volatility:g}")


def test_dials_say_their_meaning_their_unit_and_keep_to_their_range(person: Person) -> None:
    person.sees("half-width of the private reservation value as the other side sees it")
    slider = person.page.get_by_label("Ambiguity, slider").first
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("0", "0.5")


BAD = [
    ("sender.ambiguity", "0.9", "sender.ambiguity = 0.9 is out of range. It must be between 0 and 0.5."),
    ("sender.ambiguty", "0.1", 'The nearest known name is "sender.ambiguity".'),
    ("talks.rounds", "many", "talks.rounds = 'many' is not a number."),
    ("sender", "1", "is a group of values."),
    ("issues", "<b>1</b>", "is not a number"),
    ("", "", "is unknown."),
]


def test_bad_input_gets_a_sentence_and_changes_nothing(person: Person) -> None:
    person.press("Step").stands_at("Round 1 of")
    for name, value, sentence in BAD:
        person.page.locator("#other-name").fill(name)
        person.page.locator("#other-value").fill(value)
        person.press("Set value").sees(sentence).stands_at("Round 1 of")
        assert "Traceback" not in person.page.locator("body").inner_text()
        person.press("Close")
        expect(person.page.get_by_text(sentence)).to_have_count(0)


def test_a_seed_that_is_none_gets_a_sentence(person: Person) -> None:
    person.fill("Seed", "-3").press("Set seed").sees("seed = '-3' is no seed. Write a whole number from 0 to")


DIFFERENT_MAPS = """new Set([...document.querySelectorAll('figure')].filter(
    one => one.textContent.includes('Offers and the frontier')).map(one => one.querySelector('svg').outerHTML)).size"""
"""How many maps of offers differ from one another; waited for, since the panels of a course come one after another."""


def test_other_courses_are_shown_side_by_side_and_can_be_removed(person: Person) -> None:
    page = person.page
    person.press("Step").press("Step").press("Step").stands_at("Round 3 of")
    for name, value in (("target.strategy", "commitment"), ("sender.toughness", "9")):
        page.locator("#fork-name").fill(name)
        page.locator("#fork-value").fill(value)
        person.press("Fork here").sees(f"What if, from round 4 on: {name} = {value}")
    maps = page.locator("figure", has_text="Offers and the frontier").locator("svg")
    expect(maps).to_have_count(3)
    page.wait_for_function(DIFFERENT_MAPS + " === 1")
    person.press("To the end").stands_at("the end.")
    page.wait_for_function(DIFFERENT_MAPS + " > 1")
    person.press("Fork here").sees("2 other courses are shown already. Remove one first.")
    person.press("Remove").press("Remove")
    expect(page.get_by_text("What if, from round 4 on")).to_have_count(0)


def test_the_run_is_saved_as_transcript_table_and_picture(person: Person) -> None:
    saved = {}
    person.press("Step").press("Step").stands_at("Round 2 of")
    for button in ("Transcript (text)", "Rounds (CSV)", "Picture (PNG)"):
        with person.page.expect_download() as coming:
            person.press(button)
        saved[coming.value.suggested_filename.rpartition(".")[2]] = coming.value.path().read_bytes()
    assert saved["txt"].decode().startswith(CASE.title) and "Round 2," in saved["txt"].decode()
    rows = list(csv.DictReader(io.StringIO(saved["csv"].decode())))
    assert [row["round"] for row in rows] == ["1", "2"]
    assert saved["png"].startswith(b"\x89PNG") and len(saved["png"]) > 20_000


def test_a_picture_of_no_round_gets_a_sentence(person: Person) -> None:
    person.press("Picture (PNG)").sees("There is nothing to draw yet: no round is shown. Press Step first.")


def test_ten_thousand_games_are_shown_with_the_run_marked_in_them_and_follow_the_dials(person: Person) -> None:
    person.press("10,000 games").sees("Payoffs of 10,000 games").sees("Where they settle")
    before = person.panel("Payoffs of 10,000 games")
    outcome = Negotiation(CASE, 0).play().outcome
    assert outcome is not None
    for payoff in outcome.runs["payoff"][0]:
        assert f"this run: {payoff:.2f}" in before
    assert "this run" in person.panel("How they end") and "this run" in person.panel("How long they take")
    person.fill("Volatility (per round)", "1.5").sees("sender.volatility = 1.5")
    expect(person.page.get_by_text("Where they settle")).to_be_visible()
    person.sees_change("Payoffs of 10,000 games", before)


def test_another_scenario_is_chosen_from_the_list(person: Person) -> None:
    person.page.get_by_label("Scenario").select_option("pie")
    person.stands_at("Before round 1 of 10").press("To the end").stands_at("the end.")
