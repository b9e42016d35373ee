"""The Cluster API objects of a cluster whose machines are Docker containers (CAPD, v1beta2)."""

from __future__ import annotations

from lattice_tui.capi import manifests as common
from lattice_tui.capi.manifests import Manifest, yaml_text
from lattice_tui.capi.resources import (
    DOCKER_CLUSTER,
    DOCKER_MACHINE_TEMPLATE,
    KUBEADM_CONFIG_TEMPLATE,
    JsonObject,
)
from lattice_tui.document.pins import pins
from lattice_tui.errors import DocumentError
from lattice_tui.providers.docker.config import DockerConfig
from schemas.plan import ClusterPlan
from schemas.problem import Problem

__all__ = ["CERT_SANS", "manifests", "yaml_text"]

CERT_SANS = ("localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal")  # noqa: S104 - a name in a certificate
"""How the API server is reached from the host, through the load balancer's published port."""
DOCKER_SOCKET = "/var/run/docker.sock"
# All machines share one disk: a kubelet would evict pods for what the host's other files take.
_KUBELET_ARGS = {"eviction-hard": "nodefs.available<0%,nodefs.inodesFree<0%,imagefs.available<0%"}


def manifests(plan: ClusterPlan) -> list[Manifest]:
    """Every object of the plan, in the order to apply them: the namespace first, templates before what uses them.

    Raises DocumentError for a bootstrap that this version cannot build.
    """
    if plan.bootstrap != "kubeadm":
        raise DocumentError(_not_built(plan))
    control_plane_template = _machine_template(plan, plan.control_plane_name, is_control_plane=True)
    made = [
        common.namespace(plan),
        common.cluster(plan, common.reference(DOCKER_CLUSTER, plan.name)),
        common.manifest(plan, DOCKER_CLUSTER, plan.name, _cluster_spec()),
        control_plane_template,
        common.kubeadm_control_plane(
            plan,
            common.reference(DOCKER_MACHINE_TEMPLATE, _name(control_plane_template)),
            cert_sans=(*CERT_SANS, plan.endpoint_host, *plan.cert_sans),
            kubelet_args=_KUBELET_ARGS,
        ),
    ]
    for pool in plan.pools:
        template = _machine_template(plan, plan.pool_name(pool), is_control_plane=False)
        config = common.kubeadm_config_template(plan, pool, kubelet_args=_KUBELET_ARGS)
        deployment = common.machine_deployment(
            plan,
            pool,
            bootstrap=common.reference(KUBEADM_CONFIG_TEMPLATE, _name(config)),
            infrastructure=common.reference(DOCKER_MACHINE_TEMPLATE, _name(template)),
        )
        made += [template, config, deployment]
    return made


def _cluster_spec() -> JsonObject:
    """No endpoint: CAPD keeps one that is set, and no machine could join at the host's address."""
    repository, _, tag = pins().haproxy_image.partition(":")
    return {"loadBalancer": {"imageRepository": repository.rpartition("/")[0], "imageTag": tag}}


def _machine_template(plan: ClusterPlan, prefix: str, *, is_control_plane: bool) -> Manifest:
    machine: JsonObject = {"customImage": _node_image(plan)}
    if is_control_plane:
        # After the move the Docker provider runs in the new cluster, on its control planes alone: the socket is as
        # good as root on this computer, so workers never get it.
        machine["extraMounts"] = [{"hostPath": DOCKER_SOCKET, "containerPath": DOCKER_SOCKET}]
    spec = {"template": {"spec": machine}}
    return common.manifest(plan, DOCKER_MACHINE_TEMPLATE, common.name_by_content(prefix, spec), spec)


def _node_image(plan: ClusterPlan) -> str:
    chosen = plan.config.node_image if isinstance(plan.config, DockerConfig) else None
    return chosen or pins().node_image(plan.kubernetes_version).reference


def _name(made: Manifest) -> str:
    return str(made["metadata"]["name"])


def _not_built(plan: ClusterPlan) -> Problem:
    return Problem(
        code="LT-CAPI-130",
        title=f"{plan.bootstrap} is not built in this version yet",
        fix="Write `bootstrap: kubeadm`, or leave the key out.",
        detail="On Docker this version builds clusters with kubeadm only.",
        check="lattice validate cluster.yaml",
        path="spec.provider.kubernetes.bootstrap",
    )
