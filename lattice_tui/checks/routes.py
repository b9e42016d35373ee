"""This computer's routes and its line, read from the kernel's tables. The readers are pure: texts in, values out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

from lattice_tui.document.ranges import Network
from lattice_tui.text import safe_text

LOOPBACK = "lo"
EVERYTHING_BITS = 4
"""A route this wide stands for "the internet": VPN programs cut 0.0.0.0/0 into a few such pieces."""
_UP = 0x1
"""RTF_UP, linux/route.h."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the kernel's main table."""

    interface: str
    network: Network

    @property
    def is_default(self) -> bool:
        """Whether it leads to everything that has no route of its own."""
        return self.network.prefixlen < EVERYTHING_BITS


def ipv4_routes(text: str) -> Iterator[Route]:
    """The routes of `/proc/net/route`; lines of another form are left out. Source: proc(5), addresses as this
    computer keeps them in memory: little-endian on every processor we run on.
    """
    for line in text.splitlines():
        words = line.split()
        with suppress(ValueError, IndexError):
            if int(words[3], 16) & _UP:
                address, mask = (IPv4Address(bytes.fromhex(words[at])[::-1]) for at in (1, 7))
                yield Route(safe_text(words[0], 32), ip_network(f"{address}/{mask}", strict=False))


def ipv6_routes(text: str) -> Iterator[Route]:
    """The routes of `/proc/net/ipv6_route`, those to this computer's own addresses included."""
    for line in text.splitlines():
        words = line.split()
        with suppress(ValueError, IndexError):
            if int(words[8], 16) & _UP:
                address = IPv6Address(bytes.fromhex(words[0]))
                network = ip_network(f"{address}/{int(words[1], 16)}", strict=False)
                yield Route(safe_text(words[9], 32), network)


def host_routes(proc: Path) -> tuple[Route, ...]:
    """Every route but the loopback's, below a `/proc`; none where there is no such folder (macOS)."""
    found = (*ipv4_routes(_text(proc / "net" / "route")), *ipv6_routes(_text(proc / "net" / "ipv6_route")))
    return tuple(route for route in found if route.interface != LOOPBACK)


def line_mtu(routes: tuple[Route, ...], sys: Path) -> int | None:
    """Largest packet in bytes on the line to the internet, None when that cannot be known."""
    for route in routes:
        # /1 and /2 pieces lie over the default route, so they come first where there are any.
        if route.is_default and route.network.version == 4:
            said = _text(sys / "class" / "net" / route.interface / "mtu").strip()
            if said.isdecimal():
                return int(said)
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        # Another system, or closed to us: then nothing is known of it.
        return ""
