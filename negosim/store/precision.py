"""What a sweep that adds runs until its results are precise came to: a file in its folder, the last that is written.

precision.json : the runs at each point, what was wanted, the widest interval of each quantity and its point, the fingerprint
of the experiment (see `negosim.store.manifest`), and a hash of all that. It is what the parts say, and is found again from them
when it is lost or damaged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from negosim.common.paths import content_of
from negosim.experiment.experiment import Experiment
from negosim.experiment.spec import LEAST_RUNS
from negosim.store.manifest import hashes
from negosim.store.plan import planned_chunks
from negosim.store.store import Store

FILE = "precision.json"


@dataclass(frozen=True)
class Widest:
    """The widest interval of a quantity, and the point where it is; half_width = infinity where one run alone has it.

    half_width : the longer arm of the interval, from the mean to the end that is farther off
    """

    quantity: str
    half_width: float
    point: int


@dataclass(frozen=True)
class Reached:
    """How precise results are with so many runs at each point.

    wanted : half-width that will do
    of : what the intervals are of, `means` or `differences`
    """

    runs: int
    wanted: float
    of: str
    widest: tuple[Widest, ...]

    @property
    def is_enough(self) -> bool:
        """Whether there are runs enough to tell, and no interval is wider than wanted."""
        return self.runs >= LEAST_RUNS and all(each.half_width <= self.wanted for each in self.widest)


def write_reached(store: Store, experiment: str, reached: Reached) -> None:
    """Write the file for the experiment with this fingerprint, whole or not at all."""
    body = {"experiment": experiment, **asdict(reached)}
    store.write_beside(FILE, (json.dumps({**body, "sha256": hashes(body)}, indent=1) + "\n").encode())


def read_reached(store: Store, experiment: str) -> Reached | None:
    """What is in the file; None when it is missing, damaged, or of another experiment."""
    try:
        body: dict[str, Any] = json.loads(content_of(store.folder / FILE))
        widest = tuple(Widest(**each) for each in body["widest"])
        reached = Reached(int(body["runs"]), float(body["wanted"]), str(body["of"]), widest)
        is_whole = body.pop("sha256") == hashes(body)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return reached if is_whole and body["experiment"] == experiment else None


def so_far(store: Store, asked: Experiment, experiment: str) -> Experiment:
    """The experiment with the runs that a folder holds, or is about to hold: those begun with, and all that were added."""
    if asked.precision is None:
        return asked
    reached = read_reached(store, experiment)
    if reached is not None:
        return asked.with_runs(reached.runs)
    now = asked.with_runs(asked.replications)
    while now.replications < now.most_runs:
        longer = asked.with_runs(now.replications + now.chunk)
        new = {part.name for part in planned_chunks(longer)} - {part.name for part in planned_chunks(now)}
        if not any(store.is_there(name) for name in new):
            break
        now = longer
    return now
