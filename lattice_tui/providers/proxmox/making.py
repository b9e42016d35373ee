"""What can be made for the person in Proxmox: a VM template of Ubuntu's cloud image, through the API alone.

The image is fetched by Proxmox itself, with its checksum, and a machine is made of it. For RKE2 it is converted as it
is; for kubeadm it boots once before that, reads from a small CD what to install, and switches itself off.
Sources: pve-docs api-viewer (download-url, upload, import-from), CAPMOX (boot order, agent, no cloud-init drive of its
own: one on local storage would tie every clone to that node).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.proxmox.answers import table, text
from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError, PveRefusedError
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.providers.proxmox.image_names import image_of
from lattice_tui.providers.proxmox.making_boot import REHEARSED, Pace, stop, switched_off
from lattice_tui.providers.proxmox.making_image import checksum_of, cloud_image
from lattice_tui.providers.proxmox.making_plan import DISK_GIB, MARK, Plan, check_may, plan_of
from lattice_tui.providers.proxmox.making_seed import Kubernetes, kubernetes_of, seed_of
from lattice_tui.providers.proxmox.making_task import GONE, could_not, finished
from lattice_tui.providers.proxmox.mirrors import Mirrors, mirrors_of
from lattice_tui.providers.proxmox.site import guests
from lattice_tui.providers.proxmox.wish import ProxmoxWish
from lattice_tui.secrets import Secret
from schemas.problem import Problem

TEMPLATE_KIND, IMAGE_KIND, SEED_KIND = "VM template", "downloaded image", "CD with first settings"


async def makings(
    params: Mapping[str, str],
    secrets: Mapping[str, Secret],
    *,
    pace: Pace | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[Making, ...]:
    """The template that the bootstrap wants, offered even where there are others. `environ` may name mirrors.

    Raises LatticeError when nobody can sign in, or there is no place for it.
    """
    look = Look(ProxmoxWish.from_params(params), secrets)
    await look.version()
    # What is simulated knows the makers' own addresses alone.
    mirrors = Mirrors() if look.wish.simulated else mirrors_of(environ)
    kubernetes = None if look.wish.bootstrap == "rke2" else kubernetes_of(_version(look.wish), mirrors.packages)
    plan = await plan_of(look, cloud_image(mirrors.images), kubernetes)
    chosen_pace = pace or (REHEARSED if look.wish.simulated else Pace())
    title = f"Make a VM template from {plan.image.title}"
    size_gib, whose = (4, "it is for RKE2") if kubernetes is None else (DISK_GIB, "it is for kubeadm")
    made = Making(
        id="template",
        title=title if kubernetes is None else f"{title} with Kubernetes {kubernetes.version}",
        will=(
            f"{plan.node} fetches {plan.image.url} into {plan.images}, and compares its checksum",
            f"VM {plan.vmid} {plan.name} is made of it on {plan.disks}: virtio, boot order=scsi0, agent on",
            *(() if kubernetes is None else _boot_words(plan, kubernetes)),
            f"it is converted: qm template {plan.vmid}",
        ),
        changes=f"one template of {size_gib} GiB on {plan.disks}, and its image of 0.6 GiB on {plan.images}; {whose}",
        undo_words=f"qm destroy {plan.vmid}; then remove {plan.volume}",
        make=lambda: _make(look, plan, chosen_pace),
        field=f"{BLOCK}.templateId",
        missing=await _missing(look, kubernetes),
    )
    return (made,)


async def undo(
    thing: MadeThing, params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> AsyncGenerator[MakingNews, None]:
    """Remove it, once it is certain that it is what was made. Raises LatticeError; gone already is no error."""
    look = Look(ProxmoxWish.from_params(params), secrets)
    if thing.kind in (IMAGE_KIND, SEED_KIND):
        path = _volume_path(thing.where, thing.id)
    else:
        path = f"nodes/{part(thing.where)}/qemu/{part(thing.id)}"
        if not await _is_ours(look, path, thing):
            yield MakingNews(f"{thing.kind} {thing.name} was gone already")
            return
    yield MakingNews(f"removing the {thing.kind} {thing.name}")
    try:
        if thing.kind == TEMPLATE_KIND:
            # It is on where it never came to the end of its one boot.
            await finished(look, thing.where, await stop(look, thing.where, thing.id))
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


async def _make(look: Look, plan: Plan, pace: Pace) -> AsyncGenerator[MakingNews, None]:
    await check_may(look, plan)
    digest = await checksum_of(plan.image, is_simulated=look.wish.simulated)
    try:
        for work in (
            _fetch(look, plan, digest),
            _seed(look, plan),
            _machine(look, plan),
            _boot(look, plan, pace),
        ):
            async with aclosing(work) as told:
                async for news in told:
                    yield news
        yield MakingNews("converting it to a template")
        path = f"nodes/{part(plan.node)}/qemu/{plan.vmid}/template"
        await finished(look, plan.node, await look.client.send("POST", path, {}))
    except PveError as error:
        raise could_not("The template could not be made", error) from error
    bootstrap = "rke2" if plan.kubernetes is None else "kubeadm"
    yield MakingNews(f"template {plan.vmid} {plan.name} is there: sourceNode {plan.node}, bootstrap {bootstrap}")


async def _fetch(look: Look, plan: Plan, digest: str) -> AsyncGenerator[MakingNews, None]:
    yield MakingNews(f"{plan.node} fetches {plan.image.url}")
    asked: dict[str, str | int] = {
        "content": "import",
        "filename": plan.image.file,
        "url": plan.image.url,
        "checksum": digest,
        "checksum-algorithm": "sha256",
    }
    path = f"nodes/{part(plan.node)}/storage/{part(plan.images)}/download-url"
    upid = await look.client.send("POST", path, asked)
    # Even a download that breaks may leave something there.
    yield MakingNews("being fetched", _thing(look, plan, IMAGE_KIND, plan.volume, plan.image.file))
    await finished(look, plan.node, upid)


async def _seed(look: Look, plan: Plan) -> AsyncGenerator[MakingNews, None]:
    """Put the CD there that the machine reads on its one boot; nothing for a plain template."""
    if plan.kubernetes is None:
        return
    content = seed_of(plan.kubernetes, plan.network, plan.name)
    path = f"nodes/{part(plan.node)}/storage/{part(plan.seeds)}/upload"
    upid = await look.client.upload(path, "iso", plan.seed_file, content)
    thing = _thing(look, plan, SEED_KIND, plan.seed, plan.seed_file)
    yield MakingNews(f"a CD with what to install is on {plan.seeds}", thing)
    await finished(look, plan.node, upid)


async def _machine(look: Look, plan: Plan) -> AsyncGenerator[MakingNews, None]:
    yield MakingNews(f"making VM {plan.vmid} of it on {plan.disks}")
    upid = await look.client.send("POST", f"nodes/{part(plan.node)}/qemu", plan.settings)
    thing = _thing(look, plan, TEMPLATE_KIND, str(plan.vmid), plan.name)
    yield MakingNews(f"VM {plan.vmid} {plan.name} is being made", thing)
    await finished(look, plan.node, upid)


async def _boot(look: Look, plan: Plan, pace: Pace) -> AsyncGenerator[MakingNews, None]:
    """Let it install Kubernetes and switch itself off, then take the CD away; nothing for a plain template."""
    if plan.kubernetes is None:
        return
    base = f"nodes/{part(plan.node)}/qemu/{plan.vmid}"
    size = {"disk": "scsi0", "size": f"{DISK_GIB}G"}
    await finished(look, plan.node, await look.client.send("PUT", f"{base}/resize", size))
    yield MakingNews(f"VM {plan.vmid} is switched on, to install Kubernetes {plan.kubernetes.version} in it")
    await finished(look, plan.node, await look.client.send("POST", f"{base}/status/start", {}))
    async with aclosing(switched_off(look, plan.node, plan.vmid, pace)) as steps:
        async for step in steps:
            yield MakingNews(f"it says: {step}")
    yield MakingNews("it is off; the CD is taken away")
    await finished(look, plan.node, await look.client.send("POST", f"{base}/config", {"delete": "ide2"}))
    gone = await look.client.send("DELETE", _volume_path(plan.node, plan.seed), {})
    await finished(look, plan.node, gone)
    yield MakingNews("the CD is gone", _thing(look, plan, SEED_KIND, plan.seed, plan.seed_file), is_gone=True)


def _thing(look: Look, plan: Plan, kind: str, its_id: str, name: str) -> MadeThing:
    return MadeThing("template", "proxmox", kind, its_id, name, plan.node, (("token", look.wish.token_id),))


def _volume_path(node: str, volume: str) -> str:
    return f"nodes/{part(node)}/storage/{part(volume.partition(':')[0])}/content/{part(volume)}"


def _version(wish: ProxmoxWish) -> str:
    """The one that is asked for, else the one that is proposed."""
    from lattice_tui.document.pins import pins  # reads a file

    return wish.version or pins().kubernetes.proposed["proxmox"]


def _boot_words(plan: Plan, kubernetes: Kubernetes) -> tuple[str, ...]:
    address = f"with the address {plan.network.address}" if plan.network else "with an address of your network's DHCP"
    return (
        f"a CD with what to install is put on {plan.seeds}, and taken away again",
        f"it boots once, {address}: guest agent and containerd of Ubuntu's packages, kubeadm, kubelet and kubectl of"
        f" {kubernetes.packages}; then it switches itself off",
    )


async def _missing(look: Look, kubernetes: Kubernetes | None) -> str:
    """Why it is needed; empty where there is one that fits, or that may fit as far as its name tells."""
    found = [guest for guest in await guests(look) if guest.is_template and guest.kind == "qemu"]
    if kubernetes is None:
        return "" if found else "Proxmox has no template that the token may see"
    for guest in found:
        image = image_of(guest.name, guest.tags)
        is_chosen = guest.vmid == look.wish.template_id and image.kind != "plain" and not image.version
        if image.version == kubernetes.version or is_chosen:
            return ""
    return f"Proxmox has no template with Kubernetes {kubernetes.version} that the token may see"
