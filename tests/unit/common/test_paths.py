"""What a user's path stands for, and which files are read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from negosim.common import paths
from negosim.common.errors import ScenarioError
from negosim.common.paths import content_of, local, require_ordinary


def test_a_path_is_absolute_and_begins_at_the_home_folder_or_at_the_folder_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert local("runs/x") == local(Path("runs", "x")) == tmp_path / "runs" / "x"
    assert local("~/x") == local(Path("~", "x")) == local("~/x", tmp_path / "other") == tmp_path / "home" / "x"
    assert local("x", tmp_path / "other") == tmp_path / "other" / "x" and local(tmp_path) == tmp_path
    assert local("./~x") == tmp_path / "~x"  # a file whose name begins so


ADDRESSES = ["s3://bucket/x", "file:///x", "file:x", "HTTP://host/x", "https://host/x", "hf://datasets/x", "gs://x", "abfss://a@b/c"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_refused_as_it_stands_and_as_a_path_folds_it(address: str) -> None:
    for given in (address, Path(address)):
        with pytest.raises(ScenarioError, match=r"is an address, not a path\. Name a file or a folder on this machine"):
            local(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "The path is empty"),
        ("~nobody-has-this-name/x", "begins with ~, and there is no such home folder"),
        ("a\x1b[31mb", r"'a\\x1b\[31mb' is not a path .* the control character U\+001B"),
        ("a\nb", "a line break"),
        ("a\0b", r"U\+0000"),
        ("a\u202eb", r"'a\\u202eb' .* U\+202E"),
        (os.fsdecode(b"a\xffb"), r"U\+DCFF"),
    ],
)
def test_what_is_not_a_path_is_refused_in_a_sentence(given: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said) as caught:
        local(given)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("given", [5, None, b"x", True])
def test_what_is_not_a_text_is_not_a_path(given: object) -> None:
    with pytest.raises(TypeError, match=r"is not a path\. Write it as a text"):
        local(given)  # type: ignore[arg-type]


def test_a_name_with_a_colon_and_one_of_a_drive_are_paths(tmp_path: Path) -> None:
    assert local("run:1", tmp_path) == tmp_path / "run:1"
    assert local("c:/x", tmp_path) == tmp_path / "c:" / "x"


@pytest.mark.parametrize(("name", "kind"), [("pipe", "a pipe"), ("socket", "a socket"), ("/dev/zero", "a device")])
def test_what_may_never_end_is_not_read(name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for read in (require_ordinary, content_of):
            with pytest.raises(OSError, match=f"it is {kind}, not an ordinary file"):
                read(Path(name))


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST_BYTES", 2**20)
    path = tmp_path / "sparse"
    path.touch()
    for size, is_read in ((2**20, True), (2**20 + 1, False), (2**40, False)):
        os.truncate(path, size)
        if is_read:
            assert len(content_of(path)) == size
        else:
            with pytest.raises(OSError, match="it has more than 1 MiB"):
                content_of(path)


def test_a_folder_and_a_missing_file_say_so_themselves(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        content_of(tmp_path)
    with pytest.raises(FileNotFoundError):
        content_of(tmp_path / "none")
