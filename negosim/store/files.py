"""Files that are there whole or not at all, also after a crash of the machine."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from negosim.common.errors import StoreError

UNFINISHED = ".unfinished"
"""The ending of a file that is being written; what a killed process leaves behind has it too."""


def write_whole(path: Path, content: bytes, by_way_of: Path) -> None:
    """Write a file under another name, wait until it is on the disk, then rename it: one step that happens or does not.

    by_way_of : the folder, on the same disk, that has the file until it is whole
    """
    unfinished = by_way_of / f"{path.name}.{os.getpid()}{UNFINISHED}"
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    synchronise(path.parent)


def synchronise(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened to be synchronised
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def said(path: Path) -> Iterator[None]:
    """An error of the file system while `path` is written, as a StoreError that says how to go on."""
    try:
        yield
    except OSError as error:
        remedy = "Choose a folder in which you may write."
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = "Free some space, then run the same sweep again: finished parts stay."
        raise StoreError(f"{path} cannot be written: {error.strerror}. {remedy}") from error
