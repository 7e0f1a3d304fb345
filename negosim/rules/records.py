"""The records that rules read: constants of the game, what is public, and what one side alone knows.

Each is a NumPy structured type, so that a rule reads ``own.reservation`` in compiled code and in Python alike. A strategy
is given OWN, PUBLIC, its own belief and public tables; no record of the other side is in its reach.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from negosim.common.vocabulary import CHANNELS

F, I = np.float64, np.int64  # noqa: E741


BOTH = np.dtype((np.float64, (2,)))
"""A number for each side."""


def _record(**fields: Any) -> np.dtype:
    return np.dtype(list(fields.items()), align=True)


WORLD = _record(
    protocol=I, first_proposer=I, proposer_probability=F, auction_weight=F,
    rounds=I, extension_probability=F, extension_rounds=I, setback=I, flows=I, end_hazard=F, breakdown_hazard=F,
    initial_stress=F, persistence=F, level_effect=F, volatility_effect=F, anticipation=F,
    pause_threshold=F, resume_threshold=F, credibility=F, news=F, erosion=F,
    parts=I, interpolate=I, home_column=I, cost_column=I,
)
"""Public constants of the game. ``cost_column`` is the first of the two columns of precedent cost in a menu; ``flows`` says
that payoffs are the weighted mean of what the state of the world pays in each round, and not lumps at the end."""

SIDE = _record(
    opening=F, toughness=F, offer_noise=F, believed_noise=F, discount=F, prior_mean=F, ambiguity=F, prior_tilt=F, prior_centre=F,
    reservation_belief_only=I, voices=I, profiles=I, voices_belief_only=I, first_column=I,
    commitment=F, committed_demand=F, unpredictability=F, volatility=F, reversal=F,
    audience_cost=F, tariff_pain=F, stress_cost=F, security_stake=F, trust=F, trust_slip=F, reversal_cost=F, holding_rate=F,
    talks_flow=F, stress_tail=F, lapse=F, gap=F, outside_option=F, outside_option_trend=F,
    cells=I, looks_ahead=I, takes_less=I, ignores_beliefs=I, ignores_luck=I,
    base_low=F, base_high=F, base_step=F, level_low=F, level_step=F,
)
"""A side's declared parameters, in own utility after its attitude to risk; an outside option of NaN means none.

``holding_rate`` discounts the flow of a settlement that is kept. With flows ``talks_flow`` is what a round of talks is worth
before costs, ``stress_tail`` what a unit of stress goes on costing after the talks, ``lapse`` what a deal that has lapsed pays
beyond the utility of the package that then holds, and ``gap`` by how much the least utility that is worth signing exceeds what no
deal pays; all four are 0 with lumps. ``takes_less`` says that its strategy may take less than its reservation value.
A side ignores its beliefs where neither its strategy nor its choice of a frontier reads them; it need not learn then. It ignores
its luck where its strategy leaves nothing to chance; then that need not be drawn."""

THREAT = _record(
    issue=I, holder=I, state=I, announce_round=I, level=F, damage=BOTH, pain=BOTH, escalation=F, execution=F, early_execution=F,
    pausable=I, market_weight=F,
)
"""A threat of its ``holder``. Per unit of its level, ``damage`` is what each side loses in all if it is in force at the end, and
``pain`` what it bears of it in a round of talks, in units of the side's ``tariff_pain``."""

REVOCABLE = _record(by=I, sunk=F)
"""An issue once it is settled: the side that can take it back, or -1; and with flows the share of the settlement that outlasts
the deal if it lapses, while the rest goes back to the status quo; NaN with lumps."""

EXPECTED = _record(
    share=F, execution=F, early=F, punished=F, volatility=F, round_pain=F, round_cost=F, flow_pain=F, flow=F, tail=F,
)
"""What a side that looks ahead expects of every round and of the end, by unit of the damage that its table is laid over.

``share`` of that damage is the side's own; ``execution`` and ``early`` are the chances that what is pending is carried out at the
end and after a refusal, ``punished`` that it is carried out in spite of a deal; ``volatility`` moves it. A round costs
``round_pain`` per unit in force and ``round_cost`` besides; if the talks go on it is worth ``flow``, less ``flow_pain`` per unit
in force. ``tail`` is what stress goes on costing after the talks."""

PUBLIC = _record(
    round=I, deadline=I, elapsed=F, goes_on=F, ends_on_failure=I, proposer=I, both=I, lead=I, part=I, tabled_part=I,
    stress=F, peak_stress=F, credibility=F, executions=I, extended=I,
    home_column=I, interpolate=I, frontier_sender=I, frontier_target=I, position=F,
)
"""What everybody sees. ``goes_on`` is the chance that the talks go on after a refusal in this round; ``both`` says that both
sides table an offer in it, and ``proposer`` then is the one whose offer is being looked at."""

OWN = _record(
    side=I, reservation=F, profile=I, table=I, committed=I, kept_column=I, cost_column=I, other_column=I, other_voices=I,
    opening=F, toughness=F, discount=F, audience_cost=F, committed_demand=F, outside_option=F,
    weight_kept=F, weight_reverted_by_sender=F, weight_reverted_by_target=F, expected_reversal_cost=F, trust=F,
    demanded=F, public_demand=F, last_demand=F, offers_made=I,
    other_first=F, other_last=F, other_before=F, offers_received=I, luck=F,
    no_deal=F, ended=F, round_cost=F, round_flow=F, tail=F, wants_gain=I, punished_deal=F, base=F, level=F, executed_share=F,
    conceded=F, believed_opening=F, believed_toughness=F, believed_conceded=F, believed_noise=F, believed_low=F, believed_high=F,
    believed_tilt=F, believed_demand=F, believed_cells=I, gives_way=F, gives_way_below=F, gives_way_to=F,
    believed_gives_way=F, believed_gives_way_below=F, believed_gives_way_to=F,
    base_low=F, base_step=F, level_low=F, level_step=F,
)
"""What one side alone knows: its type, its memory, what it expects, and what it believes about the other's rule.

Talks that end are worth ``no_deal`` before any answer, and ``ended`` once a refusal may have had threats carried out early.
A round that ends without a settlement costs ``round_cost``; if the talks go on it is worth ``round_flow``. ``tail`` is what the
stress of the moment goes on costing once the talks end, deal or not. ``wants_gain`` is 1 with flows: a side that looks ahead then
tables nothing that it would rather not sign or that homes are sure to reject, also where it expects a refusal anyhow.
``luck`` is the side's own draw of the round, for strategies that leave something to chance. A side that holds out gives way in
this round with chance ``gives_way``, or if its reservation value is at most ``gives_way_below``, but to nothing worth less to it
than ``gives_way_to``; NaN for any other.
The same record serves as the *image* of a side: the side as the public record shows it, with the mean of its prior for its type.
"""

World = numba.from_dtype(WORLD)
SideRecord = numba.from_dtype(SIDE)
Threat = numba.from_dtype(THREAT)
Expected = numba.from_dtype(EXPECTED)
Revocable = numba.from_dtype(REVOCABLE)
Public = numba.from_dtype(PUBLIC)
Own = numba.from_dtype(OWN)
Matrix = types.Array(types.float64, 2, "C")
Row, Table, Outlook = (types.Array(types.float64, axes, "C", readonly=True) for axes in (1, 2, 6))
"""What a strategy is shown: arrays that the runs share, and that it may only read."""

PROPOSE = types.float64(Own, Own, Public, Table, Table, Table, Outlook, types.float64)
"""propose(own, other, public, belief, homes, menu, outlook, noise) -> the own utility demanded; other is an image."""

RESPOND = types.int64(Own, Own, Public, Table, Table, Row, Outlook)
"""respond(own, other, public, belief, homes, offer, outlook) -> a Response; the offer is one row of a menu."""


class Game(NamedTuple):
    """A scenario made ready to play: arrays that do not change during the runs.

    Axes: sides 2, profiles P (a side's voices, then their mean), frontiers (P_sender, P_target), nodes M, columns C,
    issues K, threats J, ratifiers R, edges E, rounds T.
    """

    world: NDArray[np.void]  # (1,) WORLD
    sides: NDArray[np.void]  # (2,) SIDE
    threats: NDArray[np.void]  # (J,) THREAT
    menus: NDArray[np.float64]  # (P_sender, P_target, M, C)
    positions: NDArray[np.float64]  # (P_sender, P_target, M, K)
    nash: NDArray[np.float64]  # (P_sender, P_target, 2)
    sender_outlook: NDArray[np.float64]  # (P, T + 1, base, level, executed, mean, committed)
    target_outlook: NDArray[np.float64]  # the same for the target; its axes are those of its own strategy
    conceded: NDArray[np.float64]  # (2, parts, T + 1): the share of its way that each side has gone, by part and round
    giving_way: NDArray[np.float64]  # (2, T + 1, 3): chance and highest type that gives way in a round, and the least to
    # which it does; NaN where there is no such rule
    speakers: NDArray[np.float64]  # (2, parts, P, voices): who leads
    profile_priors: NDArray[np.float64]  # (2, voices)
    homes: NDArray[np.float64]  # (R, 2): support of each home threshold
    home_sides: NDArray[np.int64]  # (R,)
    part_of_issue: NDArray[np.int64]  # (K,)
    status_quo: NDArray[np.float64]  # (K,)
    saliences: NDArray[np.float64]  # (2, P, K)
    bounds: NDArray[np.float64]  # (2, P, 2)
    home_saliences: NDArray[np.float64]  # (R, K)
    home_bounds: NDArray[np.float64]  # (R, 2)
    ideals: NDArray[np.float64]  # (2, K)
    attitudes: NDArray[np.float64]  # (2, 3): curvature, linkage, risk aversion
    edge_from: NDArray[np.int64]  # (E,)
    edge_to: NDArray[np.int64]  # (E,)
    edge_weight: NDArray[np.float64]  # (E,)
    levels: NDArray[np.int64]  # (K,): number of discrete levels, or 0
    precedents: NDArray[np.float64]  # (2, K): cost per unit of satisfaction given up
    revocable: NDArray[np.void]  # (K,): REVOCABLE


class Talks(NamedTuple):
    """The state of one run. The engines own it; rules change it in place."""

    public: NDArray[np.void]  # (1,) PUBLIC
    owns: NDArray[np.void]  # (2,) OWN
    images: NDArray[np.void]  # (2,) OWN: each side as the public record shows it
    threat_state: NDArray[np.int64]  # (J,)
    threat_level: NDArray[np.float64]  # (J,)
    in_force: NDArray[np.float64]  # (J,): level in force after the end, 0 where a threat is not
    homes: NDArray[np.float64]  # (R, 2): what is publicly known of the home thresholds
    thresholds: NDArray[np.float64]  # (R,): the thresholds themselves
    beliefs: NDArray[np.float64]  # (2, voices, cells + 1): each side's belief about the other
    offer: NDArray[np.float64]  # (C,): the row of the offer on the table
    package: NDArray[np.float64]  # (K,): the package on the table
    offers: NDArray[np.float64]  # (2, C): the offers of a round in which both sides table one
    packages: NDArray[np.float64]  # (2, K): and their packages
    leads: NDArray[np.int64]  # (2,): and who tabled them
    answers: NDArray[np.int64]  # (2,): how the other side answered each side's offer
    locked: NDArray[np.float64]  # (K,): settled positions, NaN where open
    menu: NDArray[np.float64]  # (M, C): scratch, the menu once parts are settled
    weights: NDArray[np.float64]  # (voices, cells + 1): scratch
    other_package: NDArray[np.float64]  # (K,): scratch
    ledger: NDArray[np.float64]  # (2, channels)


def _named(kind: type, **arrays: tuple[types.Type, int]) -> types.NamedTuple:
    return types.NamedTuple([types.Array(item, ndim, "C") for item, ndim in arrays.values()], kind)


_f, _i = types.float64, types.int64
GAME = _named(
    Game,
    world=(World, 1), sides=(SideRecord, 1), threats=(Threat, 1), menus=(_f, 4), positions=(_f, 4), nash=(_f, 3),
    sender_outlook=(_f, 7), target_outlook=(_f, 7), conceded=(_f, 3), giving_way=(_f, 3), speakers=(_f, 4),
    profile_priors=(_f, 2), homes=(_f, 2), home_sides=(_i, 1),
    part_of_issue=(_i, 1), status_quo=(_f, 1), saliences=(_f, 3), bounds=(_f, 3), home_saliences=(_f, 2),
    home_bounds=(_f, 2), ideals=(_f, 2), attitudes=(_f, 2), edge_from=(_i, 1), edge_to=(_i, 1), edge_weight=(_f, 1),
    levels=(_i, 1), precedents=(_f, 2), revocable=(Revocable, 1),
)
"""The Numba type of a Game, for explicit signatures."""
TALKS = _named(
    Talks,
    public=(Public, 1), owns=(Own, 1), images=(Own, 1), threat_state=(_i, 1), threat_level=(_f, 1), in_force=(_f, 1),
    homes=(_f, 2), thresholds=(_f, 1), beliefs=(_f, 3), offer=(_f, 1), package=(_f, 1),
    offers=(_f, 2), packages=(_f, 2), leads=(_i, 1), answers=(_i, 1), locked=(_f, 1),
    menu=(_f, 2), weights=(_f, 2), other_package=(_f, 1), ledger=(_f, 2),
)
"""The Numba type of Talks, for explicit signatures."""


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
    )
