"""The view of many games: how they end, what they are worth, and where the run that is watched lies among them."""

from __future__ import annotations

import solara

from negosim.app.panels.many import ending_panel, payoff_panel, round_panel
from negosim.app.state.many import GAMES, Many
from negosim.app.state.watch import Watching
from negosim.app.views import widgets
from negosim.common.vocabulary import Ending, Side
from negosim.scenario.scenario import Scenario


@solara.component
def DistributionView(scenario: Scenario, seed: int) -> None:  # noqa: N802
    """The games of these settings, played in a thread when the settings change."""
    task = solara.lab.use_task(lambda: Many.of(scenario, seed), dependencies=[scenario, seed], raise_error=False)
    many = task.value
    if many is None or many.scenario != scenario or task.pending:
        with solara.v.Html(tag="p", attributes={"role": "status"}):
            solara.Text(f"Playing {GAMES:,} games …" if task.error is None else str(task.error))
        return
    run = Watching(scenario, seed).courses[0].played()
    assert run.outcome is not None
    one = run.outcome.runs[0]
    mine = {side: float(one["payoff"][side]) for side in Side}
    with solara.Div(classes=["ns-panels"]):
        widgets.Figure(
            title=f"Payoffs of {GAMES:,} games",
            svg=payoff_panel(scenario, {side: many.payoffs(side) for side in Side}, mine, "this run"),
            note="1 is a side's ideal package, 0 its worst; costs of the talks are taken off. The bars count games.",
        )
        with solara.Div(classes=["ns-course"]):
            widgets.Figure(title="How they end", svg=ending_panel(many.shares(), Ending(int(one["ending"]))))
            widgets.Figure(title="How long they take", svg=round_panel(many.rounds(), int(one["rounds"])))
    with solara.Div(classes=["ns-panel"]):
        heads = ["Issue", "Median", "Middle 80 %", "Settled in"]
        widgets.Table(title="Where they settle", heads=heads, rows=many.term_rows())
