"""What the token may do, path by path, and the lines that give it what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.answers import Row, is_on, privileges_of, rows, table, text
from lattice_tui.providers.proxmox.checks.look import PERMISSIONS, SIGN_IN, Look, check, ok, wrong
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import TOKEN_ID_PATH, PveError
from lattice_tui.providers.proxmox.pveum import Missing, Objects, commands, missing, wants
from lattice_tui.providers.proxmox.volumes import storages_of
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

INPUTS = ("source_node", "template_id", "template_tags", "pool", "storage", "allowed_nodes", "bridge", "vlan")
USUAL_ISO_STORAGE = "local"
"""Where Proxmox keeps ISO images from its installation on."""
MAKE = "VM.Allocate"
_LOOK_AGAIN = " Then look again: which storage the template is on can be seen only then."
_NO_ACCESS_NOTE = "Where the role NoAccess stands on a path, remove that entry first."


def checks(look: Look) -> tuple[Check, ...]:
    permissions = _Permissions(look)
    return (check(look, PERMISSIONS, "Permissions", permissions.permissions, SIGN_IN, inputs=INPUTS, timeout_s=40.0),)


class _Permissions:
    def __init__(self, look: Look) -> None:
        self._look = look

    async def permissions(self) -> CheckResult:
        """Inherited rights are shown only where they are asked for by path, so every path is asked for."""
        look = self._look
        major = (await look.version()).major
        objects = await self._objects()
        wanted = wants(objects, major)
        paths = tuple(dict.fromkeys((*(want.path for want in wanted), *(want.also for want in wanted if want.also))))
        held = dict(zip(paths, await asyncio.gather(*(look.privileges(path) for path in paths)), strict=True))
        lacking = missing(wanted, held)
        if not lacking:
            return ok(f"every privilege is there, on {len(wanted)} paths", evidence=", ".join(map(_shown, paths)))
        lines = commands(
            lacking, look.wish.token_id, is_separated=await self._is_separated(), roles=await self._roles()
        )
        hint = await self._pool_hint(lacking)
        if not objects.disk_storages and objects.template_id is not None:
            hint += _LOOK_AGAIN
        return _refused(lacking, lines, hint)

    async def _objects(self) -> Objects:
        """What the document names, and what follows from the template where it can be read."""
        look, wish = self._look, self._look.wish
        place, nodes = await look.template_place(), await look.machine_nodes()
        config: Row = {}
        if place is not None:
            try:
                config = table(await look.get(f"nodes/{part(place[0])}/qemu/{place[1]}/config"))
            except PveError:
                # Whether the template may be read is among the very things that are told here.
                config = {}
        disks = (wish.storage,) if wish.storage else storages_of(config)
        return Objects(
            nodes=nodes,
            template_id=place[1] if place is not None else wish.template_id,
            pool=wish.pool,
            disk_storages=disks,
            iso_storages=await self._iso_storages(nodes),
            bridge=wish.bridge,
            zone=await self._zone(wish.bridge),
            vlan=wish.vlan,
        )

    async def _iso_storages(self, nodes: tuple[str, ...]) -> tuple[str, ...]:
        """On each node the first enabled storage for ISO images, in Proxmox's order: CAPMOX takes no other.

        A storage on which the token has nothing is not listed; then it is the usual one that has to be opened.
        """
        found: dict[str, None] = {}
        for node in nodes:
            try:
                storages = rows(await self._look.get(f"nodes/{part(node)}/storage", {"enabled": 1}))
            except PveError:
                # A node that is down or unknown has a row of its own.
                continue
            isos = [text(row, "storage") for row in storages if "iso" in text(row, "content").split(",")]
            found[isos[0] if isos else USUAL_ISO_STORAGE] = None
        return tuple(found)

    async def _zone(self, bridge: str) -> str:
        """The zone of a virtual network; bridges of a node are in `localnetwork`."""
        try:
            vnets = rows(await self._look.get("cluster/sdn/vnets"))
        except PveError:
            # Without SDN, or without SDN.Audit, only bridges can be told of.
            return "localnetwork"
        return next((text(row, "zone") for row in vnets if text(row, "vnet") == bridge), "") or "localnetwork"

    async def _pool_hint(self, lacking: tuple[Missing, ...]) -> str:
        """A token that may make machines in a resource pool alone needs the pool to be named, and nothing more."""
        if self._look.wish.pool or all(one.want.path != "/vms" for one in lacking):
            return ""
        held = privileges_of(await self._look.get("access/permissions"))
        pools = [path[len("/pool/") :] for path, names in held.items() if path.startswith("/pool/") and MAKE in names]
        return f" Or write pool: {safe_text(pools[0], 60)}: there the token may make machines." if pools else ""

    async def _is_separated(self) -> bool | None:
        user, _, name = self._look.wish.token_id.partition("!")
        try:
            facts = table(await self._look.get(f"access/users/{part(user)}/token/{part(name)}"))
        except PveError:
            # A token may rarely look at itself.
            return None
        return is_on(facts, "privsep") or "privsep" not in facts

    async def _roles(self) -> tuple[str, ...]:
        try:
            return tuple(text(row, "roleid") for row in rows(await self._look.get("access/roles")))
        except PveError:
            # A line that adds a role which is there says so itself.
            return ()


def _refused(lacking: tuple[Missing, ...], lines: list[str], hint: str) -> CheckResult:
    count = sum(len(one.privileges) for one in lacking)
    by_path: Mapping[str, str] = {one.want.path: _said(one) for one in lacking}
    return wrong(
        "fail",
        "LT-PVE-160",
        f"{count} privilege{'s are' if count > 1 else ' is'} missing on {_summed(tuple(by_path))}",
        why="Cluster API's own log would only say that it is not authorized, never for what.",
        fix=f"Run the lines in a root shell on a node: they give what is missing, no more.{hint} {_NO_ACCESS_NOTE}",
        action="; ".join(lines),
        field=TOKEN_ID_PATH,
        evidence="; ".join(by_path.values()),
    )


def _summed(paths: tuple[str, ...]) -> str:
    """One path by its name, several by their number."""
    return _shown(paths[0]) if len(paths) == 1 else f"{len(paths)} paths, {_shown(paths[0])} among them"


def _said(one: Missing) -> str:
    return f"{_shown(one.want.path)} ({one.want.why}): {', '.join(one.privileges)}"


def _shown(path: str) -> str:
    return safe_text(path, 80)
