"""Results on disk: a folder with a manifest and parts, each written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from negosim.manifest import differences, hashes, reworded

MANIFEST = "manifest.json"
LOCK = ".lock"
UNFINISHED = ".unfinished"


class StoreError(RuntimeError):
    """A folder of results that cannot be used as asked: what is wrong, and how to go on."""


class Store:
    """A folder of results.

    manifest.json : what was asked, see `negosim.manifest`
    parts/NAME.parquet : some of the runs
    parts/NAME.sha256 : the checksum of that file, in the format of the command sha256sum
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.parts = self.folder / "parts"

    def path(self, name: str) -> Path:
        """The file of a part."""
        return self.parts / f"{name}.parquet"

    def manifest(self) -> dict[str, Any] | None:
        """The manifest; None when there is none. StoreError when it is no manifest, or was changed."""
        path = self.folder / MANIFEST
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}. Choose another folder.") from None
        except UnicodeDecodeError:
            raise StoreError(f"{path} is damaged: it is not UTF-8. Choose another folder.") from None
        try:
            manifest = json.loads(text)
            is_whole = hashes(manifest) == manifest["sha256"]
        except (ValueError, KeyError, TypeError):
            is_whole = False
        if not is_whole:
            raise StoreError(
                f"{path} is damaged, or is not a manifest of negosim. "
                "Choose another folder, or delete this one."
            )
        return dict(manifest)

    def check(self, manifest: Mapping[str, Any], names: list[str]) -> None:
        """StoreError unless the folder is free, or holds runs of the same manifest and nothing foreign."""
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.folder} is a file. Choose another folder for the results.")
        there = self.manifest()
        if there is not None:
            found = differences(there, manifest)
            if found:
                more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
                raise StoreError(
                    f"{self.folder} holds runs of another experiment, scenario or version: "
                    + "; ".join(found[:3])
                    + f"{more}. Choose another folder, or delete {self.folder} to start again."
                )
        expected = {f"{name}{ending}" for name in names for ending in (".parquet", ".sha256")}
        foreign = [name for name in _names(self.parts) if not name.endswith(UNFINISHED)]
        if there is not None:
            foreign = [name for name in foreign if name not in expected]
        if foreign:
            raise StoreError(
                f"{self.parts} holds files that are not of this experiment, such as {foreign[0]}. "
                "Choose another folder, or move them away."
            )

    def is_reworded(self, manifest: Mapping[str, Any]) -> bool:
        """Whether the folder's manifest has other words than this one, which `check` lets pass."""
        there = self.manifest()
        return there is not None and reworded(there, manifest) != there

    @contextmanager
    def writing(self, manifest: Mapping[str, Any], names: list[str]) -> Iterator[None]:
        """Hold the folder for one writer; make it, with its manifest, if it is new."""
        with _said(self.folder):
            self.parts.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / LOCK).open("w")
        with lock:
            _lock(lock.fileno(), self.folder)
            self.check(manifest, names)  # again: another writer may have been here in between
            with _said(self.folder):
                for name in _names(self.parts):
                    if name.endswith(UNFINISHED):
                        (self.parts / name).unlink()
                there = self.manifest()
                if there is None or self.is_reworded(manifest):
                    new = manifest if there is None else reworded(there, manifest)
                    _write_whole(self.folder / MANIFEST, _json(new))
            yield

    def write(self, name: str, table: pyarrow.Table) -> None:
        """Write a part, whole or not at all: first its checksum, last, by one renaming, the part itself."""
        content = packed(table)
        path = self.path(name)
        with _said(path):
            line = f"{hashlib.sha256(content).hexdigest()}  {path.name}\n"
            _write_whole(path.with_suffix(".sha256"), line.encode())
            _write_whole(path, content)

    def write_beside(self, name: str, content: bytes) -> None:
        """Write a file of another kind into the folder itself, whole or not at all."""
        path = self.folder / name
        with _said(path):
            _write_whole(path, content)

    def is_there(self, name: str) -> bool:
        """Whether a part was written; whether it is whole, `damage` says."""
        return self.path(name).exists()

    def damage(self, name: str, rows: int | None = None) -> str | None:
        """What is wrong with a part that was written; None when it is whole and has this many rows, if said."""
        path = self.path(name)
        try:
            content = path.read_bytes()
            noted = path.with_suffix(".sha256").read_text(encoding="utf-8").split()[:1]
        except (OSError, UnicodeDecodeError) as error:
            return f"it cannot be read ({error})"
        if noted != [hashlib.sha256(content).hexdigest()]:
            return f"its {len(content):,} bytes do not have the checksum noted when it was written"
        if rows is None:
            return None
        found = pyarrow.parquet.read_metadata(pyarrow.BufferReader(content)).num_rows
        return None if found == rows else f"it has {found:,} rows in place of {rows:,}"


def packed(table: pyarrow.Table) -> bytes:
    """The content of the file of a part."""
    buffer = pyarrow.BufferOutputStream()
    words = [field.name for field in table.schema if not pyarrow.types.is_floating(field.type)]
    pyarrow.parquet.write_table(table, buffer, compression="zstd", use_dictionary=words)
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def _names(folder: Path) -> list[str]:
    """The names in a folder, sorted; none when there is no folder."""
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def _json(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, also after a crash of the machine, or not there at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # elsewhere a folder cannot be opened to be synchronised
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lock(handle: int, folder: Path) -> None:
    """StoreError when another process writes into the folder. However a process ends, its lock ends too."""
    if os.name != "posix":
        return  # two writers write the same bytes, only twice: a waste, not an error
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreError(
            f"Another sweep is writing into {folder}. Wait until it is done, or choose another folder."
        ) from None


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """An error of the file system as a StoreError that says how to go on."""
    try:
        yield
    except OSError as error:
        remedy = "Choose a folder in which you may write."
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = "Free some space, then run the same sweep again: finished parts stay."
        raise StoreError(f"{path} cannot be written: {error.strerror}. {remedy}") from error
