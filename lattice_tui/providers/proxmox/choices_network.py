"""What the site knows of the machines' network: router, prefix and name servers, as the nodes themselves use them."""

from __future__ import annotations

from ipaddress import IPv4Interface, ip_interface
from typing import Final

from lattice_tui.providers.proxmox.answers import table, text
from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.inventory import BridgeRow
from lattice_tui.providers.proxmox.rules import address_of
from lattice_tui.providers.proxmox.site import bridges
from schemas.choices import LiveChoice, LiveChoices

GATEWAY: Final = f"{BLOCK}.ipv4Pool.gateway"
PREFIX: Final = f"{BLOCK}.ipv4Pool.prefix"
DNS_SERVERS: Final = f"{BLOCK}.dnsServers"


async def gateway_list(look: Look) -> LiveChoices:
    """The router that the nodes use on the chosen bridge."""
    missing = await _missing(look)
    if missing:
        return LiveChoices(GATEWAY, "unknown", reason=missing)
    found: dict[str, list[str]] = {}
    for node, bridge in await _bridges(look):
        if address_of(bridge.gateway) is not None:
            found.setdefault(bridge.gateway, []).append(node)
    choices = tuple(LiveChoice(one, one, (f"used by {', '.join(nodes)}",)) for one, nodes in found.items())
    return _one(GATEWAY, choices, f"the router that the nodes use on {look.wish.bridge}")


async def prefix_list(look: Look) -> LiveChoices:
    """The size of the bridge's own network."""
    missing = await _missing(look)
    if missing:
        return LiveChoices(PREFIX, "unknown", reason=missing)
    found: dict[str, str] = {}
    for _node, bridge in await _bridges(look):
        if (interface := _interface(bridge)) is not None:
            found[str(interface.network.prefixlen)] = str(interface.network)
    choices = tuple(LiveChoice(prefix, prefix, (network,)) for prefix, network in found.items())
    return _one(PREFIX, choices, f"as the nodes have it on {look.wish.bridge}")


async def dns_list(look: Look) -> LiveChoices:
    """What the nodes ask for names. Without an answer machines ask the gateway, so nothing is proposed."""
    nodes = await look.machine_nodes()
    if not nodes:
        return LiveChoices(DNS_SERVERS, "unknown", reason="choose the template first")
    said = table(await look.get(f"nodes/{part(nodes[0])}/dns"))
    servers = [server for key in ("dns1", "dns2", "dns3") if address_of(server := text(said, key)) is not None]
    choices = tuple(LiveChoice(server, server, (f"asked by {nodes[0]}",)) for server in dict.fromkeys(servers))
    return LiveChoices(DNS_SERVERS, "ok", choices, reason="without an answer machines ask the gateway")


async def _missing(look: Look) -> str:
    if not look.wish.bridge:
        return "choose the bridge first"
    if look.wish.vlan is not None:
        return f"Proxmox does not know the network of VLAN {look.wish.vlan}"
    return "" if await look.machine_nodes() else "choose the template first"


async def _bridges(look: Look) -> list[tuple[str, BridgeRow]]:
    """(node, the chosen bridge there) of every node that machines may run on."""
    nodes = await look.machine_nodes()
    return [(node, one) for node in nodes for one in await bridges(look, node) if one.name == look.wish.bridge]


def _interface(bridge: BridgeRow) -> IPv4Interface | None:
    try:
        interface = ip_interface(bridge.cidr)
    except ValueError:
        # No address of its own, or one that Proxmox writes otherwise.
        return None
    return interface if isinstance(interface, IPv4Interface) else None


def _one(path: str, choices: tuple[LiveChoice, ...], reason: str) -> LiveChoices:
    if len(choices) == 1:
        return LiveChoices(path, "ok", choices, choices[0].value, reason)
    return LiveChoices(path, "ok", choices, reason="" if choices else "the bridge has no address of its own there")
