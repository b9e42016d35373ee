"""Pick-lists of flavors: what machines have, smallest that fits first; graphics cards and bare metal after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.providers.openstack.listing import Listing, shown
from lattice_tui.providers.openstack.session import CloudError
from schemas.choices import LiveChoice, LiveChoices

_MIB_PER_GIB: Final = 1024
_GOOD_DISK_GIB: Final = 40
"""The system, the images of Kubernetes and of applications, and room for logs."""


@dataclass(frozen=True, slots=True)
class _Role:
    """What a machine of a role needs at least, and what is comfortable."""

    name: str
    least_vcpus: int
    least_mib: int
    good_vcpus: int
    good_mib: int
    reason: str


_CONTROL_PLANE: Final = _Role(
    "the control plane", 2, 4096, 4, 8192, "the smallest with room for etcd, the API server and the controllers"
)
_WORKER: Final = _Role("a worker", 1, 2048, 2, 4096, "the smallest with room for a few applications")


async def control_plane_flavor_list(listing: Listing, path: str) -> LiveChoices:
    """Flavors for the control plane."""
    return await _flavors(listing, path, _CONTROL_PLANE, listing.wish.cp_volume_gib)


async def worker_flavor_list(listing: Listing, path: str) -> LiveChoices:
    """Flavors for workers."""
    return await _flavors(listing, path, _WORKER, listing.wish.worker_volume_gib)


async def _flavors(listing: Listing, path: str, role: _Role, volume_gib: int) -> LiveChoices:
    flavors = sorted(
        await listing.flavors(), key=lambda one: (_special(one) != "", one.vcpus, one.ram, one.disk, one.name)
    )
    least_mib, least_gib = await _image_needs(listing)
    found = [(one, _why_not(one, role, volume_gib, least_mib, least_gib)) for one in flavors]
    choices = [
        LiveChoice(one.name, shown(one.name), _facts(one), why or _remark(one, volume_gib), not why)
        for one, why in found
    ]
    usual = [one for one, why in found if not why and not _special(one)]
    with_disk = [one for one in usual if volume_gib or one.disk >= _GOOD_DISK_GIB]
    good = [one for one in with_disk if one.vcpus >= role.good_vcpus and one.ram >= role.good_mib]
    if good:
        return listing.listed(path, choices, proposed=good[0].name, reason=role.reason)
    if with_disk:
        return listing.listed(path, choices, proposed=with_disk[-1].name, reason="the largest that there is")
    if not flavors:
        return listing.listed(path, choices, reason="The project sees no flavors: ask whoever runs the cloud.")
    words = f"No flavor has enough for {role.name} and a disk of {_GOOD_DISK_GIB} GiB: set a root volume, or choose."
    return listing.listed(path, choices, reason=words)


async def _image_needs(listing: Listing) -> tuple[int, int]:
    """Memory (MiB) and disk (GiB) that the chosen image asks for; nothing where that is not known."""
    name = listing.wish.image_name
    if not name:
        return 0, 0
    try:
        images = [one for one in await listing.images() if one.name == name]
    except CloudError:
        # The list of flavors is of use without it.
        return 0, 0
    return max((one.min_ram or 0 for one in images), default=0), max((one.min_disk or 0 for one in images), default=0)


def _why_not(flavor: Any, role: _Role, volume_gib: int, least_mib: int, least_gib: int) -> str:
    if flavor.vcpus < role.least_vcpus or flavor.ram < role.least_mib:
        return f"{role.name} needs {role.least_vcpus} vCPU and {role.least_mib // _MIB_PER_GIB} GiB"
    if flavor.ram < least_mib:
        return f"the image needs {least_mib} MiB of memory"
    disk = volume_gib or flavor.disk
    if disk and disk < least_gib:
        return f"the image needs a disk of {least_gib} GiB"
    return ""


def _remark(flavor: Any, volume_gib: int) -> str:
    if flavor.disk == 0 and not volume_gib:
        return "has no disk: set a root volume as well"
    return {"GPU": "has a graphics card", "bare metal": "is a whole machine"}.get(_special(flavor), "")


def _facts(flavor: Any) -> tuple[str, ...]:
    disk = f"{flavor.disk} GB" if flavor.disk else "no disk"
    special = _special(flavor)
    return (f"{flavor.vcpus} vCPU", f"{flavor.ram / _MIB_PER_GIB:g} GiB", disk, *([special] if special else ()))


def _special(flavor: Any) -> str:
    """What makes it dear. Source: Nova's flavor extra specs `pci_passthrough:alias`, `resources:VGPU`, `CUSTOM_...`."""
    specs = flavor.extra_specs if isinstance(flavor.extra_specs, dict) else {}
    if any("VGPU" in key or key.startswith("pci_passthrough") for key in specs):
        return "GPU"
    is_bare = any(key.startswith("resources:CUSTOM_") for key in specs) and specs.get("resources:VCPU") == "0"
    return "bare metal" if is_bare else ""
