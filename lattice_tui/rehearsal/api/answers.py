"""What a handler answers, and how objects look on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.json_path import values_at
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.requests import Request, Target
from lattice_tui.rehearsal.api.served import Column, ScalePaths, ServedVersion
from lattice_tui.rehearsal.api.table import table, table_version
from lattice_tui.rehearsal.api.tables import at_version

JsonObject = dict[str, Any]

INCLUDED = ("None", "Metadata", "Object")
COMMON_SCALE = ScalePaths(".spec.replicas", ".status.replicas", ".status.selector")
SCALE = Kind("autoscaling", "v1", "Scale", "scales", True, False)
SCALE_COLUMNS = ServedVersion(
    "v1",
    {},
    (
        Column("Desired", "integer", ".spec.replicas"),
        Column("Available", "integer", ".status.replicas"),
        Column("Age", "date", ".metadata.creationTimestamp"),
    ),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status code, a JSON body, and what the client is warned of."""

    code: int
    body: JsonObject
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Some objects, and where in the whole list they are."""

    items: Sequence[JsonObject]
    resource_version: int
    token: str = ""
    remaining: int = 0


def one(request: Request, target: Target, obj: JsonObject, code: int = 200, warnings: tuple[str, ...] = ()) -> Answer:
    """One object, as a Table where the client prefers that."""
    seen = at_version(target.kind, obj)
    if version := table_version(request.accept):
        body = _table(request, target, Listed([seen], int(seen["metadata"]["resourceVersion"])), version)
    else:
        body = seen
    return Answer(code, body, warnings)


def many(request: Request, target: Target, listed: Listed) -> Answer:
    """A list, as a Table where the client prefers that."""
    kind = target.kind
    seen = Listed(
        [at_version(kind, obj) for obj in listed.items], listed.resource_version, listed.token, listed.remaining
    )
    if version := table_version(request.accept):
        return Answer(200, _table(request, target, seen, version))
    return Answer(200, _listing(kind, seen))


def included(request: Request) -> str:
    """What the rows of a Table carry. Raises ApiError 400."""
    asked = request.query.get("includeObject", "") or "Metadata"
    if asked not in INCLUDED:
        raise errors.bad_request(f'unrecognized includeObject value: "{asked}"')
    return asked


def _table(request: Request, target: Target, listed: Listed, version: str) -> JsonObject:
    return table(
        target.kind,
        target.version,
        listed.items,
        resource_version=str(listed.resource_version),
        continue_token=listed.token,
        remaining_items=listed.remaining,
        include_object=included(request),
        now=datetime.now(UTC),
        table_version=version,
    )


def _listing(kind: Kind, listed: Listed) -> JsonObject:
    """As from a real server: items of built-in kinds do not repeat apiVersion and kind."""
    metadata: JsonObject = {"resourceVersion": str(listed.resource_version)}
    if listed.token or kind.is_custom:
        metadata["continue"] = listed.token
    if listed.remaining:
        metadata["remainingItemCount"] = listed.remaining
    items = list(listed.items)
    if not kind.is_custom:
        items = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")} for item in items]
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": items}


def scale(target: Target, obj: JsonObject) -> JsonObject:
    """The autoscaling/v1 Scale of an object with replicas, by the paths that its version declares."""
    paths = target.version.scale or COMMON_SCALE
    metadata = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    status: JsonObject = {"replicas": _found(paths.status_replicas, obj, 0)}
    selector = _found(paths.label_selector, obj, "") if paths.label_selector else ""
    if isinstance(selector, dict):
        selector = ",".join(f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items()))
    if selector:
        status["selector"] = selector
    replicas = _found(paths.spec_replicas, obj, 0)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: metadata[key] for key in kept if key in metadata},
        "spec": {"replicas": replicas} if replicas or not target.kind.is_custom else {},
        "status": status,
    }


def one_scale(request: Request, found: JsonObject) -> Answer:
    """A Scale, as a Table where the client prefers that."""
    version = table_version(request.accept)
    if not version:
        return Answer(200, found)
    told = {"resource_version": found["metadata"]["resourceVersion"], "include_object": included(request)}
    return Answer(200, table(SCALE, SCALE_COLUMNS, [found], now=datetime.now(UTC), table_version=version, **told))


def scaled(target: Target, replicas: int) -> JsonObject:
    """The merge patch that sets the replicas of an object."""
    patch: Any = replicas
    for part in reversed((target.version.scale or COMMON_SCALE).spec_replicas.strip(".").split(".")):
        patch = {part: patch}
    asked: JsonObject = patch
    return asked


def _found(path: str, obj: JsonObject, otherwise: Any) -> Any:
    return next((value for value in values_at(path, obj) if value is not None), otherwise)
