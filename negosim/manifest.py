"""The manifest of a results folder: what was asked, of which scenario, by which code, on which platform."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from negosim.design import Point
from negosim.experiment import Experiment
from negosim.origin import DECIDING, PACKAGE, commit, host, platform_here, versions
from negosim.rules.compiled import sources_hash
from negosim.scenario import Scenario

FORMAT = 2
"""Version of the layout of the folder."""

NOT_PLAYED = (
    "agents.py", "anatomy_text.py", "changes.py", "cluster.py", "contrast.py", "contrast_text.py", "events.py",
    "experiment_schema.py", "failures.py", "findings.py", "findings_text.py", "folder_lock.py", "forecast.py",
    "forecast_text.py", "interactions.py", "matrix.py", "merge.py", "model.py", "pace.py", "paired.py", "reached.py",
    "report.py", "reproduce.py", "robustness.py", "sensitivity.py", "sensitivity_text.py", "status.py", "store.py",
    "store_error.py", "summary.py", "textbook_tactics.py", "two_samples.py", "whole_file.py", "wording.py", "app", "cli",
    "plots", "theory", "transcript",
)  # fmt: skip
"""What decides no number of a sweep: a change there leaves the runs of a folder valid."""

TOLD = ("agents.py", "events.py", "model.py")
"""What it does run if it keeps paths."""

SAME = ("format", "experiment", "scenario", "case_scenarios", "draws", "sources", "versions", "platform", "points")
"""What must agree before runs may be added to a folder, of the versions those of DECIDING. Titles and notes change no run."""

IN_WORDS = ("title", "question", "reported")


def manifest_of(experiment: Experiment) -> dict[str, Any]:
    """The manifest, ready for JSON: experiment and scenario in full, every point, versions, platform, commit, hashes."""
    scenario = experiment.scenario
    body: dict[str, Any] = {
        "format": FORMAT,
        "experiment": experiment.model_dump(mode="json", exclude={"scenario": True, "case": {"__all__": {"scenario"}}}),
        "scenario": scenario.model_dump(mode="json"),
        "notes": _notes(scenario),
        "points": [_entry(point) for point in experiment.design_points],
        "draws": _sha256(experiment.draws),
        "rules": sources_hash(),
        **decides(told=experiment.paths > 0),
        "mixed": [],
        "host": host(),
        "git": commit(),
    }
    others = {case.name: case.scenario for case in experiment.case if case.scenario is not None}
    if others:
        body["case_scenarios"] = {name: other.model_dump(mode="json") for name, other in others.items()}
        body["case_notes"] = {name: _notes(other) for name, other in others.items()}
    plain: dict[str, Any] = json.loads(json.dumps(body))
    return {**plain, "sha256": hashes(plain)}


def decides(told: bool) -> dict[str, Any]:
    """What decides numbers besides the question: sources (with those that tell rounds, if `told`), versions, platform."""
    return {"sources": _sources(told), "versions": versions(), "platform": platform_here()}


def _notes(scenario: Scenario) -> dict[str, Any]:
    return {name: note.model_dump(exclude_none=True) for name, note in scenario.notes.items()}


def _entry(point: Point) -> dict[str, Any]:
    """A point of the design."""
    case = {} if point.case is None else {"case": point.case}
    return {"point": point.number, **case, "label": point.label, "overrides": dict(point.overrides)}


def hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each section in canonical JSON; the scenario's is its fingerprint."""
    return {name: _sha256(section) for name, section in manifest.items() if name != "sha256"}


def fingerprint(manifest: Mapping[str, Any]) -> str:
    """The SHA-256 of all that decides the values of a sweep but for the platform: what every part of it has to carry."""
    return _sha256({name: _deciding(manifest, name) for name in SAME if name != "platform"})


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


def differences(there: Mapping[str, Any], here: Mapping[str, Any], allow_platform: bool = False) -> list[str]:
    """What keeps the runs of two manifests from being mixed, one clause each; empty when nothing does.

    A platform that is mixed there already is no difference, and none is one with `allow_platform`.
    """
    found: list[str] = []
    for name in SAME:
        if name == "platform":
            new = [] if allow_platform else [one for one in platforms(here) if one not in platforms(there)]
            found += [clause for platform in new for clause in _leaves(name, there.get(name), platform)]
        elif name != "points" or not found:  # a newer library may sample other points for the same experiment
            found += _leaves(name, _deciding(there, name), _deciding(here, name))
    return found


def platforms(manifest: Mapping[str, Any]) -> list[Any]:
    """The platforms on which runs of a folder may have been played: that of its beginning, and those mixed in."""
    return [manifest.get("platform"), *manifest.get("mixed", [])]


def renewed(there: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of runs that are there, with the words and the platforms of another that agrees with it otherwise."""
    more = [other for other in platforms(here) if other not in platforms(there)]
    words = {name: here[name] for name in ("experiment", "notes", "case_notes") if name in here}
    merged = {**there, **words, "mixed": [*there["mixed"], *more]}
    return {**merged, "sha256": hashes(merged)}


def _deciding(manifest: Mapping[str, Any], name: str) -> Any:
    """A section without what decides no number."""
    section = manifest.get(name)
    if name == "versions" and isinstance(section, dict):
        return {key: section.get(key) for key in DECIDING}
    return _without_words(section)


def _sources(told: bool) -> str:
    """The SHA-256 of the sources that play a sweep, from the scenario's parameters to the parts."""
    skipped = [name for name in NOT_PLAYED if not (told and name in TOLD)]
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        if name.parts[0] not in skipped:
            digest.update(name.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


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
