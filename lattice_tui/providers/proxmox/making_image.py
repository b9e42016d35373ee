"""The cloud image that a template is made of, and its checksum, as its makers publish it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

UBUNTU = "https://cloud-images.ubuntu.com/noble/current"
"""Rebuilt every few weeks with its fixes: the checksum is read when it is fetched. Source: cloud-images.ubuntu.com."""
MAX_SUMS_BYTES = 256 * 1024
TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class CloudImage:
    """One image. `file` is its name on the storage: Proxmox imports what ends in .qcow2."""

    title: str
    name: str
    """Of the template."""
    url: str
    sums_url: str
    file: str


def cloud_image(mirror: str = "") -> CloudImage:
    """Ubuntu 24.04 for x86_64, from its makers or from a mirror: what stands before the file name."""
    base = mirror or UBUNTU
    published = "noble-server-cloudimg-amd64.img"
    return CloudImage(
        title="Ubuntu 24.04",
        name="ubuntu-2404-cloud",
        url=f"{base}/{published}",
        sums_url=f"{base}/SHA256SUMS",
        file="lattice-noble-server-cloudimg-amd64.qcow2",
    )


async def checksum_of(image: CloudImage, *, is_simulated: bool = False) -> str:
    """SHA-256 in hex, read from the list beside the image. Raises LatticeError when it is not to be had.

    In a rehearsal nothing is fetched, and nobody is asked.
    """
    if is_simulated:
        return "5" * 64
    import aiohttp  # half a second, and only when an image is fetched

    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(image.sums_url, raise_for_status=True) as response,
        ):
            said = (await response.content.read(MAX_SUMS_BYTES)).decode("ascii", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise LatticeError(_no_sum(image, f"{type(error).__name__}: {error}"), ExitCode.CAPACITY) from error
    file = image.url.rpartition("/")[2]
    match = re.search(rf"^([0-9a-f]{{64}})\s+\*?{re.escape(file)}\s*$", said, re.MULTILINE)
    if match is None:
        raise LatticeError(_no_sum(image, f"{file} is not in it"), ExitCode.CAPACITY)
    return match[1]


def _no_sum(image: CloudImage, why: str) -> Problem:
    return Problem(
        "LT-PVE-264",
        "The image's checksum could not be read",
        "Connect this computer to the internet, or make the template by hand: lattice explain proxmox says how",
        detail=f"{image.sums_url}: {safe_text(why, 160)}",
        check=f"curl -fsS {image.sums_url}",
    )
