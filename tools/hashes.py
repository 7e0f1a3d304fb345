"""The hashes of all that pip installs for negosim on this kind of machine, for `pip install --require-hashes`.

    python -m tools.hashes hashes.txt
    pip install --require-hashes --no-deps -r hashes.txt
    pip install --no-deps --no-build-isolation .

Make the file once, where you trust what pip fetches, and install from it elsewhere: what differs by a byte is refused. A hash is
that of one file, and files differ between systems and Pythons; so the project keeps none, as it keeps no lock file.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def lines(report: dict[str, Any], pins: str) -> list[str]:
    """Return one line a distribution of a report of pip's, with its hash; ValueError for one that the pins do not name."""
    found = []
    for each in report["install"]:
        archive = each["download_info"].get("archive_info")
        if archive is None:
            continue  # the clone itself
        name, version = each["metadata"]["name"], each["metadata"]["version"]
        spelt = re.sub(r"[-_.]+", "[-_.]+", re.sub(r"[-_.]+", "-", name))
        if not re.search(rf"^{spelt}=={re.escape(version)}\s*(;.*)?$", pins, re.MULTILINE | re.IGNORECASE):
            raise ValueError(f"{name} {version} is not pinned in constraints.txt. Add it there.")
        found.append(f"{name}=={version} --hash=sha256:{archive['hashes']['sha256']}")
    return sorted(found, key=str.lower)


def resolved(extra: str) -> dict[str, Any]:
    """Return what pip would install into an empty environment, as it reports it; nothing is installed."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    asked = ["--dry-run", "--ignore-installed", "--report", "-", "-c", "constraints.txt"]
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *asked, *build, f".[{extra}]"]
    report: dict[str, Any] = json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    return report


def main(words: Sequence[str] | None = None) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the file to write")
    parser.add_argument("--extra", default="dev", help="what is installed with negosim (default: dev, which is all)")
    given = parser.parse_args(words)
    pins = (ROOT / "constraints.txt").read_text()
    given.file.write_text("\n".join(lines(resolved(given.extra), pins)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
