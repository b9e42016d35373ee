"""The objects made for Proxmox, OpenStack and AWS with kubeadm and RKE2: as agreed, and as the real schemas want them.

`LATTICE_UPDATE_GOLDEN=1 pytest tests/capi/test_manifests_of_every_provider.py` writes tests/golden anew.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from lattice_tui.capi.health_checks import machine_health_checks
from lattice_tui.capi.manifests import digest, yaml_text
from lattice_tui.capi.moved_kinds import moved_kinds
from lattice_tui.capi.resources import AWS_KINDS, OPENSTACK_KINDS, PROXMOX_KINDS, resource_for
from schemas.plan import ClusterPlan
from tests.capi.crd_schemas import problems_of
from tests.capi.provider_plans import LARGE_ONES, PLANS, SMALL_ONES, WITHOUT_BALANCER
from tests.shared import needs_shared

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
Manifest = dict[str, Any]


def manifests(plan: ClusterPlan) -> list[Manifest]:
    made: list[Manifest] = import_module(f"lattice_tui.providers.{plan.provider}.manifests").manifests(plan)
    return made


def only(made: list[Manifest], kind: str, name: str = "") -> Any:
    (found,) = [one for one in made if one["kind"] == kind and one["metadata"]["name"].startswith(name)]
    return found["spec"]


def machine(plan: ClusterPlan, name: str) -> Any:
    kinds = {"proxmox": "ProxmoxMachineTemplate", "openstack": "OpenStackMachineTemplate", "aws": "AWSMachineTemplate"}
    return only(manifests(plan), kinds[plan.provider], f"{plan.name}-{name}")["template"]["spec"]


@pytest.mark.parametrize("name", PLANS)
def test_manifests_are_those_that_were_reviewed(name: str) -> None:
    text = yaml_text(manifests(PLANS[name]))
    file = GOLDEN / f"{name}.yaml"
    if os.environ.get("LATTICE_UPDATE_GOLDEN") == "1":
        file.write_text(text)

    assert text == file.read_text()
    assert list(yaml.safe_load_all(text)) == manifests(PLANS[name].model_copy(deep=True))


@needs_shared
@pytest.mark.parametrize("name", PLANS)
def test_the_real_schemas_accept_every_object_with_unknown_fields_refused(name: str) -> None:
    made = [one for one in manifests(PLANS[name]) if one["kind"] != "Namespace"]

    assert {one["kind"]: problems_of(one) for one in made} == {one["kind"]: [] for one in made}


@pytest.mark.parametrize("name", PLANS)
def test_every_object_can_be_found_again(name: str) -> None:
    plan = PLANS[name]
    made = manifests(plan)
    for one in made:
        labels = one["metadata"]["labels"]
        assert labels["lattice.dev/cluster"] == labels["cluster.x-k8s.io/cluster-name"] == plan.name
        assert labels["lattice.dev/run"] == plan.run_id
        assert one["metadata"]["annotations"]["lattice.dev/manifest-sha256"] == digest(one)
        assert resource_for(one).kind == one["kind"]
    assert len({(one["kind"], one["metadata"]["name"]) for one in made}) == len(made)


@pytest.mark.parametrize("name", PLANS)
def test_every_object_is_saved_before_a_move_and_looked_for_after_it(name: str) -> None:
    plan = PLANS[name]
    infrastructure = {"proxmox": PROXMOX_KINDS, "openstack": OPENSTACK_KINDS, "aws": AWS_KINDS}[plan.provider]
    moved = {resource.kind for resource in moved_kinds(plan.bootstrap, infrastructure)}
    made = {one["kind"] for one in (*manifests(plan), *machine_health_checks(plan))}

    assert made - moved == {"Namespace"}
    assert not {kind for kind in moved if ("Kubeadm" if plan.bootstrap == "rke2" else "RKE2") in kind}


@pytest.mark.parametrize("name", PLANS)
def test_names_and_labels_fit_into_63_characters(name: str) -> None:
    made = manifests(PLANS[name].model_copy(update={"name": "c" * 32}))

    assert max(len(one["metadata"]["name"]) for one in made) <= 63


@pytest.mark.parametrize("name", SMALL_ONES)
def test_a_pool_has_its_own_size_where_it_says_so(name: str) -> None:
    provider = name.partition("-")[0]
    plan = LARGE_ONES[f"{provider}-large"]
    said: Any = {
        "proxmox": lambda one: (one["numCores"], one["memoryMiB"], one["disks"]["bootVolume"]["sizeGb"]),
        "openstack": lambda one: (one["flavor"], one["rootVolume"].get("type"), one["rootVolume"]["sizeGiB"]),
        "aws": lambda one: (one["instanceType"], one["rootVolume"]["type"], one["rootVolume"]["size"]),
    }[provider]
    wanted = {
        "proxmox": ((8, 16384, 200), (2, 4096, 50)),
        "openstack": (("gpu.large", "ssd", 100), ("m1.medium", None, 40)),
        "aws": (("g5.xlarge", "gp2", 200), ("m5.large", "gp3", 80)),
    }[provider]

    assert (said(machine(plan, "web")), said(machine(plan, "batch"))) == wanted


def test_a_proxmox_machine_never_gets_an_id_that_is_soon_given_away_again() -> None:
    plan = SMALL_ONES["proxmox-small"]
    ids = machine(plan, "control-plane")["vmIDRange"]
    other = machine(plan.model_copy(update={"run_id": "0a1b2c3e"}), "control-plane")["vmIDRange"]

    assert ids["start"] >= 100_000
    assert ids["end"] - ids["start"] == 99
    assert other["start"] == ids["end"] + 1, "another run has another block"
    assert machine(LARGE_ONES["proxmox-large"], "web")["vmIDRange"] == {"start": 20000, "end": 20099}


def test_storage_can_be_chosen_for_a_full_copy_alone() -> None:
    linked, full = machine(SMALL_ONES["proxmox-small"], "default"), machine(LARGE_ONES["proxmox-large"], "batch")

    assert (linked["full"], "storage" in linked) == (False, False)
    assert (full["full"], full["storage"]) == (True, "ceph")


def test_the_first_control_plane_alone_uses_the_rights_that_kubeadm_has_before_it_is_through() -> None:
    config = only(manifests(SMALL_ONES["proxmox-small"]), "KubeadmControlPlane")["kubeadmConfigSpec"]
    (file,) = config["files"]
    pod = yaml.safe_load(file["content"])
    (command,) = config["preKubeadmCommands"]

    assert file["path"] == "/etc/kubernetes/manifests/kube-vip.yaml"
    assert {one["name"]: one["value"] for one in pod["spec"]["containers"][0]["env"]}["address"] == "192.168.1.220"
    assert command.startswith("if [ -f /run/kubeadm/kubeadm.yaml ]; then sed ")
    assert "path: /etc/kubernetes/admin.conf" in file["content"], "what the command replaces"


def test_rke2_finds_its_virtual_address_and_an_agent_on_a_plain_image() -> None:
    spec = only(manifests(PLANS["proxmox-small-rke2"]), "RKE2ControlPlane")
    pod = yaml.safe_load(spec["files"][1]["content"])

    assert spec["files"][1]["path"] == "/var/lib/rancher/rke2/agent/pod-manifests/kube-vip.yaml"
    assert pod["spec"]["volumes"][0]["hostPath"]["path"] == "/etc/rancher/rke2/rke2.yaml"
    assert "qemu-guest-agent" in spec["preRKE2Commands"][0]
    assert not any("super-admin" in command for command in spec["preRKE2Commands"])
    assert spec["agentConfig"]["kubelet"]["extraArgs"] == ["--provider-id=proxmox://{{ ds.meta_data.instance_id }}"]


@pytest.mark.parametrize("name", ["openstack-small", "aws-small"])
def test_a_cloud_controller_says_what_the_nodes_are(name: str) -> None:
    config = only(manifests(PLANS[name]), "KubeadmControlPlane")["kubeadmConfigSpec"]
    external = {"name": "cloud-provider", "value": "external"}

    assert external in config["initConfiguration"]["nodeRegistration"]["kubeletExtraArgs"]
    assert external in config["joinConfiguration"]["nodeRegistration"]["kubeletExtraArgs"]
    assert external in config["clusterConfiguration"]["controllerManager"]["extraArgs"]


def test_openstack_without_octavia_keeps_the_floating_ip_that_it_is_given() -> None:
    spec = only(manifests(WITHOUT_BALANCER), "OpenStackCluster")

    assert spec["apiServerLoadBalancer"] == {"enabled": False}
    assert spec["apiServerFloatingIP"] == "203.0.113.20"


def test_rke2_machines_can_join_in_both_clouds() -> None:
    balancer = only(manifests(PLANS["openstack-small-rke2"]), "OpenStackCluster")["apiServerLoadBalancer"]
    cluster = only(manifests(PLANS["aws-small-rke2"]), "AWSCluster")
    (rule,) = cluster["network"]["additionalControlPlaneIngressRules"]

    assert balancer["additionalPorts"] == [9345]
    assert cluster["controlPlaneLoadBalancer"]["additionalListeners"] == [{"port": 9345, "protocol": "TCP"}]
    assert (rule["fromPort"], rule["sourceSecurityGroupRoles"]) == (9345, ["controlplane", "node"])
    for name in ("openstack-small-rke2", "aws-small-rke2"):
        assert only(manifests(PLANS[name]), "RKE2ControlPlane")["registrationMethod"] == "internal-first"


def test_who_may_reach_the_api_is_said_to_the_load_balancer() -> None:
    octavia = only(manifests(PLANS["openstack-large"]), "OpenStackCluster")["apiServerLoadBalancer"]
    people, machines = only(manifests(PLANS["aws-large"]), "AWSCluster")["controlPlaneLoadBalancer"]["ingressRules"]

    assert octavia["allowedCIDRs"] == people["cidrBlocks"] == ["203.0.113.7/32"]
    assert machines["natGatewaysIPsSource"] is True


def test_ec2_machines_ask_for_a_session_before_they_tell_their_keys() -> None:
    options = machine(PLANS["aws-small"], "control-plane")["instanceMetadataOptions"]

    assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 2)


def test_no_ssh_key_on_aws_is_said_and_not_left_out() -> None:
    assert only(manifests(PLANS["aws-large"]), "AWSCluster")["sshKeyName"] == ""
