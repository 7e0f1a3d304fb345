"""The manifest: what was asked in full, and what keeps two folders from being mixed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from negosim.experiment.distributions import TAKES
from negosim.store import manifest as module
from negosim.store.manifest import differences, experiment_of, fingerprint, hashes, manifest_of, platforms, renewed
from tests.unit.pretend import assuming, experiment

ELSEWHERE = {"system": "Linux", "machine": "aarch64", "library": "glibc 2.36", "instructions": "neon sve"}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return manifest_of(experiment())


def on(platform: Any, manifest: dict[str, Any], mixed: Any = ()) -> dict[str, Any]:
    return {**manifest, "platform": platform, "mixed": list(mixed)}


def test_a_manifest_holds_all_that_was_asked_and_where_it_was_played(manifest: dict[str, Any]) -> None:
    assert manifest["experiment"]["seed"] == 7 and manifest["scenario"]["name"] == "pie"
    assert [point["overrides"] for point in manifest["points"]] == [{}, {"sender.ambiguity": 0.1}, {"sender.ambiguity": 0.2}]
    assert {"python", "negosim", "numpy", "numba", "llvmlite", "scipy", "networkx"} <= manifest["versions"].keys()
    assert manifest["platform"]["system"] and manifest["host"]["platform"] and manifest["mixed"] == []
    assert "git" in manifest


def test_a_manifest_gives_back_its_experiment(manifest: dict[str, Any]) -> None:
    made = experiment(scenario=assuming(), baseline={"talks.rounds": 5}, assumed_draws=2)
    again = experiment_of(json.loads(json.dumps(manifest_of(made))))
    assert again.scenario == made.scenario and again.draws == made.draws
    assert manifest_of(again) == manifest_of(made)
    assert manifest["sha256"]["scenario"] == experiment().scenario.fingerprint()


def test_every_section_has_a_hash(manifest: dict[str, Any]) -> None:
    assert manifest["sha256"] == hashes(manifest) and set(manifest["sha256"]) == set(manifest) - {"sha256"}
    for name in manifest["sha256"]:
        assert hashes({**manifest, name: "another"}) != manifest["sha256"]


@pytest.mark.parametrize("name", ["python", "numpy", "numba", "llvmlite", "scipy", "networkx"])
def test_another_version_of_what_decides_numbers_is_a_difference(manifest: dict[str, Any], name: str) -> None:
    other = {**manifest, "versions": {**manifest["versions"], name: "99.0"}}
    assert differences(manifest, other) == [f'versions.{name}: "{manifest["versions"][name]}" there, "99.0" here']
    assert fingerprint(other) != fingerprint(manifest)


def test_other_sources_are_a_difference_and_those_that_play_nothing_are_none(
    manifest: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("engine", "results", "rules", "cli", "theory"):
        (tmp_path / folder).mkdir()
    plays, plays_nothing = ("engine/kernel.py", "rules/luck.py", "theory/pareto.py"), ("results/summary.py", "cli/progress.py")
    for name in (*plays, *plays_nothing):
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    before = manifest_of(experiment())
    for name in plays_nothing:
        (tmp_path / name).write_text("x = 2\n")
    assert manifest_of(experiment()) == before
    for name in plays:
        (tmp_path / name).write_text("x = 2\n")
        (clause,) = differences(before, manifest_of(experiment()))
        assert clause.startswith("sources: ")
        (tmp_path / name).write_text("x = 1\n")


def test_every_name_of_what_plays_nothing_is_there() -> None:
    named = (*module.NOT_PLAYED, *module.PLAYED, *module.TOLD)
    assert [name for name in named if not (module.PACKAGE / name).exists()] == []


def test_what_changes_no_run_is_no_difference(manifest: dict[str, Any]) -> None:
    reworded = manifest_of(experiment(title="Another title", question="Other words?"))
    reworded["versions"]["pyarrow"] = "99.0"
    reworded["host"]["processor"] = "another"
    reworded["git"] = {"commit": "another", "changed": True}
    assert differences(manifest, reworded) == [] and fingerprint(reworded) == fingerprint(manifest)


def test_other_draws_of_the_assumed_numbers_are_a_difference() -> None:
    one, two = (
        manifest_of(experiment(scenario=assuming({"sender.toughness": (0.5, high)}), assumed_draws=4))
        for high in (2.0, 3.0)
    )
    assert [clause.split(":")[0] for clause in differences(one, two)] == ["draws"]


def test_another_platform_is_a_difference_until_it_is_allowed_or_mixed_already(manifest: dict[str, Any]) -> None:
    there = on(ELSEWHERE, manifest)
    clauses = differences(there, manifest)
    assert clauses and all(clause.startswith("platform.") for clause in clauses)
    assert f'platform.machine: "aarch64" there, "{manifest["platform"]["machine"]}" here' in clauses
    assert differences(there, manifest, allow_platform=True) == []
    assert differences(on(ELSEWHERE, manifest, [manifest["platform"]]), manifest) == []
    assert differences(manifest, on(manifest["platform"], manifest, [ELSEWHERE])) != []
    assert fingerprint(there) == fingerprint(manifest)


def test_a_renewed_manifest_takes_over_words_and_platforms_and_nothing_else(manifest: dict[str, Any]) -> None:
    here = on(ELSEWHERE, manifest_of(experiment(title="Better said")))
    merged = renewed(manifest, here)
    assert merged["experiment"]["title"] == "Better said" and platforms(merged) == [manifest["platform"], ELSEWHERE]
    assert merged["sha256"] == hashes(merged) and merged["points"] == manifest["points"]
    assert renewed(merged, here) == merged and renewed(manifest, manifest) == manifest


@pytest.mark.parametrize("kind", sorted(TAKES))
def test_an_experiment_with_any_distribution_comes_back_from_its_manifest(kind: str) -> None:
    given = {"low": 0.5, "mode": 1.0, "high": 2.0, "mean": 1.0, "sd": 0.1, "median": 1.0, "log_sd": 0.1, "a": 1.0, "b": 3.0}
    distribution = {"kind": kind, **{name: given[name] for name in TAKES[kind]}}
    vary = [{"parameter": "sender.toughness", "distribution": distribution}]
    made = experiment(design="latin-hypercube", size=4, vary=vary)
    again = experiment_of(manifest_of(made))
    assert again.design_points == made.design_points and again.vary == made.vary
