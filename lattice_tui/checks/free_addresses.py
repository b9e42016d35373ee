"""Which addresses of a subnet to propose: for the endpoint, the machines and the load balancer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network

from lattice_tui.checks.address_pools import Address, Block, Network, Pool, span

HEADROOM_PERCENT = 20
"""A pool with less to spare than this has no room for the next machine."""
LB_WISHED, LB_ENOUGH = 10, 1
"""Addresses for services: as many as stay free of worry, and as few as do."""
_DHCP_FIRST, _DHCP_LAST = 100, 199
"""Last part of the addresses that most home routers hand out by themselves."""
_HOME_PREFIX = 24


@dataclass(frozen=True, slots=True)
class Proposal:
    """Free addresses, each with one owner."""

    pool: Pool
    vip: Address
    lb: Block
    reasons: tuple[str, ...]
    """Why these, a sentence each."""


def propose(
    subnet: Network, gateway: Address, *, needed: int, used: Collection[Address] = (), avoid_dhcp: bool = True
) -> Proposal:
    """Free blocks of a subnet: `needed` addresses and a fifth more for machines, one endpoint, ten for services.

    `used` is what is known to be in use. With less room the spare ones go first, then those for services. What a
    router may hand out is taken only where nothing else is left. Raises ValueError, in words for a person, when the
    gateway is not in the subnet or there is no room.
    """
    if gateway not in subnet:
        raise ValueError(f"the gateway {gateway} is not in {subnet}")
    if needed < 1:
        raise ValueError("no machines are wanted, so no addresses are needed")
    used_here = {int(address) for address in used if address in subnet} | {int(gateway)}
    dhcp = dhcp_block(gateway, subnet) if avoid_dhcp else None
    wider = [None] if dhcp is None else [dhcp, None]
    spare = -(-needed * HEADROOM_PERCENT // 100)
    for left_out in wider:
        gaps = _gaps(subnet, used_here, left_out)
        for machines in (needed + spare, needed):
            for services in (LB_WISHED, LB_WISHED // 2, LB_ENOUGH):
                if taken := _placed(gaps, (1, machines, services)):
                    vip, pool, lb = (_block(subnet, first, count) for first, count in taken)
                    reasons = tuple(_reasons(subnet, len(used_here) - 1, machines - needed, dhcp, left_out))
                    return Proposal(Pool(*pool, gateway, subnet.prefixlen), vip[0], lb, reasons)
    longest = max((last - first + 1 for first, last in _gaps(subnet, used_here, None)), default=0)
    raise ValueError(
        f"{subnet} has no room: {needed} free addresses in a row, one for the endpoint and one for services are "
        f"needed, and the longest free stretch has {longest}"
    )


def dhcp_block(gateway: Address, subnet: Network) -> Block | None:
    """What most home routers hand out by themselves, None where that is no home network (IPv6, smaller than a /24)."""
    if gateway.version != 4 or subnet.prefixlen > _HOME_PREFIX or not subnet.is_private:
        return None
    home = ip_network(f"{gateway}/{_HOME_PREFIX}", strict=False)
    assert isinstance(home, IPv4Network)
    return home[_DHCP_FIRST], home[_DHCP_LAST]


def _gaps(subnet: Network, used: Collection[int], left_out: Block | None) -> list[tuple[int, int]]:
    """Free stretches, first and last as numbers. The highest ones first: routers begin to count at the low end."""
    first, last = int(subnet[0]) + 1, int(subnet[-1]) - (1 if subnet.version == 4 else 0)
    walls = [(number, number) for number in used]
    if left_out is not None:
        walls.append((int(left_out[0]), int(left_out[1])))
    return list(reversed(list(_between(first, last, sorted(walls)))))


def _between(first: int, last: int, walls: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = first
    for low, high in walls:
        if at < low:
            yield at, min(low - 1, last)
        at = max(at, high + 1)
        if at > last:
            return
    yield at, last


def _placed(gaps: list[tuple[int, int]], counts: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """A place (first number, count) for each count: all in one stretch where there is one, else the largest first."""
    total = sum(counts)
    for low, high in gaps:
        if high - low + 1 >= total:
            starts = [low + sum(counts[:index]) for index in range(len(counts))]
            return list(zip(starts, counts, strict=True))
    left = list(gaps)
    places: dict[int, tuple[int, int]] = {}
    for index in sorted(range(len(counts)), key=lambda at: -counts[at]):
        # The tightest stretch that does keeps the others whole.
        fitting = [gap for gap in left if gap[1] - gap[0] + 1 >= counts[index]]
        if not fitting:
            return None
        low, high = min(fitting, key=lambda gap: gap[1] - gap[0])
        places[index] = (low, counts[index])
        left[left.index((low, high))] = (low + counts[index], high)
    return [places[index] for index in range(len(counts))]


def _block(subnet: Network, first: int, count: int) -> Block:
    kind = type(subnet[0])
    return kind(first), kind(first + count - 1)


def _reasons(subnet: Network, used: int, spare: int, dhcp: Block | None, left_out: Block | None) -> Iterator[str]:
    yield f"all of it is within {span(subnet)}, apart from the gateway"
    if used:
        yield f"{used} address{'' if used == 1 else 'es'} known to be in use left out"
    yield f"room for {spare} more machine{'' if spare == 1 else 's'}" if spare else "no room for more machines"
    if left_out is not None:
        yield f"outside {left_out[0]} to {left_out[1]}, where most home routers hand out addresses"
    elif dhcp is not None:
        yield f"some may lie in {dhcp[0]} to {dhcp[1]}, where most home routers hand out addresses: look there first"
