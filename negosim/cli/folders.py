"""The commands about folders of results: how far they are, merging them, and playing them again to compare."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negosim.cli.application import (
    AllowPlatform,
    AsJson,
    app,
    ended_like_an_interruption,
    loaded,
    option,
    path_here,
    plainly,
    say,
)
from negosim.cli.progress import duration, told_progress
from negosim.cli.sweep import report

if TYPE_CHECKING:
    from negosim.sweeps.reproduce import Reproduction
    from negosim.sweeps.status import Status

Folder = Annotated[Path, typer.Argument(parser=path_here, help="The folder that a sweep wrote.", show_default=False)]


@app.command()
def status(folder: Folder, as_json: AsJson = False) -> None:
    """Say what is done of a sweep, what failed, what is missing, whether it is running, and how to go on.

    Parts are counted, not read: negosim sweep compares them with their checksums.

    Example: negosim status runs/six-tactics
    """
    with plainly():
        from negosim.sweeps.status import status_of

        found = status_of(folder)
        if as_json:
            typer.echo(json.dumps({**found.plain(), "next": going_on(found)}, indent=2, allow_nan=False))
            return
        say("\n".join(told(found)))


def told(found: Status) -> list[str]:
    """The state of a folder in lines."""
    lines = [
        f"{found.title} ({found.name}, {found.scenario}, seed {found.seed}) in {found.folder}",
        f"parts     {found.done:,} of {found.parts:,} done, {found.failed:,} failed, {found.missing:,} missing",
        f"runs      {found.runs_done:,} of {found.runs:,}",
        f"disk      {found.bytes / 1e6:,.1f} MB, begun {found.begun}, last part {found.written or 'none yet'}",
    ]
    if found.writers:
        who = ", ".join(f"shard {share}" if share else "one sweep" for share in found.writers)
        left = f", {duration(found.left)} left" if found.left is not None else ""
        lines.append(f"running   {who}, {found.rate or 0.0:,.0f} runs a second{left}")
    if len(found.platforms) > 1:
        lines += ["platforms mixed: " + "; ".join(found.platforms)]
    if found.set_aside:
        lines.append(f"set aside {found.set_aside:,} files that were damaged or foreign, in {found.folder}/set-aside")
    lines += [f"failed    {failure.reason}" for failure in found.failures]
    return [*lines, f"next      {going_on(found)}"]


def going_on(found: Status) -> str:
    """What to do next."""
    folder = shlex.quote(found.folder)
    if found.writers:
        return "wait: it is running"
    if found.done < found.parts or not found.has_report:
        return f"negosim sweep --out {folder}"
    return f"negosim plot {folder}"


@app.command()
def merge(
    out: Annotated[Path, typer.Argument(parser=path_here, help="The folder that gets the parts.", show_default=False)],
    folders: Annotated[
        list[Path], typer.Argument(parser=path_here, help="Folders of shards, or other folders of one experiment.")
    ],
    allow_platform: AllowPlatform = False,
) -> None:
    """Copy the parts of several folders of one experiment into one; when all are there, sum up and print the findings.

    Each part is compared with its checksum. The exit code is 1 if parts are missing, 3 if parts failed.

    Example: negosim merge runs/all runs/shard-1 runs/shard-2
    """
    with plainly(), ended_like_an_interruption():
        from negosim.results.results import Results
        from negosim.store.store import Store
        from negosim.sweeps.merge import merge as run

        with told_progress():
            merged = run(out, folders, allow_platform)
        say(f"{merged.copied:,} parts copied into {out}.", err=True)
        failures = Store(out).failures(merged.missing)
        if len(merged.missing) > len(failures):
            say(
                f"{len(merged.missing):,} of {merged.parts:,} parts are missing, such as {merged.missing[0]}. Play them: "
                f"negosim sweep --out {shlex.quote(str(out))}",
                err=True,
            )
            raise typer.Exit(1)
        report(Results(out))
        if failures:
            raise typer.Exit(3)


@app.command()
def reproduce(
    folder: Folder,
    sample: Annotated[int | None, option("Play so many parts again, spread evenly.", least=1, usual="all")] = None,
    workers: Annotated[int | None, option("Threads.", least=1, usual="all cores")] = None,
    as_json: AsJson = False,
) -> None:
    """Play a sweep again from its manifest and compare every value with what is in the folder, where nothing is written.

    Compared are the hashes of all values, part by part, not of the files. The exit code is 1 if anything differs.

    Example: negosim reproduce runs/six-tactics --sample 10
    """
    with plainly(), ended_like_an_interruption():
        reproduction = loaded("negosim.sweeps.reproduce")
        with told_progress() as progress:
            found = reproduction.reproduce(folder, sample, workers, progress)
        if as_json:
            typer.echo(json.dumps(asdict(found), indent=2))
        else:
            say("\n".join(verdict(found)))
    if found.differing or not found.compared:
        raise typer.Exit(1)


def verdict(found: Reproduction) -> list[str]:
    """What came of a reproduction, in lines."""
    lines = [f"played here by another: {change}" for change in found.changes]
    lines += [f"{failure.part}: {failure.reason}" for failure in found.differing]
    if found.there < found.parts:
        lines.append(f"{found.parts - found.there:,} of {found.parts:,} parts are missing in the folder.")
    same = found.compared - len(found.differing)
    lines.append(f"{same:,} of {found.compared:,} parts played again have the same values, bit for bit.")
    return lines
