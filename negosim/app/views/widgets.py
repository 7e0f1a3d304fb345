"""The pieces of the page as components: each is a template in the folder vue, given plain data and what to do when it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from negosim.common.errors import ScenarioError

Rows = list[dict[str, Any]]
Told = Callable[[Any], None]


@solara.component_vue("../vue/dials.vue")
def Dials(prefix: str, groups: Rows, event_turn: Told) -> None:  # noqa: N802
    """Groups of dials; `event_turn` gets {name, value} when one is turned."""


@solara.component_vue("../vue/transport.vue")
def Transport(  # noqa: N802
    rounds: int, ended: bool, seed: str, now: str, event_move: Told, event_sow: Told
) -> None:
    """Step, back, play, pause, to the end, reset and the seed; `event_move` gets one of step, back, end, reset."""


@solara.component_vue("../vue/figure.vue")
def Figure(title: str, svg: str, note: str = "") -> None:  # noqa: N802
    """A panel with its title."""


@solara.component_vue("../vue/terms.vue")
def Terms(title: str, now: str, rows: Rows) -> None:  # noqa: N802
    """The issues with their values in a table."""


@solara.component_vue("../vue/text.vue")
def Text(title: str, text: str) -> None:  # noqa: N802
    """A transcript, at its last paragraph."""


@solara.component_vue("../vue/tabs.vue")
def Tabs(tabs: list[str], chosen: str, event_choose: Told) -> None:  # noqa: N802
    """The views to choose from."""


@solara.component_vue("../vue/choose.vue")
def Choose(  # noqa: N802
    name: str, label: str, value: str, options: Rows, event_choose: Told, at_once: bool = True, button: str = ""
) -> None:
    """A list to choose from, at once or by a button."""


@solara.component_vue("../vue/setting.vue")
def Setting(prefix: str, names: list[str], button: str, event_give: Told) -> None:  # noqa: N802
    """Any parameter by its dotted name, and a value; `event_give` gets {name, value}."""


@solara.component_vue("../vue/buttons.vue")
def Buttons(  # noqa: N802
    label: str, buttons: Rows, event_press: Told, file: dict[str, str] | None = None
) -> None:
    """Buttons in a row; `event_press` gets the value of one, and a `file` that is given is saved by the browser."""


@solara.component_vue("../vue/notice.vue")
def Notice(text: str, event_close: Told) -> None:  # noqa: N802
    """A sentence about what was wrong."""


@solara.component_vue("../vue/table.vue")
def Table(title: str, heads: list[str], rows: list[list[str]]) -> None:  # noqa: N802
    """A table of words; the first cell of a row names it."""


@solara.component_vue("../vue/start.vue")
def Start(options: Rows, event_start: Told) -> None:  # noqa: N802
    """The choice of a side to play; `event_start` gets {side, seed}."""


def use_steps(state: solara.Reactive[Any]) -> tuple[Callable[[Callable[[Any], Any]], None], solara.Reactive[str]]:
    """Return what takes a step from one state to the next, and the sentence of the last error that a step had.

    The first is the same at every drawing, so that what it is given to is not drawn anew.
    """
    problem = solara.use_reactive("")

    def take(step: Callable[[Any], Any]) -> None:
        try:
            state.set(step(state.value))
            problem.set("")
        except ScenarioError as error:
            problem.set(str(error))

    return solara.use_memo(lambda: take, []), problem
