"""Addresses: whether they fit each other and the bridge, and whether somebody has one already."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_interface
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.checks.networks import Address, Finding, Pool, dhcp_finding, findings
from lattice_tui.checks.runner import Check
from lattice_tui.document.ranges import Network, network
from lattice_tui.providers.proxmox.checks.look import NODES, SIGN_IN, Look, check, not_chosen, ok, unknown, wrong
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.in_use import used_addresses
from lattice_tui.providers.proxmox.rules import address_of
from lattice_tui.providers.proxmox.site import bridges
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

if TYPE_CHECKING:
    from lattice_tui.checks.in_use import Looked

ADDRESSES = "proxmox-addresses"
HOST = "spec.endpoints.host"
_POOL = ("pool_start", "pool_end", "pool_gateway", "pool_prefix")
_ALL = (*_POOL, "host", "lb_start", "lb_end", "pod_cidr", "service_cidr", "groups")
_LB = "spec.networking.lbPool"
MAX_PROBED = 512
MAX_TOLD = 100
MAX_SUMMARY = 98
"""Characters of a summary: one line of a wide page."""
RESOLVE_S = 3.0
ASKED_S = 30.0
"""Every machine of the site is asked for its address, then the network."""


def checks(look: Look) -> tuple[Check, ...]:
    """The rows of addresses."""
    rows = _Addresses(look)
    bridge = (*_POOL, "bridge", "source_node", "allowed_nodes", "template_id", "template_tags")
    return (
        check(look, ADDRESSES, "Addresses fit each other", rows.fit, inputs=_ALL),
        check(look, "proxmox-subnet", "Addresses fit the bridge", rows.subnet, NODES, inputs=bridge),
        check(look, "proxmox-endpoint", "Address of the API", rows.endpoint, SIGN_IN,
              inputs=("host", *_POOL), timeout_s=ASKED_S),
        check(look, "proxmox-in-use", "Addresses are free", rows.in_use, SIGN_IN,
              inputs=(*_POOL, "lb_start", "lb_end"), timeout_s=ASKED_S),
        check(look, "proxmox-dhcp", "Addresses of the router", rows.dhcp,
              inputs=(*_POOL, "host", "lb_start", "lb_end")),
        check(look, "proxmox-route", "Way to the machines", rows.route, inputs=("host", *_POOL)),
    )  # fmt: skip


class _Addresses:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def fit(self) -> CheckResult:
        wish = self._look.wish
        pool = wish.address_pool
        if pool is None:
            return not_chosen("Machine addresses")
        if not wish.groups:
            return not_chosen("Size of the machines")
        taken = () if wish.simulated else await asyncio.to_thread(_routes)
        found = findings(
            pool,
            vip=await self._vip(),
            lb=wish.lb_range,
            machines=wish.machines,
            surge=wish.surge,
            pods=network(wish.pod_cidr) if wish.pod_cidr else None,
            services=network(wish.service_cidr) if wish.service_cidr else None,
            taken=taken,
        )
        if found:
            return _told(found)
        return ok(f"{pool.size} addresses for {wish.machines} machines, {wish.surge} more while renewing")

    async def subnet(self) -> CheckResult:
        """A bridge of a node often has an address itself: then its subnet is known."""
        wish, pool = self._look.wish, self._look.wish.address_pool
        nodes = await self._look.machine_nodes()
        if pool is None or not nodes:
            return not_chosen("Machine addresses" if pool is None else "Node of the template")
        if wish.vlan is not None:
            return unknown(f"Proxmox does not know the subnet of VLAN {wish.vlan}")
        for node in nodes:
            bridge = next((one for one in await bridges(self._look, node) if one.name == wish.bridge), None)
            if bridge is None or not bridge.cidr:
                continue
            try:
                there = ip_interface(bridge.cidr).network
            except ValueError:
                continue
            if there.version == pool.gateway.version:
                return _compared(pool, there, bridge.gateway, safe_text(node, 63), safe_text(wish.bridge, 40))
        return unknown(
            f"the bridge {safe_text(wish.bridge, 40)} has no address of its own, so its subnet is not known",
            why="gateway and prefix have to be those of the network that it is connected to",
        )

    async def endpoint(self) -> CheckResult:
        """4.9: nobody may have it now; after the install it answers on 6443."""
        wish = self._look.wish
        if not wish.host:
            return not_chosen("Address of the API")
        vip = await self._vip()
        if vip is None:
            return await self._unresolved()
        used = await self._taken([vip])
        if vip in used:
            return wrong(
                *("fail", "LT-PVE-251", f"{vip} is in use: {used[vip]}"),
                why="two that answer for one address take each other's connections: the cluster comes and goes",
                fix="Write a free address of the machines' network, outside the pool",
                field=HOST,
            )
        return await self._free([vip], f"{vip}, nobody is known to have it")

    async def _unresolved(self) -> CheckResult:
        host = safe_text(self._look.wish.host, 80)
        addresses = await _resolved(self._look.wish.host)
        if len(addresses) > 1:
            listed = ", ".join(addresses)
            return wrong(
                *("fail", "LT-PVE-252", f"{host} has {len(addresses)} addresses, and the API has one"),
                why=f"kube-vip announces one address; the name leads to {safe_text(listed, 120)}",
                fix=f"Leave one of them in the DNS, or write it: host: {addresses[0]}",
                field=HOST,
            )
        return wrong(
            *("fail", "LT-PVE-252", f"The name {host} has no address"),
            why="kube-vip announces the address behind that name",
            fix="Write a free address of the machines' network, or add the name to your DNS",
            action=f"getent hosts {host}",
            field=HOST,
        )

    async def in_use(self) -> CheckResult:
        """Its evidence names every address of the subnet that somebody has: whoever proposes free ones reads it."""
        wish, pool = self._look.wish, self._look.wish.address_pool
        subnet = network(f"{wish.pool_gateway}/{wish.pool_prefix}") if wish.pool_gateway and wish.pool_prefix else None
        wanted = list(_between(pool.start, pool.end)) if pool is not None else []
        if wish.lb_range is not None:
            wanted += list(_between(*wish.lb_range))
        around = list(_hosts(subnet)) if subnet is not None and subnet.num_addresses <= MAX_PROBED else wanted
        known = await self._taken(around)
        evidence = "; ".join(f"{address} {who}" for address, who in list(known.items())[:MAX_TOLD])
        used = {address: who for address, who in known.items() if address in wanted}
        if pool is None:
            return replace(not_chosen("Machine addresses"), evidence=evidence)
        if used:
            first = next(iter(used))
            return wrong(
                *("fail", "LT-PVE-253", f"{_counted(len(used))} of the chosen addresses {_is(len(used))} in use"),
                why=f"{first} is in use ({used[first]}); a machine that gets it as well is not reached",
                fix="Choose a free block; the wizard proposes one",
                field=f"{BLOCK}.ipv4Pool.start" if pool.contains(first) else f"{_LB}.start",
                evidence=evidence,
            )
        found = await self._free(around, f"{len(wanted)} addresses, none is known to be in use")
        return replace(found, evidence=evidence)

    async def dhcp(self) -> CheckResult:
        wish, pool = self._look.wish, self._look.wish.address_pool
        if pool is None:
            return not_chosen("Machine addresses")
        if pool.prefix > pool.gateway.max_prefixlen or pool.start.version != pool.gateway.version:
            return unknown("the addresses do not fit each other yet")
        finding = dhcp_finding(pool, vip=wish.vip, lb=wish.lb_range)
        return _told((finding,)) if finding else ok("outside what most home routers hand out")

    async def route(self) -> CheckResult:
        """4.10: the cluster that installs talks to the API's address over this computer's network."""
        vip = await self._vip() or (self._look.wish.address_pool.start if self._look.wish.address_pool else None)
        if vip is None:
            return not_chosen("Address of the API")
        if self._look.wish.simulated:
            return ok("simulated")
        local = await asyncio.to_thread(_local_address, vip)
        if local:
            return ok(f"from {local}", why="a firewall on the way would show only when something answers there")
        return wrong(
            *("fail", "LT-PVE-254", f"This computer has no way to {vip}"),
            why="the install talks to the new cluster at that address",
            fix="Connect to that network or its VPN; or install from a computer that is in it",
            action=f"ip route get {vip}",
            field=HOST,
        )

    async def _vip(self) -> Address | None:
        """The API's address; a name counts when it has exactly one."""
        wish = self._look.wish
        if wish.vip is not None or not wish.host or wish.simulated:
            return wish.vip
        found = await self._look.once("endpoint name", lambda: _resolved(wish.host))
        if len(found) != 1:
            return None
        return ip_address(found[0])

    async def _taken(self, wanted: list[Address]) -> dict[Address, str]:
        """Those that somebody has, by what the site knows and by who answers from here."""
        if not wanted:
            return {}
        known = (await used_addresses(self._look)).by
        found = {address: known[address] for address in wanted if address in known}
        if not self._look.wish.simulated:
            looked = await self._looked(wanted)
            found |= {one.address: one.evidence for one in looked.used if one.address not in found}
        return dict(sorted(found.items(), key=lambda pair: int(pair[0])))

    async def _free(self, wanted: list[Address], summary: str) -> CheckResult:
        """Nobody is known to have them: `ok` where that could be looked at from here, too."""
        used = await used_addresses(self._look)
        words = list(used.unseen)
        if used.silent:
            others = f" and {len(used.silent) - 1} more" if len(used.silent) > 1 else ""
            words.append(f"no address is known of {used.silent[0]}{others}")
        if self._look.wish.simulated:
            return ok(summary, why="; ".join(words))
        looked = await self._looked(wanted)
        why = "; ".join(filter(None, (*words, looked.limits)))
        if not looked.could_look:
            return unknown("Proxmox knows of nobody there; it could not be tried from here", why=why)
        return ok(summary, why=why)

    async def _looked(self, wanted: list[Address]) -> Looked:
        from lattice_tui.checks.in_use import look_for

        return await self._look.once(f"look for {wanted[0]} {len(wanted)}", lambda: look_for(wanted[:MAX_PROBED]))


def _told(found: tuple[Finding, ...]) -> CheckResult:
    """The worst finding, and all of them as evidence."""
    first = min(found, key=lambda finding: finding.severity != "error")
    summary = _short(first.text)
    more = "; ".join(finding.text for finding in found) if len(found) > 1 or len(summary) < len(first.text) else ""
    return wrong(
        "fail" if first.severity == "error" else "warn",
        first.code,
        summary,
        why=_WHY.get(first.kind, "machines would come up and not be reached, or not come up at all"),
        fix=first.fix,
        field=_FIELDS[first.about],
        evidence=more,
    )


def _short(text: str) -> str:
    """The sentence without what can be spared, until it fits: in brackets, after a colon, the ends of ranges."""
    for pattern in (r" \([^)]*\)", r":(?=\s).*", r"(?<=range|.pool) [0-9a-f.:]+ to [0-9a-f.:]+"):
        if len(text) <= MAX_SUMMARY:
            break
        text = re.sub(pattern, "", text)
    return text[:1].upper() + text[1:]


_WHY = {
    "dhcp": "two devices with one address take each other's connections, now and then, and nobody sees why",
    "pool-too-small": "a machine without an address waits for one, and nobody is told",
    "pool-tight": "a machine that is renewed needs an address beside the others",
    "gateway-in-pool": "the gateway's address is never given to a machine",
    "range-overlap": "what is in both ranges would be looked for inside the cluster, and never reached",
    "range-elsewhere": "this computer would not reach what is in both",
}
"""By kind of finding: what going on would mean."""
_FIELDS = {
    "pool.start": f"{BLOCK}.ipv4Pool.start",
    "pool.end": f"{BLOCK}.ipv4Pool.end",
    "pool.gateway": f"{BLOCK}.ipv4Pool.gateway",
    "pool.prefix": f"{BLOCK}.ipv4Pool.prefix",
    "vip": HOST,
    "lb.start": f"{_LB}.start",
    "lb.end": f"{_LB}.end",
    "pods": "spec.provider.kubernetes.clusterNetwork.podCidr",
    "services": "spec.provider.kubernetes.clusterNetwork.serviceCidr",
}


def _compared(pool: Pool, there: Network, gateway: str, node: str, bridge: str) -> CheckResult:
    if pool.subnet != there:
        router = address_of(gateway)
        return wrong(
            *("warn", "LT-PVE-250", f"{bridge} on {node} is in {there}, the machines' addresses are in {pool.subnet}"),
            why="unless both networks are on the same cable, machines reach neither the router nor each other",
            fix=f"Take addresses of {there}: prefix: {there.prefixlen}"
            + (f", gateway: {router}" if router is not None and router in there else ""),
            field=f"{BLOCK}.ipv4Pool.gateway",
        )
    if gateway and gateway != str(pool.gateway):
        return wrong(
            *(
                "warn",
                "LT-PVE-250",
                f"{node} uses the gateway {safe_text(gateway, 40)}, the machines use {pool.gateway}",
            ),
            why="if there is no router at that address, machines reach no other network",
            fix=f"Write gateway: {safe_text(gateway, 40)}",
            field=f"{BLOCK}.ipv4Pool.gateway",
        )
    return ok(f"{there}, as {bridge} on {node}")


def _between(start: Address, end: Address) -> Iterator[Address]:
    count = min(int(end) - int(start) + 1, MAX_PROBED)
    return (start + number for number in range(max(0, count)))


def _hosts(subnet: Network) -> Iterator[Address]:
    return (address for address in subnet.hosts())


def _counted(count: int) -> str:
    return str(count) if count > 1 else "One"


def _is(count: int) -> str:
    return "are" if count > 1 else "is"


async def _resolved(host: str) -> list[str]:
    """Addresses of a name, none when it is not found in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_S):
            found = await loop.getaddrinfo(host, 6443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # TimeoutError is one of OSError's.
        return []
    return sorted({str(entry[4][0]).partition("%")[0] for entry in found})


def _local_address(address: Address) -> str:
    """This computer's address on the way there; empty without one. A UDP socket that is connected sends nothing."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 6443))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def _routes() -> tuple[Network, ...]:
    from lattice_tui.checks.routes import host_routes

    return tuple(route.network for route in host_routes(Path("/proc")) if not route.is_default)
