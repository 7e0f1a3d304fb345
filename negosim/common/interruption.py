"""Ctrl-C during work that Python cannot interrupt: compiled code, and the compiler itself."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

THREADS = "negosim-"
"""How the names of all threads begin that play or compile."""

HEARING = 0.1
"""Seconds within which Ctrl-C is heard."""

Found = TypeVar("Found")


def interruptibly(work: Callable[[], Found]) -> Found:
    """Do work in a thread and return what it returns, so that Ctrl-C is heard at once; the work itself is then left behind.

    It is for the main thread, which alone hears Ctrl-C; in any other the work is simply done.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    found: list[Found] = []
    errors: list[BaseException] = []
    surroundings, done = contextvars.copy_context(), threading.Event()

    def do() -> None:
        try:
            found.append(surroundings.run(work))
        except BaseException as error:
            errors.append(error)
        done.set()

    threading.Thread(target=do, name=f"{THREADS}-compiling", daemon=True).start()
    while not done.wait(HEARING):  # a join that Ctrl-C ends would take the thread for ended
        pass
    if errors:
        raise errors[0]
    return found[0]
