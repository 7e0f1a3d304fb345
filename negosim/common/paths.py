"""The paths that a user gives: each stands for one absolute path on this machine, and what is read is an ordinary file."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from negosim.common.errors import ScenarioError
from negosim.common.text import control_character

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/|file:", re.IGNORECASE)
"""How an address begins: s3://, hf://, also as `Path` folds it (s3:/). A drive of Windows has one letter."""

MOST_BYTES = 2**28
"""The size up to which a file of text is read."""

KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
"""What is not an ordinary file, in words; a folder says so itself when it is opened."""


def local(path: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """The absolute path that a user means, from `folder` (None = the current one); `~` is the home folder.

    ScenarioError for what is not a path on this machine, such as an address; TypeError for what is not a path at all.

    >>> local("~/runs/mine") == Path.home() / "runs" / "mine"
    True
    >>> local("s3://bucket/runs")
    Traceback (most recent call last):
    negosim.common.errors.ScenarioError: 's3://bucket/runs' is an address, not a path. Name a file or a folder on this machine.
    """
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(text, str):
        raise TypeError(f"{path!r} is not a path. Write it as a text.")
    if not text:
        raise ScenarioError("The path is empty", remedy="Name a file or a folder.")
    found = control_character(text, lines=False)
    if found:
        raise ScenarioError(f"{text!r} is not a path that negosim takes: it contains {found}", remedy="Choose another name.")
    if ADDRESS.match(text):
        raise ScenarioError(f"{text!r} is an address, not a path", remedy="Name a file or a folder on this machine.")
    expanded = os.path.expanduser(text)
    if expanded.startswith("~"):
        raise ScenarioError(f"{text!r} begins with ~, and there is no such home folder", remedy="Write the whole path.")
    return (folder or Path()).joinpath(expanded).absolute()


def require_ordinary(path: Path) -> None:
    """OSError for a pipe, a socket or a device, from which bytes may come late or without end."""
    kind = KINDS.get(stat.S_IFMT(path.stat().st_mode))
    if kind is not None:
        raise OSError(errno.EINVAL, f"it is {kind}, not an ordinary file", str(path))


def content_of(path: Path) -> bytes:
    """The content of an ordinary file; OSError when it cannot be read, or has more than MOST_BYTES."""
    require_ordinary(path)
    with path.open("rb") as file:
        is_small = os.fstat(file.fileno()).st_size <= MOST_BYTES
        content = file.read(MOST_BYTES + 1) if is_small else b""
    if not is_small or len(content) > MOST_BYTES:  # a file of the system may say that it is empty and have no end
        raise OSError(errno.EFBIG, f"it has more than {MOST_BYTES // 2**20} MiB", str(path))
    return content
