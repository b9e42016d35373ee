"""Strategic merge patch: a merge patch whose lists are merged by the schema's keys, with directives of its own.

`$patch` in a map replaces or deletes it, `$retainKeys` drops what it does not name, `$deleteFromPrimitiveList/x` takes
members out of the list x, `$setElementOrder/x` says in which order its entries come.
Source: k8s.io/apimachinery, util/strategicpatch/patch.go.
"""

from __future__ import annotations

from typing import Any, Final

from lattice_tui.rehearsal.api.errors import bad_request
from lattice_tui.rehearsal.api.go_text import printed, type_name
from lattice_tui.rehearsal.api.json_objects import copied_object
from lattice_tui.rehearsal.api.list_patching import (
    DIRECTIVE,
    ListRules,
    check_order,
    in_asked_order,
    merged_list,
    refused,
    without_directives,
    without_members,
)

JsonObject = dict[str, Any]

DELETE_FROM: Final = "$deleteFromPrimitiveList"
ORDER: Final = "$setElementOrder"
RETAIN: Final = "$retainKeys"
BAD_RETAIN: Final = "invalid patch format of retainKeys"
BAD_DELETE: Final = "invalid patch format of primitive list"

_METADATA: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "finalizers": {"type": "array", "items": {"type": "string"}, "x-kubernetes-patch-strategy": "merge"},
        "ownerReferences": {
            "type": "array",
            "items": {"type": "object"},
            "x-kubernetes-patch-strategy": "merge",
            "x-kubernetes-patch-merge-key": "uid",
        },
    },
}


def strategic_merged(schema: JsonObject, live: JsonObject, patch: JsonObject) -> JsonObject:
    """`live` with a strategic merge patch applied, by the schema's merge keys. Changes neither argument.

    Raises ApiError 400 for directives of a wrong form, 500 (as the server does) for entries without their key.
    """
    whole = {**schema, "properties": {**(schema.get("properties") or {}), "metadata": _METADATA}}
    return _merged_map(whole, copied_object(live), copied_object(patch))


def _merged_map(schema: JsonObject, live: JsonObject, patch: JsonObject) -> JsonObject:
    if DIRECTIVE in patch:
        return _directed(patch)
    patch = _retained(live, patch)
    patch = _ordered(schema, live, patch)
    for key, value in patch.items():
        if key.startswith(DELETE_FROM):
            _delete_members(live, _list_of(key, DELETE_FROM, BAD_DELETE), value)
        elif value is None:
            live.pop(key, None)
        else:
            _merge_field(_field(schema, key), live, key, value)
    return live


def _directed(patch: JsonObject) -> JsonObject:
    directive = patch[DIRECTIVE]
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    raise refused(f"unknown patch type: {printed(directive)} in map: {printed(patch)}")


def _merge_field(schema: JsonObject, live: JsonObject, key: str, value: Any) -> None:
    """Merges one field's value into `live`; what is not there yet, or of another type, is replaced."""
    current = live.get(key)
    if isinstance(value, dict) and isinstance(current, dict):
        replaces = "replace" in _strategies(schema)
        live[key] = value if replaces else _merged_map(schema, current, value)
    elif isinstance(value, list) and isinstance(current, list):
        rules = _list_rules(schema)
        live[key] = merged_list(rules, current, value) if rules else value
    else:
        kept, is_kept = without_directives(_without_nulls(value))
        if is_kept:
            live[key] = kept
        else:
            live.pop(key, None)


def _delete_members(live: JsonObject, key: str, members: Any) -> None:
    current = live.get(key)
    if members is None:
        live.pop(key, None)
    elif isinstance(current, list) and isinstance(members, list):
        live[key] = without_members(current, members)


def _retained(live: JsonObject, patch: JsonObject) -> JsonObject:
    """The patch without its `$retainKeys`, once everything that it does not name is gone from `live`."""
    if RETAIN not in patch:
        return patch
    names = patch[RETAIN]
    rest = {key: value for key, value in patch.items() if key != RETAIN}
    if not isinstance(names, list):
        raise bad_request(BAD_RETAIN)
    for key, value in rest.items():
        if value is not None and not key.startswith((DELETE_FROM, ORDER)) and key not in names:
            raise bad_request(BAD_RETAIN)
    for key in [key for key in live if key not in names]:
        del live[key]
    return rest


def _ordered(schema: JsonObject, live: JsonObject, patch: JsonObject) -> JsonObject:
    """The patch without its `$setElementOrder` directives and the lists they order, which are merged into `live`."""
    rest = dict(patch)
    for directive, order in patch.items():
        if not directive.startswith(ORDER):
            continue
        del rest[directive]
        if not isinstance(order, list):
            raise refused(f"expected a []interface {{}}, but received a {type_name(order)}")
        key = _list_of(directive, ORDER, "invalid patch format of setElementOrder list")
        rules = _list_rules(_field(schema, key)) or ListRules("", {}, _merged_map, merges=False)
        asked = rest.get(key)
        check_order(rules, asked if isinstance(asked, list) else [], order)
        current = live.get(key)
        if not (isinstance(current, list) or isinstance(asked, list)):
            continue
        rest.pop(key, None)
        live[key] = in_asked_order(rules, current, asked, order)
    return rest


def _list_of(directive: str, prefix: str, problem: str) -> str:
    """The list that a directive is about."""
    head, slash, key = directive.partition("/")
    if head != prefix or not slash:
        raise bad_request(problem)
    return key


def _field(schema: JsonObject, key: str) -> JsonObject:
    found = (schema.get("properties") or {}).get(key)
    return found if isinstance(found, dict) else {}


def _strategies(schema: JsonObject) -> list[str]:
    return str(schema.get("x-kubernetes-patch-strategy", "")).split(",")


def _list_rules(schema: JsonObject) -> ListRules | None:
    """How a list is merged; None when it is replaced as a whole."""
    if "merge" not in _strategies(schema):
        return None
    return ListRules(schema.get("x-kubernetes-patch-merge-key", ""), schema.get("items") or {}, _merged_map)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
