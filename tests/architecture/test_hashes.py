"""The hashes that the project offers are those of what it pins."""

from __future__ import annotations

from typing import Any

import pytest

from tools import hashes


def _reported(name: str, version: str) -> dict[str, Any]:
    """A distribution in a report of pip's."""
    return {"metadata": {"name": name, "version": version}, "download_info": {"archive_info": {"hashes": {"sha256": "ab12"}}}}


def test_the_hashes_are_those_of_what_pip_would_install_but_for_the_clone() -> None:
    clone = {"metadata": {"name": "negosim", "version": "1"}, "download_info": {"dir_info": {}}}
    report = {"install": [_reported("typing_extensions", "4.1"), clone, _reported("Mesa", "3.3.1"), _reported("duckdb", "2.0")]}
    pins = "# pins\nduckdb==2.0\nMesa==3.3.1 ; python_version < '3.12'\ntyping-extensions==4.1\n"
    assert hashes.lines(report, pins) == [
        "duckdb==2.0 --hash=sha256:ab12", "Mesa==3.3.1 --hash=sha256:ab12", "typing_extensions==4.1 --hash=sha256:ab12",
    ]  # fmt: skip


@pytest.mark.parametrize("pins", ["duckdb==2.0.1", "duckdb==2x0", "not-duckdb==2.0", "# duckdb==2.0", ""])
def test_a_distribution_that_is_not_pinned_has_no_hash(pins: str) -> None:
    with pytest.raises(ValueError, match=r"duckdb 2\.0 is not pinned in constraints\.txt"):
        hashes.lines({"install": [_reported("duckdb", "2.0")]}, pins)
