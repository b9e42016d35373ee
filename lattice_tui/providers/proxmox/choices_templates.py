"""The lists of templates, and of the Kubernetes versions that are in them."""

from __future__ import annotations

import asyncio
from typing import Final

from lattice_tui.errors import LatticeError
from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.checks.template import boots_well
from lattice_tui.providers.proxmox.errors import PveError
from lattice_tui.providers.proxmox.image_names import Image, image_of
from lattice_tui.providers.proxmox.inventory import BOOT_DISK, GuestRow, MachineConfig
from lattice_tui.providers.proxmox.site import guests, machine_config
from schemas.choices import LiveChoice, LiveChoices

VERSION: Final = "spec.provider.kubernetes.version"
MAX_READ = 40
"""Templates whose settings are read: each is a question of its own."""


async def template_list(look: Look, path: str) -> LiveChoices:
    """Best first: Kubernetes of the wanted version, then other Kubernetes, then plain images; newest number first."""
    found = await _templates(look)
    if not found:
        return LiveChoices(path, "ok", reason=await _none(look))
    configs = await asyncio.gather(*(_config(look, guest) for guest in found[:MAX_READ]))
    configs += [None] * (len(found) - len(configs))
    entries = [_entry(look, guest, config) for guest, config in zip(found, configs, strict=True)]
    entries.sort(key=lambda entry: (not entry[1].usable, entry[0], -int(entry[1].value)))
    choices = tuple(choice for _, choice in entries)
    usable = [entry for entry in entries if entry[1].usable]
    best = [choice for rank, choice in usable if rank == usable[0][0]]
    if len(usable) == 1:
        return LiveChoices(
            path, "ok", choices, usable[0][1].value, "the only template that machines can be cloned from"
        )
    if len(best) == 1 and usable[0][0] == 0:
        return LiveChoices(path, "ok", choices, best[0].value, f"it holds Kubernetes {look.wish.version}")
    reason = "" if usable else "none of them can be cloned as it is: the last column says why"
    return LiveChoices(path, "ok", choices, reason=reason)


async def version_list(look: Look) -> LiveChoices:
    """The versions that there are templates of. RKE2 brings its own, so that any will do."""
    found = await _templates(look)
    if look.wish.bootstrap == "rke2":
        return LiveChoices(VERSION, "ok", reason="RKE2 fetches the version that is written: no template limits it")
    holders: dict[str, list[GuestRow]] = {}
    for guest in found:
        if version := image_of(guest.name, guest.tags).version:
            holders.setdefault(version, []).append(guest)
    newest_first = sorted(holders, key=lambda version: tuple(map(int, version.split("."))), reverse=True)
    choices = tuple(
        LiveChoice(version, version, tuple(f"{guest.vmid} {guest.name}" for guest in holders[version][:3]))
        for version in newest_first
    )
    chosen = next((guest for guest in found if guest.vmid == look.wish.template_id), None)
    inside = image_of(chosen.name, chosen.tags).version if chosen else ""
    if inside:
        return LiveChoices(VERSION, "ok", choices, inside, "it is in the chosen template")
    return LiveChoices(VERSION, "ok", choices, reason="" if choices else "no template says which version it holds")


async def _templates(look: Look) -> tuple[GuestRow, ...]:
    return tuple(guest for guest in await guests(look) if guest.is_template and guest.kind == "qemu")


async def _none(look: Look) -> str:
    if "VM.Audit" in await look.privileges("/vms"):
        return "there is no template yet: lattice make --cluster cluster.yaml makes one"
    return "the token sees no template: it has no VM.Audit on /vms"


async def _config(look: Look, guest: GuestRow) -> MachineConfig | None:
    try:
        return await machine_config(look, guest)
    except (PveError, LatticeError):
        # Its node is down, or the token may not read it: listed without what its settings would tell.
        return None


def _entry(look: Look, guest: GuestRow, config: MachineConfig | None) -> tuple[int, LiveChoice]:
    """Rank (0 is best) and entry."""
    image, wish = image_of(guest.name, guest.tags), look.wish
    is_wanted = bool(image.version) and image.version == wish.version.partition("+")[0]
    rank = 0 if is_wanted else {"kubernetes": 1, "unknown": 2, "plain": 3}[image.kind]
    if wish.bootstrap == "rke2":
        rank = 0 if image.kind == "plain" else 1
    why = "its settings cannot be read" if config is None else boots_well(config)
    if not why and wish.source_node and guest.node != wish.source_node:
        why = f"it is on {guest.node}: choose that node first"
    usable = not why
    return rank, LiveChoice(
        str(guest.vmid), guest.name, _facts(guest, config, image), why or _remark(image, wish.bootstrap), usable
    )


def _facts(guest: GuestRow, config: MachineConfig | None, image: Image) -> tuple[str, ...]:
    facts = [f"on {guest.node}"]
    facts += [{"kubernetes": f"Kubernetes {image.version}".strip(), "plain": "plain", "unknown": ""}[image.kind]]
    disk = config.disk(BOOT_DISK) if config else None
    facts += [f"{disk.size_gib:g} GiB on {disk.storage}"] if disk else []
    facts += ["agent"] if config and config.has_agent else []
    return tuple(fact for fact in facts if fact)


def _remark(image: Image, bootstrap: str) -> str:
    if image.kind == "plain" and bootstrap == "kubeadm":
        return "no Kubernetes in it: it takes RKE2"
    return ""
