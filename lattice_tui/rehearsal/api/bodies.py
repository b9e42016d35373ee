"""The body of a write: read, held against the kind and the schema of the path, with the words of a real server.

Source: apiserver/pkg/endpoints/handlers (create.go, update.go, patch.go) and apiextensions' schemaCoercingDecoder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.checks import check_types, strict_error, unknown_field_warnings, wrong_type
from lattice_tui.rehearsal.api.json_objects import JsonText
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.requests import Request, Target

JsonObject = dict[str, Any]

SHOWN = 30
"""How much of a body that makes no sense is shown in the refusal."""
TYPE_WORDS = ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "array"), (dict, "object"))


@dataclass(frozen=True, slots=True)
class Decoded:
    """An object as a client sent it, and what it is warned of."""

    obj: JsonObject
    warnings: tuple[str, ...] = ()


def decoded(request: Request, target: Target) -> Decoded:
    """The object of a POST or PUT. Raises ApiError 400 and 422."""
    kind = target.kind
    validation = request.field_validation
    text = request.parsed_body(f"(must be of type {kind.kind})")
    obj = text.value
    _check_type(kind, obj, request.body)
    _check_metadata(kind, obj)
    check_types(kind, obj)
    warnings: tuple[str, ...] = ()
    if validation != "Ignore":
        warnings = unknown_field_warnings(kind, obj, tuple(_paths_of_duplicates(text)))
    if warnings and validation == "Strict":
        raise errors.bad_request(f"{_cannot_be_handled(kind)}: {strict_error(warnings)}")
    return Decoded(obj, warnings)


def checked_patch(request: Request, target: Target, obj: JsonObject) -> Decoded:
    """What a patch made of an object. Raises ApiError 400, or 422 for unknown fields where the client is strict."""
    _check_metadata(target.kind, obj)
    if why := wrong_type(target.kind, obj):
        raise _refused_patch(obj, why)
    validation = request.field_validation
    warnings = unknown_field_warnings(target.kind, obj) if validation != "Ignore" else ()
    if warnings and validation == "Strict":
        raise _refused_patch(obj, strict_error(warnings))
    return Decoded(obj, warnings)


def _refused_patch(obj: JsonObject, words: str) -> errors.ApiError:
    shown = json.dumps(json.dumps(obj, separators=(",", ":"), ensure_ascii=False), ensure_ascii=False)
    why = f"Invalid value: {shown}: {words}"
    causes = [{"reason": "FieldValueInvalid", "message": why, "field": "patch"}]
    return errors.ApiError(422, "Invalid", f' "" is invalid: patch: {why}', {"causes": causes})


def placed(obj: JsonObject, target: Target, *, is_new: bool = False) -> JsonObject:
    """The object with the path's name and namespace filled in. Raises ApiError 400 when they disagree."""
    metadata = obj.get("metadata") or {}
    if metadata.get("namespace") not in (None, "", target.namespace):
        raise errors.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    name = metadata.get("name")
    if not is_new and name != target.name:
        if not name:
            why = f"the name of the object ({target.name} based on URL) was undeterminable: name must be provided"
            raise errors.bad_request(why)
        raise errors.bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")
    there = {key: value for key, value in metadata.items() if key != "namespace"}
    if target.namespace:
        there["namespace"] = target.namespace
    return {**obj, "metadata": there}


def _check_type(kind: Kind, obj: JsonObject, body: bytes) -> None:
    if kind.is_custom and not obj.get("kind"):
        text = body.decode(errors="replace").strip()
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."
        why = f"Object 'Kind' is missing in '{text}' ({shown})"
        raise errors.bad_request(f"the object provided is unrecognized (must be of type {kind.kind}): {why}")
    if obj.get("apiVersion") not in (None, "", kind.api_version):
        raise errors.bad_request(
            f"the API version in the data ({obj['apiVersion']}) does not match the expected API version "
            f"({kind.api_version})"
        )
    if kind.is_custom and obj["kind"] != kind.kind:
        wrong = Kind(kind.group, kind.version, str(obj["kind"]), kind.plural, kind.namespaced, kind.has_status)
        name = (obj.get("metadata") or {}).get("name", "")
        raise errors.invalid(wrong, name, "kind", f'Invalid value: "{obj["kind"]}": must be {kind.kind}')


def _check_metadata(kind: Kind, obj: JsonObject) -> None:
    """The types of what every object's metadata holds: a server reads it before it looks at any schema."""
    metadata = obj.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise _no_go(kind, metadata, "metadata", "v1.ObjectMeta")
    for field in ("name", "generateName", "namespace", "resourceVersion", "uid"):
        if not isinstance(metadata.get(field) or "", str):
            raise _no_go(kind, metadata[field], f"ObjectMeta.{field}", "string")
    for field in ("labels", "annotations"):
        values = metadata.get(field) or {}
        if not isinstance(values, dict):
            raise _no_go(kind, values, f"ObjectMeta.{field}", "map[string]string")
        for value in values.values():
            if not isinstance(value, str | None):
                raise _no_go(kind, value, f"ObjectMeta.{field}", "string")
    for field, of in (("finalizers", "string"), ("ownerReferences", "v1.OwnerReference")):
        if not isinstance(metadata.get(field) or [], list):
            raise _no_go(kind, metadata[field], f"ObjectMeta.{field}", f"[]{of}")


def _no_go(kind: Kind, value: Any, field: str, wanted: str) -> errors.ApiError:
    found = next((words for types, words in TYPE_WORDS if isinstance(value, types)), "null")
    why = f"json: cannot unmarshal {found} into Go struct field {field} of type {wanted}"
    return errors.bad_request(f"{_cannot_be_handled(kind)}: {why}")


def _cannot_be_handled(kind: Kind) -> str:
    return f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'


def _paths_of_duplicates(text: JsonText) -> Iterator[str]:
    """Where in a JSON text a name is given twice in one object; later ones have won."""
    if text.duplicates:
        yield from _duplicates_below(text, text.value, "")


def _duplicates_below(text: JsonText, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in text.duplicates.get(id(value), ()):
            yield f"{path}{name}"
        for name, inner in value.items():
            yield from _duplicates_below(text, inner, f"{path}{name}.")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _duplicates_below(text, inner, f"{path[:-1]}[{index}].")
