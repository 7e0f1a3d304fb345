"""The look of every figure: one colour, line and marker a side; endings told apart by colour and hatching.

The colours are those of Okabe and Ito (2008), Color Universal Design; whatever they say, a line style, a marker, a
hatching or a label says too, so that a figure can be read in grey. No figure touches the state of pyplot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from negosim.common.vocabulary import Ending, Side
from negosim.plots.lettering import filled, literally, settle

DPI = 160
"""Dots an inch of the files."""

SCREEN_DPI = 96
"""Dots an inch of a figure in a notebook."""

HEAD, TITLE, TEXT, SMALL = 11.0, 10.0, 9.0, 8.0
"""Sizes of headings, of titles, of labels, and of ticks and legends, in points."""

LETTERS, ENTRY = 11.5, 2.0
"""Letters of a heading that go into an inch, and inches that an entry of a legend takes."""

INK, FAINT, SHADE = "#222222", "#8C8C8C", "#EDEDED"
"""Colours of what belongs to no side: lines and words, what stands back, areas."""

Dashes = Any
"""A line style as matplotlib takes it: a name, or a pattern of dashes."""


@dataclass(frozen=True)
class Look:
    """How a side is drawn: colour, line style, marker, hatching of its bars."""

    colour: str
    line: Dashes
    marker: str
    hatch: str


SIDES = {
    Side.SENDER: Look("#0072B2", "-", "o", ""),
    Side.TARGET: Look("#E69F00", (0, (4, 1.5)), "s", "////"),
}
"""Dark blue and full lines for the sender, light orange and dashes for the target: far apart in grey too."""

ENDINGS = {
    Ending.SETTLED: ("#009E73", ""),
    Ending.SETTLED_IN_PART: ("#9FD9C6", "\\\\\\"),
    Ending.RATIFICATION_FAILED: ("#CC79A7", "..."),
    Ending.IMPASSE: ("#C8C8C8", "///"),
    Ending.BREAKDOWN: ("#333333", ""),
    Ending.WALK_OUT: ("#F0E442", "xxx"),
}
"""Colour and hatching of an ending."""

COMPLEMENTS, SUBSTITUTES = "#009E73", "#CC79A7"
"""Colours of the two signs of a linkage."""


class Shown(Figure):
    """A figure that a notebook shows without any setting: write ``axes.figure`` as the last line of a cell."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw by the settings of every figure: what matplotlib adds only now, such as a tick, is literal too."""
        with literally():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png", dpi=SCREEN_DPI)
        return buffer.getvalue()


def figure(width: float, height: float) -> Figure:
    """An empty figure of this size in inches, which keeps its parts from overlapping."""
    made = Shown(figsize=(width, height), dpi=DPI, layout=ConstrainedLayoutEngine(w_pad=0.07, h_pad=0.05))
    made.set_facecolor("white")
    return made


def one(axes: Axes | None, width: float = 6.4, height: float = 4.0) -> Axes:
    """The axes given, or those of a new figure."""
    return figure(width, height).add_subplot() if axes is None else axes


def panels(axes: Sequence[Axes] | None, count: int, height: float, columns: int = 3, **shared: Any) -> list[Axes]:
    """The axes given, or those of a new figure in rows of `columns`, each `height` inches high.

    ValueError unless there are `count`.
    """
    if axes is not None:
        return _as_many(axes, count)
    columns = min(columns, count)
    rows = -(-count // columns)
    whole = figure({1: 6.4, 2: 8.4}.get(columns, 10.2), height * rows + 0.9)
    made = whole.subplots(rows, columns, squeeze=False, **shared)
    for unused in made.flat[count:]:
        unused.remove()
    return list(made.flat[:count])


def stacked(axes: Sequence[Axes] | None, heights: Sequence[float]) -> list[Axes]:
    """The axes given, or those of a new figure, one under another with one scale of x. ValueError as in `panels`."""
    if axes is not None:
        return _as_many(axes, len(heights))
    whole = figure(9.6, 1.6 + sum(heights))
    return list(whole.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0])


def _as_many(axes: Sequence[Axes], count: int) -> list[Axes]:
    if len(axes) != count:
        raise ValueError(f"{len(axes)} axes were given where {count} panels are to be drawn. Give {count}, or none.")
    return list(axes)


def dress(axes: Axes, title: str = "", x: str = "", y: str = "", grid: Literal["x", "y", "both"] | None = "y") -> None:
    """Give axes their title and labels, in the sizes of the house, and take away what says nothing."""
    if title:
        axes.set_title(title, fontsize=TITLE, loc="left", color=INK)
    if x:
        axes.set_xlabel(x, fontsize=TEXT, color=INK)
    if y:
        axes.set_ylabel(y, fontsize=TEXT, color=INK)
    axes.tick_params(labelsize=SMALL, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)
    if grid is not None:
        axes.grid(True, axis=grid, color=SHADE, linewidth=0.8)
    axes.set_axisbelow(True)


def key(axes: Axes, handles: Iterable[Artist] | None = None, **options: Any) -> None:
    """The legend of one panel."""
    if handles is not None:
        options["handles"] = list(handles)
    axes.legend(fontsize=SMALL, frameon=False, **options)


def key_below(some: Sequence[Axes], handles: Iterable[Artist]) -> None:
    """One legend for all panels, below them where the figure keeps room for it, else in the first."""
    owner, shown = some[0].figure, list(handles)
    if not shown:
        return
    if isinstance(owner, Figure) and owner.get_layout_engine() is not None:
        columns = min(len(shown), max(1, int(owner.get_figwidth() / ENTRY)))
        settle(owner.legend(handles=shown, loc="outside lower center", ncols=columns, fontsize=SMALL, frameon=False))
    else:
        key(some[0], shown)


def head(axes: Axes, text: str) -> None:
    """The heading of the whole figure that these axes are in, in lines that fit its width."""
    owner = axes.figure
    if isinstance(owner, Figure):
        width = int(owner.get_figwidth() * LETTERS)
        lines = "\n".join(filled(line, width) for line in text.split("\n"))
        settle(owner.suptitle(lines, fontsize=HEAD, x=0.01, ha="left", color=INK))


def png(axes: Axes | Sequence[Axes]) -> bytes:
    """The figure that axes are in, as a PNG file of 160 dots an inch."""
    owner = (axes if isinstance(axes, Axes) else axes[0]).figure
    buffer = BytesIO()
    assert isinstance(owner, Figure)
    with literally():
        owner.savefig(buffer, format="png", dpi=DPI, backend="agg")  # whatever a user's own figure was made for, such as LaTeX
    return buffer.getvalue()
