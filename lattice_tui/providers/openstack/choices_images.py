"""The pick-list of images: those that the bootstrap can use first; the others with the reason."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from lattice_tui.providers.openstack.listing import Listing, shown
from schemas.choices import LiveChoice, LiveChoices

_KUBERNETES: Final = re.compile(
    r"(?:kube|k8s|capi|capo)[^0-9]{0,12}v?(1\.[0-9]{1,2}\.[0-9]{1,2})|kube|k8s|capi|capo", re.IGNORECASE
)
"""Names as image-builder makes them: `ubuntu-2404-kube-v1.35.5`."""
_SYSTEMS: Final = re.compile(r"ubuntu|debian|rocky|alma|flatcar", re.IGNORECASE)
_TINY: Final = re.compile(r"cirros", re.IGNORECASE)
_NO_DISKS: Final = ("iso", "aki", "ari", "ami")
_BYTES_PER_GB: Final = 1_000_000_000
_NEITHER, _FITTING, _LIKELY = 2, 0, 1


async def image_list(listing: Listing, path: str) -> LiveChoices:
    """Images by name, as the document names them."""
    images = await listing.images()
    how_many = Counter(one.name for one in images if one.status == "active")
    rows = []
    for one in images:
        if not one.name:
            # It cannot be named in the document.
            continue
        rank, remark = _rank(listing, one)
        why = _why_not(one, how_many[one.name])
        choice = LiveChoice(one.name, shown(one.name), _facts(one), why or remark, not why)
        rows.append((rank, choice, one))
    # The newest version last in the alphabet comes first.
    rows.sort(key=lambda row: _natural(row[2].name), reverse=True)
    rows.sort(key=lambda row: row[0])
    fitting = [choice.value for rank, choice, _ in rows if rank == _FITTING and choice.usable]
    choices = [choice for _, choice, _ in rows]
    if len(fitting) == 1 or (fitting and listing.wish.bootstrap == "kubeadm" and listing.wish.version):
        return listing.listed(path, choices, proposed=fitting[0], reason=_reason(listing))
    if fitting:
        return listing.listed(path, choices, reason="Several fit: choose one.")
    return listing.listed(path, choices, reason=_nothing(listing))


def _rank(listing: Listing, image: Any) -> tuple[int, str]:
    """How well it fits the bootstrap and the version, and a remark where it does not."""
    wish = listing.wish
    match = _KUBERNETES.search(image.name)
    if _TINY.search(image.name):
        return _NEITHER, "a test image, too small for anything"
    if wish.bootstrap == "rke2":
        if match:
            return _LIKELY, "made for kubeadm; RKE2 takes a plain one"
        return (_FITTING if _SYSTEMS.search(image.name) else _LIKELY), ""
    if match is None:
        return _NEITHER, "a plain image: kubeadm has to be in it, or choose RKE2"
    wanted = wish.version.partition("+")[0]
    if match[1] and wanted and match[1] != wanted:
        return _LIKELY, f"carries Kubernetes {match[1]}, not {wanted}"
    return (_FITTING if match[1] else _LIKELY), ""


def _why_not(image: Any, count: int) -> str:
    if image.status != "active":
        return f"is {shown(image.status)}, not active"
    if count > 1:
        return f"{count} images have this name"
    if image.disk_format in _NO_DISKS:
        return f"is no disk, but {shown(image.disk_format)}"
    return ""


def _facts(image: Any) -> tuple[str, ...]:
    match = _KUBERNETES.search(image.name)
    said = [f"Kubernetes {match[1]}"] if match and match[1] else []
    if image.size:
        said.append(f"{image.size / _BYTES_PER_GB:.1f} GB")
    said.append(shown(image.visibility))
    if image.created_at:
        said.append(shown(str(image.created_at)[:10]))
    return tuple(said)


def _reason(listing: Listing) -> str:
    if listing.wish.bootstrap == "rke2":
        return "the only plain image of a system that RKE2 runs on"
    version = listing.wish.version
    return f"carries Kubernetes {version}" if version else "the only image that carries Kubernetes"


def _nothing(listing: Listing) -> str:
    if listing.wish.bootstrap == "rke2":
        return "No plain image of a known system is there: a cloud image can be made, see lattice explain openstack."
    version = listing.wish.version
    said = f"Kubernetes {version}" if version else "Kubernetes"
    return f"No image carries {said}: upload one of image-builder, or choose RKE2 with a plain image."


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """Sorts 1.9 before 1.10."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]{1,9})", text))
