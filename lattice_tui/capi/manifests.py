"""The objects every provider has in common, in Cluster API's v1beta2 shapes, for kubeadm.

Deterministic: equal plans give equal bytes. Field names and defaults: CAPI v1.13.5.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from lattice_tui.capi.resources import (
    CLUSTER,
    CLUSTER_NAME_LABEL,
    DEPLOYMENT_NAME_LABEL,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE_DEPLOYMENT,
    NAMESPACE,
    JsonObject,
    Resource,
)
from schemas.plan import ClusterPlan, PoolPlan

Manifest = JsonObject

LATTICE_CLUSTER_LABEL = "lattice.dev/cluster"
RUN_LABEL = "lattice.dev/run"
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
DIGEST_ANNOTATION = "lattice.dev/manifest-sha256"
SKIP_KUBE_PROXY_ANNOTATION = "controlplane.cluster.x-k8s.io/skip-kube-proxy"
AUTOSCALER_MIN = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
AUTOSCALER_MAX = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size"

CERTIFICATE_RENEWAL_DAYS = 30
"""kubeadm's certificates live a year; control planes are replaced this long before they end."""
# Cluster API keeps these in step between Machine and Node; a kubelet that gives itself some of them does not start.
_SYNCED_LABEL_DOMAINS = ("node-role.kubernetes.io", "node-restriction.kubernetes.io", "node.cluster.x-k8s.io")


def object_labels(plan: ClusterPlan) -> dict[str, str]:
    """The labels on everything we make: how it is found again."""
    return {
        MANAGED_BY_LABEL: "lattice",
        CLUSTER_NAME_LABEL: plan.name,
        LATTICE_CLUSTER_LABEL: plan.name,
        RUN_LABEL: plan.run_id,
    }


def manifest(
    plan: ClusterPlan,
    resource: Resource,
    name: str,
    spec: JsonObject | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """One object with our labels; its digest is among the annotations."""
    metadata: JsonObject = {"name": name}
    if resource.namespaced:
        metadata["namespace"] = plan.namespace
    metadata["labels"] = {**(labels or {}), **object_labels(plan)}
    metadata["annotations"] = dict(annotations or {})
    made: Manifest = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
    if spec is not None:
        made["spec"] = spec
    metadata["annotations"][DIGEST_ANNOTATION] = digest(made)
    return made


def digest(made: Manifest) -> str:
    """SHA-256 of a manifest without its digest annotation."""
    metadata = made["metadata"]
    annotations = {key: value for key, value in metadata["annotations"].items() if key != DIGEST_ANNOTATION}
    return _sha256({**made, "metadata": {**metadata, "annotations": annotations}})


def name_by_content(prefix: str, spec: JsonObject) -> str:
    """`prefix-1a2b3c4d`: templates cannot be changed, so another content is another template."""
    return f"{prefix}-{_sha256(spec)[:8]}"


def reference(resource: Resource, name: str) -> JsonObject:
    """A v1beta2 reference: group, kind and name, never a version or a namespace."""
    return {"apiGroup": resource.group, "kind": resource.kind, "name": name}


def namespace(plan: ClusterPlan) -> Manifest:
    return manifest(plan, NAMESPACE, plan.namespace)


def cluster(plan: ClusterPlan, infrastructure: JsonObject) -> Manifest:
    """The Cluster, which the infrastructure and the control plane belong to."""
    spec = {
        "clusterNetwork": {
            "pods": {"cidrBlocks": [plan.pod_cidr]},
            "services": {"cidrBlocks": [plan.service_cidr]},
            "serviceDomain": "cluster.local",
        },
        "infrastructureRef": infrastructure,
        "controlPlaneRef": reference(KUBEADM_CONTROL_PLANE, plan.control_plane_name),
    }
    return manifest(plan, CLUSTER, plan.name, spec, labels=plan.labels)


def kubeadm_control_plane(
    plan: ClusterPlan, machine_template: JsonObject, *, cert_sans: Iterable[str], kubelet_args: Mapping[str, str]
) -> Manifest:
    """The control plane. Cilium replaces kube-proxy, which is neither installed nor kept up to date."""
    registration: JsonObject = {"kubeletExtraArgs": _arguments(kubelet_args)}
    if sum(pool.replicas for pool in plan.pools) == 0:
        # With no worker, what has no toleration of its own (cert-manager) must run on the control plane.
        registration["taints"] = []
    spec = {
        "replicas": plan.control_plane_replicas,
        "version": f"v{plan.kubernetes_version}",
        "rollout": {"before": {"certificatesExpiryDays": CERTIFICATE_RENEWAL_DAYS}},
        "machineTemplate": {
            "metadata": {"labels": object_labels(plan)},
            "spec": {"infrastructureRef": machine_template},
        },
        "kubeadmConfigSpec": {
            "clusterConfiguration": {"apiServer": {"certSANs": list(dict.fromkeys(cert_sans))}},
            "initConfiguration": {"nodeRegistration": registration, "skipPhases": ["addon/kube-proxy"]},
            "joinConfiguration": {"nodeRegistration": registration},
        },
    }
    annotations = {SKIP_KUBE_PROXY_ANNOTATION: "true"}
    return manifest(plan, KUBEADM_CONTROL_PLANE, plan.control_plane_name, spec, annotations=annotations)


def kubeadm_config_template(plan: ClusterPlan, pool: PoolPlan, *, kubelet_args: Mapping[str, str]) -> Manifest:
    """How the machines of a pool join, with the pool's labels and taints."""
    own = {key: value for key, value in pool.labels.items() if not _is_synced(key)}
    arguments = dict(kubelet_args)
    if own:
        arguments["node-labels"] = ",".join(f"{key}={value}" for key, value in sorted(own.items()))
    registration: JsonObject = {"kubeletExtraArgs": _arguments(arguments)}
    if pool.taints:
        registration["taints"] = [
            {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}
            for taint in pool.taints
        ]
    spec = {"template": {"spec": {"joinConfiguration": {"nodeRegistration": registration}}}}
    return manifest(plan, KUBEADM_CONFIG_TEMPLATE, name_by_content(plan.pool_name(pool), spec), spec)


def machine_deployment(
    plan: ClusterPlan, pool: PoolPlan, *, bootstrap: JsonObject, infrastructure: JsonObject
) -> Manifest:
    """A pool of workers. With a minimum and a maximum, the autoscaler owns the number of machines."""
    name = plan.pool_name(pool)
    selector = {CLUSTER_NAME_LABEL: plan.name, DEPLOYMENT_NAME_LABEL: name}
    synced = {key: value for key, value in pool.labels.items() if _is_synced(key)}
    annotations: dict[str, str] = {}
    spec: JsonObject = {"clusterName": plan.name}
    if pool.min_replicas is not None and pool.max_replicas is not None:
        annotations = {AUTOSCALER_MIN: str(pool.min_replicas), AUTOSCALER_MAX: str(pool.max_replicas)}
    else:
        spec["replicas"] = pool.replicas
    spec["selector"] = {"matchLabels": selector}
    spec["template"] = {
        "metadata": {"labels": {**synced, **object_labels(plan), **selector}},
        "spec": {
            "clusterName": plan.name,
            "version": f"v{plan.kubernetes_version}",
            "bootstrap": {"configRef": bootstrap},
            "infrastructureRef": infrastructure,
        },
    }
    return manifest(plan, MACHINE_DEPLOYMENT, name, spec, annotations=annotations)


def yaml_text(manifests: Sequence[Manifest]) -> str:
    """The manifests as one YAML stream, for people; to the API they go as JSON."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the C one where it is built
        """Writes shared parts out: a person reads no anchors."""

        def ignore_aliases(self, _data: object) -> bool:
            return True

    text: str = yaml.dump_all(
        manifests, Dumper=Dumper, sort_keys=False, default_flow_style=False, explicit_start=True, width=120
    )
    return text


def _arguments(values: Mapping[str, str]) -> list[JsonObject]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _is_synced(label: str) -> bool:
    domain = label.rpartition("/")[0]
    return any(domain == known or domain.endswith(f".{known}") for known in _SYNCED_LABEL_DOMAINS)


def _sha256(value: JsonObject) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
