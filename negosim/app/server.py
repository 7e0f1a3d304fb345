"""The server of the app: what it opens, and where it listens."""

from __future__ import annotations

import os
import socket
import warnings

from negosim.app.state.opened import OPENED
from negosim.common.errors import ScenarioError
from negosim.engine.kernel import simulate
from negosim.engine.model import Negotiation
from negosim.scenario.scenario import Scenario


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 takes any that is free. ScenarioError if it is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(100)  # whoever comes before the server is ready waits
    except (OSError, OverflowError) as error:
        listening.close()
        problem = f"cannot be listened at on {host} ({getattr(error, 'strerror', None) or error})"
        raise ScenarioError(problem, field="--port", value=port, remedy="Choose another, or 0 for any that is free.") from None
    return listening


def warm_up(scenario: str) -> None:
    """Compile, or load from the cache, what the page and the first click would else wait for."""
    opened = Scenario.load(scenario)
    simulate(opened, 1)
    Negotiation(opened).play()


def serve(scenario: str, listening: socket.socket) -> None:
    """Serve the app on a socket until interrupted. Nothing is fetched from, or told to, anybody else."""
    os.environ[OPENED] = scenario
    os.environ["SOLARA_APP"] = "negosim.app.views.page"
    os.environ["SOLARA_MODE"] = "production"
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "false"
    os.environ["SOLARA_ASSETS_FONTAWESOME_ENABLED"] = "false"
    os.environ["SOLARA_THEME_SHOW_BANNER"] = "false"
    warnings.filterwarnings("ignore", "Cookies with samesite=none")  # Solara's advice to those who embed it in a frame
    import uvicorn
    from solara.server.starlette import app

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, ws="auto"))
    server.run(sockets=[listening])
