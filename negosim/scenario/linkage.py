"""The linkage graph: issues as nodes, linkages as weighted edges. The only place for networkx."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx

from negosim.scenario.parameters import Edge, Issue


def linkage_graph(issues: Sequence[Issue], edges: Sequence[Edge]) -> nx.Graph:
    """The graph whose nodes are the issues' names, in order, and whose edges are the linkages.

    Nodes carry `title` and `unit`, edges `weight` in [-1, 1] and `reason`.
    """
    graph = nx.Graph()
    for issue in issues:
        graph.add_node(issue.name, title=issue.title, unit=issue.unit)
    for edge in edges:
        first, second = edge.between
        graph.add_edge(first, second, weight=edge.weight, reason=edge.reason)
    return graph


def parts(graph: nx.Graph, threshold: float) -> list[list[int]]:
    """The parts of a linked agenda: indices of issues, part by part, in the order in which they are settled.

    A part is a connected component of the edges with |weight| >= threshold. Parts are ordered by centrality,
    the most central first: the mean over the part's issues of the weighted degree, sum of |weight| of an
    issue's edges. Ties go to the part with the earlier issue. Within a part issues keep their order.

    >>> graph = nx.Graph()
    >>> graph.add_nodes_from(["rice", "cars", "steel"])
    >>> graph.add_edge("cars", "steel", weight=-0.4)
    >>> parts(graph, 0.3), parts(graph, 0.5)
    ([[1, 2], [0]], [[1], [2], [0]])
    """
    position = {name: index for index, name in enumerate(graph.nodes)}
    strong = nx.Graph()
    strong.add_nodes_from(graph.nodes)
    strong.add_edges_from(
        (first, second) for first, second, weight in graph.edges(data="weight") if abs(weight) >= threshold
    )
    found = [sorted(position[name] for name in part) for part in nx.connected_components(strong)]
    degree = [sum(abs(weight) for _, _, weight in graph.edges(name, data="weight")) for name in graph.nodes]
    return sorted(found, key=lambda part: (-sum(degree[k] for k in part) / len(part), part[0]))


def cut_share(graph: nx.Graph, threshold: float) -> float:
    """The share of the total |weight| that lies on edges between different parts: 0 none, 1 all of it.

    It is 0 for a graph without edges, where there is nothing to cut.

    >>> graph = nx.Graph()
    >>> graph.add_edge("cars", "steel", weight=0.3)
    >>> graph.add_edge("steel", "rice", weight=-0.1)
    >>> round(cut_share(graph, 0.2), 12)
    0.25
    """
    names = list(graph.nodes)
    part_of = {names[index]: number for number, part in enumerate(parts(graph, threshold)) for index in part}
    weights = [
        (abs(weight), part_of[first] != part_of[second])
        for first, second, weight in graph.edges(data="weight")
    ]
    total = sum(weight for weight, _ in weights)
    if total == 0.0:
        return 0.0
    return sum(weight for weight, cut in weights if cut) / total


def layout(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    """Positions of the issues for a drawing, the same every time: name -> (x, y), each in [-1, 1].

    Kamada & Kawai (1989) on a complete graph of distances, 1 / (|weight| + 1/4), from the circle: strongly
    linked issues lie close together, and issues without an edge keep a place.
    """
    if graph.number_of_nodes() == 0:
        return {}
    names = list(graph.nodes)
    distances = {
        first: {
            second: 0.0 if first == second else 1.0 / (abs(_weight(graph, first, second)) + 0.25)
            for second in names
        }
        for first in names
    }
    placed = nx.kamada_kawai_layout(graph, dist=distances, pos=nx.circular_layout(graph))
    return {name: (float(place[0]), float(place[1])) for name, place in placed.items()}


def _weight(graph: nx.Graph, first: str, second: str) -> float:
    return float(graph.edges[first, second]["weight"]) if graph.has_edge(first, second) else 0.0
