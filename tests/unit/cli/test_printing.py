"""What reaches a terminal: no control character, and paths below the current folder as they stand from there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from negosim.cli import application
from negosim.cli.application import shown
from negosim.rules.compiled import cache_folder
from negosim.scenario.scenario import Scenario
from negosim.store.failures import Failure
from negosim.store.store import Store
from tests.unit.cli.test_commands import refusal, run, swept

EVIL = "\x1b]0;mine\x07\u202e"


def test_control_characters_are_spelled_out_and_the_rest_is_left_alone() -> None:
    assert shown(f"a{EVIL}b\n\tKäse 日本 👨‍👩‍👧") == "a\\x1b]0;mine\\x07\\u202eb\n\tKäse 日本 👨‍👩‍👧"


def test_a_path_below_the_current_folder_is_told_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(f"{tmp_path}/runs/x holds '{tmp_path}/a b' (see {tmp_path}/c).") == "runs/x holds 'a b' (see c)."
    assert shown(f"/other{tmp_path}/runs, {tmp_path}, {tmp_path}/ and {tmp_path}-2/x") == (
        f"/other{tmp_path}/runs, {tmp_path}, {tmp_path}/ and {tmp_path}-2/x"
    )
    monkeypatch.chdir("/")
    assert shown("/x/y and a/b") == "/x/y and a/b"


@pytest.mark.parametrize(
    "arguments",
    [
        ("play", EVIL),
        ("play", f"./{EVIL}.toml"),
        ("play", "pie", "--set", f"{EVIL}=3"),
        ("play", "pie", "--set", f"sender.name={EVIL}"),
        ("play", "pie", "--figure", f"{EVIL}.png"),
        ("sweep", f"{EVIL}.toml", "--out", "x"),
        ("sweep", "{file}", "--out", EVIL),
        ("sweep", "{file}", "--out", "x", "--shard", EVIL),
        ("plot", EVIL),
        ("status", EVIL),
        ("merge", "x", EVIL),
        ("compare", "pie", EVIL),
        ("facts", "--only", EVIL),
        ("check", "--only", EVIL),
    ],
)
def test_what_a_user_types_is_quoted_without_its_control_characters(arguments: tuple[str, ...], file: Path) -> None:
    said = refusal(*(argument.replace("{file}", str(file)) for argument in arguments))
    assert said.isprintable() and "x1b" in said, said


def test_a_failure_that_somebody_else_wrote_is_told_without_its_control_characters(file: Path) -> None:
    out = swept(file)
    (out / "parts" / "point-0001-chunk-0002.parquet").unlink()
    Store(out).record(Failure("point-0001-chunk-0002", EVIL, EVIL, EVIL))
    result = run("status", out)
    assert result.exit_code == 0 and EVIL[0] not in result.output and "\\x1b]0;mine" in result.stdout


def test_two_forms_of_one_run_are_refused() -> None:
    assert "--json and --markdown are two forms" in refusal("play", "pie", "--json", "--markdown")


ADDRESSES = ("s3://bucket/x", "file:x", "http://host/x", "hf://x/y")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_refused_before_anything_is_played(address: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    for arguments in (
        ("sweep", file, "--out", address), ("sweep", address, "--out", "x"), ("plot", address), ("plot", "x", "--out", address),
        ("status", address), ("reproduce", address), ("merge", address, "x"), ("merge", "x", address),
        ("play", "pie", "--figure", f"{address}.png"), ("compare", "pie", f"{address}/x"),
    ):  # fmt: skip
        assert "is an address, not a path" in refusal(*arguments), arguments
    assert os.listdir(file.parent) == ["small.toml"]


def test_the_home_folder_is_meant_by_its_sign_in_every_command(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEGOSIM_CACHE_DIR", str(cache_folder().parent))  # the rules that are compiled lie where they lay
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    file.rename(tmp_path / "home" / "small.toml")
    assert run("sweep", "~/small.toml", "--out", "~/runs").exit_code == 0
    assert run("sweep", "--out", "~/runs").exit_code == 0 and run("status", "~/runs").exit_code == 0
    assert json.loads(run("status", "~/runs", "--json").stdout)["folder"] == str(tmp_path / "home" / "runs")
    assert run("merge", "~/all", "~/runs").exit_code == 0
    assert run("play", "pie", "--figure", "~/run.png").exit_code == 0
    Scenario.load("pie").save("~/mine.toml")
    assert run("play", "~/mine.toml").stdout == run("play", "pie").stdout
    assert sorted(os.listdir("home")) == ["all", "mine.toml", "run.png", "runs", "small.toml"] and os.listdir() == ["home"]


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied", "/x/y"), OSError(40, "Too many links", "/x/y")])
def test_a_file_that_may_not_be_used_is_named_in_a_sentence(
    error: OSError, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(application.typer.Exit) as ended, application.plainly():
        raise error
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == f"/x/y cannot be used: {error.strerror}. Choose what you may read and write.\n"


@pytest.mark.parametrize(
    "place", ["parts/point-0001-chunk-0002.parquet", "checksums/point-0001-chunk-0002.sha256", "manifest.json"]
)
def test_a_pipe_in_the_folder_is_not_waited_for(place: str, file: Path) -> None:
    out = swept(file)
    (out / place).unlink()
    os.mkfifo(out / place)
    assert "not an ordinary file" in refusal("plot", out)


@pytest.mark.parametrize("name", [".lock", ".gate"])
def test_a_pipe_in_place_of_a_lock_is_not_waited_for(name: str, file: Path) -> None:
    out = swept(file)
    (out / name).unlink()
    os.mkfifo(out / name)
    (out / "parts" / "point-0001-chunk-0002.parquet").unlink()
    assert "not an ordinary file" in refusal("sweep", file, "--out", out)


@pytest.mark.parametrize("read", [("play", "{pipe}"), ("sweep", "{pipe}", "--out", "x"), ("sweep", "{points}", "--out", "x")])
def test_a_pipe_is_not_waited_for_in_place_of_what_a_user_writes(read: tuple[str, ...], file: Path, tmp_path: Path) -> None:
    pipe, points = tmp_path / "pipe.toml", tmp_path / "points.toml"
    os.mkfifo(pipe)
    text = file.read_text(encoding="utf-8").partition("[[vary]]")[0]
    points.write_text(f'{text}points = "pipe.toml"\n', encoding="utf-8")
    places: dict[str, Any] = {"pipe": pipe, "points": points}
    assert "it is a pipe, not an ordinary file" in refusal(*(word.format(**places) for word in read))
