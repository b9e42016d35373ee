"""The official Python client against the rehearsed API."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal_api.served import VERSION, Served, machine, machine_deployment

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    # Taken as untyped: its annotations say `object` and models where it gives and takes dicts.
    client: Any = importlib.import_module("kubernetes.client")
    config: Any = importlib.import_module("kubernetes.config")
    dynamic: Any = importlib.import_module("kubernetes.dynamic")
    watch: Any = importlib.import_module("kubernetes.watch")
    ApiException: type[Exception] = client.ApiException
    ConflictError: type[Exception] = dynamic.exceptions.ConflictError
    NotFoundError: type[Exception] = dynamic.exceptions.NotFoundError


def status_of(error: pytest.ExceptionInfo[Exception]) -> int:
    return int(error.value.__dict__["status"])


GROUP = ("cluster.x-k8s.io", "v1beta2", "team-a", "machines")


@pytest.fixture
def api(served: Served) -> Iterator[Any]:
    with config.new_client_from_config(config_file=str(served.kubeconfig)) as connection:
        yield connection


@pytest.fixture
def resources(api: Any, tmp_path: Path) -> Any:
    return dynamic.DynamicClient(api, cache_file=str(tmp_path / "discovery.json"))


def test_version_and_namespaces(api: Any) -> None:
    core = client.CoreV1Api(api)
    core.create_namespace({"metadata": {"name": "team-b"}})
    names = [item.metadata.name for item in core.list_namespace().items]

    assert client.VersionApi(api).get_code().git_version == VERSION
    assert {"default", "kube-system", "team-a", "team-b"} <= set(names)


def test_secrets_are_written_and_read(api: Any) -> None:
    core = client.CoreV1Api(api)
    secret = client.V1Secret(metadata=client.V1ObjectMeta(name="s"), string_data={"value": "hello"})
    core.create_namespaced_secret("team-a", secret)
    read = core.read_namespaced_secret("s", "team-a")
    by_type = core.list_namespaced_secret("team-a", field_selector="type=Opaque")
    core.delete_namespaced_secret("s", "team-a")
    with pytest.raises(ApiException) as error:
        core.read_namespaced_secret("s", "team-a")

    assert (read.data, [item.metadata.name for item in by_type.items]) == ({"value": "aGVsbG8="}, ["s"])
    assert status_of(error) == 404


def test_custom_objects_live_through_all_verbs(api: Any) -> None:
    custom = client.CustomObjectsApi(api)
    custom.create_namespaced_custom_object(*GROUP, machine("m"))
    custom.patch_namespaced_custom_object(*GROUP, "m", {"spec": {"version": "v1"}})
    custom.patch_namespaced_custom_object_status(*GROUP, "m", {"status": {"phase": "Running"}})
    read = custom.get_namespaced_custom_object(*GROUP, "m")
    listed = custom.list_namespaced_custom_object(*GROUP, limit=1)
    custom.delete_namespaced_custom_object(*GROUP, "m")
    with pytest.raises(ApiException) as error:
        custom.get_namespaced_custom_object(*GROUP, "m")

    assert (read["spec"]["version"], read["status"]["phase"]) == ("v1", "Running")
    assert (len(listed["items"]), status_of(error), error.value.__dict__["reason"]) == (1, 404, "Not Found")


def test_a_deployment_is_scaled(api: Any, served: Served) -> None:
    custom = client.CustomObjectsApi(api)
    where = (*GROUP[:3], "machinedeployments")
    custom.create_namespaced_custom_object(*where, machine_deployment("md", 1))
    custom.patch_namespaced_custom_object_scale(*where, "md", {"spec": {"replicas": 3}})

    assert custom.get_namespaced_custom_object(*where, "md")["spec"]["replicas"] == 3


def test_a_watch_streams_and_ends_with_its_time(api: Any) -> None:
    custom = client.CustomObjectsApi(api)
    start = custom.list_namespaced_custom_object(*GROUP)["metadata"]["resourceVersion"]
    custom.create_namespaced_custom_object(*GROUP, machine("m"))
    custom.patch_namespaced_custom_object(*GROUP, "m", {"spec": {"version": "v1"}})
    stream = watch.Watch().stream(
        custom.list_namespaced_custom_object, *GROUP, resource_version=start, timeout_seconds=1
    )

    assert [event["type"] for event in stream] == ["ADDED", "MODIFIED"]


def test_a_forgotten_version_is_raised_as_410(api: Any) -> None:
    custom = client.CustomObjectsApi(api)
    stream = watch.Watch().stream(custom.list_namespaced_custom_object, *GROUP, resource_version="1", timeout_seconds=5)
    with pytest.raises(ApiException) as error:
        list(stream)

    assert status_of(error) == 410


def test_the_dynamic_client_finds_resources_and_applies(resources: Any) -> None:
    machines = resources.resources.get(api_version="cluster.x-k8s.io/v1beta2", kind="Machine")
    body = machine("m", version="v1")
    resources.server_side_apply(machines, body=body, namespace="team-a", field_manager="lattice")
    with pytest.raises(ConflictError):
        resources.server_side_apply(
            machines, body=machine("m", version="v2"), namespace="team-a", field_manager="other"
        )
    forced = resources.server_side_apply(
        machines, body=machine("m", version="v2"), namespace="team-a", field_manager="other", force_conflicts=True
    )
    machines.delete(name="m", namespace="team-a")
    with pytest.raises(NotFoundError):
        machines.get(name="m", namespace="team-a")

    assert (machines.name, machines.short_names, forced.spec.version) == ("machines", ["ma"], "v2")


def test_a_definition_made_by_a_client_is_served(api: Any, resources: Any) -> None:
    definition = yaml.safe_load(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.x-k8s.io}
        spec:
          group: example.x-k8s.io
          scope: Cluster
          names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
          versions:
          - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
        """
    )
    crds = resources.resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")
    crds.create(body=definition)
    custom = client.CustomObjectsApi(api)
    widget = {"apiVersion": "example.x-k8s.io/v1", "kind": "Widget", "metadata": {"name": "w"}}
    custom.create_cluster_custom_object("example.x-k8s.io", "v1", "widgets", widget)
    conditions = crds.get(name="widgets.example.x-k8s.io").status.conditions

    assert custom.get_cluster_custom_object("example.x-k8s.io", "v1", "widgets", "w")["kind"] == "Widget"
    assert {condition.type: condition.status for condition in conditions} == {
        "NamesAccepted": "True",
        "Established": "True",
    }
