"""Merging the folders of shards into one, part by part, each compared with its checksum on the way."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from negosim.common.errors import StoreError
from negosim.store.manifest import differences, experiment_of, fingerprint, renewed
from negosim.store.parts import mark_and_rows
from negosim.store.plan import planned_parts
from negosim.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Merged:
    """What became of a merge: the number of parts of the experiment, and of those copied; the names of those missing."""

    parts: int
    copied: int
    missing: tuple[str, ...]


def merge(
    out: str | os.PathLike[str], folders: Sequence[str | os.PathLike[str]], allow_platform: bool = False
) -> Merged:
    """Copy the parts of several folders of one experiment into `out`, which is made, or holds runs of it already.

    The folders are read alone. A damaged or foreign part in them is named in the log and left out; what failed in one of
    them and is in no other is recorded in `out`. StoreError when the folders are not of one experiment, scenario, version
    and (without `allow_platform`) platform, and when two of them hold one part with different values.
    """
    stores = [Store(folder) for folder in folders]
    manifest = _manifest(Store(out), stores, allow_platform)
    experiment, target = experiment_of(manifest), Store(out)
    if experiment.precision is not None:
        raise StoreError(f"{stores[0].folder} adds runs until they are enough, and cannot be merged. Sweep it in one folder.")
    plan = {part.name: part for part in planned_parts(experiment)}
    copied = 0
    with target.writing(manifest, list(plan), allow_platform=True):
        for name, part in plan.items():
            for store in [target, *stores]:
                damage = store.damage(name, fingerprint(manifest), part.rows) if store.is_there(name) else None
                if damage is not None and store is target:
                    kept = store.set_aside(name)
                    log.warning("%s is taken anew: %s. It is kept as %s.", store.path(name), damage, kept)
                elif damage is not None:
                    log.warning("%s is left out: %s.", store.path(name), damage)
                elif store is not target and store.is_there(name):
                    copied += _copied(store, target, name)
        for failure in [failure for store in stores for failure in store.failures(list(plan))]:
            if not target.is_there(failure.part):
                target.record(failure)
    return Merged(len(plan), copied, tuple(name for name in plan if not target.is_there(name)))


def _manifest(target: Store, stores: Sequence[Store], allow_platform: bool) -> dict[str, Any]:
    """The manifest of the merged folder. StoreError when the folders do not agree."""
    merged: Mapping[str, Any] | None = target.manifest()
    whose: Path = target.folder
    for store in stores:
        manifest = store.manifest()
        if manifest is None:
            raise StoreError(f"{store.folder} holds no results. Name folders that a sweep wrote.")
        if merged is None:
            merged, whose = manifest, store.folder
        found = differences(merged, manifest, allow_platform)
        if found:
            remedy = " Allow it (--allow-platform) to mix them." if all(c.startswith("platform") for c in found) else ""
            raise StoreError(
                f"{store.folder} cannot be merged with {whose}: {'; '.join(found[:3])} "
                f"(there = {whose}, here = {store.folder}).{remedy}"
            )
        merged = renewed(merged, manifest)
    assert merged is not None
    return dict(merged)


def _copied(store: Store, target: Store, name: str) -> int:
    """Copy a part; 1 if it was, 0 if it is there already. StoreError if it is there with other values."""
    content = store.content(name)
    if not target.is_there(name):
        target.keep(name, content)
        return 1
    if mark_and_rows(BytesIO(content))[0]["values"] != target.mark(name).get("values"):
        raise StoreError(
            f"{store.path(name)} and {target.path(name)} are the same part with different values. "
            "Find out which is right (negosim reproduce says), and delete the other."
        )
    return 0
