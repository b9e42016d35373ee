"""Which image a machine would start from: looked up as Cluster API's AWS provider does it, by owner and name.

Newest by creation date. For RKE2 it is Ubuntu's own image: RKE2 brings Kubernetes itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import Look
from lattice_tui.providers.aws.images import Image, images_in, search_for_ubuntu, search_for_version
from lattice_tui.providers.aws.wish import Pool

_NOT_THERE: Final = ("InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable")
_KUBERNETES = re.compile(r"(?:kube|k8s|capa)[a-z0-9.-]*?-v?(1\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9])", re.ASCII)
_PLAIN = re.compile(r"^(?:ubuntu/images|debian-|al2023-ami-|RHEL-|Rocky-|amzn2-ami-(?:hvm|kernel))")


def kubernetes_in(image: Image) -> str:
    """The Kubernetes version that its name says, whoever made it; empty when it says none."""
    match = _KUBERNETES.search(image.name)
    return match[1] if match else ""


def is_plain(image: Image) -> bool:
    """Whether it is a system's own image, without Kubernetes in it."""
    return _PLAIN.match(image.name) is not None


async def architecture_of(look: Look, group: Pool) -> str:
    """Of the machines of a group; `x86_64` while its type is not known. Raises AwsAnswerError."""
    facts = (await look.types()).get(group.instance_type)
    return facts.architecture if facts is not None else "x86_64"


async def wanted_image(look: Look, group: Pool) -> Image | None:
    """The image that the machines of a group start from, None when there is none. Raises AwsAnswerError."""
    wish = look.wish
    if wish.ami_id:
        named = await named_image(look, wish.ami_id)
        return named[0] if named else None
    architecture = await architecture_of(look, group)
    if wish.bootstrap == "rke2":
        return next(iter(await plain_images(look, architecture)), None)
    if not wish.version:
        return None
    return next(iter(await published(look, wish.plain_version, architecture)), None)


async def named_image(look: Look, image_id: str) -> tuple[Image, str] | None:
    """The image of that id and its state, None when there is none in the region. Raises AwsAnswerError."""

    async def ask() -> tuple[Image, str] | None:
        try:
            said = (await look.session.call("ec2", "describe_images", ImageIds=[image_id])).get("Images") or []
        except AwsAnswerError as error:
            if error.code in _NOT_THERE:
                return None
            raise
        return next(((image, str(said[0].get("State", ""))) for image in images_in(said)), None)

    return await look.once(f"image {image_id}", ask)


async def published(look: Look, version: str, architecture: str) -> tuple[Image, ...]:
    """Cluster API's images of that Kubernetes version (empty: of all), newest first. Raises AwsAnswerError."""
    return await _images(look, f"capa {version} {architecture}", search_for_version(version, architecture))


async def plain_images(look: Look, architecture: str) -> tuple[Image, ...]:
    """Ubuntu's own images, newest first. Raises AwsAnswerError."""
    return await _images(look, f"ubuntu {architecture}", search_for_ubuntu(architecture))


async def _images(look: Look, what: str, search: Mapping[str, Any]) -> tuple[Image, ...]:
    async def ask() -> tuple[Image, ...]:
        return tuple(images_in(await look.session.every("ec2", "describe_images", "Images", **search)))

    return await look.once(f"images {what}", ask)


def nearest(version: str, there: Iterable[str]) -> str:
    """The version closest to the wanted one: of the same minor if there is one, and rather newer than older."""

    def distance(other: str) -> tuple[int, bool, int]:
        wanted, found = _numbers(version), _numbers(other)
        return abs(wanted[1] - found[1]), found < wanted, abs(wanted[2] - found[2])

    return min(there, key=distance, default="")


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".") if part.isascii() and part.isdecimal()]
    return tuple([*numbers, 0, 0, 0][:3])
