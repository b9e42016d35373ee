"""What a handler answers, and how objects look on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api.kinds import Kind

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status code and a JSON body."""

    code: int
    body: JsonObject


def listing(kind: Kind, items: list[JsonObject], resource_version: int, token: str, remaining: int) -> JsonObject:
    """A list. As from a real server, items of built-in kinds do not repeat apiVersion and kind."""
    metadata: JsonObject = {"resourceVersion": str(resource_version)}
    if token:
        metadata["continue"] = token
    if remaining:
        metadata["remainingItemCount"] = remaining
    if not kind.is_custom:
        items = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")} for item in items]
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": items}


def scale(obj: JsonObject) -> JsonObject:
    """The autoscaling/v1 Scale of an object with replicas."""
    metadata = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    status: JsonObject = {"replicas": obj.get("status", {}).get("replicas", 0)}
    selector = obj.get("status", {}).get("selector", "")
    if selector:
        status["selector"] = selector
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: metadata[key] for key in kept if key in metadata},
        "spec": {"replicas": obj.get("spec", {}).get("replicas", 0)},
        "status": status,
    }
