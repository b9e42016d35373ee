"""The rehearsed world answers to a client that knows nothing of it, and behaves as Cluster API does."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.polling import eventually
from tests.whole_way.runs import FinishedRun

kubernetes_client: Any = importlib.import_module("kubernetes.client")
kubernetes_config: Any = importlib.import_module("kubernetes.config")
"""The official client. Its generic calls answer untyped JSON, so none of it is typed here."""

GROUP, VERSION, NAMESPACE = "cluster.x-k8s.io", "v1beta2", "capi-practice"
Objects = list[dict[str, Any]]


@pytest.fixture(scope="module")
def custom_objects(finished: FinishedRun) -> Any:
    """The official client, on the finished cluster, which manages itself."""
    api_client = kubernetes_config.new_client_from_config(config_file=str(finished.kubeconfig))
    return kubernetes_client.CustomObjectsApi(api_client)


def _machines(api: Any, deployment: str = "practice-default") -> Objects:
    listing = api.list_namespaced_custom_object(
        GROUP, VERSION, NAMESPACE, "machines", label_selector=f"cluster.x-k8s.io/deployment-name={deployment}"
    )
    items: Objects = listing["items"]
    return items


def _running(machines: Objects) -> set[str]:
    return {item["metadata"]["name"] for item in machines if item.get("status", {}).get("phase") == "Running"}


def _deployment(api: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.get_namespaced_custom_object(
        GROUP, VERSION, NAMESPACE, "machinedeployments", "practice-default"
    )
    return found


def _scale(api: Any, replicas: int) -> None:
    body = {"spec": {"replicas": replicas}}
    api.patch_namespaced_custom_object(GROUP, VERSION, NAMESPACE, "machinedeployments", "practice-default", body)


def test_scaling_a_machine_deployment_grows_a_third_machine(custom_objects: Any, finished: FinishedRun) -> None:
    assert len(_machines(custom_objects)) == 2

    _scale(custom_objects, 3)
    eventually(lambda: _running(_machines(custom_objects)), lambda names: len(names) == 3)

    core = kubernetes_client.CoreV1Api(kubernetes_config.new_client_from_config(config_file=str(finished.kubeconfig)))
    nodes = eventually(lambda: core.list_node().items, lambda nodes: len(nodes) == 4)
    assert {node.spec.provider_id for node in nodes} >= {
        item["spec"]["providerID"] for item in _machines(custom_objects)
    }


def test_a_deleted_machine_is_replaced(custom_objects: Any) -> None:
    before = _running(_machines(custom_objects))
    victim = sorted(before)[0]

    custom_objects.delete_namespaced_custom_object(GROUP, VERSION, NAMESPACE, "machines", victim)

    after = eventually(
        lambda: _running(_machines(custom_objects)), lambda names: victim not in names and len(names) == len(before)
    )
    assert len(after - before) == 1


def test_a_broken_infrastructure_reference_waits_with_the_message_of_cluster_api(
    custom_objects: Any,
) -> None:
    """Source of the text: the recorded stuck-infra run, with the kind of this provider."""
    good = _deployment(custom_objects)["spec"]["template"]["spec"]["infrastructureRef"]
    settled = {item["metadata"]["uid"] for item in _machines(custom_objects)}

    def point_at(name: str) -> None:
        reference = {**good, "name": name}
        body = {"spec": {"template": {"spec": {"infrastructureRef": reference}}}}
        custom_objects.patch_namespaced_custom_object(
            GROUP, VERSION, NAMESPACE, "machinedeployments", "practice-default", body
        )

    def scaling_up() -> dict[str, Any]:
        conditions = _deployment(custom_objects)["status"]["conditions"]
        return next(item for item in conditions if item["type"] == "ScalingUp")

    point_at("practice-no-such-template")
    _scale(custom_objects, 5)
    blocked = eventually(scaling_up, lambda condition: "is blocked" in condition["message"])

    assert "DockerMachineTemplate does not exist" in blocked["message"]
    assert blocked["status"] == "True"
    assert {item["metadata"]["uid"] for item in _machines(custom_objects)} == settled

    point_at(good["name"])
    eventually(lambda: _running(_machines(custom_objects)), lambda names: len(names) == 5)
