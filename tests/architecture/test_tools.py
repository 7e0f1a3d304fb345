"""Ruff, mypy and import-linter find nothing in the project, and something in a copy with a planted fault."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, ROOT

RUFF = [sys.executable, "-m", "ruff", "check", "--no-cache", "."]
MYPY = [sys.executable, "-m", "mypy"]
FLOORS = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

pytestmark = pytest.mark.slow

FORBIDDEN = {
    "from negosim import scenario": "negosim.common.vocabulary -> negosim.scenario",
    "import networkx": "negosim.common.vocabulary -> networkx",
    "import mesa": "negosim.common.vocabulary -> mesa",
    "import distributed": "negosim.common.vocabulary -> distributed",
    "import matplotlib.pyplot": "negosim.common.vocabulary -> matplotlib",
    "import solara": "negosim.common.vocabulary -> solara",
    "import typer": "negosim.common.vocabulary -> typer",
}


def run(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a tool in a folder; return its exit status and all that it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package and its settings, in which a fault can be planted."""
    shutil.copytree(PACKAGE, tmp_path / "negosim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(folder: Path, module: str, text: str) -> None:
    """Add lines to the end of a module of the copied package."""
    with (folder / "negosim" / module).open("a") as file:
        file.write(f"\n{text}\n")


@pytest.mark.parametrize("command", [RUFF, MYPY, FLOORS], ids=["ruff", "mypy", "floors"])
def test_the_tool_finds_nothing_in_the_project(command: list[str]) -> None:
    status, said = run(command, ROOT)
    assert status == 0, said


def test_ruff_notices_an_unused_import(copy: Path) -> None:
    plant(copy, "common/vocabulary.py", "import json")
    status, said = run([*RUFF, "--select", "F401"], copy)
    assert status == 1 and "json" in said, said


def test_mypy_notices_a_wrong_type(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "negosim").mkdir()
    (tmp_path / "negosim" / "__init__.py").write_text("def share() -> float:\n    return 'half'\n")
    status, said = run(MYPY, tmp_path)
    assert status == 1 and "Incompatible return value type" in said, said


@pytest.mark.parametrize("line", FORBIDDEN)
def test_the_floors_notice_an_import_that_is_not_allowed(line: str, copy: Path) -> None:
    plant(copy, "common/vocabulary.py", line)
    status, said = run(FLOORS, copy)
    assert status == 1 and FORBIDDEN[line] in said, said


def test_the_floors_notice_a_module_without_a_floor(copy: Path) -> None:
    (copy / "negosim" / "helpers.py").write_text('"""Nobody said where this belongs."""\n')
    status, said = run(FLOORS, copy)
    assert status == 1 and "helpers" in said, said
