"""Where numbers come from: what decides them is named, and the commit of the sources where git keeps them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from negosim.store import manifest

GIT = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org"]


@pytest.fixture(autouse=True)
def _forgotten() -> Any:
    manifest.commit.cache_clear()
    yield
    manifest.commit.cache_clear()


def repository(folder: Path) -> Path:
    """A repository with a package of one file."""
    package = folder / "package"
    package.mkdir()
    (package / "__init__.py").write_text("x = 1\n")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)
    return package


def test_everything_that_decides_a_number_has_a_version() -> None:
    found = manifest.versions()
    assert set(manifest.DECIDING) <= found.keys() and "not installed" not in [found[name] for name in manifest.DECIDING]
    assert manifest._version("no-such-package") == "not installed"


def test_the_platform_names_system_machine_library_and_instructions() -> None:
    here = manifest.platform_here()
    assert list(here) == ["system", "machine", "library", "instructions"] and all(here[name] for name in list(here)[:3])
    assert set(here["instructions"].split()) <= set(manifest.INSTRUCTIONS)
    assert manifest.in_words({**here, "instructions": ""}).endswith(here["library"])
    assert manifest.host().keys() == {"platform", "processor"}


def test_the_commit_is_that_of_the_package_and_a_change_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = repository(tmp_path)
    monkeypatch.setattr(manifest, "PACKAGE", package)
    head = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
    assert manifest.commit() == {"commit": head, "changed": False}
    (package / "__init__.py").write_text("x = 2\n")
    manifest.commit.cache_clear()
    assert manifest.commit() == {"commit": head, "changed": True}


def test_a_package_that_git_does_not_keep_has_no_commit_though_it_lies_in_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tmp_path)
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "__init__.py").write_text("")
    monkeypatch.setattr(manifest, "PACKAGE", installed)
    assert manifest.commit() is None


def test_without_git_there_is_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", none)
    assert manifest.commit() is None
