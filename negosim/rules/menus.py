"""Menus: the frontier of packages that a delegation's lead can put on the table, with what each is worth to whom.

A menu has shape (nodes, columns), from the target's best package to the sender's best; ``negosim.rules.columns`` names the
columns. Between nodes, packages and their utilities are interpolated linearly.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.columns import kept_column, precedent_column, ratifier_column, reverted_column
from negosim.rules.compiled import rule
from negosim.rules.utility import risk, utility


@rule(lean=True)
def menu_position(menu, column, side, level, interpolate):
    """Return the place on a menu that is best for the other side among those worth at least ``level`` to this one.

    Places count nodes from the target's end, with a fraction between two nodes if the menu may be interpolated. A level
    above everything on the menu gives the side's own end.
    """
    last, c = menu.shape[0] - 1, np.uintp(column)
    first, step = (0, 1) if side == 0 else (last, -1)
    passed = 0
    while passed + 4 <= last:  # four nodes at a time, which takes compiled code a third of the time
        one, three = first + step * passed, first + step * (passed + 2)
        if menu[np.uintp(one), c] >= level or menu[np.uintp(one + step), c] >= level:
            break
        if menu[np.uintp(three), c] >= level or menu[np.uintp(three + step), c] >= level:
            break
        passed += 4
    while passed < last and not menu[np.uintp(first + step * passed), c] >= level:
        passed += 1
    found = first + step * passed
    if interpolate == 0 or found == first or not menu[found, column] >= level:
        return float(found)
    node = found - step
    share = (level - menu[node, column]) / (menu[found, column] - menu[node, column])
    return node + step * share


@rule(lean=True, inline=True)
def locate(menu, position):
    """Return (node, share) of a place: it lies so far on the way from that node to the next."""
    node = min(int(position), menu.shape[0] - 2) if menu.shape[0] > 1 else 0
    return node, position - node


@rule(lean=True, inline=True)
def read_number(menu, node, share, column):
    """Return one column of a menu at a place. Unsigned places save compiled code the look whether they count from the end."""
    n, c = np.uintp(node), np.uintp(column)
    low = menu[n, c]
    return low if share == 0.0 else low + share * (menu[n + np.uintp(1), c] - low)


@rule(lean=True, inline=True)
def read_row(menu, position, row):
    """Write the columns of a menu at a place into ``row``."""
    node, share = locate(menu, position)
    for c in range(menu.shape[1]):
        row[c] = read_number(menu, node, share, c)


@rule(lean=True)
def frontier_value(menu, own_column, other_column, other_level, side, interpolate):
    """Return the most that a side can have on a frontier when the other has ``other_level``."""
    place = menu_position(menu, other_column, 1 - side, other_level, interpolate)
    node = min(int(place), menu.shape[0] - 2)
    share = place - node
    return menu[node, own_column] + share * (menu[node + 1, own_column] - menu[node, own_column])


@rule(lean=True)
def package_utility(game, side, profile, package):
    """Return U(x) = u(x)^(1 - a) of a package for one profile of a side."""
    scaled = utility(
        package, game.saliences[side, profile], game.ideals[side], game.attitudes[side, 0], game.attitudes[side, 1],
        game.edge_from, game.edge_to, game.edge_weight, game.bounds[side, profile, 0], game.bounds[side, profile, 1],
    )
    return risk(scaled, game.attitudes[side, 2])


@rule(lean=True)
def home_utility(game, ratifier, package):
    """Return what a package is worth to a ratifier, which has its side's ideals, curvature and linkage."""
    side = game.home_sides[ratifier]
    return utility(
        package, game.home_saliences[ratifier], game.ideals[side], game.attitudes[side, 0], game.attitudes[side, 1],
        game.edge_from, game.edge_to, game.edge_weight, game.home_bounds[ratifier, 0], game.home_bounds[ratifier, 1],
    )


@rule(lean=True)
def precedent_cost(game, side, package):
    """Return the cost of the precedent: each unit of own satisfaction given up on an issue that others watch."""
    cost = 0.0
    for k in range(package.shape[0]):
        ideal = game.ideals[side, k]
        cost += game.precedents[side, k] * abs(package[k] - ideal) / max(ideal, 1.0 - ideal)
    return cost


@rule(lean=True)
def revert(game, side, package, result):
    """Write the package after ``side`` has taken back what it can: its revocable issues at its ideal. Returns whether any.

    With flows the deal lapses, whoever takes it back: what is not sunk goes back to the status quo.
    """
    changed = False
    for k in range(package.shape[0]):
        sunk = game.revocable[k].sunk
        if not math.isnan(sunk):
            result[k] = game.status_quo[k] + sunk * (package[k] - game.status_quo[k])
            changed = True
            continue
        mine = game.revocable[k].by == side
        result[k] = game.ideals[side, k] if mine else package[k]
        changed = changed or mine
    return changed


@rule(lean=True)
def evaluate(game, package, scratch, row):
    """Write every column of a menu for one package; ``scratch`` (issues,) is overwritten."""
    for side in range(2):
        first = game.sides[side].first_column
        for profile in range(game.sides[side].profiles):
            row[kept_column(first, profile)] = package_utility(game, side, profile, package)
        row[precedent_column(game.world[0].cost_column, side)] = precedent_cost(game, side, package)
    for reverser in range(2):
        changed = revert(game, reverser, package, scratch)
        for side in range(2):
            first = game.sides[side].first_column
            for profile in range(game.sides[side].profiles):
                kept = kept_column(first, profile)
                after = package_utility(game, side, profile, scratch) if changed else row[kept]
                row[reverted_column(kept, reverser)] = after
    for r in range(game.home_sides.shape[0]):
        row[ratifier_column(game.world[0].home_column, r)] = home_utility(game, r, package)


@rule(lean=True)
def read_package(game, talks, position):
    """Write the package at a place of the frontier in use, keeping the settled positions, into the talks."""
    public = talks.public[0]
    nodes = game.positions[public.frontier_sender, public.frontier_target]
    node = min(int(position), nodes.shape[0] - 2)
    share = position - node
    for k in range(nodes.shape[1]):
        if math.isnan(talks.locked[k]):
            talks.package[k] = nodes[node, k] + share * (nodes[node + 1, k] - nodes[node, k])
        else:
            talks.package[k] = talks.locked[k]
