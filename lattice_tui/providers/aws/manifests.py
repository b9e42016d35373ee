"""The Cluster API objects of a cluster whose machines are EC2 instances (CAPA v2.11, v1beta2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lattice_tui.capi import manifests as common
from lattice_tui.capi.control_planes import control_plane, pool_objects
from lattice_tui.capi.joining import Joining
from lattice_tui.capi.manifests import Manifest
from lattice_tui.capi.resources import AWS_CLUSTER, AWS_CONTROLLER_IDENTITY, AWS_MACHINE_TEMPLATE, JsonObject
from lattice_tui.capi.rke2_objects import JOIN_PORT
from lattice_tui.providers.aws.config import AwsConfig
from schemas.plan import ClusterPlan, PoolPlan

CONTROL_PLANE_PROFILE = "control-plane.cluster-api-provider-aws.sigs.k8s.io"
NODE_PROFILE = "nodes.cluster-api-provider-aws.sigs.k8s.io"
"""As clusterawsadm names them."""
NODE_NAME = "'{{ ds.meta_data.local_hostname }}'"
BASE_OS = "ubuntu-24.04"
"""Of the images that are looked up by Kubernetes version, where the document names none."""
API_PORT = 6443
SSH_USER = "lattice"
# The provider opens what Calico needs; Cilium speaks VXLAN, and asks its peers how they are.
_CILIUM_RULES = (
    {"description": "Cilium VXLAN", "protocol": "udp", "fromPort": 8472, "toPort": 8472},
    {"description": "Cilium health", "protocol": "tcp", "fromPort": 4240, "toPort": 4240},
    {"description": "Cilium ping", "protocol": "icmp", "fromPort": -1, "toPort": -1},
)


def manifests(plan: ClusterPlan) -> list[Manifest]:
    """Every object of the plan, in the order to apply them: the namespace first, templates before what uses them."""
    joining = _joining(plan)
    control_plane_template = _template(plan, plan.control_plane_name, _control_plane_machine(plan))
    made = [
        common.namespace(plan),
        common.cluster(plan, common.reference(AWS_CLUSTER, plan.name)),
        common.manifest(plan, AWS_CLUSTER, plan.name, _cluster_spec(plan)),
        control_plane_template,
        control_plane(plan, _reference(control_plane_template), joining),
    ]
    for pool in plan.pools:
        template = _template(plan, plan.pool_name(pool), _worker_machine(plan, pool))
        made += [template, *pool_objects(plan, pool, _reference(template), joining)]
    return made


def _config(plan: ClusterPlan) -> AwsConfig:
    return cast("AwsConfig", plan.config)


def _joining(plan: ClusterPlan) -> Joining:
    return Joining(
        cert_sans=tuple(dict.fromkeys(plan.cert_sans)),
        node_name=NODE_NAME,
        is_cloud_provider_external=True,
        ssh_authorized_keys=tuple(_config(plan).ssh_authorized_keys),
        ssh_user=SSH_USER,
        registration_method="internal-first",
    )


def _cluster_spec(plan: ClusterPlan) -> JsonObject:
    config = _config(plan)
    network: JsonObject = {"vpc": _vpc(config), "cni": {"cniIngressRules": [dict(rule) for rule in _CILIUM_RULES]}}
    if subnets := list(dict.fromkeys((*config.cp_subnet_ids, *config.worker_subnet_ids))):
        network["subnets"] = [{"id": subnet} for subnet in subnets]
    if plan.bootstrap == "rke2":
        network["additionalControlPlaneIngressRules"] = [
            {
                "description": "RKE2 machines join",
                "protocol": "tcp",
                "fromPort": JOIN_PORT,
                "toPort": JOIN_PORT,
                "sourceSecurityGroupRoles": ["controlplane", "node"],
            }
        ]
    return {
        "region": config.region,
        # Left out, the provider looks for a key pair called `default`; empty means none.
        "sshKeyName": config.ssh_key_name or "",
        "identityRef": {"kind": AWS_CONTROLLER_IDENTITY.kind, "name": "default"},
        "controlPlaneLoadBalancer": _load_balancer(plan),
        "network": network,
        "additionalTags": {"lattice.dev/cluster": plan.name, "lattice.dev/managed-by": "lattice"},
    }


def _vpc(config: AwsConfig) -> JsonObject:
    if config.vpc_id is not None:
        return {"id": config.vpc_id}
    return {"availabilityZoneUsageLimit": config.availability_zone_count, "availabilityZoneSelection": "Ordered"}


def _load_balancer(plan: ClusterPlan) -> JsonObject:
    balancer: JsonObject = {
        "loadBalancerType": "nlb",
        "scheme": "internal" if _config(plan).internal_load_balancer else "internet-facing",
        # RKE2's API server answers a stranger's HTTPS question with 401, which the balancer takes for unhealthy.
        "healthCheckProtocol": "TCP" if plan.bootstrap == "rke2" else "HTTPS",
    }
    if plan.bootstrap == "rke2":
        balancer["additionalListeners"] = [{"port": JOIN_PORT, "protocol": "TCP"}]
    if plan.api_allowed_cidrs:
        rule = {"protocol": "tcp", "fromPort": API_PORT, "toPort": API_PORT}
        balancer["ingressRules"] = [
            {"description": "People", **rule, "cidrBlocks": list(plan.api_allowed_cidrs)},
            # Machines reach the API from outside too, through the NAT gateways.
            {"description": "The cluster's machines", **rule, "natGatewaysIPsSource": True},
        ]
    return balancer


def _control_plane_machine(plan: ClusterPlan) -> JsonObject:
    config = _config(plan)
    machine = _machine(plan, config.cp_instance_type, config.cp_iam_instance_profile or CONTROL_PLANE_PROFILE)
    machine["rootVolume"] = {"size": config.cp_root_volume_size_gb, "type": config.cp_root_volume_type}
    return machine | _subnet(config.cp_subnet_ids)


def _worker_machine(plan: ClusterPlan, pool: PoolPlan) -> JsonObject:
    config, size = _config(plan), pool.size
    kind, size_gb = config.worker_instance_type, config.worker_root_volume_size_gb
    volume_type: str = config.worker_root_volume_type
    if size is not None:
        kind, size_gb = size.instance_type or kind, size.root_volume_size_gb or size_gb
        volume_type = size.root_volume_type or volume_type
    machine = _machine(plan, kind, config.worker_iam_instance_profile or NODE_PROFILE)
    machine["rootVolume"] = {"size": size_gb, "type": volume_type}
    return machine | _subnet(config.worker_subnet_ids or config.cp_subnet_ids)


def _machine(plan: ClusterPlan, instance_type: str, profile: str) -> JsonObject:
    config = _config(plan)
    machine: JsonObject = {
        "instanceType": instance_type,
        "iamInstanceProfile": profile,
        "sshKeyName": config.ssh_key_name or "",
        # Two hops: a pod's question to the metadata service passes the node's network first.
        "instanceMetadataOptions": {
            "httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 2,
        },
    }  # fmt: skip
    if config.ami_id is not None:
        machine["ami"] = {"id": config.ami_id}
    else:
        machine["imageLookupBaseOS"] = BASE_OS
    if plan.bootstrap == "rke2":
        # The way over the Secrets Manager needs tools that a plain image lacks.
        machine["cloudInit"] = {"insecureSkipSecretsManager": True}
    return machine


def _subnet(ids: Sequence[str]) -> JsonObject:
    return {"subnet": {"filters": [{"name": "subnet-id", "values": list(ids)}]}} if ids else {}


def _template(plan: ClusterPlan, prefix: str, machine: JsonObject) -> Manifest:
    spec = {"template": {"spec": machine}}
    return common.manifest(plan, AWS_MACHINE_TEMPLATE, common.name_by_content(prefix, spec), spec)


def _reference(template: Manifest) -> JsonObject:
    return common.reference(AWS_MACHINE_TEMPLATE, template["metadata"]["name"])
