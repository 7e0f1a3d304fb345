"""How fast the browser app answers: from a click to the changed page, on the clock, in a real Chromium on this machine.

A click is timed in the page itself, from the event to the next frame after the line that says where the run stands, every panel
and the transcript have all changed. The load of the machine is printed, since it counts on the clock.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

from playwright.sync_api import Page, sync_playwright
from processor import machine

TIMED = """
button => new Promise(resolve => {
    const start = performance.now()
    const waiting = new Set(document.querySelectorAll('.ns-now, .ns-picture, .ns-scroll'))
    const changes = {childList: true, characterData: true, subtree: true}
    for (const place of waiting) {
        const seen = new MutationObserver(() => {
            seen.disconnect()
            waiting.delete(place)
            if (waiting.size === 0) requestAnimationFrame(() => resolve(performance.now() - start))
        })
        seen.observe(place, changes)
    }
    [...document.querySelectorAll('button')].find(one => one.textContent.trim() === button).click()
})"""


def clicks(page: Page, count: int) -> list[float]:
    """Return milliseconds from clicks on Step and Back, by turns of a whole run, to the change of all that is shown."""
    times = []
    while len(times) < count:
        while len(times) < count and page.get_by_role("button", name="Step", exact=True).is_enabled():
            times.append(float(page.evaluate(TIMED, "Step")))
        while len(times) < count and page.get_by_role("button", name="Back", exact=True).is_enabled():
            times.append(float(page.evaluate(TIMED, "Back")))
    return times


def openings(page: Page, count: int) -> list[float]:
    """Return milliseconds from a click on the tab of 10,000 games to its table of terms."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        page.get_by_role("button", name="10,000 games").click()
        page.get_by_text("Where they settle").wait_for()
        times.append(1e3 * (time.perf_counter() - start))
        page.get_by_role("button", name="Watch a run").click()
        page.locator(".ns-now").wait_for()
    return times


def told(name: str, times: list[float]) -> str:
    """Return a line with the median, and what one in twenty takes at least."""
    ordered = sorted(times)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{name}: median {statistics.median(times):.0f} ms, one in twenty {late:.0f} ms or more ({len(times)} times)"


def main() -> None:
    """Serve, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scenario", default="us-japan-2025")
    parser.add_argument("--clicks", type=int, default=200)
    given = parser.parse_args()
    program = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("No Chromium was found; .ci/chromium installs Debian's.")
    print(machine())
    command = [sys.executable, "-u", "-c", "from negosim.cli import app; app()", "view", given.scenario, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as playwright:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address is not None
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address[0])
        page.locator(".ns-now").wait_for()
        print(told("the first click", clicks(page, 1)))
        print(told("a click", clicks(page, given.clicks)))
        print(told("10,000 games, the first time", openings(page, 1)))
        print(told("10,000 games", openings(page, 10)))
        browser.close()
        server.send_signal(signal.SIGINT)
    print(machine())


if __name__ == "__main__":
    main()
