"""Whether a pool of addresses, an endpoint and a load balancer's range fit one subnet and each other.

Pure: addresses in, findings out, nothing is asked. Documents (a provider's rules) and live checks use it alike.
Sources: cluster-api-ipam-provider-in-cluster (webhooks, internal/poolutil), CAPMOX (webhook of ProxmoxCluster),
Cluster API (maxSurge 1 of KubeadmControlPlane and MachineDeployment), kube-vip and Cilium L2 (ARP in one subnet).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lattice_tui.checks.address_pools import Address, Block, Network, Pool, meet, reserved, span, within
from lattice_tui.checks.free_addresses import HEADROOM_PERCENT, Proposal, dhcp_block, propose
from lattice_tui.document.ranges import overlaps

__all__ = [
    "CODES",
    "About",
    "Address",
    "Block",
    "Finding",
    "Network",
    "Pool",
    "Proposal",
    "Severity",
    "addresses_needed",
    "dhcp_finding",
    "findings",
    "propose",
    "span",
]


About = Literal[
    "pool.start", "pool.end", "pool.gateway", "pool.prefix", "vip", "lb.start", "lb.end", "pods", "services"
]
Severity = Literal["error", "warn"]
CODES: Mapping[str, str] = {
    "family": "LT-ADR-001",
    "prefix": "LT-ADR-002",
    "order": "LT-ADR-003",
    "outside": "LT-ADR-004",
    "reserved": "LT-ADR-005",
    "gateway-in-pool": "LT-ADR-006",
    "pool-too-small": "LT-ADR-007",
    "pool-tight": "LT-ADR-008",
    "vip-in-pool": "LT-ADR-009",
    "gateway-taken": "LT-ADR-010",
    "vip-in-lb": "LT-ADR-011",
    "lb-in-pool": "LT-ADR-012",
    "range-overlap": "LT-ADR-013",
    "range-elsewhere": "LT-ADR-014",
    "not-for-machines": "LT-ADR-015",
    "dhcp": "LT-ADR-016",
}
"""Kind of a finding -> its code. Every kind there is stands here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit."""

    kind: str
    """A key of CODES."""
    severity: Severity
    text: str
    fix: str
    about: About

    @property
    def code(self) -> str:
        """`LT-ADR-<NNN>`."""
        return CODES[self.kind]


def addresses_needed(control_planes: int, pools: Mapping[str, int]) -> int:
    """Addresses that the machines take while every group of them is renewed: one more for each group."""
    return control_planes + sum(pools.values()) + 1 + len(pools)


def findings(
    pool: Pool,
    *,
    vip: Address | None = None,
    lb: Block | None = None,
    machines: int,
    surge: int,
    pods: Network | None = None,
    services: Network | None = None,
    taken: Iterable[Network] = (),
) -> tuple[Finding, ...]:
    """Everything that does not fit, the pool's own troubles first; later rules leave out what earlier ones spoilt.

    `surge`: machines that exist for a while beside the others when they are renewed. `taken`: networks of this
    computer (its routes, Docker's) that pods and services had better not share.
    """
    found = list(_form(pool))
    if found:
        # Without a subnet and an order there is nothing to compare the others with.
        return tuple(found)
    found += _places(pool)
    found += _room(pool, machines, surge)
    if lb is not None:
        found += _lb(pool, lb)
    if vip is not None:
        found += _vip(pool, vip, lb)
    found += _ranges(pool, lb, pods, services, tuple(taken))
    return tuple(found)


def _form(pool: Pool) -> Iterable[Finding]:
    versions = {pool.start.version, pool.end.version, pool.gateway.version}
    if len(versions) > 1:
        about: About = "pool.end" if pool.end.version != pool.start.version else "pool.gateway"
        other = pool.end if about == "pool.end" else pool.gateway
        text = f"the pool mixes IPv{pool.start.version} ({pool.start}) and IPv{other.version} ({other})"
        yield Finding("family", "error", text, f"Write all three as IPv{pool.start.version} addresses", about)
        return
    most = pool.start.max_prefixlen
    if not 0 < pool.prefix <= most - 2:
        text = f"a prefix of {pool.prefix} leaves no subnet with room for machines"
        yield Finding(
            "prefix", "error", text, f"Write the subnet's own prefix: {24 if most == 32 else 64}", "pool.prefix"
        )
        return
    if int(pool.start) > int(pool.end):
        text = f"the pool ends ({pool.end}) before it starts ({pool.start})"
        yield Finding("order", "error", text, f"Write start: {pool.end}, end: {pool.start}", "pool.start")


def _places(pool: Pool) -> Iterable[Finding]:
    subnet = pool.subnet
    if sort := _unfit(subnet):
        text = f"{subnet} holds {sort}: no machine can have one"
        yield Finding("not-for-machines", "error", text, "Write addresses of the network at the bridge", "pool.start")
    ends: tuple[tuple[About, Address], ...] = (("pool.start", pool.start), ("pool.end", pool.end))
    for about, address in ends:
        if address not in subnet:
            text = f"{address} is not in {subnet}, the subnet of the gateway {pool.gateway}"
            yield Finding("outside", "error", text, f"Write an address of {span(subnet)}", about)
        elif address in reserved(subnet):
            text = f"{address} is {_kept_for(address, subnet)} and is given to no machine"
            yield Finding("reserved", "warn", text, f"Stay within {span(subnet)}", about)
    if pool.gateway in reserved(subnet) and subnet.version == 4:
        text = f"the gateway {pool.gateway} is {_kept_for(pool.gateway, subnet)}, not one of a router"
        yield Finding("reserved", "error", text, "Write your router's own address, or mend the prefix", "pool.gateway")
    elif pool.contains(pool.gateway):
        text = f"the gateway {pool.gateway} lies in the pool: the pool has one address less than it seems"
        yield Finding("gateway-in-pool", "warn", text, f"Leave {pool.gateway} out of the pool", "pool.start")


def _room(pool: Pool, machines: int, surge: int) -> Iterable[Finding]:
    needed, size = machines + surge, pool.size
    last = _shifted(pool.end, needed - size)
    if size < needed:
        text = f"the pool has {_counted(size)}; {needed} are needed ({machines} machines and {surge} while renewing)"
        room = f", for example end: {last}" if last is not None and last in pool.subnet else ""
        yield Finding("pool-too-small", "error", text, f"Make the pool {needed - size} larger{room}", "pool.end")
    elif size * 100 < needed * (100 + HEADROOM_PERCENT):
        text = f"the pool has {_counted(size)}, just enough for {needed}: no machine can be added later"
        more = -(-needed * (100 + HEADROOM_PERCENT) // 100) - size
        yield Finding("pool-tight", "warn", text, f"Make the pool {more} larger", "pool.end")


def _lb(pool: Pool, lb: Block) -> Iterable[Finding]:
    start, end = lb
    if start.version != pool.start.version or end.version != pool.start.version:
        text = f"the load balancer's range is not IPv{pool.start.version} as the pool is"
        yield Finding("family", "error", text, f"Write addresses of {span(pool.subnet)}", "lb.start")
        return
    if int(start) > int(end):
        text = f"the load balancer's range ends ({end}) before it starts ({start})"
        yield Finding("order", "error", text, f"Write start: {end}, end: {start}", "lb.start")
        return
    ends: tuple[tuple[About, Address], ...] = (("lb.start", start), ("lb.end", end))
    for about, address in ends:
        if address not in pool.subnet:
            text = f"{address} is not in {pool.subnet}: nobody there would answer for it"
            yield Finding("outside", "error", text, f"Write an address of {span(pool.subnet)}", about)
        elif address in reserved(pool.subnet):
            text = f"{address} is {_kept_for(address, pool.subnet)} and cannot be a service's"
            yield Finding("reserved", "error", text, f"Stay within {span(pool.subnet)}", about)
    if meet(lb, (pool.start, pool.end)):
        text = f"the load balancer's range {start} to {end} and the pool {pool.start} to {pool.end} share addresses"
        yield Finding("lb-in-pool", "error", text, "Choose them apart: each address has one owner", "lb.start")
    if within(pool.gateway, lb):
        text = f"the load balancer's range holds the gateway {pool.gateway}"
        yield Finding("gateway-taken", "error", text, f"Leave {pool.gateway} out of it", "lb.start")


def _vip(pool: Pool, vip: Address, lb: Block | None) -> Iterable[Finding]:
    if vip.version != pool.start.version:
        text = f"the endpoint {vip} is IPv{vip.version}, the pool is IPv{pool.start.version}"
        yield Finding("family", "error", text, f"Write an address of {span(pool.subnet)}", "vip")
    elif vip not in pool.subnet:
        text = f"the endpoint {vip} is not in {pool.subnet}, where the machines are: they could not answer for it"
        yield Finding("outside", "error", text, f"Write a free address of {span(pool.subnet)}", "vip")
    elif vip == pool.gateway:
        text = f"the endpoint {vip} is the gateway's address"
        yield Finding("gateway-taken", "error", text, f"Write a free address of {span(pool.subnet)}", "vip")
    elif vip in reserved(pool.subnet):
        text = f"the endpoint {vip} is {_kept_for(vip, pool.subnet)}"
        yield Finding("reserved", "error", text, f"Write a free address of {span(pool.subnet)}", "vip")
    elif pool.contains(vip):
        text = f"the endpoint {vip} lies in the pool {pool.start} to {pool.end}: a machine could get it"
        yield Finding(
            "vip-in-pool", "error", text, "Write an address outside the pool, or make the pool smaller", "vip"
        )
    elif lb is not None and within(vip, lb):
        text = f"the endpoint {vip} lies in the load balancer's range {lb[0]} to {lb[1]}"
        yield Finding("vip-in-lb", "error", text, "Write an address outside that range", "vip")


def _ranges(
    pool: Pool, lb: Block | None, pods: Network | None, services: Network | None, taken: tuple[Network, ...]
) -> Iterable[Finding]:
    inside: tuple[tuple[About, Network | None, str], ...] = (("pods", pods, "pod"), ("services", services, "service"))
    for about, wanted, word in inside:
        if wanted is None:
            continue
        if overlaps(wanted, pool.subnet):
            text = f"the {word} range {wanted} and the machines' subnet {pool.subnet} share addresses"
            yield Finding("range-overlap", "error", text, f"Choose another {word} range, or leave it out", about)
        elif lb is not None and meet((wanted[0], wanted[-1]), lb):
            text = f"the {word} range {wanted} and the load balancer's range {lb[0]} to {lb[1]} share addresses"
            yield Finding("range-overlap", "error", text, f"Choose another {word} range, or leave it out", about)
        elif clash := next((one for one in taken if overlaps(wanted, one)), None):
            text = f"the {word} range {wanted} and the network {clash}, which this computer uses, share addresses"
            yield Finding("range-elsewhere", "warn", text, f"Choose another {word} range, or leave it out", about)


def dhcp_finding(pool: Pool, *, vip: Address | None = None, lb: Block | None = None) -> Finding | None:
    """A warning where addresses lie among those that a router is likely to hand out: nobody can prove it from here."""
    block = dhcp_block(pool.gateway, pool.subnet)
    if block is None:
        return None
    if meet((pool.start, pool.end), block):
        about: About = "pool.start"
        what = f"the pool {pool.start} to {pool.end}"
    elif vip is not None and meet((vip, vip), block):
        what, about = f"the endpoint {vip}", "vip"
    elif lb is not None and meet(lb, block):
        what, about = f"the load balancer's range {lb[0]} to {lb[1]}", "lb.start"
    else:
        return None
    return Finding(
        "dhcp",
        "warn",
        f"{what} lies where most home routers hand out addresses ({block[0]} to {block[1]})",
        "Look up the DHCP range of your router and leave these addresses out of it, or choose others",
        about,
    )


def _kept_for(address: Address, subnet: Network) -> str:
    return "the subnet's own address" if address == subnet[0] else "the subnet's broadcast address"


def _unfit(subnet: Network) -> str:
    if subnet.is_loopback:
        return "a computer's addresses for itself"
    if subnet.is_multicast:
        return "multicast addresses"
    return "link-local addresses" if subnet.is_link_local else ""


def _shifted(address: Address, by: int) -> Address | None:
    try:
        return address + by
    except ValueError:
        return None


def _counted(count: int) -> str:
    return f"{count} address" if count == 1 else f"{count} addresses"
