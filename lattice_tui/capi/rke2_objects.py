"""What RKE2 needs to make machines nodes (CAPRKE2 v0.25, v1beta2).

RKE2 brings Cilium along; it gets our settings as a HelmChartConfig, a file that its servers apply. Every node runs a
balancer of its own on port 6443 of the loopback, so Cilium needs no other way to the API. Certificates are renewed
whenever RKE2 restarts within 120 days of their end: there is no setting to make. Sources: docs.rke2.io, networking/
basic_network_options and security/certificates; examples of CAPRKE2 v0.25.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lattice_tui.capi.cilium import cilium_values
from lattice_tui.capi.joining import BootFile, Joining
from lattice_tui.capi.manifests import Manifest, has_workers, is_synced, manifest, name_by_content, object_labels
from lattice_tui.capi.resources import RKE2_CONFIG_TEMPLATE, RKE2_CONTROL_PLANE, JsonObject
from schemas.plan import ClusterPlan, PoolPlan

JOIN_PORT = 9345
"""Where RKE2's machines join: it has to be reachable at the control plane's address too."""
CILIUM_CONFIG = "/var/lib/rancher/rke2/server/manifests/rke2-cilium-config.yaml"
CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane:NoSchedule"
FIRST_RELEASE = "rke2r1"


def rke2_version(plan: ClusterPlan) -> str:
    """`v1.35.5+rke2r1`: as the plan says it, or RKE2's first release of that Kubernetes."""
    version = plan.kubernetes_version
    return f"v{version}" if "+" in version else f"v{version}+{FIRST_RELEASE}"


def rke2_control_plane(plan: ClusterPlan, machine_template: JsonObject, joining: Joining) -> Manifest:
    """The control plane. Cilium replaces kube-proxy, and nothing of RKE2's own says what a node's machine is."""
    disabled = ["kubeProxy", "cloudController"]
    server: JsonObject = {
        "cni": "cilium",
        "clusterDomain": "cluster.local",
        "disableComponents": {"kubernetesComponents": disabled},
    }
    if joining.cert_sans:
        server["tlsSan"] = list(dict.fromkeys(joining.cert_sans))
    if joining.api_server_args:
        server["kubeAPIServer"] = {"extraArgs": _arguments(joining.api_server_args)}
    if joining.is_cloud_provider_external:
        server["kubeControllerManager"] = {"extraArgs": _arguments({"cloud-provider": "external"})}
    # RKE2 puts no taint on its servers by itself; with no worker everything has to run there.
    taints = [CONTROL_PLANE_TAINT] if has_workers(plan) else []
    spec: JsonObject = {
        "replicas": plan.control_plane_replicas,
        "version": rke2_version(plan),
        "registrationMethod": joining.registration_method,
        "rolloutStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
        "machineTemplate": {
            "metadata": {"labels": object_labels(plan)},
            "spec": {"infrastructureRef": machine_template},
        },
        "serverConfig": server,
        "agentConfig": _agent(joining, taints=taints),
        "files": [_file(file) for file in (_cilium_config(plan), *joining.control_plane_files)],
    }
    if commands := (*joining.commands, *joining.control_plane_commands):
        spec["preRKE2Commands"] = list(commands)
    return manifest(plan, RKE2_CONTROL_PLANE, plan.control_plane_name, spec)


def rke2_config_template(plan: ClusterPlan, pool: PoolPlan, joining: Joining) -> Manifest:
    """How the machines of a pool join, with the pool's labels and taints."""
    labels = [f"{key}={value}" for key, value in sorted(pool.labels.items()) if not is_synced(key)]
    taints = [f"{taint.key}{f'={taint.value}' if taint.value else ''}:{taint.effect}" for taint in pool.taints]
    config: JsonObject = {"agentConfig": _agent(joining, labels=labels, taints=taints)}
    if joining.commands:
        config["preRKE2Commands"] = list(joining.commands)
    spec = {"template": {"spec": config}}
    return manifest(plan, RKE2_CONFIG_TEMPLATE, name_by_content(plan.pool_name(pool), spec), spec)


def _agent(joining: Joining, *, labels: Iterable[str] = (), taints: Iterable[str] = ()) -> JsonObject:
    arguments = dict(joining.kubelet_args)
    if joining.is_cloud_provider_external:
        arguments["cloud-provider"] = "external"
    made: JsonObject = {"format": "cloud-config"}
    if arguments:
        made["kubelet"] = {"extraArgs": _arguments(arguments)}
    if joining.node_name:
        made["nodeName"] = _unquoted(joining.node_name)
    if labels := list(labels):
        made["nodeLabels"] = labels
    if taints := list(taints):
        made["nodeTaints"] = taints
    if joining.ssh_authorized_keys:
        made["additionalUserData"] = {"config": _users(joining)}
    return made


def _users(joining: Joining) -> str:
    """Cloud-init's own words: RKE2's objects have none for who may sign in."""
    import yaml

    user: JsonObject = {"name": joining.ssh_user, "ssh_authorized_keys": list(joining.ssh_authorized_keys)}
    if joining.ssh_user != "root":
        user["sudo"] = "ALL=(ALL) NOPASSWD:ALL"
    said: str = yaml.safe_dump({"users": ["default", user]}, sort_keys=False)
    return said


def _cilium_config(plan: ClusterPlan) -> BootFile:
    import yaml

    values = cilium_values(plan, api_host="localhost", api_port=6443)
    config = {
        "apiVersion": "helm.cattle.io/v1",
        "kind": "HelmChartConfig",
        "metadata": {"name": "rke2-cilium", "namespace": "kube-system"},
        "spec": {"valuesContent": yaml.safe_dump(values, sort_keys=False)},
    }
    return BootFile(CILIUM_CONFIG, yaml.safe_dump(config, sort_keys=False), permissions="0600")


def _file(file: BootFile) -> JsonObject:
    return {"path": file.path, "owner": file.owner, "permissions": file.permissions, "content": file.content}


def _arguments(values: Mapping[str, str]) -> list[str]:
    return [f"--{name}={_unquoted(value)}" for name, value in values.items()]


def _unquoted(value: str) -> str:
    """Quotes keep cloud-init's templates whole in kubeadm's file; RKE2's is quoted as YAML needs it anyway."""
    return value.replace("'", "")
