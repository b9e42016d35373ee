"""OpenAPI v3: an index of all groups and versions, and one document for each. kubectl validates and explains by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.openapi_meta import SCALE, SCALE_NAME, SHARED
from lattice_tui.rehearsal.api.openapi_operations import Operations
from lattice_tui.rehearsal.api.openapi_schemas import digest, group_versions, has_scale, published, served_at

JsonObject = dict[str, Any]

CONTENT_TYPE = "application/json"
TITLE = "Kubernetes"


def index(kinds: Iterable[Kind]) -> JsonObject:
    """`/openapi/v3`: where each document is. The address changes with the content, so clients keep it for good."""
    known = tuple(kinds)
    return {
        "paths": {
            path_of(group, version): {"serverRelativeURL": address(known, group, version)}
            for group, version in sorted(group_versions(known))
        }
    }


def address(kinds: Iterable[Kind], group: str, version: str) -> str:
    """`/openapi/v3/apis/GROUP/VERSION?hash=...` of a served group and version."""
    return f"/openapi/v3/{path_of(group, version)}?hash={digest(served_at(kinds, group, version))}"


def path_of(group: str, version: str) -> str:
    """As the index names a group and version: `api/v1`, `apis/apps/v1`."""
    return f"apis/{group}/{version}" if group else f"api/{version}"


def document(kinds: Iterable[Kind], group: str, version: str, server_version: str = "") -> JsonObject | None:
    """One group and version: its schemas and its paths. None when nothing of it is served."""
    pairs = served_at(kinds, group, version)
    if not pairs:
        return None
    schemas = dict(SHARED)
    paths: dict[str, JsonObject] = {}
    for kind, served in pairs:
        schemas |= published(kind, served)
        paths |= Operations(kind, served).paths()
        if has_scale(kind, served):
            schemas[SCALE_NAME] = SCALE
    return {
        "openapi": "3.0.0",
        "info": {"title": TITLE, "version": server_version or "unversioned"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items()))},
    }
