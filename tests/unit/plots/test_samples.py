"""Figures of several samples side by side, and of one run by date, show the numbers that they are about."""

from __future__ import annotations

import csv
import datetime

import numpy
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from negosim import Negotiation, Scenario, plots, simulate
from negosim.common.errors import StoreError
from negosim.common.vocabulary import Ending, Side
from negosim.engine.events import column
from negosim.plots import style
from negosim.plots.samples import band_half_width
from negosim.results.results import Results
from negosim.validation.record.data import DATA, rates_on_record
from tests.unit.plotted import small_sweep

CASE = Scenario.load("us-japan-2025")
BATCHES = {
    "as it is": simulate(CASE, 300, 7),
    "no deal": simulate(CASE.vary({"sender.disagreement": 0.99, "target.disagreement": 0.99}), 300, 7),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return small_sweep(tmp_path_factory.mktemp("samples") / "runs")


def lines(axes: Axes) -> dict[str, Line2D]:
    """Return the lines of axes by their label, those without one left out."""
    return {str(line.get_label()): line for line in axes.get_lines() if not str(line.get_label()).startswith("_")}


def of_colour(axes: Axes, colour: str) -> list[Line2D]:
    return [line for line in axes.get_lines() if line.get_color() == colour]


def ticks(axes: Axes) -> list[str]:
    return [tick.get_text() for tick in axes.get_yticklabels()]


def test_a_ridge_has_a_row_for_each_level_with_both_sides_and_their_means(results: Results) -> None:
    axes = plots.ridge(results, "sender.ambiguity")
    assert ticks(axes) == ["0.2", "0.1", "0"]  # from below
    assert axes.get_ylabel() == "Ambiguity (US)"
    alone = [point for point in results.points if point.parameter == "sender.ambiguity"]
    levels = {point.overrides["sender.ambiguity"]: point.number for point in alone}
    for side in Side:
        look = style.SIDES[side]
        means = [line for line in axes.get_lines() if line.get_marker() == look.marker]
        for row, level in enumerate([0.2, 0.1, 0.0]):
            question = f"select avg({side.label}_payoff) as mean from runs where point = {levels[level]}"
            (mark,) = [line for line in means if line.get_ydata()[0] == row]
            assert mark.get_xdata()[0] == pytest.approx(results.query(question)["mean"][0])
            assert mark.get_color() == look.colour


def test_the_ridges_have_equal_areas() -> None:
    axes = plots.ridge(BATCHES)
    shapes = [line for line in axes.get_lines() if len(line.get_xdata()) > 2]
    areas = []
    for line in shapes:
        heights = numpy.asarray(line.get_ydata(), dtype=float)
        base = 1.0 if numpy.nanmin(heights) >= 1.0 else 0.0
        areas.append(float(numpy.nansum(heights - base)))
    assert len(areas) == 4
    assert max(areas) == pytest.approx(min(areas), rel=1e-9)


def test_a_distribution_function_steps_through_the_share_of_runs_with_its_band() -> None:
    axes = plots.ecdf(BATCHES, "target_payoff")
    values = BATCHES["as it is"].runs["payoff"][:, Side.TARGET]
    drawn = lines(axes)["as it is (300 runs)"]
    for x, y in zip(drawn.get_xdata()[1:], drawn.get_ydata()[1:], strict=True):
        assert y == pytest.approx(100.0 * float((values <= x).mean()))
    assert drawn.get_color() == style.SIDES[Side.TARGET].colour
    assert len({line.get_linestyle() for line in lines(axes).values()}) == 2
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    half = 100.0 * band_half_width(300)
    assert {round(float(y), 6) for y in heights} >= {
        round(float(edge), 6) for y in drawn.get_ydata()[1:] for edge in numpy.clip([y - half, y + half], 0.0, 100.0)
    }


def test_the_band_holds_the_whole_curve_as_often_as_it_says() -> None:
    """1,000 samples of 50 uniform draws; the band of 95 % misses in 5 % of them at most. Three standard errors more: 7 %."""
    draws = numpy.sort(numpy.random.Generator(numpy.random.Philox(7)).random((1_000, 50)), axis=1)
    rank = numpy.arange(50)
    farthest = numpy.maximum(numpy.abs((rank + 1) / 50 - draws), numpy.abs(rank / 50 - draws)).max(axis=1)
    missed = float((farthest > band_half_width(50)).mean())
    assert 0.01 < missed < 0.07


def test_a_term_is_drawn_in_its_unit_over_the_runs_that_settled_it(results: Results) -> None:
    axes = plots.ecdf(results, "settled_rice", points=[0])
    settled = int(results.query("select count(*) as runs from runs where point = 0 and agreed")["runs"][0])
    assert list(lines(axes)) == [f"baseline ({settled:,} runs)"]
    assert axes.get_xlabel() == "US rice in the minimum-access quota (t a year)"


def test_the_bars_of_endings_add_up_and_are_told_apart_without_colour() -> None:
    axes = plots.ending_shares(BATCHES)
    for row, outcomes in enumerate(BATCHES.values()):
        bars = [bar for bar in axes.patches if abs(bar.get_y() + bar.get_height() / 2 - row) < 1e-9]
        assert sum(bar.get_width() for bar in bars) == pytest.approx(100.0)
        for ending in Ending:
            colour, hatch = style.ENDINGS[ending]
            share = 100.0 * float((outcomes.runs["ending"] == int(ending)).mean())
            assert sum(bar.get_width() for bar in bars if _is(bar, colour, hatch)) == pytest.approx(share)
    assert ticks(axes) == list(BATCHES)


def _is(bar: Patch, colour: str, hatch: str) -> bool:
    return bar.get_facecolor() == to_rgba(colour) and (bar.get_hatch() or "") == hatch


@pytest.mark.parametrize("draw", [plots.ridge, plots.ending_shares, lambda source, **more: plots.ecdf(source, "rounds", **more)])
def test_axes_that_are_given_are_drawn_on_and_returned(draw, results: Results) -> None:  # type: ignore[no-untyped-def]
    axes = style.figure(4.0, 3.0).add_subplot()
    assert draw(results, points=[0, 1], axes=axes) is axes


def test_one_batch_needs_no_name() -> None:
    (label, batch), *_ = BATCHES.items()
    alone, named = plots.ridge(batch), plots.ridge({CASE.name: batch})
    assert plots.png(alone) == plots.png(named)
    assert [text.get_text() for text in alone.get_yticklabels()] == [CASE.name] != [label]


def test_what_there_is_not_is_refused_in_a_sentence(results: Results) -> None:
    with pytest.raises(ValueError, match="there is nothing to draw"):
        plots.ridge({})
    with pytest.raises(ValueError, match=r"'empty' has no runs\. Simulate some\."):
        plots.ridge({"empty": simulate(CASE, 0, 7)})
    with pytest.raises(ValueError, match=r"sender\.ambiguty is not varied alone\. The nearest known name"):
        plots.ridge(results, "sender.ambiguty")
    with pytest.raises(ValueError, match="point 99 is not in the design"):
        plots.ending_shares(results, [99])
    with pytest.raises(ValueError, match=r"'as it is' has no column 'target_payof'\. The nearest known name is"):
        plots.ecdf(BATCHES, "target_payof")
    with pytest.raises(StoreError, match="has no column target_payof"):
        plots.ecdf(results, "target_payof")
    with pytest.raises(ValueError, match="points are those of a sweep"):
        plots.ridge(BATCHES, [0])


# ---- by date


def test_the_timeline_shows_each_threat_of_the_run_and_of_the_record_by_date() -> None:
    talks = Negotiation(CASE, 7).play()
    drawn, frame, record = plots.timeline(talks), talks.frame(), rates_on_record(DATA)
    assert [axes.get_title(loc="left") for axes in drawn] == [CASE.issue(threat.issue).title for threat in CASE.threats]
    for axes, threat in zip(drawn, CASE.threats, strict=True):
        ours = [line for line in of_colour(axes, style.SIDES[Side.SENDER].colour) if len(line.get_xdata()) == 8]
        days = [date2num(day.date()) for day in frame["date"]]
        assert [list(line.get_xdata()) for line in ours] == [days, days]
        assert list(ours[0].get_ydata()) == list(frame[column("threatened", threat.issue)])
        assert list(ours[1].get_ydata()) == list(frame[column("in_force", threat.issue)])
        real = [rate for rate in record if rate.issue == threat.issue]
        known = [line for line in of_colour(axes, style.FAINT) if len(line.get_xdata()) == len(real) + 1]
        assert list(known[0].get_ydata())[:-1] == [rate.threatened for rate in real]
        assert list(known[1].get_ydata())[:-1] == [rate.in_force for rate in real]
        assert {text.get_text() for text in axes.texts} == {rate.label for rate in real if rate.label}


def test_a_timeline_needs_threats_dates_and_a_round() -> None:
    with pytest.raises(plots.NothingToDrawError, match="pie has no threats"):
        plots.timeline(Negotiation(Scenario.load("pie"), 7).play())
    with pytest.raises(plots.NothingToDrawError, match="us-japan-2025 has no round that is played"):
        plots.timeline(Negotiation(CASE, 7))
    other = Negotiation(Scenario.load("us-japan-autos-1995"), 7).play()
    assert "on record" not in plots.timeline(other)[0].figure.get_suptitle()


def test_every_rate_on_record_has_its_row_among_the_events() -> None:
    with (DATA / "tariff_events_2025_2026.csv").open(encoding="utf-8") as text:
        events = {event["date"] for event in csv.DictReader(text)}
    with (DATA / "us_japan_tariffs_2025.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    for row in rows:
        file, day = row["source"].split()[:2]
        assert file == "tariff_events_2025_2026.csv" and day in events
        assert datetime.date.fromisoformat(row["date"]).year == 2025
        assert row["issue"] in {threat.issue for threat in CASE.threats}
