"""A plain cloud image in Glance, for RKE2: fetched by the cloud itself, or, where it cannot, sent through here.

An image for kubeadm has Kubernetes in it and is made with image-builder: that is the guide's matter.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final

from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.openstack.making_trouble import failed, not_made
from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.text import safe_text

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

FIELD: Final = "spec.provider.config.openstack.imageName"
KIND: Final = "image"
NAME: Final = "ubuntu-24.04"
FOLDER: Final = "https://cloud-images.ubuntu.com/releases/noble/release"
"""Canonical's own images, with SHA256SUMS beside them. Source: cloud-images.ubuntu.com."""
FILE: Final = "ubuntu-24.04-server-cloudimg-amd64.img"
PROPERTIES: Final = {"os_distro": "ubuntu", "os_version": "24.04", "made_by": "lattice-tui"}
LIMIT_S: Final = 1800.0
"""Some 600 MB, over a slow line."""
DOWNLOAD_TIMEOUT_S: Final = 30.0
"""Between two pieces of a download."""
_POLL_S: Final = 3.0
_SIMULATED_POLL_S: Final = 0.05
_QCOW2_HEADER: Final = b"QFI\xfb" + bytes(100)
_PIECE: Final = 1024 * 1024
_BROKEN: Final = ("killed", "deleted", "error", "")


async def image_making(wish: OpenStackWish, cloud: Cloud, _access: Access, *, folder: str = FOLDER) -> Making | None:
    """Ubuntu 24.04 from that folder; None for kubeadm, and where an image of the name is there. Raises CloudError."""
    if wish.bootstrap != "rke2":
        return None
    name = wish.image_name or NAME
    names = await cloud.ask(lambda conn: {str(one.name) for one in conn.image.images(name=name)})
    if name in names:
        return None
    ways = await cloud.ask(_ways_in)
    through_here = "web-download" not in ways
    source = f"{folder}/{FILE}"
    how = (
        f"This computer fetches {source}, compares its checksum (SHA256SUMS), and sends it to Glance"
        if through_here
        else f"Glance fetches {source} by itself (web-download)"
    )
    return Making(
        id="image",
        title="Put Ubuntu 24.04 into the image service",
        will=(
            f"Make a private image called {safe_text(name, 60)} (qcow2, about 600 MB)",
            f"{how}. By hand: {by_hand(name, source)}",
        ),
        changes="An image is listed in the project. It may count towards a quota, and clouds may bill its room.",
        undo_words="The image is deleted; machines that were made from it go on.",
        make=partial(_make, wish, cloud, name, folder, through_here=through_here),
        field=FIELD,
        missing=f"there is no image called {safe_text(name, 60)}",
    )


def by_hand(name: str, source: str) -> str:
    """The command that does the same."""
    shown = safe_text(name, 60)
    return f"curl -LO {source} && openstack image create --disk-format qcow2 --file {FILE} '{shown}'"


def _ways_in(conn: Any) -> list[str]:
    answer = conn.image.get("/info/import")
    if answer.status_code != 200:
        # Older ones have no such page: they take uploads alone.
        return []
    return list(answer.json().get("import-methods", {}).get("value", []))


async def _make(
    wish: OpenStackWish, cloud: Cloud, name: str, folder: str, *, through_here: bool
) -> AsyncGenerator[MakingNews, None]:
    source = f"{folder}/{FILE}"
    shown = safe_text(name, 60)
    wanted = {"name": name, "disk_format": "qcow2", "container_format": "bare", "visibility": "private", **PROPERTIES}
    try:
        made = await cloud.ask(lambda conn: body_of(conn.image.post("/images", json=wanted)))
        thing = MadeThing("image", "openstack", KIND, str(made["id"]), name, cloud.region)
        yield MakingNews(f"image {shown} is being filled", thing)
        if through_here:
            async for news in _sent(wish, cloud, thing.id, folder):
                yield news
        else:
            order = {"method": {"name": "web-download", "uri": source}}
            await cloud.ask(lambda conn: body_of(conn.image.post(f"/images/{thing.id}/import", json=order)))
        status = await _settled(wish, cloud, thing.id)
    except CloudError as error:
        raise not_made("LT-OS-403", "The image was not made", error, by_hand(name, source)) from error
    if status != "active":
        fix = f"Undo it, and try again, or run: {by_hand(name, source)}"
        raise failed("LT-OS-403", "The image was not made", f"it is {safe_text(status, 20) or 'gone'}", fix)
    yield MakingNews(f"image {shown} is active")


def body_of(answer: Any) -> Any:
    """The body of an answer. Raises openstack's exceptions for a refusal."""
    from openstack import exceptions

    exceptions.raise_from_response(answer)
    return answer.json() if answer.content else {}


async def _settled(wish: OpenStackWish, cloud: Cloud, image_id: str) -> str:
    """The status it ends in; `queued` or `importing` when the limit has passed."""
    poll_s = _SIMULATED_POLL_S if wish.simulated else _POLL_S
    status = ""
    for _ in range(int(LIMIT_S / poll_s)):
        status = str((await cloud.ask(lambda conn: body_of(conn.image.get(f"/images/{image_id}")))).get("status", ""))
        if status == "active" or status in _BROKEN:
            return status
        await asyncio.sleep(poll_s)
    return status


async def _sent(wish: OpenStackWish, cloud: Cloud, image_id: str, folder: str) -> AsyncGenerator[MakingNews, None]:
    """Download, compare, upload. Raises CloudError and LatticeError."""
    with tempfile.TemporaryFile() as file:
        if wish.simulated:
            # Nothing is fetched for a cloud that is not there.
            file.write(_QCOW2_HEADER)
            file.seek(0)
        else:
            yield MakingNews(f"fetching {FILE}")
            await _fetched(file, folder)
            yield MakingNews("its checksum is right; sending it to Glance")
        headers = {"Content-Type": "application/octet-stream"}
        await cloud.ask(
            lambda conn: body_of(
                conn.image.put(f"/images/{image_id}/file", data=file, headers=headers, timeout=LIMIT_S)
            )
        )


async def _fetched(file: IO[bytes], folder: str) -> None:
    """Write the image into `file`. Raises LatticeError."""
    title = "The image was not fetched"
    try:
        digest, wanted = await asyncio.to_thread(_fetch, file, folder)
    except OSError as error:
        words = safe_text(f"{type(error).__name__}: {error}", 200)
        raise failed("LT-OS-403", title, words, f"Look whether {folder} can be reached") from error
    if digest != wanted:
        detail = f"SHA-256 {digest}, and {wanted or 'none'} is published"
        raise failed("LT-OS-403", "The image is not what its publisher signed", detail, "Undo it, and try again later")


def _fetch(file: IO[bytes], folder: str) -> tuple[str, str]:
    """SHA-256 of what came, and the one that is published. Raises OSError."""
    import requests

    sums = requests.get(f"{folder}/SHA256SUMS", timeout=DOWNLOAD_TIMEOUT_S)
    sums.raise_for_status()
    wanted = next((line.split()[0] for line in sums.text.splitlines() if line.endswith(FILE)), "")
    digest = hashlib.sha256()
    with requests.get(f"{folder}/{FILE}", stream=True, timeout=DOWNLOAD_TIMEOUT_S) as answer:
        answer.raise_for_status()
        for piece in answer.iter_content(_PIECE):
            digest.update(piece)
            file.write(piece)
    file.seek(0)
    return digest.hexdigest(), wanted


async def undo_image(thing: MadeThing, cloud: Cloud) -> AsyncGenerator[MakingNews, None]:
    """Delete the image of that id. Raises LatticeError."""
    shown = safe_text(thing.name, 60)
    try:
        await cloud.ask(lambda conn: body_of(conn.image.delete(f"/images/{thing.id}")))
    except CloudError as error:
        if error.kind == "not-found":
            yield MakingNews(f"image {shown} is not there any more")
            return
        command = f"openstack image delete {safe_text(thing.id, 60)}"
        raise not_made("LT-OS-405", "The image was not deleted", error, command) from error
    yield MakingNews(f"image {shown} is deleted")
