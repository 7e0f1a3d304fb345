"""The pace of long work, on a clock that the test moves."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from negosim.sweeps.executors import WINDOW, Pace


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    clock = [100.0]
    monkeypatch.setattr("negosim.sweeps.executors.time.monotonic", lambda: clock[0])

    def wait(seconds: float) -> None:
        clock[0] += seconds

    return wait


def test_the_time_before_anything_is_played_does_not_count(wait: Callable[[float], None]) -> None:
    pace = Pace(40)
    for _ in range(60):  # a minute of compiling
        wait(1.0)
        assert pace.at(40, 1040)[0] == 0.0 and math.isnan(pace.at(40, 1040)[1])
    wait(0.5)
    assert pace.at(90, 1040) == (100.0, 9.5)


def test_the_rate_is_that_of_the_last_minute(wait: Callable[[float], None]) -> None:
    pace, done = Pace(0), 0
    for each in [1] * 100 + [10] * 100:
        wait(1.0)
        done += each
        rate, left = pace.at(done, 10_000)
    assert rate == pytest.approx(10.0) and left == pytest.approx((10_000 - done) / 10.0) and WINDOW < 100


def test_when_all_is_done_nothing_is_left(wait: Callable[[float], None]) -> None:
    pace = Pace(7)
    assert pace.at(7, 7) == (0.0, 0.0)
    wait(2.0)
    assert pace.at(7, 7)[1] == 0.0
