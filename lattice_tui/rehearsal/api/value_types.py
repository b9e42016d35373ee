"""What a schema says about merging: which maps and lists are one value, and what tells a list's entries apart.

Made from a raw OpenAPI v3 schema. Source: kube-openapi, schemaconv/openapi.go and smd.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from lattice_tui.rehearsal.api.fields import key_element, value_element

JsonObject = dict[str, Any]
Form = Literal["map", "list", "scalar", ""]

MAX_CACHED: Final = 1_000


class ListEntryError(Exception):
    """An entry of a list cannot be told apart from the others; the text says why."""


@dataclass(slots=True, eq=False)
class MapType:
    """A map or struct."""

    fields: dict[str, ValueType]
    rest: ValueType | None
    """Of every other key; None: no other key is declared."""
    is_atomic: bool = False
    defaults: JsonObject = field(default_factory=dict)

    def of(self, key: str) -> ValueType:
        """The type of a key's value."""
        return self.fields.get(key) or self.rest or DEDUCED


@dataclass(slots=True, eq=False)
class ListType:
    """A list: one value (not associative), a set (no keys), or entries by keys."""

    items: ValueType
    is_associative: bool = False
    keys: tuple[str, ...] = ()

    def element(self, item: Any) -> str:
        """What tells an entry from the others, as a path element. Raises ListEntryError with the server's words."""
        if not self.keys:
            return self._set_element(item)
        if item is None:
            raise ListEntryError("associative list with keys may not have a null element")
        if not isinstance(item, dict):
            raise ListEntryError("associative list with keys may not have non-map elements")
        defaults = self.items.map.defaults if self.items.map else {}
        found = {key: item.get(key, defaults.get(key)) for key in self.keys if key in item or key in defaults}
        if not found:
            named = " ".join(f'"{key}"' for key in self.keys)
            raise ListEntryError(
                f"associative list with keys has an element that omits all key fields [{named}] "
                "(and doesn't have default values for any key fields)"
            )
        return key_element(found)

    def _set_element(self, item: Any) -> str:
        if isinstance(item, dict):
            raise ListEntryError("associative list without keys has an element that's a map type")
        if isinstance(item, list):
            raise ListEntryError("not supported: associative list with lists as elements")
        if item is None:
            raise ListEntryError("associative list without keys has an element that's an explicit null")
        return value_element(item)


@dataclass(slots=True, eq=False)
class ValueType:
    """What a value may be: one of these, or several where the schema leaves it open."""

    scalar: str = ""
    """`string`, `numeric`, `boolean` or `untyped`; empty: no scalar."""
    map: MapType | None = None
    list: ListType | None = None

    def form(self, value: Any) -> Form:
        """As which of its forms a value is taken; one that fits none, and null, as the first there is."""
        if isinstance(value, dict):
            if self.map:
                return "map"
        elif isinstance(value, list):
            if self.list:
                return "list"
        elif value is not None and self.scalar and isinstance(value, str | int | float):
            return "scalar"
        return "map" if self.map else "scalar" if self.scalar else "list" if self.list else ""


UNTYPED: Final = ValueType(scalar="untyped")
"""Anything, taken as one value."""
UNTYPED.list = ListType(UNTYPED)
UNTYPED.map = MapType({}, UNTYPED, is_atomic=True)

DEDUCED: Final = ValueType(scalar="untyped", list=ListType(UNTYPED))
"""Anything: maps key by key, lists as one value."""
DEDUCED.map = MapType({}, DEDUCED)

_STRING: Final = ValueType(scalar="string")
_NUMBER: Final = ValueType(scalar="numeric")
_SCALAR: Final = ValueType(scalar="untyped")
_BOOLEAN: Final = ValueType(scalar="boolean")
_STRINGS: Final = ValueType(map=MapType({}, _STRING))

OBJECT_META: Final = ValueType(
    map=MapType(
        {
            **dict.fromkeys(("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"), _STRING),
            **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), _SCALAR),
            **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), _NUMBER),
            **dict.fromkeys(("labels", "annotations"), _STRINGS),
            "finalizers": ValueType(list=ListType(_STRING, True)),
            "managedFields": ValueType(list=ListType(DEDUCED)),
            "ownerReferences": ValueType(
                list=ListType(
                    ValueType(
                        map=MapType(
                            {
                                **dict.fromkeys(("apiVersion", "kind", "name", "uid"), _STRING),
                                **dict.fromkeys(("controller", "blockOwnerDeletion"), _BOOLEAN),
                            },
                            None,
                            is_atomic=True,
                        )
                    ),
                    True,
                    ("uid",),
                )
            ),
        },
        None,
    )
)
"""The metadata of every object. Source: k8s.io/apimachinery, meta/v1/types.go."""

_HEAD: Final = {"apiVersion": _STRING, "kind": _STRING, "metadata": OBJECT_META}
_known: dict[int, tuple[JsonObject, ValueType]] = {}


def value_type_of(schema: JsonObject) -> ValueType:
    """The type of whole objects of a schema; `{}` says nothing but what every object has. Cached by identity."""
    found = _known.get(id(schema))
    if found is not None and found[0] is schema:
        return found[1]
    made = _value_type(schema, False) if schema else DEDUCED
    inner = made.map or MapType({}, DEDUCED)
    whole = ValueType(map=MapType({**inner.fields, **_HEAD}, inner.rest))
    if len(_known) >= MAX_CACHED:
        _known.clear()
    # The schema is kept with its type: as long as it is, no other object can have its id.
    _known[id(schema)] = (schema, whole)
    return whole


def _value_type(schema: JsonObject, keeps_unknown: bool) -> ValueType:
    keeps_unknown = keeps_unknown or schema.get("x-kubernetes-preserve-unknown-fields") is True
    kind = schema.get("type")
    if kind == "object":
        return ValueType(map=_map_type(schema, keeps_unknown))
    if kind == "array":
        return ValueType(list=_list_type(schema, keeps_unknown))
    if kind in ("integer", "number"):
        return _NUMBER
    if kind == "boolean":
        return _BOOLEAN
    if kind == "string":
        return _STRING if schema.get("format", "") in ("", "byte") else _SCALAR
    return ValueType("untyped", _map_type(schema, keeps_unknown), _list_type(schema, keeps_unknown))


def _map_type(schema: JsonObject, keeps_unknown: bool) -> MapType:
    properties = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    rest: ValueType | None
    if isinstance(others, dict):
        rest = _value_type(others, keeps_unknown) if others else DEDUCED
    elif others is None:
        rest = DEDUCED if keeps_unknown or not properties else None
    else:
        rest = DEDUCED if others else None
    fields = {name: _value_type(inner, keeps_unknown) for name, inner in properties.items()}
    if schema.get("x-kubernetes-embedded-resource"):
        fields |= _HEAD
    defaults = {name: inner["default"] for name, inner in properties.items() if inner.get("default") is not None}
    return MapType(fields, rest, schema.get("x-kubernetes-map-type") == "atomic", defaults)


def _list_type(schema: JsonObject, keeps_unknown: bool) -> ListType:
    items = schema.get("items")
    item_type = _value_type(items, keeps_unknown) if isinstance(items, dict) and items else UNTYPED
    declared = schema.get("x-kubernetes-list-type")
    if declared == "map":
        return ListType(item_type, True, tuple(schema.get("x-kubernetes-list-map-keys") or ()))
    if declared is not None:
        return ListType(item_type, declared == "set")
    if "merge" in str(schema.get("x-kubernetes-patch-strategy", "")).split(","):
        key = schema.get("x-kubernetes-patch-merge-key")
        return ListType(item_type, True, (key,) if key else ())
    return ListType(item_type)
