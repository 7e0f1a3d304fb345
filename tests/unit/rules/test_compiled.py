"""Where machine code is kept, when it is not, and that code of other sources, of other people or in damage is never used.

The tests play a package of two small rules in processes of its own. Nothing here rests on permissions, which an administrator
does not have to heed: a folder that cannot be written lies below a file.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numba
import pytest

from negosim.rules import columns, compiled

INNER = "from negosim.rules.compiled import rule\n\n\n@rule\ndef rate(x):\n    return 2.0 * x\n"
OUTER = """from inner import rate
from negosim.rules.compiled import rule


@rule("float64(float64)")
def value(x):
    return rate(x) + 1.0
"""
COMPUTE = """
import json, pathlib, sys
from negosim.rules import compiled
compiled.PACKAGE = pathlib.Path(sys.argv[1]).resolve()
compiled.sources = lambda: sorted(compiled.PACKAGE.rglob("*.py"))
sys.path.insert(0, sys.argv[1])
exec(sys.argv[2])
import outer
print(outer.value(20.0), sum(outer.value.stats.cache_hits.values()))
"""
UNWRITABLE = """
def refuse(*_):
    raise OSError(30, "Read-only file system")
compiled.CodeFolder.ensure_cache_path = refuse
compiled.CodeFiles._write = refuse
"""

posix = pytest.mark.skipif("os.name != 'posix'")


class Computed(NamedTuple):
    """What the outer rule makes of 20, whether its code was found on the disk, and what stood on the error stream."""

    value: float
    found: bool
    said: str


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two rules, one of which calls the other."""
    return written(tmp_path / "package")


def written(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    (folder / "inner.py").write_text(INNER, encoding="utf-8")
    (folder / "outer.py").write_text(OUTER, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the code of both rules."""
    folder = tmp_path_factory.mktemp("filled")
    assert computed(written(folder / "package"), folder / "cache") == (41.0, False, "")
    return folder / "cache"


@pytest.fixture
def cache(filled: Path, tmp_path: Path) -> Path:
    """A copy of that cache: code is found by the place of its file in the package, wherever that lies."""
    return shutil.copytree(filled, tmp_path / "cache")


def computed(package: Path, cache: Path | None, first: str = "", **surroundings: str) -> Computed:
    """Compute with the rules of a package in a new process, after some lines of its own; a cache of None is the usual one."""
    known = {name: value for name, value in os.environ.items() if name not in ("NEGOSIM_CACHE_DIR", "HOME", "XDG_CACHE_HOME")}
    known["PYTHONPATH"] = str(compiled.PACKAGE.parent)
    if cache is not None:
        known["NEGOSIM_CACHE_DIR"] = str(cache)
    command = [sys.executable, "-W", "error", "-B", "-c", COMPUTE, str(package), first]
    done = subprocess.run(command, env={**known, **surroundings}, cwd=package, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    value, hits = done.stdout.split()
    return Computed(float(value), hits == "1", done.stderr)


def edit(package: Path) -> None:
    """Change the rule that the other one calls."""
    (package / "inner.py").write_text(INNER.replace("2.0", "3.0"), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_code_is_found_by_the_next_process_until_a_source_changes(package: Path, cache: Path) -> None:
    assert computed(package, cache) == (41.0, True, "")
    edit(package)
    assert computed(package, cache) == (61.0, False, "")


def test_where_the_cache_cannot_be_written_a_changed_rule_is_played_as_it_is_and_one_sentence_says_why(
    package: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    before = files(package)
    for _ in range(2):
        value, found, said = computed(package, tmp_path / "file" / "cache")
        assert (value, found) == (41.0, False)
        assert said.count("\n") == 1 and str(tmp_path / "file" / "cache") in said and "NEGOSIM_CACHE_DIR" in said
    assert files(package) == before, "something is kept beside the sources"
    edit(package)
    assert computed(package, tmp_path / "file" / "cache").value == 61.0


def test_nothing_is_kept_in_the_cache_of_numba_that_all_its_users_share(package: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    computed(package, tmp_path / "file" / "cache", XDG_CACHE_HOME=str(tmp_path / "shared"))
    assert not (tmp_path / "shared").exists()


def test_a_cache_that_is_complete_is_used_where_nothing_can_be_written(package: Path, cache: Path) -> None:
    assert computed(package, cache, UNWRITABLE) == (41.0, True, "")


def test_without_a_home_folder_and_without_a_cache_rules_are_compiled_in_memory(package: Path) -> None:
    no_home = "import pwd\ndef nobody(_):\n    raise KeyError\npwd.getpwuid = nobody"
    before = files(package)
    value, found, said = computed(package, None, no_home)
    assert (value, found, said.count("\n")) == (41.0, False, 1)
    assert "home" in said
    assert files(package) == before, "a folder named ~ was made"


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="truncated"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: bytes(range(256)) * 9, id="other bytes"),
        pytest.param(lambda content: content[:-1] + bytes([content[-1] ^ 1]), id="one bit"),
    ],
)
def test_a_damaged_file_of_code_is_named_and_written_anew(
    package: Path, cache: Path, ending: str, damage: Callable[[bytes], bytes]
) -> None:
    (file,) = [path for path in cache.rglob(f"outer*{ending}")]
    file.write_bytes(damage(file.read_bytes()))
    value, found, said = computed(package, cache)
    assert (value, found) == (41.0, False)
    assert said.count("\n") == 1 and str(file) in said
    assert computed(package, cache) == (41.0, True, "")


def test_a_folder_in_the_place_of_a_file_of_code_is_named(package: Path, cache: Path) -> None:
    (file,) = [path for path in cache.rglob("outer*.nbi")]
    file.unlink()
    file.mkdir()
    value, found, said = computed(package, cache)
    assert (value, found) == (41.0, False)
    assert str(file) in said and "Traceback" not in said


@posix
@pytest.mark.slow
def test_code_in_a_folder_that_others_can_write_is_never_unpickled(package: Path, cache: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for file in cache.rglob("*.nb?"):
        file.write_bytes(_sealed(pickle.dumps(_Touch(trap))))
    folder = next(cache.rglob("outer*.nbi")).parent
    for mode in (0o777, 0o1777, 0o770):
        folder.chmod(mode)
        value, found, said = computed(package, cache)
        assert (value, found, said.count("\n")) == (41.0, False, 1)
        assert f"others can write into {folder}" in said
        assert not trap.exists()
    folder.chmod(0o755)
    with pytest.raises(AssertionError):
        computed(package, cache)  # the trap is one: there the files are read
    assert trap.exists()


class _Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def _sealed(content: bytes) -> bytes:
    """The content of a file of code with a checksum that fits."""
    return hashlib.sha256(content).digest() + content


@posix
def test_a_folder_below_one_that_others_can_write_is_refused_unless_that_is_sticky(tmp_path: Path) -> None:
    above, folder = tmp_path / "above", tmp_path / "above" / "cache"
    folder.mkdir(parents=True, mode=0o700)
    for mode, why in ((0o755, None), (0o1777, None), (0o777, f"others can write into {above}")):
        above.chmod(mode)
        assert compiled.refusal(folder) == why
        assert compiled.refusal(folder / "not" / "there" / "yet") == why


@posix
def test_a_folder_of_another_user_is_refused_but_not_that_of_whom_negosim_belongs_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Owned(type(tmp_path)):  # type: ignore[misc]
        """A path whose folder `cache` belongs to user 4321."""

        def stat(self, **how: bool) -> os.stat_result:
            found = list(super().stat(**how))
            return os.stat_result([*found[:4], 4321 if "cache" in self.parts else found[4], *found[5:]])

    folder = Owned(tmp_path / "cache")
    folder.mkdir(mode=0o700)
    assert compiled.refusal(folder) == f"another user owns {folder}"
    monkeypatch.setattr(compiled, "PACKAGE", folder)
    assert compiled.refusal(folder) is None


@posix
def test_folders_of_code_are_made_for_their_user_alone_whatever_the_umask(package: Path, tmp_path: Path) -> None:
    computed(package, tmp_path / "new" / "cache", "import os\nos.umask(0)")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*") if path.is_dir()} == {0o700}
    assert computed(package, tmp_path / "new" / "cache").found


def test_a_package_that_is_reached_by_a_link_uses_the_same_code(package: Path, cache: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(package)
    assert computed(link, cache) == (41.0, True, "")


def test_threads_that_compile_at_once_all_use_the_folder_of_the_sources() -> None:
    before = numba.config.CACHE_DIR
    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(lambda _: compiled.rule(columns.kept_column.py_func), range(6)))
    assert {rule._cache.cache_path for rule in made} == {str(compiled.cache_folder() / "rules")}
    assert before == numba.config.CACHE_DIR
