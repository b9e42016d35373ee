"""Whether the schema of a CustomResourceDefinition is structural: what a v1 definition must be to be accepted.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation and .../pkg/apiserver/schema/validation.go.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.schemas.nodes import DEEPEST
from lattice_tui.rehearsal.api.schemas.patterns import PatternError, compiled
from lattice_tui.rehearsal.api.schemas.words import Violation, forbidden, invalid, not_supported, required

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_NOT_IN_VALIDATIONS = ("type", "default", "nullable", "description", "title", "additionalProperties")
_LIST_TYPES = ("atomic", "map", "set")


def problems(schema: Any, path: str) -> list[Violation]:
    """Why the server would refuse a definition with this schema; empty when it would not."""
    found: list[Violation] = []
    if not isinstance(schema, dict):
        return [required(path, "schemas are required")]
    if schema.get("type") != "object":
        words = invalid(f"{path}.type", schema.get("type", ""), "must be object at the root")
        found.append(words if schema.get("type") else required(f"{path}.type", "must not be empty at the root"))
    if schema.get("nullable") is True:
        found.append(forbidden(f"{path}.nullable", "nullable cannot be true at the root"))
    _level(schema, path, found, 0)
    return found


def _level(schema: dict[str, Any], path: str, found: list[Violation], depth: int) -> None:
    if depth > DEEPEST:
        found.append(forbidden(path, f"more than {DEEPEST} levels are not walked here"))
        return
    _own(schema, path, found)
    children: list[tuple[str, Any, str]] = []
    properties = schema.get("properties") or {}
    if not isinstance(properties, dict):
        found.append(invalid(f"{path}.properties", properties, "must be an object"))
        properties = {}
    children += [(f"{path}.properties[{name}]", inner, "object fields") for name, inner in properties.items()]
    if isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
        children.append((f"{path}.additionalProperties", inner, "object fields"))
    if schema.get("items") is not None:
        children.append((f"{path}.items", schema["items"], "array items"))
    for inner_path, inner, place in children:
        if not isinstance(inner, dict):
            found.append(forbidden(inner_path, "must be a schema object and not an array"))
            continue
        _typed(inner, inner_path, place, found)
        _level(inner, inner_path, found, depth + 1)
    for name in ("allOf", "anyOf", "oneOf"):
        for place_number, inner in enumerate(schema.get(name) or ()):
            _validation(inner, f"{path}.{name}[{place_number}]", found, schema, depth + 1)
    if schema.get("not") is not None:
        _validation(schema["not"], f"{path}.not", found, schema, depth + 1)


def _typed(schema: dict[str, Any], path: str, place: str, found: list[Violation]) -> None:
    free = schema.get("x-kubernetes-int-or-string") is True or (
        schema.get("x-kubernetes-preserve-unknown-fields") is True and not schema.get("properties")
    )
    if not schema.get("type") and not free:
        found.append(required(f"{path}.type", f"must not be empty for specified {place}"))
    elif schema.get("type") and schema.get("type") not in _TYPES:
        found.append(not_supported(f"{path}.type", schema.get("type"), _TYPES))


def _own(schema: dict[str, Any], path: str, found: list[Violation]) -> None:
    if schema.get("$ref"):
        found.append(forbidden(f"{path}.$ref", "$ref is not supported"))
    if schema.get("uniqueItems") is True:
        words = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        found.append(forbidden(f"{path}.uniqueItems", words))
    if schema.get("additionalProperties") is False:
        found.append(forbidden(f"{path}.additionalProperties", "additionalProperties cannot be set to false"))
    elif schema.get("additionalProperties") and schema.get("properties"):
        words = "additionalProperties and properties are mutual exclusive"
        found.append(forbidden(f"{path}.additionalProperties", words))
    if schema.get("type") == "array" and schema.get("items") is None:
        found.append(required(f"{path}.items", "must be specified"))
    if isinstance(schema.get("pattern"), str):
        try:
            compiled(schema["pattern"])
        except PatternError as broken:
            words = f"must be a valid regular expression, but isn't: {broken}"
            found.append(invalid(f"{path}.pattern", schema["pattern"], words))
    _list_type(schema, path, found)


def _list_type(schema: dict[str, Any], path: str, found: list[Violation]) -> None:
    list_type, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys")
    if list_type is not None and list_type not in _LIST_TYPES:
        found.append(not_supported(f"{path}.x-kubernetes-list-type", list_type, _LIST_TYPES))
    if list_type is not None and schema.get("type") != "array":
        words = "must be array if x-kubernetes-list-type is specified"
        found.append(invalid(f"{path}.type", schema.get("type", ""), words))
    if list_type == "map" and not keys:
        words = "must not be empty if x-kubernetes-list-type is map"
        found.append(required(f"{path}.x-kubernetes-list-map-keys", words))


def _validation(inner: Any, path: str, found: list[Violation], around: dict[str, Any], depth: int) -> None:
    """A schema within allOf, anyOf, oneOf or not may restrict, and may not describe."""
    if not isinstance(inner, dict):
        found.append(invalid(path, inner, "must be an object"))
        return
    if depth > DEEPEST:
        found.append(forbidden(path, f"more than {DEEPEST} levels are not walked here"))
        return
    for name in _NOT_IN_VALIDATIONS:
        number_or_text = name == "type" and around.get("x-kubernetes-int-or-string") is True
        if inner.get(name) not in (None, "", False) and not number_or_text:
            found.append(forbidden(f"{path}.{name}", "must be empty to be structural"))
    for name, below in (inner.get("properties") or {}).items():
        _validation(below, f"{path}.properties[{name}]", found, {}, depth + 1)
    if inner.get("items") is not None:
        _validation(inner["items"], f"{path}.items", found, {}, depth + 1)
