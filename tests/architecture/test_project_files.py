"""The files about the project agree with each other, and name nobody's machine."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.house import ROOT, files, local_names

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = [*PROJECT["dependencies"], *(text for extra in EXTRAS.values() for text in extra)]
REQUIREMENTS = [Requirement(text) for text in ASKED if not text.startswith(f"{PROJECT['name']}[")]
PYTHONS = ("3.11", "3.12", "3.13")


def pins(text: str, python: str) -> dict[str, str]:
    """Return the version that a constraints file pins for each name on a Python."""
    environment = default_environment() | {"python_version": python, "python_full_version": f"{python}.0"}
    pinned: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        wanted = Requirement(line)
        (specifier,) = wanted.specifier
        assert specifier.operator == "==", f"{line} is not pinned"
        if wanted.marker is None or wanted.marker.evaluate(environment):
            name = canonicalize_name(wanted.name)
            assert name not in pinned, f"{name} is pinned twice on Python {python}"
            pinned[name] = specifier.version
    return pinned


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_every_dependency_is_pinned_to_a_version_it_allows(requirement: Requirement, python: str) -> None:
    pinned = pins((ROOT / "constraints.txt").read_text(), python)
    assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_tests_run_with_every_extra() -> None:
    assert all(f"negosim[{name}]" in EXTRAS["dev"] or set(EXTRAS["dev"]) >= set(extra) for name, extra in EXTRAS.items())


@pytest.mark.parametrize("python", PYTHONS)
def test_what_the_package_is_built_with_is_pinned_to_the_same_version(python: str) -> None:
    pinned = pins((ROOT / "constraints.txt").read_text(), python)
    for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]:
        wanted = Requirement(text)
        assert str(wanted.specifier) == f"=={pinned[canonicalize_name(wanted.name)]}"


@pytest.mark.parametrize(
    "text", ["numpy>=2", "numpy==2.0\nnumpy==2.1", 'numpy==2.0\nNumPy==2.1 ; python_version < "3.12"']
)
def test_a_pin_that_is_loose_or_doubled_is_noticed(text: str) -> None:
    with pytest.raises(AssertionError, match="pinned"):
        pins(text, "3.11")


def test_every_toml_file_of_the_tree_can_be_read() -> None:
    for path in files(ROOT, ".toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8")), path


def test_the_citation_names_what_a_reader_needs_and_the_version_of_the_package() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]


def test_the_newest_entry_of_the_changelog_is_the_version_of_the_package() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## [")]
    assert headings[0].startswith(f"## [{PROJECT['version']}]")


def test_no_file_names_a_folder_of_a_machine_or_an_index_of_packages() -> None:
    assert local_names(ROOT) == []


# The faults are in two pieces, or this file would be one of those that it looks for.
@pytest.mark.parametrize("pieces", ["/wo|rk/main/x.py", "cd '/ro|ot/x'", "--index|-url x"])
def test_a_file_that_names_a_machine_or_an_index_is_noticed(pieces: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("A line.\n" + pieces.replace("|", ""))
    assert len(local_names(tmp_path)) == 1


def test_a_lock_file_and_machine_code_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").write_text("")
    (tmp_path / "rule.nbc").write_bytes(b"\x80\x04")
    assert local_names(tmp_path) == ["poetry.lock is a lock file", "rule.nbc is machine code"]
