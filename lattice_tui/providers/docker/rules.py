"""What in a cluster.yaml does not fit machines that are containers."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.document.pins import minor_of, pins
from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Scalar, find, key_place
from lattice_tui.providers.docker.config import DockerConfig

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.document.shape import Rule

# Source: distribution/reference: [host[:port]/]path[:tag][@sha256:digest].
IMAGE = (
    r"(?:[a-zA-Z0-9][-a-zA-Z0-9.]*(?::[0-9]{1,5})?/)?"
    r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
_IMAGE_MAX_LENGTH = 512
_TAG_VERSION = r":v([0-9]+\.[0-9]+\.[0-9]+)(?:@|$)"
_PLAIN_VERSION = re.compile(r"v?([0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})")
_NODE_IMAGE_PATH = ("spec", "provider", "config", "docker", "nodeImage")
_VERSION_PATH = ("spec", "provider", "kubernetes", "version")


def check_config(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """nodeImage is an image reference."""
    image = values.get("node_image")
    if image is None or (len(image) <= _IMAGE_MAX_LENGTH and re.fullmatch(IMAGE, image)):
        return True
    report.error(
        "LT-PRV-008",
        f"{shown(image) or 'an empty text'} is not the name of an image",
        f"Write repository and tag: nodeImage: {_proposed_image()}",
        at=find(node, "nodeImage"),
        path=f"{path}.nodeImage",
    )
    return False


RULES: Final[MappingABC[type[BaseModel], Rule]] = {DockerConfig: check_config}


def check_document(root: Mapping, report: Report) -> None:
    """Report what this version does not build on Docker, and what has no effect there."""
    _check_bootstrap(root, report)
    _check_version(root, report)
    _check_no_effect(root, report)


def _check_bootstrap(root: Mapping, report: Report) -> None:
    bootstrap = find(root, "spec", "provider", "kubernetes", "bootstrap")
    if isinstance(bootstrap, Scalar) and bootstrap.text == "rke2":
        report.error(
            "LT-PRV-007",
            "RKE2 on Docker is not in this version yet",
            "Write bootstrap: kubeadm, or leave the key out.",
            at=bootstrap,
            path="spec.provider.kubernetes.bootstrap",
        )


def _check_version(root: Mapping, report: Report) -> None:
    """Whether the machines' image and the network are known to work with the version."""
    written = find(root, *_VERSION_PATH)
    match = (
        _PLAIN_VERSION.fullmatch(written.text) if isinstance(written, Scalar) and not written.text.isspace() else None
    )
    if match is None or not isinstance(written, Scalar) or not pins().kubernetes.supports(minor_of(match[1])):
        return
    version = match[1]
    image = find(root, *_NODE_IMAGE_PATH)
    path = ".".join(_VERSION_PATH)
    if isinstance(image, Scalar) and image.text:
        tag = re.search(_TAG_VERSION, image.text)
        if tag is not None and tag[1] != version:
            report.warning(
                "LT-PRV-009",
                f"the image carries Kubernetes {tag[1]}, the version is {version}",
                f'Write version: "{tag[1]}", or take the image of {version}.',
                at=image,
                path=".".join(_NODE_IMAGE_PATH),
            )
    elif version not in pins().kubernetes.node_images:
        newest = pins().kubernetes.newest_patch(minor_of(version))
        report.warning(
            "LT-VER-006",
            f"there is no known machine image for Kubernetes {version}",
            f'kindest/node:v{version} is tried, without a checksum. A known one: version: "{newest}"',
            at=written,
            path=path,
        )
    cilium = pins().cilium
    if minor_of(version) > cilium.kubernetes_max:
        high = ".".join(map(str, cilium.kubernetes_max))
        report.warning(
            "LT-VER-007",
            f"Cilium {cilium.version} is tested up to Kubernetes {high}, not with {version}",
            f'It will probably work. Tested: version: "{pins().kubernetes.newest_patch(cilium.kubernetes_max)}"',
            at=written,
            path=path,
        )


def _check_no_effect(root: Mapping, report: Report) -> None:
    """Keys for other providers are accepted, and said to do nothing here."""
    for path in (("spec", "networking", "lbPool"), ("spec", "apiAllowedCidrs"), ("spec", "credentials")):
        if (key := key_place(root, *path)) is not None:
            _no_effect(".".join(path), key, report)
    pools = find(root, "spec", "nodes", "workerPools")
    if isinstance(pools, Mapping):
        for name, pool in pools.entries.items():
            if (key := key_place(pool, "size")) is not None:
                _no_effect(f"spec.nodes.workerPools.{shown(name)}.size", key, report)
    service = find(root, "spec", "endpoints", "service", "type")
    if isinstance(service, Scalar) and service.text == "LoadBalancer":
        report.warning(
            "LT-PRV-006",
            "nothing on Docker gives a LoadBalancer service its address",
            "Write type: NodePort, or leave the key out.",
            at=service,
            path="spec.endpoints.service.type",
        )


def _no_effect(path: str, key: Scalar, report: Report) -> None:
    report.warning(
        "LT-PRV-006", f"{path.rpartition('.')[2]} has no effect on Docker", "Leave it out.", at=key, path=path
    )


def _proposed_image() -> str:
    return pins().node_image(pins().kubernetes.proposed["docker"]).tag
