"""D15: whether the machines' image, and the bootstrap cluster's, are here already or can be had from their registry."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import dataclass, replace

from lattice_tui.checks.runner import Check
from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.checks.look import DAEMON, Look, check, ok, wrong
from lattice_tui.providers.docker.checks.registry_words import no_answer
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.engine_facts import ImageInfo
from lattice_tui.providers.docker.registry_answers import (
    RegistryAnswer,
    ask_registry,
    digest_of,
    registry_of,
    without_digest,
)
from schemas.checks import CheckResult, CheckStatus

PATIENCE_S = 40.0
"""Two questions to a registry, each of which may take its time."""
MB = 1_000_000
"""As Docker counts."""
NODE_PULL_MB = 350
"""What a pull of kindest/node takes over the line; unpacked it is about 1 GB."""
IMAGE_FIELD = "spec.provider.config.docker.nodeImage"
VERSION_FIELD = "spec.provider.kubernetes.version"
_PROCESSORS = {"x86_64": "amd64", "aarch64": "arm64"}
"""Docker says the kernel's name of itself, and Go's name of images."""
_WORST_FIRST: tuple[CheckStatus, ...] = ("fail", "warn", "unknown", "ok")


@dataclass(frozen=True, slots=True)
class WantedImage:
    """An image that building begins with."""

    reference: str
    """`kindest/node:v1.35.5@sha256:...`, or without the digest."""
    field: str
    """What in cluster.yaml chooses it; empty when nothing does."""
    version: str = ""
    """Of Kubernetes, for an image that is not the person's own."""

    @property
    def name(self) -> str:
        return without_digest(self.reference)


def checks(look: Look) -> tuple[Check, ...]:
    """One row for all images."""

    async def run() -> CheckResult:
        engine, info = await look.engine(), await look.info()
        processor = _PROCESSORS.get(info.architecture, info.architecture)
        image_look = ImageLook(engine, processor, look.wish.simulated)
        wanted = wanted_images(look.wish.node_image, look.wish.version)
        return together(await asyncio.gather(*(image_look.at(image) for image in wanted)))

    inputs = ("node_image", "version")
    return (check(look, "docker-registry", "Node image", run, DAEMON, inputs=inputs, timeout_s=PATIENCE_S),)


def wanted_images(node_image: str, version: str) -> tuple[WantedImage, ...]:
    """The image of the machines and that of the bootstrap cluster, once where they are the same."""
    version = version or pins().kubernetes.proposed["docker"]
    own = WantedImage(node_image, IMAGE_FIELD)
    machines = own if node_image else WantedImage(pins().node_image(version).reference, VERSION_FIELD, version)
    bootstrap = WantedImage(pins().bootstrap_node_image.reference, "")
    return (machines,) if machines.reference == bootstrap.reference else (machines, bootstrap)


class ImageLook:
    """Looks at one image after the other on one engine. `processor` is the engine's, in Docker's name for images."""

    def __init__(self, engine: DockerEngine, processor: str, simulated: bool) -> None:
        self._engine = engine
        self._processor = processor
        self._simulated = simulated

    async def at(self, image: WantedImage) -> CheckResult:
        """What can be said of one image."""
        if (local := await asyncio.to_thread(self._engine.image, image.reference)) is not None:
            return self._judge_local(image, local)
        if self._simulated:
            return ok(f"{image.name} will be pulled, in the rehearsal alone")
        answer = await asyncio.to_thread(ask_registry, self._engine, image.reference)
        if answer.kind == "there":
            return self._judge_remote(image, answer)
        if answer.kind == "absent":
            return await self._absent(image)
        return await self._not_known(image, answer)

    def _judge_local(self, image: WantedImage, local: ImageInfo) -> CheckResult:
        if local.architecture and self._processor and local.architecture != self._processor:
            return self._wrong_processor(image, local.architecture)
        return ok(f"{image.name} is here ({local.size_bytes / MB:.0f} MB)")

    def _judge_remote(self, image: WantedImage, answer: RegistryAnswer) -> CheckResult:
        if answer.platforms and self._processor and self._processor not in answer.platforms:
            return self._wrong_processor(image, ", ".join(answer.platforms))
        size = (
            f" (about {NODE_PULL_MB} MB)" if image.name.startswith(f"{pins().bootstrap_node_image.repository}:") else ""
        )
        return ok(f"{image.name} will be pulled{size}", evidence=_compared(image, answer.digest))

    def _wrong_processor(self, image: WantedImage, there: str) -> CheckResult:
        return wrong(
            "fail",
            "LT-IMG-004",
            f"{image.name} is made for {there}, Docker runs on {self._processor}",
            why="a machine from it would end at once with an exec format error",
            fix="Take an image for this processor: the ones that kind publishes are made for amd64 and arm64",
            action=f"docker pull --platform linux/{self._processor} {shlex.quote(image.name)}",
            field=image.field,
        )

    async def _absent(self, image: WantedImage) -> CheckResult:
        """The registry has no such image; by its tag alone it may have another one."""
        if digest := digest_of(image.reference):
            by_tag = await asyncio.to_thread(ask_registry, self._engine, image.name)
            if by_tag.kind == "there":
                return wrong(
                    "fail",
                    "LT-IMG-002",
                    f"{registry_of(image.name)} has another image under the name {image.name}",
                    why="the checksum in its name is not that of the image there, so it would never be pulled",
                    fix=f"Write the checksum of the one that is meant: nodeImage: {image.name}@{by_tag.digest}",
                    action=f"docker buildx imagetools inspect {shlex.quote(image.name)}",
                    field=IMAGE_FIELD,
                    evidence=f"wanted {digest}, there is {by_tag.digest}",
                )
        return wrong(
            "fail",
            "LT-IMG-001",
            f"{registry_of(image.name)} has no image {image.name}",
            why="every machine is started from it",
            fix=_another(image),
            action=f"docker pull {shlex.quote(image.name)}",
            field=image.field,
        )

    async def _not_known(self, image: WantedImage, answer: RegistryAnswer) -> CheckResult:
        result = no_answer(image.name, answer, image.field)
        if result.status == "fail" or not digest_of(image.reference) or not image.field:
            return result
        if await asyncio.to_thread(self._engine.image, image.name) is None:
            return result
        return wrong(
            "warn",
            "LT-IMG-006",
            f"{image.name} is here, but without the checksum it is asked for by",
            why=f"it would be pulled again, and {result.summary}",
            fix=f"Take the one that is here: nodeImage: {image.name}",
            action=f"docker image ls --digests {shlex.quote(image.name)}",
            field=IMAGE_FIELD,
            evidence=answer.words,
        )


def _another(image: WantedImage) -> str:
    known = [version for version in pins().kubernetes.node_images if version != image.version]
    if not image.version:
        return "Look at its name again, or leave nodeImage out: kind's own image is taken then"
    same_minor = [version for version in known if version.split(".")[:2] == image.version.split(".")[:2]]
    proposed = (same_minor or [pins().kubernetes.proposed["docker"]])[0]
    return f'Take a version that has an image: version: "{proposed}"'


def _compared(image: WantedImage, digest: str) -> str:
    """How the digest stands to the one that is pinned for this tag, for an image that came without one."""
    tag = image.name.rpartition(":")[2]
    pinned = pins().kubernetes.node_images.get(tag.removeprefix("v"))
    if pinned is None or not pinned.sha256:
        return digest
    if digest == f"sha256:{pinned.sha256}":
        return f"{digest}, the one that is pinned"
    return f"{digest}, another than kind's own of that version (sha256:{pinned.sha256})"


def together(found: list[CheckResult]) -> CheckResult:
    """One result of all images: what is worst leads, what else was found stands beside it."""
    first = min(found, key=lambda one: _WORST_FIRST.index(one.status))
    if first.status == "ok":
        summary = "; ".join(one.summary for one in found)
        return ok(summary, evidence="; ".join(one.evidence for one in found if one.evidence))
    others = [one.summary for one in found if one is not first and one.summary != first.summary]
    return replace(first, evidence="; ".join(filter(None, (first.evidence, *others))))
