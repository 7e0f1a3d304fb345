"""All imports of the package as a graph of files: those at the top, inside functions, and for the type checker alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx

from tests.architecture.house import files

REACHES_UP = {("negosim.common.display", "negosim.report.cards"), ("negosim.common.display", "negosim.report.contrast")}
"""The one place where the ground reaches up, by name: what shows a thing stands on a higher floor than the thing."""


def import_graph(package: Path) -> networkx.DiGraph:
    """Return the graph of a package: an arrow from each file to each file of the package that it imports anywhere.

    ``import_module`` with a name written out is an import as well.
    """
    modules = {_module(package, path): path for path in files(package, ".py")}
    graph = networkx.DiGraph()
    graph.add_nodes_from(modules)
    for module, path in modules.items():
        for name in _imported(ast.parse(path.read_text(encoding="utf-8"))):
            found = name if name in modules else name.rpartition(".")[0]
            if found in modules and found != module:
                graph.add_edge(module, found)
    return graph


def circles(graph: networkx.DiGraph) -> list[list[str]]:
    """Return the files of each circle of imports, in alphabetical order."""
    return sorted(sorted(each) for each in networkx.strongly_connected_components(graph) if len(each) > 1)


def _module(package: Path, path: Path) -> str:
    return ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield every name that a module imports, with that of its module in front."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("negosim."):
            yield node.value
