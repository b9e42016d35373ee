"""`lattice plan`: the steps, the objects and the usual minutes; nothing is made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from lattice_tui.install.estimates import longest_way
from schemas.plan import StepInfo
from tests.cli.program import lattice
from tests.shared import ROOT

EXAMPLE = str(ROOT / "examples" / "docker.yaml")
OWN_WORDS = """\
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata:
  name: shop
spec:
  provider:
    kubernetes:
      version: "1.35.5"
      clusterNetwork:
        podCidr: 10.42.0.0/16
    config:
      docker: {}
  nodes:
    controlPlane: 3
    workerPools:
      web:
        replicas: 2
        min: 1
        max: 4
        labels: {tier: web}
      batch:
        replicas: 1
        taints: [{key: only, value: batch, effect: NoSchedule}]
"""


def test_steps_objects_and_minutes_are_shown_and_nothing_is_made(tmp_path: Path) -> None:
    said = lattice(tmp_path, "plan", "--cluster", EXAMPLE)
    shown = said.stdout.decode()

    assert (said.returncode, said.stderr) == (0, b"")
    assert "steps, with their usual times (estimates)" in shown
    assert re.search(r"in all, as steps overlap +about \d+-\d+ min", shown)
    assert "  MachineDeployment      practice-default\n" in shown
    assert f"Nothing was made. Build it: lattice install --cluster {EXAMPLE}" in shown
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("provider", ["proxmox", "openstack", "aws"])
def test_what_cannot_be_built_yet_is_planned_and_that_is_said(provider: str, tmp_path: Path) -> None:
    for name in (provider, f"{provider}-rke2"):
        file = str(ROOT / "examples" / f"{name}.yaml")
        said = lattice(tmp_path, "plan", "--cluster", file)
        shown = said.stdout.decode()
        printed = lattice(tmp_path, "plan", "--cluster", file, "--manifests").stdout
        kinds = {made["kind"] for made in yaml.safe_load_all(printed) if made}

        assert said.returncode == 0, said.stderr
        assert "Nothing was made. This version does not build on" in shown
        assert "lattice install" not in shown
        assert ("RKE2ControlPlane" in kinds) == name.endswith("-rke2")
        refused = lattice(tmp_path, "install", "--cluster", file, "--yes")
        assert (refused.returncode, b"LT-RUN-008" in refused.stderr) == (10, True)
        assert list(tmp_path.iterdir()) == []


def test_an_address_that_a_cloud_gives_is_not_shown_as_chosen(tmp_path: Path) -> None:
    shown = lattice(tmp_path, "plan", str(ROOT / "examples" / "aws.yaml")).stdout.decode()

    assert "  API address    given by the cloud\n" in shown


def test_every_line_fits_an_80_column_terminal(tmp_path: Path) -> None:
    shown = lattice(tmp_path, "plan", "-", stdin=OWN_WORDS.encode()).stdout.decode()

    assert max(map(len, shown.splitlines())) <= 80


def test_pools_are_shown_with_what_was_said_of_them(tmp_path: Path) -> None:
    shown = lattice(tmp_path, "plan", "-", stdin=OWN_WORDS.encode()).stdout.decode()

    assert "   3  control planes" in shown
    assert "   2  workers in pool web, 1 to 4 by load, labels: tier=web" in shown
    assert "   1  worker in pool batch, taints: only=batch:NoSchedule" in shown


def test_what_the_file_leaves_open_is_told_from_what_it_says(tmp_path: Path) -> None:
    shown = lattice(tmp_path, "plan", "-", stdin=OWN_WORDS.encode()).stdout.decode()

    assert "  pod range      10.42.0.0/16\n" in shown
    assert "  service range  10.96.0.0/16  (chosen: the file leaves it open)\n" in shown


def test_without_a_move_its_steps_are_left_out_and_not_counted(tmp_path: Path) -> None:
    stays = OWN_WORDS + "  management: external\n"
    moving = json.loads(lattice(tmp_path, "plan", "-", "-o", "json", stdin=OWN_WORDS.encode()).stdout)
    staying = json.loads(lattice(tmp_path, "plan", "-", "-o", "json", stdin=stays.encode()).stdout)
    shown = lattice(tmp_path, "plan", "-", stdin=stays.encode()).stdout.decode()

    assert re.search(r"Hand the cluster over to itself +left out", shown)
    assert staying["usual_s"][1] < moving["usual_s"][1]


def test_the_manifests_are_the_objects_that_are_named(tmp_path: Path) -> None:
    made = list(yaml.safe_load_all(lattice(tmp_path, "plan", EXAMPLE, "--manifests").stdout))
    line = json.loads(lattice(tmp_path, "plan", EXAMPLE, "-o", "json").stdout)

    assert [(item["kind"], item["metadata"]["name"]) for item in made] == [
        (name["kind"], name["name"]) for name in line["names"]
    ]
    assert sum(line["objects"].values()) == len(made)


def test_a_rehearsal_is_planned_in_its_own_time(tmp_path: Path) -> None:
    real = json.loads(lattice(tmp_path, "plan", EXAMPLE, "-o", "json").stdout)
    rehearsed = json.loads(lattice(tmp_path, "plan", EXAMPLE, "--rehearse", "--speed", "20", "-o", "json").stdout)

    assert rehearsed["usual_s"][1] == pytest.approx(real["usual_s"][1] / 20)
    assert rehearsed["rehearsal"] is True


def test_a_wrong_document_is_listed_and_has_no_plan(tmp_path: Path) -> None:
    said = lattice(tmp_path, "plan", "-", stdin=OWN_WORDS.replace("controlPlane: 3", "controlPlane: 2").encode())

    assert said.returncode == 10
    assert said.stdout == b""
    assert b"spec.nodes.controlPlane" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "needs a cluster.yaml"),
        (("a.yaml", "--cluster", "b.yaml"), "takes one file"),
        (("a.yaml", "--speed", "5"), "Add --rehearse"),
        (("a.yaml", "--manifests", "-o", "json"), "prints YAML"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    said = lattice(tmp_path, "plan", *arguments)

    assert said.returncode == 2
    assert words in said.stderr.decode()


def test_steps_that_overlap_are_not_added_up() -> None:
    def step(name: str, low: float, high: float, *needs: str) -> StepInfo:
        return StepInfo(id=name, title=name, needs=needs, usual_s=(low, high))

    steps = [step("a", 1, 2), step("b", 10, 20, "a"), step("c", 5, 50, "a"), step("d", 1, 1, "b", "c")]

    assert longest_way(steps) == (1 + 10 + 1, 2 + 50 + 1)
    assert longest_way([]) == (0.0, 0.0)
