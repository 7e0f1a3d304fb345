"""The one place where rules are compiled, and where their machine code is kept.

Numba looks for stale machine code only in the file of the cached function, so a change in a rule that another file calls
would go unseen. Here the cache folder carries a hash of every rule and strategy source and of the versions that decide
the machine code; change any of them and the old code is out of reach. Numba falls back on other folders, which carry no such
hash, where it cannot write into the one it is given; here it does not. What cannot be kept is compiled in memory, and the log
says why.

Files of machine code are pickles, and reading one runs whatever it holds. So each has a checksum, which finds damage before
anything is read, and a folder is used only if nobody else can write into it: `refusal`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy
from numba.core import caching
from platformdirs import user_cache_dir

PACKAGE = Path(__file__).resolve().parent.parent

log = logging.getLogger(__name__)


def sources() -> list[Path]:
    """Return the files that decide what is compiled: the rules, the strategies, the kernel, and the numbers of the vocabulary."""
    folders = [path for folder in ("rules", "strategies") for path in (PACKAGE / folder).rglob("*.py")]
    return sorted([*folders, PACKAGE / "engine" / "kernel.py", PACKAGE / "common" / "vocabulary.py"])


@cache
def sources_hash() -> str:
    """Return a hash of the sources that are compiled, the numbers of the vocabulary, and the versions of the compilers."""
    digest = hashlib.sha256()
    for version in (sys.version, numpy.__version__, numba.__version__, llvmlite.__version__):
        digest.update(version.encode())
    for path in sources():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of the compiled rules; NEGOSIM_CACHE_DIR moves it. RuntimeError where no home folder is known."""
    root = os.environ.get("NEGOSIM_CACHE_DIR") or user_cache_dir("negosim")
    return Path(root).expanduser().resolve() / sources_hash()


def refusal(folder: Path) -> str | None:
    """Return why machine code in a folder is not to be trusted, as a clause; None where it is.

    Nobody but the owner of negosim, the user of this process and the system's administrator may be able to write into the
    folder, or to put another in the place of it or of a folder above it. Above it a folder may be open to all if it is sticky,
    as /tmp is, and to a group that is the owner's own. What is not there yet is made for this user alone. Windows is taken at
    its word: the folder of a user's programs is the user's own there.
    """
    if os.name != "posix":
        return None
    trusted = {0, os.geteuid(), PACKAGE.stat().st_uid}
    for place in (folder, *folder.parents):
        try:
            found = place.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        open_to = stat.S_IWOTH if place != folder and found.st_gid == found.st_uid else stat.S_IWOTH | stat.S_IWGRP
        is_open = found.st_mode & open_to and (place == folder or not found.st_mode & stat.S_ISVTX)
        if found.st_uid not in trusted or is_open:
            whose = "others can write into" if is_open else "another user owns"
            return f"{whose} {place}"
    return None


@cache
def tell(sentence: str) -> None:
    """Put a sentence into the log, once in a process; Python shows it on the error stream."""
    log.warning(sentence)


def tell_of_memory(reason: str) -> None:
    """Say why rules are compiled in memory."""
    tell(
        f"Rules are compiled in memory, because {reason}; each process does so anew, which takes a minute or two, until "
        "NEGOSIM_CACHE_DIR names a folder into which you alone can write."
    )


class CodeFolder(caching.UserProvidedCacheLocator):
    """Where Numba keeps the code of a function: in `cache_folder`, by the place of its file in the package."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self._py_file, self._lineno = file, function.__code__.co_firstlineno
        self._cache_path = str(_place_of(Path(file)))

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> CodeFolder:
        """Return the place, whether or not it can be written: code that is there can be read all the same."""
        return cls(py_func, py_file)

    def ensure_cache_path(self) -> None:
        """Make the folder, and those above it that are not there, for this user alone."""
        place = Path(self._cache_path)
        for folder in reversed((place, *place.parents)):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)


class CodeFiles(caching.IndexDataCacheFile):
    """The files with the code of a function, each with its SHA-256 in front. One that is damaged is named, and written anew."""

    def _load_index(self) -> dict[Any, str]:
        stamp, names = self._read(self._index_path) or (None, {})
        return names if stamp == self._source_stamp else {}

    def _save_index(self, names: dict[Any, str]) -> None:
        self._write(self._index_path, (self._source_stamp, names))

    def _load_data(self, name: str) -> Any:
        return self._read(self._data_path(name))

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _read(self, path: str) -> Any:
        """Return what a file holds; None where it is missing or damaged."""
        try:
            content = Path(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            tell(f"{path} cannot be read ({error.strerror}), so the rule in it is compiled again.")
            return None
        size = hashlib.sha256().digest_size
        if hashlib.sha256(content[size:]).digest() != content[:size]:
            tell(f"{path} is damaged, so the rule in it is compiled again and the file is written anew.")
            return None
        return pickle.loads(content[size:])

    def _write(self, path: str, thing: Any) -> None:
        content = self._dump(thing)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(content).digest() + content)


class CodePlace(caching.CompileResultCacheImpl):
    """What Numba does with compiled functions, in `CodeFolder` alone."""

    _locator_classes = [CodeFolder]  # noqa: RUF012


class Code(caching.FunctionCache):
    """The code of a function, kept in `CodeFiles`; where that is not possible the log says so, and it is kept in memory."""

    _impl_class = CodePlace

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = CodeFiles(self.cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp())

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the code for a signature, if it can be written."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            tell_of_memory(f"{cache_folder()} cannot be written ({error.strerror})")


def _place_of(file: Path) -> Path:
    return cache_folder() / file.resolve().parent.relative_to(PACKAGE)


def rule(signature: Any = None, *, inline: bool = False, lean: bool = False) -> Any:
    """Compile a rule: no Python objects, no fast-math, the interpreter lock released, cached on disk.

    Use it bare (``@rule``) or with an explicit Numba signature (``@rule(signature)``), which compiles on import of the
    module and is what a strategy needs to be passed to the kernel as a value. A ``lean`` rule makes no arrays and returns
    none, so it is compiled without reference counting, which otherwise costs more than most rules: 350 ns a call that
    passes a Game and a Talks.
    """
    if callable(signature) and not isinstance(signature, numba.core.typing.templates.Signature):
        return _compile(signature, None, inline, lean)

    def decorate(function: Callable[..., Any]) -> Any:
        return _compile(function, signature, inline, lean)

    return decorate


def _compile(function: Callable[..., Any], signature: Any, inline: bool, lean: bool) -> Any:
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": inline}
    if lean:
        options["_nrt"] = False
    compiled = numba.njit(**options)(function)
    if _is_kept(Path(function.__code__.co_filename)):
        compiled._cache = Code(function)
    if signature is not None:
        compiled.compile(signature)
        compiled.disable_compile()
    return compiled


def _is_kept(file: Path) -> bool:
    """Whether the code of a file is kept on disk: the file is one of ours, and there is a folder that can be trusted."""
    if not file.resolve().is_relative_to(PACKAGE):
        return False
    try:
        reason = refusal(_place_of(file))
    except (OSError, RuntimeError) as error:  # a folder that cannot be looked at, a home that is not known
        reason = str(error).rstrip(".")
    if reason is not None:
        tell_of_memory(reason)
    return reason is None
