"""The JSON schema of an experiment's file."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def experiment_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of `model` as files may write it: no nulls, for what is left out, and points as a list or a path."""
    schema = model.model_json_schema()
    points = schema["properties"]["points"]
    schema["properties"]["points"] = {
        "description": points.pop("description"),
        "anyOf": [{"type": "array", "items": points["items"]}, {"type": "string"}],
    }
    for part in [schema, *schema["$defs"].values()]:
        part["description"] = part["description"].partition("\n\n>>>")[0]  # no examples in Python
        part["properties"] = {name: _without_null(declared) for name, declared in part["properties"].items()}
    return schema


def _without_null(declared: dict[str, Any]) -> dict[str, Any]:
    """A field that TOML can leave out, but not set to null."""
    if {"type": "null"} not in declared.get("anyOf", []):
        return declared
    rest = {word: said for word, said in declared.items() if word not in ("anyOf", "default")}
    (inner,) = [choice for choice in declared["anyOf"] if choice != {"type": "null"}]
    return {**inner, **rest}
