"""Cells of what a cluster consists of: nodes, namespaces, volumes and their classes, events, leases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.elapsed import UNKNOWN, age
from lattice_tui.rehearsal.api.known.printing.layout import (
    AGE_TEXT,
    NAME,
    NONE,
    UNSET,
    Printed,
    age_of,
    has_condition,
    is_leaving,
    name_of,
    part,
    text,
)
from lattice_tui.rehearsal.api.served import Column, JsonObject

ROLE_LABEL_PREFIX = "node-role.kubernetes.io/"
ROLE_LABEL = "kubernetes.io/role"
OLD_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
DEFAULT_CLASS_ANNOTATIONS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
ACCESS_MODES = (
    ("ReadWriteOnce", "RWO"),
    ("ReadOnlyMany", "ROX"),
    ("ReadWriteMany", "RWX"),
    ("ReadWriteOncePod", "RWOP"),
)


def node_cells(node: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a node."""
    info = part(node, "status", "nodeInfo")
    known = {one.get("type") for one in part(node, "status").get("conditions") or []}
    state = "Unknown"
    if "Ready" in known:
        state = "Ready" if has_condition(node, "Ready") else "NotReady"
    if part(node, "spec").get("unschedulable"):
        state += ",SchedulingDisabled"
    return [
        name_of(node),
        state,
        ",".join(_roles(part(node, "metadata", "labels"))) or NONE,
        age_of(node, now),
        info.get("kubeletVersion", ""),
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        *(info.get(name) or UNKNOWN for name in ("osImage", "kernelVersion", "containerRuntimeVersion")),
    ]


def _roles(labels: dict[str, str]) -> list[str]:
    roles = {key.removeprefix(ROLE_LABEL_PREFIX) for key in labels if key.startswith(ROLE_LABEL_PREFIX)}
    return sorted((roles | {labels.get(ROLE_LABEL, "")}) - {""})


def _address(node: JsonObject, address_type: str) -> str:
    addresses = part(node, "status").get("addresses") or []
    return next((str(one["address"]) for one in addresses if one.get("type") == address_type), NONE)


def namespace_cells(namespace: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a namespace."""
    return [name_of(namespace), part(namespace, "status").get("phase", ""), age_of(namespace, now)]


def volume_cells(volume: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a persistent volume."""
    spec, status = part(volume, "spec"), part(volume, "status")
    claim = spec.get("claimRef")
    return [
        name_of(volume),
        str(part(spec, "capacity").get("storage", "0")),
        _access_modes(spec),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if is_leaving(volume) else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        _class_of(volume),
        spec.get("volumeAttributesClassName") or UNSET,
        status.get("reason", ""),
        age_of(volume, now),
        spec.get("volumeMode") or UNSET,
    ]


def claim_cells(claim: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a persistent volume claim."""
    spec, status = part(claim, "spec"), part(claim, "status")
    is_bound = bool(spec.get("volumeName"))
    return [
        name_of(claim),
        "Terminating" if is_leaving(claim) else status.get("phase", ""),
        spec.get("volumeName", ""),
        str(part(status, "capacity").get("storage", "0")) if is_bound else "",
        _access_modes(status) if is_bound else "",
        _class_of(claim),
        spec.get("volumeAttributesClassName") or UNSET,
        age_of(claim, now),
        spec.get("volumeMode") or UNSET,
    ]


def _access_modes(holder: JsonObject) -> str:
    modes = holder.get("accessModes") or []
    return ",".join(short for mode, short in ACCESS_MODES if mode in modes)


def _class_of(obj: JsonObject) -> str:
    old = part(obj, "metadata", "annotations").get(OLD_CLASS_ANNOTATION)
    return str(old if old is not None else part(obj, "spec").get("storageClassName", ""))


def storage_class_cells(storage_class: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a storage class; the default one says so beside its name."""
    annotations = part(storage_class, "metadata", "annotations")
    is_default = any(annotations.get(name) == "true" for name in DEFAULT_CLASS_ANNOTATIONS)
    return [
        f"{name_of(storage_class)} (default)" if is_default else name_of(storage_class),
        storage_class.get("provisioner", ""),
        storage_class.get("reclaimPolicy") or "Delete",
        storage_class.get("volumeBindingMode") or "Immediate",
        bool(storage_class.get("allowVolumeExpansion")),
        age_of(storage_class, now),
    ]


def event_cells(event: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an event."""
    first = age(event.get("firstTimestamp") or event.get("eventTime"), now)
    last = age(event["lastTimestamp"], now) if event.get("lastTimestamp") else first
    times = event.get("count") or 1
    series = event.get("series")
    if series is not None:
        last, times = age(series.get("lastObservedTime"), now), series.get("count", 0)
    about, source = part(event, "involvedObject"), part(event, "source")
    component = source.get("component") or event.get("reportingComponent") or ""
    instance = source.get("host") or event.get("reportingInstance")
    kind = about.get("kind", "").lower()
    return [
        last,
        event.get("type", ""),
        event.get("reason", ""),
        f"{kind}/{about['name']}" if about.get("name") else kind,
        about.get("fieldPath", ""),
        f"{component}, {instance}" if instance else component,
        event.get("message", "").strip(),
        first,
        times,
        name_of(event),
    ]


def lease_cells(lease: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a lease."""
    return [name_of(lease), part(lease, "spec").get("holderIdentity") or "", age_of(lease, now)]


NODES = Printed(
    (
        NAME,
        text("Status", "Whether the node is ready and takes pods."),
        text("Roles", "What its role labels say."),
        AGE_TEXT,
        text("Version", "The version of its kubelet."),
        text("Internal-IP", "Its address inside the cluster's network.", wide=True),
        text("External-IP", "Its address outside.", wide=True),
        text("OS-Image", "Its operating system.", wide=True),
        text("Kernel-Version", "The version of its kernel.", wide=True),
        text("Container-Runtime", "What runs its containers.", wide=True),
    ),
    node_cells,
)
NAMESPACES = Printed((NAME, text("Status", "Whether it is in use or going away."), AGE_TEXT), namespace_cells)
VOLUMES = Printed(
    (
        NAME,
        text("Capacity", "How much it holds."),
        text("Access Modes", "Who may use it, and how, at one time."),
        text("Reclaim Policy", "What becomes of it when it is released."),
        text("Status", "Whether it is free, bound or failed."),
        text("Claim", "The claim it is bound to."),
        text("StorageClass", "Its storage class."),
        text("VolumeAttributesClass", "The class of its further attributes."),
        text("Reason", "Why it is as it is."),
        AGE_TEXT,
        text("VolumeMode", "Whether it holds a file system or raw blocks.", wide=True),
    ),
    volume_cells,
)
CLAIMS = Printed(
    (
        NAME,
        text("Status", "Whether it is bound to a volume."),
        text("Volume", "The volume it is bound to."),
        text("Capacity", "How much that volume holds."),
        text("Access Modes", "Who may use that volume, and how, at one time."),
        text("StorageClass", "Its storage class."),
        text("VolumeAttributesClass", "The class of its further attributes."),
        AGE_TEXT,
        text("VolumeMode", "Whether it asks for a file system or raw blocks.", wide=True),
    ),
    claim_cells,
)
STORAGE_CLASSES = Printed(
    (
        NAME,
        text("Provisioner", "What makes its volumes."),
        text("ReclaimPolicy", "What becomes of a volume that is released."),
        text("VolumeBindingMode", "When a volume is made and bound."),
        text("AllowVolumeExpansion", "Whether its volumes can grow."),
        AGE_TEXT,
    ),
    storage_class_cells,
)
EVENTS = Printed(
    (
        text("Last Seen", "How long ago it happened the last time."),
        text("Type", "Normal or Warning."),
        text("Reason", "Why it happened, in one word."),
        text("Object", "What it happened to."),
        text("Subobject", "The part of the object it happened to.", wide=True),
        text("Source", "What reports it.", wide=True),
        text("Message", "What happened, in a sentence."),
        text("First Seen", "How long ago it happened the first time.", wide=True),
        text("Count", "How often it has happened.", wide=True),
        Column("Name", "string", NAME.json_path, 1, NAME.description),
    ),
    event_cells,
)
LEASES = Printed((NAME, text("Holder", "Who holds it."), AGE_TEXT), lease_cells)
