"""Objects held against our own definitions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from lattice_tui.rehearsal.api.kinds import CORE_KINDS, PROVIDER_KINDS, Kind
from lattice_tui.rehearsal.api.known import known_versions
from lattice_tui.rehearsal.api.schemas.schema import Schema

JsonObject = dict[str, Any]

EVERY_KIND: tuple[Kind, ...] = (*CORE_KINDS, *(kind for kinds in PROVIDER_KINDS.values() for kind in kinds))
BY_NAME = {(kind.group, kind.kind): kind for kind in EVERY_KIND}


@cache
def schema_of(kind: Kind) -> Schema:
    (version,) = known_versions(kind)
    return Schema(version.schema, compact=not kind.is_custom)


def kind_of(obj: JsonObject) -> Kind:
    return BY_NAME[obj["apiVersion"].rpartition("/")[0], obj["kind"]]


def problems(objects: Iterable[tuple[Kind, JsonObject]]) -> list[str]:
    """What the definitions have against objects, each problem once, with the name of its kind."""
    found: dict[str, None] = {}
    for kind, obj in objects:
        schema = schema_of(kind)
        for path in schema.unknown_fields(obj):
            found[f"{kind.kind}: unknown field {path}"] = None
        for violation in schema.violations(schema.defaulted(obj)):
            found[f"{kind.kind}: {violation.field}: {violation.message}"] = None
    return list(found)
