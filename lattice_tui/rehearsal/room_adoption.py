"""Machines that were built in another world: a moved cluster's containers are taken over as they stand.

`clusterctl move` carries objects from one management cluster to another; the machines stay where they are. Where both
clusters are of one world, their containers are in its room. A served world has a room of its own: what a moved object
says is there (its provider ID) is put there, running, with its node.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.kinds import DAEMON_SET, NODE
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room_boot import (
    KUBELET,
    BootOrder,
    ensure,
    node_condition,
    start_control_plane,
    start_node,
    start_static_pods,
)
from lattice_tui.rehearsal.room_kubelets import CNI_DAEMON_SET

NOT_READY_TAINT = "node.kubernetes.io/not-ready"


def take_over(store: Store, order: BootOrder, address: str, container_id: str, pace: Pace) -> None:
    """Write into the workload cluster what a machine that has long been running has there. Idempotent."""
    now = pace.now()
    if order.is_control_plane:
        start_control_plane(store, order)
        ensure(store, DAEMON_SET, _pod_network())
    start_node(store, order, address, container_id, now)
    if order.is_control_plane:
        start_static_pods(store, order, address, now)
    node = store.get(NODE, order.machine)
    ready = node_condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", now)
    node["status"]["conditions"] = [*(one for one in node["status"]["conditions"] if one["type"] != "Ready"), ready]
    node["spec"]["taints"] = [taint for taint in node["spec"].get("taints", ()) if taint["key"] != NOT_READY_TAINT]
    del node["metadata"]["resourceVersion"]
    store.replace_status(NODE, node, actor=KUBELET)
    store.replace(NODE, node, actor=KUBELET)


def _pod_network() -> dict[str, Any]:
    """Machines that join later wait for the pod network, which the cluster brought along."""
    labels = {"k8s-app": "cilium"}
    containers = [{"name": "cilium-agent", "image": "quay.io/cilium/cilium"}]
    template = {"metadata": {"labels": labels}, "spec": {"hostNetwork": True, "containers": containers}}
    namespace, name = CNI_DAEMON_SET
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"metadata": metadata, "spec": {"selector": {"matchLabels": labels}, "template": template}}
