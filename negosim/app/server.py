"""The server of the app: what it opens, and where it listens."""

from __future__ import annotations

import errno
import os
import socket
import warnings
from ipaddress import ip_address

from negosim.app.state.opened import OPENED
from negosim.common.errors import ScenarioError
from negosim.engine.kernel import simulate
from negosim.engine.model import Negotiation
from negosim.scenario.scenario import Scenario

SETTINGS = {
    "SOLARA_APP": "negosim.app.views.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_ASSETS_PROXY": "false",  # it would fetch what is not installed, and delete folders on the way
    "SOLARA_ASSETS_CDN": "/assets",
    "SOLARA_ROOT_PATH": "",  # else a header of the first request says where the page finds its scripts
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "1h",  # a page that is left without a word, as by a crash, is kept no longer
    "SOLARA_THEME_SHOW_BANNER": "false",
}
"""What Solara is told, in the environment."""

EVERYWHERE = ("0.0.0.0", "::")
"""What a user writes who wants to be reached at all addresses of the machine: an empty host, 0 or 0x0 do not come to mean it."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 takes any that is free. ScenarioError if it is not to be had."""
    if port > 65535:
        raise ScenarioError("is out of range", field="--port", value=port, remedy="It must be between 0 and 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    _check(host, family)
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        listening.bind((host, port))
        listening.listen(100)  # whoever comes before the server is ready waits
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRNOTAVAIL, errno.EINVAL):
            raise _not_ours(host) from None
        problem = f"cannot be listened at on {host} ({error.strerror})"
        raise ScenarioError(problem, field="--port", value=port, remedy="Choose another, or 0 for any that is free.") from None
    return listening


def _check(host: str, family: socket.AddressFamily) -> None:
    """ScenarioError for a host without an address, and for one that comes to mean all addresses without saying so."""
    try:
        found = [ip_address(place[0]) for *_, place in socket.getaddrinfo(host, None, family)]
    except (OSError, UnicodeError):
        raise _not_ours(host) from None
    if host not in EVERYWHERE and any(address.is_unspecified for address in found):
        raise _not_ours(host)


def _not_ours(host: str) -> ScenarioError:
    remedy = "Leave it out to be reached from this machine alone, or give one of its addresses or names, or 0.0.0.0 for all."
    return ScenarioError("is not an address of this machine", field="--host", value=host, remedy=remedy)


def warm_up(scenario: str) -> None:
    """Compile, or load from the cache, what the page and the first click would else wait for."""
    opened = Scenario.load(scenario)
    simulate(opened, 1)
    Negotiation(opened).play()


def serve(scenario: str, host: str, listening: socket.socket) -> None:
    """Serve the app on a socket until interrupted. Nothing is fetched from, or told to, anybody else."""
    os.environ[OPENED] = scenario
    os.environ |= SETTINGS
    warnings.filterwarnings("ignore", "Cookies with samesite=none")  # Solara's advice to those who embed it in a frame
    import uvicorn
    from solara.server.settings import assets

    from negosim.app.door import door

    app = door(assets.proxy_cache_dir, host)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, ws="auto", proxy_headers=False)
    uvicorn.Server(config).run(sockets=[listening])
