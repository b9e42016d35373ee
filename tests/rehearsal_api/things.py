"""A kind with every sort of list and map, for tests of apply, and short ways to apply to it."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.apply import applied_by, updated_by
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.served import ServedVersion

JsonObject = dict[str, Any]

STRING: JsonObject = {"type": "string"}
PORT: JsonObject = {
    "type": "object",
    "properties": {
        "port": {"type": "integer"},
        "protocol": {"type": "string", "default": "TCP"},
        "name": STRING,
    },
}
CONDITION: JsonObject = {"type": "object", "properties": {"type": STRING, "status": STRING, "reason": STRING}}
SPEC: JsonObject = {
    "text": STRING,
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "words": {"type": "object", "additionalProperties": STRING},
    "struct": {"type": "object", "properties": {"one": STRING, "two": STRING}},
    "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"one": STRING, "two": STRING}},
    "list": {"type": "array", "items": STRING},
    "set": {"type": "array", "x-kubernetes-list-type": "set", "items": STRING},
    "ports": {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["port", "protocol"],
        "items": PORT,
    },
    "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}
SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": SPEC},
        "status": {
            "type": "object",
            "properties": {
                "phase": STRING,
                "conditions": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["type"],
                    "items": CONDITION,
                },
            },
        },
    },
}
THING = Kind("example.x-k8s.io", "v1", "Thing", "things", True, True).with_versions(
    (ServedVersion("v1", SCHEMA, has_status=True),)
)
API_VERSION = "example.x-k8s.io/v1"


def bare(**spec: Any) -> JsonObject:
    """A Thing as a client would send it."""
    metadata = {"name": "t", "namespace": "team-a"}
    return {"apiVersion": API_VERSION, "kind": "Thing", "metadata": metadata, "spec": spec}


def with_status(**status: Any) -> JsonObject:
    """A Thing as a client would send it to its status."""
    return {key: value for key, value in bare().items() if key != "spec"} | {"status": status}


def fresh() -> JsonObject:
    """What an apply begins with where there is no object yet."""
    return {"apiVersion": API_VERSION, "kind": "Thing", "metadata": {}}


def applied(
    live: JsonObject, config: JsonObject, manager: str, *, now: str = "now", force: bool = False, status: bool = False
) -> JsonObject:
    """`live` after an apply."""
    return applied_by(SCHEMA, THING, live, config, manager, now, force=force, status=status)


def updated(live: JsonObject | None, new: JsonObject, manager: str, *, now: str = "now") -> JsonObject:
    """`new` with its managers after a plain write."""
    return updated_by(SCHEMA, THING, live, new, manager, now, status=False)


def fields(obj: JsonObject, manager: str) -> Any:
    """What a manager owns, as fieldsV1; None for a manager of nothing."""
    entries = obj["metadata"].get("managedFields", ())
    return next((entry["fieldsV1"] for entry in entries if entry["manager"] == manager), None)
