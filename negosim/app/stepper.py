"""A run to step through in a notebook: a slider over the rounds, a play button, what was said, and the offers on the map.

It needs ipywidgets (``pip install ".[notebooks]"`` in the folder of the clone); without it a stepper shows its rounds as text.
"""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from negosim.common.html import prose
from negosim.engine.transcript import paragraphs
from negosim.plots import offers, png
from negosim.plots.readings import require_talks

if TYPE_CHECKING:
    from negosim.engine.model import Negotiation

PACE = 1500
"""Milliseconds from one round to the next while it plays."""


def stepper(talks: Negotiation) -> Stepper:
    """Return a stepper through talks. Talks that still go on are played to their end on a copy, and stay as they are.

    TypeError for what is no Negotiation.

    >>> from negosim import Negotiation, Scenario
    >>> stepper(Negotiation(Scenario.load("pie"), 7)).text(0)[:44]
    'A package is worth 0 to a side at worst and '
    """
    require_talks(talks)
    return Stepper(talks)


class Stepper:
    """The rounds of a run, one at a time: 0 is the opening, the last place the end."""

    def __init__(self, talks: Negotiation) -> None:
        self.talks = talks.fork().play() if talks.running else talks
        told = paragraphs(self.talks.scenario, self.talks.events)
        numbers = [event.facts["round"] if event.kind == "round" else None for event in self.talks.events]
        self._texts: list[str] = []
        self._rounds: list[int] = []
        for text, number in zip(told, numbers, strict=True):
            place = len(self._texts)
            if number is not None and place and number == self._rounds[-1]:
                self._texts[-1] += f"\n\n{text}"  # both sides table an offer in this round
            else:
                self._texts.append(text)
                self._rounds.append(number if number is not None else self._rounds[-1] if place else 0)
        self._pictures: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, place: int) -> str:
        """Return what is told at a place, from 0, the opening; IndexError for one beyond the end."""
        return self._texts[place]

    def picture(self, place: int) -> bytes:
        """Return the offers made by then on the map of both sides' utilities, as a PNG."""
        number = self._rounds[place]
        if number not in self._pictures:
            self._pictures[number] = png(offers(self.talks, until=number))
        return self._pictures[number]

    def __str__(self) -> str:
        return "\n\n".join([self.talks.scenario.title, *self._texts])

    def __repr__(self) -> str:
        return str(self)

    @cached_property
    def widget(self) -> Any:
        """The slider, the button, the text and the map as one widget; ModuleNotFoundError without ipywidgets."""
        import ipywidgets

        last = len(self) - 1
        play = ipywidgets.Play(min=0, max=last, interval=PACE)
        slider = ipywidgets.IntSlider(min=0, max=last, description="round")
        back, on = (ipywidgets.Button(description=name, layout={"width": "5em"}) for name in ("back", "next"))
        told = ipywidgets.HTML(layout={"flex": "1 1 20em", "min_width": "20em", "max_width": "40em"})
        shown = ipywidgets.Image(format="png", layout={"width": "560px", "object_fit": "contain", "align_self": "flex-start"})

        def show(place: int) -> None:
            told.value = f'<div style="line-height: 1.45">{prose([self.text(place)])}</div>'  # else as high as a button
            shown.value = self.picture(place)

        def move(by: int) -> None:
            slider.value = min(last, max(0, slider.value + by))

        ipywidgets.jslink((play, "value"), (slider, "value"))
        slider.observe(lambda change: show(change["new"]), names="value")
        back.on_click(lambda _: move(-1))
        on.on_click(lambda _: move(1))
        show(0)
        controls = ipywidgets.HBox([play, back, on, slider])
        return ipywidgets.VBox([controls, ipywidgets.HBox([told, shown], layout={"flex_flow": "row wrap"})])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if find_spec("ipywidgets") is None:
            return {"text/plain": str(self)}
        return self.widget._repr_mimebundle_(**options) | {"text/plain": str(self)}
