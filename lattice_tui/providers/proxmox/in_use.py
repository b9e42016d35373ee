"""Addresses that the site itself knows to be in use: of nodes, machines, containers, and given out by the SDN.

It knows a machine's address only from an agent that answers, or from its settings: what is not told here may be in
use all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from lattice_tui.providers.proxmox.answers import rows, table, text
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError
from lattice_tui.providers.proxmox.inventory import GuestRow, addresses_in, agent_addresses_of
from lattice_tui.providers.proxmox.site import guests
from lattice_tui.text import safe_text

if TYPE_CHECKING:
    from lattice_tui.providers.proxmox.checks.look import Look

Address = IPv4Address | IPv6Address
MAX_GUESTS = 150
"""Two questions a guest: more would take longer than anybody waits."""
LIMIT_S = 12.0
"""For all of them together: a machine whose agent is switched on and not there answers after seconds."""


@dataclass(frozen=True, slots=True)
class Used:
    """What is known, and what could not be asked."""

    by: Mapping[Address, str]
    """Address -> whose it is: `VM 101 nas`."""
    silent: tuple[str, ...] = ()
    """Running machines that do not tell their address."""
    unseen: tuple[str, ...] = ()
    """What the token may not ask, in words."""


async def used_addresses(look: Look, *, limit_s: float = LIMIT_S) -> Used:
    """Everything that the site can tell. Raises PveError only when guests cannot be listed at all."""
    return await look.once("addresses in use", lambda: _used(look, limit_s))


async def _used(look: Look, limit_s: float) -> Used:
    found: dict[Address, str] = {}
    silent: list[str] = []
    unseen: list[str] = []
    everything = await guests(look)
    if len(everything) > MAX_GUESTS:
        unseen.append(f"only the first {MAX_GUESTS} of {len(everything)} guests were asked")
    asked = [guest for guest in everything if not guest.is_template][:MAX_GUESTS]
    answers = await _of_guests(look, asked, limit_s)
    for guest, (addresses, has_told) in zip(asked, answers, strict=True):
        name = f"{'VM' if guest.kind == 'qemu' else 'container'} {guest.vmid} {safe_text(guest.name, 40)}"
        found |= dict.fromkeys(addresses, name)
        if guest.is_running and not has_told:
            silent.append(name)
    found |= dict.fromkeys(await _of_sdn(look), "an address that Proxmox's SDN has given out")
    nodes, has_nodes = await _of_nodes(look)
    if not has_nodes:
        unseen.append("the nodes' own addresses (Sys.Audit)")
    return Used(found | nodes, tuple(silent), tuple(unseen))


async def _of_guests(look: Look, asked: list[GuestRow], limit_s: float) -> list[tuple[tuple[Address, ...], bool]]:
    """As `_of_guest`, for each; who has not answered by then has told nothing."""
    if not asked:
        return []
    tasks = [asyncio.create_task(_of_guest(look, guest)) for guest in asked]
    try:
        await asyncio.wait(tasks, timeout=limit_s)
        return [task.result() if task.done() else ((), False) for task in tasks]
    finally:
        for task in tasks:
            task.cancel()


async def _of_guest(look: Look, guest: GuestRow) -> tuple[tuple[Address, ...], bool]:
    """Its addresses, and whether it can be said that these are all."""
    base = f"nodes/{part(guest.node)}/{guest.kind}/{guest.vmid}"
    found: list[Address] = []
    try:
        config = table(await look.get(f"{base}/config"))
        found += _addresses(addresses_in(config))
    except PveError:
        # One guest that cannot be read must not hide the others.
        return (), False
    if guest.kind == "lxc" or not guest.is_running:
        return tuple(found), bool(found)
    if not text(config, "agent").startswith(("1", "enabled=1")):
        return tuple(found), False
    try:
        found += _addresses(agent_addresses_of(await look.get(f"{base}/agent/network-get-interfaces")))
    except PveError:
        return tuple(found), False
    return tuple(found), True


async def _of_sdn(look: Look) -> tuple[Address, ...]:
    try:
        given = rows(await look.get("cluster/sdn/ipams/pve/status"))
    except PveError:
        # A site without SDN has no such list.
        return ()
    return tuple(_addresses(text(row, "ip") for row in given))


async def _of_nodes(look: Look) -> tuple[dict[Address, str], bool]:
    try:
        members: tuple[Mapping[str, Any], ...] = rows(await look.get("cluster/status"))
    except PveError:
        return {}, False
    found: dict[Address, str] = {}
    for row in members:
        for address in _addresses([text(row, "ip")]):
            found[address] = f"the node {safe_text(text(row, 'name'), 63)}"
    return found, True


def _addresses(texts: Iterable[str]) -> Iterator[Address]:
    for said in texts:
        try:
            address = ip_address(said.partition("/")[0].partition("%")[0])
        except ValueError:
            # `dhcp`, `auto`, or nothing.
            continue
        if not (address.is_loopback or address.is_link_local):
            yield address
