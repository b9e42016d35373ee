"""The OpenAPI v2 document in protobuf: kubectl and helm read it in no other form.

A small encoder of ours, driven by the field numbers of gnostic's OpenAPIv2.proto; it writes what our documents hold.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from lattice_tui.rehearsal.api.openapi_v2_fields import EXTENSIONS, FIELDS, Field

JsonObject = dict[str, Any]

MEDIA_TYPE = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
"""What clients accept."""
ANSWERED_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
"""What the answer is called; a content type cannot hold an @, and kubectl refuses one that does."""
VARINT, EIGHT_BYTES, LENGTH_DELIMITED = 0, 1, 2
"""Wire types. Source: the protobuf encoding guide."""


def encoded(document: JsonObject) -> bytes:
    """A whole OpenAPI v2 document. A key that the table of field numbers does not know is left out."""
    return _message("Document", document)


def _message(name: str, value: JsonObject) -> bytes:
    fields, parts = FIELDS[name], []
    for key, inner in value.items():
        if key.startswith("x-"):
            parts.append(_named(EXTENSIONS[name], key, _any(inner)))
        elif key in fields:
            parts.append(_field(fields[key], inner))
    return b"".join(parts)


def _field(field: Field, value: Any) -> bytes:
    """One field with its number; a repeated one as often as it has values."""
    if field.is_repeated:
        return b"".join(_single(field, inner) for inner in value)
    if field.is_map:
        entries = b"".join(_named(field.entry, str(key), _value(field, inner)) for key, inner in value.items())
        return _delimited(field.number, entries)
    return _single(field, value)


def _single(field: Field, value: Any) -> bytes:
    match field.type:
        case "bool":
            return _tag(field.number, VARINT) + _varint(int(value))
        case "int64":
            return _tag(field.number, VARINT) + _varint(int(value) & 0xFFFF_FFFF_FFFF_FFFF)
        case "double":
            return _tag(field.number, EIGHT_BYTES) + struct.pack("<d", float(value))
    return _delimited(field.number, _value(field, value))


def _value(field: Field, value: Any) -> bytes:
    """What stands behind the length: a text, or a message."""
    match field.type:
        case "string":
            return str(value).encode()
        case "any":
            return _any(value)
        case "texts":
            return b"".join(_text(1, text) for text in ([value] if isinstance(value, str) else value))
        case "items":
            return _delimited(1, _message("Schema", value))
        case "additional":
            if isinstance(value, bool):
                return _tag(2, VARINT) + _varint(int(value))
            return _delimited(1, _message("Schema", value))
        case "parameter":
            return _parameter(value)
        case "response":
            return _delimited(1, _message("Response", value))
        case "body schema":
            return _delimited(1, _message("Schema", value))
    return _message(field.type, value)


def _parameter(parameter: JsonObject) -> bytes:
    """A ParametersItem: three choices of a message inside each other, down to the kind of parameter."""
    if parameter["in"] == "body":
        return _delimited(1, _delimited(1, _message("BodyParameter", parameter)))
    number, name = (3, "QueryParameter") if parameter["in"] == "query" else (4, "PathParameter")
    return _delimited(1, _delimited(2, _delimited(number, _message(name, parameter))))


def _any(value: Any) -> bytes:
    # Any holds YAML text, and JSON is YAML.
    return _delimited(2, msgspec.json.encode(value))


def _named(number: int, name: str, value: bytes) -> bytes:
    return _delimited(number, _text(1, name) + _delimited(2, value))


def _text(number: int, text: str) -> bytes:
    return _delimited(number, text.encode())


def _delimited(number: int, content: bytes) -> bytes:
    return _tag(number, LENGTH_DELIMITED) + _varint(len(content)) + content


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
