"""The commands that hold the model against the record and against the textbook."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from negosim.cli.application import AsJson, app, loaded, option, page_width, plainly, say

if TYPE_CHECKING:
    from negosim.validation.textbook import Row


@app.command()
def facts(
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="This fact alone; may be repeated.")] = None,
    runs: Annotated[int, option("Runs at each point of the model.", least=2)] = 20_000,
    seed: Annotated[int, option("Seed of all luck.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Print stylised facts of real talks beside what the model does, with a verdict where the record is strong enough.

    Example: negosim facts --only ambiguity --only target-cost
    """
    with plainly():
        verdicts = loaded("negosim.validation.record.verdicts")
        from negosim.report.facts import facts_text

        rows = verdicts.compare(only or (), runs, seed)
        if not as_json:
            say(facts_text(rows, runs, seed, page_width()))
            return
        told = {"scenario": verdicts.SCENARIO, "runs": runs, "seed": seed, "facts": [row.plain() for row in rows]}
        typer.echo(json.dumps(told, indent=2, allow_nan=False))


@app.command()
def check(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="A result or a chapter; may be repeated. All without it.")
    ] = None,
    seed: Annotated[int, option("Seed of all luck.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Play every known result of the textbook through the engine, and hold it against its closed form.

    A number holds if it lies within what is allowed: four standard errors plus its bound, which come to 0.02 at most. The exit
    code is 1 if one does not.

    Example: negosim check --only rubinstein --only "Sealed bids"
    """
    with plainly():
        checked = loaded("negosim.validation.textbook").check(only, seed, None if as_json else told_rows())
    if as_json:
        rows = [row.plain() for row in checked.rows]
        found = {"passes": checked.passes, "false_alarm_rate": checked.false_alarm_rate, "rows": rows}
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        from negosim.report.checks import summary

        say(f"\n{summary(checked)}")
    if not checked.passes:
        raise typer.Exit(1)


def told_rows() -> Callable[[Row], None]:
    """What tells each row of a check as it is done: a heading over each result, a line over each case."""
    from negosim.report.checks import heading, line, parameters

    told: dict[str, Any] = {"result": None, "case": None}

    def tell(row: Row) -> None:
        if row.result != told["result"]:
            say(f"\n{heading(row)}")
        if (row.result, row.parameters) != (told["result"], told["case"]):
            say(f"  {parameters(row)}" if row.parameters else "")
        say(line(row))
        told.update(result=row.result, case=row.parameters)

    return tell
