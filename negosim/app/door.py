"""The door of the app: what a browser may ask of the server, under which name, and from which page.

Solara answers any name, lets any page of the browser open its WebSocket, and has routes that fetch, write and delete files. So
only what the page needs is let through to it. The page's scripts, styles and fonts are read here, from what is installed.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from solara.server.kernel_context import contexts
from solara.server.starlette import app, root
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

ASSETS = "/assets"
"""Where the page finds the files that come with Solara for it."""

INSTALLED = [
    "/@widgetti/solara-vuetify-app@{version}/dist/main{widgets:int}.css",
    "/@widgetti/solara-vuetify-app@{version}/dist/solara-vuetify-app{widgets:int}.min.js",
    "/@widgetti/solara-vuetify-app@{version}/dist/fonts.css",
    "/@widgetti/solara-vuetify-app@{version}/dist/{font}.woff2",
    "/requirejs@{version}/require.js",
]

SOLARAS_OWN = [
    "/static/main-vuetify.js",
    "/static/assets/style.css",
    "/static/assets/theme-light.css",
    "/static/assets/theme-dark.css",
    "/static/assets/favicon.png",
    "/static/assets/favicon.svg",
    "/jupyter/nbextensions/jupyter-vue/nodeps.js",
    "/jupyter/nbextensions/jupyter-vuetify/nodeps.js",
]

TALKS = "/jupyter/api/kernels/{kernel_id:uuid}/channels"
LEAVING = "/_solara/api/close/{kernel_id:uuid}"

MOST_PAGES = 100
"""Pages that are open at a time, those included that were lost within the hour: each keeps its runs in memory."""

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load and run. Vue compiles templates in the browser and sets styles there, so both have to be allowed."""

PROTECTION = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # with "no-referrer" a browser may send "Origin: null" when its own page closes
}


def door(assets: Path, host: str) -> Guard:
    """The app behind its door. `assets` is the folder of the files that come with Solara; `host` is what the user gave."""
    installed = StaticFiles(directory=assets, follow_symlink=True)  # some installers link to the files of a cache
    routes = [
        Route("/", _page),
        *(Route(path, app, methods=["GET"]) for path in SOLARAS_OWN),
        Mount(ASSETS, Router([Route(path, installed, methods=["GET"]) for path in INSTALLED], redirect_slashes=False)),
        Route(LEAVING, app, methods=["POST"]),
        WebSocketRoute(TALKS, _Admission()),
    ]
    middleware = [Middleware(GZipMiddleware, minimum_size=1000)]
    behind = Starlette(routes=routes, middleware=middleware, lifespan=app.router.lifespan_context)
    behind.router.redirect_slashes = False
    return Guard(behind, host)


async def _page(request: Request) -> Response:
    """The page, with a policy that names its own scripts: no other that is written into it is ever run."""
    response: Response = await root(request)
    scripts = re.findall(rb"<script>(.*?)</script>", response.body, re.DOTALL)
    named = "".join(f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
    response.headers["content-security-policy"] = POLICY.format(scripts=named)
    return response


class _Admission:
    """Lets a page in while there is room for it."""

    def __init__(self) -> None:
        self.connected: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kernel = str(scope["path_params"]["kernel_id"])
        if len(self.connected) >= MOST_PAGES or len({kernel, *contexts, *self.connected}) > MOST_PAGES:
            await WebSocketClose(1013, "Too many pages are open.")(scope, receive, send)
            return
        self.connected.append(kernel)
        try:
            await app(scope, receive, send)
        finally:
            self.connected.remove(kernel)


class Guard:
    """Refuses what does not come from a page of ours, under a name of ours, and says with every answer what a page may do."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.given = _bracketed(host.lower())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request or WebSocket through, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
                headers.update(PROTECTION)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            answer = self.app
        elif scope["type"] == "websocket":
            answer = WebSocketClose(1008, refusal)
        else:
            answer = PlainTextResponse(f"{refusal}\n", status_code=403)
        await answer(scope, receive, protected)

    def _refusal(self, scope: Scope) -> str | None:
        """Why a request is refused, if it is: the name that it was sent to is not ours, or the page that sent it is not."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        ours = self._names(*scope["server"])
        if len(hosts) != 1 or hosts[0].lower() not in ours:
            return f"negosim answers at http://{ours[0]} alone. For another name start it with: negosim view --host NAME"
        if not origins and scope.get("method") in ("GET", "HEAD"):
            return None
        if origins != [f"http://{hosts[0].lower()}"]:
            return "negosim answers its own page alone."
        return None

    def _names(self, address: str, port: int) -> list[str]:
        """The names under which it is reached at an address of this machine, as a browser writes them."""
        names = [_bracketed(address), self.given]
        if ip_address(address).is_loopback:
            names += ["localhost", "127.0.0.1", "[::1]"]
        return names if port == 80 else [f"{name}:{port}" for name in names]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
