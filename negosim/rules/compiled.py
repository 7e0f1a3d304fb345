"""The one place where rules are compiled.

Numba looks for stale machine code only in the file of the cached function, so a change in a rule that another file calls
would go unseen. Here the cache folder carries a hash of every rule and strategy source and of the versions that decide
the machine code; change any of them and the old code is out of reach.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy
from platformdirs import user_cache_dir

PACKAGE = Path(__file__).resolve().parent.parent

ONE_AT_A_TIME = threading.RLock()
"""Held while a rule is compiled: where its code is kept is a setting that Numba has for the whole process, and strategies are
loaded by the threads of a sweep when they are first played."""


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
    """Return the folder of the compiled rules; NEGOSIM_CACHE_DIR moves it."""
    root = os.environ.get("NEGOSIM_CACHE_DIR") or user_cache_dir("negosim")
    return Path(root) / sources_hash()


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
    on_disk = Path(function.__code__.co_filename).is_relative_to(PACKAGE)
    with ONE_AT_A_TIME:
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(cache_folder()) if on_disk else before
        try:
            if signature is None:
                return numba.njit(cache=on_disk, **options)(function)
            return numba.njit(signature, cache=on_disk, **options)(function)
        finally:
            numba.config.CACHE_DIR = before
