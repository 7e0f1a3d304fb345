"""Where numbers come from: versions, platform, and the commit of the sources."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import llvmlite.binding

PACKAGE = Path(__file__).parent

DECIDING = ("python", "numpy", "numba", "llvmlite", "scipy", "networkx")
"""What decides numbers, by way of its version; the sources of negosim have a hash of their own."""

PACKAGES = ("negosim", "numpy", "numba", "llvmlite", "scipy", "networkx", "SALib", "pyarrow", "pydantic")

INSTRUCTIONS = ("avx2", "avx512f", "fma", "fma4", "neon", "sve")
"""Instruction sets by which the C library and NumPy choose routines for exp, log and powers whose last digits may differ."""


def versions() -> dict[str, str]:
    """The version of Python and of each of PACKAGES."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


@cache
def platform_here() -> dict[str, str]:
    """What decides the last digits of a number besides the versions: system, machine, C library, instruction sets."""
    features = llvmlite.binding.get_host_cpu_features()
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "library": " ".join(platform.libc_ver()).strip() or platform.release(),
        "instructions": " ".join(name for name in INSTRUCTIONS if features.get(name)),
    }


def in_words(there: dict[str, str]) -> str:
    """A platform in words.

    >>> in_words({"system": "Linux", "machine": "x86_64", "library": "glibc 2.36", "instructions": "avx2 fma"})
    'Linux, x86_64, glibc 2.36, avx2 fma'
    """
    return ", ".join(value for value in there.values() if value)


def host() -> dict[str, str]:
    """The machine for people: it decides no number that `platform_here` does not."""
    return {"platform": platform.platform(), "processor": llvmlite.binding.get_host_cpu_name()}


@cache
def commit() -> dict[str, Any] | None:
    """The git commit of the package's sources, and whether they were changed since; None where git does not keep them."""
    found = _git("ls-files", "--error-unmatch", "__init__.py") and _git("rev-parse", "HEAD")
    if not found:
        return None
    return {"commit": found, "changed": _git("status", "--porcelain", "--", ".") != ""}


def _git(*arguments: str) -> str | None:
    """What git says of the package's folder; None when it fails, or is not there."""
    command = ["git", "--no-optional-locks", "-C", str(PACKAGE), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"  # run from its sources
