"""All figures of a sweep, as files in a folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from negosim.common.errors import StoreError
from negosim.engine.model import Negotiation
from negosim.plots.endings import outcomes, settlements
from negosim.plots.frontier import frontier
from negosim.plots.heat_maps import heat_maps
from negosim.plots.ledger import ledger, ledger_changes
from negosim.plots.linkage import linkage
from negosim.plots.readings import NothingToDrawError, number_of, require, require_same_rules
from negosim.plots.responses import main_effects
from negosim.plots.run import path
from negosim.plots.sensitivity import morris_plane, sobol_indices
from negosim.plots.style import png
from negosim.plots.tactics import tactic_endings, tactic_payoffs
from negosim.results.results import Results
from negosim.store.store import Store

log = logging.getLogger(__name__)

Drawing = Callable[[Results], Axes | Sequence[Axes]]

FIGURES: dict[str, Drawing] = {
    "outcomes": outcomes,
    "settlements": settlements,
    "tactic-payoffs": tactic_payoffs,
    "tactic-endings": tactic_endings,
    "heat-maps": heat_maps,
    "main-effects": main_effects,
    "sobol-indices": sobol_indices,
    "morris-plane": morris_plane,
    "ledger": ledger,
    "ledger-changes": ledger_changes,
    "frontier": frontier,
    "linkage": lambda results: linkage(results.shown_base),
    "path": lambda results: path(typical_run(results)),
}
"""What is drawn of a sweep, by the name of its file."""


def draw_all(results: Results, folder: str | os.PathLike[str]) -> list[Path]:
    """Draw every figure of a sweep into PNG files in `folder`, those of several cases each in a folder of its own in it.

    All are drawn before the first is written, and each is written whole or not at all. A figure about something that
    the results do not have, such as a headline, is left out, and the log says so. Return the paths. StoreError for runs that
    lack a column, and for a folder that cannot be written.
    """
    place = Store(folder).folder
    cases = {place: results}
    if len(results.experiment.bases) > 1:
        cases = {place / str(case): results.of_case(str(case)) for case in results.baselines}
    for each in cases:
        try:
            each.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{each} cannot be made: {error.strerror}. Choose a folder in which you may write.") from error
    pictures = {each: _drawn(case) for each, case in cases.items()}
    for each, drawn in pictures.items():
        for name, picture in drawn.items():
            Store(each).write_beside(f"{name}.png", picture)
    return [each / f"{name}.png" for each, drawn in pictures.items() for name in drawn]


def _drawn(results: Results) -> dict[str, bytes]:
    """Every figure that the results have something for, by its name."""
    pictures: dict[str, bytes] = {}
    for name, draw in FIGURES.items():
        try:
            pictures[name] = png(draw(results))
        except NothingToDrawError as reason:
            log.info("The figure %s is left out: %s", name, reason)
    return pictures


def typical_run(results: Results) -> Negotiation:
    """The first run of the baseline that ends as most of them do, in the median round of those; played again, to its end.

    NothingToDrawError if the rules have changed since: it would be another run.
    """
    require_same_rules(results)
    require(results, ["ending", "rounds"])
    point = number_of(results, None)
    answer = results.query(
        f"with here as (select replication, ending, rounds from runs where point = {point}), "
        "often as (select ending from here group by ending order by count(*) desc, ending limit 1), "
        "usual as (select quantile_disc(rounds, 0.5) as rounds from here join often using (ending)) "
        "select min(replication) as first from here join often using (ending) join usual using (rounds)",
        points=[point],
    )
    experiment = results.experiment
    return Negotiation(results.shown_base, seed=experiment.seed, replication=int(answer["first"].iloc[0])).play()
