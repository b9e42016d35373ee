"""The Cluster API objects of a cluster whose machines are OpenStack servers (CAPO v0.14, v1beta1)."""

from __future__ import annotations

from typing import cast

from lattice_tui.capi import manifests as common
from lattice_tui.capi.control_planes import control_plane, pool_objects
from lattice_tui.capi.joining import Joining
from lattice_tui.capi.manifests import Manifest
from lattice_tui.capi.resources import OPENSTACK_CLUSTER, OPENSTACK_MACHINE_TEMPLATE, JsonObject
from lattice_tui.capi.rke2_objects import JOIN_PORT
from lattice_tui.providers.openstack.config import OpenStackConfig
from schemas.plan import ClusterPlan, PoolPlan

NODE_NAME = "'{{ local_hostname }}'"
"""As Nova names the server: the cloud controller finds nodes by it. Source: CAPO templates."""
PROVIDER_ID = "openstack:///'{{ instance_id }}'"
SSH_USER = "lattice"


def manifests(plan: ClusterPlan) -> list[Manifest]:
    """Every object of the plan, in the order to apply them: the namespace first, templates before what uses them."""
    joining, config = _joining(plan), _config(plan)
    control_plane_template = _template(plan, plan.control_plane_name, _control_plane_machine(config))
    made = [
        common.namespace(plan),
        common.cluster(plan, common.reference(OPENSTACK_CLUSTER, plan.name)),
        common.manifest(plan, OPENSTACK_CLUSTER, plan.name, _cluster_spec(plan)),
        control_plane_template,
        control_plane(plan, _reference(control_plane_template), joining),
    ]
    for pool in plan.pools:
        template = _template(plan, plan.pool_name(pool), _worker_machine(config, pool))
        zone = config.worker_availability_zone or ""
        made += [template, *pool_objects(plan, pool, _reference(template), joining, failure_domain=zone)]
    return made


def identity_name(plan: ClusterPlan) -> str:
    """The Secret with clouds.yaml, in the cluster's namespace."""
    own = _config(plan).secret_ref
    return own.name if own is not None else f"{plan.name}-cloud-config"


def _config(plan: ClusterPlan) -> OpenStackConfig:
    return cast("OpenStackConfig", plan.config)


def _joining(plan: ClusterPlan) -> Joining:
    host = (plan.endpoint_host,) if plan.endpoint_host else ()
    return Joining(
        cert_sans=tuple(dict.fromkeys((*host, *plan.cert_sans))),
        kubelet_args={"provider-id": PROVIDER_ID},
        node_name=NODE_NAME,
        is_cloud_provider_external=True,
        ssh_authorized_keys=tuple(_config(plan).ssh_authorized_keys),
        ssh_user=SSH_USER,
        registration_method="internal-first",
    )


def _cluster_spec(plan: ClusterPlan) -> JsonObject:
    config = _config(plan)
    subnet: JsonObject = {"cidr": config.node_cidr}
    if config.dns_nameservers:
        subnet["dnsNameservers"] = list(config.dns_nameservers)
    spec: JsonObject = {
        "identityRef": {"type": "Secret", "name": identity_name(plan), "cloudName": config.cloud_name},
        "externalNetwork": {"id": config.external_network_id},
        "managedSubnets": [subnet],
        "apiServerLoadBalancer": _load_balancer(plan),
        # On everything the provider makes: how it is found when Kubernetes cannot be asked.
        "tags": ["lattice", f"lattice-cluster-{plan.name}"],
    }
    if plan.endpoint_host:
        # One that is set is never deleted by the provider, also without a load balancer.
        spec["apiServerFloatingIP"] = plan.endpoint_host
    if config.managed_security_groups:
        spec["managedSecurityGroups"] = {"allowAllInClusterTraffic": config.allow_all_in_cluster_traffic}
    if config.cp_availability_zone:
        spec["controlPlaneAvailabilityZones"] = [config.cp_availability_zone]
    return spec


def _load_balancer(plan: ClusterPlan) -> JsonObject:
    config = _config(plan)
    if not config.api_server_load_balancer:
        return {"enabled": False}
    balancer: JsonObject = {"enabled": True}
    if config.api_server_load_balancer_flavor:
        balancer["flavor"] = config.api_server_load_balancer_flavor
    if plan.api_allowed_cidrs:
        # The provider adds the cluster's own router and network.
        balancer["allowedCIDRs"] = list(plan.api_allowed_cidrs)
    if plan.bootstrap == "rke2":
        balancer["additionalPorts"] = [JOIN_PORT]
    return balancer


def _control_plane_machine(config: OpenStackConfig) -> JsonObject:
    volume = _volume(config.cp_root_volume_size_gb, config.cp_root_volume_type)
    return _machine(config, config.cp_flavor, volume)


def _worker_machine(config: OpenStackConfig, pool: PoolPlan) -> JsonObject:
    size = pool.size
    flavor, size_gb = config.worker_flavor, config.worker_root_volume_size_gb
    kind = config.worker_root_volume_type
    if size is not None:
        flavor, size_gb = size.flavor or flavor, size.root_volume_size_gb or size_gb
        kind = size.root_volume_type or kind
    return _machine(config, flavor, _volume(size_gb, kind))


def _machine(config: OpenStackConfig, flavor: str, volume: JsonObject) -> JsonObject:
    return {
        "flavor": flavor,
        "image": {"filter": {"name": config.image_name}},
        "sshKeyName": config.ssh_key_name,
        **({"rootVolume": volume} if volume else {}),
    }


def _volume(size_gb: int | None, kind: str | None) -> JsonObject:
    """Empty where the machine's disk is the flavor's own."""
    if size_gb is None:
        return {}
    return {"sizeGiB": size_gb, **({"type": kind} if kind else {})}


def _template(plan: ClusterPlan, prefix: str, machine: JsonObject) -> Manifest:
    spec = {"template": {"spec": machine}}
    return common.manifest(plan, OPENSTACK_MACHINE_TEMPLATE, common.name_by_content(prefix, spec), spec)


def _reference(template: Manifest) -> JsonObject:
    return common.reference(OPENSTACK_MACHINE_TEMPLATE, template["metadata"]["name"])
