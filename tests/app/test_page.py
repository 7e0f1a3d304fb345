"""The page as such: for people who use a keyboard, a reader or a telephone, who are in a hurry, or who are not alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.app.driving import PATIENCE, Person

SERIOUS = ("serious", "critical")

VIEWS: dict[str, Callable[[Person], object]] = {
    "a run": lambda person: person.press("To the end").stands_at("the end."),
    "an error": lambda person: person.press("Set value").sees("is unknown."),
    "other courses": lambda person: fork(person.press("Reset")),
    "many games": lambda person: person.press("10,000 games").sees("Where they settle"),
    "the choice of a side": lambda person: person.press("Play one side").sees("Begin the talks"),
    "an offer": lambda person: person.press("Begin the talks").sees("Table this offer"),
    "an answer": lambda person: person.press("Table this offer").sees("Its terms"),
}
"""The views, one after another, as one person comes to them."""


def fork(person: Person) -> None:
    person.page.locator("#fork-name").fill("sender.toughness")
    person.page.locator("#fork-value").fill("9")
    person.press("Fork here").sees("What if, from round 1 on")


def test_axe_finds_nothing_serious_in_any_view(person: Person) -> None:
    for view, come in VIEWS.items():
        come(person)
        for details in person.page.locator("details").all():
            details.evaluate("details => { details.open = true }")
        found = Axe().run(person.page).response["violations"]
        assert [(view, each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []


def test_no_view_is_wider_than_a_telephone_and_all_words_can_be_read(arrive: Callable[..., Person]) -> None:
    person = arrive(390, 844)
    heights = "[...document.querySelectorAll('svg text')].map(text => text.getBoundingClientRect().height)"
    for view, come in VIEWS.items():
        come(person)
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 390, view
        assert min(person.page.evaluate(heights), default=99) >= 9.0, view


def test_a_run_is_stepped_and_a_dial_turned_by_keyboard_alone(person: Person) -> None:
    page = person.page
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Step":
            break
    page.keyboard.press("Enter")
    person.stands_at("Round 1 of")
    page.keyboard.press("Space")
    person.stands_at("Round 2 of")
    page.get_by_label("Ambiguity, slider").first.focus()
    page.keyboard.press("ArrowRight")
    person.sees("sender.ambiguity = 0.055")


def test_two_people_at_once_do_not_see_each_others_run(arrive: Callable[..., Person]) -> None:
    one, other = arrive(), arrive()
    one.press("Step").press("Step").stands_at("Round 2 of")
    other.stands_at("Before round 1").fill("Volatility (per round)", "0.7").sees("sender.volatility = 0.7")
    one.press("Step").stands_at("Round 3 of")
    expect(one.page.get_by_text("Changed:")).to_have_count(0)
    other.stands_at("Before round 1")


def test_two_hundred_quick_clicks_break_nothing(person: Person) -> None:
    page = person.page
    clicked = page.evaluate(
        """async () => {
        const names = ['Step', 'Back', 'Step', 'Reset', 'Step', 'To the end', 'Other luck', 'Play', 'Step', 'Pause']
        let clicked = 0
        for (let n = 0; clicked < 200; n++) {
            const name = names[n % names.length]
            const button = [...document.querySelectorAll('button')].find(one => one.textContent.trim() === name && !one.disabled)
            if (button) { button.click(); clicked += 1 }
            if (n % 10 === 9) await new Promise(resolve => setTimeout(resolve, 5))
        }
        const pause = [...document.querySelectorAll('button')].find(one => one.textContent.trim() === 'Pause')
        if (pause) pause.click()
        return clicked }"""
    )
    assert clicked == 200
    person.fill("Seed", "7").press("Set seed")
    expect(page.locator(".ns-now")).to_have_text(re.compile("Before round 1"), timeout=3 * PATIENCE)
    person.press("Step").stands_at("Round 1 of")


def test_a_page_that_is_loaded_again_begins_cleanly(person: Person) -> None:
    person.press("Step").press("Step").stands_at("Round 2 of")
    person.fill("Volatility (per round)", "0.7").sees("sender.volatility = 0.7")
    person.page.reload()
    person.stands_at("Before round 1").press("Step").stands_at("Round 1 of")
    expect(person.page.get_by_text("Changed:")).to_have_count(0)


def test_the_page_says_its_name_and_its_language(person: Person) -> None:
    expect(person.page).to_have_title(re.compile("negosim"))
    assert person.page.evaluate("document.documentElement.lang") == "en"
