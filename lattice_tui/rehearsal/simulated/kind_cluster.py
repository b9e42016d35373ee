"""What is inside a fresh kind cluster: its node, the CNI, the default StorageClass."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DAEMON_SET, DEPLOYMENT, NAMESPACE, NODE, STORAGE_CLASS, Kind
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import Container
from lattice_tui.rehearsal.simulated.workloads import deployment, make_available

ACTOR = "kind"
CONTROL_PLANE_ROLE = "node-role.kubernetes.io/control-plane"
JsonObject = dict[str, Any]


def make_node(store: Store, cluster: str, container: Container, version: str, labels: dict[str, str]) -> None:
    """What `kubeadm init` leaves behind: a node that is not ready, and the system's own workloads.

    kind takes the control-plane taint away when there is one node, so that everything may run there.
    """
    node = {
        "metadata": {
            "name": container.name,
            "labels": {"kubernetes.io/hostname": container.name, CONTROL_PLANE_ROLE: "", **labels},
        },
        "spec": {
            "providerID": f"kind://docker/{cluster}/{container.name}",
            "taints": [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}],
        },
    }
    created = create(store, NODE, node)
    created["status"] = {
        "addresses": [
            {"type": "InternalIP", "address": container.address},
            {"type": "Hostname", "address": container.name},
        ],
        "nodeInfo": {"kubeletVersion": f"v{version}", "osImage": "Simulated Linux", "architecture": "amd64"},
        "conditions": [
            _ready(
                "False", "KubeletNotReady", "container runtime network not ready: cni plugin not initialized", created
            )
        ],
    }
    store.replace_status(NODE, created, actor=ACTOR)
    ensure_namespace(store, "kube-system")
    create(store, CONFIG_MAP, {"metadata": {"name": "kubeadm-config", "namespace": "kube-system"}, "data": {}})
    create(store, DAEMON_SET, _daemon_set("kube-proxy", "registry.k8s.io/kube-proxy"))
    create(store, DEPLOYMENT, deployment("coredns", "kube-system", "registry.k8s.io/coredns", replicas=2))


def install_cni(store: Store) -> None:
    """kindnet, as kind brings it."""
    create(store, DAEMON_SET, _daemon_set("kindnet", "docker.io/kindest/kindnetd"))


def install_storage(store: Store) -> None:
    """The default StorageClass and what stands behind it."""
    ensure_namespace(store, "local-path-storage")
    name = "local-path-provisioner"
    create(store, DEPLOYMENT, deployment(name, "local-path-storage", f"docker.io/kindest/{name}"))
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    storage_class = {
        "metadata": {"name": "standard", "annotations": annotations},
        "provisioner": "rancher.io/local-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    create(store, STORAGE_CLASS, storage_class)


async def make_node_ready(store: Store, name: str, pace: Pace, after_s: float) -> None:
    """The kubelet's own work, whatever becomes of the `kind` that started it: ready `after_s` after the CNI."""
    await pace.sleep(after_s)
    node = store.find(NODE, name)
    if node is None:
        return
    node["spec"].pop("taints", None)
    node = store.replace(NODE, node, actor="kubelet")
    node["status"]["conditions"] = [_ready("True", "KubeletReady", "kubelet is posting ready status", node)]
    node["status"]["conditions"][0]["lastTransitionTime"] = pace.now()
    store.replace_status(NODE, node, actor="kubelet")
    for daemon_set in ("kube-proxy", "kindnet"):
        _run_on_one_node(store, daemon_set)
    for namespace, deployed in (("kube-system", "coredns"), ("local-path-storage", "local-path-provisioner")):
        make_available(store, deployed, namespace, pace)


def _run_on_one_node(store: Store, daemon_set: str) -> None:
    found = store.find(DAEMON_SET, daemon_set, "kube-system")
    if found is not None:
        counts = ("desiredNumberScheduled", "currentNumberScheduled", "numberAvailable", "numberReady")
        found["status"] = {**dict.fromkeys((*counts, "updatedNumberScheduled"), 1), "numberMisscheduled": 0}
        store.replace_status(DAEMON_SET, found, actor="kubelet")


def is_node_ready(store: Store, name: str) -> bool:
    node = store.find(NODE, name) or {}
    conditions = node.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def ensure_namespace(store: Store, name: str, actor: str = ACTOR, labels: dict[str, str] | None = None) -> None:
    """Make the namespace unless it is there."""
    if store.find(NAMESPACE, name) is None:
        create(store, NAMESPACE, {"metadata": {"name": name, "labels": labels or {}}}, actor)


def create(store: Store, kind: Kind, obj: JsonObject, actor: str = ACTOR) -> JsonObject:
    """Create an object, or give the one that is there already."""
    metadata = obj["metadata"]
    found = store.find(kind, metadata["name"], metadata.get("namespace", ""))
    return found or store.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, **obj}, actor=actor)


def _ready(status: str, reason: str, message: str, node: JsonObject) -> JsonObject:
    at = node["metadata"]["creationTimestamp"]
    return {"type": "Ready", "status": status, "reason": reason, "message": message, "lastTransitionTime": at}


def _daemon_set(name: str, image: str) -> JsonObject:
    labels = {"k8s-app": name}
    return {
        "metadata": {"name": name, "namespace": "kube-system", "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": name, "image": image}], "tolerations": [{"operator": "Exists"}]},
            },
        },
    }
