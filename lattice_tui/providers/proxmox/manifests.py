"""The Cluster API objects of a cluster whose machines are Proxmox VMs (CAPMOX v0.9, v1alpha2)."""

from __future__ import annotations

from typing import cast

from lattice_tui.capi import manifests as common
from lattice_tui.capi.control_planes import control_plane, pool_objects
from lattice_tui.capi.joining import Joining
from lattice_tui.capi.manifests import Manifest
from lattice_tui.capi.resources import PROXMOX_CLUSTER, PROXMOX_MACHINE_TEMPLATE, JsonObject
from lattice_tui.providers.proxmox.config import ProxmoxConfig, VmIdRange
from lattice_tui.providers.proxmox.virtual_ip import PREPARE_COMMANDS, kube_vip_file
from schemas.plan import ClusterPlan, PoolPlan

API_PORT = 6443
BOOT_DISK = "scsi0"
PROVIDER_ID = "proxmox://'{{ ds.meta_data.instance_id }}'"
"""Cloud-init fills in the VM's SMBIOS UUID. Source: CAPMOX v0.9 templates."""
FIRST_FREE_BLOCK, LAST_FREE_BLOCK, BLOCK = 100_000, 999_900, 100
"""Where blocks of VM ids of our own lie: Proxmox itself counts up from 100, and people stay below."""
# Plain cloud images have no agent, and a machine is not taken for ready without one.
AGENT_COMMANDS = (
    "command -v qemu-ga || (apt-get update && apt-get install -y qemu-guest-agent) || dnf install -y qemu-guest-agent "
    "|| zypper --non-interactive install qemu-guest-agent",
    "systemctl enable --now qemu-guest-agent",
)


def manifests(plan: ClusterPlan) -> list[Manifest]:
    """Every object of the plan, in the order to apply them: the namespace first, templates before what uses them."""
    joining = _joining(plan)
    control_plane_template = _template(plan, plan.control_plane_name, _control_plane_machine(plan))
    made = [
        common.namespace(plan),
        common.cluster(plan, common.reference(PROXMOX_CLUSTER, plan.name)),
        common.manifest(plan, PROXMOX_CLUSTER, plan.name, _cluster_spec(plan)),
        control_plane_template,
        control_plane(plan, _reference(control_plane_template), joining),
    ]
    for pool in plan.pools:
        template = _template(plan, plan.pool_name(pool), _worker_machine(plan, pool))
        made += [template, *pool_objects(plan, pool, _reference(template), joining)]
    return made


def credentials_name(plan: ClusterPlan) -> str:
    """The Secret with the API token, in the cluster's namespace."""
    return f"{plan.name}-proxmox-credentials"


def vm_ids(plan: ClusterPlan) -> VmIdRange:
    """The ids that machines get: the document's, else a high block of a hundred that the run's id chooses.

    Proxmox gives ids away again, and VMs are deleted by id alone: low ones would be given to a stranger's VM next.
    """
    chosen = _config(plan).vm_id_range
    if chosen is not None:
        return chosen
    blocks = (LAST_FREE_BLOCK - FIRST_FREE_BLOCK) // BLOCK
    start = FIRST_FREE_BLOCK + int(plan.run_id, 16) % blocks * BLOCK
    return VmIdRange(start=start, end=start + BLOCK - 1)


def _config(plan: ClusterPlan) -> ProxmoxConfig:
    return cast("ProxmoxConfig", plan.config)


def _joining(plan: ClusterPlan) -> Joining:
    return Joining(
        cert_sans=tuple(dict.fromkeys((plan.endpoint_host, *plan.cert_sans))),
        kubelet_args={"provider-id": PROVIDER_ID},
        control_plane_files=(kube_vip_file(plan, _config(plan).virtual_ip_network_interface),),
        control_plane_commands=() if plan.bootstrap == "rke2" else PREPARE_COMMANDS,
        commands=AGENT_COMMANDS if plan.bootstrap == "rke2" else (),
        ssh_authorized_keys=tuple(_config(plan).ssh_authorized_keys),
    )


def _cluster_spec(plan: ClusterPlan) -> JsonObject:
    config = _config(plan)
    pool, pool6 = config.ipv4_pool, config.ipv6_pool
    spec: JsonObject = {
        "controlPlaneEndpoint": {"host": plan.endpoint_host, "port": API_PORT},
        "ipv4Config": {
            "addresses": [f"{pool.start}-{pool.end}"], "prefix": pool.prefix, "gateway": pool.gateway,
        },
        "dnsServers": list(config.dns_servers) or [pool.gateway],
        "credentialsRef": {"name": credentials_name(plan), "namespace": plan.namespace},
    }  # fmt: skip
    if pool6 is not None:
        spec["ipv6Config"] = {
            "addresses": [f"{pool6.start}-{pool6.end}"], "prefix": pool6.prefix, "gateway": pool6.gateway,
        }  # fmt: skip
    if nodes := list(config.allowed_nodes) or ([config.source_node] if config.source_node else []):
        spec["allowedNodes"] = nodes
    if config.memory_adjustment is not None:
        spec["schedulerHints"] = {"memoryAdjustment": config.memory_adjustment}
    return spec


def _control_plane_machine(plan: ClusterPlan) -> JsonObject:
    config = _config(plan)
    return _machine(plan, config.cp_cores, config.cp_memory_mb, config.cp_disk_size_gb)


def _worker_machine(plan: ClusterPlan, pool: PoolPlan) -> JsonObject:
    config, size = _config(plan), pool.size
    cores, memory_mib = config.worker_cores, config.worker_memory_mb
    disk_gb = config.worker_disk_size_gb
    if size is not None:
        cores, memory_mib = size.cores or cores, size.memory_mb or memory_mib
        disk_gb = size.disk_size_gb or disk_gb
    return _machine(plan, cores, memory_mib, disk_gb)


def _machine(plan: ClusterPlan, cores: int, memory_mib: int, disk_gb: int) -> JsonObject:
    config = _config(plan)
    ids = vm_ids(plan)
    device: JsonObject = {"name": "net0", "bridge": config.bridge, "model": "virtio", "defaultIPv4": True}
    if config.ipv6_pool is not None:
        device["defaultIPv6"] = True
    if config.vlan is not None:
        device["vlan"] = config.vlan
    machine: JsonObject = _source(config)
    # The storage of a copy can only be chosen for a full one.
    machine["full"] = config.storage is not None
    if config.storage is not None:
        machine["storage"] = config.storage
    if config.pool is not None:
        machine["pool"] = config.pool
    if config.tags:
        machine["tags"] = list(config.tags)
    machine |= {
        "vmIDRange": {"start": ids.start, "end": ids.end},
        "description": f"Kubernetes cluster {plan.name}, made by lattice",
        "numSockets": 1,
        "numCores": cores,
        "memoryMiB": memory_mib,
        "disks": {"bootVolume": {"disk": BOOT_DISK, "sizeGb": disk_gb}},
        "network": {"networkDevices": [device]},
    }
    return machine


def _source(config: ProxmoxConfig) -> JsonObject:
    """The one template, by number and node, or by tags where each node has a copy of its own."""
    if config.template_id is not None and config.source_node is not None:
        return {"sourceNode": config.source_node, "templateID": config.template_id}
    return {"templateSelector": {"matchTags": list(config.template_tags)}}


def _template(plan: ClusterPlan, prefix: str, machine: JsonObject) -> Manifest:
    spec = {"template": {"spec": machine}}
    return common.manifest(plan, PROXMOX_MACHINE_TEMPLATE, common.name_by_content(prefix, spec), spec)


def _reference(template: Manifest) -> JsonObject:
    return common.reference(PROXMOX_MACHINE_TEMPLATE, template["metadata"]["name"])
