"""Our own definitions hold everything that the product and its simulation write, and nothing that is misspelt."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DEPLOYMENT,
    EVENT,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    NAMESPACE,
    NODE,
    POD,
    PROVIDER,
    SECRET,
    SERVICE,
    Kind,
)
from lattice_tui.rehearsal.api.known import known_versions, versions, with_known_versions
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.simulated import charts, kind_cluster, workloads
from lattice_tui.rehearsal.simulated.helm_releases import Release, ReleaseStore
from tests.controllers.harness import NAME, NAMESPACE_NAME, USER, manifests, scene
from tests.rehearsal_api.known import EVERY_KIND, kind_of, problems, schema_of
from tests.rehearsal_api.served import new_store

JsonObject = dict[str, Any]

STATUS_OF_A_KIND_WITHOUT_ONE = "KubeadmConfigTemplate: unknown field status"


def test_every_kind_that_a_cluster_serves_is_known() -> None:
    assert [kind.kind for kind in EVERY_KIND if not known_versions(kind)] == []
    assert known_versions(Kind("example.com", "v1", "Thing", "things", True, False)) == ()


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.qualified_plural)
def test_a_definition_is_described_and_fits_its_kind(kind: Kind) -> None:
    (version,) = known_versions(kind)
    fields = version.schema["properties"]

    assert version.name == kind.version
    assert version.schema["description"].endswith(".")
    assert {"apiVersion", "kind", "metadata"} <= set(fields)
    assert version.has_status == kind.has_status
    assert (version.scale is not None) == kind.has_scale
    assert "status" not in fields or kind.has_status
    for name in ("spec", "status"):
        assert not fields.get(name, {}).get("x-kubernetes-preserve-unknown-fields"), f"{name} takes everything"


def test_kinds_with_a_status_define_it() -> None:
    assert [
        kind.kind
        for kind in EVERY_KIND
        if kind.has_status and "status" not in known_versions(kind)[0].schema["properties"]
    ] == []


def test_reading_every_definition_takes_no_time_that_anybody_feels() -> None:
    versions.definitions.cache_clear()
    known_versions.cache_clear()
    started = time.process_time()
    for kind in EVERY_KIND:
        known_versions(kind)

    # About 0.03 s; the bound only catches a reader that has become something else.
    assert time.process_time() - started < 0.5


def test_a_kind_learns_its_versions_once() -> None:
    learned = with_known_versions(MACHINE)

    assert learned.at("v1beta2") is known_versions(MACHINE)[0]
    assert with_known_versions(learned) is learned


def test_lists_merge_by_the_keys_of_the_real_kinds() -> None:
    pod_spec = known_versions(POD)[0].schema["properties"]["spec"]["properties"]
    container = pod_spec["containers"]["items"]["properties"]
    conditions = known_versions(MACHINE)[0].schema["properties"]["status"]["properties"]["conditions"]

    assert pod_spec["containers"]["x-kubernetes-list-map-keys"] == ["name"]
    assert pod_spec["containers"]["x-kubernetes-patch-merge-key"] == "name"
    assert container["ports"]["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"]
    assert container["ports"]["items"]["properties"]["protocol"]["default"] == "TCP"
    assert container["env"]["x-kubernetes-patch-strategy"] == "merge"
    assert pod_spec["volumes"]["x-kubernetes-patch-strategy"] == "merge,retainKeys"
    assert conditions["x-kubernetes-list-map-keys"] == ["type"]


def test_defaults_are_the_servers() -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"spec": {"containers": [{"name": "a", "image": "x", "ports": [{"containerPort": 80}]}]}},
        },
    }

    spec = schema_of(DEPLOYMENT).defaulted(deployment)["spec"]
    pod = spec["template"]["spec"]
    assert (spec["replicas"], spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (1, 10, 600)
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    assert (pod["restartPolicy"], pod["dnsPolicy"], pod["terminationGracePeriodSeconds"]) == (
        "Always",
        "ClusterFirst",
        30,
    )
    assert pod["containers"][0]["ports"][0]["protocol"] == "TCP"


async def test_whatever_the_controllers_write_is_known(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={"workers": 1}))
        await world.until(lambda: NAME in world.host.open, "the API opens")
        workload = world.workload
        inside: list[tuple[Kind, JsonObject]] = []
        unsubscribe = workload.subscribe(lambda change: inside.append((change.kind, change.object)))
        await world.cluster_up()
        inside += [(kind, obj) for kind in workload.served() for obj in workload.list(kind)]
        world.store.delete(CLUSTER, NAME, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(CLUSTER, NAME) is None, "it goes")
        unsubscribe()
        outside = [(change.kind, change.object) for _, change in world.changes]
        outside += [(kind, obj) for kind in world.store.served() for obj in world.store.list(kind)]

    seen = {kind.kind for kind, _ in (*inside, *outside)}
    assert {"Cluster", "Machine", "KubeadmConfig", "DockerMachine", "Event", "Secret", "Node", "Pod"} <= seen
    assert problems([*inside, *outside]) == []


async def test_whatever_the_simulated_tools_write_is_known(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    kind_cluster.install_cni(store)
    kind_cluster.install_storage(store)
    cilium = charts.chart_objects("cilium", "cilium", "kube-system", "1.18.0", {"kubeProxyReplacement": True})
    for kind, obj in cilium:
        store.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, **obj}, actor="helm")
    workloads.make_available(store, "cilium-operator", "kube-system", Pace())
    inventory = {"metadata": {"name": "cluster-api", "namespace": "team-a"}, "providerName": "cluster-api"}

    assert problems((kind, obj) for kind in store.served() for obj in store.list(kind)) == []
    assert problems([(PROVIDER, {**inventory, "type": "CoreProvider", "version": "v1.13.5"})]) == []


@pytest.mark.parametrize(
    ("kind", "obj", "unknown"),
    [
        (CLUSTER, {"spec": {"clusterNetworks": {}}}, "spec.clusterNetworks"),
        (CLUSTER, {"spec": {"infrastructureRef": {"apiVersion": "v1"}}}, "spec.infrastructureRef.apiVersion"),
        (MACHINE, {"status": {"conditions": [{"kind": "Ready"}]}}, "status.conditions[0].kind"),
        (MACHINE, {"status": {"ready": True}}, "status.ready"),
        (MACHINE_DEPLOYMENT, {"spec": {"template": {"spec": {"verison": "v1"}}}}, "spec.template.spec.verison"),
        (
            KUBEADM_CONTROL_PLANE,
            {"spec": {"kubeadmConfigSpec": {"initConfiguration": {"nodeRegistration": {"kubeletExtraArg": []}}}}},
            "spec.kubeadmConfigSpec.initConfiguration.nodeRegistration.kubeletExtraArg",
        ),
        (NAMESPACE, {"metadata": {"lables": {}}}, "metadata.lables"),
        (SECRET, {"datas": {}}, "datas"),
        (EVENT, {"involvedObject": {"named": "x"}}, "involvedObject.named"),
        (NODE, {"spec": {"taints": [{"kee": "x"}]}}, "spec.taints[0].kee"),
        (SERVICE, {"spec": {"ports": [{"nme": "http"}]}}, "spec.ports[0].nme"),
        (
            DEPLOYMENT,
            {"spec": {"template": {"metadata": {"lables": {}}}}},
            "spec.template.metadata.lables",
        ),
        (
            POD,
            {"spec": {"containers": [{"name": "a", "livenessProbe": {"httpGet": {"prt": 80}}}]}},
            "spec.containers[0].livenessProbe.httpGet.prt",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_misspelt_field_is_caught_however_deep(kind: Kind, obj: JsonObject, unknown: str) -> None:
    assert schema_of(kind).unknown_fields({"apiVersion": kind.api_version, "kind": kind.kind, **obj}) == (unknown,)


@pytest.mark.parametrize("amount", ["500m", "1Gi", 2, 0.5])
def test_a_quantity_is_a_text_or_a_number(amount: Any) -> None:
    pod = {"spec": {"containers": [{"name": "a", "image": "x", "resources": {"limits": {"cpu": amount}}}]}}

    assert problems([(POD, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, **pod})]) == []


def test_a_release_of_helm_is_known(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    release = Release("web", "team-a", 1, "web", "1.0.0", "deployed", {}, "2026-01-01T00:00:00Z")
    ReleaseStore(store, "team-a").save(release)

    assert problems((SECRET, obj) for obj in store.list(SECRET)) == []
    assert kind_of({"apiVersion": "v1", "kind": "Secret"}) == SECRET
