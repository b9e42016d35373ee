"""Proxmox's block of cluster.yaml: what is accepted, and what is told of what is not, with its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from lattice_tui.providers.drafting import draft_text
from lattice_tui.providers.proxmox import PROVIDER
from lattice_tui.providers.proxmox.asked import ASKED
from lattice_tui.providers.proxmox.config import ProxmoxConfig
from lattice_tui.providers.proxmox.wish import CONTROL_PLANE, Group, ProxmoxWish
from lattice_tui.providers.reading import ReadCluster, read_cluster, read_cluster_bytes
from schemas.problem import Problem
from tests.shared import ROOT

EXAMPLES = ("proxmox.yaml", "proxmox-rke2.yaml")
BLOCK = "spec.provider.config.proxmox"
TODAY = "2026-01-15"


def read(changes: dict[str, Any]) -> ReadCluster:
    """The shipped example with values at dotted paths changed; None takes the key away."""
    document = yaml.safe_load((ROOT / "examples" / "proxmox.yaml").read_text())
    for path, value in changes.items():
        *above, last = path.replace("BLOCK", BLOCK).split(".")
        at = document
        for key in above:
            at = at.setdefault(key, {})
        if value is None:
            del at[last]
        else:
            at[last] = value
    return read_cluster_bytes(yaml.safe_dump(document, sort_keys=False).encode(), today=TODAY)


def only_problem(changes: dict[str, Any]) -> Problem:
    problems = read(changes).problems
    assert len(problems) == 1, [problem.title for problem in problems]
    return problems[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_read_without_a_word(name: str) -> None:
    found = read_cluster(ROOT / "examples" / name, today=TODAY)

    assert found.problems == ()
    assert isinstance(found.config, ProxmoxConfig)


def test_the_draft_is_a_document_that_is_read() -> None:
    found = read_cluster_bytes(draft_text("proxmox", "practice", has_schema=False).encode(), today=TODAY)

    assert found.errors == ()


@pytest.mark.parametrize(
    ("changes", "code", "path", "fix"),
    [
        ({"spec.endpoints.host": None}, "LT-PVE-001", "spec.endpoints.host", "host: 192.168.1.199"),
        ({"spec.endpoints.host": "..."}, "LT-PVE-001", "spec.endpoints.host", "host: 192.168.1.199"),
        ({"BLOCK.sourceNode": None}, "LT-PVE-002", f"{BLOCK}.sourceNode", "sourceNode: pve1"),
        ({"BLOCK.templateId": None}, "LT-PVE-002", f"{BLOCK}.templateId", "templateId: 9000"),
        ({"BLOCK.templateTags": ["kube"]}, "LT-PVE-002", f"{BLOCK}.templateTags", "delete templateTags"),
        ({"BLOCK.sourceNode": "pve_1"}, "LT-PVE-003", f"{BLOCK}.sourceNode", "pve1"),
        ({"BLOCK.storage": "l"}, "LT-PVE-003", f"{BLOCK}.storage", "local-lvm"),
        ({"BLOCK.bridge": "a-name-longer-than-linux-takes"}, "LT-PVE-003", f"{BLOCK}.bridge", "vmbr0"),
        ({"BLOCK.pool": "my pool"}, "LT-PVE-003", f"{BLOCK}.pool", "kubernetes"),
        ({"BLOCK.allowedNodes": ["pve1", "pve 2"]}, "LT-PVE-003", f"{BLOCK}.allowedNodes[1]", "pve1"),
        ({"BLOCK.tags": ["a,b"]}, "LT-PVE-003", f"{BLOCK}.tags[0]", "kubernetes"),
        ({"BLOCK.sshAuthorizedKeys": ["~/.ssh/id.pub"]}, "LT-PVE-003", f"{BLOCK}.sshAuthorizedKeys[0]", "one line of"),
        ({"BLOCK.dnsServers": ["dns.google"]}, "LT-PVE-004", f"{BLOCK}.dnsServers[0]", "192.168.1.1"),
        (
            {"BLOCK.ipv4Pool.gateway": "192.168.1.1/24"},
            "LT-PVE-004",
            f"{BLOCK}.ipv4Pool.gateway",
            "gateway: 192.168.1.1",
        ),
        ({"BLOCK.ipv4Pool.start": "fd00::1"}, "LT-PVE-004", f"{BLOCK}.ipv4Pool.start", "start: 192.168.1.200"),
        ({"BLOCK.cpMemoryMb": 4001}, "LT-PVE-005", f"{BLOCK}.cpMemoryMb", "cpMemoryMb: 4008 or 4000"),
        ({"BLOCK.workerMemoryMb": 4095}, "LT-PVE-005", f"{BLOCK}.workerMemoryMb", "workerMemoryMb: 4096 or 4088"),
        ({"BLOCK.vmIdRange.start": 20100}, "LT-PVE-006", f"{BLOCK}.vmIdRange.start", "start: 20099, end: 20100"),
        ({"BLOCK.vmIdRange.end": 20003}, "LT-PVE-006", f"{BLOCK}.vmIdRange.end", "end: 20099"),
        ({"spec.networking": None}, "LT-PVE-007", "spec.networking.lbPool", "{type: NodePort}"),
        ({"BLOCK.cpCores": 1}, "LT-PVE-008", f"{BLOCK}.cpCores", "cpCores: 2"),
        ({"BLOCK.cpMemoryMb": 1600}, "LT-PVE-008", f"{BLOCK}.cpMemoryMb", "cpMemoryMb: 2048"),
        (
            {"spec.nodes.workerPools.default.size": {"diskSizeGb": 4}},
            *("LT-PVE-010", "spec.nodes.workerPools.default.size.diskSizeGb", "diskSizeGb: 50"),
        ),
        (
            {"spec.nodes.workerPools.default.size": {"memoryMb": 1001}},
            *("LT-PVE-005", "spec.nodes.workerPools.default.size.memoryMb", "memoryMb: 1008 or 1000"),
        ),
    ],
)
def test_what_cannot_be_built_is_told_at_its_place_with_what_to_write(
    changes: dict[str, Any], code: str, path: str, fix: str
) -> None:
    problem = only_problem(changes)

    assert (problem.code, problem.path, problem.severity) == (code, path, "error")
    assert fix in problem.fix


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"BLOCK.ipv4Pool.start": "192.168.1.220"}, "LT-ADR-003", f"{BLOCK}.ipv4Pool.start"),
        ({"BLOCK.ipv4Pool.end": "192.168.1.202"}, "LT-ADR-007", f"{BLOCK}.ipv4Pool.end"),
        ({"BLOCK.ipv4Pool.prefix": 25}, "LT-ADR-004", f"{BLOCK}.ipv4Pool.start"),
        ({"spec.endpoints.host": "192.168.1.205"}, "LT-ADR-009", "spec.endpoints.host"),
        ({"spec.endpoints.host": "192.168.1.1"}, "LT-ADR-010", "spec.endpoints.host"),
        ({"spec.endpoints.host": "10.0.0.5"}, "LT-ADR-004", "spec.endpoints.host"),
        ({"spec.networking.lbPool.start": "192.168.1.210"}, "LT-ADR-012", "spec.networking.lbPool.start"),
        (
            {"spec.provider.kubernetes.clusterNetwork": {"podCidr": "192.168.0.0/16"}},
            *("LT-ADR-013", "spec.provider.kubernetes.clusterNetwork.podCidr"),
        ),
    ],
)
def test_addresses_that_do_not_fit_each_other_are_told_in_the_document(
    changes: dict[str, Any], code: str, path: str
) -> None:
    problems = read(changes).errors

    assert (code, path) in {(problem.code, problem.path) for problem in problems}
    assert all(problem.line for problem in problems)


def test_a_pool_counts_every_machine_and_one_more_for_each_group_that_is_renewed() -> None:
    """3 machines and 2 to renew them: five addresses are enough, four are not."""
    enough = read({"BLOCK.ipv4Pool.end": "192.168.1.204"})
    short = read({"BLOCK.ipv4Pool.end": "192.168.1.203"})

    assert [problem.code for problem in enough.problems] == ["LT-ADR-008"]
    assert [problem.code for problem in short.errors] == ["LT-ADR-007"]
    assert "3 machines and 2" in short.errors[0].title


def test_a_pool_that_may_grow_counts_with_its_most() -> None:
    short = read(
        {"BLOCK.ipv4Pool.end": "192.168.1.209", "spec.nodes.workerPools.default.min": 1}
        | {"spec.nodes.workerPools.default.max": 9}
    )

    assert [problem.code for problem in short.errors] == ["LT-ADR-007"]


def test_the_apis_address_in_the_range_for_services_is_told_once() -> None:
    assert only_problem({"spec.endpoints.host": "192.168.1.235"}).code == "LT-NET-009"


def test_ipv6_addresses_are_held_against_their_own_pool() -> None:
    pool = {"start": "fd00:10::100", "end": "fd00:10::1ff", "gateway": "fd00:10::1", "prefix": 64}

    assert read({"BLOCK.ipv6Pool": pool}).problems == ()
    assert read({"BLOCK.ipv6Pool": pool, "spec.endpoints.host": "fd00:10::50"}).problems == ()
    wrong = read({"BLOCK.ipv6Pool": pool, "spec.endpoints.host": "fd00:10::150"}).errors
    assert [problem.code for problem in wrong] == ["LT-ADR-009"]


def test_tags_take_the_place_of_node_and_number() -> None:
    tags = {"BLOCK.templateTags": ["kube", "v1.35.5"], "BLOCK.templateId": None}

    assert read({**tags, "BLOCK.sourceNode": None}).problems == ()
    beside = only_problem(tags)
    assert (beside.code, beside.severity) == ("LT-PVE-009", "warning")


def test_a_key_without_a_value_beside_the_tags_is_an_absent_one() -> None:
    document = yaml.safe_load((ROOT / "examples" / "proxmox.yaml").read_text())
    block = document["spec"]["provider"]["config"]["proxmox"]
    block |= {"templateTags": ["kube"], "templateId": None, "sourceNode": None}

    assert read_cluster_bytes(yaml.safe_dump(document).encode(), today=TODAY).problems == ()

    del block["templateTags"]
    paths = [problem.path for problem in read_cluster_bytes(yaml.safe_dump(document).encode(), today=TODAY).errors]
    assert paths == [f"{BLOCK}.sourceNode", f"{BLOCK}.templateId"]


def test_rke2_starts_on_one_core() -> None:
    """kubeadm's preflight is kubeadm's alone."""
    assert read({"BLOCK.cpCores": 1, "spec.provider.kubernetes.bootstrap": "rke2"}).problems == ()


def test_services_on_ports_need_no_addresses_of_their_own() -> None:
    assert read({"spec.networking": None, "spec.endpoints.service": {"type": "NodePort"}}).problems == ()


def test_what_has_no_effect_on_proxmox_is_a_warning() -> None:
    size = {"rootVolumeSizeGb": 80}
    found = read({"spec.apiAllowedCidrs": ["203.0.113.7/32"], "spec.nodes.workerPools.default.size": size})

    assert found.errors == ()
    assert {(problem.code, problem.path) for problem in found.warnings} == {
        ("LT-PRV-006", "spec.apiAllowedCidrs"),
        ("LT-PRV-006", "spec.nodes.workerPools.default.size.rootVolumeSizeGb"),
    }


def test_every_problem_is_told_in_one_pass() -> None:
    found = read({"BLOCK.sourceNode": None, "BLOCK.cpMemoryMb": 4001, "spec.endpoints.host": "192.168.1.205"})

    assert {problem.code for problem in found.errors} == {"LT-PVE-002", "LT-PVE-005", "LT-ADR-009"}


def test_a_private_key_in_the_place_of_a_public_one_is_never_shown() -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----b3BlbnNzaC1rZXktdjEAAAAA"

    found = read({"BLOCK.sshAuthorizedKeys": [key]})

    assert found.errors
    assert "b3BlbnNzaC1" not in repr(found.errors)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_wish_survives_its_way_through_parameters(name: str) -> None:
    found = read_cluster(ROOT / "examples" / name, today=TODAY)
    assert found.cluster is not None
    assert found.config is not None

    params = PROVIDER.check_params(found.cluster, found.config)

    assert ProxmoxWish.from_params(params) == ProxmoxWish.of_cluster(found.cluster, found.config)
    assert all(isinstance(value, str) for value in params.values())


def test_a_pools_own_size_counts_for_it_alone() -> None:
    found = read_cluster(ROOT / "examples" / "proxmox-rke2.yaml", today=TODAY)
    assert found.cluster is not None
    assert found.config is not None

    wish = ProxmoxWish.of_cluster(found.cluster, found.config)

    assert wish.groups == (
        Group(CONTROL_PLANE, 3, 4, 8192, 60),
        Group("default", 3, 4, 8192, 100),
        Group("large", 1, 8, 32768, 200),
    )
    assert (wish.machines, wish.surge) == (7, 3)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"groups": "not json", "template_id": "x", "pool_prefix": "99", "vlan": "-1", "vmid_start": "9" * 5000},
        {"groups": '[["a", 1, 2], ["b", -1, 1, 1, 1], 7, ["c", true, 1, 1, 1]]', "pool_start": "not an address"},
        {"groups": "{}", "template_id": "٣٤٥", "control_planes": "0"},
    ],
)
def test_parameters_that_make_no_sense_are_not_chosen_yet(params: dict[str, str]) -> None:
    wish = ProxmoxWish.from_params(params)

    assert wish.groups == ()
    assert wish.template_id is None
    assert wish.address_pool is None
    assert wish.control_planes is None


def test_the_wizard_asks_only_for_what_there_is_and_for_what_must_be_written() -> None:
    from lattice_tui.document.fields import COMMON_FIELDS

    known = {field.path for field in (*PROVIDER.fields, *PROVIDER.credentials.fields, *COMMON_FIELDS)}
    asked = [path for paths in ASKED.values() for path in paths]

    assert set(asked) <= known
    assert len(asked) == len(set(asked))
    needed = {"sourceNode", "templateId", "ipv4Pool.start", "ipv4Pool.end", "ipv4Pool.gateway", "ipv4Pool.prefix"}
    assert {f"{BLOCK}.{key}" for key in needed} | {"spec.endpoints.host"} <= set(asked)
