"""A cluster.yaml for OpenStack: what it may hold, and what is said of what does not fit."""

from __future__ import annotations

import re

import pytest

from lattice_tui.document.kinds import outline
from lattice_tui.providers import registry
from lattice_tui.providers.openstack.config import OpenStackConfig
from lattice_tui.providers.openstack.wish import OpenStackWish, PoolWish
from lattice_tui.providers.reading import ReadCluster, read_cluster, read_cluster_bytes
from tests.shared import ROOT

NETWORK = "6ad5b1cd-2f0b-4ff8-a8a2-0a3c6b9d6c01"
GOOD = f"""\
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata:
  name: web
spec:
  provider:
    kubernetes:
      version: "1.35.5"
    config:
      openstack:
        externalNetworkId: {NETWORK}
        cpFlavor: m1.large
        workerFlavor: m1.medium
        imageName: ubuntu-2404-kube-v1.35.5
        sshKeyName: laptop
        extra: key
  nodes:
    controlPlane: 3
    workerPools:
      default:
        replicas: 2
"""
_SPOT = "        extra: key\n"


def read(block: str = "", *, spec: str = "", change: tuple[str, str] = ("", "")) -> ReadCluster:
    """The good document with lines added to its block, to `spec`, or with one thing changed."""
    lines = "".join(f"        {line}\n" for line in block.splitlines())
    text = GOOD.replace(_SPOT, lines) + "".join(f"  {line}\n" for line in spec.splitlines())
    assert not change[0] or text.count(change[0]) == 1
    return read_cluster_bytes(text.replace(*change).encode() if change[0] else text.encode(), today="2026-11-23")


def codes(found: ReadCluster) -> list[str]:
    return [problem.code for problem in found.problems]


def config_of(found: ReadCluster) -> OpenStackConfig:
    assert isinstance(found.config, OpenStackConfig), found.problems
    return found.config


@pytest.mark.parametrize("example", ["openstack.yaml", "openstack-rke2.yaml"])
def test_an_example_is_read_without_a_word(example: str) -> None:
    found = read_cluster(ROOT / "examples" / example)

    assert found.problems == ()
    assert found.cluster is not None


def test_five_keys_are_enough() -> None:
    config = config_of(read())

    assert (config.cloud_name, config.node_cidr, config.api_server_load_balancer) == ("openstack", "10.6.0.0/24", True)
    assert (config.managed_security_groups, config.allow_all_in_cluster_traffic) == (True, True)


def test_every_key_is_read() -> None:
    found = read(
        "cloudName: prod\ndnsNameservers: [9.9.9.9, 2620:fe::fe]\nnodeCidr: 10.66.0.0/22\napiServerLoadBalancer: true\n"
        "apiServerLoadBalancerFlavor: ha\ncpAvailabilityZone: az1\nworkerAvailabilityZone: az2\n"
        "cpRootVolumeSizeGb: 50\ncpRootVolumeType: ssd\nworkerRootVolumeSizeGb: 60\nworkerRootVolumeType: hdd\n"
        "managedSecurityGroups: true\nallowAllInClusterTraffic: true\n"
        "sshAuthorizedKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGnE0nJ1o0M7b1b0hZ0Yx2l0mG0b2m9wJ8k3Q5r7T9uA a@x']\n"
        "secretRef: {name: openstack-cloud-config, namespace: default}"
    )

    config = config_of(found)
    assert found.problems == ()
    assert config.cp_root_volume_size_gb == 50
    assert config.secret_ref is not None
    assert config.secret_ref.name == "openstack-cloud-config"


@pytest.mark.parametrize(
    ("block", "code", "words"),
    [
        ("cloudName: my cloud", "LT-OS-003", "cloudName: openstack"),
        ("dnsNameservers: [dns.example.com]", "LT-OS-004", "not a name"),
        ("dnsNameservers: [127.0.0.53]", "LT-OS-004", "address"),
        ("nodeCidr: 10.6.0.7/24", "LT-OS-005", "10.6.0.0/24"),
        ("nodeCidr: fd00::/64", "LT-OS-005", "IPv4"),
        ("nodeCidr: 10.6.0.0/30", "LT-OS-005", "8 to 28"),
        ("nodeCidr: 169.254.0.0/16", "LT-OS-005", "10.6"),
        ("cpAvailabilityZone: ''", "LT-OS-002", "availability zone list"),
        ("cpRootVolumeSizeGb: 9\ncpRootVolumeType: ' ssd'", "LT-OS-002", "spaces"),
        ("sshAuthorizedKeys: [AAAA]", "LT-OS-007", ".pub"),
        ("secretRef: {name: Not_A_Name}", "LT-OS-008", "lower-case"),
        ("nodeCidr: 10.96.0.0/24\n", "LT-OS-011", "apart"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_to_write(block: str, code: str, words: str) -> None:
    ranges = ("    kubernetes:\n", "    kubernetes:\n      clusterNetwork: {serviceCidr: 10.96.0.0/16}\n")

    found = read(block, change=ranges)

    assert codes(found) == [code]
    assert words in f"{found.problems[0].title} {found.problems[0].fix} {found.problems[0].detail}"
    assert found.problems[0].line is not None
    assert found.cluster is None


@pytest.mark.parametrize(
    ("written", "proposed"),
    [
        ("public", "2f1c6b3e"),
        (NETWORK.upper(), NETWORK),
        (f'"{NETWORK.replace("-", "")}"', NETWORK),
    ],
)
def test_an_external_network_that_is_no_id_is_refused_with_the_id_that_is_meant(written: str, proposed: str) -> None:
    found = read(change=(f"externalNetworkId: {NETWORK}", f"externalNetworkId: {written}"))

    assert codes(found) == ["LT-OS-001"]
    assert proposed in found.problems[0].fix


def test_a_private_key_in_the_file_is_refused_without_being_shown() -> None:
    found = read("sshAuthorizedKeys: ['-----BEGIN OPENSSH PRIVATE KEY----- c2VjcmV0']")

    assert "LT-DOC-031" in codes(found)
    assert "c2VjcmV0" not in repr(found.problems)


def test_several_control_planes_need_a_load_balancer() -> None:
    found = read("apiServerLoadBalancer: false")

    assert codes(found) == ["LT-OS-009"]
    assert found.problems[0].path == "spec.nodes.controlPlane"


@pytest.mark.parametrize(
    ("block", "spec", "code"),
    [
        ("cpRootVolumeType: ssd", "", "LT-OS-006"),
        ("managedSecurityGroups: false", "", "LT-OS-018"),
        ("allowAllInClusterTraffic: false", "", "LT-OS-017"),
        ("", "networking: {lbPool: {start: 192.168.1.240, end: 192.168.1.250}}", "LT-OS-013"),
    ],
)
def test_what_has_no_effect_or_a_price_is_a_warning(block: str, spec: str, code: str) -> None:
    found = read(block, spec=spec)

    assert codes(found) == [code]
    assert found.cluster is not None


def test_without_a_load_balancer_what_needs_one_is_said_to_do_nothing() -> None:
    found = read(
        "apiServerLoadBalancer: false\napiServerLoadBalancerFlavor: ha",
        spec="apiAllowedCidrs: [203.0.113.7/32]\nendpoints: {service: {type: LoadBalancer}}",
        change=("controlPlane: 3", "controlPlane: 1"),
    )

    assert sorted(codes(found)) == ["LT-OS-010", "LT-OS-015", "LT-OS-016"]


def test_a_size_in_the_words_of_another_provider_has_no_effect() -> None:
    found = read(change=("replicas: 2", "replicas: 2\n        size: {cores: 4}"))

    assert codes(found) == ["LT-OS-013"]
    assert "size.flavor" in found.problems[0].fix


@pytest.mark.parametrize("host", ["api.example.com", "2001:db8::1", "10.6.0.5"])
def test_the_address_of_the_api_is_a_floating_ip(host: str) -> None:
    found = read(spec=f'endpoints: {{host: "{host}"}}')

    assert codes(found) == ["LT-OS-014"]


@pytest.mark.parametrize("host", ["203.0.113.40", "'...'"])
def test_a_floating_ip_or_one_that_is_found_later_is_taken(host: str) -> None:
    assert read(spec=f"endpoints: {{host: {host}}}").problems == ()


def test_a_range_without_room_for_a_renewal_is_refused_with_one_that_has() -> None:
    found = read("nodeCidr: 10.6.0.0/28", change=("replicas: 2", "replicas: 4"))

    assert codes(found) == ["LT-OS-012"]
    assert "nodeCidr: 10.6.0.0/27" in found.problems[0].fix
    assert read("nodeCidr: 10.6.0.0/27", change=("replicas: 2", "replicas: 4")).problems == ()


def test_what_a_document_wants_survives_being_made_into_parameters() -> None:
    found = read(
        change=("replicas: 2", "replicas: 1\n        min: 1\n        max: 4\n        size: {flavor: m1.xlarge}")
    )
    assert found.cluster is not None

    wish = OpenStackWish.of_cluster(found.cluster, config_of(found))

    assert wish.pools == (PoolWish("default", 4, "m1.xlarge"),)
    assert OpenStackWish.from_params(wish.to_params()) == wish


@pytest.mark.parametrize("text", ["", "x", "-1", "9" * 400, "\u0663", "1\t2", "a\tb\tc\td\te", "\n\n"])
def test_parameters_that_make_no_sense_become_the_default(text: str) -> None:
    names = ("control_planes", "pools", "cp_volume_gib", "load_balancer", "dns_nameservers")

    wish = OpenStackWish.from_params(dict.fromkeys(names, text))

    assert wish.control_planes == 3 or text == "1"
    assert wish.cp_volume_gib == 0


def test_every_key_of_the_block_has_a_question_and_no_question_is_without_a_key() -> None:
    provider = registry.load("openstack")
    root = "spec.provider.config.openstack"
    keys = {f"{root}.{name}" for name in outline(OpenStackConfig).keys}
    asked = {field.path for field in provider.fields} | {part.path for part in provider.parts}

    assert asked - keys == {f"{root}.secretRef.name", f"{root}.secretRef.namespace"}
    assert keys - asked == set()


def test_every_example_of_a_question_fits_its_pattern() -> None:
    provider = registry.load("openstack")
    assert provider.credentials is not None
    fields = (*provider.fields, *provider.credentials.fields)

    assert [one.path for one in fields if one.pattern and not re.search(one.pattern, one.example)] == []


def test_every_question_of_the_wizard_is_one_that_there_is() -> None:
    from lattice_tui.document.fields import COMMON_FIELDS

    provider = registry.load("openstack")
    assert provider.credentials is not None
    known = {field.path for field in (*provider.fields, *provider.credentials.fields, *COMMON_FIELDS)}

    assert {path for step in provider.asked.values() for path in step} - known == set()
