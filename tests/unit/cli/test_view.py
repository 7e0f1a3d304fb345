"""The command that opens the app: where it listens, and one sentence for everything that can be wrong before it does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from negosim import cli
from negosim.app import server
from negosim.cli import view
from negosim.scenario.scenario import Scenario

CASE = next(scenario.name for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["view", *arguments])
    assert result.exit_code == 2 and "Traceback" not in result.output, result.output
    return result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("package", ["solara", "solara_assets", "uvicorn"])
def test_without_what_it_needs_it_says_what_to_install(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "find_spec", lambda name: None if name == package else name)
    assert refusal() == f'negosim view needs {package}, which is not installed. Write: pip install "negosim[app]"'


def test_a_scenario_that_is_not_there_and_one_that_is_wrong_get_a_sentence(tmp_path: Path) -> None:
    assert "nearest" in refusal("piee") or "pie" in refusal("piee")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 3\n")
    assert refusal(str(wrong)).startswith("wrong.toml")


def test_a_port_that_is_taken_gets_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refusal("--port", port)
    assert re.fullmatch(rf"--port = {port} cannot be listened at on 127\.0\.0\.1 \(.*\)\. Choose another, .*", said)


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_port_that_is_none_gets_a_sentence(port: str) -> None:
    assert "port" in refusal("--port", port).lower()


@pytest.mark.parametrize("host", ["", " ", "0", "0x0", "::0", "*", "a..b", "no.such.host.invalid", "192.0.2.1", "[::1]"])
def test_a_host_that_is_none_or_means_all_addresses_without_saying_so_gets_a_sentence(host: str) -> None:
    said = refusal("--host", host, "--port", "0")
    assert said.startswith(f"--host = {host!r} is not an address of this machine. Leave it out to be reached from this machine")


def test_a_port_out_of_range_gets_the_range() -> None:
    assert refusal("--port", "65536") == "--port = 65536 is out of range. It must be between 0 and 65535."


def test_who_lets_others_in_is_told_that_there_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", lambda scenario, host, listening: None)
    monkeypatch.setattr(view, "leave_at_once", lambda status: None)
    warning = "Whoever reaches this address can use the app: it asks for no password."
    for host, is_open in {"127.0.0.1": False, "0.0.0.0": True}.items():
        result = CliRunner().invoke(cli.app, ["view", "--host", host, "--port", "0"])
        assert result.exit_code == 0 and (warning in result.stderr) == is_open, result.output


def test_it_listens_on_this_machine_only_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    served = []
    monkeypatch.setattr(server, "serve", lambda *told: served.append((*told[:2], told[2].getsockname()[0])))
    monkeypatch.setattr(view, "leave_at_once", lambda status: None)
    result = CliRunner().invoke(cli.app, ["view", "--port", "0"])
    assert result.exit_code == 0 and re.search(r"http://127\.0\.0\.1:\d+ ", result.output), result.output
    assert served == [(CASE, "127.0.0.1", "127.0.0.1")]


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly() -> None:
    command = [sys.executable, "-c", "from negosim.cli import app; app()", "view", "pie", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None and server.stderr is not None
        address = re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert address is not None
        with socket.create_connection(("127.0.0.1", int(address[1])), timeout=60) as asking:
            asking.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
            assert asking.recv(12).startswith(b"HTTP/1.")
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        assert server.stderr.read().splitlines()[1:] == ["Stopped."]


@pytest.mark.slow
def test_ctrl_c_while_rules_are_compiled_ends_it_before_any_page_is_served(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from negosim.cli import app; app()", "view", "pie", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "NEGOSIM_CACHE_DIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None and server.stderr is not None
        assert server.stderr.readline() == "Opening pie. The first use compiles the rules, which takes about a minute.\n"
        time.sleep(3.0)
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 130
        assert server.stderr.read().split() == ["Stopped."] and server.stdout.read() == ""
