"""Defaults put in, and nulls taken out where the schema allows none.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting: a null that is not nullable is dropped, or
replaced by the default where there is one; defaults of a field's own fields come in only where the field is there.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.schemas.nodes import Node


def defaulted(node: Node, value: Any, *, drop_every_null: bool = False) -> Any:
    """`value` as the server keeps it; `value` itself when nothing is to be done. Shares what is unchanged.

    With `drop_every_null` a null is never kept: how the server's built-in kinds read JSON.
    """
    if type(value) is dict:
        return _defaulted_object(node, value, drop_every_null)
    if type(value) is not list or node.items is None:
        return value
    changed: list[Any] | None = None
    for place, inner in enumerate(value):
        new = inner
        if inner is None:
            new = inner if node.items.nullable else copied(node.items.default)
        if type(new) is dict or type(new) is list:
            new = defaulted(node.items, new, drop_every_null=drop_every_null)
        if new is not inner:
            changed = changed if changed is not None else list(value)
            changed[place] = new
    return value if changed is None else changed


def _defaulted_object(node: Node, value: dict[str, Any], drop_every_null: bool) -> dict[str, Any]:
    properties, additional = node.properties, node.additional
    changed: dict[str, Any] | None = None
    for name, inner in value.items():
        below = properties.get(name) or additional
        if below is None:
            continue
        if inner is None:
            if below.nullable and not drop_every_null:
                continue
            changed = changed if changed is not None else dict(value)
            if below.default is None:
                del changed[name]
            else:
                changed[name] = defaulted(below, copied(below.default), drop_every_null=drop_every_null)
        elif type(inner) is dict or type(inner) is list:
            new = defaulted(below, inner, drop_every_null=drop_every_null)
            if new is not inner:
                changed = changed if changed is not None else dict(value)
                changed[name] = new
    for name, default in node.defaults.items():
        if name not in value:
            changed = changed if changed is not None else dict(value)
            changed[name] = defaulted(properties[name], copied(default), drop_every_null=drop_every_null)
    return value if changed is None else changed
