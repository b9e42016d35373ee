"""Deployments and the pods behind them: up once there is a node that may run them."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.kinds import DEPLOYMENT, NODE
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.pace import Pace

JsonObject = dict[str, Any]
CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane"
SCHEDULER_LOOKS_AGAIN_S = 1.0
KUBELET = "kubelet"


def deployment(
    name: str, namespace: str, image: str, *, replicas: int = 1, labels: dict[str, str] | None = None
) -> JsonObject:
    """A Deployment of one container; `labels` go on the Deployment and its pods."""
    chosen = {"app.kubernetes.io/name": name}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": {**(labels or {}), **chosen}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": chosen},
            "template": {
                "metadata": {"labels": {**(labels or {}), **chosen}},
                "spec": {"containers": [{"name": "manager", "image": image}]},
            },
        },
    }


def has_room(store: Store, *, tolerates_control_plane: bool) -> bool:
    """Whether a ready node takes such a pod."""
    return any(_takes(node, tolerates_control_plane) for node in store.list(NODE))


def _takes(node: JsonObject, tolerates_control_plane: bool) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    if not any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions):
        return False
    taints = [taint for taint in node.get("spec", {}).get("taints", []) if taint.get("effect") != "PreferNoSchedule"]
    return all(taint.get("key") == CONTROL_PLANE_TAINT and tolerates_control_plane for taint in taints)


async def come_up(
    store: Store, name: str, namespace: str, pace: Pace, takes_s: float, *, tolerates_control_plane: bool
) -> None:
    """The cluster's own work for one Deployment: wait for a node, pull, start, report Available."""
    while not has_room(store, tolerates_control_plane=tolerates_control_plane):
        if store.find(DEPLOYMENT, name, namespace) is None:
            return
        await pace.sleep(SCHEDULER_LOOKS_AGAIN_S)
    await pace.sleep(takes_s)
    make_available(store, name, namespace, pace)


def make_available(store: Store, name: str, namespace: str, pace: Pace) -> None:
    """Report every replica ready, if the Deployment is still there."""
    found = store.find(DEPLOYMENT, name, namespace)
    if found is None:
        return
    replicas = found["spec"].get("replicas", 1)
    at = pace.now()
    counts = ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas")
    found["status"] = {
        **dict.fromkeys(counts, replicas),
        "observedGeneration": found["metadata"].get("generation", 1),
        "conditions": [
            {
                "type": "Available",
                "status": "True",
                "reason": "MinimumReplicasAvailable",
                "message": "Deployment has minimum availability.",
                "lastTransitionTime": at,
                "lastUpdateTime": at,
            }
        ],
    }
    store.replace_status(DEPLOYMENT, found, actor=KUBELET)


def is_available(store: Store, name: str, namespace: str) -> bool:
    """Whether the Deployment is there and Available."""
    found = store.find(DEPLOYMENT, name, namespace) or {}
    conditions = found.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Available" and condition["status"] == "True" for condition in conditions)
