"""Make the picture of the browser app anew: python -m tools.view_picture docs/figures/view.png, from the project's root."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

from tests.app.driving import Person, chromium, serving

if __name__ == "__main__":
    [file] = sys.argv[1:]
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        person = Person(browser.new_context(viewport={"width": 1280, "height": 1010}), address).open()
        person.fill("Seed", "7").press("Set seed")
        for number in range(1, 6):
            person.press("Step").stands_at(f"Round {number} of")
        person.page.screenshot(path=file)
        browser.close()
