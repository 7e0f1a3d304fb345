"""Machine code is found again as long as the sources are the same, and never once one of them has changed."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import negosim
from negosim import Scenario, simulate
from negosim.engine.prepare import prepare
from negosim.rules.compiled import cache_folder

PACKAGE = Path(negosim.__file__).parent
RUN = """
import json, pathlib, pickle, negosim
game = pickle.loads(pathlib.Path("game.pickle").read_bytes())
runs = negosim.simulate(negosim.Scenario.load("pie"), 3, seed=2, game=game).runs
print(json.dumps([negosim.__file__, runs["rounds"].tolist(), runs["payoff"].tolist()]))
"""
"""Three runs of a game that is prepared already: what prepares it need not be compiled again, which halves the time."""
RULE, WRITTEN, CHANGED = "rules/payoff.py", "discount ** (round_number - 1)", "discount ** round_number"
"""A rule in another file than the kernel that calls it: closing entries are discounted by one round more."""
DISCOUNT = 0.9
"""Of both sides in the scenario ``pie``."""

SOURCES = [path for folder in ("rules", "strategies") for path in (PACKAGE / folder).rglob("*.py")]
COMPILED = sorted(path.relative_to(PACKAGE).as_posix() for path in SOURCES)


def copied(folder: Path) -> Path:
    """Return a copy of the package's sources in a folder."""
    return shutil.copytree(PACKAGE, folder / "negosim", ignore=shutil.ignore_patterns("__pycache__"))


def edit(file: Path, old: str, new: str) -> None:
    """Replace the one place where ``old`` stands in a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def played(package: Path, cache: Path) -> tuple[list[int], list[list[float]]]:
    """Return rounds and payoffs of three runs of the pie, played by a new process from a copy of the package."""
    surroundings = {**os.environ, "PYTHONPATH": str(package.parent), "NEGOSIM_CACHE_DIR": str(cache)}
    command = [sys.executable, "-W", "error", "-c", RUN]
    done = subprocess.run(command, cwd=package.parent, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    file, rounds, payoffs = json.loads(done.stdout)
    assert Path(file).parent == package
    return rounds, payoffs


def stamps(cache: Path) -> dict[str, int]:
    """Return when each file of a cache was written."""
    return {str(file.relative_to(cache)): file.stat().st_mtime_ns for file in cache.rglob("*") if file.is_file()}


@pytest.mark.slow
def test_a_process_finds_the_code_of_another_and_an_edited_rule_reaches_the_kernel(tmp_path: Path) -> None:
    package, cache = copied(tmp_path / "copy"), tmp_path / "cache"
    pie = Scenario.load("pie")
    game, mine = prepare(pie), simulate(pie, 3, seed=2).runs
    (package.parent / "game.pickle").write_bytes(pickle.dumps(game))
    shutil.copytree(cache_folder(), cache / cache_folder().name)
    compiled = stamps(cache)
    assert any("play_many" in name for name in compiled)

    before = played(package, cache)
    assert before == (mine["rounds"].tolist(), mine["payoff"].tolist())
    assert stamps(cache) == compiled, "unchanged sources were compiled again"

    edit(package / RULE, WRITTEN, CHANGED)
    rounds, payoffs = played(package, cache)
    assert rounds == before[0]
    assert payoffs == [pytest.approx([DISCOUNT * payoff for payoff in run], rel=1e-12) for run in before[1]]
    assert compiled.items() <= stamps(cache).items(), "code of the sources as they were has gone"
    assert len(stamps(cache)) > len(compiled), "nothing was compiled anew"


def loaded_by_rules() -> list[str]:
    """Return the files, rules apart, whose constants are in the machine code of rules and strategies."""
    sources = [PACKAGE / name for name in COMPILED if not name.endswith("own.py")]  # which compiles what a user wrote
    imports = [node for file in sources for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    modules = {node.module for node in imports if isinstance(node, ast.ImportFrom) and node.module is not None}
    files = {module.removeprefix("negosim.").replace(".", "/") + ".py" for module in modules if module.startswith("negosim.")}
    return sorted(file for file in files if not file.startswith(("rules/", "strategies/")) and (PACKAGE / file).exists())


def hash_of(package: Path) -> str:
    """Return the hash of sources that a copy of the package puts over its compiled code."""
    spec = importlib.util.spec_from_file_location("compiled_in_a_copy", package / "rules" / "compiled.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.sources_hash())


def test_rules_and_strategies_take_constants_from_the_vocabulary_too() -> None:
    assert loaded_by_rules() == ["common/vocabulary.py"]


def test_a_change_in_any_source_of_machine_code_puts_old_code_out_of_reach(tmp_path: Path) -> None:
    package = copied(tmp_path)
    before, unseen = hash_of(package), []
    for name in [*COMPILED, "engine/kernel.py", *loaded_by_rules()]:
        text = (package / name).read_text(encoding="utf-8")
        (package / name).write_text(text + "\nADDED = 1\n", encoding="utf-8")
        if hash_of(package) == before:
            unseen.append(name)
        (package / name).write_text(text, encoding="utf-8")
    assert hash_of(package) == before
    assert unseen == []


def test_a_change_elsewhere_leaves_the_code_where_it_is(tmp_path: Path) -> None:
    package = copied(tmp_path)
    before = hash_of(package)
    for name in ("cli/program.py", "results/summary.py"):
        with (package / name).open("a", encoding="utf-8") as file:
            file.write("\nADDED = 1\n")
    assert hash_of(package) == before
