"""Driving the app as a person would: a server of its own, and a real Chromium that can reach nothing but this machine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Route, expect

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from negosim.cli import app; app()", "view"]
LOOPBACK = re.compile(r"(http|ws)://(127\.0\.0\.1|\[::1\]):\d+/|data:|blob:")

PATIENCE = 20_000
"""Milliseconds that a click may take to show on a busy machine."""

expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """Return the program of a Chromium, if there is one: see .ci/chromium."""
    names = os.environ.get("NEGOSIM_CHROMIUM", "chromium"), "chromium", "chromium-browser", "google-chrome"
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Serve the app on a free port, and end it as Ctrl-C does. Yields its address."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [*COMMAND, *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            address = re.search(r"http://\S+:\d+", said)
            assert address is not None, said
            yield address[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


class Person:
    """One person at a browser, who notes every error of the page and every request that would leave this machine."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address, self.errors, self.outside, self.frames = address, [], [], []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.route("**/*", self._let_pass)
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._received))

    def _let_pass(self, route: Route) -> None:
        if LOOPBACK.match(route.request.url):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _received(self, frame: str | bytes) -> None:
        self.frames.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    def open(self) -> Person:
        """Open the app, and wait until it is there."""
        self.page.goto(self.address)
        self.sees("Before round 1")
        return self

    def press(self, name: str, exact: bool = True) -> Person:
        """Press a button by what is written on it."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        return self

    def sees(self, text: str | re.Pattern[str]) -> Person:
        """Wait until a text is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()
        return self

    def stands_at(self, text: str | re.Pattern[str]) -> Person:
        """Wait until the line that says where the run stands has this text."""
        expect(self.page.locator(".ns-now")).to_contain_text(text)
        return self

    def fill(self, label: str, text: str) -> Person:
        """Type into a field by its label, and leave it."""
        field = self.page.get_by_label(label).first
        field.fill(text)
        field.press("Tab")
        return self

    def slide(self, label: str, share: float) -> Person:
        """Click on a slider, by its label, at this share of its way."""
        slider = self.page.get_by_label(label, exact=True).first
        box = slider.bounding_box()
        assert box is not None
        slider.click(position={"x": 8 + share * (box["width"] - 16), "y": box["height"] / 2})
        return self

    def panel(self, title: str) -> str:
        """The picture with this title, as SVG."""
        return self.page.locator("figure", has_text=title).locator("svg").first.evaluate("picture => picture.outerHTML")

    def sees_change(self, title: str, before: str) -> Person:
        """Wait until the picture with this title is there and is another one."""
        changed = """([title, before]) => [...document.querySelectorAll('figure')].some(one =>
            one.textContent.includes(title) && one.querySelector('svg').outerHTML !== before)"""
        self.page.wait_for_function(changed, arg=[title, before])
        return self
