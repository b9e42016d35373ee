"""Proxmox's live pick-lists, by the path of their field: nodes, templates, storages, bridges, pools."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from lattice_tui.providers.proxmox.answers import is_on, rows, table, text
from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.choices_network import (
    DNS_SERVERS,
    GATEWAY,
    PREFIX,
    dns_list,
    gateway_list,
    prefix_list,
)
from lattice_tui.providers.proxmox.choices_templates import VERSION, template_list, version_list
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.inventory import BOOT_DISK, GIB, BridgeRow, StorageRow
from lattice_tui.providers.proxmox.site import Template, bridges, guests, storages, template, templates_wanted
from lattice_tui.providers.proxmox.wish import ProxmoxWish
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.choices import LiveChoice, LiveChoices

SOURCE_NODE, TEMPLATE_ID = f"{BLOCK}.sourceNode", f"{BLOCK}.templateId"
ALLOWED_NODES, STORAGE, BRIDGE, POOL = (f"{BLOCK}.{key}" for key in ("allowedNodes", "storage", "bridge", "pool"))
List = Callable[[Look], Awaitable[LiveChoices]]
NOT_CHOSEN: Final = "choose the template first: it says on which nodes machines can run"


def proxmox_choices(
    wish: ProxmoxWish, params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> Mapping[str, Callable[[], Awaitable[LiveChoices]]]:
    """See `Provider.choices`. Lists that ask the same share one answer."""
    del params  # the wish holds everything of them that a list looks at
    look = Look(wish, secrets)
    lists: Mapping[str, List] = {
        SOURCE_NODE: _source_nodes,
        TEMPLATE_ID: lambda look: template_list(look, TEMPLATE_ID),
        VERSION: version_list,
        ALLOWED_NODES: _allowed_nodes,
        STORAGE: _storages,
        BRIDGE: _bridges,
        POOL: _pools,
        GATEWAY: gateway_list,
        PREFIX: prefix_list,
        DNS_SERVERS: dns_list,
    }
    return {path: _bound(ask, look) for path, ask in lists.items()}


def _bound(ask: List, look: Look) -> Callable[[], Awaitable[LiveChoices]]:
    async def asked() -> LiveChoices:
        found = await ask(look)
        return replace(found, choices=tuple(map(_drawable, found.choices)), reason=safe_text(found.reason))

    return asked


def _drawable(choice: LiveChoice) -> LiveChoice:
    """Its value stays as Proxmox writes it."""
    facts = tuple(safe_text(fact, 80) for fact in choice.facts)
    return replace(choice, label=safe_text(choice.label, 80), facts=facts, why=safe_text(choice.why, 160))


async def _source_nodes(look: Look) -> LiveChoices:
    nodes = await look.nodes()
    homes = [guest.node for guest in await guests(look) if guest.is_template and guest.kind == "qemu"]
    choices = []
    for node in nodes:
        held = homes.count(node.name)
        facts = [f"{node.cpus} CPUs", f"{(node.memory_bytes - node.used_memory_bytes) // GIB} GiB free"]
        facts = (facts if node.memory_bytes else []) + [_counted(held, "template")]
        why = "offline" if not node.is_online else "" if held else "no template is there"
        choices.append(LiveChoice(node.name, node.name, tuple(facts), why, node.is_online))
    choices.sort(key=lambda one: (not one.usable, bool(one.why), one.label))
    wanted = await templates_wanted(look)
    with_templates = [one.value for one in choices if one.usable and not one.why]
    if len(wanted) == 1:
        return LiveChoices(SOURCE_NODE, "ok", tuple(choices), wanted[0].node, "the chosen template is there")
    if len(nodes) == 1:
        return LiveChoices(SOURCE_NODE, "ok", tuple(choices), nodes[0].name, "the only node")
    if len(with_templates) == 1:
        return LiveChoices(SOURCE_NODE, "ok", tuple(choices), with_templates[0], "the only node with a template")
    return LiveChoices(SOURCE_NODE, "ok", tuple(choices), reason="" if with_templates else await _no_templates(look))


async def _no_templates(look: Look) -> str:
    if "VM.Audit" in await look.privileges("/vms"):
        return "there is no template yet: lattice make --cluster cluster.yaml makes one"
    return "the token sees no template: it has no VM.Audit on /vms"


async def _allowed_nodes(look: Look) -> LiveChoices:
    place = await _chosen(look)
    if place is None:
        return LiveChoices(ALLOWED_NODES, "unknown", reason=NOT_CHOSEN)
    home = place.guest.node
    path = f"nodes/{part(home)}/qemu/{place.guest.vmid}/feature"
    feature = table(await look.get(path, {"feature": "copy" if look.wish.storage else "clone"}))
    reached = feature.get("nodes")
    choices = []
    for node in await look.nodes():
        is_reached = node.name == home or (isinstance(reached, list) and node.name in reached)
        why = "" if is_reached else f"the template's drives are on storage of {home} alone"
        why = why if node.is_online else "offline"
        facts = (f"{node.cpus} CPUs", f"{node.memory_bytes // GIB} GiB") if node.memory_bytes else ()
        choices.append(LiveChoice(node.name, node.name, facts, why, is_reached and node.is_online))
    choices.sort(key=lambda one: (not one.usable, one.value != home, one.label))
    reason = "the template is there; machines on other nodes need storage that the nodes share"
    return LiveChoices(ALLOWED_NODES, "ok", tuple(choices), home, reason)


async def _storages(look: Look) -> LiveChoices:
    nodes = await look.machine_nodes()
    if not nodes:
        return LiveChoices(STORAGE, "unknown", reason=NOT_CHOSEN)
    place = await _chosen(look)
    disk = place.config.disk(BOOT_DISK) if place else None
    own = disk.storage if disk else ""
    by_node = dict(zip(nodes, await asyncio.gather(*(storages(look, node) for node in nodes)), strict=True))
    choices = [_storage(one, by_node, own) for one in by_node[nodes[0]] if one.takes("images")]
    choices.sort(key=lambda one: (not one.usable, one.value != own))
    if not choices:
        return LiveChoices(STORAGE, "ok", reason=f"{nodes[0]} has no storage for disks that the token may see")
    if place is not None and own and not await _can_link(look, place):
        return LiveChoices(STORAGE, "ok", tuple(choices), own, "the template's own; it cannot make linked clones")
    reason = f"without one machines are linked clones on {own}, quick to make" if own else ""
    return LiveChoices(STORAGE, "ok", tuple(choices), reason=reason)


def _storage(one: StorageRow, by_node: Mapping[str, tuple[StorageRow, ...]], own: str) -> LiveChoice:
    facts = [f"{one.free_bytes // GIB} of {one.total_bytes // GIB} GiB free"] if one.total_bytes else []
    facts += [one.kind, "shared" if one.is_shared else "on each node by itself"]
    facts += ["the template's"] if one.name == own else []
    missing = [node for node, there in by_node.items() if one.name not in {other.name for other in there}]
    why = f"not on {missing[0]}" if missing else "" if one.is_active else "does not answer"
    if not why and len(by_node) > 1 and not one.is_shared:
        why = "not shared: Proxmox clones to another node only on storage that both share"
    return LiveChoice(one.name, one.name, tuple(facts), why, not why)


async def _bridges(look: Look) -> LiveChoices:
    nodes = await look.machine_nodes()
    if not nodes:
        return LiveChoices(BRIDGE, "unknown", reason=NOT_CHOSEN)
    by_node = dict(zip(nodes, await asyncio.gather(*(bridges(look, node) for node in nodes)), strict=True))
    place = await _chosen(look)
    own = next((nic.bridge for nic in place.config.nics if nic.key == "net0"), "") if place else ""
    everything = {one.name: one for there in by_node.values() for one in there}
    choices = [_bridge(one, by_node) for one in everything.values()]
    choices.sort(key=lambda one: (not one.usable, one.value != own, "SDN" in one.facts, one.label))
    usable = [one.value for one in choices if one.usable]
    if own in usable:
        return LiveChoices(BRIDGE, "ok", tuple(choices), own, "the template's own card is on it")
    if len(usable) == 1:
        return LiveChoices(BRIDGE, "ok", tuple(choices), usable[0], "the only one on every node")
    reason = "" if usable else "the token sees no bridge: it needs SDN.Use on /sdn/zones/localnetwork"
    return LiveChoices(BRIDGE, "ok", tuple(choices), reason=reason)


def _bridge(one: BridgeRow, by_node: Mapping[str, tuple[BridgeRow, ...]]) -> LiveChoice:
    facts = ["SDN"] if one.is_vnet else [one.cidr or "no address of its own"]
    facts += [f"gateway {one.gateway}"] if one.gateway else []
    facts += ["VLAN aware"] if one.is_vlan_aware else []
    missing = [node for node, there in by_node.items() if one.name not in {other.name for other in there}]
    why = f"not on {missing[0]}" if missing else "" if one.is_active else "not up"
    return LiveChoice(one.name, one.name, tuple(facts), why, not why)


async def _pools(look: Look) -> LiveChoices:
    names = sorted(name for row in rows(await look.get("pools")) if (name := text(row, "poolid")))
    if not names:
        return LiveChoices(POOL, "ok", reason="there is no pool that the token may see; none is needed")
    everywhere = "VM.Allocate" in await look.privileges("/vms")
    held = await asyncio.gather(*(look.privileges(f"/pool/{name}") for name in names))
    choices = []
    for name, privileges in zip(names, held, strict=True):
        can = everywhere or "VM.Allocate" in privileges
        why = "" if can else "the token may make no machine in it (VM.Allocate)"
        choices.append(LiveChoice(name, name, (), why, can))
    choices.sort(key=lambda one: (not one.usable, one.label))
    usable = [one.value for one in choices if one.usable]
    if not everywhere and len(usable) == 1:
        return LiveChoices(POOL, "ok", tuple(choices), usable[0], "the token may make machines in this pool alone")
    return LiveChoices(POOL, "ok", tuple(choices), reason="none is needed" if everywhere else "")


async def _chosen(look: Look) -> Template | None:
    """The template that is chosen, as far as it can be read."""
    if look.wish.template_id is None and not look.wish.template_tags:
        return None
    if not await templates_wanted(look):
        return None
    try:
        return await template(look)
    except PveError:
        # A list without what the template would tell is better than none.
        return None


async def _can_link(look: Look, place: Template) -> bool:
    path = f"nodes/{part(place.guest.node)}/qemu/{place.guest.vmid}/feature"
    return is_on(table(await look.get(path, {"feature": "clone"})), "hasFeature")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
