"""The parameters of lists, watches and deletions: what may be asked, and what is refused in which words.

Source: apimachinery's ValidateListOptions and ValidateDeleteOptions, and the answers of a real server.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.requests import Request, Target

JsonObject = dict[str, Any]

POLICIES = ("Background", "Foreground", "Orphan")
JSON_TYPES = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf")
BODY_TYPES = frozenset({*JSON_TYPES, "application/octet-stream", ""})
READABLE = frozenset({"application/json", "application/yaml", "application/*", "*/*", ""})
MATCH = "resourceVersionMatch"
FORBIDDEN, UNSUPPORTED = "FieldValueForbidden", "FieldValueNotSupported"


def asked_version(request: Request) -> int:
    """The resourceVersion of a list or watch; 0 when none is named. Raises ApiError 400 (of a watch 500)."""
    text = request.query.get("resourceVersion", "") or "0"
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    why = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
    if request.is_watch:
        raise errors.ApiError(500, "", why)
    raise errors.bad_request(f"invalid resource version: {why}")


def check_list(request: Request) -> None:
    """Raises ApiError 422 for a list's parameters that contradict each other."""
    match, causes = request.query.get(MATCH, ""), []
    if match:
        if not request.query.get("resourceVersion"):
            causes.append(
                (MATCH, FORBIDDEN, f"Forbidden: {MATCH} is forbidden unless resourceVersion is provided"),
            )
        if request.query.get("continue"):
            causes.append((MATCH, FORBIDDEN, f"Forbidden: {MATCH} is forbidden when continue is provided"))
        if match not in ("Exact", "NotOlderThan"):
            supported = 'supported values: "Exact", "NotOlderThan", ""'
            causes.append((MATCH, UNSUPPORTED, f'Unsupported value: "{match}": {supported}'))
        if match == "Exact" and request.query.get("resourceVersion") == "0":
            causes.append((MATCH, FORBIDDEN, f'Forbidden: {MATCH} "exact" is forbidden for resourceVersion "0"'))
    if causes:
        raise errors.invalid_options("ListOptions", causes)


def check_watch(request: Request) -> None:
    """Raises ApiError 422 for a watch's parameters that contradict each other."""
    match, causes = request.query.get(MATCH, ""), []
    if "sendInitialEvents" in request.query:
        if match != "NotOlderThan":
            causes.append((MATCH, FORBIDDEN, f"Forbidden: sendInitialEvents requires setting {MATCH} to NotOlderThan"))
            if match:
                supported = 'supported values: "NotOlderThan"'
                causes.append((MATCH, UNSUPPORTED, f'Unsupported value: "{match}": {supported}'))
    elif match:
        why = f"Forbidden: {MATCH} is forbidden for watch unless sendInitialEvents is provided"
        causes.append((MATCH, FORBIDDEN, why))
    if causes:
        raise errors.invalid_options("ListOptions", causes)


def delete_options(request: Request) -> JsonObject:
    """The DeleteOptions of a DELETE's body, {} when it has none. Raises ApiError 400."""
    if not request.body.strip():
        return {}
    options = request.object_body()
    kind, version = options.get("kind"), options.get("apiVersion") or ""
    if kind not in (None, "", "DeleteOptions"):
        why = f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'
        raise errors.bad_request(why)
    if not isinstance(options.get("preconditions") or {}, dict):
        raise errors.bad_request("json: cannot unmarshal into Go struct field DeleteOptions.preconditions")
    return options


def propagation(request: Request, options: JsonObject) -> str:
    """Background, Foreground or Orphan. Raises ApiError 422."""
    orphan = options.get("orphanDependents")
    asked = options.get("propagationPolicy") or request.query.get("propagationPolicy")
    if asked is None and orphan is not None:
        return "Orphan" if orphan else "Background"
    asked = asked or "Background"
    if asked not in POLICIES:
        supported = 'supported values: "Foreground", "Background", "Orphan", "nil"'
        why = f'Unsupported value: "{asked}": {supported}'
        raise errors.invalid_options("DeleteOptions", [("propagationPolicy", UNSUPPORTED, why)])
    return str(asked)


def check_preconditions(target: Target, live: JsonObject, options: JsonObject) -> None:
    """Raises ApiError 409 when a DELETE was meant for something else."""
    preconditions = options.get("preconditions") or {}
    for key, words in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        asked, found = preconditions.get(key), live["metadata"][key]
        if asked not in (None, "", found):
            raise errors.precondition_failed(target.kind, target.name, words, str(asked), found)


def check_identity(target: Target, live: JsonObject, metadata: JsonObject) -> None:
    """Raises ApiError when a patch or an apply was meant for another object (422), or names a state of none (500)."""
    if metadata.get("uid") not in (None, "", live["metadata"]["uid"]):
        raise errors.immutable_uid(target.kind, target.name, metadata["uid"])
    version = metadata.get("resourceVersion")
    if version and not str(version).isdigit():
        raise errors.ApiError(500, "", f'strconv.ParseUint: parsing "{version}": invalid syntax')


def check_media_types(request: Request) -> None:
    """Raises ApiError 406 when the client takes nothing we speak, 415 when it sends what we cannot read."""
    offered = [part.split(";")[0].strip() for part in request.accept.split(",")]
    if not any(media_type in READABLE for media_type in offered):
        raise errors.not_acceptable(JSON_TYPES)
    if request.method in ("POST", "PUT") and request.body and request.content_type not in BODY_TYPES:
        raise errors.unsupported_media_type(JSON_TYPES)
