"""P23, P24: whether the nodes have the memory and the processors, by the rule that CAPMOX places machines with.

Source: CAPMOX internal/service/scheduler (memory of a node times memoryAdjustment, less what is promised to every
guest that is no template, running or not); Proxmox (no machine has more virtual cores than its node).
"""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.checks.capacity import compared
from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.answers import NodeRow, number, table
from lattice_tui.providers.proxmox.checks.look import NODES, Look, check, not_chosen, ok, unknown, wrong
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.inventory import GIB
from lattice_tui.providers.proxmox.site import guests
from lattice_tui.providers.proxmox.wish import DEFAULT_ADJUSTMENT, Group
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

MIB = 1024**2
_WHERE = ("source_node", "allowed_nodes", "template_id", "template_tags", "groups")


def checks(look: Look) -> tuple[Check, ...]:
    """The rows of memory and processors, and what it all costs."""
    capacity = _Capacity(look)
    return (
        check(look, "proxmox-memory", "Memory", capacity.memory, NODES, inputs=(*_WHERE, "memory_adjustment")),
        check(look, "proxmox-cpu", "Processors", capacity.cpu, NODES, inputs=_WHERE),
        check(look, "proxmox-bill", "What it costs", capacity.bill, inputs=("groups",)),
    )


class _Capacity:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def memory(self) -> CheckResult:
        wish, nodes = self._look.wish, await self._nodes()
        if not wish.groups or not all(group.memory_mib for group in wish.groups):
            return not_chosen("Size of the machines")
        if not nodes:
            return not_chosen("Node of the template")
        adjustment = DEFAULT_ADJUSTMENT if wish.memory_adjustment is None else wish.memory_adjustment
        if adjustment == 0:
            return await self._without_limit(nodes)
        totals = {node.name: await self._total(node) for node in nodes}
        room = {name: total * adjustment // 100 - await self._promised(name) for name, total in totals.items()}
        if not all(totals.values()):
            return unknown("Proxmox does not say how much memory the nodes have", why="it takes Sys.Audit on /nodes")
        needed = sum(group.count * group.memory_mib for group in wish.groups) * MIB
        said = f"{_gib(needed)} of {_gib(sum(max(0, left) for left in room.values()))} on {_listed(room)}"
        seen = (
            "" if "VM.Audit" in await self._look.privileges("/vms") else "guests that the token may not see count too"
        )
        left = _placed(room, wish.groups, with_surge=False)
        if left is None:
            return self._short(needed, room, adjustment, seen)
        if _placed(room, wish.groups, with_surge=True) is None:
            return wrong(
                *(
                    "warn",
                    "LT-PVE-241",
                    f"The memory is enough for {wish.machines} machines, and for none to renew them",
                ),
                why=f"{said}; going on, an upgrade finds no room for its first new machine",
                fix="Ask for less memory for each machine, or allow another node",
                field=f"{BLOCK}.allowedNodes",
                evidence=_rooms(room),
            )
        return ok(said, why=seen, evidence=_rooms(room))

    def _short(self, needed: int, room: Mapping[str, int], adjustment: int, seen: str) -> CheckResult:
        wish = self._look.wish
        largest = max(group.memory_mib for group in wish.groups) * MIB
        free = sum(max(0, left) for left in room.values())
        short = compared("it", needed / GIB, free / GIB, "GiB")
        if needed <= free:
            short = f"no node has {_gib(largest)} in one piece for each"
        return wrong(
            *("fail", "LT-PVE-240", f"Memory on {_listed(room)}: {short}"),
            why=f"machines that are switched off count too: what is promised may be {adjustment} % of a node's memory. "
            "The first machine beyond it fails for good (cannot reserve)",
            fix="Ask for less memory, allow another node, or lift the limit: memoryAdjustment: 0",
            field=f"{BLOCK}.workerMemoryMb",
            evidence="; ".join(filter(None, (_rooms(room), seen))),
        )

    async def _without_limit(self, nodes: tuple[NodeRow, ...]) -> CheckResult:
        wish = self._look.wish
        needed = sum(group.count * group.memory_mib for group in wish.groups) * MIB
        free = sum(max(0, node.memory_bytes - node.used_memory_bytes) for node in nodes)
        if not all(node.memory_bytes for node in nodes):
            return unknown("Proxmox does not say how much memory the nodes have", why="it takes Sys.Audit on /nodes")
        if needed <= free:
            return ok(f"{_gib(needed)} of {_gib(free)} that are free now; no limit is set")
        return wrong(
            *("warn", "LT-PVE-242", f"Needs {_gib(needed)} of memory, {_gib(free)} are free now"),
            why="with memoryAdjustment 0 nothing holds machines back; a node without memory ends some of them",
            fix="Ask for less memory, or allow another node",
            field=f"{BLOCK}.workerMemoryMb",
        )

    async def cpu(self) -> CheckResult:
        wish, nodes = self._look.wish, await self._nodes()
        if not wish.groups or not nodes:
            return not_chosen("Size of the machines" if nodes else "Node of the template")
        if not all(node.cpus for node in nodes):
            return unknown(
                "Proxmox does not say how many processors the nodes have", why="it takes Sys.Audit on /nodes"
            )
        small = min(nodes, key=lambda node: node.cpus)
        cores = f"{small.cpus} core" if small.cpus == 1 else f"{small.cpus} cores"
        for group in wish.groups:
            if group.cores > small.cpus:
                key = "cpCores" if group is wish.groups[0] else "workerCores"
                return wrong(
                    *(
                        "fail",
                        "LT-PVE-243",
                        f"{safe_text(small.name, 63)} has {cores}, {group.cores} are asked for",
                    ),
                    why="Proxmox starts no machine with more cores than its node has",
                    fix=f"Write {key}: {small.cpus} or less",
                    field=f"{BLOCK}.{key}",
                )
        asked = sum(group.cores * group.count for group in wish.groups)
        return ok(
            f"{asked} virtual cores on {sum(node.cpus for node in nodes)}", why="machines share the cores of a node"
        )

    async def bill(self) -> CheckResult:
        wish = self._look.wish
        if not wish.groups:
            return not_chosen("Size of the machines")
        counted = ", ".join(f"{group.count} x {safe_text(group.role, 63)}" for group in wish.groups)
        return ok("no price: these are your own computers", why=f"machines: {counted}")

    async def _nodes(self) -> tuple[NodeRow, ...]:
        wanted = await self._look.machine_nodes()
        return tuple(node for node in await self._look.nodes() if node.name in wanted)

    async def _total(self, node: NodeRow) -> int:
        """Memory in bytes; the list of nodes leaves it out where the token may not see it."""
        if node.memory_bytes:
            return node.memory_bytes
        said = table(await self._look.get(f"nodes/{part(node.name)}/status")).get("memory")
        return number(table(said), "total")

    async def _promised(self, node: str) -> int:
        return sum(
            guest.memory_bytes for guest in await guests(self._look) if guest.node == node and not guest.is_template
        )


def _placed(room: Mapping[str, int], groups: tuple[Group, ...], *, with_surge: bool) -> Mapping[str, int] | None:
    """What is left when every machine is put where most is free, largest first; None when one finds no place."""
    left = dict(room)
    machines = [group.memory_mib * MIB for group in groups for _ in range(group.count + (1 if with_surge else 0))]
    for memory in sorted(machines, reverse=True):
        node = max(left, key=lambda name: left[name])
        if left[node] < memory:
            return None
        left[node] -= memory
    return left


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / GIB:.1f}".removesuffix(".0") + " GiB"


def _listed(room: Mapping[str, int]) -> str:
    return safe_text(", ".join(room), 60)


def _rooms(room: Mapping[str, int]) -> str:
    return safe_text("; ".join(f"{node}: {_gib(max(0, left))} not promised yet" for node, left in room.items()), 300)
