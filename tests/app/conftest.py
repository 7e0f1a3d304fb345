"""A server and a browser for each process of the tests, and a person for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.app.driving import Person, chromium, serving


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of a server of the default scenario, which is told once the rules are compiled."""
    with serving() as at:
        yield at


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium was found; .ci/chromium says how to get one")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def desk(browser: Browser) -> BrowserContext:
    """A desk that has the scripts of the page already, from test to test."""
    return browser.new_context(viewport={"width": 1280, "height": 900})


@pytest.fixture
def arrive(browser: Browser, desk: BrowserContext, address: str) -> Iterator[Callable[..., Person]]:
    """What lets people arrive at the app. In the end nobody has seen an error or needed anything from outside."""
    people: list[Person] = []

    def come(width: int = 1280, height: int = 900) -> Person:
        is_first = not people and width == 1280
        context = desk if is_first else browser.new_context(viewport={"width": width, "height": height})
        people.append(Person(context, address))
        return people[-1].open()

    yield come
    for person in people:
        person.page.close()
    assert [error for person in people for error in person.errors] == []
    assert [url for person in people for url in person.outside] == []


@pytest.fixture
def person(arrive: Callable[..., Person]) -> Person:
    """One person at a desk."""
    return arrive()
