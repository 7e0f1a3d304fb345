"""A small sweep of the real case, for tests of what is drawn of it."""

from __future__ import annotations

from pathlib import Path

from negosim.experiment.experiment import Experiment
from negosim.results.results import Results
from negosim.sweeps.runner import sweep


def small_sweep(folder: Path) -> Results:
    """Two tactics, 120 runs at each of seven points."""
    experiment = Experiment(
        name="small",
        title="Two tactics",
        question="What do they do?",
        scenario="us-japan-2025",
        design="one-at-a-time",
        vary=[
            {"parameter": "sender.ambiguity", "values": [0.2, 0.0, 0.1], "headline": [0.0, 0.2]},
            {"parameter": "sender.brinkmanship", "values": [0.0, 0.08, 0.3], "headline": [0.0, 0.08]},
        ],
        replications=120,
        seed=5,
        reported={"reciprocal-tariff": 15, "rice": 605_500},
    )
    return sweep(experiment, folder, workers=1)
