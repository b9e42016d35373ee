"""The Cluster API objects of a cluster whose machines are Docker containers (CAPD, v1beta2)."""

from __future__ import annotations

from lattice_tui.capi import manifests as common
from lattice_tui.capi.control_planes import control_plane, pool_objects
from lattice_tui.capi.joining import Joining
from lattice_tui.capi.manifests import Manifest, yaml_text
from lattice_tui.capi.resources import CONFIG_MAP, DOCKER_CLUSTER, DOCKER_MACHINE_TEMPLATE, JsonObject
from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.config import DockerConfig
from lattice_tui.providers.docker.load_balancer import HAPROXY_TEMPLATE
from schemas.plan import ClusterPlan

__all__ = ["CERT_SANS", "manifests", "node_image", "yaml_text"]

CERT_SANS = ("localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal")  # noqa: S104 - a name in a certificate
"""How the API server is reached from the host, through the load balancer's published port."""
DOCKER_SOCKET = "/var/run/docker.sock"
RKE2_BOOT_TIMEOUT = "15m"
"""RKE2 downloads itself while a machine boots; the provider's own limit, 5 minutes, is for an image that has it all."""
# All machines share one disk: a kubelet would evict pods for what the host's other files take.
_KUBELET_ARGS = {"eviction-hard": "nodefs.available<0%,nodefs.inodesFree<0%,imagefs.available<0%"}


def manifests(plan: ClusterPlan) -> list[Manifest]:
    """Every object of the plan, in the order to apply them: the namespace first, templates before what uses them."""
    joining = _joining(plan)
    control_plane_template = _machine_template(plan, plan.control_plane_name, is_control_plane=True)
    made = [common.namespace(plan), common.cluster(plan, common.reference(DOCKER_CLUSTER, plan.name))]
    if plan.bootstrap == "rke2":
        made.append(_balancer_settings(plan))
    made += [
        common.manifest(plan, DOCKER_CLUSTER, plan.name, _cluster_spec(plan)),
        control_plane_template,
        control_plane(plan, _template_reference(control_plane_template), joining),
    ]
    for pool in plan.pools:
        template = _machine_template(plan, plan.pool_name(pool), is_control_plane=False)
        made += [template, *pool_objects(plan, pool, _template_reference(template), joining)]
    return made


def node_image(plan: ClusterPlan) -> str:
    """The image that machines are made from; the one of this Kubernetes version unless the document names another."""
    chosen = plan.config.node_image if isinstance(plan.config, DockerConfig) else None
    return chosen or pins().node_image(plan.kubernetes_version.partition("+")[0]).reference


def _joining(plan: ClusterPlan) -> Joining:
    cert_sans = tuple(dict.fromkeys((*CERT_SANS, plan.endpoint_host, *plan.cert_sans)))
    if plan.bootstrap == "rke2":
        # The load balancer asks whether a server is up, and signs in to nothing.
        return Joining(cert_sans, _KUBELET_ARGS, api_server_args={"anonymous-auth": "true"})
    return Joining(cert_sans, _KUBELET_ARGS)


def _cluster_spec(plan: ClusterPlan) -> JsonObject:
    """No endpoint: CAPD keeps one that is set, and no machine could join at the host's address."""
    repository, _, tag = pins().haproxy_image.partition(":")
    balancer: JsonObject = {"imageRepository": repository.rpartition("/")[0], "imageTag": tag}
    if plan.bootstrap == "rke2":
        balancer["customHAProxyConfigTemplateRef"] = {"name": _balancer_name(plan)}
    return {"loadBalancer": balancer}


def _balancer_settings(plan: ClusterPlan) -> Manifest:
    """The provider reads them again whenever control planes change, after the move from the new cluster's own copy."""
    labels = {common.MOVE_LABEL: "true"}
    return common.manifest(plan, CONFIG_MAP, _balancer_name(plan), labels=labels, data={"value": HAPROXY_TEMPLATE})


def _balancer_name(plan: ClusterPlan) -> str:
    return f"{plan.name}-lb-config"


def _machine_template(plan: ClusterPlan, prefix: str, *, is_control_plane: bool) -> Manifest:
    machine: JsonObject = {"customImage": node_image(plan)}
    if plan.bootstrap == "rke2":
        machine["bootstrapTimeout"] = RKE2_BOOT_TIMEOUT
    if is_control_plane:
        # After the move the Docker provider runs in the new cluster, on its control planes alone: the socket is as
        # good as root on this computer, so workers never get it.
        machine["extraMounts"] = [{"hostPath": DOCKER_SOCKET, "containerPath": DOCKER_SOCKET}]
    spec = {"template": {"spec": machine}}
    return common.manifest(plan, DOCKER_MACHINE_TEMPLATE, common.name_by_content(prefix, spec), spec)


def _template_reference(template: Manifest) -> JsonObject:
    return common.reference(DOCKER_MACHINE_TEMPLATE, template["metadata"]["name"])
