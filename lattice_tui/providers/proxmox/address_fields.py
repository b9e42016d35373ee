"""Proxmox's questions about the machines' addresses, in the order of the file."""

from __future__ import annotations

from typing import Final

from lattice_tui.document import patterns
from lattice_tui.providers.proxmox.forms import BLOCK
from schemas.fields import Field

_ROUTER: Final = "Your router's DHCP settings show which addresses it gives away itself."
_NOT_DHCP: Final = "Nothing else in your network may use the addresses from first to last."

POOL_START: Final = Field(
    path=f"{BLOCK}.ipv4Pool.start",
    label="First machine address",
    help="first address for machines",
    why=_NOT_DHCP,
    where=_ROUTER,
    example="192.168.1.200",
    pattern=patterns.ADDRESS,
    notes=("One address for each machine, and one more for each group that is replaced one by one.",),
)
POOL_END: Final = Field(
    path=f"{BLOCK}.ipv4Pool.end",
    label="Last machine address",
    help="last address for machines",
    why=_NOT_DHCP,
    where=_ROUTER,
    example="192.168.1.219",
    pattern=patterns.ADDRESS,
)
POOL_GATEWAY: Final = Field(
    path=f"{BLOCK}.ipv4Pool.gateway",
    label="Gateway",
    help="the router's address in the machines' network",
    why="Machines reach the internet through it; with the prefix it says which network they are in.",
    where="On a computer in that network: ip route, the address after `default via`.",
    example="192.168.1.1",
    live=True,
    pattern=patterns.ADDRESS,
)
POOL_PREFIX: Final = Field(
    path=f"{BLOCK}.ipv4Pool.prefix",
    label="Prefix",
    help="size of the machines' network: 24 is the mask 255.255.255.0",
    why="With a wrong one machines look for their neighbours at the router, and do not find them.",
    where="On a computer in that network: ip addr, the number after the slash.",
    example="24",
    kind="integer",
    live=True,
)
POOL6_START: Final = Field(
    path=f"{BLOCK}.ipv6Pool.start",
    label="First IPv6 address",
    help="first IPv6 address for machines",
    why=_NOT_DHCP,
    example="fd00:10::100",
    pattern=patterns.ADDRESS,
)
POOL6_END: Final = Field(
    path=f"{BLOCK}.ipv6Pool.end",
    label="Last IPv6 address",
    help="last IPv6 address for machines",
    why=_NOT_DHCP,
    example="fd00:10::1ff",
    pattern=patterns.ADDRESS,
)
POOL6_GATEWAY: Final = Field(
    path=f"{BLOCK}.ipv6Pool.gateway",
    label="IPv6 gateway",
    help="the router's IPv6 address in the machines' network",
    why="Machines reach other networks through it.",
    example="fd00:10::1",
    pattern=patterns.ADDRESS,
)
POOL6_PREFIX: Final = Field(
    path=f"{BLOCK}.ipv6Pool.prefix",
    label="IPv6 prefix",
    help="size of the machines' IPv6 network, usually 64",
    why="With the gateway it says which network the machines are in.",
    example="64",
    kind="integer",
)
DNS_SERVERS: Final = Field(
    path=f"{BLOCK}.dnsServers",
    label="DNS servers",
    help="addresses that machines ask for names",
    why="A machine that cannot resolve names cannot fetch images.",
    where="A node > System > DNS shows what Proxmox itself asks.",
    example="192.168.1.1",
    default_reason="the pool's gateway, as in most home networks",
    live=True,
    pattern=patterns.ADDRESS,
)
ADDRESS_FIELDS: Final = (
    POOL_START,
    POOL_END,
    POOL_GATEWAY,
    POOL_PREFIX,
    POOL6_START,
    POOL6_END,
    POOL6_GATEWAY,
    POOL6_PREFIX,
    DNS_SERVERS,
)
