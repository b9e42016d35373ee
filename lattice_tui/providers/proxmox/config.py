"""Proxmox's block of cluster.yaml: `spec.provider.config.proxmox`."""

from typing import Annotated

from pydantic import Field

from schemas.provider_config import ProviderConfig

MIN_VM_ID = 100
MAX_VM_ID = 999_999_999
"""Of Proxmox VE, and of the ProxmoxMachine API."""
VmId = Annotated[int, Field(ge=MIN_VM_ID, le=MAX_VM_ID)]


class Ipv4Pool(ProviderConfig):
    """The machines' own addresses."""

    start: str
    end: str
    gateway: str
    prefix: Annotated[int, Field(ge=1, le=32)]


class Ipv6Pool(ProviderConfig):
    """The machines' addresses of the second family."""

    start: str
    end: str
    gateway: str
    prefix: Annotated[int, Field(ge=1, le=128)]


class VmIdRange(ProviderConfig):
    """The ids that machines get."""

    start: VmId
    end: VmId


class ProxmoxConfig(ProviderConfig):
    """Every machine is a clone of one template."""

    source_node: Annotated[str | None, Field(alias="sourceNode")] = None
    """Where the template is; None only with template_tags."""
    template_id: Annotated[int | None, Field(alias="templateId", ge=MIN_VM_ID, le=MAX_VM_ID)] = None
    template_tags: Annotated[list[str], Field(alias="templateTags")] = []  # noqa: RUF012
    bridge: str = "vmbr0"
    vlan: Annotated[int | None, Field(ge=1, le=4094)] = None
    ipv4_pool: Annotated[Ipv4Pool, Field(alias="ipv4Pool")]
    ipv6_pool: Annotated[Ipv6Pool | None, Field(alias="ipv6Pool")] = None
    dns_servers: Annotated[list[str], Field(alias="dnsServers")] = []  # noqa: RUF012
    """Empty: the pool's gateway."""
    storage: str | None = None
    """None: where the template's disk is, as a linked clone."""
    pool: str | None = None
    """A resource pool of Proxmox."""
    allowed_nodes: Annotated[list[str], Field(alias="allowedNodes")] = []  # noqa: RUF012
    """Empty: the template's own node."""
    virtual_ip_network_interface: Annotated[str, Field(alias="virtualIpNetworkInterface")] = "ens18"
    ssh_authorized_keys: Annotated[list[str], Field(alias="sshAuthorizedKeys")] = []  # noqa: RUF012
    tags: list[str] = []  # noqa: RUF012
    vm_id_range: Annotated[VmIdRange | None, Field(alias="vmIdRange")] = None
    """None: a free high block, chosen when the plan is made."""
    memory_adjustment: Annotated[int | None, Field(alias="memoryAdjustment", ge=0, le=1000)] = None
    """Per cent of a node's memory that may be promised to machines; 0: no limit."""
    cp_cores: Annotated[int, Field(alias="cpCores", ge=1, le=512)] = 4
    cp_memory_mb: Annotated[int, Field(alias="cpMemoryMb", ge=512)] = 8192
    cp_disk_size_gb: Annotated[int, Field(alias="cpDiskSizeGb", ge=5)] = 50
    worker_cores: Annotated[int, Field(alias="workerCores", ge=1, le=512)] = 2
    worker_memory_mb: Annotated[int, Field(alias="workerMemoryMb", ge=512)] = 4096
    worker_disk_size_gb: Annotated[int, Field(alias="workerDiskSizeGb", ge=5)] = 50
