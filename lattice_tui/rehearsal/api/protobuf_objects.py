"""Request bodies in Kubernetes' protobuf form, read into the objects that their JSON form would be.

Typed clients (kubectl create, controller-runtime) send built-in kinds so, and take JSON as the answer. Source of the
envelope: the Kubernetes API concepts page, "Alternate representations of resources"; of the encoding: protobuf's own
specification, proto2.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

JsonObject = dict[str, Any]
Wire = int | bytes

MEDIA_TYPE: Final = "application/vnd.kubernetes.protobuf"
MAGIC: Final = b"k8s\x00"
MAX_DEPTH: Final = 64
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SCALARS = frozenset({"", "b", "i", "t", "d"})
_META = "meta.v1."
_OPTIONS = frozenset({"DeleteOptions"})


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: str
    is_list: bool
    is_map: bool
    is_set_apart: bool
    """Present and empty is something else than absent."""
    is_inline: bool


def read_object(body: bytes) -> JsonObject:
    """The object of a request body. Raises ValueError in words for what is no such body or no such kind."""
    if not body.startswith(MAGIC):
        raise ValueError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        envelope = dict(_raw_fields(body[len(MAGIC) :]))
        kind = {number: bytes_of(value).decode() for number, value in _raw_fields(bytes_of(envelope[1]))}
        api_version, name = kind.get(1, ""), kind.get(2, "")
        read = _message(_message_name(api_version, name), bytes_of(envelope.get(2, b"")), 0)
    except (KeyError, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise ValueError(f"the protobuf message is broken: {type(error).__name__} {error}") from error
    return {"apiVersion": api_version, "kind": name, **read}


def bytes_of(value: Wire) -> bytes:
    """The bytes of a length-delimited field. Raises ValueError for a number."""
    if isinstance(value, int):
        raise ValueError("the protobuf message is broken: a number where bytes belong")
    return value


@cache
def _messages() -> dict[str, dict[int, _Field]]:
    text = files(__package__).joinpath("protobuf_fields.txt").read_text(encoding="utf-8")
    lines = [line.split(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: dict(_declared(field) for field in fields) for name, *fields in lines}


def _declared(text: str) -> tuple[int, _Field]:
    place, _, type_ = text.partition(":")
    name, _, number = place.partition("=")
    plain = type_.lstrip("*{?<")
    field = _Field(name, plain, type_[:1] == "*", type_[:1] == "{", type_[:1] == "?", type_[:1] == "<")
    return int(number), field


def _message_name(api_version: str, kind: str) -> str:
    group, _, version = api_version.rpartition("/")
    # The group's first word names its package: rbac.authorization.k8s.io is rbac, the core group is core.
    package = group.partition(".")[0] or "core"
    name = f"{_META}{kind}" if kind in _OPTIONS else f"{package}.{version}.{kind}"
    if name not in _messages():
        raise ValueError(f'no kind "{kind}" is registered for version "{api_version}" in protobuf form')
    return name


def _message(name: str, data: bytes, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("the protobuf message is nested too deep")
    if name.endswith(".ExtraValue"):
        return [bytes_of(value).decode() for _, value in _raw_fields(data)]
    if name in _SPECIAL:
        return _SPECIAL[name](dict(_raw_fields(data)))
    fields = _messages()[name]
    found: JsonObject = {}
    for number, raw in _raw_fields(data):
        field = fields.get(number)
        if field is not None:
            _take(found, field, raw, depth)
    return found


def _take(found: JsonObject, field: _Field, raw: Wire, depth: int) -> None:
    if field.is_map:
        entry = dict(_raw_fields(bytes_of(raw)))
        key = bytes_of(entry.get(1, b"")).decode()
        found.setdefault(field.name, {})[key] = _value(field.type, entry.get(2, b""), depth)
        return
    value = _value(field.type, raw, depth)
    if field.is_inline:
        found.update(value)
    elif field.is_list:
        found.setdefault(field.name, []).append(value)
    elif field.is_set_apart or value not in ("", 0, {}, None):
        # Go's encoder writes every field that is no pointer, empty or not; JSON leaves the empty ones out.
        found[field.name] = value


def _value(type_: str, raw: Wire, depth: int) -> Any:
    if type_ == "i":
        return _signed(raw)
    if type_ == "t":
        return bool(raw)
    if type_ == "d":
        raise ValueError("the protobuf message is broken: no kind has such a number")
    if type_ == "b":
        return base64.b64encode(bytes_of(raw)).decode()
    return bytes_of(raw).decode() if type_ == "" else _message(type_, bytes_of(raw), depth + 1)


def _signed(raw: Wire) -> int:
    if not isinstance(raw, int):
        raise ValueError("the protobuf message is broken: bytes where a number belongs")
    return raw - (1 << 64) if raw >= 1 << 63 else raw


def _raw_fields(data: bytes) -> Iterator[tuple[int, Wire]]:
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        wire = tag & 7
        if wire == _VARINT:
            value, position = _varint(data, position)
            yield tag >> 3, value
            continue
        if wire == _BYTES:
            size, position = _varint(data, position)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"the protobuf message is broken: wire type {wire}")
        if position + size > len(data):
            raise ValueError("the protobuf message is broken: it ends too soon")
        yield tag >> 3, data[position : position + size]
        position += size


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, position
    raise ValueError("the protobuf message is broken: a number without end")


def _moment(parts: dict[int, Wire], digits: int) -> str | None:
    if not parts:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=_signed(parts.get(1, 0)))
    fraction = f".{_signed(parts.get(2, 0)) // 1000:06d}" if digits else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _int_or_string(parts: dict[int, Wire]) -> int | str:
    return bytes_of(parts.get(3, b"")).decode() if parts.get(1) else _signed(parts.get(2, 0))


def _embedded(parts: dict[int, Wire]) -> Any:
    raw = bytes_of(parts.get(1, b""))
    return json.loads(raw) if raw else {}


_SPECIAL: Final[dict[str, Callable[[dict[int, Wire]], Any]]] = {
    "meta.v1.Time": lambda parts: _moment(parts, 0),
    "meta.v1.MicroTime": lambda parts: _moment(parts, 6),
    "api.resource.Quantity": lambda parts: bytes_of(parts.get(1, b"")).decode(),
    "util.intstr.IntOrString": _int_or_string,
    "meta.v1.FieldsV1": _embedded,
    "runtime.RawExtension": _embedded,
}
"""Messages whose JSON form is not an object of their fields."""
