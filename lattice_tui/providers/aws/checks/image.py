"""A12: there is an image for the Kubernetes version, the region and the processor, and it fits the machines."""

from __future__ import annotations

from collections.abc import Iterable

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows, shapes
from lattice_tui.providers.aws.checks.images import (
    architecture_of,
    is_plain,
    kubernetes_in,
    named_image,
    nearest,
    plain_images,
    published,
)
from lattice_tui.providers.aws.checks.look import BLOCK, Look, check, ok, unknown, wrong
from lattice_tui.providers.aws.images import IMAGE_REGIONS, Image, versions_in
from lattice_tui.providers.aws.wish import Pool
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_AMI = f"{BLOCK}.amiId"
_VERSION = "spec.provider.kubernetes.version"
_OWN_IMAGE = "https://image-builder.sigs.k8s.io/capi/providers/aws"
_INPUTS = ("ami_id", "version", "bootstrap", "cp_instance_type", "pools", "cp_volume_gib")
_PUBLIC = "Cluster API's public images are for trying out: they get no security fixes."


def checks(look: Look) -> tuple[Check, ...]:
    return (check(look, rows.IMAGE, "Image (AMI)", _ImageRow(look).image, rows.REGION, inputs=_INPUTS),)


class _ImageRow:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._wish = look.wish

    async def image(self) -> CheckResult:
        """Of every group of machines."""
        if self._wish.ami_id:
            return await self._named()
        if not self._wish.version and self._wish.bootstrap != "rke2":
            return unknown("nothing chosen yet: Kubernetes version")
        found: dict[str, Image] = {}
        for group in self._wish.groups:
            architecture = await architecture_of(self._look, group)
            if architecture not in found:
                image = await self._newest(architecture)
                if image is None:
                    return await self._none(architecture)
                found[architecture] = image
        return self._small_disk(found.values()) or self._found(found)

    async def _newest(self, architecture: str) -> Image | None:
        if self._wish.bootstrap == "rke2":
            return next(iter(await plain_images(self._look, architecture)), None)
        return next(iter(await published(self._look, self._wish.plain_version, architecture)), None)

    def _found(self, found: dict[str, Image]) -> CheckResult:
        said = ", ".join(f"{safe_text(image.name, 60)}" for image in found.values())
        evidence = "; ".join(
            f"{image.id} {safe_text(image.name, 90)} {architecture}, of {image.created}"
            for architecture, image in found.items()
        )
        why = _PUBLIC if self._wish.bootstrap == "kubeadm" else "Ubuntu's own image; RKE2 brings Kubernetes itself."
        return ok(said[:99], why=why, evidence=evidence)

    async def _none(self, architecture: str) -> CheckResult:
        wish, region = self._wish, self._wish.region
        if wish.bootstrap == "rke2":
            return wrong(
                "fail",
                "LT-AWS-167",
                f"Ubuntu's image for {architecture} is not found in {region}",
                why="RKE2 starts from a plain image; Ubuntu 24.04 is looked for.",
                fix="Name an image of your own: amiId",
                action="aws ec2 describe-images --owners self --query 'Images[].[ImageId,Name]'",
                field=_AMI,
            )
        if shapes.partition_of(region) != "aws":
            return self._no_public(f"Cluster API publishes no images in {shapes.partition_of(region)}", "LT-AWS-166")
        there = versions_in(await published(self._look, "", architecture))
        if not there and architecture == "arm64":
            return self._no_public(f"Cluster API publishes no images for arm64 in {region}", "LT-AWS-168")
        if not there:
            near = ", ".join(sorted(name for name in IMAGE_REGIONS if name.split("-")[0] == region.split("-")[0]))
            words = f"Cluster API publishes no images in {region}"
            more = f"; regions nearby that have them: {near}" if near and region not in IMAGE_REGIONS else ""
            return self._no_public(words, "LT-AWS-166", more)
        near_version = nearest(wish.plain_version, there)
        return wrong(
            "fail",
            "LT-AWS-165",
            f"There is no image for Kubernetes {safe_text(wish.plain_version, 20)} in {region}",
            why="Images exist for the newest versions alone; older ones are taken away.",
            fix=f'Write version: "{near_version}", or name an image of your own: amiId',
            action=f"clusterawsadm ami list --kubernetes-version v{near_version} --region {region}",
            field=_VERSION,
            evidence=f"images are there for: {', '.join(there[:12])}",
        )

    def _no_public(self, summary: str, code: str, more: str = "") -> CheckResult:
        return wrong(
            "fail",
            code,
            summary,
            why="Without an image no machine starts.",
            fix=f"Build one of your own ({_OWN_IMAGE}) and write amiId{more}",
            action="aws ec2 describe-images --owners self --query 'Images[].[ImageId,Name]'",
            field=_AMI,
        )

    async def _named(self) -> CheckResult:
        """An image that the person named: whether it is there, and fits."""
        wish = self._wish
        named = await named_image(self._look, wish.ami_id)
        if named is None:
            return wrong(
                "fail",
                "LT-AWS-160",
                f"There is no image {safe_text(wish.ami_id, 30)} in {wish.region}",
                why="An image belongs to one region, and may be closed to other accounts.",
                fix="Take its id in this region, share it with this account, or leave amiId out",
                action="aws ec2 describe-images --owners self --query 'Images[].[ImageId,Name]'",
                field=_AMI,
            )
        image, state = named
        if state != "available":
            return self._unfit(image, "LT-AWS-160", f"is {safe_text(state, 20)}, not available", "Wait for it")
        for group in wish.groups:
            if problem := await self._other_processor(image, group):
                return problem
        return (
            self._carries(image)
            or self._small_disk([image])
            or ok(safe_text(f"{image.id} {image.name}", 99), evidence=f"{image.architecture}, of {image.created}")
        )

    async def _other_processor(self, image: Image, group: Pool) -> CheckResult | None:
        if not group.instance_type or group.instance_type not in await self._look.types():
            return None
        architecture = await architecture_of(self._look, group)
        if architecture == image.architecture:
            return None
        said = f"is for {safe_text(image.architecture, 12)}, and {group.instance_type} is {architecture}"
        return self._unfit(
            image, "LT-AWS-161", said, "Take an image and an instance type of one kind, or leave amiId out"
        )

    def _carries(self, image: Image) -> CheckResult | None:
        """Whether it has Kubernetes in it, as kubeadm needs, and the right one."""
        wish = self._wish
        if wish.bootstrap != "kubeadm":
            return None
        if is_plain(image):
            return self._unfit(
                image,
                "LT-AWS-164",
                "is a plain system without kubeadm",
                "Write bootstrap: rke2, which brings Kubernetes itself; or leave amiId out",
            )
        inside = kubernetes_in(image)
        if not inside or not wish.version or inside == wish.plain_version:
            return None
        return wrong(
            "warn",
            "LT-AWS-163",
            f"The image says Kubernetes {inside}, the file {safe_text(wish.plain_version, 20)}",
            why="Going on, machines would join with another version than the control plane's.",
            fix=f'Write version: "{inside}", or leave amiId out',
            field=_AMI,
            evidence=safe_text(image.name),
        )

    def _small_disk(self, images: Iterable[Image]) -> CheckResult | None:
        wanted_gib = max((image.root_gib for image in images), default=0)
        small = next((group for group in self._wish.groups if group.volume_gib < wanted_gib), None)
        if small is None:
            return None
        key = "cpRootVolumeSizeGb" if small.name == "control plane" else "workerRootVolumeSizeGb"
        return wrong(
            "fail",
            "LT-AWS-162",
            f"The image needs a disk of {wanted_gib} GiB; {safe_text(small.name, 32)} has {small.volume_gib}",
            why="EC2 refuses a disk that is smaller than the image.",
            fix=f"Write {key}: {max(wanted_gib, 40)}",
            field=f"{BLOCK}.{key}",
        )

    def _unfit(self, image: Image, code: str, what: str, fix: str) -> CheckResult:
        return wrong(
            "fail",
            code,
            f"The image {image.id} {what}"[:99],
            why="No machine that starts from it becomes a node.",
            fix=fix,
            field=_AMI,
            evidence=safe_text(image.name),
        )
