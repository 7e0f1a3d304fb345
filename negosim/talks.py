"""The state of a run, before it is opened."""

from __future__ import annotations

import numpy as np

from negosim.rules.records import OWN, PUBLIC, Game, Talks
from negosim.vocabulary import CHANNELS


def new_talks(game: Game) -> Talks:
    """Return the state of a run, not yet opened."""
    voices, cells = int(game.sides["voices"].max()), int(game.sides["cells"].max())
    threats, ratifiers, issues, columns = len(game.threats), len(game.homes), len(game.status_quo), game.menus.shape[3]
    return Talks(
        public=np.zeros(1, PUBLIC), owns=np.zeros(2, OWN), images=np.zeros(2, OWN),
        threat_state=np.zeros(threats, dtype=np.int64), threat_level=np.zeros(threats), in_force=np.zeros(threats),
        homes=np.zeros((ratifiers, 2)),
        thresholds=np.zeros(ratifiers), beliefs=np.zeros((2, voices, cells + 1)), offer=np.zeros(columns),
        package=np.zeros(issues), offers=np.zeros((2, columns)), packages=np.zeros((2, issues)),
        leads=np.zeros(2, dtype=np.int64), answers=np.zeros(2, dtype=np.int64), locked=np.zeros(issues),
        menu=np.zeros(game.menus.shape[2:]), weights=np.zeros((voices, cells + 1)), other_package=np.zeros(issues),
        ledger=np.zeros((2, len(CHANNELS))),
    )  # fmt: skip
