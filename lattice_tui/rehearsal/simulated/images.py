"""Pulling an image: its layers, one after the other's turn, in the words of the Docker Engine."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.pace import Pace

LAYERS = 5
TICKS = 12
"""Progress lines of one layer while it is downloaded."""
PULL_S = (8.0, 15.0)
"""Simulated seconds for one image, as on a line with about 500 Mbit/s."""


async def pull_layers(image: str, images: set[str], pace: Pace, audit: Audit) -> AsyncIterator[dict[str, Any]]:
    """The lines of `POST /images/create`; when they end, `image` is in `images` and the pull is in the audit log."""
    image = familiar(image)
    digest = _hash(image)
    tag = image.partition("@")[0].rpartition(":")[2] if ":" in image.partition("@")[0] else image.partition("@")[2]
    yield {"status": f"Pulling from {_repository(image)}", "id": tag}
    if find_image(image, images) is None:
        layers = [digest[number * 12 :][:12] for number in range(LAYERS)]
        for layer in layers:
            yield {"status": "Pulling fs layer", "progressDetail": {}, "id": layer}
        step_s = pace.vary(*PULL_S) / (LAYERS * TICKS)
        for number, layer in enumerate(layers):
            async for line in _one_layer(layer, (number + 1) * 40_000_000, step_s, pace):
                yield line
        images.add(image)
        audit.other("image.pull", image=image)
        status = f"Status: Downloaded newer image for {image}"
    else:
        status = f"Status: Image is up to date for {image}"
    yield {"status": f"Digest: {tags_and_digests(image)[1][0].partition('@')[2]}"}
    yield {"status": status}


async def _one_layer(layer: str, size: int, step_s: float, pace: Pace) -> AsyncIterator[dict[str, Any]]:
    for tick in range(1, TICKS + 1):
        await pace.sleep(step_s)
        detail = {"current": size * tick // TICKS, "total": size}
        yield {"status": "Downloading", "progressDetail": detail, "id": layer}
    yield {"status": "Download complete", "progressDetail": {}, "id": layer}
    yield {"status": "Extracting", "progressDetail": {"current": size, "total": size}, "id": layer}
    yield {"status": "Pull complete", "progressDetail": {}, "id": layer}


def familiar(image: str) -> str:
    """`kindest/node:v1.35.5` of `docker.io/kindest/node:v1.35.5`; with `:latest` where there is no tag or digest."""
    image = image.removeprefix("docker.io/").removeprefix("library/")
    return image if "@" in image or ":" in image.rpartition("/")[2] else f"{image}:latest"


def tags_and_digests(image: str) -> tuple[list[str], list[str]]:
    """RepoTags and RepoDigests of an image that was pulled by that name."""
    with_tag, _, digest = familiar(image).partition("@")
    repository = _repository(with_tag)
    tags = [with_tag] if repository != with_tag else []
    return tags, [f"{repository}@{digest or 'sha256:' + _hash(with_tag)}"]


def image_id(image: str) -> str:
    """The image's own id: the same whether it was pulled by tag or by tag and digest."""
    return f"sha256:{_hash(familiar(image).partition('@')[0])}"


def find_image(name: str, images: set[str]) -> str | None:
    """The image of `images` that a reference means: by tag, digest, both, or id. None when it is not there."""
    asked = familiar(name)
    by_tag, by_digest = tags_and_digests(asked)
    for image in sorted(images):
        tags, digests = tags_and_digests(image)
        is_named = set(by_tag) & set(tags) or ("@" in asked and set(by_digest) & set(digests))
        if is_named or (
            len(name) >= 12 and image_id(image).removeprefix("sha256:").startswith(name.removeprefix("sha256:"))
        ):
            return image
    return None


def _repository(image: str) -> str:
    name = image.partition("@")[0]
    repository, colon, tag = name.rpartition(":")
    return repository if colon and "/" not in tag else name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
