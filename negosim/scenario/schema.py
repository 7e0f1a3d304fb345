"""The JSON schema of a scenario file: the parts as declared, each number bare or with its note."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_NOTE = {
    "source": {"type": "string", "description": "the publisher and document the number comes from"},
    "assumed": {"type": "string", "description": "why this value was chosen, when there is no source"},
    "range": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
}


def scenario_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of `model` as files may write it: numbers bare or with a note, `extends` and `without`."""
    schema = model.model_json_schema()
    schema["properties"].pop("notes")
    schema["$defs"].pop("Note")
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "name or relative path of a scenario over which this file is laid; what that one says "
        "need not be said again",
    }
    schema["properties"]["without"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "dotted names of what is left out of the scenario over which this file is laid: it has its defaults again",
    }
    for part in [schema, *schema["$defs"].values()]:
        for name, declared in part["properties"].items():
            if declared.get("sweepable"):
                part["properties"][name] = _with_note(declared, "values" if name == "salience" else "value")
    return schema


def _with_note(declared: dict[str, Any], key: str) -> dict[str, Any]:
    """A number, or a table of the number and its note."""
    about: dict[str, Any] = {
        word: declared[word] for word in ("title", "description", "default", "unit") if word in declared
    }
    bare = {word: rest for word, rest in declared.items() if word not in about and word != "sweepable"}
    properties: dict[str, Any] = {key: bare, **_NOTE}
    if key == "values":
        properties["normalise"] = {"type": "boolean"}
    noted = {"type": "object", "properties": properties, "required": [key], "additionalProperties": False}
    return {**about, "anyOf": [bare, noted]}
