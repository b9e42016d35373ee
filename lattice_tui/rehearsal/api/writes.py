"""The three patch formats that are not server-side apply."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.empty_objects import is_built_in
from lattice_tui.rehearsal.api.json_objects import json_patched, merge_patched
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.patching import strategic_merged
from lattice_tui.rehearsal.api.requests import Request

JsonObject = dict[str, Any]

JSON_TYPES = {list: "array", str: "string", int: "number", float: "number", bool: "bool"}
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


def patched(request: Request, kind: Kind, live: JsonObject) -> JsonObject:
    """`live` as the request's patch makes it. Raises ApiError 400, 415, 422, and 500 as the server does."""
    if request.content_type == JSON_PATCH:
        return json_patched(live, request.json_body())
    if request.content_type == MERGE_PATCH:
        merged: JsonObject = merge_patched(live, _patch_of(request))
        return merged
    if request.content_type == STRATEGIC_MERGE_PATCH and is_built_in(kind):
        served = kind.at()
        return strategic_merged(served.schema if served else {}, live, _patch_of(request))
    accepted = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]
    if is_built_in(kind):
        accepted.insert(2, STRATEGIC_MERGE_PATCH)
    raise errors.unsupported_media_type(accepted)


def _patch_of(request: Request) -> JsonObject:
    patch = request.json_body()
    if not isinstance(patch, dict):
        found = JSON_TYPES.get(type(patch), "value")
        why = f"json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"
        raise errors.bad_request(f"error decoding patch: {why}")
    return patch
