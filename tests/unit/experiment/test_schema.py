"""The JSON schema of experiment files: as files are, with a word about each key."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from negosim.experiment.experiment import Experiment
from tests.architecture.house import ROOT

SCHEMA: dict[str, Any] = json.loads(json.dumps(Experiment.schema()))
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is as the schema says, as far as types, keys and words go."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return any(fits(value, each) for each in schema["anyOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, TYPES[kind]) for kind in kinds) or value not in schema.get("enum", [value]):
        return False
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        allowed = [known.get(key, others) for key in value]
        pairs = zip(value.values(), allowed, strict=True)
        fitting = [each if isinstance(each, bool) else fits(item, each) for item, each in pairs]
        return all(fitting) and set(schema.get("required", [])) <= set(value)
    return all(fits(item, schema["items"]) for item in value) if isinstance(value, list) and "items" in schema else True


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_experiments_are_as_the_schema_says(path: Path) -> None:
    assert fits(tomllib.loads(path.read_text(encoding="utf-8")), SCHEMA)


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("", True),
        ('points = "points.csv"', True),
        ("points = [{sender.ambiguity = 0.1}]", True),
        ('case = [{name = "a", scenario = "pie", set = {talks.rounds = 3}}]', True),
        ('vary = [{parameter = "talks.rounds", distribution = {kind = "normal", mean = 3, sd = 1}}]', True),
        ('[precision]\nquantity = "no_deal"\nhalf_width = 0.01', True),
        ('precision = {quantity = ["no_deal", "rounds"], half_width = 0.01, of = "differences", most = 9}', True),
        ("precision = {most = 9}", False),
        ("points = 3", False),
        ('design = "factorial"', False),
        ('vary = [{values = [1]}]', False),
        ('case = [{name = "a", sett = 3}]', False),
        ("replicatons = 3", False),
    ],
)
def test_the_schema_tells_a_file_from_what_is_none(text: str, is_right: bool) -> None:
    head = 'name = "a"\ntitle = "A"\nquestion = "?"\nscenario = "pie"\nreplications = 1\nseed = 0\n'
    assert fits(tomllib.loads(head + text), SCHEMA) is is_right


def test_every_key_is_described_and_nothing_may_be_null() -> None:
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        assert part["description"] and ">>>" not in part["description"]
        assert all("description" in declared for declared in part["properties"].values())
    assert set(SCHEMA["properties"]) == set(Experiment.model_fields) and '"null"' not in json.dumps(SCHEMA)
