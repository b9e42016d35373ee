"""What can be made for the person in Proxmox: a VM template of Ubuntu's cloud image, through the API alone.

The image is fetched by Proxmox itself, with its checksum; a machine is made of it and converted. It carries no
Kubernetes: it is for RKE2. Sources: pve-docs api-viewer (download-url, import-from), CAPMOX (boot order, agent, no
cloud-init drive of its own: one on local storage would tie every clone to that node).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.proxmox.answers import table, text
from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError, PveRefusedError
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.inventory import StorageRow
from lattice_tui.providers.proxmox.making_image import CloudImage, checksum_of, image_of_params
from lattice_tui.providers.proxmox.making_task import GONE, could_not, finished
from lattice_tui.providers.proxmox.site import guests, storages
from lattice_tui.providers.proxmox.wish import ProxmoxWish
from lattice_tui.secrets import Secret
from schemas.problem import Problem

TEMPLATE_KIND, IMAGE_KIND = "VM template", "downloaded image"
FIRST_ID: Final = 9000
MARK: Final = "lattice-template"
"""Tag of what was made here: undoing removes nothing without it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything goes."""

    node: str
    images: str
    """Storage that the image is fetched into."""
    disks: str
    vmid: int
    bridge: str
    image: CloudImage

    @property
    def volume(self) -> str:
        return f"{self.images}:import/{self.image.file}"

    @property
    def settings(self) -> dict[str, str | int]:
        """Of the machine that becomes the template."""
        return {
            "vmid": self.vmid,
            "name": self.image.name,
            "memory": 2048,
            "cores": 2,
            "cpu": "x86-64-v2-AES",
            "ostype": "l26",
            "scsihw": "virtio-scsi-single",
            "scsi0": f"{self.disks}:0,import-from={self.volume},discard=on,iothread=1",
            "boot": "order=scsi0",
            "net0": f"virtio,bridge={self.bridge}",
            "serial0": "socket",
            "agent": "1",
            "onboot": 1,
            "tags": f"{MARK};plain",
        }

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Privileges by path."""
        machine = ("Disk", "CPU", "Memory", "Network", "Options", "HWType")
        return {
            f"/nodes/{self.node}": ("Sys.AccessNetwork",),
            f"/storage/{self.images}": ("Datastore.AllocateTemplate",),
            f"/storage/{self.disks}": ("Datastore.AllocateSpace",),
            f"/vms/{self.vmid}": ("VM.Allocate", *(f"VM.Config.{name}" for name in machine)),
        }


async def makings(params: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Making, ...]:
    """The template, offered even where there are others. Raises LatticeError when nobody can sign in."""
    look = Look(ProxmoxWish.from_params(params), secrets)
    await look.version()
    plan = await _plan(look, image_of_params(params))
    has_one = any(guest.is_template and guest.kind == "qemu" for guest in await guests(look))
    made = Making(
        id="template",
        title=f"Make a VM template from {plan.image.title}",
        will=(
            f"{plan.node} fetches {plan.image.url} into {plan.images}, and compares its checksum",
            f"VM {plan.vmid} {plan.image.name} is made of it on {plan.disks}: virtio, boot order=scsi0, agent on",
            f"it is converted: qm template {plan.vmid}",
        ),
        changes=f"one template of 4 GiB on {plan.disks}, and its image of 0.6 GiB on {plan.images}; it is for RKE2",
        undo_words=f"qm destroy {plan.vmid}; then remove {plan.volume}",
        make=lambda: _make(look, plan),
        field=f"{BLOCK}.templateId",
        missing="" if has_one else "Proxmox has no template that the token may see",
    )
    return (made,)


async def undo(
    thing: MadeThing, params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> AsyncGenerator[MakingNews, None]:
    """Remove it, once it is certain that it is what was made. Raises LatticeError; gone already is no error."""
    look = Look(ProxmoxWish.from_params(params), secrets)
    if thing.kind == IMAGE_KIND:
        storage = thing.id.partition(":")[0]
        path = f"nodes/{part(thing.where)}/storage/{part(storage)}/content/{part(thing.id)}"
    else:
        path = f"nodes/{part(thing.where)}/qemu/{part(thing.id)}"
        if not await _is_ours(look, path, thing):
            yield MakingNews(f"{thing.kind} {thing.name} was gone already")
            return
    yield MakingNews(f"removing the {thing.kind} {thing.name}")
    try:
        await finished(look, thing.where, await look.client.send("DELETE", path, {}))
    except PveRefusedError as error:
        if not any(words in error.reason for words in GONE):
            raise could_not(f"The {thing.kind} {thing.name} could not be removed", error) from error


async def _is_ours(look: Look, path: str, thing: MadeThing) -> bool:
    """False when it has gone. Raises LatticeError when that number is somebody else's by now."""
    try:
        config = table(await look.client.get(f"{path}/config"))
    except PveRefusedError as error:
        if any(words in error.reason for words in GONE):
            return False
        raise
    tags = text(config, "tags").replace(",", ";").split(";")
    if text(config, "name") == thing.name and MARK in tags:
        return True
    problem = Problem(
        "LT-PVE-263",
        f"VM {thing.id} is not the template that was made: nothing is removed",
        "Look at it in Proxmox, and remove it there if you want to",
        detail="Proxmox gives a number away again once it is free; name and tags have to be those that were given.",
        check=f"qm config {thing.id}",
    )
    raise LatticeError(problem, ExitCode.PERMISSION)


async def _make(look: Look, plan: _Plan) -> AsyncGenerator[MakingNews, None]:
    await _may(look, plan)
    digest = await checksum_of(plan.image)
    yield MakingNews(f"{plan.node} fetches {plan.image.url}")
    extra = (("token", look.wish.token_id),)
    image = MadeThing("template", "proxmox", IMAGE_KIND, plan.volume, plan.image.file, plan.node, extra)
    asked: dict[str, str | int] = {
        "content": "import",
        "filename": plan.image.file,
        "url": plan.image.url,
        "checksum": digest,
        "checksum-algorithm": "sha256",
    }
    base = f"nodes/{part(plan.node)}"
    try:
        upid = await look.client.send("POST", f"{base}/storage/{part(plan.images)}/download-url", asked)
        # Even a download that breaks may leave something there.
        yield MakingNews("being fetched", image)
        await finished(look, plan.node, upid)
        yield MakingNews(f"making VM {plan.vmid} of it on {plan.disks}")
        upid = await look.client.send("POST", f"{base}/qemu", plan.settings)
        machine = MadeThing("template", "proxmox", TEMPLATE_KIND, str(plan.vmid), plan.image.name, plan.node, extra)
        yield MakingNews(f"VM {plan.vmid} {plan.image.name} is being made", machine)
        await finished(look, plan.node, upid)
        yield MakingNews("converting it to a template")
        await finished(look, plan.node, await look.client.send("POST", f"{base}/qemu/{plan.vmid}/template", {}))
    except PveError as error:
        raise could_not("The template could not be made", error) from error
    yield MakingNews(f"template {plan.vmid} {plan.image.name} is there: sourceNode {plan.node}, bootstrap rke2")


async def _plan(look: Look, image: CloudImage) -> _Plan:
    """Raises LatticeError when there is no place for it."""
    wish = look.wish
    online = [node.name for node in await look.nodes() if node.is_online]
    node = wish.source_node if wish.source_node in online else next(iter(online), "")
    there = [storage for storage in await storages(look, node) if storage.is_active] if node else []
    images = next((storage.name for storage in there if storage.takes("import")), "")
    if not images:
        raise LatticeError(_no_import(node), ExitCode.CAPACITY)
    disks = [storage for storage in there if storage.takes("images")]
    if not disks:
        problem = Problem(
            "LT-PVE-222", f"{node} has no storage for disks", "Datacenter > Storage: tick Disk image at one of them"
        )
        raise LatticeError(problem, ExitCode.CAPACITY)
    vmid = await _free_id(look)
    return _Plan(node, images, _best(disks, wish.storage), vmid, wish.bridge or "vmbr0", image)


def _best(disks: list[StorageRow], wished: str) -> str:
    """The one that is named; else a shared one, which reaches every node; else the one with most room."""
    named = next((storage.name for storage in disks if storage.name == wished), "")
    return named or max(disks, key=lambda storage: (storage.is_shared, storage.free_bytes)).name


async def _free_id(look: Look) -> int:
    for vmid in range(FIRST_ID, FIRST_ID + 100):
        try:
            await look.get("cluster/nextid", {"vmid": vmid})
        except PveRefusedError as error:
            if error.status != 400:
                raise
        else:
            return vmid
    return int(await look.get("cluster/nextid"))


async def _may(look: Look, plan: _Plan) -> None:
    """Raises LatticeError that names every privilege that is missing, before anything is made."""
    lacking = []
    for path, wanted in plan.needs.items():
        held = await look.privileges(path)
        missing = [name for name in wanted if name not in held]
        if missing:
            lacking.append(f"{path}: {' '.join(missing)}")
    if lacking:
        problem = Problem(
            "LT-PVE-261",
            "The token may not make a template",
            f"Give it these privileges too: {'; '.join(lacking)}",
            detail="Fetching an image into a storage is a right of its own: PVEAdmin does not have it.",
            check="pveum role add LatticeImage --privs Sys.AccessNetwork",
        )
        raise LatticeError(problem, ExitCode.PERMISSION)


def _no_import(node: str) -> Problem:
    return Problem(
        "LT-PVE-260",
        f"{node or 'Proxmox'} has no storage that images can be imported from",
        "Datacenter > Storage > local > Content: tick Import (Proxmox VE 8.4 and later); or make the template by hand",
        detail="Proxmox fetches the image into a storage whose content names Import.",
        check="pvesm set local --content iso,vztmpl,backup,import",
    )
