"""The rules of the house.

Each takes a folder and returns one sentence for each offence in it, so that it can be tried on a planted
fault as well as on the project.
"""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "negosim"

LONGEST_FILE, MEDIAN_FILE, LONGEST_FUNCTION = 400, 150, 40

# "file:function" -> why it may be longer than LONGEST_FUNCTION lines.
LONG_FUNCTIONS: dict[str, str] = {}

# What is not the project's own text: git's folder, environments, caches, results (see .gitignore).
NOT_OURS = re.compile(
    r"\.git$|\.venv.*|\.cache|\..*_cache|\.hypothesis|__pycache__|build|dist|.*\.egg-info|runs"
)

# A folder of one developer's machine, or the option by which pip is sent to another registry.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(work|root|tmp|home/\w+)/")
INDEX_OPTION = re.compile(r"--(extra-)?index-url")

LOCK_FILES = ("poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml")

MACHINE_CODE = (".nbc", ".nbi", ".pyc", ".so")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(folder: Path, suffix: str = "") -> list[Path]:
    """Return the project's own files below a folder, sorted, those of other people's tools left out."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not NOT_OURS.fullmatch(path.name):
            found += files(path, suffix)
        elif path.is_file() and path.name.endswith(suffix) and path.name != ".git":
            found.append(path)
    return found


def nodes(folder: Path) -> Iterator[tuple[str, ast.AST]]:
    """Yield every syntax node of every Python file below a folder, with the file's name relative to it."""
    for path in files(folder, ".py"):
        for node in _nodes_of(path.read_text(encoding="utf-8")):
            yield path.relative_to(folder).as_posix(), node


@cache
def _nodes_of(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source)))


def lengths(folder: Path) -> dict[str, int]:
    """Return the number of lines of every Python file below a folder."""
    return {
        path.relative_to(folder).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in files(folder, ".py")
    }


def long_files(folder: Path) -> list[str]:
    """No Python file has more than LONGEST_FILE lines."""
    return [f"{name} has {length} lines" for name, length in lengths(folder).items() if length > LONGEST_FILE]


def median_length(folder: Path) -> float:
    """Return the median length of the Python files of 5 lines or more (not a bare __init__.py)."""
    return statistics.median(length for length in lengths(folder).values() if length >= 5)


def function_length(function: Function) -> int:
    """Return the lines of a function from its `def` on, its docstring not counted."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return total
    text = function.body[0]
    return total - ((text.end_lineno or text.lineno) - text.lineno + 1)


def long_functions(folder: Path) -> list[str]:
    """No function has more than LONGEST_FUNCTION lines, but those that LONG_FUNCTIONS lists with a reason."""
    return [
        f"{name}:{node.name} has {function_length(node)} lines"
        for name, node in nodes(folder)
        if isinstance(node, Function)
        and function_length(node) > LONGEST_FUNCTION
        and f"{name}:{node.name}" not in LONG_FUNCTIONS
    ]


def without_docstring(folder: Path) -> list[str]:
    """Every module, public class, public function and public method of a public class has a docstring."""
    offences = []
    for path in files(folder, ".py"):
        name, (tree, *_) = path.relative_to(folder).as_posix(), _nodes_of(path.read_text(encoding="utf-8"))
        assert isinstance(tree, ast.Module)
        offences += [name] * (not ast.get_docstring(tree))
        offences += [f"{name}:{thing}" for thing, node in _public(tree) if not ast.get_docstring(node)]
    return offences


def _public(
    scope: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in scope.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{prefix}{node.name}.")


def prints(folder: Path) -> list[str]:
    """Only the command line prints."""
    return [
        f"{name}:{node.lineno} prints"
        for name, node in nodes(folder)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not name.startswith("cli/")
    ]


def bare_excepts(folder: Path) -> list[str]:
    """Every `except` names the error that it expects."""
    return [
        f"{name}:{node.lineno} catches everything"
        for name, node in nodes(folder)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]


def global_generators(folder: Path) -> list[str]:
    """Nobody imports `random`, and nobody seeds or draws from NumPy's global generator."""
    return [
        f"{name}:{node.lineno} uses a global generator" for name, node in nodes(folder) if _is_global(node)
    ]


def _is_global(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == "random" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module == "random" and node.level == 0
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)):
        return False
    owner = ast.unparse(node.value)
    return owner in ("np.random", "numpy.random") and node.attr[0].islower() and node.attr != "default_rng"


def local_names(folder: Path) -> list[str]:
    """No file names a folder of somebody's machine or sends pip to another registry, and none is a lock file or machine code."""
    offences = [f"{path.name} is a lock file" for path in files(folder) if path.name in LOCK_FILES]
    offences += [f"{path.name} is machine code" for path in files(folder) if path.name.endswith(MACHINE_CODE)]
    for path in files(folder):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        offences += [
            f"{path.relative_to(folder).as_posix()}:{number} {line.strip()[:80]}"
            for number, line in enumerate(lines, start=1)
            if MACHINE_PATH.search(line) or INDEX_OPTION.search(line)
        ]
    return offences
