"""Two scenarios or two results side by side, played first where they have not been."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from negosim.common.errors import ScenarioError
from negosim.common.paths import local
from negosim.experiment.experiment import Experiment
from negosim.results.contrast import Contrast, contrast_of
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.runner import sweep

Compared = Scenario | Results | str | os.PathLike[str]
"""What can be compared: a scenario or its name or path, results or the folder that a sweep wrote."""


USUAL_RUNS, USUAL_SEED = 10_000, 0
"""Runs of each scenario, about a second's worth, and their seed, unless something else is asked for."""


def compare(a: Compared, b: Compared, replications: int | None = None, seed: int | None = None) -> Contrast:
    """Compare two scenarios, two results, or a scenario with the baseline of results.

    replications : runs of each of two scenarios (None = 10,000), which the command calls --runs
    seed : of their luck (None = 0), the same for both. Results have both already, and what is beside them is played with theirs.

    Parameters, issues, threats and people that only one has are named; what both have is compared. ScenarioError and
    StoreError for what cannot be found or read, and for a count out of range.

    >>> pie = Scenario.load("pie")
    >>> same = compare(pie, pie, replications=20)
    >>> len(same.changes), float(abs(same.differences["difference"]).max())
    (0, 0.0)
    """
    both = [_opened(a, "a"), _opened(b, "b")]
    known = [each for each in both if isinstance(each, Results)]
    for field, value in {"replications (--runs)": replications, "seed": seed}.items():
        if known and value is not None:
            raise ScenarioError(
                "is for two scenarios", field=field, value=value, remedy=f"{known[0].out} has its own: leave it out."
            )
    if replications is not None and replications < 2:
        remedy = "It must be at least 2: one run has no interval."
        raise ScenarioError("is out of range", field="replications (--runs)", value=replications, remedy=remedy)
    if known:
        replications, seed = known[0].experiment.replications, known[0].experiment.seed
    runs, luck = replications or USUAL_RUNS, seed or USUAL_SEED
    with tempfile.TemporaryDirectory(prefix="negosim-compare-") as folder:
        played = [
            each if isinstance(each, Results) else _played(each, Path(folder, name), runs, luck)
            for name, each in zip("ab", both, strict=True)
        ]
        return contrast_of(*played)


def _opened(given: Compared, field: str) -> Scenario | Results:
    """The scenario or the results that are meant; the name of a shipped scenario is not that of a folder."""
    if isinstance(given, Scenario | Results):
        return given
    if not isinstance(given, str | os.PathLike):
        raise ScenarioError(
            f"is of type {type(given).__name__}", field=field,
            remedy="Give a scenario or results, or the name or path of one of them.",
        )
    if given not in Scenario.names() and local(given).is_dir():
        results = Results(given)
        results.check()
        return results
    return Scenario.load(given)


def _played(scenario: Scenario, folder: Path, replications: int, seed: int) -> Results:
    """The runs of a scenario, in a folder that is soon cleared away."""
    experiment = Experiment(
        name=scenario.name, title=scenario.title, question="What follows?", scenario=scenario,
        replications=replications, seed=seed,
    )
    try:
        return sweep(experiment, folder)
    except KeyboardInterrupt:  # what a sweep says of what it keeps is not true here
        raise KeyboardInterrupt("Stopped. A comparison keeps no runs.") from None
