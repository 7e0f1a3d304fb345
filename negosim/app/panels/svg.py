"""Pieces of SVG as text: elements, and a frame with two scales. Coordinates are in pixels, y downwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from negosim.common.vocabulary import Side
from negosim.plots.style import FAINT, INK, SHADE

WIDTH = 460
"""Width of a panel: readable where a telephone shows it smaller, and two go beside each other on a desk."""

TEXT, SMALL = 13, 11.5
"""Sizes of words."""

Point = tuple[float, float]


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """An element; an underscore in a name stands for a hyphen, a final one is dropped.

    >>> element("circle", r=2.25, stroke_width=1)
    '<circle r="2.2" stroke-width="1"/>'
    """
    said = "".join(f' {name.rstrip("_").replace("_", "-")}="{_said(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>{content}</{tag}>" if content else f"<{tag}{said}/>"


def _said(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else escape(str(value))


def document(height: float, label: str, parts: Iterable[str], width: float = WIDTH) -> str:
    """A picture that is as wide as there is room; `label` says in words what it shows."""
    return element(
        "svg", "".join(parts), viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label, class_="panel-picture",
        xmlns="http://www.w3.org/2000/svg",
    )


def line(start: Point, end: Point, colour: str = INK, width: float = 1.0, dashes: str = "") -> str:
    """A straight line."""
    style = {"stroke_dasharray": dashes} if dashes else {}
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=colour, stroke_width=width, **style)


def path(points: Sequence[Point], colour: str = INK, width: float = 1.5, dashes: str = "") -> str:
    """A line through points; nothing for fewer than two."""
    if len(points) < 2:
        return ""
    style = {"stroke_dasharray": dashes} if dashes else {}
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polyline", points=through, fill="none", stroke=colour, stroke_width=width, **style)


def words(
    place: Point, text: str, size: float = SMALL, anchor: str = "middle", weight: str = "normal", halo: bool = False
) -> str:
    """A line of words; with a halo it can be read over lines."""
    style = {"stroke": "white", "stroke_width": 3, "paint_order": "stroke"} if halo else {}
    return element(
        "text", escape(text), x=place[0], y=place[1], font_size=size, text_anchor=anchor, font_weight=weight, fill=INK, **style
    )


def mark(side: Side, place: Point, colour: str, size: float = 5.0, filled: bool = True) -> str:
    """The marker of a side: a circle for the sender, a square for the target, as in the figures."""
    fill = colour if filled else "white"
    style = {"fill": fill, "stroke": colour if not filled else "white", "stroke_width": 1.5}
    if side is Side.SENDER:
        return element("circle", cx=place[0], cy=place[1], r=size, **style)
    return element("rect", x=place[0] - size, y=place[1] - size, width=2 * size, height=2 * size, **style)


@dataclass(frozen=True)
class Frame:
    """A rectangle on the page with a scale along each side.

    left, top, width, height : the rectangle; x, y : what its ends stand for, y from the bottom up
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    def at(self, x: float, y: float) -> Point:
        """Where a pair of values stands; values beyond the ends stand at the ends."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        clip = [min(1.0, max(0.0, share)) for share in (across, up)]
        return self.left + clip[0] * self.width, self.top + (1.0 - clip[1]) * self.height

    def level(self, y: float, colour: str = FAINT, dashes: str = "4 3", width: float = 1.2) -> str:
        """A line across at a value."""
        return line(self.at(self.x[0], y), self.at(self.x[1], y), colour, width, dashes)

    def y_axis(self, ticks: Sequence[float], form: str = "{:g}") -> str:
        """Numbers on the left, and faint lines across."""
        parts = [line(self.at(self.x[0], tick), self.at(self.x[1], tick), SHADE) for tick in ticks]
        parts += [words((self.left - 6, self.at(self.x[0], tick)[1] + 4), form.format(tick), anchor="end") for tick in ticks]
        return "".join(parts)

    def x_axis(self, ticks: Sequence[tuple[float, str]]) -> str:
        """Words below, and the line they stand under."""
        bottom = self.top + self.height
        parts = [line((self.left, bottom), (self.left + self.width, bottom), FAINT)]
        parts += [words((self.at(place, 0.0)[0], bottom + 15), text) for place, text in ticks]
        return "".join(parts)
