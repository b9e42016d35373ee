"""What checks and pick-lists ask a site for, each answer fetched once a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lattice_tui.errors import LatticeError
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.inventory import (
    BridgeRow,
    GuestRow,
    MachineConfig,
    StorageRow,
    bridges_of,
    config_of,
    guests_of,
    storages_of,
)
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.proxmox.checks.look import Look


@dataclass(frozen=True, slots=True)
class Template:
    """The template that was chosen."""

    guest: GuestRow
    config: MachineConfig


async def guests(look: Look) -> tuple[GuestRow, ...]:
    """Guests that the token may see, templates too. Raises PveError."""
    return guests_of(await look.get("cluster/resources", {"type": "vm"}))


async def storages(look: Look, node: str) -> tuple[StorageRow, ...]:
    """Enabled storages of a node, in the order that CAPMOX takes them. Raises PveError."""
    found = storages_of(await look.get(f"nodes/{part(node)}/storage", {"enabled": 1}))
    return tuple(storage for storage in found if storage.is_enabled)


async def bridges(look: Look, node: str) -> tuple[BridgeRow, ...]:
    """Bridges of a node, and the SDN's networks, as far as the token may use them. Raises PveError."""
    return bridges_of(await look.get(f"nodes/{part(node)}/network", {"type": "include_sdn"}))


async def machine_config(look: Look, guest: GuestRow) -> MachineConfig:
    """Of a virtual machine or a container. Raises PveError."""
    return config_of(await look.get(f"nodes/{part(guest.node)}/{guest.kind}/{guest.vmid}/config"))


async def templates_wanted(look: Look) -> tuple[GuestRow, ...]:
    """Templates that the document means: by their number, or by having exactly its tags. Raises PveError."""
    wish = look.wish
    found = [guest for guest in await guests(look) if guest.is_template and guest.kind == "qemu"]
    if wish.template_tags:
        tags = {tag.lower() for tag in wish.template_tags}
        return tuple(guest for guest in found if set(guest.tags) == tags)
    return tuple(guest for guest in found if guest.vmid == wish.template_id)


async def template(look: Look) -> Template:
    """The one that is meant. Raises PveError, and LatticeError when there is none: the row Template says so."""
    found = await templates_wanted(look)
    if not found:
        raise LatticeError(Problem("LT-PVE-200", "The template is not there", "See the row Template"))
    return Template(found[0], await machine_config(look, found[0]))
