"""Cells of settings and rights: secrets, config maps, accounts, roles, webhooks, classes, quotas, definitions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.known.printing.layout import (
    AGE_TEXT,
    NAME,
    NONE,
    UNSET,
    Printed,
    age_of,
    count,
    name_of,
    number,
    part,
    text,
    truth,
)
from lattice_tui.rehearsal.api.served import Column, JsonObject


def named_and_dated_cells(obj: JsonObject, now: datetime) -> list[Any]:  # noqa: ARG001 - one shape for every kind
    """A name and a moment, for kinds about which the server computes nothing."""
    return [name_of(obj), obj["metadata"].get("creationTimestamp", "")]


def named_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """A name and an age."""
    return [name_of(obj), age_of(obj, now)]


def secret_cells(secret: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a secret; how much is in it, never what."""
    return [name_of(secret), secret.get("type", ""), len(secret.get("data") or {}), age_of(secret, now)]


def config_map_cells(config_map: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a config map."""
    held = len(config_map.get("data") or {}) + len(config_map.get("binaryData") or {})
    return [name_of(config_map), held, age_of(config_map, now)]


def binding_cells(binding: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a role binding."""
    role = part(binding, "roleRef")
    subjects = binding.get("subjects") or []
    users = [one["name"] for one in subjects if one.get("kind") == "User"]
    groups = [one["name"] for one in subjects if one.get("kind") == "Group"]
    accounts = [
        f"{one['namespace']}/{one['name']}" if one.get("namespace") else one["name"]
        for one in subjects
        if one.get("kind") == "ServiceAccount"
    ]
    return [
        name_of(binding),
        f"{role.get('kind', '')}/{role.get('name', '')}",
        age_of(binding, now),
        *(", ".join(names) for names in (users, groups, accounts)),
    ]


def webhook_cells(configuration: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a webhook configuration."""
    return [name_of(configuration), len(configuration.get("webhooks") or []), age_of(configuration, now)]


def priority_class_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a priority class."""
    is_default = bool(obj.get("globalDefault"))
    return [name_of(obj), obj.get("value", 0), is_default, age_of(obj, now), obj.get("preemptionPolicy") or ""]


def disruption_budget_cells(budget: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a pod disruption budget."""
    spec = part(budget, "spec")
    limits = [str(spec[name]) if spec.get(name) is not None else "N/A" for name in ("minAvailable", "maxUnavailable")]
    return [name_of(budget), *limits, count(budget, "status", "disruptionsAllowed"), age_of(budget, now)]


def quota_cells(quota: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a resource quota."""
    hard, used = part(quota, "status", "hard"), part(quota, "status", "used")
    written = {name: f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)}
    limits = [one for name, one in written.items() if name.startswith("limits.")]
    requests = [one for name, one in written.items() if not name.startswith("limits.")]
    return [name_of(quota), ", ".join(requests), ", ".join(limits), age_of(quota, now)]


def api_service_cells(service: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an APIService."""
    behind = part(service, "spec").get("service")
    place = f"{behind.get('namespace', '')}/{behind.get('name', '')}" if behind else "Local"
    conditions = part(service, "status").get("conditions") or []
    available = next((one for one in conditions if one.get("type") == "Available"), {"status": "Unknown"})
    told = available["status"]
    if told != "True" and available.get("reason"):
        told = f"{told} ({available['reason']})"
    return [name_of(service), place, told, age_of(service, now)]


def csi_driver_cells(driver: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a CSI driver."""
    spec = part(driver, "spec")
    requests = spec.get("tokenRequests")
    return [
        name_of(driver),
        spec.get("attachRequired", True),
        spec.get("podInfoOnMount", False),
        spec.get("storageCapacity", False),
        UNSET if requests is None else ",".join(one.get("audience", "") for one in requests),
        spec.get("requiresRepublish", False),
        ",".join(spec.get("volumeLifecycleModes") or []) or NONE,
        age_of(driver, now),
    ]


def csi_node_cells(node: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a CSI node."""
    return [name_of(node), len(part(node, "spec").get("drivers") or []), age_of(node, now)]


NAMED_AND_DATED = Printed(
    (NAME, Column("Created At", "date", "", 0, "When the object was created.")), named_and_dated_cells
)
NAMED = Printed((NAME, AGE_TEXT), named_cells)
SECRETS = Printed(
    (NAME, text("Type", "What the secret is for."), text("Data", "How many values it holds."), AGE_TEXT), secret_cells
)
CONFIG_MAPS = Printed((NAME, text("Data", "How many values it holds."), AGE_TEXT), config_map_cells)
BINDINGS = Printed(
    (
        NAME,
        text("Role", "The role it gives."),
        AGE_TEXT,
        text("Users", "The users who get it.", wide=True),
        text("Groups", "The groups that get it.", wide=True),
        text("ServiceAccounts", "The service accounts that get it.", wide=True),
    ),
    binding_cells,
)
WEBHOOKS = Printed((NAME, number("Webhooks", "How many webhooks it registers."), AGE_TEXT), webhook_cells)
PRIORITY_CLASSES = Printed(
    (
        NAME,
        number("Value", "The priority of its pods; more goes first."),
        truth("Global-Default", "Whether pods without a class get it."),
        AGE_TEXT,
        text("PreemptionPolicy", "Whether its pods push out lesser ones."),
    ),
    priority_class_cells,
)
DISRUPTION_BUDGETS = Printed(
    (
        NAME,
        text("Min Available", "How many pods must stay."),
        text("Max Unavailable", "How many pods may be away."),
        number("Allowed Disruptions", "How many more pods may be taken away now."),
        AGE_TEXT,
    ),
    disruption_budget_cells,
)
QUOTAS = Printed(
    (
        NAME,
        text("Request", "What is asked for, of how much that may be."),
        text("Limit", "What is allowed at most, of how much that may be."),
        AGE_TEXT,
    ),
    quota_cells,
)
API_SERVICES = Printed(
    (
        NAME,
        text("Service", "What answers for the group's version."),
        text("Available", "Whether it answers."),
        AGE_TEXT,
    ),
    api_service_cells,
)
CSI_DRIVERS = Printed(
    (
        NAME,
        truth("AttachRequired", "Whether its volumes must be attached to a node."),
        truth("PodInfoOnMount", "Whether it is told about the pod."),
        truth("StorageCapacity", "Whether it tells how much room is left."),
        text("TokenRequests", "For whom it wants tokens of the pod's account."),
        truth("RequiresRepublish", "Whether it wants to be called again and again."),
        text("Modes", "How long its volumes live."),
        AGE_TEXT,
    ),
    csi_driver_cells,
)
CSI_NODES = Printed((NAME, number("Drivers", "How many drivers the node has."), AGE_TEXT), csi_node_cells)
