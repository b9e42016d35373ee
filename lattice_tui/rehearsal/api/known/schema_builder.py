"""Makes OpenAPI schemas of the lines of a definition."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lattice_tui.rehearsal.api.known.notation import Line, NotationError
from lattice_tui.rehearsal.api.served import JsonObject

SCALARS: Mapping[str, JsonObject] = {
    "string": {"type": "string"},
    "int": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "number": {"type": "number"},
    "bool": {"type": "boolean"},
    "bytes": {"type": "string", "format": "byte"},
    "time": {"type": "string", "format": "date-time"},
    "microtime": {"type": "string", "format": "date-time"},
    # Kubernetes publishes a quantity so: a text, or a number that it turns into one.
    "quantity": {"format": "quantity", "oneOf": [{"type": "string"}, {"type": "number"}]},
    "intstr": {"x-kubernetes-int-or-string": True},
    "any": {"x-kubernetes-preserve-unknown-fields": True},
    "object": {"type": "object"},
}
"""What the words for simple types stand for."""

Option = Callable[[str], JsonObject]


def _json(name: str) -> Option:
    return lambda text: {name: json.loads(text)}


def _text(name: str) -> Option:
    return lambda text: {name: text}


OPTIONS: Mapping[str, Option] = {
    "default": _json("default"),
    "enum": lambda text: {"enum": text.split(",")},
    "keys": lambda text: {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": text.split(",")},
    "set": lambda _: {"x-kubernetes-list-type": "set"},
    "atomic": lambda _: {"x-kubernetes-list-type": "atomic"},
    "granular": lambda _: {"x-kubernetes-map-type": "granular"},
    "whole": lambda _: {"x-kubernetes-map-type": "atomic"},
    "merge": lambda text: {"x-kubernetes-patch-merge-key": text, "x-kubernetes-patch-strategy": "merge"},
    "strategy": _text("x-kubernetes-patch-strategy"),
    "min": _json("minimum"),
    "max": _json("maximum"),
    **{
        name: _json(name)
        for name in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
    },
    "pattern": _text("pattern"),
    "format": _text("format"),
    "nullable": lambda _: {"nullable": True},
    "open": lambda _: {"x-kubernetes-preserve-unknown-fields": True},
    "embedded": lambda _: {"x-kubernetes-embedded-resource": True},
}
"""What each option adds to a schema."""


class Shapes:
    """The named shapes of all definitions; each becomes a schema when it is first asked for."""

    def __init__(self, types: Mapping[str, Line]) -> None:
        self._types = types
        self._built: dict[str, JsonObject] = {}
        self._building: list[str] = []

    def of_fields(self, fields: list[Line], about: str = "") -> JsonObject:
        """The schema of an object with those fields."""
        schema: JsonObject = {"description": about} if about else {}
        schema["type"] = "object"
        required = sorted(line.name for line in fields if line.is_required)
        if required:
            schema["required"] = required
        if fields:
            schema["properties"] = {line.name: self.of_field(line) for line in fields}
        return schema

    def of_field(self, line: Line) -> JsonObject:
        """The schema of one field."""
        options = line.words[1:]
        written = ""
        if options and _is_type(options[0]):
            written, options = options[0], options[1:]
        schema = self._of_type(written, line)
        schema = _with_options(schema, line, options)
        return {"description": line.about, **_without_description(schema)} if line.about else schema

    def _of_type(self, written: str, line: Line) -> JsonObject:
        if written in ("", "object"):
            return self.of_fields(line.below) if line.below else {"type": "object"}
        if written[0] == "[":
            return {"type": "array", "items": self._of_type(written[1:-1], line)}
        if written[0] == "{":
            return {"type": "object", "additionalProperties": self._of_type(written[1:-1], line)}
        return SCALARS[written] if written in SCALARS else self._named(written)

    def _named(self, name: str) -> JsonObject:
        if name not in self._built:
            if name not in self._types or name in self._building:
                raise NotationError(f"no type {name}, or one that holds itself")
            self._building.append(name)
            self._built[name] = self._built_from(self._types[name])
            self._building.pop()
        return self._built[name]

    def _built_from(self, line: Line) -> JsonObject:
        """The schema of a `type` or an `alias`."""
        if line.words[0] == "alias":
            return self.of_field(Line(line.words[1:], line.about))
        return _with_options(self.of_fields(line.below, line.about), line, line.words[2:])


def _with_options(schema: JsonObject, line: Line, options: tuple[str, ...]) -> JsonObject:
    for option in options:
        name, _, value = option.partition("=")
        if name not in OPTIONS:
            raise NotationError(f"unknown option {option!r} of {' '.join(line.words)}")
        schema = {**schema, **OPTIONS[name](value)}
    return schema


def _is_type(word: str) -> bool:
    return word[0] in "[{" or word in SCALARS or word[0].isupper()


def _without_description(schema: Mapping[str, Any]) -> JsonObject:
    return {name: value for name, value in schema.items() if name != "description"}
