"""Every text of a figure is shown as it is written, whatever matplotlib's settings, and in a font that has its letters."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager, pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from negosim import Negotiation, plots, simulate
from negosim.experiment.experiment import Experiment
from negosim.plots import lettering
from negosim.results.payoff_matrix import Matrix
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.compare import compare
from negosim.sweeps.runner import sweep
from negosim.validation.tactics import WORLDS, play
from tests.unit.hostile import TEXTS, hostile, texts_of

pytestmark = pytest.mark.slow

SETTINGS: dict[str, Any] = {
    "text.usetex": True,
    "text.parse_math": True,
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-1, 1),
    "xtick.minor.visible": True,
    "backend": "pgf",
}
"""What a user may have set; none of the machines of the tests has TeX, so that a text which asks for it fails."""

Draw = Callable[..., Axes | Sequence[Axes]]

VARIED = [
    {"parameter": "sender.ambiguity", "values": [0.0, 0.2], "headline": [0.0, 0.2]},
    {"parameter": "sender.brinkmanship", "values": [0.0, 0.1], "headline": [0.0, 0.1]},
]
RANGES = [{"parameter": block["parameter"], "range": [0.0, 0.2]} for block in VARIED]
DESIGNS: dict[str, dict[str, Any]] = {
    "alone": {"design": "one-at-a-time"},
    "grid": {"vary": [{"parameter": block["parameter"], "values": block["values"]} for block in VARIED]},
    "saltelli": {"design": "saltelli", "size": 4, "vary": RANGES},
    "morris": {"design": "morris", "size": 4, "vary": RANGES},
}


@pytest.fixture(scope="module")
def case() -> Scenario:
    return hostile()


@pytest.fixture(scope="module")
def drawings(case: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    """Every function that draws, by its name, with data of a case whose texts are hostile; it still takes axes."""
    folder = tmp_path_factory.mktemp("lettering")
    fields: dict[str, Any] = {"name": "small", "title": "$_$", "question": "?", "scenario": case, "replications": 40, "seed": 5}
    made = {
        name: sweep(Experiment(**{**fields, "vary": VARIED, **design}), folder / name, workers=1)
        for name, design in DESIGNS.items()
    }
    return _of_results(made) | _of_runs(case)


def _of_results(made: dict[str, Results]) -> dict[str, Callable[..., Any]]:
    alone, grid = made["alone"], made["grid"]
    of_the_baseline = (
        plots.frontier, plots.settlements, plots.payoffs, plots.rounds, plots.endings, plots.ledger, plots.ledger_changes,
        plots.tactic_payoffs, plots.tactic_endings,
    )
    return {draw.__name__: _of(draw, alone) for draw in of_the_baseline} | {
        "outcomes": lambda: plots.outcomes(alone),
        "heat_map": _of(plots.heat_map, grid, *(block["parameter"] for block in VARIED), "settled_rice", None),
        "heat_maps": _of(plots.heat_maps, grid),
        "main_effects": _of(plots.main_effects, grid),
        "response_curves": _of(plots.response_curves, alone, "sender.ambiguity", ["sender_payoff", "settled_rice", "rounds"]),
        "sobol_indices": _of(plots.sobol_indices, made["saltelli"]),
        "morris_plane": _of(plots.morris_plane, made["morris"]),
    }


def _of_runs(case: Scenario) -> dict[str, Callable[..., Any]]:
    talks, batches = Negotiation(case, 7).play(), {text: simulate(case, 30, 7) for text in TEXTS}
    own = case.vary({"sender.ambiguity": 0.2})
    game = Matrix(TEXTS[:2], TEXTS[2:4], numpy.eye(2), numpy.eye(2))
    world = WORLDS[2]._replace(levels=WORLDS[2].levels[:2])
    return {
        "linkage": _of(plots.linkage, case),
        "path": _of(plots.path, talks),
        "timeline": _of(plots.timeline, talks),
        "offers": _of(plots.offers, talks),
        "ecdf": _of(plots.ecdf, batches, "settled_rice"),
        "ridge": _of(plots.ridge, batches),
        "ending_shares": _of(plots.ending_shares, batches),
        "forest": _of(plots.forest, compare(case, own, 40)),
        "payoff_matrix": _of(plots.payoff_matrix, game, case, TEXTS[0], TEXTS[2]),
        "textbook_tactics": _of(plots.textbook_tactics, [play(world, 20)]),
    }


def _of(draw: Draw, *data: Any) -> Callable[..., Any]:
    return lambda **more: draw(*data, **more)


DRAWING = [
    name
    for name in plots.__all__
    if inspect.isfunction(getattr(plots, name)) and "Axes" in str(inspect.signature(getattr(plots, name)).return_annotation)
]
"""Every function of the package that returns axes."""


def many(made: Any) -> list[Axes]:
    return [made] if isinstance(made, Axes) else list(made)


def texts(axes: Sequence[Axes]) -> list[Text]:
    """The texts of the figure of these axes, as they are after it was drawn."""
    owner = axes[0].figure
    assert isinstance(owner, Figure)
    plots.png(axes)
    return [text for text in owner.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]


def check_literal(shown: Sequence[Text]) -> None:
    """No text is TeX or mathematics, and no number is written as such."""
    for text in shown:
        assert not text.get_usetex() and not text.get_parse_math(), text.get_text()
        assert "mathdefault" not in text.get_text() and r"\times" not in text.get_text()


def test_every_function_that_draws_is_tried_here(drawings: dict[str, Callable[..., Any]]) -> None:
    assert sorted(drawings) == sorted(DRAWING)


@pytest.mark.parametrize("name", DRAWING)
def test_every_text_of_a_figure_is_literal_whatever_the_settings(name: str, drawings: dict[str, Callable[..., Any]]) -> None:
    with matplotlib.rc_context(SETTINGS):
        check_literal(texts(many(drawings[name]())))
        assert all(matplotlib.rcParams[key] == SETTINGS[key] for key in ("text.usetex", "text.parse_math"))


@pytest.mark.parametrize("name", [name for name in DRAWING if name != "outcomes"])
def test_it_is_literal_in_axes_that_a_user_brings(name: str, drawings: dict[str, Callable[..., Any]]) -> None:
    """Made under the same settings, before."""
    count = len(many(drawings[name]()))
    with matplotlib.rc_context(SETTINGS):
        own, places = pyplot.subplots(1, count, figsize=(5 * count, 4), squeeze=False)
        try:
            given = list(places[0]) if isinstance(drawings[name](), list) else places[0, 0]
            check_literal([text for axes in many(drawings[name](axes=given)) for text in axes.findobj(Text)])
        finally:
            pyplot.close(own)


def test_the_names_of_a_case_are_drawn_letter_by_letter(case: Scenario, drawings: dict[str, Callable[..., Any]]) -> None:
    shown = "".join("".join(text.get_text().split()) for name in DRAWING for text in texts(many(drawings[name]())))
    missing = [text for text in [*texts_of(case), *TEXTS] if "".join(text.split()) not in shown]
    assert not missing


# ---- fonts ----

THAI = "\N{THAI CHARACTER KO KAI}\N{THAI CHARACTER MO MA}"


@pytest.fixture
def few_fonts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine that has matplotlib's own fonts, and those whose paths a test puts into the list."""
    own = [entry for entry in font_manager.fontManager.ttflist if entry.fname.startswith(matplotlib.get_data_path())]
    installed: list[str] = []
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(lettering, "findSystemFonts", lambda: installed)
    monkeypatch.setattr(lettering, "_fallback", lettering._Fallback())
    return installed


def font_with(letters: str, path: Path) -> str:
    """The path of a new font of one square for each of these letters."""
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, 500), (450, 500), (450, 0)):
        pen.lineTo(corner)
    pen.closePath()
    made, names = FontBuilder(1000, isTTF=True), [".notdef", *(f"u{ord(letter):X}" for letter in letters)]
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(letter): name for letter, name in zip(letters, names[1:], strict=True)})
    made.setupGlyf({name: pen.glyph() for name in names})
    made.setupHorizontalMetrics({name: (500, 0) for name in names})
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Of a test", "styleName": "Regular"})
    made.setupOS2()
    made.setupPost()
    made.save(path)
    return str(path)


def titled(title: str) -> Scenario:
    return Scenario.build({**Scenario.load("logrolling").model_dump(), "title": title})


def test_a_letter_that_the_usual_fonts_lack_is_drawn_in_an_installed_font_that_has_it(
    few_fonts: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    few_fonts.append(font_with(THAI, tmp_path / "thai.ttf"))
    axes = plots.linkage(titled(f"Rice {THAI}"))
    assert axes.title.get_fontfamily()[0] == matplotlib.rcParams["font.family"][0] != "Of a test"
    assert "Of a test" in axes._left_title.get_fontfamily()  # type: ignore[attr-defined]
    assert plots.png(axes) != plots.png(plots.linkage(titled("Rice ??"))) and not caplog.records


def test_where_no_font_has_a_letter_one_sentence_says_which_kind_to_install(
    few_fonts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """And none of matplotlib's warnings, one a letter, is given: a warning is an error here."""
    for _ in range(2):
        plots.png(plots.linkage(titled(f"Rice {THAI}, {THAI[::-1]}")))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "(Thai)" in caplog.text and "Install a font that has them, such as Noto Sans Thai" in caplog.text
    assert not few_fonts
