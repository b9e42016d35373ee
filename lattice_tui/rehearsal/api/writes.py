"""The three patch formats that are not server-side apply."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.json_objects import json_patched, merge_patched
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.requests import Request

JsonObject = dict[str, Any]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


def patched(request: Request, kind: Kind, live: JsonObject) -> JsonObject:
    """`live` as the request's patch makes it. Raises ApiError 400, 415 and 422.

    A strategic merge patch is taken as a merge patch: lists are replaced as a whole.
    """
    if request.content_type == JSON_PATCH:
        return json_patched(live, request.json_body())
    if request.content_type == MERGE_PATCH or (request.content_type == STRATEGIC_MERGE_PATCH and not kind.is_custom):
        merged: JsonObject = merge_patched(live, request.object_body())
        return merged
    accepted = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]
    if not kind.is_custom:
        accepted.insert(2, STRATEGIC_MERGE_PATCH)
    raise errors.ApiError(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: " + ", ".join(accepted),
    )
