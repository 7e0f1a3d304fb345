"""The results of a sweep: its runs, and what follows from them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from negosim.common import display
from negosim.common.errors import StoreError
from negosim.experiment.experiment import Experiment
from negosim.results.interim import interim
from negosim.results.runs import Runs
from negosim.results.sensitivity import sensitivity
from negosim.results.summary import summarise
from negosim.store.manifest import experiment_of
from negosim.store.store import Store

if TYPE_CHECKING:
    import pandas


def experiment_in(out: str | os.PathLike[str]) -> Experiment:
    """The experiment of a folder, finished or not. StoreError when it holds no results."""
    manifest = Store(out).manifest()
    if manifest is None:
        raise StoreError(f"{out} holds no results. Name the folder that a sweep wrote, or the file of an experiment.")
    return experiment_of(manifest)


class Results(Runs):
    """The runs of a finished sweep in a folder.

    runs : those at each point, of a sweep that is still adding some; None = those that it came to

    Of a sweep in which something failed, what is whole: a point of which any run is missing is left out of every table, and
    so are joint draws and rounds that are missing. The log says so, and so do `left_out` and `points_left_out`.

    >>> Results("runs/nowhere")
    Traceback (most recent call last):
    negosim.common.errors.StoreError: runs/nowhere holds no results. Name the folder that a sweep wrote.
    """

    def __repr__(self) -> str:
        experiment = self.experiment
        return f"<Results of {experiment.name}: {len(self.points):,} points of {experiment.replications:,} runs in {self.out}>"

    def _repr_html_(self) -> str:
        return display.html(self)

    def summary(self) -> pandas.DataFrame:
        """Means, spreads and paired differences to the baseline, point by point; see `negosim.results.summary`."""
        return summarise(self)

    def sensitivity(self, quantities: str | Sequence[str] | None = None) -> pandas.DataFrame:
        """Sobol's indices of a Saltelli design, Morris's of a Morris design; see `negosim.results.sensitivity`."""
        return sensitivity(self, quantities)

    def interim(self) -> pandas.DataFrame:
        """The mean payoff of each private type of each side, point by point; see `negosim.results.interim`."""
        return interim(self)
