"""A folder of definitions is loaded with the labels of a release; a broken file is named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from lattice_tui.errors import LatticeError
from lattice_tui.rehearsal.crd_folder import labelled, load_crds
from tests.rehearsal_api.schemas.things import CRD, JsonObject
from tests.shared import needs_shared, shared


def written(folder: Path, crd: JsonObject, name: str = "things.yaml") -> Path:
    """A file with a comment, another document, and a definition."""
    path = folder / name
    path.write_text(
        "# ours\nkind: ConfigMap\n---\n" + yaml.safe_dump(json.loads(json.dumps(crd)), sort_keys=False), "utf-8"
    )
    return path


def test_the_definitions_of_a_folder_are_found_in_every_file_and_list(tmp_path: Path) -> None:
    first = written(tmp_path, CRD)
    other = {**CRD, "metadata": {"name": "items.example.org"}}
    other["spec"] = {**CRD["spec"], "names": {**CRD["spec"]["names"], "plural": "items"}}
    (tmp_path / "below").mkdir()
    second = written(tmp_path / "below", {"kind": "List", "apiVersion": "v1", "items": [other, {"kind": "Pod"}]})
    (tmp_path / "README.md").write_text("nothing", "utf-8")
    loaded = load_crds(tmp_path)
    assert {crd["metadata"]["name"] for crd in loaded.crds} == {"things.example.org", "items.example.org"}
    assert set(loaded.files) == {first, second}
    assert CRD in loaded.crds


@pytest.mark.parametrize(
    ("group", "kind", "labels"),
    [
        ("cluster.x-k8s.io", "Machine", {"provider": "cluster-api"}),
        ("ipam.cluster.x-k8s.io", "IPAddress", {"provider": "cluster-api"}),
        ("ipam.cluster.x-k8s.io", "GlobalInClusterIPPool", {"provider": "ipam-in-cluster"}),
        ("addons.cluster.x-k8s.io", "HelmChartProxy", {"provider": "addon-helm"}),
        ("clusterctl.cluster.x-k8s.io", "Provider", {}),
        (
            "bootstrap.cluster.x-k8s.io",
            "KubeadmConfig",
            {"provider": "bootstrap-kubeadm", "v1beta1": "v1beta1", "v1beta2": "v1beta2"},
        ),
        (
            "controlplane.cluster.x-k8s.io",
            "RKE2ControlPlane",
            {"provider": "control-plane-rke2", "v1beta2": "v1beta1_v1beta2"},
        ),
        (
            "infrastructure.cluster.x-k8s.io",
            "ProxmoxMachine",
            {"provider": "infrastructure-proxmox", "v1beta1": "v1alpha2", "v1beta2": "v1alpha2"},
        ),
        (
            "infrastructure.cluster.x-k8s.io",
            "OpenStackCluster",
            {"provider": "infrastructure-openstack", "v1beta1": "v1beta1"},
        ),
    ],
)
def test_a_definition_gets_the_labels_its_release_has(group: str, kind: str, labels: dict[str, str]) -> None:
    crd = {"metadata": {"name": "x", "labels": {"mine": "1"}}, "spec": {"group": group, "names": {"kind": kind}}}
    wanted = {f"cluster.x-k8s.io/{name}": value for name, value in labels.items()}
    assert labelled(crd)["metadata"]["labels"] == {"clusterctl.cluster.x-k8s.io": "", **wanted, "mine": "1"}


def test_identities_of_aws_are_moved_with_what_they_own_and_strangers_get_no_label() -> None:
    identity = {"kind": "AWSClusterRoleIdentity"}
    aws = {"metadata": {"name": "x"}, "spec": {"group": "infrastructure.cluster.x-k8s.io", "names": identity}}
    assert labelled(aws)["metadata"]["labels"]["clusterctl.cluster.x-k8s.io/move-hierarchy"] == ""
    assert labelled(CRD) is CRD


def _refused(folder: Path) -> tuple[str, str, int | None]:
    with pytest.raises(LatticeError) as caught:
        load_crds(folder)
    problem = caught.value.problem
    return problem.code, problem.detail, problem.line


@pytest.mark.parametrize(
    ("old", "new", "line_of", "why"),
    [
        (
            "          maxLength: 5\n",
            "          maxLength: 5: 6\n",
            "maxLength: 5: 6",
            "mapping values",
        ),
        ("things.example.org", "thing.example.org", "name: thing.", "must be 'things.example.org'"),
        ("type: boolean", "type: bool", "type: bool", "Unsupported value"),
        ("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1", "apiVersion:", "not 'apiextensions.k8s.io/v1'"),
        ("  group: example.org\n", "", "  scope: Namespaced", "it has no 'group'"),
        ("  scope: Namespaced\n", "  scope: &s Namespaced\n  x: [[&a [1], *a]]\n", "apiVersion:", "no anchors"),
        ("  scope: Namespaced\n", f"  scope: Namespaced\n  x: {'[' * 200}{']' * 200}\n", "apiVersion:", "150 levels"),
    ],
)
def test_a_broken_file_is_named_with_the_line(tmp_path: Path, old: str, new: str, line_of: str, why: str) -> None:
    path = written(tmp_path, CRD)
    text = path.read_text("utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    code, detail, line = _refused(tmp_path)
    assert (code, why in detail) == ("LT-REH-004", True), detail
    assert line is not None
    assert line_of in text.splitlines()[line - 1]


def test_a_file_in_another_encoding_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"kind: Pod\n# \xff\n")
    assert _refused(tmp_path) == ("LT-REH-004", "it is not written in UTF-8", 2)


def test_a_definition_that_is_there_twice_is_told(tmp_path: Path) -> None:
    written(tmp_path, CRD)
    written(tmp_path, CRD, "again.yaml")
    code, detail, _ = _refused(tmp_path)
    assert code == "LT-REH-004"
    assert "things.example.org is defined in" in detail


def test_a_folder_without_definitions_or_no_folder_is_told(tmp_path: Path) -> None:
    assert _refused(tmp_path)[:2] == ("LT-REH-003", f"{tmp_path}: there is no CustomResourceDefinition in it")
    missing = tmp_path / "missing"
    assert _refused(missing)[:2] == ("LT-REH-003", f"{missing}: there is no such folder")


@needs_shared
def test_the_definitions_of_the_projects_are_loaded_each_with_its_provider() -> None:
    loaded = load_crds(shared() / "crds")
    assert len(loaded.crds) == len(loaded.files) == 41
    providers = {crd["metadata"]["labels"].get("cluster.x-k8s.io/provider", "") for crd in loaded.crds}
    assert len(providers) == 12
