"""What kubeadm leaves behind: the first objects of a new cluster, a node, the control plane's static pods.

Everything here writes into a workload cluster's store and is idempotent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DAEMON_SET, DEPLOYMENT, NAMESPACE, NODE, POD, SERVICE, Kind
from lattice_tui.rehearsal.api.store import Store

JsonObject = dict[str, Any]

KUBELET = "kubelet"
KUBEADM = "kubeadm"
STATIC_PODS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
CNI_MISSING = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)


@dataclass(frozen=True, slots=True)
class BootOrder:
    """What a machine's bootstrap script is to do. `version` without a leading `v`."""

    cluster: str
    machine: str
    """The container's name; the node gets the same."""
    version: str
    is_control_plane: bool
    endpoint: str
    """`host:port` of the control plane, as the machines see it."""
    pod_cidr: str = ""
    service_cidr: str = ""
    is_last_worker: bool = False
    """Of the workers that were asked for, the one that was created last: the fault `machine-never-joins` takes it."""

    @property
    def provider_id(self) -> str:
        """As Cluster API's Docker provider writes it."""
        return f"docker:////{self.machine}"


def start_control_plane(store: Store, order: BootOrder) -> None:
    """The objects `kubeadm init` uploads; the ConfigMap `kubeadm-config` is how Cluster API knows that it ended."""
    for namespace in ("default", "kube-node-lease", "kube-public", "kube-system"):
        ensure(store, NAMESPACE, {"metadata": {"name": namespace}, "status": {"phase": "Active"}})
    configuration = (
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
        f"clusterName: {order.cluster}\ncontrolPlaneEndpoint: {order.endpoint}\n"
        f"kubernetesVersion: v{order.version}\n"
        f"networking:\n  dnsDomain: cluster.local\n  podSubnet: {order.pod_cidr}\n"
        f"  serviceSubnet: {order.service_cidr}\n"
    )
    ensure(store, CONFIG_MAP, _named("kubeadm-config", data={"ClusterConfiguration": configuration}))
    ensure(store, CONFIG_MAP, _named("kubelet-config", data={"kubelet": "kind: KubeletConfiguration\n"}))
    ensure(
        store,
        SERVICE,
        {
            "metadata": {"name": "kubernetes", "namespace": "default"},
            "spec": {"type": "ClusterIP", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
        },
    )
    selector = {"k8s-app": "kube-proxy"}
    template = _pod_template(selector, "kube-proxy", f"registry.k8s.io/kube-proxy:v{order.version}")
    template["spec"]["hostNetwork"] = True
    ensure(
        store,
        DAEMON_SET,
        _named("kube-proxy", labels=selector, spec={"selector": {"matchLabels": selector}, "template": template}),
    )
    selector = {"k8s-app": "kube-dns"}
    template = _pod_template(selector, "coredns", "registry.k8s.io/coredns/coredns")
    spec = {"replicas": 2, "selector": {"matchLabels": selector}, "template": template}
    ensure(store, DEPLOYMENT, _named("coredns", labels=selector, spec=spec))


def start_node(store: Store, order: BootOrder, address: str, container_id: str, now: str) -> None:
    """The Node a kubelet registers; not ready, for there is no pod network yet."""
    labels = {
        "kubernetes.io/hostname": order.machine,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
    }
    taints = [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]
    if order.is_control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
        taints.insert(0, {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"})
    pressures = ("MemoryPressure", "DiskPressure", "PIDPressure")
    conditions = [
        node_condition(name, "False", f"KubeletHasNo{name}", f"kubelet has no {name}", now) for name in pressures
    ]
    conditions.append(node_condition("Ready", "False", "KubeletNotReady", CNI_MISSING, now))
    resources = {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "100Gi", "pods": "110"}
    ensure(
        store,
        NODE,
        {
            "metadata": {"name": order.machine, "labels": labels},
            "spec": {"providerID": order.provider_id, "taints": taints},
            "status": {
                "addresses": [
                    {"type": "InternalIP", "address": address},
                    {"type": "Hostname", "address": order.machine},
                ],
                "capacity": resources,
                "allocatable": resources,
                "conditions": conditions,
                "nodeInfo": node_info(order.version, container_id),
            },
        },
        actor=KUBELET,
    )


def start_static_pods(store: Store, order: BootOrder, address: str, now: str) -> None:
    """The mirror pods of a control-plane machine, running: they use the host's network and need no CNI."""
    for component in STATIC_PODS:
        ready = [{"type": name, "status": "True", "lastTransitionTime": now} for name in ("Initialized", "Ready")]
        status = {"phase": "Running", "hostIP": address, "podIP": address, "startTime": now, "conditions": ready}
        image = f"registry.k8s.io/{component}:v{order.version}"
        spec = {
            "hostNetwork": True,
            "nodeName": order.machine,
            "containers": [{"name": component, "image": image}],
        }
        labels = {"component": component, "tier": "control-plane"}
        name = static_pod(component, order.machine)
        ensure(store, POD, _named(name, labels=labels, spec=spec, status=status), actor=KUBELET)


def remove_node(store: Store, node: str) -> None:
    """Take a node and the pods on it away."""
    for pod in store.list(POD):
        if pod.get("spec", {}).get("nodeName") == node:
            store.delete(POD, pod["metadata"]["name"], pod["metadata"]["namespace"], actor=KUBELET)
    if store.find(NODE, node) is not None:
        store.delete(NODE, node, actor=KUBELET)


def static_pod(component: str, node: str) -> str:
    """Name of a component's mirror pod on a node."""
    return f"{component}-{node}"


def node_condition(type_: str, status: str, reason: str, message: str, now: str) -> JsonObject:
    """One entry of a Node's status.conditions."""
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": now,
        "lastTransitionTime": now,
    }


def node_info(version: str, container_id: str) -> JsonObject:
    """A Node's status.nodeInfo; all fields are required by the API."""
    return {
        "architecture": "amd64",
        "bootID": container_id[:32],
        "containerRuntimeVersion": "containerd://2.1.1",
        "kernelVersion": "6.1.0-simulated",
        "kubeProxyVersion": f"v{version}",
        "kubeletVersion": f"v{version}",
        "machineID": container_id[32:],
        "operatingSystem": "linux",
        "osImage": "Debian GNU/Linux 12 (bookworm)",
        "systemUUID": container_id[:32],
    }


def ensure(store: Store, kind: Kind, obj: JsonObject, actor: str = KUBEADM) -> None:
    """Create an object with its status unless it is there."""
    name, namespace = obj["metadata"]["name"], obj["metadata"].get("namespace", "")
    if store.find(kind, name, namespace) is not None:
        return
    status = obj.get("status")
    main = {key: value for key, value in obj.items() if key != "status"}
    made = store.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, **main}, actor=actor)
    if status is not None and made.get("status") != status:
        made["metadata"].pop("resourceVersion", None)
        store.replace_status(kind, {**made, "status": status}, actor=actor)


def _named(name: str, *, labels: dict[str, str] | None = None, **rest: Any) -> JsonObject:
    return {"metadata": {"name": name, "namespace": "kube-system", "labels": labels or {}}, **rest}


def _pod_template(labels: dict[str, str], name: str, image: str) -> JsonObject:
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "image": image}]}}
