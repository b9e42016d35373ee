"""OpenAPI v2: one document of everything served, for helm and for kubectl's own checks. Made from the v3 documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lattice_tui.rehearsal.api import openapi_v3, protobuf
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.openapi_meta import REFERENCE
from lattice_tui.rehearsal.api.openapi_schemas import PRESERVE, digest, group_versions, served_at

JsonObject = dict[str, Any]

DEFINITIONS = "#/definitions/"
INT_OR_STRING = "x-kubernetes-int-or-string"
NOT_IN_V2 = frozenset({"oneOf", "anyOf", "not", "allOf", "nullable", "x-kubernetes-validations"})
"""What a v2 schema cannot say, or a real server leaves out of it."""
DEPENDING_ON_TYPE = ("properties", "items", "additionalProperties", "required")
KEPT_ENCODED = 8
"""How many encoded documents are kept: one takes a quarter of a second to make, and every helm command asks for it."""
METHODS = ("get", "put", "post", "delete", "patch")


def document(kinds: Iterable[Kind], server_version: str = "") -> JsonObject:
    """`/openapi/v2`: every definition and every path."""
    known = tuple(kinds)
    paths: dict[str, JsonObject] = {}
    definitions: dict[str, JsonObject] = {}
    for group, version in sorted(group_versions(known)):
        of_version = openapi_v3.document(known, group, version, server_version) or {}
        paths |= {path: _path_item(item) for path, item in of_version["paths"].items()}
        schemas = of_version["components"]["schemas"]
        definitions |= {name: _schema(schema) for name, schema in schemas.items() if name not in definitions}
    return {
        "swagger": "2.0",
        "info": {"title": openapi_v3.TITLE, "version": server_version or "unversioned"},
        "paths": dict(sorted(paths.items())),
        "definitions": dict(sorted(definitions.items())),
    }


def encoded_document(kinds: Iterable[Kind], server_version: str = "") -> tuple[bytes, str]:
    """`/openapi/v2` in protobuf, and its hash for the ETag."""
    known = tuple(kinds)
    every = [pair for group, version in group_versions(known) for pair in served_at(known, group, version)]
    key = digest(every)
    if (key, server_version) not in _encoded:
        if len(_encoded) >= KEPT_ENCODED:
            _encoded.pop(next(iter(_encoded)))
        _encoded[key, server_version] = protobuf.encoded(document(known, server_version))
    return _encoded[key, server_version], key


_encoded: dict[tuple[str, str], bytes] = {}


def _schema(schema: JsonObject) -> JsonObject:
    """A v3 schema as v2 can say it. A field that may be null or hold anything is left without a type."""
    if (target := _target(schema)) is not None:
        described = {"description": schema["description"]} if schema.get("description") else {}
        return {"$ref": f"{DEFINITIONS}{target}", **described}
    kept = {key: value for key, value in schema.items() if key not in NOT_IN_V2}
    open_parts = schema.get("nullable") or schema.get(INT_OR_STRING)
    if open_parts:
        kept.pop("type", None)
    if open_parts or (schema.get(PRESERVE) and "metadata" not in (schema.get("properties") or {})):
        for key in DEPENDING_ON_TYPE:
            kept.pop(key, None)
    if "properties" in kept:
        kept["properties"] = {name: _schema(value) for name, value in kept["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = _schema(kept[key])
    if kept.get("type") == "array" and "items" not in kept:
        kept["items"] = {}
    return kept


def _target(schema: JsonObject) -> str | None:
    """The name of the schema that this one refers to."""
    parts = schema.get("allOf") or [{}]
    reference = str(schema.get("$ref") or (parts[0].get("$ref") if len(parts) == 1 else "") or "")
    return reference.removeprefix(REFERENCE) if reference.startswith(REFERENCE) else None


def _path_item(item: JsonObject) -> JsonObject:
    found: JsonObject = {method: _operation(item[method]) for method in METHODS if method in item}
    return {**found, "parameters": [_parameter(parameter) for parameter in item.get("parameters", ())]}


def _operation(operation: JsonObject) -> JsonObject:
    parameters = [_parameter(parameter) for parameter in operation["parameters"]]
    body = operation.get("requestBody")
    if body:
        schema = _schema(next(iter(body["content"].values()))["schema"])
        required = {"required": True} if body.get("required") else {}
        parameters.insert(0, {"name": "body", "in": "body", **required, "schema": schema})
    return {
        **{key: value for key, value in operation.items() if key not in ("requestBody", "parameters", "responses")},
        "consumes": list(body["content"]) if body else ["*/*"],
        "produces": [openapi_v3.CONTENT_TYPE],
        "schemes": ["https"],
        "parameters": parameters,
        "responses": {code: _response(response) for code, response in operation["responses"].items()},
    }


def _response(response: JsonObject) -> JsonObject:
    content = response.get("content")
    described = {"description": response["description"]}
    return {**described, "schema": _schema(next(iter(content.values()))["schema"])} if content else described


def _parameter(parameter: JsonObject) -> JsonObject:
    return {**{key: value for key, value in parameter.items() if key != "schema"}, **parameter["schema"]}
