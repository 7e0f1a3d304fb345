"""The pace of long work: how many runs a second, and how much time is left."""

from __future__ import annotations

import math
import time
from collections import deque

WINDOW = 60.0
"""Seconds that the rate looks back: a slow point long ago says nothing about what is left."""


class Pace:
    """What was done when, over the last WINDOW seconds."""

    def __init__(self, done: int) -> None:
        self._marks = deque([(time.monotonic(), done)])

    def at(self, done: int, total: int) -> tuple[float, float]:
        """Runs a second now, and the seconds that are left at that rate: nan until something is done."""
        now = time.monotonic()
        if len(self._marks) == 1 and done == self._marks[0][1]:
            self._marks.clear()  # nothing is played yet: making ready and compiling say nothing about the rate
        self._marks.append((now, done))
        while len(self._marks) > 2 and self._marks[1][0] < now - WINDOW:
            self._marks.popleft()
        since, before = self._marks[0]
        rate = (done - before) / (now - since) if now > since else 0.0
        return rate, (total - done) / rate if rate > 0.0 else (0.0 if done == total else math.nan)
