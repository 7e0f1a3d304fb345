from __future__ import annotations

import numpy as np

from negosim.rules.frontier.nodes import DONE, HOLLOW, OPEN, admit, neediest, no_nodes, put, roughest, wanted_for_gaps


def nodes_at(*utilities: tuple[float, float], room: int = 6):
    """Nodes of one issue at given utilities; the position is the sender's utility."""
    nodes = no_nodes(room, 1)
    for sender, target in utilities:
        admit(nodes, np.array([sender]), sender, target, OPEN)
    return nodes


def listed(nodes) -> list[tuple[float, float]]:
    return [tuple(row) for row in nodes.utilities[: nodes.used[0]].tolist()]


def test_nodes_stand_in_the_order_of_the_sender_s_utility():
    nodes = nodes_at((0.5, 0.6), (0.0, 1.0), (1.0, 0.0))
    assert listed(nodes) == [(0.0, 1.0), (0.5, 0.6), (1.0, 0.0)]
    assert nodes.positions[:3, 0].tolist() == [0.0, 0.5, 1.0]


def test_a_package_that_is_dominated_is_not_admitted():
    nodes = nodes_at((0.0, 1.0), (0.5, 0.6), (1.0, 0.0))
    for sender, target in ((0.4, 0.5), (0.5, 0.6), (0.5, 0.3), (0.2, 0.6), (-0.1, 1.0)):
        assert admit(nodes, np.array([0.0]), sender, target, OPEN) == -1
    assert len(listed(nodes)) == 3


def test_a_package_strikes_out_every_node_that_it_dominates():
    nodes = nodes_at((0.0, 1.0), (0.3, 0.7), (0.5, 0.6), (1.0, 0.0))
    assert admit(nodes, np.array([0.6]), 0.6, 0.8, HOLLOW) == 1
    assert listed(nodes) == [(0.0, 1.0), (0.6, 0.8), (1.0, 0.0)]
    assert nodes.phase[:2].tolist() == [HOLLOW, HOLLOW]


def test_a_better_end_takes_the_place_of_the_end():
    nodes = nodes_at((0.0, 1.0), (1.0, 0.0))
    assert admit(nodes, np.array([0.2]), 0.2, 1.0, OPEN) == 0
    assert listed(nodes) == [(0.2, 1.0), (1.0, 0.0)]


def test_without_room_only_a_package_that_strikes_another_out_is_admitted():
    nodes = nodes_at((0.0, 1.0), (0.5, 0.5), (1.0, 0.0), room=3)
    assert admit(nodes, np.array([0.2]), 0.2, 0.9, OPEN) == -1
    assert admit(nodes, np.array([0.6]), 0.6, 0.6, OPEN) == 1
    assert listed(nodes) == [(0.0, 1.0), (0.6, 0.6), (1.0, 0.0)]


def test_a_package_may_be_put_in_though_it_is_dominated():
    nodes = nodes_at((0.0, 1.0), (1.0, 0.0))
    put(nodes, 1, 1, np.array([0.1]), 0.1, 0.1)
    assert listed(nodes) == [(0.0, 1.0), (0.1, 0.1), (1.0, 0.0)]


def test_the_neediest_piece_is_the_longest_or_one_that_goes_astray_but_none_that_is_done():
    nodes = nodes_at((0.0, 1.0), (0.1, 0.9), (1.0, 0.0))
    assert neediest(nodes, False) == 1
    nodes.astray[0] = 0.2  # 0.2 + 8 * 0.2 against 1.8
    assert neediest(nodes, False) == 1
    nodes.astray[1], nodes.astray[0] = 0.0, 0.2
    nodes.utilities[2] = (0.6, 0.4)
    assert neediest(nodes, False) == 0
    nodes.phase[0] = DONE
    assert neediest(nodes, False) == 1
    nodes.phase[1] = DONE
    assert neediest(nodes, False) == -1


def test_with_discrete_levels_the_neediest_piece_has_the_most_room_above_it():
    nodes = nodes_at((0.0, 1.0), (0.3, 0.7), (1.0, 0.69))
    assert neediest(nodes, True) == 0  # 0.3 * 0.3 against 0.7 * 0.01


def test_gaps_are_pieces_that_go_astray_by_more_than_their_length_or_are_rough_to_the_end():
    nodes = nodes_at((0.0, 1.0), (0.4, 0.6), (0.5, 0.5), (1.0, 0.0))
    nodes.astray[:3] = (0.16, 0.0, 0.005)
    assert (wanted_for_gaps(nodes), roughest(nodes)) == (0, 0)
    nodes.phase[0] = DONE
    assert wanted_for_gaps(nodes) == 4  # the error falls from 0.16 to 0.01 in two halvings
    nodes.astray[:2] = (0.0, 0.25)
    assert (wanted_for_gaps(nodes), roughest(nodes)) == (5, 1)
    nodes.astray[1] = 0.01
    assert (wanted_for_gaps(nodes), roughest(nodes)) == (0, -1)
