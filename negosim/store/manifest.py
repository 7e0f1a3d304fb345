"""The manifest of a results folder: what was asked, of which scenario, by which code and versions, on which platform."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import llvmlite.binding
from pydantic import ValidationError

from negosim.common.errors import ScenarioError
from negosim.experiment.design import Point
from negosim.experiment.experiment import Experiment
from negosim.rules.compiled import sources_hash
from negosim.scenario.diagnosis import explain
from negosim.scenario.scenario import Scenario

FORMAT = 3
"""Version of the layout of the folder."""

SECTIONS: dict[str, type] = {
    "experiment": dict, "scenario": dict, "notes": dict, "points": list, "draws": str, "sources": str, "versions": dict,
    "platform": dict, "mixed": list,
}
"""What every manifest has that is read again, and the kind of each section."""

NOT_PLAYED = (
    "app", "cli", "plots", "report", "results", "theory", "validation",
    "common/display.py", "common/html.py", "common/paths.py", "common/plain.py", "common/text.py",
    "engine/agents.py", "engine/events.py", "engine/fork.py", "engine/model.py", "engine/person.py", "engine/transcript",
    "scenario/changes.py",
    "store/failures.py", "store/files.py", "store/lock.py", "store/precision.py", "store/store.py",
    "sweeps/compare.py", "sweeps/dask.py", "sweeps/forecast.py", "sweeps/merge.py", "sweeps/reproduce.py", "sweeps/shards.py",
    "sweeps/status.py",
)
"""Folders and files that decide no number of a sweep: a change there leaves the runs of a folder valid."""

PLAYED = ("results/runs.py", "theory/pareto.py", "theory/solutions.py", "theory/trade.py")
"""What decides numbers in such a folder."""

TOLD = ("engine/agents.py", "engine/events.py", "engine/model.py")
"""What a sweep does run if it keeps paths."""

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


def misfit(manifest: Mapping[str, Any]) -> str:
    """What keeps a manifest whose hashes fit from being that of a sweep, as a clause; empty if nothing does."""
    lacking = [name for name, kind in SECTIONS.items() if not isinstance(manifest.get(name), kind)]
    if lacking:
        return f"it lacks {lacking[0]}"
    try:
        experiment = experiment_of(manifest)
        told = [_entry(point) for point in experiment.design_points]
        cases = [case for case in experiment.bases for _ in range(len(told) // len(experiment.bases))]
        is_in_order = [(entry["point"], entry.get("case")) for entry in told] == list(enumerate(cases))
        [in_words(platform) for platform in platforms(manifest)]
    except ScenarioError as error:
        return str(error).rstrip(".")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return "its sections do not fit together"
    return "" if told and is_in_order else "its points are not numbered case by case"


def _scenario(values: Mapping[str, Any], notes: Mapping[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate_json(json.dumps({**values, "notes": notes}))
    except ValidationError as error:
        raise explain(error, Scenario, values) from None


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
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name in PLAYED or (told and name in TOLD) or not _is_in(NOT_PLAYED, name):
            digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()


def _is_in(places: Sequence[str], name: str) -> bool:
    """Whether a file is one of some places, or lies in one of them.

    >>> _is_in(["app", "store/lock.py"], "app/server.py"), _is_in(["app", "store/lock.py"], "store/plan.py")
    (True, False)
    """
    return any(name == place or name.startswith(f"{place}/") for place in places)


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


PACKAGE = Path(__file__).parent.parent

DECIDING = ("python", "numpy", "numba", "llvmlite", "scipy", "networkx")
"""What decides numbers, by way of its version; the sources of negosim have a hash of their own."""

PACKAGES = ("negosim", "numpy", "numba", "llvmlite", "scipy", "networkx", "SALib", "pyarrow", "pydantic")

INSTRUCTIONS = ("avx2", "avx512f", "fma", "fma4", "neon", "sve")
"""Instruction sets by which the C library and NumPy choose routines for exp, log and powers whose last digits may differ."""


def versions() -> dict[str, str]:
    """The version of Python and of each of PACKAGES."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


@cache
def platform_here() -> dict[str, str]:
    """What decides the last digits of a number besides the versions: system, machine, C library, instruction sets."""
    features = llvmlite.binding.get_host_cpu_features()
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "library": " ".join(platform.libc_ver()).strip() or platform.release(),
        "instructions": " ".join(name for name in INSTRUCTIONS if features.get(name)),
    }


def in_words(there: dict[str, str]) -> str:
    """A platform in words.

    >>> in_words({"system": "Linux", "machine": "x86_64", "library": "glibc 2.36", "instructions": "avx2 fma"})
    'Linux, x86_64, glibc 2.36, avx2 fma'
    """
    return ", ".join(value for value in there.values() if value)


def host() -> dict[str, str]:
    """The machine for people: it decides no number that `platform_here` does not."""
    return {"platform": platform.platform(), "processor": llvmlite.binding.get_host_cpu_name()}


@cache
def commit() -> dict[str, Any] | None:
    """The git commit of the package's sources, and whether they were changed since; None where git does not keep them."""
    found = _git("ls-files", "--error-unmatch", "__init__.py") and _git("rev-parse", "HEAD")
    if not found:
        return None
    return {"commit": found, "changed": _git("status", "--porcelain", "--", ".") != ""}


def _git(*arguments: str) -> str | None:
    """What git says of the package's folder; None when it fails, or is not there."""
    command = ["git", "--no-optional-locks", "-C", str(PACKAGE), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"  # run from its sources
