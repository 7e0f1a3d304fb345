"""Mutated folders of results: manifests, parts and all that lies beside them are read, mended by the same sweep, or refused."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from negosim.experiment.experiment import Experiment
from negosim.results.results import Results, experiment_in
from negosim.store.manifest import hashes
from negosim.sweeps.merge import merge
from negosim.sweeps.reproduce import reproduce
from negosim.sweeps.runner import sweep
from negosim.sweeps.status import status_of
from tests.fuzzing.judging import refused_or
from tests.fuzzing.mutating import BYTES, mutated, spoilt

MUTANTS = 12
"""Mutants in a batch."""

USUAL: dict[str, Any] = {"name": "mine", "title": "Mine", "question": "Who gains?", "replications": 4, "chunk": 2, "seed": 1}

ASKED: tuple[dict[str, Any], ...] = (
    {**USUAL, "scenario": "pie", "paths": 1, "vary": [{"parameter": "sender.ambiguity", "values": [0.0, 0.2]}],
     "case": [{"name": "plain"}, {"name": "rolling", "scenario": "logrolling"}]},
    {**USUAL, "scenario": "us-japan-2025", "assumed_draws": 2, "draw_replications": 2,
     "replications": 100, "chunk": 100, "precision": {"quantity": "sender_payoff", "half_width": 0.3}},
)
"""What the folders that are mutated were asked."""


@cache
def folders() -> tuple[Path, ...]:
    """The folders that are mutated."""
    found = []
    for fields in ASKED:
        found.append(Path(mkdtemp(prefix="negosim-fuzzing-")))
        sweep(Experiment(**fields), found[-1], workers=1)
    return tuple(found)


def manifest_with_other_values(rng: random.Random, folder: Path) -> None:
    """Change the manifest, and let its hashes fit again, as far as they can."""
    path = folder / "manifest.json"
    tree = mutated(rng, json.loads(path.read_text(encoding="utf-8")))
    tree.pop("sha256", None)
    try:
        tree = {**tree, "sha256": hashes(tree)}
        path.write_text(json.dumps(tree), encoding="utf-8")
    except (TypeError, ValueError):
        path.write_text(json.dumps({str(key): str(value) for key, value in tree.items()}), encoding="utf-8")


def file_with_other_bytes(rng: random.Random, folder: Path) -> None:
    """Spoil a file; the checksum of a part fits again in half of the cases."""
    path = rng.choice(files(folder))
    path.write_bytes(spoilt(rng, path.read_bytes()))
    if path.suffix == ".parquet" and rng.random() < 0.5:
        note_checksum(folder, path)


def part_with_another_content(rng: random.Random, folder: Path) -> None:
    """Put something else in place of a part, and let its checksum fit."""
    parts = [path for path in files(folder) if path.suffix == ".parquet" and path.parent != folder]
    path, other = rng.choice(parts), rng.choice(parts)
    table = pyarrow.parquet.read_table(path)
    kind = rng.randrange(4)
    if kind == 0:
        path.write_bytes(b"".join(rng.choice(BYTES) for _ in range(20)))
    elif kind == 1:
        path.write_bytes(other.read_bytes())
    elif kind == 2:
        mark = mutated(rng, json.loads(table.schema.metadata[b"negosim"]))
        pyarrow.parquet.write_table(table.replace_schema_metadata({b"negosim": json.dumps(mark, default=str)}), path)
    else:
        pyarrow.parquet.write_table(table.drop_columns(rng.sample(table.column_names, 2)), path)
    note_checksum(folder, path)


def something_else_in_the_place(rng: random.Random, folder: Path) -> None:
    """Put a folder in the place of a file, or a file in that of a folder, or take it away."""
    path = rng.choice([path for path in folder.rglob("*") if "set-aside" not in path.parts])
    was_file = path.is_file()
    if was_file:
        path.unlink()
    else:
        shutil.rmtree(path)
    if rng.random() < 0.7:
        path.mkdir() if was_file else path.write_bytes(rng.choice(BYTES))


def something_more(rng: random.Random, folder: Path) -> None:
    """Put a folder or a file where one may be looked for."""
    place = rng.choice([folder, *(path for path in folder.rglob("*") if path.is_dir())])
    path = place / rng.choice((".lock", ".gate", ".lock-1-of-2", "failed", "set-aside", "x.parquet", "precision.json", "x.json"))
    if not path.exists():
        path.mkdir() if rng.random() < 0.6 else path.write_bytes(rng.choice(BYTES))


MUTATORS: tuple[Callable[[random.Random, Path], None], ...] = (
    manifest_with_other_values, manifest_with_other_values, file_with_other_bytes, part_with_another_content,
    something_else_in_the_place, something_more,
)


def files(folder: Path) -> list[Path]:
    """All files of a folder, wherever they lie."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def note_checksum(folder: Path, path: Path) -> None:
    """Write the checksum of a part where that of the same name is noted."""
    for noted in folder.rglob(f"{path.stem}.sha256"):
        noted.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n", encoding="utf-8")


@pytest.mark.parametrize("batch", range(4))
def test_a_mutated_folder_of_results_is_read_mended_or_refused(batch: int, tmp_path: Path) -> None:
    for number in range(batch * MUTANTS, (batch + 1) * MUTANTS):
        judge_folder(number, tmp_path / str(number))


def judge_folder(number: int, folder: Path) -> None:
    """Judge a mutant of a folder: all that reads it, and the same sweep again."""
    rng = random.Random(f"folder {number}")
    place = rng.randrange(len(ASKED))
    shutil.copytree(folders()[place], folder)
    rng.choice(MUTATORS)(rng, folder)
    look_at(folder, number)
    refused_or(lambda: status_of(folder), number)
    refused_or(lambda: reproduce(folder, 1, 1), number)
    refused_or(lambda: merge(folder.with_name(f"{number}-merged"), [folder]), number)
    refused_or(lambda: sweep(Experiment(**ASKED[place]), folder, workers=1), number)
    look_at(folder, number)
    refused_or(lambda: experiment_in(folder), number)


def look_at(folder: Path, number: int) -> None:
    """Read the results, if there are any, in all the ways that there are."""
    results = refused_or(lambda: Results(folder), number)
    if results is None:
        return
    refused_or(results.check, number)
    for read in (results.frame, results.summary, results.paths, results.draws, lambda: results.query("select * from runs")):
        refused_or(read, number)
    frame = refused_or(results.frame, number)
    if frame is not None:
        assert np.isfinite(frame[["sender_payoff", "target_payoff"]].to_numpy()).all(), f"mutant {number}: a payoff is not finite"
