"""What the stand-in cloud holds: mutable, so that a toggle or a test can change anything before it is asked.

Sizes are in the units of the names; ids are as OpenStack makes them. Source of the shapes: docs.openstack.org/api-ref.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

SignInKind = Literal["password", "application-credential", "token"]
SERVICES = ("identity", "compute", "image", "network", "block-storage", "load-balancer")
"""By the types that the service types authority gives them."""


@dataclass
class User:
    name: str
    password: str
    roles: dict[str, tuple[str, ...]]
    """Project name -> names of the roles there."""
    id: str = ""


@dataclass
class ApplicationCredential:
    """Belongs to one user and one project."""

    id: str
    name: str
    secret: str
    user: str
    project: str
    roles: tuple[str, ...]
    is_unrestricted: bool = False
    expires_at: str = ""
    """ISO 8601 without a zone, UTC; empty: never."""


@dataclass
class SignIn:
    """What the person has in hand; a toggle makes it wrong."""

    user: str
    project: str
    kind: SignInKind = "password"
    domain: str = "Default"
    region: str = "RegionOne"
    password: str | None = None
    """None: the right one."""
    token: str | None = None
    """None: one that is good."""
    application_credential: str = ""
    application_credential_secret: str | None = None
    path: str = ""
    """Behind the identity address; empty: the right one."""
    has_ca: bool = True
    """Whether the person has been given the certificate authority's certificate."""


@dataclass
class Service:
    """One entry of the catalog."""

    is_listed: bool = True
    url: str = ""
    """Another address than the one it really has."""
    fault_status: int = 0
    """Answered to every question instead; 0: it works."""
    forbidden: tuple[str, ...] = ()
    """Starts of paths behind the version that policy refuses: `/quotas`."""


@dataclass
class Flavor:
    id: str
    name: str
    vcpus: int
    memory_mib: int
    disk_gib: int
    extra_specs: dict[str, str] = field(default_factory=dict)
    is_public: bool = True


@dataclass
class Image:
    id: str
    name: str
    status: str = "active"
    size_bytes: int = 2_400_000_000
    min_disk_gib: int = 0
    min_memory_mib: int = 0
    disk_format: str = "qcow2"
    visibility: str = "public"
    created_at: str = "2026-09-01T08:00:00Z"
    properties: dict[str, Any] = field(default_factory=dict)
    owner: str = ""


@dataclass
class KeyPair:
    name: str
    public_key: str
    fingerprint: str
    """MD5 of the key in colon form, as Nova shows it."""


@dataclass
class Network:
    id: str
    name: str
    is_external: bool = False
    is_shared: bool = False
    status: str = "ACTIVE"
    zones: tuple[str, ...] = ()


@dataclass
class Subnet:
    id: str
    name: str
    network_id: str
    cidr: str
    gateway: str = ""
    dns_servers: tuple[str, ...] = ()


@dataclass
class FloatingIp:
    id: str
    address: str
    network_id: str
    port_id: str = ""


@dataclass
class Zone:
    name: str
    is_available: bool = True


@dataclass
class Quota:
    limit: int
    """-1: no limit."""
    used: int = 0
    reserved: int = 0


@dataclass
class VolumeType:
    id: str
    name: str
    description: str = ""
    is_public: bool = True


@dataclass
class LoadBalancing:
    """Octavia."""

    providers: dict[str, str]
    """Name -> description; the first is the cloud's default."""
    flavors: list[tuple[str, str, str]] = field(default_factory=list)
    """(id, name, description)."""
    needs_role: bool = False
    """Advanced RBAC: a `load-balancer_*` role is needed beside the project's own."""


@dataclass
class Cloud:
    """The whole of it, for one person's project."""

    sign_in: SignIn
    users: list[User]
    projects: list[str]
    services: dict[str, Service]
    flavors: list[Flavor]
    images: list[Image]
    key_pairs: list[KeyPair]
    networks: list[Network]
    subnets: list[Subnet]
    compute_quotas: dict[str, Quota]
    """`instances`, `cores`, `ram` (MiB), `key_pairs`, `server_groups`, `server_group_members`."""
    network_quotas: dict[str, Quota]
    volume_quotas: dict[str, Quota]
    """`volumes`, `gigabytes`."""
    load_balancer_quotas: dict[str, int]
    """-1: no limit."""
    load_balancing: LoadBalancing
    compute_zones: list[Zone] = field(default_factory=list)
    network_zones: list[Zone] = field(default_factory=list)
    volume_zones: list[Zone] = field(default_factory=list)
    volume_types: list[VolumeType] = field(default_factory=list)
    floating_ips: list[FloatingIp] = field(default_factory=list)
    routers: list[dict[str, Any]] = field(default_factory=list)
    ports: list[dict[str, Any]] = field(default_factory=list)
    load_balancers: list[dict[str, Any]] = field(default_factory=list)
    servers: list[dict[str, Any]] = field(default_factory=list)
    application_credentials: list[ApplicationCredential] = field(default_factory=list)
    regions: tuple[str, ...] = ("RegionOne",)
    microversion: str = "2.96"
    """Nova's newest; 2.96 is the 2024.1 release."""
    may_make_floating_ips: bool = True
    can_web_download: bool = True
    """Whether Glance takes `web-download` imports."""
    page_size: int = 1000
    token_lifetime_s: int = 3600

    def user(self, name: str) -> User:
        """Raises KeyError when there is none of that name."""
        for user in self.users:
            if user.name == name:
                return user
        raise KeyError(name)
