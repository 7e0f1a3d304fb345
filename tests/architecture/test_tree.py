"""The house: folders of a size to take in at a glance, floors that are few, and no circle of imports."""

from __future__ import annotations

import tomllib
from pathlib import Path

import networkx
import pytest

from tests.architecture.house import PACKAGE, ROOT
from tests.architecture.imports import REACHES_UP, circles, import_graph

MOST_AT_THE_TOP, FEWEST, MOST, MOST_FLOORS = 17, 3, 18, 14
FOLDERS = [path for path in sorted(PACKAGE.rglob("*")) if path.is_dir() and path.name != "__pycache__"]


@pytest.fixture(scope="module")
def graph() -> networkx.DiGraph:
    return import_graph(PACKAGE)


def entries(folder: Path) -> list[str]:
    """Return the names of what a folder holds."""
    return [path.name for path in folder.iterdir() if path.name != "__pycache__"]


def test_no_file_stands_in_a_circle_of_imports(graph: networkx.DiGraph) -> None:
    graph = graph.copy()
    graph.remove_edges_from(REACHES_UP)
    assert circles(graph) == []


def test_the_ground_reaches_up_in_one_place_alone_and_there_it_does(graph: networkx.DiGraph) -> None:
    ground = {name for name in graph if name.startswith("negosim.common")}
    assert set(networkx.edge_boundary(graph, ground)) == REACHES_UP


@pytest.mark.parametrize(
    "line",
    [
        "from pkg import a",
        "def f():\n    from pkg.a import x",
        "if TYPE_CHECKING:\n    import pkg.a",
        'import_module("negosim.a")',
    ],
)
def test_a_circle_is_noticed_wherever_the_import_stands(line: str, tmp_path: Path) -> None:
    name = "negosim" if "negosim" in line else "pkg"
    package = tmp_path / name
    package.mkdir()
    for file, text in {"__init__": "", "a": f"from {name}.b import y\n", "b": line + "\n"}.items():
        (package / f"{file}.py").write_text(text)
    assert circles(import_graph(package)) == [[f"{name}.a", f"{name}.b"]]


def test_files_without_a_circle_are_not_accused(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    for file, text in {"__init__": "", "a": "from pkg.b import y\n", "b": "import os\n"}.items():
        (tmp_path / "pkg" / f"{file}.py").write_text(text)
    assert circles(import_graph(tmp_path / "pkg")) == []


def test_the_top_of_the_package_is_short() -> None:
    assert len(entries(PACKAGE)) <= MOST_AT_THE_TOP


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert FEWEST <= len(entries(folder)) <= MOST


def test_the_floors_are_folders_and_few() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (floors,) = [contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers"]
    named = [name for floor in floors for name in floor.split(" : ")]
    assert len(floors) <= MOST_FLOORS
    assert sorted(named) == sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


def test_the_unit_tests_have_the_folders_of_the_package() -> None:
    folders = {path.relative_to(PACKAGE).as_posix() for path in FOLDERS}
    unit = ROOT / "tests" / "unit"
    tested = {path.parent.relative_to(unit).as_posix() for path in unit.rglob("test_*.py")}
    assert tested <= folders
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} <= {name.split("/")[0] for name in tested}
