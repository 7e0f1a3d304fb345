"""The steps of a run and its elementary operations, each in a compiled loop of its own, for ``cost_ledger.py``.

The loops go over states that came up in runs of the model, so that look-ups and branches fall as they fall in runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import negosim as ns
from negosim.engine import kernel
from negosim.engine.model import Negotiation
from negosim.rules import beliefs, closing, luck, menus, moves, opening
from negosim.rules.compiled import rule
from negosim.rules.records import Game, Talks
from negosim.rules.solvers import continuation
from negosim.strategies.shipped import risk_return, time_dependent

SEED = np.uint64(1)
RUNS = 30


class States(NamedTuple):
    """What a side knows at some of its moves, stacked: (states, ...)."""

    owns: Any
    others: Any
    publics: Any
    beliefs: Any
    homes: Any
    frontiers: Any  # (states, 2): which menu is bid from
    offers: Any  # (states, columns): what is on the table


# ---- states of runs --------------------------------------------------------------------------------------------------


def states(side: ns.Side, move: str) -> tuple[States, Talks]:
    """Return what a side knows whenever it makes a move, "demand" or "answer", in some runs; and how the last one ended."""
    rows: list[tuple[Any, ...]] = []
    for replication in range(RUNS):
        model = Negotiation(ns.Scenario.load("us-japan-2025"), seed=1, replication=replication)
        principal = model.principals[side]
        setattr(principal, move, _noting(model, side, getattr(principal, move), rows))
        model.play()
    return States(*(np.array(column) for column in zip(*rows, strict=True))), model.talks


def _noting(model: Negotiation, side: ns.Side, act: Callable[..., Any], rows: list[tuple[Any, ...]]) -> Callable[..., Any]:
    def noting(*arguments: Any) -> Any:
        talks = model.talks
        public = talks.public[0].copy()
        frontier = (public["frontier_sender"], public["frontier_target"])
        known = (talks.owns[side], talks.images[side.other], public, talks.beliefs[side], talks.homes, frontier, talks.offer)
        rows.append(tuple(np.array(each) for each in known))
        return act(*arguments)

    return noting


# ---- the steps of a run ----------------------------------------------------------------------------------------------


@rule
def _openings(game, talks, n):
    for i in range(n):
        opening.open_talks(game, talks, SEED, np.uint64(i))


@rule
def _worlds(game, talks, n):
    for i in range(n):
        talks.public[0].round = i % 8
        talks.threat_level[0] = 1.0
        moves.move_world(game, talks, SEED, np.uint64(i))
        moves.move_threats(game, talks)


@rule
def _alternatives(game, talks, n):
    for i in range(n):
        moves.face_the_alternative(game, talks, i % 2, SEED, np.uint64(i))


@rule
def _weighed_proposals(game, s, n):
    total = 0.0
    for i in range(n):
        k = i % s.owns.shape[0]
        menu = game.menus[s.frontiers[k, 0], s.frontiers[k, 1]]
        total += risk_return.propose(
            s.owns[k], s.others[k], s.publics[k], s.beliefs[k], s.homes[k], menu, game.target_outlook[0], 0.0
        )
    return total


@rule
def _weighed_answers(game, s, n):
    total = 0
    for i in range(n):
        k = i % s.owns.shape[0]
        total += risk_return.respond(
            s.owns[k], s.others[k], s.publics[k], s.beliefs[k], s.homes[k], s.offers[k], game.target_outlook[0]
        )
    return total


@rule
def _demands_of_the_path(game, s, n):
    total = 0.0
    for i in range(n):
        k = i % s.owns.shape[0]
        menu = game.menus[s.frontiers[k, 0], s.frontiers[k, 1]]
        total += time_dependent.propose(
            s.owns[k], s.others[k], s.publics[k], s.beliefs[k], s.homes[k], menu, game.sender_outlook[0], 0.01
        )
    return total


@rule
def _offers_tabled(game, talks, s, n):
    for i in range(n):
        k = i % s.owns.shape[0]
        talks.public[0].proposer = 1
        moves.choose_frontier(game, talks)
        moves.table_offer(game, talks, game.menus[s.frontiers[k, 0], s.frontiers[k, 1]], s.owns[k].last_demand)


@rule
def _lessons_of_offers(game, s, weights, scratch, n):
    for i in range(n):
        k = i % s.owns.shape[0]
        scratch[:] = s.beliefs[k]
        beliefs.learn_from_offer(s.owns[k], s.publics[k], scratch, weights, s.offers[k], game.speakers[0, 0])


@rule
def _lessons_of_answers(s, weights, scratch, n):
    for i in range(n):
        k = i % s.owns.shape[0]
        scratch[:] = s.beliefs[k]
        beliefs.learn_from_answer(s.owns[k], scratch, weights, s.offers[k], False)


@rule
def _ends_of_rounds(game, talks, n):
    for i in range(n):
        moves.remember_offer(game, talks)
        moves.carry_out_threats(game, talks, SEED, np.uint64(i))
        moves.bear_costs(game, talks, 0)
        moves.bear_costs(game, talks, 1)
        moves.run_clock(game, talks, SEED, np.uint64(i))


@rule
def _closings(game, talks, n):
    for i in range(n):
        for r in range(game.homes.shape[0]):
            moves.vote(game, talks, r)
        closing.close_with_deal(game, talks, SEED, np.uint64(i))
        closing.close_ledger(game, talks)


@rule
def _records(game, talks, runs, settled, in_force, n):
    for i in range(n):
        k = i % runs.shape[0]
        kernel.record(game, talks, 1, 1.0, runs[k], settled[k], in_force[k])


# ---- elementary operations -------------------------------------------------------------------------------------------


@rule
def _draws(n):
    total = 0.0
    for i in range(n):
        total += luck.uniform(SEED, np.uint64(i), 3, 1, 2)
    return total


@rule
def _normals(n):
    total = 0.0
    for i in range(n):
        total += luck.normal((i % 997 + 0.5) / 997.0)
    return total


@rule
def _places(menu, levels, n):
    total = 0.0
    for i in range(n):
        total += menus.menu_position(menu, 9, 1, levels[i % levels.shape[0]], 1)
    return total


@rule
def _numbers(menu, row, n):
    for i in range(n // row.shape[0]):
        menus.read_row(menu, (i % 997) / 997.0 * (menu.shape[0] - 1), row)
    return row[0]


@rule
def _sheets(s, table, n):
    total = 0.0
    for i in range(n):
        k = i % s.owns.shape[0]
        total += continuation.outlook_now(s.owns[k], s.publics[k], table)[0, 0]
    return total


@rule
def _entries(s, table, n):
    total = 0.0
    for i in range(n):
        k = i % s.owns.shape[0]
        total += continuation._entry(table, continuation._state(s.owns[k], s.owns[k], s.publics[k], table), 3, 1)
    return total


@rule
def _acceptances(s, sums, menu, n):
    total = 0.0
    for i in range(n):
        k = i % s.owns.shape[0]
        total += beliefs.acceptance(s.owns[k], s.beliefs[k], sums[k], menu, 8 * (i % 16), 0.0)[0]
    return total


@rule
def _likelihoods(offered, n):
    total = 0.0
    for i in range(n):
        low = 0.71 + 0.1 * (i % 16) / 16
        total += beliefs.offer_likelihood(offered[i % offered.shape[0]], low + 0.003, low, low + 0.00625, 0.95, 0.5, 0.1)
    return total


@rule
def _shares(s, offered, n):
    total = 0.0
    for i in range(n):
        total += beliefs._accepting_share(s.owns[i % s.owns.shape[0]], i % 16, offered[i % offered.shape[0]], False)
    return total


@rule
def _utilities(game, positions, n):
    total = 0.0
    for i in range(n):
        total += menus.package_utility(game, 1, 0, positions[i % positions.shape[0]])
    return total


def operations(game: Game) -> dict[str, Callable[[int], Any]]:
    """Return what is timed, by the names of ``cost_ledger``: each does a step or an operation so many times."""
    asks, _ = states(ns.Side.TARGET, "demand")
    answers, ended = states(ns.Side.TARGET, "answer")
    path, _ = states(ns.Side.SENDER, "demand")
    sums = np.array([beliefs.cumulative(own, held) for own, held in zip(asks.owns, asks.beliefs, strict=True)])
    menu, table, row = np.ascontiguousarray(game.menus[-1, -1]), game.target_outlook[0], np.zeros(game.menus.shape[3])
    draw = np.random.default_rng(1)
    wanted, offered = draw.uniform(0.3, 0.9, 997), draw.uniform(0.7, 0.95, 997)
    fresh, weights, scratch = kernel.new_talks(game), np.zeros(asks.beliefs.shape[1:]), np.zeros(asks.beliefs.shape[1:])
    opening.open_talks(game, fresh, SEED, SEED)
    many = np.zeros(20_000, kernel.RUN), np.zeros((20_000, menu.shape[1])), np.zeros((20_000, len(game.threats)))
    return {
        "opening": lambda n: _openings(game, fresh, n),
        "world and threats move": lambda n: _worlds(game, fresh, n),
        "sides face the alternative": lambda n: _alternatives(game, fresh, n),
        "proposals under beliefs": lambda n: _weighed_proposals(game, asks, n),
        "answers under beliefs": lambda n: _weighed_answers(game, answers, n),
        "demands of the path": lambda n: _demands_of_the_path(game, path, n),
        "offers put on the table": lambda n: _offers_tabled(game, fresh, asks, n),
        "beliefs learn from an offer": lambda n: _lessons_of_offers(game, answers, weights, scratch, n),
        "beliefs learn from an answer": lambda n: _lessons_of_answers(asks, weights, scratch, n),
        "ends of rounds": lambda n: _ends_of_rounds(game, fresh, n),
        "closings": lambda n: _closings(game, ended, n),
        "distances and records": lambda n: _records(game, ended, *many, n),
        "draws": _draws,
        "normal quantiles": _normals,
        "places found on a menu": lambda n: _places(menu, wanted, n),
        "numbers read from a menu": lambda n: _numbers(menu, row, n),
        "sheets of the outlook": lambda n: _sheets(asks, table, n),
        "entries of the outlook": lambda n: _entries(asks, table, n),
        "chances of acceptance": lambda n: _acceptances(asks, sums, menu, n),
        "likelihoods of an offer": lambda n: _likelihoods(offered, n),
        "shares that would answer so": lambda n: _shares(asks, offered, n),
        "utilities evaluated": lambda n: _utilities(game, game.positions[-1, -1], n),
    }
