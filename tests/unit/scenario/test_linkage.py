"""The linkage graph: its parts, what a threshold cuts, and where its nodes are drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.scenario.linkage import cut_share, layout, linkage_graph, parts
from negosim.scenario.parameters import Edge, Issue

NAMES = ("rice", "cars", "steel", "energy", "yen")
ISSUES = tuple(
    Issue(name=name, title=name.title(), unit="%", target_end=0.0, sender_end=1.0, status_quo=0.0)
    for name in NAMES
)


def _edges(*edges: tuple[str, str, float]) -> list[Edge]:
    return [
        Edge(between=(first, second), weight=weight, reason="a reason") for first, second, weight in edges
    ]


CHAIN = linkage_graph(ISSUES, _edges(("cars", "steel", 0.4), ("steel", "energy", -0.2), ("rice", "yen", 0.3)))

any_edges = st.dictionaries(
    st.sampled_from([(a, b) for i, a in enumerate(NAMES) for b in NAMES[i + 1 :]]),
    st.floats(-1.0, 1.0),
)


def test_nodes_and_edges_carry_what_people_read() -> None:
    assert list(CHAIN.nodes) == list(NAMES)
    assert CHAIN.nodes["rice"] == {"title": "Rice", "unit": "%"}
    assert CHAIN.edges["cars", "steel"] == {"weight": 0.4, "reason": "a reason"}


def test_a_strong_substitute_holds_a_part_together_like_a_complement() -> None:
    assert parts(CHAIN, 0.2) == [[1, 2, 3], [0, 4]]


def test_the_most_central_part_comes_first() -> None:
    # Mean weighted degrees: cars and steel (0.4 + 0.6) / 2, rice and yen 0.3, energy alone 0.2.
    assert parts(CHAIN, 0.3) == [[1, 2], [0, 4], [3]]


def test_ties_go_to_the_earlier_issue() -> None:
    assert parts(linkage_graph(ISSUES, []), 0.3) == [[0], [1], [2], [3], [4]]


def test_a_threshold_of_zero_still_needs_an_edge() -> None:
    graph = linkage_graph(ISSUES, _edges(("rice", "cars", 0.0)))
    assert parts(graph, 0.0) == [[0, 1], [2], [3], [4]]


def test_the_cut_share_counts_weight_between_parts_only() -> None:
    assert cut_share(CHAIN, 0.3) == pytest.approx(0.2 / 0.9)
    assert cut_share(CHAIN, 0.2) == 0.0
    assert cut_share(CHAIN, 1.0) == 1.0
    assert cut_share(linkage_graph(ISSUES, []), 0.3) == 0.0


def test_a_weak_edge_within_a_part_is_not_cut() -> None:
    graph = linkage_graph(
        ISSUES, _edges(("rice", "cars", 0.5), ("cars", "steel", 0.5), ("rice", "steel", 0.1))
    )
    assert cut_share(graph, 0.3) == 0.0


@given(any_edges, st.floats(0.0, 1.0))
def test_every_issue_is_in_one_part(weights: dict[tuple[str, str], float], threshold: float) -> None:
    graph = linkage_graph(ISSUES, _edges(*((a, b, weight) for (a, b), weight in weights.items())))
    found = parts(graph, threshold)
    assert sorted(index for part in found for index in part) == list(range(len(NAMES)))
    assert 0.0 <= cut_share(graph, threshold) <= 1.0


@given(any_edges, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_higher_threshold_only_splits(
    weights: dict[tuple[str, str], float], one: float, other: float
) -> None:
    graph = linkage_graph(ISSUES, _edges(*((a, b, weight) for (a, b), weight in weights.items())))
    low, high = sorted((one, other))
    coarse = [set(part) for part in parts(graph, low)]
    assert all(any(set(part) <= whole for whole in coarse) for part in parts(graph, high))


def test_the_layout_is_the_same_every_time_and_sets_issues_apart() -> None:
    places = layout(CHAIN)
    assert places == layout(CHAIN)
    assert set(places) == set(NAMES)
    assert all(-1.001 <= axis <= 1.001 for place in places.values() for axis in place)
    assert len({(round(x, 3), round(y, 3)) for x, y in places.values()}) == len(NAMES)


def test_the_layout_places_linked_issues_closer_than_unlinked_ones() -> None:
    places = layout(CHAIN)

    def apart(first: str, second: str) -> float:
        return sum((a - b) ** 2 for a, b in zip(places[first], places[second], strict=True)) ** 0.5

    assert apart("cars", "steel") < apart("cars", "rice")


def test_a_graph_of_one_issue_or_none_has_a_layout() -> None:
    assert set(layout(linkage_graph(ISSUES[:1], []))) == {"rice"}
    assert layout(linkage_graph([], [])) == {}
