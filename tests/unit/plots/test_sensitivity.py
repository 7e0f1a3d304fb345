"""Figures of indices: their marks are the numbers of the frame, and they can be read in grey."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer
from matplotlib.patches import Rectangle

from negosim import plots
from negosim.plots.sensitivity import BARS, MOST_NAMED
from negosim.results.results import Results
from tests.unit.results.test_sensitivity import FACTORS, UNIT, Shares, swept, swept_with_failures

TITLES = ("Unpredictability (First)", "Proposer probability (talks)", "Auction weight (talks)")


def mixed(x: Shares) -> float:
    return 0.3 * x[0] + 0.1 * x[1] * x[2]


def bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def test_the_bars_are_the_indices_with_their_intervals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, mixed)
    drawn = plots.sobol_indices(results)
    assert [axes.get_title(loc="left") for axes in drawn] == ["payoff (First)", "payoff (Second)", "runs without a deal"]
    frame = results.sensitivity("target_payoff").set_index(["index", "parameter"])
    found = bars(drawn[1])
    for number, index in enumerate(BARS):
        own = found[3 * number : 3 * number + 3]
        named = [label.get_text() for label in drawn[0].get_yticklabels()]
        assert named[0] == "Unpredictability (First)" and len(named) == 3
        for name, title in zip(FACTORS, TITLES, strict=True):
            assert own[named.index(title)].get_width() == pytest.approx(frame.loc[(index, name), "value"])
    intervals = [container for container in drawn[1].containers if isinstance(container, ErrorbarContainer)]
    ends = intervals[0][2][0].get_segments()
    leading = frame.loc[("total", FACTORS[0])]
    assert ends[0][:, 0] == pytest.approx([leading["low"], leading["high"]])


def test_the_two_bars_differ_in_grey_and_by_hatching() -> None:
    dark, light = (numpy.dot((0.299, 0.587, 0.114), to_rgb(colour)) for colour, _ in BARS.values())
    assert light - dark > 0.2 and len({hatch for _, hatch in BARS.values()}) == 2


def test_the_plane_has_every_factor_at_its_effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, mixed, design="morris", size=10)
    drawn = plots.morris_plane(results)
    frame = results.sensitivity("sender_payoff").pivot(index="parameter", columns="index", values="value")
    lines = [line.get_data() for line in drawn[0].lines if line.get_marker() == "o"]
    marks = {(round(x, 9), round(y, 9)) for line in lines for x, y in zip(*line, strict=True)}
    expected = {(round(100 * row["mu_star"], 9), round(100 * row["sigma"], 9)) for _, row in frame.iterrows()}
    assert expected <= marks
    words = [text.get_text() for text in drawn[0].texts]
    assert words[0] == "1" and words[-1].splitlines()[0] == "1 Unpredictability (First)"
    assert len(words[-1].splitlines()) == min(MOST_NAMED, 3)


@pytest.mark.parametrize(
    ("draw", "design", "other"), [(plots.sobol_indices, "morris", "saltelli"), (plots.morris_plane, "saltelli", "morris")]
)
def test_another_design_has_no_such_figure(
    draw: Callable[[Results], object], design: str, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = swept(monkeypatch, tmp_path, mixed, design=design, size=4)
    with pytest.raises(plots.NothingToDrawError, match=f"is {design}. Play one of design {other}"):
        draw(results)


def test_points_that_failed_leave_nothing_to_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept_with_failures(monkeypatch, tmp_path)
    with pytest.raises(plots.NothingToDrawError, match="Indices need every point"):
        plots.sobol_indices(results)


def test_groups_without_a_spread_are_left_out_of_the_plane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grouped = [{**block, **({"group": "both"} if number < 2 else {})} for number, block in enumerate(UNIT)]
    results = swept(monkeypatch, tmp_path, mixed, vary=grouped, design="morris", size=6)
    assert plots.morris_plane(results, ["sender_payoff"])[0].texts[-1].get_text() == "1 Auction weight (talks)"
