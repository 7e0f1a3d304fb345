"""What follows from preferences alone, solved once for the runs that share them: bounds of utilities, frontiers and menus."""

from __future__ import annotations

import math

from negosim.rules.compiled import rule
from negosim.rules.frontier.trace import trace_frontier
from negosim.rules.menus import evaluate
from negosim.rules.utility import utility_bounds


@rule
def _bounds(game, salience, side, out):
    """Write the lowest and the highest raw utility of a person of a side."""
    out[0], out[1] = utility_bounds(
        salience, game.ideals[side], game.attitudes[side, 0], game.attitudes[side, 1], game.edge_from, game.edge_to,
        game.edge_weight,
    )


@rule(lean=True)
def _repeats(positions, m):
    """Return whether node m is the one before it once more, as at the end of a short frontier."""
    same = m > 0
    for k in range(positions.shape[1]):
        same = same and positions[m, k] == positions[m - 1, k]
    return same


@rule(lean=True)
def fill_menu(game, positions, scratch, menu):
    """Write the menu (nodes, columns) of a frontier (nodes, issues); ``scratch`` (issues,) is overwritten."""
    for m in range(menu.shape[0]):
        if _repeats(positions, m):
            for c in range(menu.shape[1]):
                menu[m, c] = menu[m - 1, c]
        else:
            evaluate(game, positions[m], scratch, menu[m])


@rule
def solve_preferences(game):
    """Fill the bounds, the frontiers and the menus of a game whose saliences, attitudes, ideals and edges are entered."""
    for side in range(2):
        for profile in range(game.sides[side].profiles):
            _bounds(game, game.saliences[side, profile], side, game.bounds[side, profile])
    for r in range(game.home_sides.shape[0]):
        _bounds(game, game.home_saliences[r], game.home_sides[r], game.home_bounds[r])
    most, scratch = game.positions.shape[2], game.status_quo.copy()
    for a in range(game.positions.shape[0]):
        for b in range(game.positions.shape[1]):
            game.positions[a, b] = trace_frontier(
                game.saliences[0, a], game.saliences[1, b], game.ideals, game.attitudes, game.edge_from, game.edge_to,
                game.edge_weight, game.bounds[0, a], game.bounds[1, b], game.levels, most,
            )
            fill_menu(game, game.positions[a, b], scratch, game.menus[a, b])


@rule(lean=True)
def _mean_gain(menu, node, a, b, nash, tolerance):
    """Return the geometric mean of both sides' gains at a node over the point in ``nash``; -1 where one of them refuses it."""
    gain, other = menu[node, a] - nash[0], menu[node, b] - nash[1]
    if min(gain, other) < -tolerance:
        return -1.0
    return math.sqrt(gain * other) if min(gain, other) > tolerance else 0.0


@rule(lean=True)
def enter_nash_node(game, damage, tolerance):
    """Enter the Nash solution of the first profiles where packages lie at nodes alone: the largest product of gains.

    ``damage`` (2,) is what both sides expect of the threats. Of ties within the tolerance it is the node nearest to the target's
    best; where no node gives both sides what they have without a deal, it is that point.
    """
    menu, nash, a, b = game.menus[0, 0], game.nash[0, 0], game.sides[0].first_column, game.sides[1].first_column
    nash[0], nash[1] = game.sides[0].prior_mean - damage[0], game.sides[1].prior_mean - damage[1]
    best = -1.0
    for m in range(menu.shape[0]):
        best = max(best, _mean_gain(menu, m, a, b, nash, tolerance))
    for m in range(menu.shape[0]):
        if best >= 0.0 and _mean_gain(menu, m, a, b, nash, tolerance) >= best - tolerance:
            nash[0], nash[1] = menu[m, a], menu[m, b]
            return
