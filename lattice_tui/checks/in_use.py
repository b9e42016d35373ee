"""Which addresses somebody has already, as far as this computer can see. "Nobody answered" is never "free".

Least to most telling: a connection is tried, which makes this computer ask the network who has the address; the
kernel's table of neighbours then names those that exist, even where a firewall keeps them silent. That table knows
the own network only. Sources: proc(5), arp(7).
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from pathlib import Path

from lattice_tui.checks.address_pools import Address
from lattice_tui.text import safe_text

PORTS = (22, 80, 443, 445, 6443, 8006)
MAX_ADDRESSES = 1024
"""More would not be through in the time."""
_DISCARD = 9
"""A UDP packet to this port asks nothing of anybody (RFC 863); it makes the kernel look for the neighbour."""
_COMPLETE = 0x2
"""ATF_COM, linux/if_arp.h: the neighbour has answered."""
_NOBODY: Mapping[int, Address] = {4: ip_address("203.0.113.213"), 6: ip_address("2001:db8::d5")}
"""Addresses that are kept for documentation and that nobody has (RFC 5737, RFC 3849). Whatever answers there is a
device on the way that answers for everybody, and its answers say nothing of other addresses either.
"""
_ALL_ALIKE = 8
"""From so many on, neighbours with one hardware address are one device that answers for all."""


@dataclass(frozen=True, slots=True)
class InUse:
    """An address that somebody has."""

    address: Address
    evidence: str
    """How it shows: `answers on port 22`, `neighbour table: 52:54:00:12:34:56`."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking."""

    used: tuple[InUse, ...]
    could_look: bool
    """False: nothing can be said of the addresses that are not in `used`."""
    limits: str
    """What could not be looked at, and why, a sentence; empty when nothing stood in the way."""


def neighbours(text: str) -> Mapping[Address, str]:
    """The neighbours of `/proc/net/arp`: the hardware address of those that answered, "" for those that did not."""
    return dict(_neighbours(text))


def _neighbours(text: str) -> Iterator[tuple[Address, str]]:
    for line in text.splitlines()[1:]:
        words = line.split()
        with suppress(ValueError, IndexError):
            is_there = int(words[2], 16) & _COMPLETE and words[3] != "00:00:00:00:00:00"
            yield IPv4Address(words[0]), safe_text(words[3], 40) if is_there else ""


async def look_for(
    addresses: Iterable[Address],
    *,
    ports: Sequence[int] = PORTS,
    timeout_s: float = 0.5,
    at_once: int = 64,
    deadline_s: float = 5.0,
    proc: Path = Path("/proc"),
) -> Looked:
    """Look who has one of the addresses: port after port until the deadline, `at_once` connections side by side.

    Needs no rights. Reads and connects only; the connections carry nothing.
    """
    wanted = list(dict.fromkeys(addresses))
    looking = _Looking(wanted[:MAX_ADDRESSES], timeout_s, asyncio.Semaphore(at_once), proc)
    ends_at = time.monotonic() + deadline_s
    looking.ask_the_network()
    finished = 0
    with suppress(TimeoutError):
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline_s):
            for port in ports:
                await asyncio.gather(*(looking.try_port(address, port) for address in looking.open()))
                looking.read_neighbours()
                finished += 1
    looking.read_neighbours()
    await looking.leave_out_what_answers_for_nobody()
    is_cut = time.monotonic() >= ends_at and finished < len(ports) and bool(looking.open())
    return looking.looked(is_cut=is_cut, left_out=len(wanted) - len(looking.addresses))


class _Looking:
    """One run over some addresses."""

    def __init__(self, addresses: list[Address], timeout_s: float, slots: asyncio.Semaphore, proc: Path) -> None:
        self.addresses = addresses
        self._timeout_s = timeout_s
        self._slots = slots
        self._table = proc / "net" / "arp"
        self._answered: dict[Address, str] = {}
        self._macs: dict[Address, str] = {}
        """By address, of those that the kernel has looked for on the own network; "" where nobody answered."""
        self._is_refused_here = False
        self._in_between = ""
        """How something on the way answers for everybody."""

    def open(self) -> list[Address]:
        """The addresses of which nothing is known yet."""
        return [address for address in self.addresses if address not in self._answered and address not in self._macs]

    def ask_the_network(self) -> None:
        """One empty packet to every address. Whether it could be sent shows in the table later."""
        for address in self.addresses:
            family = socket.AF_INET if address.version == 4 else socket.AF_INET6
            with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as end:
                end.setblocking(False)
                end.sendto(b"", (str(address), _DISCARD))

    async def try_port(self, address: Address, port: int) -> None:
        """Connect once. Who accepts or refuses is there; who is silent may be."""
        async with self._slots:
            try:
                async with asyncio.timeout(self._timeout_s):
                    _, writer = await asyncio.open_connection(str(address), port)
            except ConnectionRefusedError:
                self._answered.setdefault(address, f"refuses port {port}")
            except OSError as error:
                # TimeoutError is among them.
                self._is_refused_here |= error.errno in (errno.EPERM, errno.EACCES, errno.ENETUNREACH)
            else:
                self._answered[address] = f"answers on port {port}"
                writer.transport.abort()

    async def leave_out_what_answers_for_nobody(self) -> None:
        """Forget the answers that an address nobody has gives as well."""
        far = {address: said for address, said in self._answered.items() if not address.is_loopback}
        asked = {(address.version, said) for address, said in far.items() if not self._macs.get(address)}
        for version, said in asked:
            decoy = _NOBODY[version]
            await self.try_port(decoy, int(said.rpartition(" ")[2]))
            if self._answered.pop(decoy, "") == said:
                self._in_between = said
                for address, same in far.items():
                    if same == said and address.version == version:
                        del self._answered[address]

    def read_neighbours(self) -> None:
        """Take in what the kernel has found out since."""
        with suppress(OSError):
            found = neighbours(self._table.read_text("ascii", "replace"))
            self._macs |= {address: found[address] for address in self.addresses if address in found}

    def looked(self, *, is_cut: bool, left_out: int) -> Looked:
        """What it all comes to."""
        used = tuple(InUse(address, evidence) for address in self.addresses if (evidence := self._evidence(address)))
        if not self.addresses:
            return Looked((), True, "")
        if self._is_one_for_all():
            why = "one device of the network answers for every address"
            return Looked((), False, f"could not check from here: {why}")
        if not self._answered and not self._macs:
            return Looked((), False, f"could not check from here: {self._why_not()}")
        return Looked(used, True, self._limits(is_cut, left_out))

    def _why_not(self) -> str:
        if self._in_between:
            return f"a device on the way {self._in_between} for every address"
        if self._is_refused_here:
            return "this computer has no way to that network"
        return "nothing of that network answers this computer; it is another network, or a firewall is between"

    def _evidence(self, address: Address) -> str:
        if mac := self._macs.get(address, ""):
            return f"neighbour table: {mac}"
        # Where the own network said that nobody has it, an answer came from something in between.
        return "" if address in self._macs else self._answered.get(address, "")

    def _is_one_for_all(self) -> bool:
        macs = [self._macs.get(address, "") for address in self.addresses]
        return len(macs) >= _ALL_ALIKE and bool(macs[0]) and len(set(macs)) == 1

    def _limits(self, is_cut: bool, left_out: int) -> str:
        silent = [address for address in self.open() if address not in self._macs]
        parts = []
        if silent:
            parts.append(f"{_counted(len(silent))} gave no answer, which a firewall may do too")
        if is_cut:
            parts.append("the time ran out before every port was tried")
        if left_out:
            parts.append(f"{_counted(left_out)} more were not looked at")
        return "; ".join(parts)


def _counted(count: int) -> str:
    return f"{count} address" if count == 1 else f"{count} addresses"
