"""P19 to P21: the bridge on every node, the VLAN on it, and the resource pool."""

from __future__ import annotations

from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.answers import rows, text
from lattice_tui.providers.proxmox.checks.look import NODES, SIGN_IN, Look, check, not_chosen, ok, unknown, wrong
from lattice_tui.providers.proxmox.errors import PveRefusedError
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.inventory import BridgeRow
from lattice_tui.providers.proxmox.site import bridges, template
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

BRIDGE = "proxmox-bridge"
_WHERE = ("bridge", "source_node", "allowed_nodes", "template_id", "template_tags")


def checks(look: Look) -> tuple[Check, ...]:
    """The rows of the network, and the pool's."""
    network = _Network(look)
    return (
        check(look, BRIDGE, "Bridge", network.bridge, NODES, inputs=_WHERE),
        check(look, "proxmox-vlan", "VLAN", network.vlan, BRIDGE, inputs=(*_WHERE, "vlan")),
        check(look, "proxmox-pool", "Resource pool", network.pool, SIGN_IN, inputs=("pool",)),
    )


class _Network:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def bridge(self) -> CheckResult:
        name, nodes = self._look.wish.bridge, await self._look.machine_nodes()
        if not name or not nodes:
            return not_chosen("Bridge" if not name else "Node of the template")
        for node in nodes:
            there = await bridges(self._look, node)
            found = next((bridge for bridge in there if bridge.name == name), None)
            if found is None:
                return await self._missing(node, name, there)
            if not found.is_active:
                return wrong(
                    *("fail", "LT-PVE-231", f"The bridge {safe_text(name, 40)} on {safe_text(node, 63)} is not up"),
                    why="machines on it reach nobody",
                    fix="The node > System > Network: Apply Configuration; tick Autostart at the bridge",
                    action=f"ifup {safe_text(name, 40)}",
                    field=f"{BLOCK}.bridge",
                )
        where = safe_text(nodes[0], 63) if len(nodes) == 1 else f"{len(nodes)} nodes"
        return ok(f"{safe_text(name, 40)} on {where}")

    async def _missing(self, node: str, name: str, there: tuple[BridgeRow, ...]) -> CheckResult:
        bridges_first = sorted(there, key=lambda bridge: bridge.is_vnet)
        where, names = safe_text(node, 63), [safe_text(bridge.name, 40) for bridge in bridges_first]
        held = await self._look.privileges(f"/sdn/zones/localnetwork/{name}")
        if not {"SDN.Use", "SDN.Audit"} & set(held):
            return wrong(
                *("fail", "LT-PVE-230", f"Proxmox shows the token no bridge {safe_text(name, 40)} on {where}"),
                why=f"the token has no SDN.Use on /sdn/zones/localnetwork/{safe_text(name, 40)}: "
                "it is not there, or the token may not use it",
                fix="Give the token SDN.Use: the row Permissions says how",
                field=f"{BLOCK}.bridge",
            )
        return wrong(
            *("fail", "LT-PVE-230", f"There is no bridge {safe_text(name, 40)} on {where}"),
            why=f"there are: {', '.join(names)}" if names else f"{where} has no bridge",
            fix=f"Write bridge: {names[0]}" if names else "The node > System > Network > Create > Linux Bridge",
            field=f"{BLOCK}.bridge",
        )

    async def vlan(self) -> CheckResult:
        wish = self._look.wish
        if wish.vlan is None:
            return ok("none: the bridge's own network", why=await self._inherited())
        unaware = []
        for node in await self._look.machine_nodes():
            found = next((one for one in await bridges(self._look, node) if one.name == wish.bridge), None)
            if found is not None and found.is_vnet:
                return wrong(
                    *(
                        "fail",
                        "LT-PVE-232",
                        f"{safe_text(wish.bridge, 40)} has a VLAN of its own (SDN)",
                    ),
                    why="a tag inside it reaches nobody else",
                    fix="Leave vlan out",
                    field=f"{BLOCK}.vlan",
                )
            if found is not None and not found.is_vlan_aware:
                unaware.append(safe_text(node, 63))
        if not unaware:
            return ok(f"{wish.vlan}, the bridge is VLAN aware")
        return wrong(
            *("warn", "LT-PVE-232", f"The bridge {safe_text(wish.bridge, 40)} on {unaware[0]} is not VLAN aware"),
            why=f"Proxmox then makes a bridge of its own for VLAN {wish.vlan}; that works only where the card below "
            "carries the VLAN",
            fix="The node > System > Network > the bridge: tick VLAN aware, then Apply Configuration",
            field=f"{BLOCK}.vlan",
            evidence=", ".join(unaware),
        )

    async def _inherited(self) -> str:
        wish = self._look.wish
        if wish.template_id is None and not wish.template_tags:
            return ""
        from lattice_tui.errors import LatticeError

        try:
            tags = [nic.tag for nic in (await template(self._look)).config.nics if nic.key == "net0" and nic.tag]
        except LatticeError:
            # The row of the template says what is wrong with it.
            return ""
        return f"the template's own card is in VLAN {tags[0]}; machines get none" if tags else ""

    async def pool(self) -> CheckResult:
        name = self._look.wish.pool
        if not name:
            return ok("none")
        shown = safe_text(name, 60)
        try:
            found = rows(await self._look.get("pools", {"poolid": name}))
        except PveRefusedError as error:
            if "does not exist" not in error.reason:
                raise
            found = ()
        if any(text(row, "poolid") == name for row in found):
            return ok(shown)
        if "Pool.Audit" not in await self._look.privileges(f"/pool/{name}"):
            return unknown(f"the token may not see the pool {shown}", why=f"it has no Pool.Audit on /pool/{shown}")
        there = [safe_text(text(row, "poolid"), 60) for row in rows(await self._look.get("pools"))]
        return wrong(
            *("fail", "LT-PVE-233", f"There is no resource pool {shown}"),
            why=f"there are: {', '.join(there)}" if there else "there is none",
            fix=f"Leave pool out, or make it: pveum pool add {shown}",
            action=f"pveum pool add {shown}",
            field=f"{BLOCK}.pool",
        )
