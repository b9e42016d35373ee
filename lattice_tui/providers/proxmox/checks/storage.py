"""P17, P18 and many clones at once: where disks go, and where CAPMOX puts the CDs with first settings.

Sources: go-proxmox findStorageByContent (the first enabled storage that takes ISO images, in the API's order), CAPMOX
(uploads there through the server that is asked), Proxmox (storage locks of full clones).
"""

from __future__ import annotations

from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.answers import is_on, rows, text
from lattice_tui.providers.proxmox.checks.look import NODES, Look, check, not_chosen, ok, unknown, wrong
from lattice_tui.providers.proxmox.checks.template import TEMPLATE
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.inventory import BOOT_DISK, GIB, StorageRow
from lattice_tui.providers.proxmox.site import storages, template
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

STORAGE = "proxmox-storage"
_FIELD, _ALLOWED = f"{BLOCK}.storage", f"{BLOCK}.allowedNodes"
_WHERE = ("source_node", "allowed_nodes", "template_id", "template_tags")
MANY = 3
"""Full copies at once that a storage of one disk still takes within its lock's 60 s."""
LOCKING = ("lvm", "lvmthin", "zfspool", "dir")
_SHARED_FILES = ("cephfs", "nfs", "cifs", "glusterfs")


def checks(look: Look) -> tuple[Check, ...]:
    """The rows of storage."""
    rows_of = _Storage(look)
    inputs = (*_WHERE, "storage")
    return (
        check(look, STORAGE, "Storage for disks", rows_of.disks, TEMPLATE, NODES, inputs=inputs),
        check(look, "proxmox-storage-room", "Room for disks", rows_of.room, STORAGE, inputs=(*inputs, "groups")),
        check(look, "proxmox-storage-active", "Every storage answers", rows_of.active, NODES, inputs=_WHERE),
        check(look, "proxmox-iso", "Storage for ISO images", rows_of.iso, NODES, inputs=_WHERE),
        check(look, "proxmox-many-clones", "Many copies at once", rows_of.many, STORAGE, inputs=(*inputs, "groups")),
    )


class _Storage:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def disks(self) -> CheckResult:
        name, is_chosen = await self._name()
        if not name:
            return unknown("the template's disk is not known", why="the row about its disk says why")
        for node in await self._look.machine_nodes():
            found = {storage.name: storage for storage in await storages(self._look, node)}
            storage = found.get(name)
            if storage is None or not storage.takes("images"):
                return self._unfit(node, name, tuple(found.values()), storage, is_chosen=is_chosen)
            if not storage.is_active:
                return wrong(
                    *(
                        "fail",
                        "LT-PVE-224",
                        f"The storage {safe_text(name, 60)} does not answer on {safe_text(node, 63)}",
                    ),
                    why="no disk can be made on it",
                    fix="Datacenter > Storage: see whether it is reachable; or name another",
                    action="pvesm status",
                    field=_FIELD,
                )
        shown = safe_text(name, 60)
        return ok(shown if is_chosen else f"{shown}, the template's own")

    def _unfit(
        self, node: str, name: str, there: tuple[StorageRow, ...], storage: StorageRow | None, *, is_chosen: bool
    ) -> CheckResult:
        shown, where = safe_text(name, 60), safe_text(node, 63)
        if not there:
            return _no_storage(node)
        usable = [safe_text(one.name, 60) for one in there if one.takes("images") and one.is_active]
        if storage is None:
            reason = "it is not there, it is switched off, or the token may not see it (Datastore.Audit)"
        else:
            reason = f"its content is {safe_text(', '.join(storage.content), 80)}; disks need Disk image"
        return wrong(
            *("fail", "LT-PVE-222", f"{where} offers no storage {shown} for disks"),
            why=reason if is_chosen else f"the template's disk is there, and linked clones stay beside it; {reason}",
            fix=f"Write storage: {usable[0]}" if usable else "Datacenter > Storage: tick Disk image at one of them",
            field=_FIELD,
            evidence=f"for disks on {where}: {', '.join(usable) or 'none'}",
        )

    async def room(self) -> CheckResult:
        name, is_chosen = await self._name()
        wish, nodes = self._look.wish, await self._look.machine_nodes()
        if not wish.machines or not all(group.disk_gib for group in wish.groups):
            return not_chosen("Size of the machines")
        found = [storage for node in nodes for storage in await storages(self._look, node) if storage.name == name]
        if not found or not all(storage.total_bytes for storage in found):
            return unknown("Proxmox does not say how much room there is")
        free = found[0].free_bytes if found[0].is_shared else sum(storage.free_bytes for storage in found)
        need_gib = sum(group.disk_gib * (group.count + 1) for group in wish.groups)
        said = f"{need_gib} GiB of disks, {free // GIB} GiB free on {safe_text(name, 60)}"
        if need_gib * GIB <= free:
            return ok(said)
        is_full = (
            is_chosen and found[0].kind in ("lvm", "dir") and need_gib * GIB > sum(one.total_bytes for one in found)
        )
        return wrong(
            "fail" if is_full else "warn",
            "LT-PVE-223",
            f"{need_gib} GiB of disks on {safe_text(name, 50)}, which has {free // GIB} GiB free",
            why="disks take room as they fill; when the storage is full, every machine on it stops",
            fix="Ask for smaller disks, name another storage, or make room",
            action="pvesm status",
            field=_FIELD,
        )

    async def active(self) -> CheckResult:
        nodes = await self._look.machine_nodes()
        if not nodes:
            return not_chosen("Node of the template")
        silent = [
            f"{safe_text(storage.name, 60)} on {safe_text(node, 63)}"
            for node in nodes
            for storage in await storages(self._look, node)
            if not storage.is_active
        ]
        if not silent:
            return ok("all that are switched on")
        return wrong(
            *("warn", "LT-PVE-224", f"A storage does not answer: {silent[0]}"),
            why="Proxmox waits for it at every question; going on, clones and uploads may run into time limits",
            fix="Datacenter > Storage: mend it, or untick Enable",
            action="pvesm status",
            evidence=", ".join(silent),
        )

    async def iso(self) -> CheckResult:
        nodes = await self._look.machine_nodes()
        if not nodes:
            return not_chosen("Node of the template")
        chosen: dict[str, StorageRow] = {}
        for node in nodes:
            seen = await storages(self._look, node)
            there = [storage for storage in seen if storage.takes("iso")]
            if not seen:
                return _no_storage(node)
            if not there:
                return wrong(
                    *("fail", "LT-PVE-225", f"{safe_text(node, 63)} has no storage for ISO images"),
                    why="each machine gets a CD with its first settings, and that is put there",
                    fix="Datacenter > Storage > local > Content: tick ISO image",
                    action="pvesm set local --content iso,vztmpl,backup",
                    field=_ALLOWED,
                )
            chosen[node] = there[0]
        return self._reachable(chosen, await self._asked_node())

    def _reachable(self, chosen: dict[str, StorageRow], asked: str) -> CheckResult:
        first = next(iter(chosen.values()))
        said = f"{safe_text(first.name, 60)}, the first that takes them"
        far = [node for node, storage in chosen.items() if not storage.is_shared and asked and node != asked]
        if far:
            return wrong(
                *("warn", "LT-PVE-226", f"CDs for machines on {safe_text(far[0], 63)} have to cross nodes"),
                why=f"they are uploaded to {safe_text(asked, 63)}, whose address is used, and from there to "
                f"{safe_text(first.name, 60)} of {safe_text(far[0], 63)}; that copy often fails",
                fix=f"Use the address of {safe_text(far[0], 63)} to sign in, or keep machines on "
                f"{safe_text(asked, 63)}: allowedNodes: [{safe_text(asked, 63)}]",
                field=_ALLOWED,
            )
        if len(chosen) > 1 and first.is_shared and first.kind in _SHARED_FILES:
            return wrong(
                *("warn", "LT-PVE-226", f"CDs on {safe_text(first.name, 60)} may not be seen by every node at once"),
                why=f"{safe_text(first.kind, 20)} shows a new file to other nodes a moment later; "
                "a machine that starts before that fails",
                fix="Keep machines on one node, or put a local storage for ISO images before it",
                field=_ALLOWED,
            )
        return ok(said)

    async def many(self) -> CheckResult:
        name, is_chosen = await self._name()
        wish = self._look.wish
        if not is_chosen:
            return ok("linked clones take no time")
        kinds = {
            storage.kind
            for node in await self._look.machine_nodes()
            for storage in await storages(self._look, node)
            if storage.name == name
        }
        if wish.machines <= MANY or not kinds & set(LOCKING):
            return ok(f"{wish.machines} full copies")
        return wrong(
            *("warn", "LT-PVE-227", f"{wish.machines} full copies on {safe_text(name, 60)} wait for each other"),
            why="one copy at a time holds the storage's lock; the others may give up waiting and are tried again later",
            fix="Leave storage out, so that machines are linked clones; or begin with fewer machines",
            field=_FIELD,
        )

    async def _name(self) -> tuple[str, bool]:
        """The storage that disks go to, and whether the document names it."""
        if self._look.wish.storage:
            return self._look.wish.storage, True
        disk = (await template(self._look)).config.disk(BOOT_DISK)
        return (disk.storage if disk else ""), False

    async def _asked_node(self) -> str:
        """The node that answers at the address; empty where the token may not know."""
        from lattice_tui.providers.proxmox.errors import PveError

        try:
            members = rows(await self._look.get("cluster/status"))
        except PveError:
            # The row about the quorum says that it could not be asked.
            return ""
        return next((text(row, "name") for row in members if text(row, "type") == "node" and is_on(row, "local")), "")


def _no_storage(node: str) -> CheckResult:
    return wrong(
        *("fail", "LT-PVE-228", f"Proxmox shows the token no storage on {safe_text(node, 63)}"),
        why="a storage is listed for whoever has Datastore.Audit or Datastore.AllocateSpace on it",
        fix="Give the token what it lacks: the row Permissions says how",
        action="pvesm status",
        field="credentials.proxmox.token_id",
    )
