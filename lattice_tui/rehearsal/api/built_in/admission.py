"""Admission: what a write is given that depends on other stored objects, and what is refused for their sake.

Source: plugin/pkg/admission/{defaulttolerationseconds,priority}, and the allocators of Services.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.built_in import addresses
from lattice_tui.rehearsal.api.kinds import POD, PRIORITY_CLASS, SERVICE, Kind

JsonObject = dict[str, Any]
Stored = Callable[[Kind], Sequence[JsonObject]]

TOLERATED_S: Final = 300
NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
SYSTEM_CLASSES: Final = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
"""Priority classes every server has from its start."""


def admitted(kind: Kind, obj: JsonObject, stored: Stored) -> JsonObject:
    """A new object, completed. Raises ApiError 403 for a Pod of an unknown priority class."""
    if kind == SERVICE:
        return addresses.allocated(obj, stored(SERVICE))
    return _pod(obj, stored) if kind == POD else obj


def readmitted(kind: Kind, obj: JsonObject, stored: Stored) -> JsonObject:
    """An updated object, completed."""
    return addresses.allocated(obj, stored(SERVICE)) if kind == SERVICE else obj


def check(kind: Kind, obj: JsonObject, old: JsonObject | None, stored: Stored) -> None:
    """Raises ApiError 422 for a Service that asks for what another one has."""
    if kind == SERVICE and (old is None or old.get("spec") != obj.get("spec")):
        addresses.check(obj, stored(SERVICE))


def _pod(pod: JsonObject, stored: Stored) -> JsonObject:
    spec = dict(pod.get("spec") or {})
    tolerations = list(spec.get("tolerations") or [])
    for key in (NOT_READY, UNREACHABLE):
        if not any(_tolerates(one, key) for one in spec.get("tolerations") or []):
            asked = {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TOLERATED_S}
            tolerations.append(asked)
    spec["tolerations"] = tolerations
    spec |= {"priority": 0, "preemptionPolicy": "PreemptLowerPriority"} | _priority(pod, spec, stored)
    return {**pod, "spec": spec}


def _tolerates(toleration: JsonObject, key: str) -> bool:
    return toleration.get("key") in (None, "", key) and toleration.get("effect") in (None, "", "NoExecute")


def _priority(pod: JsonObject, spec: JsonObject, stored: Stored) -> JsonObject:
    name = spec.get("priorityClassName") or ""
    classes = stored(PRIORITY_CLASS)
    if name in SYSTEM_CLASSES:
        return {"priority": SYSTEM_CLASSES[name]}
    found = next((one for one in classes if one["metadata"]["name"] == name), None)
    if name and found is None:
        raise errors.forbidden(POD, pod["metadata"]["name"], f"no PriorityClass with name {name} was found")
    if found is None:
        found = next((one for one in classes if one.get("globalDefault")), None)
    if found is None:
        return {}
    given: JsonObject = {"priorityClassName": found["metadata"]["name"], "priority": found.get("value", 0)}
    return {**given, "preemptionPolicy": found.get("preemptionPolicy") or "PreemptLowerPriority"}
