"""One account at AWS, as data that a toggle or a test changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from lattice_tui.rehearsal.aws.places import IMAGE_REGIONS, OPTED_IN, ZONES
from lattice_tui.rehearsal.aws.sizes import SIZES, Size

ACCOUNT_ID = "210987654321"
USER = "lattice"
SUFFIX = "cluster-api-provider-aws.sigs.k8s.io"
CAPA_OWNER = "819546954734"
CANONICAL = "099720109477"
"""Accounts that publish images: Cluster API's, and Ubuntu's."""
ELB_ROLE = "AWSServiceRoleForElasticLoadBalancing"
DEFAULT_VPC = "vpc-0a0000000000000d1"
VCPU_QUOTA = ("ec2", "L-1216C47A")
SPOT_QUOTA = ("ec2", "L-34B43A08")
ELASTIC_IP_QUOTA = ("ec2", "L-0263D0A3")
VPC_QUOTA = ("vpc", "L-F678F1CE")
NAT_QUOTA = ("vpc", "L-FE5A380F")
INTERNET_GATEWAY_QUOTA = ("vpc", "L-A4707A72")
NLB_QUOTA = ("elasticloadbalancing", "L-69A177A2")
VERSIONS = ("1.34.8", "1.35.0", "1.35.5", "1.36.1")


@dataclass
class Image:
    """A machine image, in every region of `regions`."""

    id: str
    name: str
    owner: str
    created: str
    architecture: str = "x86_64"
    state: str = "available"
    regions: frozenset[str] = IMAGE_REGIONS
    root_gib: int = 8
    is_public: bool = True


@dataclass
class KeyPair:
    name: str
    id: str
    kind: str
    fingerprint: str
    public_key: str = ""


@dataclass
class Vpc:
    id: str
    cidr: str
    is_default: bool = False
    name: str = ""
    has_internet: bool = True


@dataclass
class Subnet:
    id: str
    vpc: str
    zone_number: int
    """Counted from 0 among the region's zones."""
    cidr: str
    free_addresses: int = 251
    is_public: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    way_out: str = ""
    """Gateway of its default route: `igw-...`, `nat-...`; empty: none."""


@dataclass
class LoadBalancer:
    name: str
    kind: str = "network"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Stack:
    """A CloudFormation stack; it is being made until it was looked at `looks_left` times."""

    name: str
    status: str
    reason: str = ""
    looks_left: int = 0
    becomes: str = ""
    roles: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)


@dataclass
class Account:
    """Everything that is asked about. What is in a list without a region is in every region."""

    id: str = ACCOUNT_ID
    access_key_id: str = "AKIATESTTESTTESTTEST"
    secret_access_key: str = "simulated/simulated/simulated/simulated0"  # noqa: S105 - of a simulated account
    session_token: str = ""
    arn: str = f"arn:aws:iam::{ACCOUNT_ID}:user/{USER}"
    sign_in_fault: tuple[str, str] | None = None
    """AWS's code and words for every signed request; None: keys are accepted."""
    clock_ahead_s: float = 0.0
    denied: set[str] = field(default_factory=set)
    """Actions as policies name them (`ec2:RunInstances`, `iam:*`) that the person may not do."""
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Operation -> status and body that stand in for its answer: a proxy's page, an error of AWS's own."""
    regions: dict[str, str] = field(default_factory=lambda: dict(OPTED_IN))
    closed_regions_refuse: bool = False
    """Whether a region that was not opted in to knows no key, as at AWS; else it is only listed so."""
    zones: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(ZONES))
    sizes: dict[str, Size] = field(default_factory=lambda: dict(SIZES))
    not_offered: set[tuple[str, str]] = field(default_factory=set)
    """Instance type and zone; a zone of `*` stands for all."""
    images: list[Image] = field(default_factory=list)
    key_pairs: dict[str, KeyPair] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    """Name -> path."""
    profiles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Instance profile -> roles in it."""
    policies: set[str] = field(default_factory=set)
    stacks: dict[str, Stack] = field(default_factory=dict)
    vpcs: list[Vpc] = field(default_factory=list)
    subnets: list[Subnet] = field(default_factory=list)
    elastic_ips: list[str] = field(default_factory=list)
    nat_gateways: list[tuple[str, str]] = field(default_factory=list)
    """Id and subnet."""
    machines: list[tuple[str, str]] = field(default_factory=list)
    """Id and instance type of machines that run."""
    machine_profiles: dict[str, str] = field(default_factory=dict)
    """Id of a machine -> its instance profile."""
    load_balancers: list[LoadBalancer] = field(default_factory=list)
    quotas: dict[tuple[str, str], float] = field(default_factory=dict)
    is_encrypted_by_default: bool = False
    hourly_usd: dict[str, float] = field(default_factory=dict)
    """Instance type -> price of an hour. Simulated: no price of AWS's."""
    numbers: count[int] = field(default_factory=lambda: count(1))

    def zone(self, region: str, number: int) -> str:
        """The zone's name; a region with fewer zones begins again."""
        names = self.zones.get(region) or (f"{region}a",)
        return names[number % len(names)]

    def new_id(self, kind: str) -> str:
        """An id of AWS's form: `key-` and 17 hexadecimal digits."""
        return f"{kind}-0{next(self.numbers):016x}"


def default_account() -> Account:
    """An account that is ready for a cluster, with nothing in it yet."""
    profiles: dict[str, tuple[str, ...]] = {
        f"{who}.{SUFFIX}": (f"{who}.{SUFFIX}",) for who in ("control-plane", "controllers", "nodes")
    }
    subnets = [
        Subnet(f"subnet-0a0000000000000d{number}", DEFAULT_VPC, number, f"172.31.{16 * number}.0/20", 4091, True)
        for number in range(3)
    ]
    for subnet in subnets:
        subnet.way_out = "igw-0a0000000000000d1"
    return Account(
        images=_images(),
        key_pairs={"lattice": KeyPair("lattice", "key-0a0000000000000d1", "ed25519", "simulated+fingerprint=")},
        roles=dict.fromkeys(profiles, "/") | {ELB_ROLE: "/aws-service-role/elasticloadbalancing.amazonaws.com/"},
        profiles=profiles,
        policies=set(profiles),
        vpcs=[Vpc(DEFAULT_VPC, "172.31.0.0/16", is_default=True)],
        subnets=subnets,
        quotas={
            VCPU_QUOTA: 64,
            SPOT_QUOTA: 64,
            ELASTIC_IP_QUOTA: 5,
            VPC_QUOTA: 5,
            NAT_QUOTA: 5,
            INTERNET_GATEWAY_QUOTA: 5,
            NLB_QUOTA: 50,
        },
        hourly_usd={name: size.vcpus * 0.05 for name, size in SIZES.items()},
    )


def _images() -> list[Image]:
    images = [
        Image(
            f"ami-0{number:015d}c",
            f"capa-ami-ubuntu-24.04-v{version}-1793000000",
            CAPA_OWNER,
            "2026-10-26T07:33:20.000Z",
        )
        for number, version in enumerate(VERSIONS, start=1)
    ]
    everywhere = frozenset(OPTED_IN)
    for number, (architecture, word) in enumerate((("x86_64", "amd64"), ("arm64", "arm64"))):
        name = f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{word}-server-20261101"
        created = "2026-11-01T06:00:00.000Z"
        images.append(Image(f"ami-0{number:015d}e", name, CANONICAL, created, architecture, regions=everywhere))
    return images
