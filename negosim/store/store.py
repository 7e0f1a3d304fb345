"""Results on disk: a folder with a manifest and parts, each written whole or not at all."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow

from negosim.common.errors import DamagedManifestError, ScenarioError, StoreError
from negosim.common.paths import content_of, local, require_ordinary
from negosim.store.failures import Failure
from negosim.store.files import UNFINISHED, said, synchronise, write_whole
from negosim.store.lock import gate, take
from negosim.store.manifest import FORMAT, differences, fingerprint, hashes, misfit, renewed
from negosim.store.parts import mark_and_rows, unpacked, values_hash

MANIFEST = "manifest.json"

APART = ("draws", "paths")
"""What the names of the parts begin with that are in folders of their own, apart from the parts with runs."""


class Store:
    """A folder of results.

    manifest.json : what was asked, see `negosim.store.manifest`
    parts/NAME.parquet : some of the runs, one row a run, see `negosim.store.parts`
    draws/NAME.parquet : means of some joint draws, one row a draw and point
    paths/NAME.parquet : the rounds of some runs, one row an offer
    checksums/NAME.sha256 : the checksum of one of these files, in the format of the command sha256sum
    failed/NAME.json : why a part could not be played, see `negosim.store.failures`
    set-aside/ : what stood in place of a part and was not that part, or was damaged; nothing is deleted

    The files of parts, draws and paths have the same columns in each of these folders, which hold nothing else at any time: any
    program that reads a folder of Parquet files reads them.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        try:
            self.folder = local(folder)
        except ScenarioError as error:
            raise StoreError(str(error)) from None
        self.parts = self.folder / "parts"
        self.checksums = self.folder / "checksums"
        self.failed = self.folder / "failed"
        self.aside = self.folder / "set-aside"

    def path(self, name: str) -> Path:
        """The file of a part, in the folder of its kind."""
        kind = name.partition("-")[0]
        return (self.folder / kind if kind in APART else self.parts) / f"{name}.parquet"

    def checksum(self, name: str) -> Path:
        """The file with the checksum of a part."""
        return self.checksums / f"{name}.sha256"

    def manifest(self) -> dict[str, Any] | None:
        """The manifest; None when there is none. StoreError when it is no manifest, or was changed."""
        path = self.folder / MANIFEST
        try:
            text = content_of(path).decode()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}. Choose another folder.") from None
        except UnicodeDecodeError:
            text = ""
        try:
            manifest = json.loads(text)
            layout = manifest["format"]
            is_whole = layout != FORMAT or hashes(manifest) == manifest["sha256"]
        except (ValueError, KeyError, TypeError):
            is_whole = False
        if not is_whole:
            raise DamagedManifestError(
                f"{path} is damaged, or is not a manifest of negosim. Sweep its experiment into {self.folder}: parts there that "
                "are of that experiment are kept, and the manifest is written anew. Or choose another folder."
            )
        if layout != FORMAT:
            raise StoreError(
                f"{path} is of layout {layout}, and this version of negosim reads and writes layout {FORMAT}. "
                "Sweep its experiment into another folder, or go on with the version of negosim that began this one."
            )
        if reason := misfit(manifest):
            raise DamagedManifestError(
                f"{path} does not describe a sweep: {reason}. Sweep its experiment into {self.folder}: parts there that are of "
                "that experiment are kept, and the manifest is written anew. Or choose another folder."
            )
        return dict(manifest)

    def check(self, manifest: Mapping[str, Any], names: Collection[str], allow_platform: bool = False) -> None:
        """StoreError unless the folder is free, or holds runs of the same manifest and nothing foreign."""
        with said(self.folder):
            is_file = self.folder.exists() and not self.folder.is_dir()
        if is_file:
            raise StoreError(f"{self.folder} is a file. Choose another folder for the results.")
        there = self._known(manifest)
        if there is None:
            self._refuse_strangers()
        else:
            found = differences(there, manifest, allow_platform)
            if found:
                raise StoreError(self._refusal(found))
        expected = {path for name in names for path in (self.path(name), self.checksum(name))}
        self._refuse(path for path in self._part_files() if there is None or path not in expected)

    def _refuse_strangers(self) -> None:
        """StoreError for a folder without runs that holds anything but what a killed writer may leave in a new one."""
        own = {self.parts.name, *APART, self.checksums.name, self.failed.name, self.aside.name}
        strange = [name for name in _names(self.folder) if name not in own and not name.endswith(UNFINISHED)]
        if strange:
            raise StoreError(
                f"{self.folder} holds no results of negosim, but other files, such as {strange[0]}. "
                "Choose a new or an empty folder for the results."
            )

    def _known(self, manifest: Mapping[str, Any]) -> dict[str, Any] | None:
        """The folder's manifest; where it is missing or damaged, the one given, if the marks of the parts there are of it."""
        damaged = None
        try:
            there = self.manifest()
        except DamagedManifestError as error:
            there, damaged = None, error
        if there is not None:
            return there
        marks = {path: mark for path in self._part_files() if "platform" in (mark := _mark(path))}
        if damaged is not None and not marks:
            raise damaged
        self._refuse(path for path, mark in marks.items() if mark.get("experiment") != fingerprint(manifest))
        found: list[Any] = []
        for mark in marks.values():
            found += [mark["platform"]] * (mark["platform"] not in found)
        return {**manifest, "platform": found[0], "mixed": found[1:]} if found else None

    def _part_files(self) -> list[Path]:
        """The files in the folders of parts, of every kind, and of their checksums."""
        folders = (self.parts, *(self.folder / kind for kind in APART), self.checksums)
        return [folder / name for folder in folders for name in _names(folder)]

    def _refuse(self, foreign: Iterable[Path]) -> None:
        """StoreError if there is any file that is not of the experiment."""
        for path in foreign:
            raise StoreError(
                f"{path.parent} holds files that are not of this experiment, such as {path.name}. "
                "Choose another folder, or move them away."
            )

    def _refusal(self, found: list[str]) -> str:
        """What differs, and what can be done about it."""
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        what, remedy = "another experiment, scenario or version", ""
        if all(clause.startswith("platform") for clause in found):
            what, remedy = "another platform", "Allow it (--allow-platform) to mix them, which marks them, or choose"
        return (
            f"{self.folder} holds runs of {what}: {'; '.join(found[:3])}{more}. "
            f"{remedy or 'Choose'} another folder, or delete {self.folder} to start again."
        )

    def renewal(self, manifest: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the folder's manifest has to become, for a manifest that `check` lets pass; None when it need not change."""
        there = self._known(manifest)
        merged = dict(manifest) if there is None else renewed(there, manifest)
        try:
            return None if merged == self.manifest() else merged
        except DamagedManifestError:
            return merged

    @contextmanager
    def writing(
        self,
        manifest: Mapping[str, Any],
        names: Collection[str],
        share: tuple[str, Collection[str]] | None = None,
        allow_platform: bool = False,
    ) -> Iterator[None]:
        """Hold the folder for one writer; make it, with its manifest, if it is new.

        names : all parts of the experiment
        share : the shard that alone is written (`2-of-8`), and its parts; None = the whole
        """
        with said(self.folder):
            is_new = not self.folder.exists()
            for folder in (self.parts, self.checksums, *{self.path(name).parent for name in names}):
                folder.mkdir(parents=True, exist_ok=True)
            if is_new:
                synchronise(self.folder.absolute().parent)
        with gate(self.folder):
            name, own = share if share is not None else (None, None)
            held = take(self.folder, name)
            with held:
                self.check(manifest, names, allow_platform)  # again: another writer may have been here in between
                with said(self.folder):
                    self._clear(own)
                    new = self.renewal(manifest)
                    if new is not None:
                        self._write_manifest(new)
                held = held.pop_all()
        with held:
            yield

    def _write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest; a damaged one is set aside first."""
        try:
            self.manifest()
        except DamagedManifestError:
            self._move_aside(self.folder / MANIFEST)
        self._write(self.folder / MANIFEST, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())

    def _clear(self, own: Collection[str] | None) -> None:
        """Clear away what killed writers left unfinished: of a shard its own parts, for others are writing theirs."""
        for name in _names(self.folder):
            of_us = own is None or name.split(".")[0] in own or name.startswith(MANIFEST)
            if name.endswith(UNFINISHED) and of_us:
                (self.folder / name).unlink(missing_ok=True)

    def keep(self, name: str, content: bytes) -> None:
        """Write the file of a part, whole or not at all: first its checksum, last, by one renaming, the part itself.

        A failure that is recorded of it is forgotten.
        """
        path = self.path(name)
        noted = f"{hashlib.sha256(content).hexdigest()}  {path.relative_to(self.folder).as_posix()}\n"
        with said(path):
            self._write(self.checksum(name), noted.encode())
            self._write(path, content)
            self._record(name).unlink(missing_ok=True)

    def write_beside(self, name: str, content: bytes) -> None:
        """Write a file of another kind into the folder itself, whole or not at all."""
        path = self.folder / name
        with said(path):
            self._write(path, content)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file by way of the folder itself, so that those of the parts never hold one that is not whole."""
        write_whole(path, content, self.folder)

    def is_there(self, name: str) -> bool:
        """Whether a part was written; whether it is whole, `damage` says."""
        return self.path(name).exists()

    def content(self, name: str) -> bytes:
        """The file of a part, once it was compared with its checksum. StoreError when it is damaged."""
        try:
            path = self.path(name)
            require_ordinary(path)
            content = path.read_bytes()
            noted = content_of(self.checksum(name)).decode().split()[:1]
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"it cannot be read ({error})") from None
        if noted != [hashlib.sha256(content).hexdigest()]:
            raise StoreError(f"its {len(content):,} bytes do not have the checksum noted when it was written")
        return content

    def mark(self, name: str) -> dict[str, Any]:
        """The mark of a part; empty when it has none, or is damaged."""
        return _mark(self.path(name))

    def damage(self, name: str, experiment: str, rows: int | None = None) -> str | None:
        """What is wrong with a part that was written; None when it is whole.

        experiment : fingerprint that it has to carry
        rows : runs that it has to have; None = any
        """
        try:
            mark, found = mark_and_rows(BytesIO(self.content(name)))
        except StoreError as error:
            return str(error)
        except (OSError, pyarrow.ArrowException) as error:
            return f"it is not a Parquet file ({error})"
        if mark.get("experiment") != experiment:
            return "it belongs to another experiment, scenario or version"
        if mark.get("part") != name:
            return f"it is {mark.get('part')} of the same experiment"
        return None if rows in (None, found) else f"it has {found:,} rows in place of {rows:,}"

    def foreign_values(self, name: str) -> str | None:
        """What is wrong with the values of a part whose file has its checksum; None when nothing is."""
        content = self.content(name)
        try:
            is_hashed = values_hash(unpacked(content)) == mark_and_rows(BytesIO(content))[0].get("values")
        except (OSError, TypeError, pyarrow.ArrowException) as error:
            return f"its values cannot be read ({error})"
        return None if is_hashed else "its values do not have the hash that it carries"

    def set_aside(self, name: str) -> Path:
        """Move what stands in place of a part out of the way, with its checksum; return where it is now."""
        with said(self.aside):
            self._move_aside(self.checksum(name))
            return self._move_aside(self.path(name))

    def _move_aside(self, path: Path) -> Path:
        """Move a file, if it is there, among those set aside, under a name that is free; return its path there."""
        self.aside.mkdir(exist_ok=True)
        numbers = itertools.count(1)
        place = next(new for n in numbers if not (new := self.aside / f"{path.stem}-{n}{path.suffix}").exists())
        if path.exists():
            os.replace(path, place)
        return place

    def record(self, failure: Failure) -> None:
        """Record why a part could not be played."""
        path = self._record(failure.part)
        with said(path):
            self.failed.mkdir(exist_ok=True)
            self._write(path, failure.content())

    def failures(self, names: Collection[str]) -> list[Failure]:
        """What is recorded of those of these parts that are not there, in the order of their names."""
        recorded = {name.removesuffix(".json") for name in _names(self.failed) if name.endswith(".json")}
        missing = sorted(name for name in recorded.intersection(names) if not self.is_there(name))
        return [Failure.read(name, content_of(self._record(name))) for name in missing]

    def _record(self, name: str) -> Path:
        return self.failed / f"{name}.json"


def _mark(path: Path) -> dict[str, Any]:
    """The mark of a file among the parts; empty when it is none, or damaged."""
    try:
        require_ordinary(path)
        with path.open("rb") as file:
            return mark_and_rows(file)[0]
    except (OSError, pyarrow.ArrowException):
        return {}


def _names(folder: Path) -> list[str]:
    """The names in a folder, sorted, without those that begin with a dot; none when there is no folder."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith(".")) if folder.is_dir() else []
    except OSError as error:
        raise StoreError(f"{folder} cannot be read: {error.strerror}. Choose a folder that you may read.") from None


FILES = ("summary.parquet", "summary.csv", "findings.json", "findings.md")
"""What every sweep ends with."""
