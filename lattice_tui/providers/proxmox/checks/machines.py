"""P22 and P25: numbers for machines that are free, and names that no machine has yet."""

from __future__ import annotations

import re

from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.answers import rows, text
from lattice_tui.providers.proxmox.checks.look import NODES, SIGN_IN, Look, check, not_chosen, ok, wrong
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError, PveRefusedError
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.site import guests, storages
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_LEFT_BEHIND = re.compile(r":iso/user-data-(\d{3,9})\.iso$")
MAX_ASKED = 3
"""Numbers that Proxmox itself is asked about: it knows of machines that the token may not see."""


def checks(look: Look) -> tuple[Check, ...]:
    """The rows of what the machines are called."""
    machines = _Machines(look)
    ids = ("vmid_start", "vmid_end", "groups")
    return (
        check(look, "proxmox-vm-ids", "Numbers for machines", machines.ids, SIGN_IN, inputs=ids),
        check(look, "proxmox-names", "Names of the machines", machines.names, SIGN_IN, inputs=("name",)),
        check(look, "proxmox-left-behind", "Left by earlier clusters", machines.left_behind, NODES,
              inputs=("source_node", "allowed_nodes", "template_id", "template_tags")),
    )  # fmt: skip


class _Machines:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def ids(self) -> CheckResult:
        wish = self._look.wish
        if wish.vmid_start is None or wish.vmid_end is None:
            return ok("a free high block is taken when the cluster is built")
        start, end = wish.vmid_start, wish.vmid_end
        used = [guest.vmid for guest in await guests(self._look) if start <= guest.vmid <= end]
        free = end - start + 1 - len(used)
        candidates = (vmid for vmid in range(start, end + 1) if vmid not in used)
        hidden = [vmid for vmid, _ in zip(candidates, range(MAX_ASKED), strict=False) if await self._is_taken(vmid)]
        free -= len(hidden)
        needed = wish.machines + wish.surge
        if free < needed:
            first = ", ".join(str(vmid) for vmid in sorted([*used, *hidden])[:6])
            return wrong(
                *("fail", "LT-PVE-234", f"{start} to {end} has {max(free, 0)} free numbers, and {needed} are needed"),
                why=f"in use: {first}" if first else "the range is too short",
                fix=f"Make it longer: vmIdRange: {{start: {start}, end: {end + needed - free}}}",
                field=f"{BLOCK}.vmIdRange.end",
            )
        return ok(f"{start} to {end}: {free} free, {needed} needed")

    async def _is_taken(self, vmid: int) -> bool:
        try:
            await self._look.get("cluster/nextid", {"vmid": vmid})
        except PveRefusedError as error:
            if error.status != 400:
                raise
            return True
        return False

    async def names(self) -> CheckResult:
        name = self._look.wish.name
        if not name:
            return not_chosen("Name of the cluster")
        prefix = f"{name}-"
        same = [guest for guest in await guests(self._look) if guest.name.startswith(prefix) and guest.kind == "qemu"]
        same = [guest for guest in same if not guest.is_template]
        if not same:
            return ok(f"no machine has a name that begins with {safe_text(prefix, 40)}")
        listed = ", ".join(f"{guest.vmid} {safe_text(guest.name, 50)}" for guest in same[:6])
        count = "One machine has a name" if len(same) == 1 else f"{len(same)} machines have names"
        verb = "begins" if len(same) == 1 else "begin"
        return wrong(
            *("warn", "LT-PVE-235", f"{count} already that {verb} with {safe_text(prefix, 40)}"),
            why="they may be those of an earlier try; going on, nobody can tell them apart by name",
            fix="Take another name, or remove them if nobody needs them",
            field="metadata.name",
            evidence=listed,
        )

    async def left_behind(self) -> CheckResult:
        """CDs of machines that are gone; they only take room, and would be written over."""
        nodes = await self._look.machine_nodes()
        if not nodes:
            return not_chosen("Node of the template")
        known = {guest.vmid for guest in await guests(self._look)}
        found: set[str] = set()
        for node in nodes:
            for storage in await storages(self._look, node):
                if storage.takes("iso") and storage.is_active:
                    found |= await self._orphans(node, storage.name, known)
        if not found:
            return ok("nothing")
        some = sorted(found)
        return ok(
            f"{len(some)} CDs of machines that are gone",
            why="they are written over when a machine gets that number; they can be removed",
            evidence=safe_text(", ".join(some), 300),
        )

    async def _orphans(self, node: str, storage: str, known: set[int]) -> set[str]:
        try:
            listed = rows(
                await self._look.get(f"nodes/{part(node)}/storage/{part(storage)}/content", {"content": "iso"})
            )
        except PveError:
            # Only what can be seen is told; nothing depends on it.
            return set()
        names = [text(row, "volid") for row in listed]
        return {name for name in names if (match := _LEFT_BEHIND.search(name)) and int(match[1]) not in known}
