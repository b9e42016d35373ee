"""The objects every provider has in common, in Cluster API's v1beta2 shapes, and what every object of ours carries.

Deterministic: equal plans give equal bytes. Field names and defaults: CAPI v1.13.5.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from lattice_tui.capi.resources import (
    CLUSTER,
    CLUSTER_NAME_LABEL,
    DEPLOYMENT_NAME_LABEL,
    KUBEADM_CONTROL_PLANE,
    MACHINE_DEPLOYMENT,
    NAMESPACE,
    RKE2_CONTROL_PLANE,
    JsonObject,
    Resource,
)
from schemas.plan import ClusterPlan, PoolPlan

Manifest = JsonObject

LATTICE_CLUSTER_LABEL = "lattice.dev/cluster"
RUN_LABEL = "lattice.dev/run"
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
MOVE_LABEL = "clusterctl.cluster.x-k8s.io/move"
"""On what `clusterctl move` would leave behind, since nothing owns it."""
DIGEST_ANNOTATION = "lattice.dev/manifest-sha256"
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
    data: Mapping[str, str] | None = None,
) -> Manifest:
    """One object with our labels; its digest is among the annotations. `data`: of a ConfigMap."""
    metadata: JsonObject = {"name": name}
    if resource.namespaced:
        metadata["namespace"] = plan.namespace
    metadata["labels"] = {**(labels or {}), **object_labels(plan)}
    metadata["annotations"] = dict(annotations or {})
    made: Manifest = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
    if spec is not None:
        made["spec"] = spec
    if data is not None:
        made["data"] = dict(data)
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


def control_plane_reference(plan: ClusterPlan) -> JsonObject:
    """The reference to the object that keeps the control planes."""
    kind = RKE2_CONTROL_PLANE if plan.bootstrap == "rke2" else KUBEADM_CONTROL_PLANE
    return reference(kind, plan.control_plane_name)


def has_workers(plan: ClusterPlan) -> bool:
    """Whether there is a machine from the start that takes pods which tolerate nothing."""
    return any(pool.replicas for pool in plan.pools)


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
        "controlPlaneRef": control_plane_reference(plan),
    }
    return manifest(plan, CLUSTER, plan.name, spec, labels=plan.labels)


def machine_deployment(
    plan: ClusterPlan,
    pool: PoolPlan,
    *,
    bootstrap: JsonObject,
    infrastructure: JsonObject,
    version: str,
    failure_domain: str = "",
) -> Manifest:
    """A pool of workers. With a minimum and a maximum, the autoscaler owns the number of machines.

    `bootstrap` and `infrastructure` are references; `version` has its leading `v`.
    """
    name = plan.pool_name(pool)
    selector = {CLUSTER_NAME_LABEL: plan.name, DEPLOYMENT_NAME_LABEL: name}
    synced = {key: value for key, value in pool.labels.items() if is_synced(key)}
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
            "version": version,
            "bootstrap": {"configRef": bootstrap},
            "infrastructureRef": infrastructure,
            **({"failureDomain": failure_domain} if failure_domain else {}),
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

    def text_in_lines(dumper: yaml.SafeDumper, said: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", said, style="|" if "\n" in said else None)

    Dumper.add_representer(str, text_in_lines)
    text: str = yaml.dump_all(
        manifests, Dumper=Dumper, sort_keys=False, default_flow_style=False, explicit_start=True, width=120
    )
    return text


def is_synced(label: str) -> bool:
    """Whether Cluster API keeps a label in step between Machine and Node; a kubelet may not give itself such."""
    domain = label.rpartition("/")[0]
    return any(domain == known or domain.endswith(f".{known}") for known in _SYNCED_LABEL_DOMAINS)


def _sha256(value: JsonObject) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
