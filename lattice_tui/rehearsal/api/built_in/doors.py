"""Which rules a kind has: the doors that the store's rules and checks go through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lattice_tui.rehearsal.api.built_in import pods, services, settings, workloads
from lattice_tui.rehearsal.api.built_in.causes import Cause
from lattice_tui.rehearsal.api.empty_objects import empty_status
from lattice_tui.rehearsal.api.kinds import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DISRUPTION_BUDGET,
    EVENT,
    INGRESS,
    NETWORK_POLICY,
    NODE,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    POD_AUTOSCALER,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    Kind,
)

JsonObject = dict[str, Any]

BINDINGS: Final = frozenset({ROLE_BINDING.key, CLUSTER_ROLE_BINDING.key})
ROLES: Final = frozenset({ROLE.key, CLUSTER_ROLE.key})
DATA: Final = frozenset({CONFIG_MAP.key, SECRET.key})

OWN: Final[dict[tuple[str, str], Callable[[JsonObject, JsonObject | None], list[Cause]]]] = {
    SERVICE.key: services.violations,
    NETWORK_POLICY.key: settings.policy_violations,
    INGRESS.key: settings.ingress_violations,
    NODE.key: settings.node_violations,
    EVENT.key: settings.event_violations,
    DISRUPTION_BUDGET.key: settings.budget_violations,
    PERSISTENT_VOLUME_CLAIM.key: settings.claim_violations,
}


def read(kind: Kind, obj: JsonObject) -> JsonObject:
    """A request's object as a server's own type holds it."""
    return settings.data_defaulted(obj) if kind.key in DATA else obj


def defaulted(kind: Kind, obj: JsonObject) -> JsonObject:
    """With the defaults that a schema cannot say."""
    if kind.is_custom:
        return obj
    if kind == POD:
        return {**obj, "spec": pods.defaulted_spec(obj.get("spec") or {}, is_pod=True)}
    if kind.key in workloads.TEMPLATED:
        return workloads.defaulted(kind, obj)
    if kind == SERVICE:
        return services.defaulted(obj)
    if kind.key in BINDINGS:
        return settings.binding_defaulted(obj)
    if kind == POD_AUTOSCALER:
        return settings.autoscaler_defaulted(obj)
    if kind == PERSISTENT_VOLUME_CLAIM:
        return {**obj, "spec": {"volumeMode": "Filesystem", **(obj.get("spec") or {})}}
    return settings.policy_defaulted(obj) if kind == NETWORK_POLICY else obj


def born(kind: Kind, obj: JsonObject) -> JsonObject:
    """A new object, completed, with what only new ones are given, and the status that every one has."""
    if kind.is_custom:
        return obj
    if kind.key in workloads.TEMPLATED:
        obj = workloads.born(kind, obj)
    if kind == POD:
        return {**obj, "status": {"phase": "Pending", "qosClass": pods.quality(obj["spec"])}}
    if kind == PERSISTENT_VOLUME_CLAIM:
        return {**obj, "status": {"phase": "Pending"}}
    return empty_status(kind, obj)


def carried_over(kind: Kind, live: JsonObject, obj: JsonObject) -> JsonObject:
    """An update with what it need not repeat."""
    return services.carried_over(live, obj) if kind == SERVICE else obj


def status_defaulted(kind: Kind, obj: JsonObject) -> JsonObject:
    """A written status, completed."""
    return services.status_defaulted(obj) if kind == SERVICE else obj


def violations(kind: Kind, obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """What is refused beyond the schema; none for a kind of others."""
    if kind.is_custom:
        return []
    if kind == POD:
        new, before = obj.get("spec") or {}, (old or {}).get("spec")
        return pods.violations(new) + (pods.update_violations(new, before) if before is not None else [])
    if kind.key in workloads.TEMPLATED:
        return workloads.violations(kind, obj, old)
    if kind.key in DATA:
        return settings.data_violations(kind, obj, old)
    if kind.key in ROLES:
        return settings.role_violations(obj, in_namespace=kind.namespaced)
    if kind.key in BINDINGS:
        return settings.binding_violations(obj, old, in_namespace=kind.namespaced)
    own = OWN.get(kind.key)
    return own(obj, old) if own else []
