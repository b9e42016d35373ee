"""Values against a schema: types, limits, enumerations, patterns, formats and combinations, in the server's order.

Source: k8s.io/kube-openapi/pkg/validation/validate. The server walks the properties of an object in no fixed order;
here it is the object's own. Every walker returns how many checks succeeded, as the server counts them: of several
alternatives that fail, the one that came furthest is told.

Ratcheting (on by default since 1.30): a value that an update leaves as it was is not refused, wherever old and new
can be matched: fields of objects, entries of `map` lists.
"""

from __future__ import annotations

from typing import Any, Final

from lattice_tui.rehearsal.api.schemas import limits
from lattice_tui.rehearsal.api.schemas.nodes import Node
from lattice_tui.rehearsal.api.schemas.quick import COUNTS
from lattice_tui.rehearsal.api.schemas.words import Violation, invalid, required, wrong_type

NOTHING: Final = object()
"""Stands for the old value where there is none to compare with."""
_TYPE_NAMES: Final[dict[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
}
_FORMATS_OF_VALUES: Final = {int: "int64", float: "float64"}
Found = list[Violation]


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; values nested too deeply to tell count as different."""
    try:
        return bool(one == other)
    except RecursionError:
        return False


def check(node: Node, value: Any, path: str, found: Found, old: Any = NOTHING) -> int:
    """Add to `found` what is wrong with `value`; the number of checks that succeeded.

    Nothing is added where `old` is given and equal: that the value is wrong is not this write's doing.
    """
    if node.quick is not None and node.quick(value):
        return COUNTS[type(value)]
    before = len(found)
    count = _check_null(node, path, found) if value is None else _check(node, value, path, found, old)
    if len(found) > before and old is not NOTHING and same(old, value):
        del found[before:]
    return count


def _check_null(node: Node, path: str, found: Found) -> int:
    if node.types and not node.nullable:
        found.append(wrong_type(path, "null", f'{path} in body must be of type {",".join(node.types)}: "null"'))
        return 0
    if node.enum:
        limits.check_enum(node, None, path, found)
    return 1


def _check(node: Node, value: Any, path: str, found: Found, old: Any) -> int:
    count = 1
    kind = type(value)
    if node.types or node.format_name:
        count += 1 + _check_type(node, value, path, found)
    count += 2
    if node.combined:
        count += _check_combinations(node, value, path, found, old)
    if kind is str:
        limits.check_text(node, value, path, found)
        count += 1
        if node.format_check is not None:
            count += 1
            if not node.format_check(value):
                detail = f"{path} in body must be of type {node.format_name}: {limits.quoted(value)}"
                found.append(wrong_type(path, value, detail))
    elif kind is int or kind is float:
        limits.check_number(node, value, path, found)
        count += 2
    elif kind is list:
        count += 2 + _check_list(node, value, path, found, old)
    if node.enum:
        limits.check_enum(node, value, path, found)
    count += 1
    if kind is dict:
        count += 1 + _check_object(node, value, path, found, old)
    return count


def _check_type(node: Node, value: Any, path: str, found: Found) -> int:
    types, kind = node.types, type(value)
    name = _TYPE_NAMES.get(kind, "object")
    numeric = "number" in types or "integer" in types
    if (kind is str or kind is list) and node.format_name and not numeric:
        return 1
    if name in types or (kind is int and "number" in types):
        return 1
    if kind is float and "integer" in types and value.is_integer():
        return 1
    wanted, given = ",".join(types), name
    if node.format_name and kind is not str and kind is not list:
        wanted, given = node.format_name, _FORMATS_OF_VALUES.get(kind, "")
    found.append(wrong_type(path, given, f'{path} in body must be of type {wanted}: "{given}"'))
    return 0


def _check_list(node: Node, value: list[Any], path: str, found: Found, old: Any) -> int:
    count = 1
    if node.items is not None and node.items.checked_deep:
        matched = old_entries(node, value, old)
        for place, inner in enumerate(value):
            was = NOTHING if matched is None else matched[place]
            count += check(node.items, inner, f"{path}[{place}]", found, was)
    if node.counted:
        limits.check_list(node, value, path, found)
    return count


def _check_object(node: Node, value: dict[str, Any], path: str, found: Found, old: Any) -> int:
    count = 0
    properties, additional = node.properties, node.additional
    if node.counted:
        limits.check_object(node, value, path, found)
    comparable = type(old) is dict
    prefix = f"{path}." if path else ""
    for name, inner in value.items():
        below = properties.get(name) or additional
        if below is None:
            if node.raw.get("additionalProperties") is False:
                detail = f"{path}.{name} in body is a forbidden property"
                found.append(invalid(path, name, detail))
            continue
        if below.quick is not None and below.quick(inner):
            count += COUNTS[type(inner)]
        elif below.checked_deep:
            was = old.get(name, NOTHING) if comparable else NOTHING
            count += check(below, inner, f"{prefix}{name}", found, was)
    for name in node.required:
        if name not in value:
            found.append(required(f"{prefix}{name}"))
    return count


def _check_combinations(node: Node, value: Any, path: str, found: Found, old: Any) -> int:
    """anyOf, oneOf, allOf, not: in this order, the furthest failure of the first two with them."""
    count = 0
    if node.any_of:
        count += _check_any(node, value, path, found, old)
    if node.one_of:
        count += _check_one(node, value, path, found, old)
    if node.all_of:
        passed = 0
        for inner in node.all_of:
            before = len(found)
            count += _check(inner, value, path, found, old)
            passed += len(found) == before
        if passed != len(node.all_of):
            none = "" if passed else ". None validated"
            found.append(invalid("<nil>", "", f'"{path}" must validate all the schemas (allOf){none}'))
    if node.not_ is not None:
        refused: Found = []
        _check(node.not_, value, path, refused, old)
        if not refused:
            found.append(invalid("<nil>", "", f'"{path}" must not validate the schema (not)'))
    return count


def _check_any(node: Node, value: Any, path: str, found: Found, old: Any) -> int:
    best: tuple[int, Found] | None = None
    for inner in node.any_of:
        tried: Found = []
        count = _check(inner, value, path, tried, old)
        if not tried:
            return count
        if best is None or count > best[0]:
            best = (count, tried)
    found.append(invalid("<nil>", "", f'"{path}" must validate at least one schema (anyOf)'))
    if best is None:
        return 0
    found.extend(best[1])
    return best[0]


def _check_one(node: Node, value: Any, path: str, found: Found, old: Any) -> int:
    best: tuple[int, Found] | None = None
    first, passed = 0, 0
    for inner in node.one_of:
        tried: Found = []
        count = _check(inner, value, path, tried, old)
        if not tried:
            first, passed, best = first if passed else count, passed + 1, None
        elif not passed and (best is None or count > best[0]):
            best = (count, tried)
    if passed == 1:
        return first
    how = f"Found {passed} valid alternatives" if passed else "Found none valid"
    found.append(invalid("<nil>", "", f'"{path}" must validate one and only one schema (oneOf). {how}'))
    if best is None:
        return 0
    found.extend(best[1])
    return best[0]


def old_entries(node: Node, value: list[Any], old: Any) -> list[Any] | None:
    """Per entry of a `map` list the old entry of the same keys, or NOTHING; None for lists that cannot be matched."""
    if node.list_type != "map" or type(old) is not list:
        return None
    known: dict[str, Any] = {}
    for entry in old:
        known.setdefault(_key_of(node, entry), entry)
    return [known.get(_key_of(node, entry), NOTHING) for entry in value]


def _key_of(node: Node, entry: Any) -> str:
    if type(entry) is not dict:
        return ""
    return repr([entry.get(name) for name in node.list_keys])
