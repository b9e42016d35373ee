"""Machine images that somebody publishes for everybody: Cluster API's with Kubernetes, and plain Ubuntu.

A name alone proves nothing: anybody may publish under any name, so every search names the owner.
Sources: Cluster API for AWS, pkg/cloud/services/ec2/ami.go and the page on pre-built images; Ubuntu's image locator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.document.pins import minor_of

CAPA_OWNER: Final = "819546954734"
CANONICAL: Final = "099720109477"
IMAGE_REGIONS: Final = frozenset(
    (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    )
)
"""Where Cluster API publishes its images."""
_CAPA_NAME: Final = "capa-ami-ubuntu-24.04-?{version}-*"
_VERSION: Final = re.compile(r"capa-ami-ubuntu-24\.04-v?(\d{1,3}\.\d{1,3}\.\d{1,3})-", re.ASCII)
_UBUNTU_WORDS: Final = {"x86_64": "amd64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Image:
    """One image, as EC2 describes it."""

    id: str
    name: str
    owner: str
    architecture: str
    """`x86_64` or `arm64`."""
    created: str
    """ISO date."""
    root_gib: int

    @property
    def version(self) -> str:
        """The Kubernetes version in the name of one of Cluster API's images; empty for others."""
        found = _VERSION.match(self.name)
        return found.group(1) if found and self.owner == CAPA_OWNER else ""


def search_for_version(version: str = "", architecture: str = "") -> dict[str, Any]:
    """Arguments of describe_images for Cluster API's images, of one version or of all. As Cluster API itself asks."""
    return {"Owners": [CAPA_OWNER], "Filters": _filters(_CAPA_NAME.format(version=version or "*"), architecture)}


def search_for_ubuntu(architecture: str = "x86_64") -> dict[str, Any]:
    """Arguments of describe_images for Ubuntu 24.04."""
    word = _UBUNTU_WORDS.get(architecture, architecture)
    name = f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{word}-server-*"
    return {"Owners": [CANONICAL], "Filters": _filters(name, architecture)}


def search_for_own() -> dict[str, Any]:
    """Arguments of describe_images for the account's own images."""
    return {"Owners": ["self"], "Filters": _filters("*", "")}


def _filters(name: str, architecture: str) -> list[dict[str, Any]]:
    wanted = {"name": name, "state": "available", "virtualization-type": "hvm"}
    if architecture:
        wanted["architecture"] = architecture
    return [{"Name": key, "Values": [value]} for key, value in wanted.items()]


def images_in(answer: Iterable[dict[str, Any]]) -> list[Image]:
    """The images of an answer, newest first."""
    images = [_image(each) for each in answer]
    return sorted(images, key=lambda image: (image.created, image.id), reverse=True)


def versions_in(images: Iterable[Image]) -> list[str]:
    """The Kubernetes versions that there is an image for, newest first."""
    versions = {image.version for image in images if image.version}
    return sorted(versions, key=lambda version: (*minor_of(version), int(version.rpartition(".")[2])), reverse=True)


def _image(said: dict[str, Any]) -> Image:
    disks = [mapping.get("Ebs", {}).get("VolumeSize", 0) for mapping in said.get("BlockDeviceMappings") or ()]
    return Image(
        str(said.get("ImageId", "")),
        str(said.get("Name", "")),
        str(said.get("OwnerId", "")),
        str(said.get("Architecture", "")),
        str(said.get("CreationDate", ""))[:10],
        max(disks, default=0),
    )
