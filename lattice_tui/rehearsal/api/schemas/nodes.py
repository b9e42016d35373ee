"""`Node`: one level of a schema, read once, with what its walkers ask of it ready at hand.

Source of the meanings: apiextensions.k8s.io/v1 JSONSchemaProps. A structural schema has no references, so its depth
bounds every walk: an object nested more deeply than its schema is never followed down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from weakref import WeakValueDictionary

from lattice_tui.rehearsal.api.schemas import formats
from lattice_tui.rehearsal.api.schemas.quick import quick
from lattice_tui.rehearsal.api.served import JsonObject

DEEPEST = 100
"""Levels of a schema that we walk; the deepest one of the projects we know has 25."""
_COUNTS: Final = frozenset({"minProperties", "maxProperties", "minItems", "maxItems", "uniqueItems"})
_LIMITS: Final = frozenset(
    {
        *("enum", "minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf", "minItems", "maxItems"),
        *("uniqueItems", "minProperties", "maxProperties", "allOf", "anyOf", "oneOf", "not"),
    }
)


class SchemaError(ValueError):
    """A schema that cannot be used; the words name the place in it."""


class Node:
    """One level of a schema. What it says never changes once it is made."""

    __slots__ = (
        "__weakref__",
        "additional",
        "all_of",
        "any_of",
        "checked_deep",
        "combined",
        "counted",
        "default",
        "defaulted_deep",
        "defaults",
        "embedded",
        "enum",
        "format_check",
        "format_name",
        "items",
        "keeps_unknown",
        "list_keys",
        "list_type",
        "listed_deep",
        "map_type",
        "not_",
        "nullable",
        "one_of",
        "opaque",
        "properties",
        "prunable",
        "quick",
        "raw",
        "required",
        "resource_deep",
        "ruled_deep",
        "rules",
        "takes_additional",
        "typed_deep",
        "types",
    )

    checked_deep: bool
    defaulted_deep: bool
    listed_deep: bool
    resource_deep: bool
    ruled_deep: bool

    def __init__(self, raw: JsonObject, path: str = "", depth: int = 0) -> None:
        if not isinstance(raw, dict):
            raise SchemaError(f"{path or 'the schema'}: must be an object")
        if depth > DEEPEST:
            raise SchemaError(f"{path}: the schema has more than {DEEPEST} levels")
        self.raw = raw
        self.typed_deep: bool | None = None
        """Whether CEL sees values below differently than they are written; found out when it is first asked."""
        self.nullable = raw.get("nullable") is True
        self.embedded = raw.get("x-kubernetes-embedded-resource") is True
        self.keeps_unknown = raw.get("x-kubernetes-preserve-unknown-fields") is True
        self.list_type = str(raw.get("x-kubernetes-list-type") or "")
        self.list_keys: tuple[str, ...] = tuple(raw.get("x-kubernetes-list-map-keys") or ())
        self.map_type = str(raw.get("x-kubernetes-map-type") or "")
        self.rules: tuple[JsonObject, ...] = tuple(
            rule for rule in raw.get("x-kubernetes-validations") or () if isinstance(rule, dict)
        )
        self.default: Any = raw.get("default")
        self._read_types(raw)
        self._read_children(raw, path, depth)
        self._sum_up(raw)

    def _read_types(self, raw: JsonObject) -> None:
        if raw.get("x-kubernetes-int-or-string") is True:
            self.types: tuple[str, ...] = ("integer", "string")
        else:
            self.types = (raw["type"],) if isinstance(raw.get("type"), str) and raw["type"] else ()
        name = raw.get("format") or ""
        self.format_check: Callable[[str], bool] | None = formats.check_of(name) if isinstance(name, str) else None
        self.format_name = name if self.format_check else ""
        self.enum: tuple[Any, ...] = tuple(raw.get("enum") or ())
        self.required: tuple[str, ...] = tuple(raw.get("required") or ())

    def _read_children(self, raw: JsonObject, path: str, depth: int) -> None:
        def child(schema: Any, name: str) -> Node:
            # Our own schemas share the shapes they have in common: a pod's, in every kind of workload.
            known = _shared.get(id(schema))
            if known is None:
                known = _shared[id(schema)] = Node(schema, f"{path}.{name}" if path else name, depth + 1)
            return known

        def each(name: str) -> tuple[Node, ...]:
            return tuple(child(inner, f"{name}[{place}]") for place, inner in enumerate(raw.get(name) or ()))

        properties = raw.get("properties") or {}
        if not isinstance(properties, dict):
            raise SchemaError(f"{path}.properties: must be an object")
        self.properties: dict[str, Node] = {
            name: child(inner, f"properties[{name}]") for name, inner in properties.items()
        }
        additional = raw.get("additionalProperties")
        self.additional = child(additional, "additionalProperties") if isinstance(additional, dict) else None
        self.takes_additional = additional is not None and additional is not False
        self.items = child(raw["items"], "items") if isinstance(raw.get("items"), dict) else None
        self.all_of, self.any_of, self.one_of = each("allOf"), each("anyOf"), each("oneOf")
        self.not_ = child(raw["not"], "not") if isinstance(raw.get("not"), dict) else None
        self.defaults: dict[str, Any] = {
            name: inner.default for name, inner in self.properties.items() if inner.default is not None
        }

    def _sum_up(self, raw: JsonObject) -> None:
        """What the walkers may pass over, and the table by which fields are known."""
        below = [*self.properties.values()]
        below += [node for node in (self.additional, self.items) if node is not None]
        self.prunable = self.properties
        if self.embedded:
            self.prunable = {**self.properties, **resource_fields()}
        self.defaulted_deep = bool(self.defaults) or any(
            node.defaulted_deep or node.default is not None for node in below
        )
        self.listed_deep = self.list_type in ("set", "map") or any(node.listed_deep for node in below)
        self.resource_deep = self.embedded or any(node.resource_deep for node in below)
        self.ruled_deep = bool(self.rules) or any(node.ruled_deep for node in (*below, *self.all_of))
        limited = bool(self.format_name) or not _LIMITS.isdisjoint(raw)
        self.quick = quick(raw, self.types, self.format_check)
        """What settles a single value that is right."""
        self.combined = bool(self.any_of or self.one_of or self.all_of or self.not_ is not None)
        self.counted = not _COUNTS.isdisjoint(raw)
        self.checked_deep = bool(self.types) or limited or bool(self.required) or bool(below)
        self.opaque = not below and not self.embedded

    def child(self, name: str) -> Node | None:
        """The schema of a field of this object."""
        return self.properties.get(name) or self.additional


def resource_fields() -> dict[str, Node]:
    """What every whole resource has, besides what its own schema says."""
    global _resource_fields
    if not _resource_fields:
        anything = Node({"x-kubernetes-preserve-unknown-fields": True})
        _resource_fields = {"apiVersion": anything, "kind": anything, "metadata": Node(OBJECT_META)}
    return _resource_fields


_resource_fields: dict[str, Node] = {}
_shared: WeakValueDictionary[int, Node] = WeakValueDictionary()
"""Nodes by the identity of the dict they were read from, which each keeps alive."""
_TEXT: Final[JsonObject] = {"type": "string"}
_TEXT_MAP: Final[JsonObject] = {"type": "object", "additionalProperties": _TEXT}
_ANYTHING: Final[JsonObject] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _described(texts: str, **others: JsonObject) -> JsonObject:
    return {"type": "object", "properties": {**dict.fromkeys(texts.split(), _TEXT), **others}}


OBJECT_META: Final[JsonObject] = _described(
    "name generateName namespace selfLink uid resourceVersion creationTimestamp deletionTimestamp",
    generation={"type": "integer"},
    deletionGracePeriodSeconds={"type": "integer"},
    labels=_TEXT_MAP,
    annotations=_TEXT_MAP,
    finalizers={"type": "array", "items": _TEXT},
    ownerReferences={
        "type": "array",
        "items": _described(
            "apiVersion kind name uid", controller={"type": "boolean"}, blockOwnerDeletion={"type": "boolean"}
        ),
    },
    managedFields={
        "type": "array",
        "items": _described("manager operation apiVersion time fieldsType subresource", fieldsV1=_ANYTHING),
    },
)
"""meta/v1 ObjectMeta."""
