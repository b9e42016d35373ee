"""Label and field selectors: parsed once, then asked about objects.

Source: k8s.io/apimachinery/pkg/labels/selector.go and pkg/fields; supported fields per kind: pkg/registry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.kinds import EVENT, NAMESPACE, NODE, POD, SECRET, Kind

JsonObject = dict[str, Any]
Operator = Literal["in", "notin", "exists", "absent"]

_SET = re.compile(r"\s*(?P<key>[^\s,()!=]+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)\s*")
_EQUALITY = re.compile(r"\s*(?P<key>[^\s,()!=]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^\s,()!=]*)\s*")
_PRESENCE = re.compile(r"\s*(?P<absent>!?)\s*(?P<key>[^\s,()!=]+)\s*")

COMMON_FIELDS = frozenset({"metadata.name", "metadata.namespace"})
MORE_FIELDS: dict[tuple[str, str], frozenset[str]] = {
    EVENT.key: frozenset(
        {
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source.component",
            "type",
        }
    ),
    SECRET.key: frozenset({"type"}),
    POD.key: frozenset({"spec.nodeName", "spec.serviceAccountName", "status.phase", "status.podIP"}),
    NODE.key: frozenset({"spec.unschedulable"}),
    NAMESPACE.key: frozenset({"status.phase"}),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One part of a selector. As in Kubernetes, an absent key satisfies `notin` (and !=)."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def holds(self, value: str | None) -> bool:
        if self.operator == "exists":
            return value is not None
        if self.operator == "absent":
            return value is None
        return (value in self.values) == (self.operator == "in")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects of a kind a request is about."""

    namespace: str = ""
    labels: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()

    def matches(self, obj: JsonObject) -> bool:
        """Whether the object is one of them."""
        metadata = obj["metadata"]
        if self.namespace and metadata.get("namespace", "") != self.namespace:
            return False
        labels = metadata.get("labels") or {}
        return all(requirement.holds(labels.get(requirement.key)) for requirement in self.labels) and all(
            requirement.holds(_field(obj, requirement.key)) for requirement in self.fields
        )


def selection(kind: Kind, namespace: str, label_selector: str, field_selector: str) -> Selection:
    """The selection of a request. Raises ApiError 400 for a selector that is malformed or not supported."""
    return Selection(namespace, label_requirements(label_selector), field_requirements(kind, field_selector))


def label_requirements(text: str) -> tuple[Requirement, ...]:
    """A label selector, such as `a=b,c!=d,e in (x,y),f notin (z),g,!h`."""
    requirements: list[Requirement] = []
    position = 0
    while position < len(text.rstrip()):
        match = _SET.match(text, position) or _EQUALITY.match(text, position) or _PRESENCE.match(text, position)
        if match is None or (match.end() < len(text) and text[match.end()] != ","):
            raise errors.bad_request(f"unable to parse requirement: {_stumbled(text, position)}")
        requirements.append(_requirement(match))
        position = match.end() + 1
    return tuple(requirements)


def _stumbled(text: str, position: int) -> str:
    """Where a label selector stops to make sense, in the words of the server's parser."""
    rest = text[position:]
    if after := re.match(r"\s*[^\s,()!=]+\s+(?:in|notin)\s+([^\s(]+)", rest):
        return f"found '{after[1]}' expected: '('"
    if after := re.match(r"\s*[^\s,()!=]+\s*(?:==|=|!=)\s*([=!()])", rest):
        return f"found '{after[1]}', expected: identifier"
    return f"found '{rest}', expected: identifier"


def field_requirements(kind: Kind, text: str) -> tuple[Requirement, ...]:
    """A field selector, such as `metadata.name=x,type!=y`."""
    requirements: list[Requirement] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _EQUALITY.fullmatch(part)
        if match is None:
            raise errors.bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        requirement = _requirement(match)
        if requirement.key not in COMMON_FIELDS | MORE_FIELDS.get(kind.key, frozenset()) | _selectable(kind):
            if kind.is_custom:
                raise errors.bad_request(f"field label not supported: {requirement.key}")
            raise errors.bad_request(
                f'Unable to find "{kind.group}/{kind.version}, Resource={kind.plural}" that match label selector "", '
                f'field selector "{text}": field label not supported: {requirement.key}'
            )
        requirements.append(requirement)
    return tuple(requirements)


def _selectable(kind: Kind) -> frozenset[str]:
    """The fields that a custom resource's definition lets one select by."""
    version = kind.at(kind.version)
    return frozenset(version.selectable_fields) if version is not None else frozenset()


def _requirement(match: re.Match[str]) -> Requirement:
    parts = match.groupdict()
    if "values" in parts:
        values = frozenset(value.strip() for value in parts["values"].split(","))
        return Requirement(parts["key"], "in" if parts["operator"] == "in" else "notin", values)
    if "value" in parts:
        operator: Operator = "notin" if parts["operator"] == "!=" else "in"
        return Requirement(parts["key"], operator, frozenset({parts["value"]}))
    return Requirement(parts["key"], "absent" if parts["absent"] else "exists")


def _field(obj: JsonObject, path: str) -> str:
    """A field as text; what is absent is the empty string, as the API server sees it."""
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
