"""The manifest of a results folder: what was asked, of which scenario, by which code."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from negosim.design import Point
from negosim.experiment import Experiment
from negosim.rules.compiled import sources_hash
from negosim.scenario import Scenario

FORMAT = 1
"""Version of the layout of the folder."""

PACKAGE = Path(__file__).parent

NOT_PLAYED = (
    "agents.py", "anatomy_text.py", "changes.py", "cli.py", "contrast.py", "contrast_text.py", "events.py",
    "experiment_schema.py", "findings.py", "findings_text.py", "forecast.py", "forecast_text.py", "interactions.py", "matrix.py",
    "model.py", "paired.py", "report.py", "robustness.py", "sensitivity.py", "sensitivity_text.py", "summary.py", "textbook_tactics.py",
    "two_samples.py", "wording.py",
    "app", "plots", "theory", "transcript",
)  # fmt: skip
"""What a sweep never runs: a change there leaves the runs of a folder valid."""

TOLD = ("agents.py", "events.py", "model.py")
"""What it does run if it keeps paths."""

PACKAGES = ("negosim", "numpy", "numba", "llvmlite", "scipy", "SALib", "pyarrow")

SAME = ("format", "experiment", "scenario", "case_scenarios", "draws", "rules", "sources", "machine")
"""What must agree before runs may be added to a folder. Titles, notes and versions alone change no run."""

IN_WORDS = ("title", "question", "reported")


def manifest_of(experiment: Experiment) -> dict[str, Any]:
    """The manifest, ready for JSON: experiment and scenario in full, every point, hashes, versions."""
    scenario = experiment.scenario
    body: dict[str, Any] = {
        "format": FORMAT,
        "experiment": experiment.model_dump(mode="json", exclude={"scenario": True, "case": {"__all__": {"scenario"}}}),
        "scenario": scenario.model_dump(mode="json"),
        "notes": _notes(scenario),
        "points": [_entry(point) for point in experiment.design_points],
        "draws": _sha256(experiment.draws),
        "rules": sources_hash(),
        "sources": _sources(told=experiment.paths > 0),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": platform.machine(),
        "platform": platform.platform(),
    }
    others = {case.name: case.scenario for case in experiment.case if case.scenario is not None}
    if others:
        body["case_scenarios"] = {name: other.model_dump(mode="json") for name, other in others.items()}
        body["case_notes"] = {name: _notes(other) for name, other in others.items()}
    plain: dict[str, Any] = json.loads(json.dumps(body))
    return {**plain, "sha256": hashes(plain)}


def _notes(scenario: Scenario) -> dict[str, Any]:
    return {name: note.model_dump(exclude_none=True) for name, note in scenario.notes.items()}


def _entry(point: Point) -> dict[str, Any]:
    """A point of the design."""
    case = {} if point.case is None else {"case": point.case}
    return {"point": point.number, **case, "label": point.label, "overrides": dict(point.overrides)}


def hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each section in canonical JSON; the scenario's is its fingerprint."""
    sections = ["experiment", "scenario", "notes", "points"]
    sections += [name for name in ("case_scenarios", "case_notes") if name in manifest]
    return {name: _sha256(manifest[name]) for name in sections}


def experiment_of(manifest: Mapping[str, Any]) -> Experiment:
    """The experiment that a manifest describes, with the points that it lists."""
    fields = {**manifest["experiment"], "scenario": _scenario(manifest["scenario"], manifest["notes"])}
    fields["case"] = [
        {**case, "scenario": _scenario(manifest["case_scenarios"][case["name"]], manifest["case_notes"][case["name"]])}
        if case["name"] in manifest.get("case_scenarios", {})
        else case
        for case in fields.get("case", [])
    ]
    points = [Point(entry["point"], entry["overrides"], entry.get("case")) for entry in manifest["points"]]
    return Experiment.as_played(fields, points)


def _scenario(values: Mapping[str, Any], notes: Mapping[str, Any]) -> Scenario:
    return Scenario.model_validate_json(json.dumps({**values, "notes": notes}))


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """What keeps the runs of two manifests from being mixed, one clause each; empty when nothing does."""
    found: list[str] = []
    for section in SAME:
        found += _leaves(section, _without_words(there.get(section)), _without_words(here.get(section)))
    if not found:  # a newer library may sample other points for the same experiment
        found += _leaves("points", there.get("points"), here["points"])
    if there.get("rules") != here["rules"]:
        found += _leaves("versions", there.get("versions"), here["versions"])
    return found


def reworded(there: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of runs that are there, with the words of another that agrees with it otherwise."""
    words = {name: here[name] for name in ("experiment", "notes", "case_notes") if name in here}
    merged = {**there, **words}
    return {**merged, "sha256": hashes(merged)}


def _sources(told: bool) -> str:
    """The SHA-256 of the sources that play a sweep, from the scenario's parameters to the parts."""
    skipped = [name for name in NOT_PLAYED if not (told and name in TOLD)]
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        if name.parts[0] not in skipped:
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
    kept = {key: value for key, value in section.items() if key not in IN_WORDS}
    if "case" in kept:
        kept["case"] = [_without_words(case) for case in kept["case"]]
    return kept


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
