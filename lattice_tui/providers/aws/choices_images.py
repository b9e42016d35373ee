"""Pick-lists of what machines are built from: Kubernetes versions that have an image, and the images."""

from __future__ import annotations

from typing import Any, Final

from lattice_tui.document.pins import minor_of, pins
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.choosing import Asking, shown
from lattice_tui.providers.aws.images import (
    Image,
    images_in,
    search_for_own,
    search_for_ubuntu,
    search_for_version,
    versions_in,
)
from schemas.choices import LiveChoice, LiveChoices

_UNPATCHED: Final = "public images of Cluster API get no security fixes: for trying out"
_NEAREST: Final = 3


async def version_list(asking: Asking, path: str) -> LiveChoices:
    """Kubernetes versions that Cluster API publishes an image for in this region, newest first."""
    if asking.wish.bootstrap == "rke2":
        return asking.unknown(path, "RKE2 is installed on a plain Ubuntu: any version that it publishes can be typed")
    if asking.wish.ami_id:
        return asking.unknown(path, "the image of your own decides: type the version that is in it")
    images = await asking.shared.once("published", lambda: _published(asking))
    versions = versions_in(images)
    choices = [_version(version, images) for version in versions]
    known = pins().kubernetes
    tested = [
        choice.value for choice in choices if choice.usable and minor_of(choice.value) <= pins().cilium.kubernetes_max
    ]
    usual = known.proposed.get("aws", "")
    proposed = usual if usual in tested else next(iter(tested), "")
    if not choices:
        reason = f"Cluster API publishes no images in {asking.session.region}: choose another region, or build your own"
    else:
        reason = "the newest one that has an image and that every part was tested with" if proposed else ""
    return asking.listed(path, choices, proposed=proposed, reason=reason)


def _version(version: str, images: list[Image]) -> LiveChoice:
    known = pins().kubernetes
    minor = minor_of(version)
    newest = next(image for image in images if image.version == version)
    ends = known.support_ends.get(f"{minor[0]}.{minor[1]}", "")
    facts = (f"image of {shown(newest.created)}", *((f"support until {ends}",) if ends else ()))
    is_supported = known.supports(minor)
    why = "" if is_supported else f"outside {_text(known.min)} to {_text(known.max)}, which this version installs"
    return LiveChoice(version, version, facts, why, is_supported)


def _text(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1]}"


async def image_list(asking: Asking, path: str) -> LiveChoices:
    """Images that fit the version and the processor: published ones newest first, then the account's own."""
    wish = asking.wish
    if wish.bootstrap == "kubeadm" and not wish.version:
        return asking.unknown(path, "choose Kubernetes version first")
    own = images_in(await _images(asking, search_for_own()))
    architecture = await _architecture(asking)
    if wish.bootstrap == "rke2":
        return await _plain_images(asking, path, own, architecture)
    published = await asking.shared.once("published", lambda: _published(asking))
    fitting = [each for each in published if (each.version, each.architecture) == (wish.plain_version, architecture)]
    choices = [_image(image, _UNPATCHED) for image in fitting]
    if fitting:
        newest = fitting[0]
        # Left out, Cluster API takes the newest one itself, for every machine that is made later too.
        choices.insert(0, LiveChoice("", "the newest one", (shown(newest.id), newest.created), _UNPATCHED))
        reason = f"left out, the newest one is taken: {shown(newest.id)} of {newest.created}"
    else:
        near = ", ".join(versions_in(published)[:_NEAREST])
        said = f"there are images for {near}" if near else "there are none for any version: choose another region"
        reason = f"no image for {shown(wish.plain_version)} on {architecture} in {asking.session.region}; {said}"
    return asking.listed(path, [*choices, *map(_own, own)], reason=reason)


async def _plain_images(asking: Asking, path: str, own: list[Image], architecture: str) -> LiveChoices:
    ubuntu = images_in(await _images(asking, search_for_ubuntu(architecture)))
    choices = [_image(image, "Ubuntu's own, with security fixes") for image in ubuntu]
    if not ubuntu:
        reason = f"Ubuntu publishes no image for {architecture} in {asking.session.region}"
        return asking.listed(path, map(_own, own), reason=reason)
    reason = f"Ubuntu's newest, of {ubuntu[0].created}; RKE2 is installed on it"
    return asking.listed(path, [*choices, *map(_own, own)], proposed=ubuntu[0].id, reason=reason)


def _image(image: Image, remark: str) -> LiveChoice:
    facts = (shown(image.id), image.created, image.architecture, f"{image.root_gib} GiB")
    return LiveChoice(image.id, shown(image.name), facts, remark)


def _own(image: Image) -> LiveChoice:
    return _image(image, "your own")


async def _published(asking: Asking) -> list[Image]:
    return images_in(await _images(asking, search_for_version()))


async def _images(asking: Asking, search: dict[str, Any]) -> list[Any]:
    return await asking.session.every("ec2", "describe_images", "Images", **search)


async def _architecture(asking: Asking) -> str:
    """The processor of the chosen control plane; x86_64 where none is chosen, or it is not known."""
    name = asking.wish.cp_instance_type
    if not name:
        return "x86_64"
    try:
        said = await asking.session.call("ec2", "describe_instance_types", InstanceTypes=[name])
    except AwsAnswerError:
        return "x86_64"
    known = said["InstanceTypes"][0]["ProcessorInfo"]["SupportedArchitectures"] if said.get("InstanceTypes") else ()
    return "arm64" if "arm64" in known and "x86_64" not in known else "x86_64"
