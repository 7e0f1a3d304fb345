"""Faults of files: parts that are damaged, foreign or in the wrong place, a damaged manifest, a disk that takes nothing more."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from negosim.common.errors import StoreError
from negosim.sweeps.runner import sweep
from tests.faults.undisturbed import OUT, PARTS, TEXT, checksum, experiment, gone_on, laid_out, logged, part, refusal, whole_parts


def a_part_is_cut_short() -> tuple[str, str]:
    """A part of a finished sweep is cut short by 20 bytes"""
    laid_out()
    path = part(7)
    path.write_bytes(path.read_bytes()[:-20])
    return _named_and_played()


def a_part_is_emptied() -> tuple[str, str]:
    """A part is emptied"""
    laid_out()
    part(8).write_bytes(b"")
    return _named_and_played()


def a_bit_is_flipped() -> tuple[str, str]:
    """One bit in the middle of a part is flipped, its date kept"""
    laid_out()
    path = part(9)
    content, dates = bytearray(path.read_bytes()), path.stat()
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    return _named_and_played()


def a_checksum_is_lost() -> tuple[str, str]:
    """The checksum of a part is deleted"""
    laid_out()
    checksum(10).unlink()
    with logged() as lines:
        sweep(experiment(), OUT)
    assert whole_parts() == PARTS and len(lines) == 1
    return lines[0], "nothing: 79 parts kept, 1 played, the same bytes as undisturbed"


def two_parts_are_swapped() -> tuple[str, str]:
    """Two parts are swapped, each with its checksum"""
    laid_out()
    for one, other in ((part(3), part(44)), (checksum(3), checksum(44))):
        one.rename("between")
        other.rename(one)
        Path("between").rename(other)
    return _named_and_played()


def a_part_of_another_sweep() -> tuple[str, str]:
    """A part is replaced by the same part of a sweep with another seed, with its valid checksum"""
    laid_out()
    others = sweep(experiment(TEXT.replace("seed = 1", "seed = 2").replace("10000", "500")), "runs/other").out
    foreign = (others / "parts" / part(0).name).read_bytes()
    part(0).write_bytes(foreign)
    checksum(0).write_bytes(checksum(0, others).read_bytes())
    said, lost = _named_and_played()
    assert (OUT / "set-aside" / f"{part(0).stem}-1.parquet").read_bytes() == foreign
    return said, f"{lost}; the foreign part is kept"


def a_file_of_somebody_else() -> tuple[str, str]:
    """A file of the user's own lies among the parts"""
    laid_out()
    (OUT / "parts" / "thesis.docx").write_text("precious")
    said = refusal(lambda: sweep(experiment(), OUT))
    (OUT / "parts" / "thesis.docx").rename("thesis.docx")
    return said, f"{gone_on()[0]}; the file is untouched"


def a_file_in_place_of_a_part() -> tuple[str, str]:
    """A file of the user's own bears the name of a part"""
    laid_out()
    part(5).write_text("precious")
    said, lost = _named_and_played()
    assert (OUT / "set-aside" / f"{part(5).stem}-1.parquet").read_text() == "precious"
    return said, f"{lost}; the file is kept"


def the_manifest_is_cut_short() -> tuple[str, str]:
    """The manifest is cut in half; then the same sweep is started again"""
    laid_out()
    path = OUT / "manifest.json"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return _manifest_renewed(whole)


def the_manifest_is_deleted() -> tuple[str, str]:
    """The manifest is deleted; then the same sweep is started again"""
    laid_out()
    path = OUT / "manifest.json"
    whole = path.read_bytes()
    path.unlink()
    return _manifest_renewed(whole)


def the_manifest_is_edited() -> tuple[str, str]:
    """In the manifest the number of replications is changed by hand; then the results are read, then the sweep started again"""
    laid_out()
    path = OUT / "manifest.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"replications": 10000', b'"replications": 500'))
    from negosim.results.results import Results

    said = refusal(lambda: Results(OUT))
    return said, _manifest_renewed(whole)[1]


def a_read_only_folder() -> tuple[str, str]:
    """The folder of an unfinished sweep is on a disk that is mounted read-only"""
    with _small_disk("8m") as remount:
        laid_out()
        for number in range(30):
            part(number).unlink()
        remount("ro")
        said = refusal(lambda: sweep(experiment(), OUT))
        remount("rw")
        return said, gone_on()[0]


def a_finished_sweep_on_a_read_only_disk() -> tuple[str, str]:
    """A finished sweep is on a disk that is mounted read-only, and is started again"""
    with _small_disk("8m") as remount:
        laid_out()
        remount("ro")
        frame = sweep(experiment(), OUT).frame(["point"])
        assert len(frame) == 40_000
        remount("rw")
        return "it is read: nothing is missing, so nothing is written", "nothing"


def the_disk_is_full() -> tuple[str, str]:
    """The sweep is written to a real disk of 1.5 MB, which holds less than half of it; then there is more space"""
    with _small_disk("1536k") as remount:
        with pytest.raises(StoreError) as caught:
            sweep(experiment(), OUT)
        assert 0 < whole_parts() < PARTS
        assert not list(OUT.rglob("*.unfinished"))
        remount("size=16m")
        return str(caught.value), gone_on()[0]


def the_disk_is_full_when_the_findings_are_written() -> tuple[str, str]:
    """The disk is filled up when the sweep is through and only the findings are to be written; then there is more space"""
    from negosim.report.write import write_report
    from negosim.store.store import FILES

    with _small_disk("16m") as remount:
        results = sweep(experiment(), OUT)
        free = os.statvfs(OUT)
        Path("runs/filler").write_bytes(b"x" * (free.f_bavail * free.f_bsize - 4096))
        said = refusal(lambda: write_report(results))
        assert not [name for name in FILES if (OUT / name).exists()]
        remount("size=32m")
        write_report(results)
        return said, "nothing: the runs are there, and the same command writes the findings"


def _named_and_played() -> tuple[str, str]:
    """What stood in place of parts is named, kept, and played again."""
    before = PARTS - whole_parts()
    lost, lines = gone_on()
    assert len(lines) == before == len(list((OUT / "set-aside").glob("*.parquet")))
    return lines[0], lost


def _manifest_renewed(whole: bytes) -> tuple[str, str]:
    """The manifest is what it was, and no part was played again."""
    lost, lines = gone_on()
    assert (OUT / "manifest.json").read_bytes() == whole and not lines
    return "the marks of the parts say that they are of this sweep: the manifest is written anew", lost


@contextmanager
def _small_disk(size: str) -> Iterator[object]:
    """A disk in memory at runs/; give what mounts it again with another option. The test is skipped where none may be mounted."""
    place = Path("runs")
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place.resolve())], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no disk may be mounted here: {mounted.stderr.strip()}")

    def remount(option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", str(place.resolve())], check=True)

    try:
        yield remount
    finally:
        subprocess.run(["umount", str(place.resolve())], check=True)


FAULTS = (
    a_part_is_cut_short,
    a_part_is_emptied,
    a_bit_is_flipped,
    a_checksum_is_lost,
    two_parts_are_swapped,
    a_part_of_another_sweep,
    a_file_of_somebody_else,
    a_file_in_place_of_a_part,
    the_manifest_is_cut_short,
    the_manifest_is_deleted,
    the_manifest_is_edited,
)

ON_A_DISK = (
    the_disk_is_full,
    the_disk_is_full_when_the_findings_are_written,
    a_read_only_folder,
    a_finished_sweep_on_a_read_only_disk,
)
"""These mount a small disk, which not everybody may."""
