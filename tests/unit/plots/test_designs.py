"""Forest plots, response curves and heat maps show the numbers of the runs, and mark what the runs can tell."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from negosim import plots, theory
from negosim.common.errors import StoreError
from negosim.common.vocabulary import CHANNEL_NAMES, Side
from negosim.experiment.experiment import Experiment
from negosim.plots import responses, style
from negosim.plots.factors import level_means, levels_of
from negosim.plots.heat_maps import OWN, Grid, colours
from negosim.results.intervals import half_width
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.compare import compare
from negosim.sweeps.runner import sweep
from negosim.validation.tactics import ambiguous

AMBIGUITY, BRINK = "sender.ambiguity", "sender.brinkmanship"
X, Y = [0.0, 0.05, 0.2], [0.0, 0.01, 0.15]


def played(folder: Path, **changes: Any) -> Results:
    fields: dict[str, Any] = {
        "name": "small", "title": "Two factors", "question": "?", "scenario": "us-japan-2025", "replications": 90, "seed": 5,
        "vary": [{"parameter": AMBIGUITY, "values": X}, {"parameter": BRINK, "values": Y}],
    }
    return sweep(Experiment(**{**fields, **changes}), folder, workers=1)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three levels each of two tactics, together; the scenario's own are among them."""
    return played(tmp_path_factory.mktemp("grid") / "runs")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The same levels one at a time."""
    return played(tmp_path_factory.mktemp("alone") / "runs", design="one-at-a-time")


def words(axes: Sequence[Axes]) -> list[str]:
    """Every text in the figure of these axes that is not empty, as it is drawn."""
    figure = axes[0].figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]


def cells(axes: Axes) -> dict[tuple[float, float], tuple[Rectangle, str]]:
    """The rectangle and the text of each cell, by its place."""
    tiles = {(tile.get_x() + 0.5, tile.get_y() + 0.5): tile for tile in axes.patches if tile.get_width() == 1}
    return {place: (tiles[place], text.get_text()) for text in axes.texts if (place := text.get_position()) in tiles}


def numeral(text: str) -> float:
    return float(text.strip("()").replace("\N{MINUS SIGN}", "-").replace(",", ""))


# ---- heat maps ----


def test_a_cell_is_the_paired_difference_to_the_baseline(grid: Results) -> None:
    axes = plots.heat_map(grid, AMBIGUITY, BRINK, "target_payoff")
    wanted = paired(grid).query("quantity == 'target_payoff'").set_index("point")
    found = cells(axes)
    assert len(found) == 9
    for point in grid.experiment.design_points[1:]:
        tile, text = found[X.index(point.overrides[AMBIGUITY]), Y.index(point.overrides[BRINK])]
        row = 100 * wanted.loc[point.number, ["difference", "low", "high"]].astype(float)
        assert numeral(text) == pytest.approx(row["difference"], abs=0.5)
        may_be_0 = row["low"] <= 0.0 <= row["high"] and row["low"] < row["high"]
        assert text.startswith("(") == may_be_0, text
        assert (tile.get_hatch() == "///") == (numeral(text) < 0.0), text
    assert numeral(found[1.0, 1.0][1]) == 0.0  # the scenario as it stands, played again
    assert axes.get_title(loc="left") == "Payoff (Japan),\nless that of the baseline\npoints (hundredths of payoff)"
    assert axes.get_xlabel().startswith("Ambiguity (US)\n") and axes.get_ylabel().startswith("Brinkmanship (US)\n")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "0.05", "0.2"]


def test_a_line_parts_the_cells_below_0_from_the_others(grid: Results) -> None:
    axes = plots.heat_map(grid, AMBIGUITY, BRINK, "no_deal")
    below = {place: tile.get_hatch() == "///" for place, (tile, _) in cells(axes).items()}
    assert 0 < sum(below.values()) < 9
    wanted = set()
    for x, y in below:
        if below.get((x + 1, y), below[x, y]) != below[x, y]:
            wanted.add(((x + 0.5, y - 0.5), (x + 0.5, y + 0.5)))
        if below.get((x, y + 1), below[x, y]) != below[x, y]:
            wanted.add(((x - 0.5, y + 0.5), (x + 0.5, y + 0.5)))
    assert {tuple(map(tuple, line.get_xydata().tolist())) for line in axes.lines} == wanted


def test_the_cell_of_the_scenario_as_it_stands_is_framed_and_others_are_not(grid: Results, alone: Results) -> None:
    axes = plots.heat_map(grid, AMBIGUITY, BRINK, "sender_payoff")
    (frame,) = [patch for patch in axes.patches if patch.get_width() != 1]
    assert (round(frame.get_x()), round(frame.get_y())) == (1, 1) and OWN == (0, (2, 1.2))
    assert "as the scenario stands" in words([axes])


def test_a_map_of_means_has_the_means_in_their_unit_and_no_sign(grid: Results) -> None:
    summary = grid.summary().set_index(["point", "quantity"])["mean"]
    for quantity, factor, unit in (("no_deal", 100.0, "% of runs"), ("settled_rice", 1.0, "t a year"), ("rounds", 1.0, "rounds")):
        axes = plots.heat_map(grid, AMBIGUITY, BRINK, quantity, against=None)
        assert axes.get_title(loc="left").endswith(f"\n{unit}") and len(axes.lines) == 0
        for point in grid.experiment.design_points[1:]:
            tile, text = cells(axes)[X.index(point.overrides[AMBIGUITY]), Y.index(point.overrides[BRINK])]
            assert float(text.replace(",", "")) == pytest.approx(factor * summary[point.number, quantity], rel=0.06, abs=0.6)
            assert not tile.get_hatch()


def test_what_only_some_runs_have_is_compared_by_its_means(grid: Results) -> None:
    summary = grid.summary().query("quantity == 'settled_rice'").set_index("point")["mean"]
    found = cells(plots.heat_map(grid, AMBIGUITY, BRINK, "settled_rice"))
    point = grid.experiment.design_points[9]
    assert point.overrides == {AMBIGUITY: 0.2, BRINK: 0.15}
    assert numeral(found[2.0, 2.0][1]) == pytest.approx(summary[9] - summary[0], abs=0.6)


def test_differences_can_be_to_another_point(grid: Results) -> None:
    axes = plots.heat_map(grid, AMBIGUITY, BRINK, "sender_payoff", against=1)
    assert numeral(cells(axes)[0.0, 0.0][1]) == 0.0 and numeral(cells(axes)[1.0, 1.0][1]) != 0.0
    assert "less that of sender.ambiguity = 0.0, sender.brinkmanship = 0.0" in axes.get_title(loc="left")


def test_words_can_be_the_levels_of_a_map_and_many_levels_have_a_bar_in_place_of_numbers(tmp_path: Path) -> None:
    named = [{"parameter": "sender.strategy", "values": ["micro", "bluff"]}, {"parameter": "talks.rounds", "values": [3, 2]}]
    results = played(tmp_path / "a", scenario="pie", vary=named, replications=9)
    axes = plots.heat_map(results, "sender.strategy", "talks.rounds", "rounds")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["micro", "bluff"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2", "3"]
    levels = {"sender": numpy.linspace(0.5, 0.99, 15), "target": [0.8, 0.9]}
    many = [{"parameter": f"{side}.discount", "values": list(values)} for side, values in levels.items()]
    results = played(tmp_path / "b", scenario="pie", vary=many, replications=4)
    axes = plots.heat_map(results, "sender.discount", "target.discount", "sender_payoff")
    figure = axes.figure
    assert isinstance(figure, Figure)
    assert not axes.texts and len(figure.axes) == 2 and figure.axes[1].get_ylabel() == "points (hundredths of payoff)"
    assert "(in brackets): may be 0" not in words([axes])


def test_the_three_maps_of_a_sweep_share_their_factors(grid: Results, alone: Results) -> None:
    drawn = plots.heat_maps(grid)
    shown = [axes.get_title(loc="left").split(",")[0] for axes in drawn]
    assert shown == ["Payoff (US)", "Payoff (Japan)", "Runs without a deal"]
    figure = Figure()
    three = list(figure.subplots(1, 3))
    assert plots.heat_maps(grid, axes=three) == three
    with pytest.raises(ValueError, match="2 axes were given where 3 panels are to be drawn"):
        plots.heat_maps(grid, axes=three[:2])
    with pytest.raises(plots.NothingToDrawError, match=r"has no grid of sender\.ambiguity and sender\.brinkmanship"):
        plots.heat_maps(alone)


def test_numbers_are_read_on_every_colour_and_in_grey() -> None:
    ink = luminance(style.INK)
    for signed in (True, False):
        values = numpy.linspace(-1.0, 1.0, 21)[None]
        palette, scale = colours(Grid([], [], values, values, values, "", signed))
        grounds = [luminance(palette(scale(value))) for value in values[0]]
        assert all((ground + 0.05) / (ink + 0.05) > 4.5 for ground in grounds)
        if not signed:
            assert grounds == sorted(grounds, reverse=True)


def luminance(colour: Any) -> float:
    """Relative luminance of the W3C, 0 black to 1 white: a contrast of 4.5 is enough for small letters."""
    rgb = numpy.array(to_rgb(colour))
    return float(numpy.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"x": BRINK}, ValueError, "sender.brinkmanship stands on both axes"),
        ({"x": "sender.ambigity"}, plots.NothingToDrawError, "small does not vary sender.ambigity. The nearest known"),
        ({"quantity": "payoff"}, StoreError, "has no quantity payoff, which this figure draws"),
        ({"against": 10}, ValueError, "point 10 is not in the design. Its points are 0 to 9."),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused(grid: Results, given: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        plots.heat_map(grid, **{"x": AMBIGUITY, "y": BRINK, "quantity": "sender_payoff", **given})


# ---- response curves ----


def test_a_curve_of_a_parameter_varied_alone_is_the_means_of_its_points(alone: Results) -> None:
    (axes,) = plots.response_curves(alone, AMBIGUITY)
    summary = alone.summary().set_index(["point", "quantity"])
    lines = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    for side, line in zip(Side, lines, strict=True):
        rows = [summary.loc[(point, f"{side.label}_payoff")] for point in (1, 2, 3)]
        assert list(line.get_xdata()) == X and line.get_color() == style.SIDES[side].colour
        assert list(line.get_ydata()) == pytest.approx([row["mean"] for row in rows])
    frame = level_means(alone, levels_of(alone, AMBIGUITY), ["sender_payoff"])
    spread = summary.loc[(1, "sender_payoff")]
    assert frame["high"][0] - frame["mean"][0] == pytest.approx(float(half_width(spread["sd"], 90)))
    assert axes.get_ylabel() == "payoff\n(1 = ideal, 0 = worst package)"
    assert axes.get_xlabel().startswith("half-width of the private reservation value")


def test_a_curve_over_a_grid_is_the_mean_over_the_other_factor_with_the_error_of_common_luck(grid: Results) -> None:
    frame = level_means(grid, levels_of(grid, BRINK), ["target_payoff", "settled_rice"]).set_index(["level", "quantity"])
    runs = grid.query(f'select "{BRINK}" as level, replication, target_payoff, settled_rice, point from runs where point > 0')
    for level in Y:
        here = runs[runs["level"] == level]
        means = here.groupby("replication")["target_payoff"].mean()
        row = frame.loc[(level, "target_payoff")]
        assert row["mean"] == pytest.approx(means.mean())
        assert row["high"] - row["mean"] == pytest.approx(float(half_width(means.std(), 90)))
        rice = frame.loc[(level, "settled_rice")]
        deals = here.groupby("point")["settled_rice"]
        assert rice["mean"] == pytest.approx(deals.mean().mean())
        z = (here["settled_rice"] - deals.transform("mean")) / (deals.transform("count") / 90) / 3
        error = z.fillna(0.0).groupby(here["replication"]).sum().std() / 90**0.5
        assert rice["sd"] / 90**0.5 == pytest.approx(error)


def test_quantities_of_different_units_have_a_panel_each(alone: Results) -> None:
    names = ["sender_payoff", "target_payoff", "no_deal", "settled_rice", "reversed_within_a_year"]
    drawn = plots.response_curves(alone, BRINK, names)
    assert [axes.get_ylabel() for axes in drawn] == [
        "payoff\n(1 = ideal, 0 = worst package)", "% of the runs that have it", "t a year",
    ]
    (no_deal, reversed_deals) = [line for line in drawn[1].lines if line.get_marker() in ("^", "D")]
    assert list(no_deal.get_ydata())[-1] > 50.0
    assert no_deal.get_linestyle() != reversed_deals.get_linestyle()


def test_the_closed_form_lies_over_the_runs_that_it_foretells(tmp_path: Path) -> None:
    levels = [0.0, 0.1, 0.15, 0.2, 0.3, 0.4]
    vary = [{"parameter": AMBIGUITY, "values": levels}]
    results = played(tmp_path / "runs", scenario=ambiguous(0.1), vary=vary, replications=4_000)

    def sender(width: Any) -> Any:
        return theory.opaque_sender(0.4, width, 0.15).sender

    (axes,) = plots.response_curves(results, AMBIGUITY, overlay={"sender_payoff": sender})
    line = next(line for line in axes.lines if len(line.get_xdata()) == responses.FINE)
    assert line.get_ydata() == pytest.approx(sender(numpy.linspace(0.0, 0.4, responses.FINE)))
    (runs,) = [made for made in axes.containers if isinstance(made, ErrorbarContainer)]
    means, segments = runs.lines[0].get_ydata(), runs.lines[2][0].get_segments()
    errors = [(segment[1][1] - segment[0][1]) / 2 / 1.96 for segment in segments]
    gaps = [abs(mean - sender(level)) for mean, level in zip(means, levels, strict=True)]
    # four standard errors: a right formula is refused once in 2,600 seeds
    assert all(gap <= 4 * error + 1e-9 for gap, error in zip(gaps, errors, strict=True))
    assert max(errors) < 0.002  # so that a formula that is off by a hundredth would not pass
    (axes,) = plots.response_curves(results, AMBIGUITY, ["no_deal"], overlay=lambda width: 0.1)
    assert any(set(line.get_ydata()) == {10.0} for line in axes.lines)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"parameter": "talks.rounds"}, plots.NothingToDrawError, "small does not vary talks.rounds"),
        ({"quantities": ["payoff"]}, StoreError, "has no quantity payoff"),
        ({"overlay": lambda level: level}, ValueError, "overlay is one function where 2 quantities are drawn"),
        ({"overlay": {"rounds": lambda level: level}}, ValueError, "overlay has rounds, which is not drawn"),
        ({"overlay": {"sender_payoff": lambda level: level[:3]}}, ValueError, "gives an array of shape (3,) for 401 levels"),
        (
            {"quantities": [f"sender_{name}" for name in ("payoff", "value", "delay", "waste", "audience", "reversal")]},
            ValueError,
            "6 quantities in utility are too many for one panel. Draw fewer.",
        ),
        ({"axes": []}, ValueError, "0 axes were given where 1 panels are to be drawn"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused(
    alone: Results, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        plots.response_curves(alone, **{"parameter": AMBIGUITY, **given})


def test_levels_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    points = [{AMBIGUITY: 0.1, BRINK: 0.1}, {AMBIGUITY: 0.2, BRINK: 0.2}]
    uneven = played(tmp_path / "a", vary=[], points=points, replications=2)
    with pytest.raises(plots.NothingToDrawError, match=r"are not the same at each level of sender\.ambiguity"):
        plots.response_curves(uneven, AMBIGUITY)
    with pytest.raises(plots.NothingToDrawError, match=r"has no grid of sender\.ambiguity and sender\.brinkmanship"):
        plots.heat_map(uneven, AMBIGUITY, BRINK, "rounds")
    named = [{"parameter": "sender.strategy", "values": ["micro", "bluff"]}]
    with pytest.raises(plots.NothingToDrawError, match="takes micro at point 1: a curve needs numbers"):
        plots.response_curves(played(tmp_path / "b", vary=named, scenario="pie", replications=2), "sender.strategy")
    one = played(tmp_path / "c", vary=[{"parameter": AMBIGUITY, "values": [0.1]}], replications=2)
    with pytest.raises(plots.NothingToDrawError, match=r"gives sender\.ambiguity one number alone"):
        plots.response_curves(one, AMBIGUITY)


# ---- forests ----


def test_a_forest_shows_the_differences_with_their_intervals() -> None:
    case = Scenario.load("us-japan-2025")
    contrast = compare(case, case.vary({BRINK: 0.05}), replications=150)
    here = contrast.at()
    sender, target, ends = plots.forest(contrast)
    names = {text: name for name, text in CHANNEL_NAMES.items()} | {"payoff": "payoff"}
    rows = [names[label.get_text()] for label in sender.get_yticklabels()]
    assert rows[-1] == "payoff" and "threat_damage" in rows
    for side, axes in zip(Side, (sender, target), strict=True):
        drawn = {int(made.lines[0].get_ydata()[0]): made for made in axes.containers if isinstance(made, ErrorbarContainer)}
        for y, name in enumerate(rows):
            row = 100 * here.loc[f"{side.label}_{name}", ["difference", "low", "high"]].astype(float)
            if y not in drawn:
                assert max(abs(row["low"]), abs(row["high"])) < 0.05, name
                continue
            marker, _, (bars,) = drawn[y].lines
            assert marker.get_xdata()[0] == pytest.approx(row["difference"])
            assert bars.get_segments()[0][:, 0] == pytest.approx([row["low"], row["high"]])
            assert (marker.get_markerfacecolor() == "white") == (row["low"] <= 0.0 <= row["high"])
    assert ends.get_xlabel() == "percentage points of runs" and ends.get_yticklabels()[-1].get_text() == "runs without a deal"
    told = words([sender])
    assert any("Brinkmanship (US) from 0.01 to 0.05 (150 pairs of runs)" in text for text in told)
    numbers = [numeral(text.get_text().split(" ")[0]) for text in target.texts]
    assert numbers == pytest.approx([round(100 * here.loc[f"target_{name}", "difference"], 1) for name in rows], abs=0.051)


def test_a_forest_of_nothing_is_empty_and_a_wrong_number_of_axes_is_refused() -> None:
    same = compare("pie", "pie", replications=10)
    drawn = plots.forest(same)
    assert all(not axes.containers for axes in drawn) and [text.get_text() for text in drawn[0].texts] == ["0"]
    assert any("no changes (10 pairs of runs)" in text for text in words(drawn))
    with pytest.raises(ValueError, match="1 axes were given where 3 panels are to be drawn"):
        plots.forest(same, axes=drawn[:1])
    with pytest.raises(ValueError, match="point 1 is not compared"):
        plots.forest(same, place=1)


def test_a_forest_of_two_cases_names_both() -> None:
    told = words(plots.forest(compare("pie", "us-japan-2025", replications=10)))
    assert {"First (A), US (B)", "Second (A), Japan (B)"} <= set(told)
    assert any("tariff talks of 2025 (B) against Splitting a pie (A)" in text for text in told)


# ---- every figure ----


def test_no_figure_speaks_in_identifiers_of_the_code(grid: Results, alone: Results) -> None:
    case = Scenario.load("us-japan-2025")
    figures = [
        plots.heat_maps(grid), plots.main_effects(grid),
        plots.response_curves(alone, BRINK, ["rounds", "sender_delay", "no_deal"]),
        plots.forest(compare(case, case.vary({AMBIGUITY: 0.2, BRINK: 0.1}), replications=20)),
    ]
    for axes in figures:
        assert [text for text in words(axes) if re.search(r"[a-z]_[a-z]|\b(sender|target)\.", text)] == []


def test_every_word_of_maps_and_effects_is_inside_the_figure_and_none_on_the_heading(grid: Results) -> None:
    for axes in (plots.heat_maps(grid), plots.main_effects(grid)):
        owner = axes[0].figure
        words(axes)
        assert isinstance(owner, Figure) and owner._suptitle is not None
        heading, edge = owner._suptitle.get_window_extent(), owner.bbox
        for text in [text for place in axes for text in (place._left_title, place.xaxis.label, place.yaxis.label)]:
            box = text.get_window_extent()
            if text.get_text() and text.get_visible():
                assert edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1, text.get_text()
                assert not box.overlaps(heading), text.get_text()


def test_the_looks_of_quantities_differ_by_more_than_colour() -> None:
    looks = [*style.SIDES.values(), *responses.OTHERS]
    assert len({look.marker for look in looks}) == len(looks)
    assert len({str(look.line) for look in responses.OTHERS}) == len(responses.OTHERS)


def test_a_sweep_gets_the_figures_of_its_design(
    grid: Results, alone: Results, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="negosim.plots.gallery"):
        of_grid = {path.stem for path in plots.draw_all(grid, tmp_path / "grid")}
    assert {"heat-maps", "main-effects"} <= of_grid and "tactic-payoffs" not in of_grid
    left_out = {name for name in plots.FIGURES for record in caplog.records if f" {name} " in record.getMessage()}
    others = {"tactic-payoffs", "tactic-endings", "ledger-changes", "sobol-indices", "morris-plane"}
    assert left_out == others == set(plots.FIGURES) - of_grid
    drawn = plots.main_effects(grid)
    assert [axes.get_title(loc="left") for axes in drawn] == ["Ambiguity (US)", "Brinkmanship (US)"]
    with pytest.raises(plots.NothingToDrawError, match="is no grid of two factors or more"):
        plots.main_effects(alone)
