"""The objects made for Docker: deterministic, accepted by the real schemas, and as agreed.

`LATTICE_UPDATE_GOLDEN=1 pytest tests/capi/test_docker_manifests.py` writes tests/golden anew.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from lattice_tui.capi.health_checks import machine_health_checks
from lattice_tui.capi.manifests import digest
from lattice_tui.capi.resources import resource_for
from lattice_tui.providers.docker.manifests import manifests, yaml_text
from schemas.plan import ClusterPlan, PoolPlan
from tests.capi.crd_schemas import problems_of
from tests.capi.plans import ALONE, LARGE, PLANS, RKE2, RKE2_LARGE, SMALL
from tests.shared import needs_shared

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
Manifest = dict[str, Any]


def _only(made: list[Manifest], kind: str, name: str = "") -> Manifest:
    (found,) = [one for one in made if one["kind"] == kind and one["metadata"]["name"].startswith(name)]
    return found


@pytest.mark.parametrize("name", PLANS)
def test_manifests_are_those_that_were_reviewed(name: str) -> None:
    text = yaml_text(manifests(PLANS[name]))
    file = GOLDEN / f"{name}.yaml"
    if os.environ.get("LATTICE_UPDATE_GOLDEN") == "1":
        file.write_text(text)

    assert text == file.read_text()


@pytest.mark.parametrize("name", PLANS)
def test_equal_plans_give_equal_bytes_and_the_text_holds_every_object(name: str) -> None:
    made = manifests(PLANS[name])

    assert yaml_text(made) == yaml_text(manifests(PLANS[name].model_copy(deep=True)))
    assert list(yaml.safe_load_all(yaml_text(made))) == made


@needs_shared
@pytest.mark.parametrize("name", PLANS)
def test_the_real_schemas_accept_every_object_with_unknown_fields_refused(name: str) -> None:
    made = [one for one in manifests(PLANS[name]) if one["kind"] not in ("Namespace", "ConfigMap")]

    assert {one["kind"]: problems_of(one) for one in made} == {one["kind"]: [] for one in made}


def _misspell(one: Manifest) -> None:
    one["spec"]["machineTemplate"]["spec"]["infrastuctureRef"] = one["spec"]["machineTemplate"]["spec"].pop(
        "infrastructureRef"
    )


def _use_old_reference(one: Manifest) -> None:
    one["spec"]["machineTemplate"]["spec"]["infrastructureRef"]["apiVersion"] = (
        "infrastructure.cluster.x-k8s.io/v1beta2"
    )


def _use_old_arguments(one: Manifest) -> None:
    registration = one["spec"]["kubeadmConfigSpec"]["initConfiguration"]["nodeRegistration"]
    registration["kubeletExtraArgs"] = {"eviction-hard": "x"}


def _renew_too_late(one: Manifest) -> None:
    one["spec"]["rollout"]["before"]["certificatesExpiryDays"] = 3


@needs_shared
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_misspell, "infrastuctureRef"),
        (_use_old_reference, "apiVersion"),
        (_use_old_arguments, "is not of type 'array'"),
        (_renew_too_late, "3 is less than the minimum of 7"),
    ],
)
def test_the_check_against_the_schemas_can_fail(damage: Any, told: str) -> None:
    damaged = copy.deepcopy(_only(manifests(SMALL), "KubeadmControlPlane"))
    damage(damaged)

    assert any(told in problem for problem in problems_of(damaged))


@pytest.mark.parametrize("name", PLANS)
def test_every_object_can_be_found_again(name: str) -> None:
    plan = PLANS[name]
    for one in manifests(plan):
        labels = one["metadata"]["labels"]

        assert labels["lattice.dev/cluster"] == labels["cluster.x-k8s.io/cluster-name"] == plan.name
        assert labels["lattice.dev/run"] == plan.run_id
        assert labels["app.kubernetes.io/managed-by"] == "lattice"
        assert one["metadata"]["annotations"]["lattice.dev/manifest-sha256"] == digest(one)
        assert one["metadata"].get("namespace") == (f"capi-{plan.name}" if one["kind"] != "Namespace" else None)
        assert resource_for(one).kind == one["kind"]


def test_a_changed_object_has_another_digest() -> None:
    one = manifests(SMALL)[1]
    before = digest(one)
    one["spec"]["paused"] = True

    assert digest(one) != before


@pytest.mark.parametrize("name", PLANS)
def test_what_is_referred_to_comes_first_or_is_the_control_plane_of_the_cluster(name: str) -> None:
    made = manifests(PLANS[name])
    assert made[0]["kind"] == "Namespace"
    assert made[1]["kind"] == "Cluster"
    seen: set[tuple[str, str]] = set()
    for one in made:
        references = list(_references(one))
        if one["kind"] != "Cluster":
            assert set(references) <= seen, one["metadata"]["name"]
        seen.add((one["kind"], one["metadata"]["name"]))
    assert set(_references(made[1])) <= seen


def _references(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list):
        return [found for one in value for found in _references(one)]
    if not isinstance(value, dict):
        return []
    if set(value) == {"apiGroup", "kind", "name"}:
        return [(value["kind"], value["name"])]
    return [found for one in value.values() for found in _references(one)]


def test_the_docker_socket_is_mounted_into_control_planes_only() -> None:
    with_mounts = [
        one["metadata"]["name"]
        for one in manifests(LARGE)
        if one["kind"] == "DockerMachineTemplate" and "extraMounts" in one["spec"]["template"]["spec"]
    ]

    assert len(with_mounts) == 1
    assert with_mounts[0].startswith("shop-control-plane-")


def test_the_load_balancers_address_is_left_to_the_provider() -> None:
    assert "controlPlaneEndpoint" not in _only(manifests(LARGE), "DockerCluster")["spec"]


def test_names_in_the_certificate_are_the_hosts_and_the_documents_each_once() -> None:
    sans = _only(manifests(LARGE), "KubeadmControlPlane")["spec"]["kubeadmConfigSpec"]["clusterConfiguration"][
        "apiServer"
    ]

    assert sans["certSANs"] == [
        "localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal", "192.168.7.20", "shop.example.com",
    ]  # fmt: skip


def test_a_pool_that_an_autoscaler_keeps_has_no_replicas_of_ours() -> None:
    batch = _only(manifests(LARGE), "MachineDeployment", "shop-batch")
    web = _only(manifests(LARGE), "MachineDeployment", "shop-web")

    assert "replicas" not in batch["spec"]
    sizes = {key: value for key, value in batch["metadata"]["annotations"].items() if "autoscaler" in key}
    assert sorted(sizes.values()) == ["1", "5"]
    assert web["spec"]["replicas"] == 2


def test_labels_a_kubelet_may_not_give_itself_go_through_the_machine() -> None:
    made = manifests(LARGE)
    config = _only(made, "KubeadmConfigTemplate", "shop-web")
    registration = config["spec"]["template"]["spec"]["joinConfiguration"]["nodeRegistration"]
    machine_labels = _only(made, "MachineDeployment", "shop-web")["spec"]["template"]["metadata"]["labels"]

    assert {"name": "node-labels", "value": "tier=web"} in registration["kubeletExtraArgs"]
    assert machine_labels["node-role.kubernetes.io/web"] == ""
    assert registration["taints"] == [
        {"key": "dedicated", "value": "web", "effect": "NoSchedule"},
        {"key": "slow", "effect": "PreferNoSchedule"},
    ]


def test_without_workers_the_control_plane_takes_any_pod() -> None:
    def taints(plan: ClusterPlan) -> Any:
        spec = _only(manifests(plan), "KubeadmControlPlane")["spec"]["kubeadmConfigSpec"]
        return spec["initConfiguration"]["nodeRegistration"].get("taints")

    assert taints(ALONE) == []
    assert taints(SMALL) is None


def test_kube_proxy_is_not_installed_nor_kept() -> None:
    control_plane = _only(manifests(SMALL), "KubeadmControlPlane")

    assert control_plane["spec"]["kubeadmConfigSpec"]["initConfiguration"]["skipPhases"] == ["addon/kube-proxy"]
    assert control_plane["metadata"]["annotations"]["controlplane.cluster.x-k8s.io/skip-kube-proxy"] == "true"


def test_another_image_means_another_template_and_another_run_does_not() -> None:
    def templates(plan: ClusterPlan) -> set[str]:
        return {one["metadata"]["name"] for one in manifests(plan) if one["kind"].endswith("Template")}

    newer = SMALL.model_copy(update={"kubernetes_version": "1.34.8"})
    again = SMALL.model_copy(update={"run_id": "ffffffff"})

    assert templates(again) == templates(SMALL)
    assert len(templates(newer) & templates(SMALL)) == 1, "only the KubeadmConfigTemplate says nothing of the version"


def test_the_longest_allowed_names_still_fit() -> None:
    plan = SMALL.model_copy(update={"name": "c" * 32, "pools": (PoolPlan(name="p" * 14, replicas=1),)})

    names = [one["metadata"]["name"] for one in manifests(plan)]

    assert max(map(len, names)) <= 63


def test_rke2_has_its_own_control_plane_and_no_trace_of_kubeadm() -> None:
    made = manifests(RKE2_LARGE)
    spec = _only(made, "RKE2ControlPlane")["spec"]

    assert _only(made, "Cluster")["spec"]["controlPlaneRef"]["kind"] == "RKE2ControlPlane"
    assert not [one["kind"] for one in made if "Kubeadm" in one["kind"]]
    assert spec["version"] == "v1.34.8+rke2r2"
    assert spec["registrationMethod"] == "control-plane-endpoint"
    assert spec["serverConfig"]["disableComponents"]["kubernetesComponents"] == ["kubeProxy", "cloudController"]
    assert {"192.168.7.20", "shop.example.com"} <= set(spec["serverConfig"]["tlsSan"])


def test_rke2_gets_its_first_release_where_the_plan_names_none() -> None:
    made = manifests(RKE2)

    assert _only(made, "RKE2ControlPlane")["spec"]["version"] == "v1.35.5+rke2r1"
    assert _only(made, "MachineDeployment")["spec"]["template"]["spec"]["version"] == "v1.35.5+rke2r1"
    template = _only(made, "DockerMachineTemplate", "rancher-default")["spec"]["template"]["spec"]
    assert template["customImage"].startswith("kindest/node:v1.35.5@sha256:")


def test_rke2s_own_cilium_replaces_kube_proxy_too() -> None:
    (file,) = _only(manifests(RKE2), "RKE2ControlPlane")["spec"]["files"]
    config = yaml.safe_load(file["content"])
    values = yaml.safe_load(config["spec"]["valuesContent"])

    assert config["kind"] == "HelmChartConfig"
    assert values["kubeProxyReplacement"] is True
    assert (values["k8sServiceHost"], values["k8sServicePort"]) == ("localhost", 6443)


def test_machines_of_rke2_can_join_through_the_load_balancer() -> None:
    made = manifests(RKE2)
    balancer = _only(made, "DockerCluster")["spec"]["loadBalancer"]["customHAProxyConfigTemplateRef"]
    settings = _only(made, "ConfigMap")

    assert settings["metadata"]["name"] == balancer["name"]
    assert settings["metadata"]["labels"]["clusterctl.cluster.x-k8s.io/move"] == "true"
    assert "bind *:9345" in settings["data"]["value"]
    assert (
        "--anonymous-auth=true" in _only(made, "RKE2ControlPlane")["spec"]["serverConfig"]["kubeAPIServer"]["extraArgs"]
    )


def test_pools_of_rke2_carry_labels_and_taints() -> None:
    agent = _only(manifests(RKE2_LARGE), "RKE2ConfigTemplate", "ranch-web")["spec"]["template"]["spec"]["agentConfig"]

    assert agent["nodeLabels"] == ["tier=web"]
    assert agent["nodeTaints"] == ["dedicated=web:NoSchedule", "slow:PreferNoSchedule"]


def test_a_server_of_rke2_takes_any_pod_only_where_there_is_no_worker() -> None:
    def taints(plan: ClusterPlan) -> Any:
        return _only(manifests(plan), "RKE2ControlPlane")["spec"]["agentConfig"].get("nodeTaints")

    assert taints(RKE2) == ["node-role.kubernetes.io/control-plane:NoSchedule"]
    assert taints(RKE2.model_copy(update={"pools": ()})) is None


@pytest.mark.parametrize("provider", ["docker", "proxmox"])
def test_no_machine_is_replaced_by_itself_where_the_host_is_what_is_away(provider: str) -> None:
    assert machine_health_checks(LARGE.model_copy(update={"provider": provider})) == []


@needs_shared
def test_machines_of_a_cloud_are_watched_but_never_a_single_control_plane() -> None:
    made = machine_health_checks(LARGE.model_copy(update={"provider": "openstack"}))
    single = machine_health_checks(SMALL.model_copy(update={"provider": "aws"}))

    assert [one["metadata"]["name"] for one in made] == ["shop-control-plane", "shop-web", "shop-batch"]
    assert [one["metadata"]["name"] for one in single] == ["demo-default"]
    assert made[0]["spec"]["checks"]["nodeStartupTimeoutSeconds"] == 1800
    assert [problems_of(one) for one in (*made, *single)] == [[]] * 4
