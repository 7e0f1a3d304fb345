"""Ctrl-C is heard while work that Python cannot interrupt goes on; no clock decides, the work ends when the test says so."""

from __future__ import annotations

import contextvars
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from negosim import Scenario
from negosim.common.interruption import THREADS, interruptibly
from negosim.engine import prepare as preparing

LONG = 60.0
"""Seconds after which a test that goes wrong comes to an end."""


class Work:
    """Work that is not over before it is released, and that has Ctrl-C pressed when it is under way."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def __call__(self, *_: object) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return self.released.wait(LONG)


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.released.set()
    for thread in threading.enumerate():
        if thread.name.startswith(THREADS):
            thread.join(LONG)
    preparing.forget_frontiers()  # what pretended work has found


def test_ctrl_c_is_heard_before_the_work_is_over(work: Work) -> None:
    with pytest.raises(KeyboardInterrupt):
        interruptibly(work)
    assert not work.released.is_set()
    assert any(thread.name.startswith(THREADS) for thread in threading.enumerate()), "the command line would wait for its end"


def test_ctrl_c_is_heard_while_a_game_is_made_ready(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "solve_preferences", work)
    preparing.forget_frontiers()
    with pytest.raises(KeyboardInterrupt):
        preparing.prepare(Scenario.load("pie"))
    assert not work.released.is_set()


def test_what_the_work_returns_or_raises_is_returned_or_raised() -> None:
    assert interruptibly(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        interruptibly(lambda: 1 // 0)


def test_the_work_has_the_surroundings_of_its_caller() -> None:
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("the caller's")
    assert interruptibly(variable.get) == "the caller's"


def test_in_another_thread_the_work_is_simply_done() -> None:
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(interruptibly(lambda: threading.current_thread().name)), name="other")
    thread.start()
    thread.join()
    assert seen == ["other"]
