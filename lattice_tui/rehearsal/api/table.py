"""Tables: the rows a server makes of objects for `kubectl get`, with columns, cells and ages.

Cells of the built-in kinds are computed by `known.printing`; those of every other kind follow its columns' paths.
Source: meta.k8s.io/v1 Table; k8s.io/apiserver/pkg/endpoints/handlers/response.go asTable; the table convertors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.elapsed import age
from lattice_tui.rehearsal.api.json_path import JsonPathError, values_at
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.known.printing.layout import AGE, NAME, Printed
from lattice_tui.rehearsal.api.known.printing.layouts import printed
from lattice_tui.rehearsal.api.served import Column, JsonObject, ServedVersion

META_GROUP = "meta.k8s.io"
TABLE_VERSIONS = frozenset({"v1", "v1beta1"})
HTML_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def table_version(accept_header: str) -> str:
    """The Table version a client prefers to plain objects, `v1` or `v1beta1`; empty: plain objects."""
    for part in accept_header.split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        if media_type not in ("application/json", "*/*", "application/*"):
            continue
        asked = dict(parameter.partition("=")[::2] for parameter in parameters)
        if "as" not in asked:
            return ""
        if asked["as"] == "Table" and asked.get("g") == META_GROUP and asked.get("v") in TABLE_VERSIONS:
            return asked["v"]
    return ""


def table_accepted(accept_header: str) -> bool:
    """Whether a client prefers a Table to plain objects."""
    return bool(table_version(accept_header))


def table(
    kind: Kind,
    version: ServedVersion,
    objects: Sequence[JsonObject],
    *,
    resource_version: str = "",
    continue_token: str = "",
    remaining_items: int = 0,
    include_object: str = "Metadata",
    now: datetime,
    headers: bool = True,
    table_version: str = "v1",
) -> JsonObject:
    """A Table of objects.

    include_object: `None`, `Metadata` or `Object`; what each row carries beside its cells. Empty counts as `Metadata`.
    headers: False leaves out the column definitions, as in every event of a watch but the first.
    """
    layout = printed(kind)
    columns = layout.columns if layout is not None else custom_columns(version)
    told = {"resourceVersion": resource_version, "continue": continue_token, "remainingItemCount": remaining_items}
    api_version = f"{META_GROUP}/{table_version}"
    return {
        "kind": "Table",
        "apiVersion": api_version,
        "metadata": {name: value for name, value in told.items() if value},
        "columnDefinitions": [_definition(column, layout is None) for column in columns] if headers else [],
        "rows": [
            {**_cells(layout, columns, obj, now), "object": _included(obj, include_object, api_version)}
            for obj in objects
        ],
    }


def custom_columns(version: ServedVersion) -> tuple[Column, ...]:
    """The columns of a kind without its own computed cells: the name, then those it declares, or its age."""
    return (NAME, *(version.columns or (AGE,)))


def _definition(column: Column, is_custom: bool) -> JsonObject:
    told = f"Custom resource definition column (in JSONPath format): {column.json_path}" if is_custom else ""
    return {
        "name": column.name,
        "type": column.type,
        "format": "name" if column.json_path == NAME.json_path else "",
        "description": column.description or told,
        "priority": column.priority,
    }


def _cells(layout: Printed | None, columns: Sequence[Column], obj: JsonObject, now: datetime) -> JsonObject:
    """A row without its object."""
    if layout is None:
        return {"cells": [obj["metadata"].get("name", ""), *(_cell(column, obj, now) for column in columns[1:])]}
    cells = layout.cells(obj, now)
    conditions = layout.conditions(obj) if layout.conditions is not None else []
    return {"cells": cells, "conditions": conditions} if conditions else {"cells": cells}


def _cell(column: Column, obj: JsonObject, now: datetime) -> Any:
    """One value by a column's path and type; None where there is nothing, or nothing of that type."""
    try:
        found = values_at(column.json_path, obj)
    except JsonPathError:
        return None
    return typed_cell(column.type, found[0], now) if found else None


def typed_cell(column_type: str, value: Any, now: datetime) -> Any:
    """A value as a column of that type shows it."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if column_type == "string":
        return _as_text(value)
    if column_type == "integer":
        return int(value) if is_number else None
    if column_type == "number":
        return float(value) if is_number else None
    if column_type == "boolean":
        return value if isinstance(value, bool) else None
    if column_type == "date":
        return age(value, now) if isinstance(value, str) else None
    return None


def _as_text(value: Any) -> str:
    """A value as Go's JSONPath printer writes it: lists and mappings as JSON that is safe inside HTML."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<no value>"
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return written.translate(HTML_SAFE)


def _included(obj: JsonObject, include_object: str, api_version: str) -> JsonObject | None:
    if include_object == "Object":
        return obj
    if include_object == "None":
        return None
    return {"kind": "PartialObjectMetadata", "apiVersion": api_version, "metadata": obj["metadata"]}
