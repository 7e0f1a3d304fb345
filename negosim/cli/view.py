"""The command that opens the browser app."""

from __future__ import annotations

from importlib.util import find_spec
from ipaddress import ip_address
from typing import Annotated

import typer

from negosim.cli.application import app, leave_at_once, loaded, option, plainly
from negosim.common.interruption import interruptibly

NEEDED = ("solara", "solara_assets", "uvicorn")


@app.command()
def view(
    scenario: Annotated[
        str | None,
        typer.Argument(help="A name from 'negosim scenarios', or the path of a TOML file.", show_default="the first case"),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at; others can see the app only if you say so.")] = "127.0.0.1",
    port: Annotated[int, option("Port to listen at; 0 takes any that is free.")] = 8765,
) -> None:
    """Open a scenario in the browser: step through a run, turn its dials, play one side. Ctrl-C ends it.

    Example: negosim view us-japan-2025 --port 8765
    """
    with plainly():
        from negosim.common.errors import ScenarioError
        from negosim.scenario.scenario import Scenario

        if scenario is None:
            scenario = next(name for name in Scenario.names() if Scenario.load(name).kind == "case")
        Scenario.load(scenario)
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            problem = f"negosim view needs {missing[0]}, which is not installed"
            raise ScenarioError(problem, remedy='Write: pip install "negosim[app]"')
        typer.echo(f"Opening {scenario}. The first use compiles the rules, which takes about a minute.", err=True)
        server = loaded("negosim.app.server")
        with server.bound(host, port) as listening:
            interruptibly(lambda: server.warm_up(scenario))
            address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
            typer.echo(f"negosim is at {address} (Ctrl-C ends it)")
            if not ip_address(listening.getsockname()[0]).is_loopback:
                typer.echo("Whoever reaches this address can use the app: it asks for no password.", err=True)
            try:
                server.serve(scenario, host, listening)
            except KeyboardInterrupt:
                typer.echo("Stopped.", err=True)
            leave_at_once(0)
