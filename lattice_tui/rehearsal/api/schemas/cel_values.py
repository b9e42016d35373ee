"""JSON values as CEL rules see them: typed by the schema, with names that CEL can spell.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/values.go and k8s.io/apiserver/pkg/cel/escaping.go.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas.nodes import Node

_RESERVED: Final = frozenset(
    {
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"),
        *("import", "let", "loop", "package", "namespace", "return", "var", "void", "while"),
    }
)
_SIGNS: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
TIME_FORMATS: Final = frozenset({"date-time", "datetime", "date", "duration"})


def escaped(name: str) -> str:
    """A field's name in an expression: `__namespace__`, `x__dash__y`."""
    if name in _RESERVED:
        return f"__{name}__"
    for sign, written in _SIGNS.items():
        if sign in name:
            name = name.replace(sign, written)
    return name


def typed(node: Node, value: Any, *, resource: bool = False) -> Any:
    """`value` as an expression sees it. `resource`: a whole object, of whose metadata only the names can be seen."""
    if type(value) is dict:
        if not resource and not node.embedded and not _differs(node):
            return value
        return _typed_object(node, value, resource or node.embedded)
    if type(value) is list:
        if node.items is None or not _differs(node.items):
            return value
        return [typed(node.items, inner) for inner in value]
    if type(value) is int and node.types == ("number",):
        return float(value)
    if type(value) is str and node.format_name == "byte":
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return value
    return value


def _typed_object(node: Node, value: dict[str, Any], resource: bool) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for name, inner in value.items():
        if resource and name == "metadata":
            given = inner if type(inner) is dict else {}
            seen[name] = {part: given[part] for part in ("name", "generateName") if part in given}
            continue
        below = node.properties.get(name)
        if below is not None:
            seen[escaped(name)] = typed(below, inner)
        else:
            seen[name] = typed(node.additional, inner) if node.additional is not None else inner
    return seen


def _differs(node: Node) -> bool:
    """Whether any value below a node is seen differently than it is written."""
    if node.typed_deep is None:
        below = [*node.properties.values()]
        below += [each for each in (node.additional, node.items) if each is not None]
        here = node.embedded or node.types == ("number",) or node.format_name == "byte"
        names = any(escaped(name) != name for name in node.properties)
        node.typed_deep = here or names or any(_differs(each) for each in below)
    return node.typed_deep


def times_below(node: Node) -> frozenset[str]:
    """The names of fields of moments and durations at or below a node; an empty name stands for the node itself."""
    found: set[str] = {""} if node.format_name in TIME_FORMATS else set()
    for name, below in node.properties.items():
        inner = times_below(below)
        found |= inner - {""}
        if "" in inner:
            found.add(escaped(name))
    for each in (node.additional, node.items):
        if each is not None:
            found |= times_below(each)
    return frozenset(found)
