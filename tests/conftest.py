"""Settings of every test, and the account of which kinds of tests ran.

The folders of tests/ are the kinds. `pytest --complete unit,laws` fails unless each named kind ran, with
nothing skipped, so that a kind that was lost on the way, or that skips itself, cannot look like a success.

The rules are compiled once per content of their sources and kept in the user's cache folder, which
NEGOSIM_CACHE_DIR moves: the first run of the tests takes longer than the next. Where several processes run the tests
(`-n 2`), what is not compiled yet is compiled before they start, so that no two of them compile the same: tests/compiling.py.

The frontiers of a world are traced once per process and kept as the package keeps them, by the content of what decides them:
tracing them is most of what it costs to play a random world, and many laws play the same worlds (tests/tracing.py).
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.ordering import in_halves

os.environ.setdefault("MPLBACKEND", "Agg")  # figures are drawn into files, with or without a display

# Derandomised: a red test is red for everybody. No deadline: the first example of a rule pays to compile it.
settings.register_profile("negosim", derandomize=True, deadline=None)
settings.load_profile("negosim")

RAN = ("passed", "failed", "error")
NOT_HELD = ("skipped", "xfailed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --complete, the kinds of tests that have to run, with nothing skipped."""
    text = "fail unless these kinds of tests ran and nothing was skipped: unit,laws,..."
    parser.addoption("--complete", default="", metavar="KINDS", help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Hear Ctrl-C, and compile the rules before several processes start.

    A shell tells what it starts in the background to ignore Ctrl-C, and so would every process that a test stops.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        from tests import compiling  # here, as it loads Numba, which a single process has no use for yet

        compiling.compile_ahead()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes run the tests, have the dear ones run first: tests/ordering.py."""
    if hasattr(config, "workerinput"):
        items[:] = in_halves(items, lambda item: kind_of(item.nodeid), lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session", autouse=True)
def _frontiers_are_kept() -> Iterator[None]:
    """Keep the frontiers of more design points than the package does: what is kept is the same, and found by the same key."""
    from tests import tracing  # here, as it takes a second: the process that hands out the tests does without

    with tracing.kept(tracing.KEPT):
        yield


def kind_of(nodeid: str) -> str:
    """Return the folder of tests/ that a test lies in; an example in a docstring is of the kind doctests."""
    folders = Path(nodeid.split("::")[0]).parts
    return folders[1] if folders[:1] == ("tests",) and len(folders) > 2 else "doctests"


def missing(ran: Counter[str], not_held: Counter[str], wanted: list[str]) -> list[str]:
    """Say what keeps a run from being complete: a wanted kind that did not run, a test that was skipped."""
    absent = [f"no test of kind {kind} ran" for kind in wanted if not ran[kind]]
    return absent + [f"{count} of kind {kind} skipped" for kind, count in sorted(not_held.items()) if wanted]


def _counts(config: pytest.Config) -> tuple[Counter[str], Counter[str], list[str]]:
    stats = config.pluginmanager.get_plugin("terminalreporter").stats
    ran, not_held = (
        Counter(kind_of(report.nodeid) for outcome in outcomes for report in stats.get(outcome, []))
        for outcomes in (RAN, NOT_HELD)
    )
    return ran, not_held, [kind for kind in config.getoption("--complete").split(",") if kind]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail an incomplete run; only the process that reports knows the counts, not the workers of xdist."""
    if not hasattr(session.config, "workerinput") and missing(*_counts(session.config)):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many tests of each kind ran, and what is missing."""
    ran, not_held, wanted = _counts(config)
    terminalreporter.section("kinds of tests")
    for kind in sorted(ran.keys() | not_held.keys() | set(wanted)):
        terminalreporter.write_line(f"{kind:14}{ran[kind]:6} ran {not_held[kind]:6} skipped")
    for line in missing(ran, not_held, wanted):
        terminalreporter.write_line(f"INCOMPLETE: {line}", red=True)
