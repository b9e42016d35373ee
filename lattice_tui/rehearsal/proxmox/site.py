"""`Site`: everything that one simulated Proxmox VE cluster has. Toggles and writes through the API change it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

ConfigValue = str | int
AclKind = Literal["user", "group", "token"]
GIB = 1024**3
MIB = 1024**2


@dataclass(slots=True)
class Bridge:
    """A bridge of one node."""

    name: str
    cidr: str = ""
    gateway: str = ""
    is_vlan_aware: bool = False
    is_active: bool = True
    ports: str = "eno1"


@dataclass(slots=True)
class Node:
    """One computer of the cluster."""

    name: str
    address: str
    is_online: bool = True
    cpus: int = 16
    memory_mib: int = 65536
    used_memory_mib: int = 12288
    bridges: list[Bridge] = field(default_factory=list)
    dns: tuple[str, ...] = ()
    fingerprint: str = ""
    """SHA-256 of its certificate, in pairs with colons."""
    certificate_pem: str = ""


@dataclass(slots=True)
class Volume:
    """Something on a storage: a disk image, an ISO file, an image to import."""

    volid: str
    content: str
    size_bytes: int
    vmid: int = 0
    data: bytes = field(default=b"", repr=False)
    """What is in it, of files that were uploaded."""


@dataclass(slots=True)
class Storage:
    """A storage of the cluster; one that is not shared is another place on each node."""

    name: str
    kind: str
    content: tuple[str, ...]
    is_shared: bool = False
    nodes: tuple[str, ...] = ()
    """Where it is; empty: everywhere."""
    is_enabled: bool = True
    is_active: bool = True
    total_gib: int = 500
    used_gib: int = 60
    volumes: dict[tuple[str, str], Volume] = field(default_factory=dict)
    """By node and volume id; the node of a shared storage's volumes is empty."""

    def is_on(self, node: str) -> bool:
        return self.is_enabled and (not self.nodes or node in self.nodes)

    def put(self, node: str, volume: Volume) -> None:
        self.volumes["" if self.is_shared else node, volume.volid] = volume

    def on(self, node: str) -> list[Volume]:
        """What can be seen of it from that node."""
        place = "" if self.is_shared else node
        return [volume for (where, _), volume in self.volumes.items() if where == place]


@dataclass(slots=True)
class Guest:
    """A virtual machine or a container."""

    vmid: int
    node: str
    name: str
    kind: Literal["qemu", "lxc"] = "qemu"
    is_template: bool = False
    is_running: bool = False
    config: dict[str, ConfigValue] = field(default_factory=dict)
    """As the API shows it: `scsi0: local-lvm:vm-100-disk-0,size=20G`."""
    agent_addresses: tuple[str, ...] = ()
    """What its agent tells; empty: no agent answers."""
    is_set_up_since: float = 0.0
    """Monotonic seconds at which a boot with a CD of first settings began; 0: there is none."""

    @property
    def cores(self) -> int:
        return int(self.config.get("cores", 1)) * int(self.config.get("sockets", 1))

    @property
    def memory_mib(self) -> int:
        return int(self.config.get("memory", 512))

    @property
    def tags(self) -> str:
        return str(self.config.get("tags", ""))


@dataclass(slots=True)
class Vnet:
    """A network of the cluster's software-defined networking."""

    name: str
    zone: str
    tag: int = 0
    taken: tuple[str, ...] = ()
    """Addresses that its IP address management has given out."""


@dataclass(slots=True)
class Pool:
    """A named set of guests and storages that permissions can be given on."""

    name: str
    vmids: set[int] = field(default_factory=set)
    storages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Token:
    """An API token of a user."""

    name: str
    secret: str
    is_separated: bool = True
    """Privilege Separation: it has no more than its own permissions, and no more than its user's."""
    expires_at: int = 0
    """Seconds since the epoch; 0: never."""


@dataclass(slots=True)
class User:
    """`name@realm`, its groups and its tokens."""

    userid: str
    groups: tuple[str, ...] = ()
    tokens: dict[str, Token] = field(default_factory=dict)
    is_enabled: bool = True
    expires_at: int = 0


@dataclass(slots=True)
class Acl:
    """One line of the permissions page."""

    path: str
    kind: AclKind
    who: str
    role: str
    propagates: bool = True


@dataclass(slots=True)
class Task:
    """Something that was begun through the API."""

    upid: str
    node: str
    kind: str
    about: str
    user: str
    started_at: float
    ends_at: float
    problem: str = ""
    """Why it failed; empty: it did not."""
    log: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        return time.time() < self.ends_at


@dataclass(slots=True)
class Site:
    """One cluster. `api_node` is the node whose address people use."""

    cluster_name: str = "homelab"
    release: str = "9.1"
    version: str = "9.1.2"
    api_node: str = "pve1"
    is_quorate: bool = True
    realms: dict[str, str] = field(default_factory=lambda: {"pam": "pam", "pve": "pve"})
    """Name -> kind."""
    nodes: dict[str, Node] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)
    guests: dict[int, Guest] = field(default_factory=dict)
    vnets: dict[str, Vnet] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    """The ones made here, beside those that Proxmox VE brings."""
    acls: list[Acl] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    task_s: float = 0.0
    """How long each task takes."""
    boot_s: float = 1.0
    """How long a boot with a CD of first settings takes until the machine switches itself off."""
    boot_ending: Literal["off", "never", "unheard", "failed"] = "off"
    """How such a boot ends: it works for ever, its agent never answers, or it says what failed and stays on."""
    agent_delay_s: float = 0.0
    """How long each question to a machine's agent takes."""
    clock_offset_s: int = 0
    """How far its clock is ahead of the real one."""
    downloads: dict[str, int] = field(default_factory=dict)
    """Address of an image on the internet -> its size in bytes; any other cannot be fetched."""
    says_generic_401: bool = False
    """Newer builds tell every failed sign-in in the same words."""
    is_other_server: bool = False
    """Something that is not Proxmox VE answers there: a web page."""
    ca_pem: str = ""
    token_of_credentials: tuple[str, str] = ("", "")
    """User and token that `ProxmoxStandIn.credentials` hands out."""
    secret_of_credentials: str = ""

    @property
    def major(self) -> int:
        return int(self.release.partition(".")[0])

    def token(self) -> Token:
        """The token that is handed out, for toggles."""
        user, name = self.token_of_credentials
        return self.users[user].tokens[name]

    def now(self) -> float:
        """Its own clock."""
        return time.time() + self.clock_offset_s
