"""Machine images as AWS lists them: the ones Cluster API publishes, plain Ubuntu, and one that only looks right."""

from __future__ import annotations

from typing import Any

CAPA_OWNER = "819546954734"
"""The account that publishes Cluster API's images."""
CANONICAL = "099720109477"
"""The account that publishes Ubuntu."""
STRANGER = "999999999999"
VERSIONS = ("1.34.8", "1.35.0", "1.35.5", "1.36.1")
"""Kubernetes versions with an image; older ones are taken away at AWS as well."""
NEWEST = {version: f"ami-0{index:015d}a" for index, version in enumerate(VERSIONS, start=1)}
"""Id of the newest x86_64 image by version."""
OLDER_1_35_5 = "ami-0000000000000001b"
STRANGERS_1_35_5 = "ami-0000000000000001c"
UBUNTU = {"x86_64": "ami-0000000000000009a", "arm64": "ami-0000000000000009b"}


def planted_images() -> list[dict[str, Any]]:
    """What moto loads for every region."""
    images = [
        _image(NEWEST[version], f"capa-ami-ubuntu-24.04-v{version}-1793000000", CAPA_OWNER, "2026-10-26T07:33:20.000Z")
        for version in VERSIONS
    ]
    images += [
        _image(OLDER_1_35_5, "capa-ami-ubuntu-24.04-v1.35.5-1780000000", CAPA_OWNER, "2026-05-28T20:26:40.000Z"),
        # Anybody may publish an image under any name: only the owner tells it apart.
        _image(STRANGERS_1_35_5, "capa-ami-ubuntu-24.04-v1.35.5-1795000000", STRANGER, "2026-11-18T11:06:40.000Z"),
    ]
    for architecture, word in (("x86_64", "amd64"), ("arm64", "arm64")):
        name = f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{word}-server-20261101"
        images.append(_image(UBUNTU[architecture], name, CANONICAL, "2026-11-01T06:00:00.000Z", architecture))
    return images


def _image(ami_id: str, name: str, owner: str, created: str, architecture: str = "x86_64") -> dict[str, Any]:
    return {
        "ami_id": ami_id,
        "name": name,
        "description": name,
        "owner_id": owner,
        "public": True,
        "virtualization_type": "hvm",
        "architecture": architecture,
        "state": "available",
        "creation_date": created,
        "platform": None,
        "image_type": "machine",
        "image_location": f"{owner}/{name}",
        "hypervisor": "xen",
        "root_device_type": "ebs",
        "root_device_name": "/dev/sda1",
        "sriov": "simple",
    }
