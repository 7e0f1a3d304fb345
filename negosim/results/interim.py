"""Payoffs by a side's own private type: what a tactic is worth to the side that knows who it is.

Ex ante a side does not know its type yet, and the mean over all runs is what counts (`negosim.results.summary`). Interim it does:
a committed side and one that is not, or one with a high reservation value, may fare differently under the same tactic
(Holmström and Myerson 1983, Econometrica 51, 1799-1819). Ex post each run has its own payoff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negosim.common.vocabulary import Side
from negosim.results.runs import Runs
from negosim.scenario.people import Delegation

if TYPE_CHECKING:
    import pandas

COMMITMENT = ("not committed", "committed")
THIRDS = ("lowest third", "middle third", "highest third")

QUESTION = """
with ranked as (
    select point, {side}_payoff as payoff, {side}_committed as committed, {side}_profile as profile,
        percent_rank() over (partition by point order by {side}_reservation) as place,
        min({side}_reservation) over (partition by point) < max({side}_reservation) over (partition by point) as spread
    from parts
),
typed as (
    select point, payoff, 'commitment' as kind, case when committed then 1 else 0 end as type from ranked
    union all select point, payoff, 'priorities', profile from ranked
    union all select point, payoff, 'reservation value', least(2, floor(3 * place)::int) from ranked where spread
)
select point, kind, type, count(*) as runs, avg(payoff) as mean, stddev_samp(payoff) / sqrt(count(*)) as error
from typed group by all order by point, kind, type
"""


def interim(results: Runs) -> pandas.DataFrame:
    """Return the mean payoff of each type of each side at each point of the design.

    Columns: point, label, side, kind (commitment, priorities, reservation value), type in words, runs, mean, error (standard
    error of the mean). Reservation values are by thirds of those drawn at the point, and left out where none is drawn.
    """
    import pandas

    frames, experiment = [], results.experiment
    cases = {point.number: point.case for point in experiment.design_points}
    for side in Side:
        results.require(f"{side.label}_{what}" for what in ("reservation", "profile", "committed"))
        answer = results.query(QUESTION.format(side=side.label))
        answer.insert(1, "side", side.label)
        words = {case: _words(base.delegation(side)) for case, base in experiment.bases.items()}
        rows = zip(answer["point"], answer["kind"], answer["type"], strict=True)
        answer["type"] = [words[cases[point]][kind][int(number)] for point, kind, number in rows]
        frames.append(answer)
    labels = results.design()[["point", "label"]]
    return labels.merge(pandas.concat(frames, ignore_index=True), on="point").astype({"runs": int})


def _words(delegation: Delegation) -> dict[str, tuple[str, ...]]:
    """What the types of a side are called, by kind."""
    voices = (negotiator.title for negotiator in delegation.negotiators)
    return {"commitment": COMMITMENT, "reservation value": THIRDS, "priorities": (*voices, "the principal")}
