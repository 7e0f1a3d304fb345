"""The figures: each shows the numbers of the summary, in words and units that people know."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from matplotlib.text import Text

import negosim.plots.gallery
import negosim.sweeps.play
from negosim import plots
from negosim.common.errors import StoreError
from negosim.common.vocabulary import Ending, Side
from negosim.engine.kernel import simulate
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import ending_quantity
from negosim.plots import style
from negosim.plots.endings import BIN
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.plotted import small_sweep

pytestmark = pytest.mark.slow

Figures = dict[str, list[Axes]]

OF_GRIDS = ("heat-maps", "main-effects")
"""Figures of a grid of two factors or more: see test_designs.py."""

OF_SAMPLES = ("sobol-indices", "morris-plane")
"""Figures of designs that are made for indices: see test_sensitivity.py."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A small sweep of the real case."""
    return small_sweep(tmp_path_factory.mktemp("plots") / "runs")


@pytest.fixture(scope="module")
def summary(results: Results) -> Any:
    """The summary by point and quantity."""
    return results.summary().set_index(["point", "quantity"])


@pytest.fixture(scope="module")
def figures(results: Results) -> Figures:
    """Every figure of a sweep of one parameter at a time, by the name of its file."""
    made = {name: draw(results) for name, draw in plots.FIGURES.items() if name not in (*OF_GRIDS, *OF_SAMPLES)}
    return {name: [axes] if isinstance(axes, Axes) else list(axes) for name, axes in made.items()}


def words(axes: Sequence[Axes]) -> list[str]:
    """Every text in the figure of these axes that is not empty, as it is drawn."""
    figure = axes[0].figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]


# ---- every figure ----


def test_every_axis_of_a_figure_says_what_it_shows(figures: Figures) -> None:
    for name, axes in figures.items():
        for panel in axes if name != "linkage" else []:
            same_x = [other for other in axes if other is panel or panel.get_shared_x_axes().joined(panel, other)]
            same_y = [other for other in axes if other is panel or panel.get_shared_y_axes().joined(panel, other)]
            assert any(other.get_xlabel() for other in same_x), name
            named = [label.get_text() for other in same_y for label in other.get_yticklabels()]
            assert any(other.get_ylabel() for other in same_y) or any(named) or name == "settlements", name


def test_payoffs_and_shares_have_their_units(figures: Figures) -> None:
    assert figures["outcomes"][0].get_xlabel() == "payoff (1 = ideal, 0 = worst package)"
    assert [panel.get_ylabel() for panel in figures["outcomes"][:2]] == ["% of runs in each 0.02 of payoff", "% of runs"]
    assert figures["tactic-payoffs"][0].get_ylabel() == "points (hundredths of payoff)"
    assert figures["tactic-endings"][0].get_ylabel() == "% of runs"
    assert figures["ledger"][0].get_xlabel() == "points (hundredths of payoff)"
    assert figures["frontier"][0].get_xlabel() == "US: utility (1 = ideal, 0 = worst package)"
    assert figures["path"][0].get_ylabel() == "utility (1 = ideal, 0 = worst package)"


def test_no_figure_speaks_in_identifiers_of_the_code(results: Results, figures: Figures) -> None:
    for name, axes in figures.items():
        found = [text for text in words(axes) if re.search(r"[a-z]_[a-z]|\b(sender|target)\.|\b[a-z]+-[a-z]+-[a-z]+\b", text)]
        assert [text for text in found if text not in {i.title for i in results.experiment.base.issues}] == [], name


def test_the_sides_go_by_their_names_and_every_figure_has_a_heading(figures: Figures) -> None:
    told = {name: " ".join(words(axes)) for name, axes in figures.items()}
    assert [name for name, text in told.items() if "US" not in text or "Japan" not in text] == ["tactic-endings"]
    for axes in figures.values():
        figure = axes[0].figure
        assert isinstance(figure, Figure)
        assert figure.get_suptitle() or axes[0].get_title(loc="left")


def test_both_sides_are_told_apart_in_grey_and_by_more_than_colour() -> None:
    sender, target = style.SIDES[Side.SENDER], style.SIDES[Side.TARGET]
    assert abs(lightness(sender.colour) - lightness(target.colour)) > 20
    assert sender.line != target.line
    assert sender.marker != target.marker
    assert sender.hatch != target.hatch


def test_endings_are_told_apart_in_grey() -> None:
    for one, other in itertools.combinations(style.ENDINGS.values(), 2):
        assert one[1] != other[1] or abs(lightness(one[0]) - lightness(other[0])) > 20


def lightness(colour: str) -> float:
    """L* of the CIE, 0 black to 100 white: what is left of a colour in grey."""
    rgb = numpy.array(to_rgb(colour))
    linear = numpy.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(116 * numpy.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)


def test_figures_leave_pyplot_alone(figures: Figures) -> None:
    from matplotlib import pyplot

    assert figures
    assert pyplot.get_fignums() == []


def test_axes_that_are_given_are_drawn_on_and_returned(results: Results) -> None:
    figure = Figure()
    axes = figure.add_subplot()
    assert plots.payoffs(results, axes=axes) is axes
    two = list(figure.subplots(1, 2))
    assert plots.tactic_payoffs(results, axes=two) == two
    assert two[0].get_legend() is not None or figure.legends == []


def test_a_wrong_number_of_axes_is_refused(results: Results) -> None:
    with pytest.raises(ValueError, match="1 axes were given where 2 panels are to be drawn"):
        plots.tactic_payoffs(results, axes=[Figure().add_subplot()])


def test_a_point_that_is_not_in_the_design_is_refused(results: Results) -> None:
    with pytest.raises(ValueError, match=r"point 7 is not in the design\. Its points are 0 to 6"):
        plots.endings(results, point=7)


# ---- outcomes ----


def test_the_payoffs_are_those_of_all_runs(results: Results, summary: Any) -> None:
    axes = plots.payoffs(results)
    frame = results.query("select * from runs where point = 0")
    outlines = [patch for patch in axes.patches if isinstance(patch, StepPatch) and not patch.get_fill()]
    for side, outline in zip(Side, outlines, strict=True):
        values, edges, _ = outline.get_data()
        counts, _ = numpy.histogram(frame[f"{side.label}_payoff"], numpy.asarray(edges))
        assert values == pytest.approx(100 * counts / 120)
        assert numpy.diff(edges) == pytest.approx(BIN)
        mean = summary.loc[(0, f"{side.label}_payoff"), "mean"]
        assert any(line.get_xdata()[0] == pytest.approx(mean) for line in axes.lines)
        assert any(f"mean {mean:.3f}" in text.get_text() for text in axes.get_legend().get_texts())


def test_the_rounds_are_shown_with_their_days_and_both_deadlines(results: Results) -> None:
    axes = plots.rounds(results)
    frame = results.query("select rounds, ending from runs where point = 0")
    tops = {number: 0.0 for number in range(1, 11)}
    for bar in axes.patches:
        tops[round(bar.get_x() + bar.get_width() / 2)] += bar.get_height()
    shares = 100 * frame["rounds"].value_counts(normalize=True)
    assert tops == pytest.approx({number: shares.get(number, 0.0) for number in tops})
    assert [label.get_text() for label in axes.get_xticklabels()][7] == "8\n9\nJul"
    assert [line.get_xdata()[0] for line in axes.lines] == [8.5, 10.5]


def test_the_bars_of_the_endings_are_their_shares(results: Results, summary: Any) -> None:
    axes = plots.endings(results, point=6)
    shares = [100 * summary.loc[(6, ending_quantity(ending)), "mean"] for ending in Ending]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(shares)
    assert [label.get_text() for label in axes.get_yticklabels()] == [ending.words for ending in Ending]
    assert any(f"{shares[Ending.BREAKDOWN - 1]:.1f} %" == text.get_text() for text in axes.texts)


# ---- settlements ----


def test_settlements_are_in_the_units_of_the_issues(results: Results, summary: Any) -> None:
    issues = results.experiment.base.issues
    for axes, issue in zip(plots.settlements(results), issues, strict=True):
        row = summary.loc[(0, f"settled_{issue.name.replace('-', '_')}")]
        wide, half, median, status_quo = axes.lines[:4]
        assert list(wide.get_xdata()) == pytest.approx([row["q05"], row["q95"]])
        assert list(half.get_xdata()) == pytest.approx([row["q25"], row["q75"]])
        assert list(median.get_xdata()) == pytest.approx([row["q50"]])
        assert list(status_quo.get_xdata()) == [issue.status_quo]
        assert axes.get_xlabel() == issue.unit
        left, right = axes.get_xlim()
        assert (left < right) == (issue.target_end < issue.sender_end)


def test_what_was_reported_is_marked_where_it_is_known(results: Results) -> None:
    titles = {issue.title: issue.name for issue in results.experiment.base.issues}
    marked = {}
    for axes in plots.settlements(results):
        marked[titles[axes.get_title(loc="left").replace("\n", " ")]] = [line.get_xdata()[0] for line in axes.lines[4:]]
    assert {name: values for name, values in marked.items() if values} == {"reciprocal-tariff": [15], "rice": [605_500]}


# ---- tactics ----


@pytest.mark.parametrize(("panel", "points"), [(0, [2, 3, 1]), (1, [4, 5, 6])])
def test_payoffs_against_a_tactic_are_the_paired_differences_to_its_lowest_level(
    results: Results, panel: int, points: list[int]
) -> None:
    axes = plots.tactic_payoffs(results)[panel]
    frame = paired(results, against=points[0]).set_index(["point", "quantity"])
    bands = [band for band in axes.collections if isinstance(band, FillBetweenPolyCollection)]
    lines = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    for side, line, band in zip(Side, lines, bands, strict=True):
        rows = [frame.loc[(point, f"{side.label}_payoff")] for point in points]
        assert line.get_color() == style.SIDES[side].colour
        assert list(line.get_ydata()) == pytest.approx([100 * row["difference"] for row in rows])
        corners = band.get_paths()[0].vertices
        assert corners[:, 1].min() == pytest.approx(min(100 * row["low"] for row in rows))
        assert corners[:, 1].max() == pytest.approx(max(100 * row["high"] for row in rows))
    assert list(lines[0].get_xdata()) == [[0.0, 0.1, 0.2], [0.0, 0.08, 0.3]][panel]


def test_a_tactic_is_named_explained_and_set_beside_its_plausible_range(results: Results) -> None:
    axes = plots.tactic_payoffs(results)[1]
    assert axes.get_title(loc="left") == "Brinkmanship (US)"
    assert axes.get_xlabel() == "hazard that the talks break down (per round)"
    assert axes.patches[0].get_x() == 0.0
    assert axes.patches[0].get_width() == pytest.approx(0.08)
    assert any(list(line.get_xdata()) == [0.01, 0.01] for line in axes.lines)


def test_the_stack_of_failures_reaches_the_share_without_a_deal(results: Results, summary: Any) -> None:
    axes = plots.tactic_endings(results)[1]
    shares = [100 * summary.loc[(point, "no_deal"), "mean"] for point in (4, 5, 6)]
    (total,) = [line for line in axes.lines if line.get_marker() == "."]
    assert list(total.get_ydata()) == pytest.approx(shares)
    stack = [band for band in axes.collections if isinstance(band, FillBetweenPolyCollection)]
    assert stack[-1].get_paths()[0].vertices[:, 1].max() == pytest.approx(max(shares))
    told = {ending for ending in Ending if any(summary.xs(ending_quantity(ending), level=1)["mean"] > 0)}
    assert len(stack) == len(told - {Ending.SETTLED, Ending.SETTLED_IN_PART})


# ---- files ----


def test_all_figures_are_written_as_whole_files(results: Results, tmp_path: Path) -> None:
    paths = plots.draw_all(results, tmp_path / "new" / "figures")
    assert len(paths) >= 6
    assert sorted(paths) == sorted((tmp_path / "new" / "figures").iterdir())
    for path in paths:
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG")
        assert content.endswith(b"IEND\xaeB`\x82")
        assert len(content) > 10_000
        dots_a_metre = int.from_bytes(content[(at := content.index(b"pHYs") + 4) : at + 4], "big")
        assert round(dots_a_metre * 0.0254) == 160


def test_a_figure_that_fails_leaves_no_file_behind(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(results: Results) -> Axes:
        raise StoreError("a part is damaged")

    few: dict[str, Callable[[Results], Any]] = {"endings": plots.endings, "broken": broken}
    monkeypatch.setattr(negosim.plots.gallery, "FIGURES", few)
    with pytest.raises(StoreError, match="a part is damaged"):
        plots.draw_all(results, tmp_path / "figures")
    assert list((tmp_path / "figures").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(results: Results, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file cannot be made: .* Choose a folder in which you may write"):
        plots.draw_all(results, tmp_path / "file")


def test_a_quantity_that_the_runs_lack_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    few = sweep(pretend.experiment(), tmp_path / "runs", workers=1)
    plots.payoffs(few)
    with pytest.raises(StoreError, match="has no column sender_utility, which this figure draws"):
        plots.frontier(few)
    with pytest.raises(StoreError, match="has no quantity sender_value, which this figure draws"):
        plots.ledger(few)


def test_figures_about_what_an_experiment_does_not_have_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plain = Experiment(name="plain", title="Pie", question="?", scenario="pie", replications=30, seed=1)
    pie = sweep(plain, tmp_path / "runs", workers=1)
    with pytest.raises(plots.NothingToDrawError, match="varies no parameter alone"):
        plots.tactic_payoffs(pie)
    with caplog.at_level(logging.INFO, logger="negosim.plots.gallery"):
        names = {path.stem for path in plots.draw_all(pie, tmp_path / "figures")}
    left_out = {"tactic-payoffs", "tactic-endings", "ledger-changes", *OF_GRIDS, *OF_SAMPLES}
    assert names == set(plots.FIGURES) - left_out
    assert all(any(name in record.getMessage() for record in caplog.records) for name in left_out)


def test_nothing_settled_is_nothing_to_draw(tmp_path: Path) -> None:
    hopeless = Scenario.load("pie").vary(
        **{"sender.disagreement": 0.9, "target.disagreement": 0.9, "talks.rounds": 2}
    )
    assert not simulate(hopeless, 30).frame()["agreed"].any()
    experiment = Experiment(name="none", title="Pie", question="?", scenario=hopeless, replications=30, seed=1)
    none = sweep(experiment, tmp_path / "runs", workers=1)
    with pytest.raises(plots.NothingToDrawError, match="No run of point 0 is settled"):
        plots.settlements(none)
    assert len(plots.draw_all(none, tmp_path / "figures")) == 5
