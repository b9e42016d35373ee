"""What kubeadm needs to make machines nodes, in Cluster API's v1beta2 shapes. Field names: CAPI v1.13.5."""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.capi.joining import Joining
from lattice_tui.capi.manifests import (
    CERTIFICATE_RENEWAL_DAYS,
    Manifest,
    has_workers,
    is_synced,
    manifest,
    name_by_content,
    object_labels,
)
from lattice_tui.capi.resources import KUBEADM_CONFIG_TEMPLATE, KUBEADM_CONTROL_PLANE, JsonObject
from schemas.plan import ClusterPlan, PoolPlan

SKIP_KUBE_PROXY_ANNOTATION = "controlplane.cluster.x-k8s.io/skip-kube-proxy"


def kubeadm_control_plane(plan: ClusterPlan, machine_template: JsonObject, joining: Joining) -> Manifest:
    """The control plane. Cilium replaces kube-proxy, which is neither installed nor kept up to date."""
    registration = _registration(joining, {})
    if not has_workers(plan):
        # With no worker, what has no toleration of its own (cert-manager) must run on the control plane.
        registration["taints"] = []
    api_server: JsonObject = {}
    if joining.cert_sans:
        api_server["certSANs"] = list(dict.fromkeys(joining.cert_sans))
    if joining.api_server_args:
        api_server["extraArgs"] = _arguments(joining.api_server_args)
    # Empty lists and objects are refused.
    cluster_configuration: JsonObject = {"apiServer": api_server} if api_server else {}
    if joining.is_cloud_provider_external:
        cluster_configuration["controllerManager"] = {"extraArgs": _arguments({"cloud-provider": "external"})}
    config: JsonObject = {
        **({"clusterConfiguration": cluster_configuration} if cluster_configuration else {}),
        "initConfiguration": {"nodeRegistration": registration, "skipPhases": ["addon/kube-proxy"]},
        "joinConfiguration": {"nodeRegistration": registration},
    }
    if joining.control_plane_files:
        config["files"] = [
            {"path": file.path, "owner": file.owner, "permissions": file.permissions, "content": file.content}
            for file in joining.control_plane_files
        ]
    config |= _before(joining, (*joining.commands, *joining.control_plane_commands))
    spec = {
        "replicas": plan.control_plane_replicas,
        "version": f"v{plan.kubernetes_version}",
        "rollout": {"before": {"certificatesExpiryDays": CERTIFICATE_RENEWAL_DAYS}},
        "machineTemplate": {
            "metadata": {"labels": object_labels(plan)},
            "spec": {"infrastructureRef": machine_template},
        },
        "kubeadmConfigSpec": config,
    }
    annotations = {SKIP_KUBE_PROXY_ANNOTATION: "true"}
    return manifest(plan, KUBEADM_CONTROL_PLANE, plan.control_plane_name, spec, annotations=annotations)


def kubeadm_config_template(plan: ClusterPlan, pool: PoolPlan, joining: Joining) -> Manifest:
    """How the machines of a pool join, with the pool's labels and taints."""
    own = {key: value for key, value in pool.labels.items() if not is_synced(key)}
    labels = {"node-labels": ",".join(f"{key}={value}" for key, value in sorted(own.items()))} if own else {}
    registration = _registration(joining, labels)
    if pool.taints:
        registration["taints"] = [
            {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}
            for taint in pool.taints
        ]
    config: JsonObject = {"joinConfiguration": {"nodeRegistration": registration}, **_before(joining, joining.commands)}
    spec = {"template": {"spec": config}}
    return manifest(plan, KUBEADM_CONFIG_TEMPLATE, name_by_content(plan.pool_name(pool), spec), spec)


def _registration(joining: Joining, more: Mapping[str, str]) -> JsonObject:
    arguments = {**joining.kubelet_args, **more}
    if joining.is_cloud_provider_external:
        arguments["cloud-provider"] = "external"
    registration: JsonObject = {"name": joining.node_name} if joining.node_name else {}
    if arguments:
        registration["kubeletExtraArgs"] = _arguments(arguments)
    return registration


def _before(joining: Joining, commands: tuple[str, ...]) -> JsonObject:
    """What happens before kubeadm runs: who may sign in, and commands."""
    made: JsonObject = {"preKubeadmCommands": list(commands)} if commands else {}
    if joining.ssh_authorized_keys:
        made["users"] = [
            {
                "name": joining.ssh_user,
                "sshAuthorizedKeys": list(joining.ssh_authorized_keys),
                **({} if joining.ssh_user == "root" else {"sudo": "ALL=(ALL) NOPASSWD:ALL"}),
            }
        ]
    return made


def _arguments(values: Mapping[str, str]) -> list[JsonObject]:
    return [{"name": name, "value": value} for name, value in values.items()]
