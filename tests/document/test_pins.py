"""The pinned versions agree with one another."""

from __future__ import annotations

import re

from lattice_tui.document.pins import minor_of, pins
from tests.document.cases import GOOD


def test_the_pins_are_the_ones_of_the_design() -> None:
    known = pins()

    assert (known.capi, known.kind, known.cert_manager) == ("v1.13.5", "v0.32.0", "v1.21.1")
    assert (known.cilium.version, known.cilium.repository) == ("1.19.1", "https://helm.cilium.io")
    assert known.haproxy_image == "kindest/haproxy:v20230606-42a2262b"
    assert known.providers["proxmox"] == "v0.9.0"
    assert known.providers["aws"] == "v2.11.1"


def test_the_proposed_version_is_in_life_and_supported_by_every_pinned_part() -> None:
    known = pins()
    proposed = known.kubernetes.proposed["docker"]

    assert known.kubernetes.supports(minor_of(proposed))
    assert known.cilium.kubernetes_min <= minor_of(proposed) <= known.cilium.kubernetes_max
    assert known.node_image(proposed).sha256
    assert known.kubernetes.support_ends["1.35"] > "2026-11-23"
    assert proposed in GOOD


def test_no_newer_known_image_is_supported_by_every_part() -> None:
    known = pins()
    fitting = [version for version in known.kubernetes.node_images if minor_of(version) <= known.cilium.kubernetes_max]

    newest = max(fitting, key=lambda version: tuple(map(int, version.split("."))))
    assert newest == known.kubernetes.proposed["docker"]


def test_kubectl_is_within_one_minor_of_the_proposed_version() -> None:
    known = pins()
    proposed = minor_of(known.kubernetes.proposed["docker"])

    assert abs(minor_of(known.kubectl)[1] - proposed[1]) <= 1


def test_digests_are_whole_and_distinct() -> None:
    images = pins().kubernetes.node_images.values()

    assert all(re.fullmatch(r"[0-9a-f]{64}", image.sha256) for image in images)
    assert len({image.sha256 for image in images}) == len(images)


def test_known_images_are_listed_newest_first() -> None:
    versions = [tuple(map(int, version.split("."))) for version in pins().kubernetes.node_images]

    assert versions == sorted(versions, reverse=True)


def test_a_node_image_has_its_digest_or_says_nothing() -> None:
    known = pins()

    assert known.node_image("v1.32.11").reference == (
        "kindest/node:v1.32.11@sha256:5fc52d52a7b9574015299724bd68f183702956aa4a2116ae75a63cb574b35af8"
    )
    assert known.node_image("1.35.99").reference == "kindest/node:v1.35.99"
    assert known.bootstrap_node_image.version == "1.36.1"


def test_every_supported_minor_has_an_end_of_support_and_an_image() -> None:
    known = pins().kubernetes

    for minor in range(known.min[1], known.max[1] + 1):
        assert f"1.{minor}" in known.support_ends
        assert known.newest_patch((1, minor)) in known.node_images
