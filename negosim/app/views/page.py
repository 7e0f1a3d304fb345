"""The page: a heading, the views to choose from, and the view that is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import solara

from negosim.app.state.offer import Game
from negosim.app.state.opened import opened_scenario
from negosim.app.state.watch import Watching
from negosim.app.views import widgets
from negosim.app.views.play import PlayView
from negosim.app.views.watch import WatchView

WATCH, MANY, PLAY = "Watch a run", "10,000 games", "Play one side"


@solara.component
def Layout(children: list[Any]) -> Any:  # noqa: N802
    """The bare page: no bars of Solara's own."""
    return solara.Div(children=children)


@solara.component
def Page() -> None:  # noqa: N802
    """What one person sees; nobody else sees it."""
    opened = solara.use_memo(opened_scenario, [])
    watching = solara.use_reactive(Watching(opened))
    game: solara.Reactive[Game | None] = solara.use_reactive(None)
    view = solara.use_reactive(WATCH)
    solara.Title("negosim")
    solara.Style(Path(__file__).parents[1] / "style.css")
    with solara.v.Html(tag="main", class_="ns-page"):
        with solara.v.Html(tag="header", class_="ns-head"):
            solara.v.Html(tag="h1", children=["negosim"])
            if game.value is None or game.value.playing.question is None:  # who plays one side sees nothing of the other
                widgets.Tabs(tabs=[WATCH, MANY, PLAY], chosen=view.value, event_choose=view.set)
        if view.value == PLAY:
            PlayView(game, watching.value)
        else:
            WatchView(watching, opened, view.value == MANY)
