"""A command whose output cannot have every letter does its work, says it as well as it can, and ends with 0."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from negosim import cli
from negosim.cli.program import Program

TITLE = "\N{MINUS SIGN}5 % on K\u00f6ln\N{EN DASH}\u014csaka \u7c73 \N{AUTOMOBILE}"
AS_SHOWN = {
    "cp1252": "-5 % on K\u00f6ln\N{EN DASH}Osaka \\u7c73 \\U0001f697",
    "ascii": "-5 % on Koln-Osaka \\u7c73 \\U0001f697",
    "utf-8": TITLE,
}
SCENARIO = f'extends = "logrolling"\nname = "grain"\ntitle = "{TITLE}"\n[sender]\nshort = "\u7c73"\n'
SWEEP = (
    f'name = "grain"\ntitle = "{TITLE}"\nquestion = "?"\nscenario = "grain.toml"\nseed = 1\nreplications = 30\n'
    'vary = [{ parameter = "sender.toughness", values = [0.5, 2.0] }]\n'
)


@pytest.fixture(params=AS_SHOWN)
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def streamed(monkeypatch: pytest.MonkeyPatch, encoding: str, run: Any) -> tuple[int, str, str]:
    """The exit status of a program, and what it prints on both streams, which refuse what they cannot encode."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", write_through=True) for _ in range(2)]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", streams[0])
        patched.setattr(sys, "stderr", streams[1])
        try:
            code = run()
        except SystemExit as ended:
            code = ended.code
    out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams)  # type: ignore[attr-defined]
    return int(code or 0), out, err


def test_every_command_ends_well_whatever_its_output_can_encode(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("grain.toml").write_text(SCENARIO, encoding="utf-8")
    Path("sweep.toml").write_text(SWEEP, encoding="utf-8")
    told = {}
    for words in (
        "--help", "sweep --help", "scenarios", "schema", "play grain.toml --figure grain.png", "play grain.toml --markdown",
        "play grain.toml --json", "sweep sweep.toml --dry-run", "sweep sweep.toml --out runs", "sweep --out runs", "status runs",
        "plot runs", "compare grain.toml logrolling --runs 20", "compare grain.toml logrolling --runs 20 --json",
        "merge merged runs", "reproduce runs", "check --only rubinstein", "facts --only ambiguity --runs 50",
    ):  # fmt: skip
        code, out, err = streamed(monkeypatch, encoding, lambda words=words: cli.app(words.split()))
        assert code == 0 and "Traceback" not in err, f"{words}: {err}"
        told[words] = out + err
    with_the_title = ("play grain.toml --figure grain.png", "sweep sweep.toml --out runs", "status runs")
    assert all(AS_SHOWN[encoding] in told[words] for words in with_the_title)
    assert f"# {TITLE}" in Path("runs/findings.md").read_text(encoding="utf-8")


def test_what_a_user_got_wrong_is_said_too(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (["play", TITLE], [TITLE]):
        code, _, err = streamed(monkeypatch, encoding, lambda words=words: cli.app(words))
        assert code == 2 and AS_SHOWN[encoding] in err.replace("\\\\u", "\\u").replace("\\\\U", "\\U")


def test_an_experiment_that_is_a_program_ends_well_too(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program("grain", TITLE, ("runs",), (2, 1, 2))
    code, out, _ = streamed(monkeypatch, encoding, lambda: program.main(lambda asked: TITLE, ["--out", str(tmp_path)]))
    assert (code, out) == (0, AS_SHOWN[encoding] + os.linesep)
    code, out, _ = streamed(monkeypatch, encoding, lambda: program.main(lambda asked: TITLE, ["--help"]))
    assert code == 0 and "usage" in out


def test_a_name_on_the_disk_that_is_not_text_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file name of other bytes than UTF-8 has no place in UTF-8 either."""
    code, _, err = streamed(monkeypatch, "utf-8", lambda: cli.app(["status", "runs-\udcff"]))
    assert code == 2 and "runs-\\udcff" in err


@pytest.mark.slow
def test_the_installed_command_prints_ascii_where_it_is_asked_to(tmp_path: Path) -> None:
    (tmp_path / "grain.toml").write_text(SCENARIO, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from negosim.cli import app; app()", "play", "grain.toml"],
        cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, check=True,
    )  # fmt: skip
    assert AS_SHOWN["ascii"] in done.stdout.decode("ascii")
