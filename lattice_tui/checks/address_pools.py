"""A pool of addresses, the subnet it lies in, and how blocks of addresses meet. Pure; nothing here judges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Block = tuple[Address, Address]
"""First and last address of a range, both in it."""


@dataclass(frozen=True)
class Pool:
    """Addresses that machines take theirs from, and the subnet that they lie in. Nothing about it is checked yet."""

    start: Address
    end: Address
    gateway: Address
    prefix: int

    @cached_property
    def subnet(self) -> Network:
        """The subnet of the gateway. Raises ValueError for a prefix that its family does not have."""
        return ip_network(f"{self.gateway}/{self.prefix}", strict=False)

    @property
    def size(self) -> int:
        """How many machines it has an address for: the gateway and the subnet's own addresses are never given out."""
        count = int(self.end) - int(self.start) + 1
        return max(0, count - sum(self.contains(address) for address in {self.gateway, *reserved(self.subnet)}))

    def contains(self, address: Address) -> bool:
        """Whether it lies between start and end, both included."""
        return within(address, (self.start, self.end))


def span(subnet: Network) -> str:
    """`192.168.1.1 to 192.168.1.254`: what machines of a subnet can have."""
    first, last = subnet[0], subnet[-1]
    return f"{first + 1} to {last - 1 if subnet.version == 4 else last}"


def reserved(subnet: Network) -> tuple[Address, ...]:
    """What the address manager gives to nobody: the subnet's own address, and in IPv4 the broadcast one."""
    return (subnet[0], subnet[-1]) if subnet.version == 4 else (subnet[0],)


def within(address: Address, block: Block) -> bool:
    """Whether it lies in the block, whose ends belong to it. Never across families."""
    return address.version == block[0].version == block[1].version and int(block[0]) <= int(address) <= int(block[1])


def meet(one: Block, other: Block) -> bool:
    """Whether two blocks share an address. Never across families."""
    same = one[0].version == other[0].version == one[1].version == other[1].version
    return same and int(one[0]) <= int(other[1]) and int(other[0]) <= int(one[1])
