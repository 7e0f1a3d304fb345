"""Figures of runs and sweeps: each function takes data, draws with matplotlib, and returns the axes.

Without axes a function makes a figure of its own (`axes.figure`), apart from the state of pyplot. A side has one colour,
line and marker everywhere: `style.SIDES`.
"""

from __future__ import annotations

from negosim.plots.endings import endings, outcomes, payoffs, rounds, settlements
from negosim.plots.frontier import frontier, offers
from negosim.plots.gallery import FIGURES, draw_all, typical_run
from negosim.plots.heat_maps import heat_map, heat_maps, payoff_matrix
from negosim.plots.ledger import forest, ledger, ledger_changes
from negosim.plots.linkage import linkage
from negosim.plots.readings import NothingToDrawError
from negosim.plots.responses import main_effects, response_curves
from negosim.plots.run import path, timeline
from negosim.plots.samples import ecdf, ending_shares, ridge
from negosim.plots.sensitivity import morris_plane, sobol_indices
from negosim.plots.style import SIDES, png
from negosim.plots.tactics import tactic_endings, tactic_payoffs, textbook_tactics

__all__ = [
    "FIGURES",
    "SIDES",
    "NothingToDrawError",
    "draw_all",
    "ecdf",
    "ending_shares",
    "endings",
    "forest",
    "frontier",
    "heat_map",
    "heat_maps",
    "ledger",
    "ledger_changes",
    "linkage",
    "main_effects",
    "morris_plane",
    "offers",
    "outcomes",
    "path",
    "payoff_matrix",
    "payoffs",
    "png",
    "response_curves",
    "ridge",
    "rounds",
    "settlements",
    "sobol_indices",
    "tactic_endings",
    "tactic_payoffs",
    "textbook_tactics",
    "timeline",
    "typical_run",
]
