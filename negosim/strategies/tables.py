"""The tables that strategies look up in the runs, solved once per design point before any luck: what several of them share.

A table has seven axes, the first of which is the side's profile; the rules that fill and read it say what the others are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Side, ThreatState
from negosim.rules.moves import face_the_alternative, move_threats, move_world
from negosim.rules.opening import open_talks
from negosim.rules.records import EXPECTED, Game, Talks, new_talks
from negosim.rules.solvers.holding_out import hold_out
from negosim.rules.threats import punishes_deal, punishes_refusal
from negosim.strategies.record import Strategy, Table

NO_OUTLOOK = np.zeros((1, 1, 1, 1, 1, 1, 1))
"""The table of a side that does not look ahead."""

NO_GIVING_WAY = np.full((2, 1, 3), np.nan)
"""The rule for giving way of sides that do not hold out."""

LUCK = np.uint64(0)
"""Images and threats of round 1 are the same whatever the luck."""


def look_ahead(game: Game, strategies: Sequence[Strategy]) -> Game:
    """Return a game with the tables of both sides' strategies filled in."""
    kinds = np.array([each.holds_out for each in strategies])
    for side in Side:
        game.sides[side]["looks_ahead"] = strategies[side].solve is not None
    if kinds.any():
        game = game._replace(giving_way=_holding_out(game, kinds))
    tables = [NO_OUTLOOK, NO_OUTLOOK]
    for side, chosen in zip(Side, strategies, strict=True):
        if side is Side.TARGET and chosen.exchange is not None and chosen is strategies[Side.SENDER]:
            tables[side] = chosen.exchange(game, tables[Side.SENDER])
        elif chosen.solve is not None:
            tables[side] = chosen.solve(game, side)
    return game._replace(sender_outlook=tables[0], target_outlook=tables[1])


def rounds_of(game: Game) -> int:
    """Return the most rounds that the talks may have."""
    return int(game.world[0]["rounds"] + game.world[0]["extension_rounds"])


def round_one(game: Game) -> Talks:
    """Return the talks in round 1, once both sides have taken stock of what there is without a deal."""
    talks = new_talks(game)
    open_talks(game, talks, LUCK, LUCK)
    move_world(game, talks, LUCK, LUCK)
    move_threats(game, talks)
    for side in Side:
        face_the_alternative(game, talks, int(side), LUCK, LUCK)
    return talks


def _holding_out(game: Game, kinds: NDArray[np.int64]) -> Table:
    """Return (2, rounds + 1, 3) when the sides that hold out give way, and to what: ``holding_out.hold_out``."""
    out = np.zeros((2, rounds_of(game) + 1, 3))
    priors = game.sides["commitment"].copy()
    hold_out(game.world[0], round_one(game).images, game.menus[-1, -1], priors, kinds, out)
    return out


def damage_to(game: Game, sides: Sequence[int]) -> NDArray[np.float64]:
    """Return (threats,) the damage that each threat at its first level would do to these sides together."""
    return np.asarray(game.threats["damage"][:, list(sides)].sum(axis=1) * game.threats["level"])


def threatened(game: Game, bearing: Sequence[int]) -> float:
    """Return the damage threatened to one side, or to both together: what one gains does not cancel what the other loses."""
    borne = [float(damage_to(game, [side]).sum()) for side in bearing]
    return borne[0] if len(borne) == 1 else sum(map(abs, borne))


def threats_move(game: Game, total: float) -> bool:
    """Return whether the threatened damage, ``total`` at first, may rise or fall during the talks."""
    return total > 0.0 and (_volatility(game) > 0.0 or bool(game.threats["escalation"].any()))


def _volatility(game: Game) -> float:
    """Return the volatility of the threats: the greater one where both sides hold some."""
    return float(max((game.sides[holder]["volatility"] for holder in game.threats["holder"]), default=0.0))


def expected(game: Game, side: Side, bearing: Sequence[int]) -> NDArray[np.void]:
    """Return (1,) EXPECTED of a side, by unit of the damage that the sides in ``bearing`` bear together."""
    record, found, threats = game.sides[side], np.zeros(1, EXPECTED), game.threats
    total, damage, own = threatened(game, bearing), damage_to(game, bearing), damage_to(game, [side])
    weights = own / own.sum() if own.sum() != 0.0 else (damage / damage.sum() if damage.sum() != 0.0 else damage)
    found["share"] = own.sum() / total if total != 0.0 else 0.0
    for holder in Side:
        held, noise = threats["holder"] == holder, game.sides[holder]["unpredictability"]
        found["execution"] += punishes_refusal(float((weights * held) @ threats["execution"]), noise)
        found["early"] += punishes_refusal(float((weights * held) @ threats["early_execution"]), noise)
        others = own[~held].sum() / own.sum() if own.sum() != 0.0 else float(holder != Side.SENDER)
        found["punished"] += punishes_deal(noise) * (1.0 - others)
    found["volatility"] = _volatility(game)
    stress = _lasting_stress(game)
    pain, cost = record["tariff_pain"], record["stress_cost"] * stress
    if game.world[0]["flows"]:
        found["flow"] = (1.0 - record["discount"]) * record["talks_flow"] - cost
        found["flow_pain"] = float(threats["pain"][:, side] @ threats["level"]) / total if total != 0.0 else 0.0
    else:
        found["round_pain"], found["round_cost"] = pain, cost
    found["tail"] = record["stress_tail"] * stress
    return found


def _lasting_stress(game: Game) -> float:
    """Return the stress that the threats would keep up in the states in which they open."""
    world, threats = game.world[0], game.threats
    shares = np.select(
        [threats["state"] == ThreatState.IMPOSED, threats["state"] == ThreatState.ANNOUNCED], [1.0, world["anticipation"]]
    )
    inputs = float((threats["market_weight"] * threats["level"] * shares).sum())
    return float(world["level_effect"] * inputs / (1.0 - world["persistence"]))
