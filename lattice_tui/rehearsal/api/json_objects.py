"""Plain functions on JSON objects: copy, merge patch (RFC 7396), JSON patch (RFC 6902)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lattice_tui.rehearsal.api import errors

JsonObject = dict[str, Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JsonText:
    """A JSON text, read, and which names an object gave twice (by the identity of the dict that came of it)."""

    value: Any
    duplicates: dict[int, tuple[str, ...]] = field(default_factory=dict)


def parsed(text: bytes) -> JsonText:
    """A JSON text, read. Raises ValueError and RecursionError."""
    duplicates: dict[int, tuple[str, ...]] = {}

    def made(pairs: list[tuple[str, Any]]) -> JsonObject:
        obj = dict(pairs)
        if len(obj) != len(pairs):
            names = [name for name, _value in pairs]
            duplicates[id(obj)] = tuple(name for name in obj if names.count(name) > 1)
        return obj

    return JsonText(json.loads(text, object_pairs_hook=made), duplicates)


def copied(value: Any) -> Any:
    """A copy that shares no dict and no list with `value`; some twenty times faster than copy.deepcopy."""
    if type(value) is dict:
        return _copied_dict(value)
    return _copied_list(value) if type(value) is list else value


def copied_object(obj: JsonObject) -> JsonObject:
    """`copied`, for a whole object, but for the entries of its managedFields, which nobody changes in place.

    They are more than half of most objects, and this is what the world spends most of its time on.
    """
    metadata = obj.get("metadata")
    if type(metadata) is not dict or "managedFields" not in metadata:
        return _copied_dict(obj)
    fresh = obj.copy()
    for key, value in obj.items():
        kind = type(value)
        if kind is dict and key != "metadata":
            fresh[key] = _copied_dict(value)
        elif kind is list:
            fresh[key] = _copied_list(value)
    entries = metadata["managedFields"]
    bare = _copied_dict({**metadata, "managedFields": None})
    fresh["metadata"] = {**bare, "managedFields": list(entries) if type(entries) is list else copied(entries)}
    return fresh


def _copied_dict(value: JsonObject) -> JsonObject:
    # `type() is` and not isinstance: JSON has no other types, and this runs a million times in a rehearsal.
    fresh = value.copy()
    for key, inner in value.items():
        kind = type(inner)
        if kind is dict:
            fresh[key] = _copied_dict(inner)
        elif kind is list:
            fresh[key] = _copied_list(inner)
    return fresh


def _copied_list(value: list[Any]) -> list[Any]:
    return [
        _copied_dict(inner) if type(inner) is dict else _copied_list(inner) if type(inner) is list else inner
        for inner in value
    ]


def merge_patched(target: Any, patch: Any) -> Any:
    """`target` with a JSON merge patch applied; null removes.

    Neither argument is changed, but the result shares with `target` what the patch does not touch.
    """
    if not isinstance(patch, Mapping):
        return copied(patch)
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patched(result.get(key), value)
    return result


def json_patched(target: JsonObject, operations: Any) -> JsonObject:
    """`target` with a JSON patch applied to a copy. Raises ApiError: 400 for a broken patch, 422 for one that fails."""
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise errors.bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document: Any = copied(target)
    for operation in operations:
        document = _operated(document, operation)
    if not isinstance(document, dict):
        raise errors.bad_request("the patch leaves no object")
    return document


def _operated(document: Any, operation: JsonObject) -> Any:
    name, path = operation.get("op"), _pointer(operation.get("path"))
    if name in ("add", "replace", "test"):
        if "value" not in operation:
            raise errors.bad_request(f"json patch {name} operation has no value")
        value = copied(operation["value"])
    elif name in ("move", "copy"):
        source = _pointer(operation.get("from"))
        value = copied(_looked_up(document, source))
        if name == "move":
            document = _removed(document, source)
        name = "add"
    elif name == "remove":
        return _removed(document, path)
    else:
        raise _failed(f"unexpected kind: {name}")
    if name == "test":
        if _looked_up(document, path) != value:
            raise _failed(f"testing value {operation['path']} failed: test failed")
        return document
    if name == "replace":
        _looked_up(document, path)
    return _placed(document, path, value, insert=name == "add")


def _placed(document: Any, path: Sequence[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    parent, last = _looked_up(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        position = len(parent) if last == "-" and insert else _position(last, len(parent) + (1 if insert else 0))
        parent[position : position + (0 if insert else 1)] = [value]
    else:
        raise _failed(f"doc is missing path: /{'/'.join(path)}: missing value")
    return document


def _removed(document: Any, path: Sequence[str]) -> Any:
    if not path:
        raise _failed("the whole document cannot be removed")
    _looked_up(document, path)
    parent, last = _looked_up(document, path[:-1]), path[-1]
    del parent[last if isinstance(parent, dict) else _position(last, len(parent))]
    return document


def _looked_up(document: Any, path: Sequence[str]) -> Any:
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            document = document[_position(part, len(document))]
        else:
            raise _failed(f"doc is missing path: /{'/'.join(path)}: missing value")
    return document


def _position(part: str, length: int) -> int:
    if part.isascii() and part.isdigit() and int(part) < length:
        return int(part)
    raise _failed(f"invalid array index: {part}")


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise errors.bad_request(f"invalid JSON pointer: {text!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _failed(message: str) -> errors.ApiError:
    # A real server keeps to itself what failed; it is in the log of the world for those who look.
    log.debug("a JSON patch failed: %s", message)
    return errors.ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {})
