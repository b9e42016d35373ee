"""P13 to P16, P26, P27: the template that every machine is cloned from, and where clones of it can be made.

Sources: CAPMOX (cloud-init is injected at ide0 and put into the boot order), go-proxmox CloudInit, qemu-server
(what the boot order may say, when a clone may go to another node).
"""

from __future__ import annotations

from collections.abc import Iterator

from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.answers import is_on, table
from lattice_tui.providers.proxmox.checks.look import NODES, SIGN_IN, Look, check, not_chosen, ok, unknown, wrong
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.image_names import Image, image_of
from lattice_tui.providers.proxmox.inventory import BOOT_DISK, GuestRow, MachineConfig
from lattice_tui.providers.proxmox.site import Template, guests, storages, template, templates_wanted
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

TEMPLATE = "proxmox-template"
INJECTED = "ide0"
"""Where CAPMOX puts the CD with a machine's first settings."""
_ID, _NODE, _ALLOWED = f"{BLOCK}.templateId", f"{BLOCK}.sourceNode", f"{BLOCK}.allowedNodes"
_PLACE = ("template_id", "template_tags", "source_node")


def checks(look: Look) -> tuple[Check, ...]:
    """The rows of the template."""
    rows = _Template(look)
    clones = (*_PLACE, "storage", "allowed_nodes")
    of_it = (TEMPLATE, NODES)
    disk = check(look, "proxmox-template-disk", "Disk of template", rows.disk, *of_it, inputs=(*_PLACE, "groups"))
    image = check(
        look, "proxmox-template-image", "What is in the template", rows.image, *of_it,
        inputs=(*_PLACE, "bootstrap", "version"),
    )  # fmt: skip
    return (
        check(look, TEMPLATE, "Template", rows.there, SIGN_IN, inputs=_PLACE),
        check(look, "proxmox-template-boot", "Boot order of template", rows.boot, *of_it, inputs=_PLACE),
        disk,
        check(look, "proxmox-template-network", "Network card of template", rows.nics, *of_it, inputs=_PLACE),
        check(look, "proxmox-template-agent", "Guest agent", rows.agent, *of_it, inputs=_PLACE),
        image,
        check(look, "proxmox-template-lock", "Lock on template", rows.lock, *of_it, inputs=_PLACE),
        check(look, "proxmox-clone", "Cloning the template", rows.clone, *of_it, inputs=clones),
        check(look, "proxmox-clone-nodes", "Clones on every node", rows.nodes, *of_it, inputs=clones),
    )


class _Template:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def there(self) -> CheckResult:
        wish = self._look.wish
        if wish.template_id is None and not wish.template_tags:
            return not_chosen("Template")
        found = await templates_wanted(self._look)
        if not found:
            return await self._absent()
        if len(found) > 1:
            return _several(found, wish.template_tags)
        guest = found[0]
        is_elsewhere = wish.source_node and not wish.template_tags and guest.node != wish.source_node
        # A node that does not exist is told by the row of the nodes.
        if is_elsewhere and wish.source_node in await self._look.node_names():
            return _elsewhere(guest, wish.source_node)
        return ok(f"{_called(guest)} on {safe_text(guest.node, 63)}")

    async def _absent(self) -> CheckResult:
        wish = self._look.wish
        wanted = (
            f"number {wish.template_id}" if wish.template_id else f"tags {safe_text(', '.join(wish.template_tags), 60)}"
        )
        path = f"/vms/{wish.template_id}" if wish.template_id else "/vms"
        if "VM.Audit" not in await self._look.privileges(path):
            return wrong(
                *("fail", "LT-PVE-200", f"Proxmox shows the token no template with {wanted}"),
                why=f"the token has no VM.Audit on {path}: it is not there, or the token may not see it",
                fix="Give the token VM.Audit: the row Permissions says how; then look again",
                field=_ID,
            )
        plain = next((guest for guest in await guests(self._look) if guest.vmid == wish.template_id), None)
        if plain is not None:
            return wrong(
                *("fail", "LT-PVE-200", f"{_called(plain)} is a virtual machine, not a template"),
                why="machines are cloned from a template, which nobody can start or change by accident",
                fix=f"Convert it: in its menu Convert to template; on its node: qm template {plain.vmid}",
                action=f"qm template {plain.vmid}",
                field=_ID,
            )
        others = [_called(guest) for guest in await guests(self._look) if guest.is_template]
        return wrong(
            *("fail", "LT-PVE-200", f"Proxmox has no template with {wanted}"),
            why=f"there are: {', '.join(others[:6])}" if others else "there is no template at all",
            fix=f"Write templateId: {others[0].split()[0]}" if others else "Make one: the guide says how",
            field=_ID if wish.template_id else f"{BLOCK}.templateTags",
            action_id="make-template",
        )

    async def boot(self) -> CheckResult:
        place = await template(self._look)
        boot, order = safe_text(place.config.boot, 80), place.config.boot.removeprefix("order=").split(";")
        if place.config.boot.startswith("order=") and BOOT_DISK in order:
            return ok(boot)
        return wrong(
            *("fail", "LT-PVE-203", f"The template boots by {boot or 'nothing that is written'}, not from {BOOT_DISK}"),
            why=f"a CD is added to the boot order of each machine; Proxmox then refuses {boot or ''};{INJECTED}",
            fix=f"On {safe_text(place.guest.node, 63)}: qm set {place.guest.vmid} --boot order={BOOT_DISK}",
            action=f"qm set {place.guest.vmid} --boot order={BOOT_DISK}",
            field=_ID,
            evidence=f"boot: {boot}" if boot else "",
        )

    async def disk(self) -> CheckResult:
        place = await template(self._look)
        disk, vmid = place.config.disk(BOOT_DISK), place.guest.vmid
        if disk is None or disk.is_cd:
            keys = ", ".join(one.key for one in place.config.disks if not one.is_cd)
            return wrong(
                *("fail", "LT-PVE-204", f"The template has no disk {BOOT_DISK}"),
                why=f"that disk is grown to the size that you ask for; it has {keys or 'none'}",
                fix=f"Detach the disk and attach it as SCSI 0, then: qm set {vmid} --boot order={BOOT_DISK}",
                field=_ID,
            )
        if place.config.disk(INJECTED) is not None:
            return wrong(
                *("fail", "LT-PVE-208", f"The template has a drive at {INJECTED} already"),
                why="each machine gets a CD with its first settings there",
                fix=f"On {safe_text(place.guest.node, 63)}: qm set {vmid} --delete {INJECTED}; a drive can go to ide2",
                action=f"qm set {vmid} --delete {INJECTED}",
                field=_ID,
            )
        small = [group for group in self._look.wish.groups if 0 < group.disk_gib < disk.size_gib]
        if small:
            size = f"{disk.size_gib:g}"
            return wrong(
                *("fail", "LT-PVE-214", f"The template's disk has {size} GiB, {small[0].disk_gib} GiB are asked for"),
                why=f"a disk can grow, never shrink ({', '.join(safe_text(group.role, 63) for group in small)})",
                fix=f"Ask for at least {size}",
                field=f"{BLOCK}.{'cpDiskSizeGb' if small[0] is self._look.wish.groups[0] else 'workerDiskSizeGb'}",
            )
        return ok(f"{BOOT_DISK}, {disk.size_gib:g} GiB on {safe_text(disk.storage, 60)}")

    async def nics(self) -> CheckResult:
        place = await template(self._look)
        vmid, nics = place.guest.vmid, place.config.nics
        if not any(nic.key == "net0" for nic in nics):
            bridge = self._look.wish.bridge or "vmbr0"
            return wrong(
                *("fail", "LT-PVE-205", "The template has no network card net0"),
                why="machines get their address on it",
                fix=f"On {safe_text(place.guest.node, 63)}: qm set {vmid} --net0 virtio,bridge={safe_text(bridge, 40)}",
                action=f"qm set {vmid} --net0 virtio,bridge={safe_text(bridge, 40)}",
                field=_ID,
            )
        other = [nic for nic in nics if nic.model != "virtio"]
        if other:
            said = ", ".join(f"{nic.key} {safe_text(nic.model or 'unknown', 20)}" for nic in nics)
            return wrong(
                *("warn", "LT-PVE-206", "A network card of the template is not virtio"),
                why=f"with {said} cards may be named in another order, and a machine takes the wrong address",
                fix=f"On {safe_text(place.guest.node, 63)}: qm set {vmid} --{other[0].key} virtio,bridge="
                f"{safe_text(other[0].bridge or 'vmbr0', 40)}",
                field=_ID,
            )
        return ok(f"{len(nics)} virtio" if len(nics) > 1 else f"net0, virtio, {safe_text(nics[0].bridge, 40)}")

    async def agent(self) -> CheckResult:
        place = await template(self._look)
        if place.config.has_agent:
            inside = "that it is installed in the image can only be seen in a machine that runs"
            return ok("switched on in the template", why=inside)
        return wrong(
            *("warn", "LT-PVE-207", "The guest agent is switched off in the template"),
            why="machines count as ready when their agent answers; without it they are waited for in vain",
            fix=f"On {safe_text(place.guest.node, 63)}: qm set {place.guest.vmid} --agent 1; "
            "and have qemu-guest-agent in the image",
            action=f"qm set {place.guest.vmid} --agent 1",
            field=_ID,
        )

    async def image(self) -> CheckResult:
        place, wish = await template(self._look), self._look.wish
        image = image_of(place.guest.name, place.guest.tags)
        name = safe_text(place.guest.name, 60)
        if wish.bootstrap == "rke2":
            return ok("RKE2 brings what it needs", why=f"{name} needs a way to the internet, and no Kubernetes")
        if image.kind == "plain":
            return wrong(
                *("fail", "LT-PVE-210", "A plain cloud image has no Kubernetes in it, and kubeadm needs it"),
                why=f"the template is called {name}; with kubeadm the image holds containerd, kubeadm and kubelet",
                fix="Take RKE2: bootstrap: rke2; or a template with Kubernetes in it",
                field="spec.provider.kubernetes.bootstrap",
                action_id="make-template",
            )
        if image.kind == "unknown":
            return wrong(
                *("warn", "LT-PVE-211", "It cannot be seen whether the template has Kubernetes in it"),
                why=f"{name} does not say so; going on with a plain image, no machine joins the cluster",
                fix="Name it after what it holds, for example ubuntu-2404-kube-v1.35.5; or take bootstrap: rke2",
                field="spec.provider.kubernetes.bootstrap",
            )
        return _fits_version(image, wish.version, name)

    async def lock(self) -> CheckResult:
        place = await template(self._look)
        if place.config.lock:
            return wrong(
                *("fail", "LT-PVE-213", f"The template is locked ({safe_text(place.config.lock, 30)})"),
                why="something is being done with it, or was broken off: Proxmox clones nothing until it is unlocked",
                fix=f"Wait for the task to end; if there is none, on its node: qm unlock {place.guest.vmid}",
                action=f"qm unlock {place.guest.vmid}",
                field=_ID,
            )
        if place.config.cicustom:
            return wrong(
                *("warn", "LT-PVE-209", "The template has cloud-init files of its own (cicustom)"),
                why="machines inherit them, and they may take the place of the settings that make it join",
                fix=f"On {safe_text(place.guest.node, 63)}: qm set {place.guest.vmid} --delete cicustom",
                action=f"qm set {place.guest.vmid} --delete cicustom",
                field=_ID,
            )
        return ok("none")

    async def clone(self) -> CheckResult:
        place, kind = await template(self._look), self._kind
        answer = await self._feature(place, "copy" if self._look.wish.storage else "clone")
        if is_on(answer, "hasFeature"):
            return ok(f"{kind} can be made")
        disk = place.config.disk(BOOT_DISK)
        return wrong(
            *("fail", "LT-PVE-220", f"Proxmox cannot make {kind} of this template"),
            why=f"its storage {safe_text(disk.storage if disk else '', 60)} cannot share a disk among machines",
            fix="Name a storage for full copies: storage: local-lvm",
            field=f"{BLOCK}.storage",
        )

    async def nodes(self) -> CheckResult:
        place, wanted = await template(self._look), await self._look.machine_nodes()
        home = place.guest.node
        others = [node for node in wanted if node != home]
        if not others:
            return ok(f"all on {safe_text(home, 63)}, where the template is")
        answer = await self._feature(place, "copy" if self._look.wish.storage else "clone")
        if "nodes" not in answer:
            return unknown("Proxmox does not say where clones can be made")
        reached = answer["nodes"] if isinstance(answer["nodes"], list) else []
        local = await self._local_storages(place)
        missing = [node for node in others if node not in reached or self._look.wish.storage in local]
        if not missing:
            return ok(f"{len(wanted)} nodes: {safe_text(', '.join(wanted), 80)}")
        volumes = [disk.key for disk in place.config.disks if disk.storage in local]
        return wrong(
            *("fail", "LT-PVE-221", f"No clone can be made on {safe_text(', '.join(missing), 60)}"),
            why=f"{', '.join(volumes) or 'the chosen storage'} is on storage of {safe_text(home, 63)} alone, "
            "and a CD or cloud-init drive counts too",
            fix=f"Keep all machines on one node: allowedNodes: [{safe_text(home, 63)}]; "
            "or move every drive of the template to storage that the nodes share",
            field=_ALLOWED,
            evidence=f"reached by: {safe_text(', '.join(map(str, reached)), 120)}",
        )

    @property
    def _kind(self) -> str:
        return "full copies" if self._look.wish.storage else "linked clones"

    async def _feature(self, place: Template, feature: str) -> dict[str, object]:
        path = f"nodes/{part(place.guest.node)}/qemu/{place.guest.vmid}/feature"
        return dict(table(await self._look.get(path, {"feature": feature})))

    async def _local_storages(self, place: Template) -> set[str]:
        return {storage.name for storage in await storages(self._look, place.guest.node) if not storage.is_shared}


def _several(found: tuple[GuestRow, ...], tags: tuple[str, ...]) -> CheckResult:
    return wrong(
        *("fail", "LT-PVE-202", f"{len(found)} templates have the tags {safe_text(', '.join(tags), 50)}"),
        why="machines are cloned from exactly one: "
        + ", ".join(f"{_called(one)} on {safe_text(one.node, 40)}" for one in found),
        fix="Give one of them a tag of its own, and name that; or name one by templateId and sourceNode",
        field=f"{BLOCK}.templateTags",
    )


def _elsewhere(guest: GuestRow, said: str) -> CheckResult:
    node = safe_text(guest.node, 63)
    return wrong(
        *("fail", "LT-PVE-201", f"The template {guest.vmid} is on {node}, not on {safe_text(said, 63)}"),
        why="it is looked for on the node that is written, and nowhere else; capitals count",
        fix=f"Write sourceNode: {node}",
        field=_NODE,
    )


def _fits_version(image: Image, wanted: str, name: str) -> CheckResult:
    inside, asked = image.version, wanted.partition("+")[0]
    if not inside or not asked:
        return ok(f"Kubernetes, as its name says: {name}")
    if inside == asked:
        return ok(f"Kubernetes {inside}")
    is_minor = list(_numbers(inside))[:2] != list(_numbers(asked))[:2]
    return wrong(
        "fail" if is_minor else "warn",
        "LT-PVE-212",
        f"The template holds Kubernetes {safe_text(inside, 20)}, and {safe_text(asked, 20)} is asked for",
        why="kubeadm in the image sets up its own version; another one than asked for may not come up",
        fix=f'Ask for what is in it: version: "{safe_text(inside, 20)}"; or take another template',
        field="spec.provider.kubernetes.version",
    )


def _numbers(version: str) -> Iterator[int]:
    return (int(number) for number in version.split(".") if number.isdecimal())


def _called(guest: GuestRow) -> str:
    return f"{guest.vmid} {safe_text(guest.name, 50)}".strip()


def boots_well(config: MachineConfig) -> str:
    """Why machines cannot be cloned from this; empty when they can. For lists to choose from."""
    if config.lock:
        return f"locked: {config.lock}"
    if not config.boot.startswith("order=") or BOOT_DISK not in config.boot.removeprefix("order=").split(";"):
        return f"boot order is not order={BOOT_DISK}"
    if config.disk(BOOT_DISK) is None:
        return f"no disk {BOOT_DISK}"
    if config.disk(INJECTED) is not None:
        return f"a drive at {INJECTED} already"
    return "" if any(nic.key == "net0" for nic in config.nics) else "no network card"
