"""The rounds of single runs as a table: what a sweep keeps of the first runs of each point, if the experiment asks for paths."""

from __future__ import annotations

import pyarrow

from negosim.engine import Between
from negosim.experiment import Experiment
from negosim.model import Negotiation
from negosim.plan import Paths


def path_table(experiment: Experiment, part: Paths, between: Between) -> pyarrow.Table:
    """One row an offer of each run: `point` and `replication`, then the columns of `Negotiation.frame`.

    They are the same runs as those in the table of runs, told by the other engine. `between` is told of each.
    """
    told = []
    for point in part.points:
        scenario, first = experiment.scenario_at(point), experiment.first_run(point)
        for replication in range(first, first + part.each):
            frame = Negotiation(scenario, experiment.seed, replication).play().frame()
            rounds = pyarrow.Table.from_pandas(frame, preserve_index=False)
            where = {"point": (point.number, pyarrow.int32()), "replication": (replication, pyarrow.int64())}
            for place, (name, (value, kind)) in enumerate(where.items()):
                rounds = rounds.add_column(place, name, pyarrow.array([value] * len(frame), kind))
            told.append(rounds)
            between(1)
    return pyarrow.concat_tables(told).replace_schema_metadata(None)
