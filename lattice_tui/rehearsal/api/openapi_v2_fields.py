"""Field numbers of the messages of an OpenAPI v2 document. Source: gnostic-models v0.7, openapiv2/OpenAPIv2.proto."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message, by the key that it has in JSON."""

    number: int
    type: str = "string"
    """string, bool, int64, double, any, a message of `FIELDS`, or one of the shapes that the encoder knows."""
    is_repeated: bool = False
    is_map: bool = False
    """An object of any keys: a message whose field `entry` repeats pairs of a name and a value."""
    entry: int = 1


def _texts(number: int) -> Field:
    return Field(number, "string", is_repeated=True)


_PARAMETER = {
    "required": Field(1, "bool"),
    "in": Field(2),
    "description": Field(3),
    "name": Field(4),
}

FIELDS: dict[str, dict[str, Field]] = {
    "Document": {
        "swagger": Field(1),
        "info": Field(2, "Info"),
        "paths": Field(8, "PathItem", is_map=True, entry=2),
        "definitions": Field(9, "Schema", is_map=True),
    },
    "Info": {"title": Field(1), "version": Field(2), "description": Field(3)},
    "PathItem": {
        "get": Field(2, "Operation"),
        "put": Field(3, "Operation"),
        "post": Field(4, "Operation"),
        "delete": Field(5, "Operation"),
        "patch": Field(8, "Operation"),
        "parameters": Field(9, "parameter", is_repeated=True),
    },
    "Operation": {
        "tags": _texts(1),
        "summary": Field(2),
        "description": Field(3),
        "operationId": Field(5),
        "produces": _texts(6),
        "consumes": _texts(7),
        "parameters": Field(8, "parameter", is_repeated=True),
        "responses": Field(9, "response", is_map=True),
        "schemes": _texts(10),
        "deprecated": Field(11, "bool"),
    },
    "BodyParameter": {
        "description": Field(1),
        "name": Field(2),
        "in": Field(3),
        "required": Field(4, "bool"),
        "schema": Field(5, "Schema"),
    },
    "QueryParameter": {**_PARAMETER, "type": Field(6), "format": Field(7), "uniqueItems": Field(20, "bool")},
    "PathParameter": {**_PARAMETER, "type": Field(5), "format": Field(6), "uniqueItems": Field(19, "bool")},
    "Response": {"description": Field(1), "schema": Field(2, "body schema")},
    "Schema": {
        "$ref": Field(1),
        "format": Field(2),
        "title": Field(3),
        "description": Field(4),
        "default": Field(5, "any"),
        "multipleOf": Field(6, "double"),
        "maximum": Field(7, "double"),
        "exclusiveMaximum": Field(8, "bool"),
        "minimum": Field(9, "double"),
        "exclusiveMinimum": Field(10, "bool"),
        "maxLength": Field(11, "int64"),
        "minLength": Field(12, "int64"),
        "pattern": Field(13),
        "maxItems": Field(14, "int64"),
        "minItems": Field(15, "int64"),
        "uniqueItems": Field(16, "bool"),
        "maxProperties": Field(17, "int64"),
        "minProperties": Field(18, "int64"),
        "required": _texts(19),
        "enum": Field(20, "any", is_repeated=True),
        "additionalProperties": Field(21, "additional"),
        "type": Field(22, "texts"),
        "items": Field(23, "items"),
        "properties": Field(25, "Schema", is_map=True),
        "externalDocs": Field(29, "ExternalDocs"),
        "example": Field(30, "any"),
    },
    "ExternalDocs": {"description": Field(1), "url": Field(2)},
}
"""Fields by the name of their message and their key in JSON."""

EXTENSIONS = {
    "PathItem": 10,
    "Operation": 13,
    "BodyParameter": 6,
    "QueryParameter": 23,
    "PathParameter": 22,
    "Response": 5,
    "Schema": 31,
    "ExternalDocs": 3,
}
"""The field that takes the keys beginning with `x-`, by message."""
