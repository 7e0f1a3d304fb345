"""The manifest of a results folder: what was asked, of which scenario, by which code."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from negosim.experiment import Experiment
from negosim.rules.compiled import sources_hash
from negosim.scenario import Scenario

FORMAT = 1
"""Version of the layout of the folder."""

PACKAGE = Path(__file__).parent

NOT_PLAYED = (
    "agents.py", "anatomy_text.py", "cli", "events.py", "findings.py", "findings_text.py", "interactions.py", "matrix.py",
    "model.py", "paired.py", "report.py", "robustness.py", "summary.py", "textbook_tactics.py", "app", "plots", "theory",
    "transcript",
)  # fmt: skip
"""What a sweep never runs: a change there leaves the runs of a folder valid."""

PACKAGES = ("negosim", "numpy", "numba", "llvmlite", "scipy", "pyarrow")

SAME = ("format", "experiment", "scenario", "draws", "rules", "sources", "machine")
"""What must agree before runs may be added to a folder. Titles, notes and versions alone change no run."""

IN_WORDS = ("title", "question", "reported")


def manifest_of(experiment: Experiment) -> dict[str, Any]:
    """The manifest, ready for JSON: experiment and scenario in full, every point, hashes, versions."""
    scenario = experiment.scenario
    body: dict[str, Any] = {
        "format": FORMAT,
        "experiment": experiment.model_dump(mode="json", exclude={"scenario"}),
        "scenario": scenario.model_dump(mode="json"),
        "notes": {name: note.model_dump(exclude_none=True) for name, note in scenario.notes.items()},
        "points": [
            {"point": point.number, "label": point.label, "overrides": dict(point.overrides)}
            for point in experiment.design_points
        ],
        "draws": _sha256(experiment.draws),
        "rules": sources_hash(),
        "sources": _sources(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": platform.machine(),
        "platform": platform.platform(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(body))
    return {**plain, "sha256": hashes(plain)}


def hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each section in canonical JSON; the scenario's is its fingerprint."""
    return {name: _sha256(manifest[name]) for name in ("experiment", "scenario", "notes", "points")}


def experiment_of(manifest: Mapping[str, Any]) -> Experiment:
    """The experiment that a manifest describes."""
    scenario = Scenario.model_validate_json(
        json.dumps({**manifest["scenario"], "notes": manifest["notes"]})
    )
    return Experiment(**manifest["experiment"], scenario=scenario)


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """What keeps the runs of two manifests from being mixed, one clause each; empty when nothing does."""
    found: list[str] = []
    for section in SAME:
        found += _leaves(section, _without_words(there.get(section)), _without_words(here[section]))
    if there.get("rules") != here["rules"]:
        found += _leaves("versions", there.get("versions"), here["versions"])
    return found


def reworded(there: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of runs that are there, with the words of another that agrees with it otherwise."""
    merged = {**there, "experiment": here["experiment"], "notes": here["notes"]}
    return {**merged, "sha256": hashes(merged)}


def _sources() -> str:
    """The SHA-256 of the sources that play a sweep, from the scenario's parameters to the parts."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        if name.parts[0] not in NOT_PLAYED:
            digest.update(name.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"  # run from its sources


def _without_words(section: Any) -> Any:
    if not isinstance(section, dict):
        return section
    return {key: value for key, value in section.items() if key not in IN_WORDS}


def _leaves(name: str, there: Any, here: Any) -> Iterator[str]:
    """The values that differ between two trees of JSON, each with its dotted name."""
    if isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        there, here = dict(enumerate(there, start=1)), dict(enumerate(here, start=1))
    if isinstance(there, dict) and isinstance(here, dict):
        for key in dict.fromkeys([*there, *here]):
            yield from _leaves(f"{name}.{key}", there.get(key), here.get(key))
    elif there != here:
        yield f"{name}: {_short(there)} there, {_short(here)} here"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _sha256(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
