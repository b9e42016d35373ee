"""The fragment that the provider overview shows, pasted: exactly the errors it deserves, and one warning once mended.

What it deserves as it stands: a name is missing, and `<provider>` is no provider. What is only better known: that its
two first lines are missing, and from 2026-02-28 on that Kubernetes 1.32 gets no fixes any more.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from lattice_tui.providers.key_tree import document_tree, every_key
from lattice_tui.providers.reading import ReadCluster, read_cluster_bytes
from tests.document.cases import TODAY
from tests.shared import needs_shared, shared

FRAGMENT = Path(__file__).with_name("seed") / "common-configuration.yaml"
WHILE_SUPPORTED = "2026-01-15"
TOP = "apiVersion: lattice.dev/v1alpha1\nkind: LatticeCluster\nmetadata:\n  name: mine\n"


def read(text: str, *, name: str | None = None, today: str = TODAY) -> ReadCluster:
    return read_cluster_bytes(text.encode(), "fragment.yaml", name=name, today=today)


def facts(found: ReadCluster) -> list[tuple[str, str, int | None, int | None]]:
    return [(problem.severity, problem.code, problem.line, problem.column) for problem in found.problems]


def on_docker() -> str:
    text = FRAGMENT.read_text("utf-8")
    assert text.count("<provider>") == 1
    return text.replace("<provider>", "docker")


def test_as_it_stands_it_has_the_two_errors_it_deserves() -> None:
    found = read(FRAGMENT.read_text("utf-8"))

    assert facts(found) == [
        ("warning", "LT-DOC-002", 1, 1),
        ("error", "LT-DOC-006", 1, 1),
        ("warning", "LT-VER-003", 4, 16),
        ("error", "LT-PRV-005", 9, 7),
    ]
    assert found.cluster is None
    assert "--name" in found.errors[0].fix
    assert "docker, proxmox, openstack, aws" in found.errors[1].fix


def test_with_a_name_and_a_provider_one_warning_shows_the_two_lines_to_add() -> None:
    found = read(on_docker(), name="mine", today=WHILE_SUPPORTED)

    assert facts(found) == [("warning", "LT-DOC-002", 1, 1)]
    assert "apiVersion: lattice.dev/v1alpha1" in found.warnings[0].fix
    assert "kind: LatticeCluster" in found.warnings[0].fix
    assert found.cluster is not None
    assert found.cluster.metadata.name == "mine"
    assert found.cluster.spec.nodes.control_plane == 3
    assert found.cluster.spec.nodes.worker_pools["default"].replicas == 5
    assert found.cluster.spec.provider.kubernetes.cert_sans == ["api.example.com"]
    assert found.cluster.spec.endpoints.host is None


def test_with_its_whole_head_one_warning_says_that_support_has_ended() -> None:
    found = read(TOP + on_docker())

    assert facts(found) == [("warning", "LT-VER-003", 8, 16)]
    assert "2026-02-28" in found.warnings[0].title
    assert found.cluster is not None


def test_with_its_whole_head_and_within_support_nothing_is_left_to_say() -> None:
    assert facts(read(TOP + on_docker(), today=WHILE_SUPPORTED)) == []


def test_after_the_end_of_support_the_fragment_has_both_warnings_and_no_more() -> None:
    found = read(on_docker(), name="mine")

    assert facts(found) == [("warning", "LT-DOC-002", 1, 1), ("warning", "LT-VER-003", 4, 16)]
    assert found.cluster is not None


@pytest.mark.parametrize("provider", ["proxmox", "openstack", "aws"])
def test_on_another_provider_exactly_what_its_block_has_to_hold_is_missing(provider: str) -> None:
    found = read(on_docker().replace("docker:", f"{provider}:"), name="mine", today=WHILE_SUPPORTED)
    block = f"spec.provider.config.{provider}"
    required = {key.path for key in every_key(document_tree()) if key.path.startswith(f"{block}.") and key.required}
    own = sorted(path for path in required if not any(other.startswith(f"{path}.") for other in required))
    own = [path for path in own if path.rpartition(".")[0] in {*required, block}]

    assert sorted(problem.path for problem in found.errors if problem.code == "LT-DOC-007") == own
    assert {problem.code for problem in found.warnings} == {"LT-DOC-002"}


@needs_shared
def test_the_copy_is_the_fragment_of_the_overview() -> None:
    text = (shared() / "seed" / "infrastructure-providers.md").read_text("utf-8")
    blocks: list[str] = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    assert blocks == [FRAGMENT.read_text("utf-8")]
    assert yaml.safe_load(blocks[0]) == yaml.safe_load(FRAGMENT.read_text("utf-8"))


@needs_shared
def test_every_fragment_of_the_overview_is_read_without_a_problem_of_its_text() -> None:
    for page in sorted((shared() / "seed").glob("*.md")):
        for block in re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            codes = {problem.code for problem in read(block, name="mine").problems}
            assert codes <= {"LT-DOC-002", "LT-VER-003", "LT-PRV-005"}, page.name
