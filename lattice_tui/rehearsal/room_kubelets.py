"""The kubelets and built-in workload controllers of one cluster: nodes get ready, workloads follow their nodes.

A node is ready some seconds after the pod network's DaemonSet is there, and never before.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from lattice_tui.rehearsal.api.kinds import DAEMON_SET, DEPLOYMENT, NODE
from lattice_tui.rehearsal.api.store import Change, Store
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room_boot import KUBELET, node_condition

JsonObject = dict[str, Any]

CNI_DAEMON_SET = ("kube-system", "cilium")
"""Namespace and name of the pod network that our installs bring."""
POD_NETWORKS = frozenset({CNI_DAEMON_SET[1], "calico-node", "kube-flannel-ds", "kindnet", "antrea-agent"})
"""What the DaemonSets of pod networks are called, ours and those that somebody else may bring."""
CNI_S = (6.0, 10.0)
"""From the pod network's arrival on a node to the node being ready, simulated seconds."""
CONTROLLER = "kube-controller-manager"
# Deployments of these namespaces are kubeadm's and the pod network's own; whoever installs others looks after them.
_OWN_NAMESPACE = "kube-system"
_WATCHED = (NODE, DAEMON_SET, DEPLOYMENT)


class Kubelets:
    """Keeps the nodes' readiness and the status of what runs on them, as long as the cluster lives."""

    def __init__(self, store: Store, pace: Pace) -> None:
        self._store = store
        self._pace = pace
        self._starting: dict[str, asyncio.Task[None]] = {}
        self._pass: asyncio.Handle | None = None
        self._stopped = False
        self._unsubscribe = store.subscribe(self._changed)
        self._soon()

    def stop(self) -> None:
        """End all work; twice is harmless."""
        if self._stopped:
            return
        self._stopped = True
        self._unsubscribe()
        for task in self._starting.values():
            task.cancel()
        if self._pass is not None:
            self._pass.cancel()

    def _changed(self, change: Change) -> None:
        if change.kind in _WATCHED:
            self._soon()

    def _soon(self) -> None:
        # One pass for a burst of changes, and never inside the write that caused it.
        if self._pass is None and not self._stopped:
            self._pass = asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._pass = None
        nodes = self._store.list(NODE)
        if self._has_network():
            for node in nodes:
                name = node["metadata"]["name"]
                if not is_ready(node) and name not in self._starting:
                    task = asyncio.get_running_loop().create_task(self._start_network(name), name=f"kubelet {name}")
                    self._starting[name] = task
                    task.add_done_callback(partial(self._network_started, name))
        self._report_workloads(nodes)

    def _has_network(self) -> bool:
        return any(found["metadata"]["name"] in POD_NETWORKS for found in self._store.stored(DAEMON_SET))

    def _network_started(self, name: str, _task: asyncio.Task[None]) -> None:
        self._starting.pop(name, None)

    async def _start_network(self, name: str) -> None:
        await self._pace.sleep(self._pace.vary(*CNI_S))
        node = self._store.find(NODE, name)
        if node is None or not self._has_network():
            return
        ready = node_condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", self._pace.now())
        others = [condition for condition in node["status"]["conditions"] if condition["type"] != "Ready"]
        node["status"]["conditions"] = [*others, ready]
        node["spec"]["taints"] = [
            taint for taint in node["spec"].get("taints", []) if taint["key"] != "node.kubernetes.io/not-ready"
        ]
        node["metadata"].pop("resourceVersion", None)
        self._store.replace_status(NODE, node, actor=KUBELET)
        self._store.replace(NODE, node, actor=KUBELET)

    def _report_workloads(self, nodes: list[JsonObject]) -> None:
        ready = sum(1 for node in nodes if is_ready(node))
        for daemon_set in self._store.list(DAEMON_SET):
            # Pods in the host's network run on every node; kube-proxy is one of them.
            host_network = daemon_set["spec"].get("template", {}).get("spec", {}).get("hostNetwork")
            is_cni = daemon_set["metadata"]["name"] in POD_NETWORKS
            running = len(nodes) if host_network and not is_cni else ready
            self._report(DAEMON_SET, daemon_set, _daemon_set_status(daemon_set, len(nodes), running))
        for deployment in self._store.list(DEPLOYMENT, _OWN_NAMESPACE):
            wanted = deployment["spec"].get("replicas", 1)
            self._report(
                DEPLOYMENT, deployment, _deployment_status(deployment, wanted if ready else 0, self._pace.now())
            )

    def _report(self, kind: Any, obj: JsonObject, status: JsonObject) -> None:
        if {key: value for key, value in obj.get("status", {}).items() if key != "conditions"} != {
            key: value for key, value in status.items() if key != "conditions"
        }:
            obj["metadata"].pop("resourceVersion", None)
            self._store.replace_status(kind, {**obj, "status": status}, actor=CONTROLLER)


def is_ready(node: JsonObject) -> bool:
    """Whether a Node's Ready condition is True."""
    conditions = node.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _daemon_set_status(daemon_set: JsonObject, nodes: int, running: int) -> JsonObject:
    status = {
        "currentNumberScheduled": nodes,
        "desiredNumberScheduled": nodes,
        "numberMisscheduled": 0,
        "numberReady": running,
        "updatedNumberScheduled": nodes,
        "observedGeneration": daemon_set["metadata"].get("generation", 1),
    }
    # The real controller leaves these two out while they are 0.
    optional = {"numberAvailable": running, "numberUnavailable": nodes - running}
    return status | {name: count for name, count in optional.items() if count}


def _deployment_status(deployment: JsonObject, ready: int, now: str) -> JsonObject:
    wanted = deployment["spec"].get("replicas", 1)
    available = {
        "type": "Available",
        "status": "True" if ready >= wanted else "False",
        "reason": "MinimumReplicasAvailable" if ready >= wanted else "MinimumReplicasUnavailable",
        "message": f"Deployment {'has' if ready >= wanted else 'does not have'} minimum availability.",
        "lastTransitionTime": now,
        "lastUpdateTime": now,
    }
    status: JsonObject = {
        "observedGeneration": deployment["metadata"].get("generation", 1),
        "replicas": wanted,
        "updatedReplicas": wanted,
        "conditions": [available],
    }
    counts = {"readyReplicas": ready, "availableReplicas": ready, "unavailableReplicas": wanted - ready}
    return status | {name: count for name, count in counts.items() if count}
