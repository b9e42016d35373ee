"""Fields that the schema does not know: their names, and the object without them.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning and .../objectmeta.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.schemas.nodes import Node


def pruned(node: Node | None, value: Any) -> Any:
    """`value` without what `node` does not know; `value` itself when it knows all. No node: nothing is known."""
    if type(value) is dict:
        return _pruned_object(node, value)
    if type(value) is list:
        below = node.items if node is not None else None
        if node is not None and node.keeps_unknown and below is None:
            return value
        changed: list[Any] | None = None
        for place, inner in enumerate(value):
            if type(inner) is dict or type(inner) is list:
                kept = pruned(below, inner)
                if kept is not inner:
                    changed = changed if changed is not None else list(value)
                    changed[place] = kept
        return value if changed is None else changed
    return value


def _pruned_object(node: Node | None, value: dict[str, Any]) -> dict[str, Any]:
    if node is None:
        return {} if value else value
    if node.keeps_unknown and node.opaque:
        return value
    known, additional = node.prunable, node.additional
    changed: dict[str, Any] | None = None
    for name, inner in value.items():
        below = known.get(name)
        if below is None:
            if additional is None and not node.takes_additional:
                if not node.keeps_unknown:
                    changed = changed if changed is not None else dict(value)
                    del changed[name]
                continue
            below = additional
        if type(inner) is dict or type(inner) is list:
            kept = pruned(below, inner)
            if kept is not inner:
                changed = changed if changed is not None else dict(value)
                changed[name] = kept
    return value if changed is None else changed


def unknown(node: Node | None, value: Any, path: str, found: list[str], nested: list[str]) -> None:
    """Add the path of every field that `pruned` takes away to `found`; those in the metadata of a resource within
    the object to `nested`: the server names them last. Called only when there are some.
    """
    if type(value) is list:
        below = node.items if node is not None else None
        if node is not None and node.keeps_unknown and below is None:
            return
        for place, inner in enumerate(value):
            unknown(below, inner, f"{path}[{place}]", found, nested)
    if type(value) is not dict or (node is not None and node.keeps_unknown and node.opaque):
        return
    for name, inner in value.items():
        inner_path = f"{path}.{name}" if path else name
        if node is None:
            found.append(inner_path)
            continue
        below = node.prunable.get(name)
        if below is not None or node.takes_additional:
            told = nested if node.embedded and name == "metadata" else found
            unknown(below or node.additional, inner, inner_path, told, nested)
        elif not node.keeps_unknown:
            found.append(inner_path)
