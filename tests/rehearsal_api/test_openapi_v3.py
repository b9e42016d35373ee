"""OpenAPI v3: what kubectl validates, explains and patches by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from lattice_tui.rehearsal.api import openapi_v3
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DEPLOYMENT, MACHINE, MACHINE_DEPLOYMENT, NODE, POD, Kind
from lattice_tui.rehearsal.api.known import with_known_versions
from lattice_tui.rehearsal.api.openapi_meta import REFERENCE, SHARED
from lattice_tui.rehearsal.api.openapi_schemas import published, schema_name, takes_strategic_patches
from lattice_tui.rehearsal.api.served import ServedVersion
from tests.rehearsal_api.access_world import needs_kubectl, opened_door
from tests.rehearsal_api.plain_door import PlainDoor

JsonObject = dict[str, Any]

KINDS = tuple(with_known_versions(kind) for kind in (CONFIG_MAP, DEPLOYMENT, MACHINE, MACHINE_DEPLOYMENT, NODE, POD))
MISSPELT_SERVICE = "---\n{apiVersion: v1, kind: Service, metadata: {name: a, namespace: default}, spec: {portz: []}}"
MISSPELT_MACHINE = (
    "---\n{apiVersion: cluster.x-k8s.io/v1beta2, kind: Machine, metadata: {name: a, namespace: team-a}, spec:"
    " {clusterName: x, clusterNam: y, bootstrap: {dataSecretName: z}, infrastructureRef: {}}}"
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainDoor]:
    with opened_door(tmp_path_factory.mktemp("openapi")) as opened:
        yield opened


def document(group: str, version: str) -> JsonObject:
    found = openapi_v3.document(KINDS, group, version)
    assert found is not None
    return found


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


def widget(schema: JsonObject) -> Kind:
    kind = Kind("example.com", "v1", "Widget", "widgets", True, False)
    return kind.with_versions((ServedVersion("v1", schema),))


def test_the_index_names_each_group_and_version_with_the_hash_of_its_document() -> None:
    paths = openapi_v3.index(KINDS)["paths"]

    assert set(paths) == {"api/v1", "apis/apps/v1", *(f"apis/{group_version}" for group_version in _capi_versions())}
    address = paths["apis/apps/v1"]["serverRelativeURL"]
    assert re.fullmatch(r"/openapi/v3/apis/apps/v1\?hash=[0-9A-F]{128}", address)


def test_the_hash_changes_with_a_schema_and_only_then() -> None:
    first, same, other = (
        openapi_v3.address([widget({"type": "object", "description": about})], "example.com", "v1")
        for about in ("one", "one", "two")
    )

    assert first == same
    assert first != other


@pytest.mark.parametrize(("group", "version"), [("", "v1"), ("apps", "v1"), ("cluster.x-k8s.io", "v1beta2")])
def test_every_reference_leads_to_a_schema_of_the_same_document(group: str, version: str) -> None:
    found = document(group, version)

    named = {reference.removeprefix(REFERENCE) for reference in references(found)}
    assert named <= set(found["components"]["schemas"])
    assert len(named) > 10


def test_nothing_is_published_of_a_version_that_is_not_served() -> None:
    assert openapi_v3.document(KINDS, "apps", "v2") is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (POD, "io.k8s.api.core.v1.Pod"),
        (DEPLOYMENT, "io.k8s.api.apps.v1.Deployment"),
        (MACHINE, "io.x-k8s.cluster.v1beta2.Machine"),
        (Kind("rbac.authorization.k8s.io", "v1", "Role", "roles", True, False), "io.k8s.api.rbac.v1.Role"),
        (
            Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "x", False, True),
            "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
        ),
        (Kind("snapshot.storage.k8s.io", "v1", "Snap", "snaps", True, False), "io.k8s.storage.snapshot.v1.Snap"),
    ],
)
def test_schemas_have_the_names_of_a_real_server(kind: Kind, name: str) -> None:
    assert schema_name(kind, kind.version) == name


def test_a_patch_says_which_kind_it_is_for_and_that_the_server_validates_and_tries() -> None:
    path = "/apis/cluster.x-k8s.io/v1beta2/namespaces/{namespace}/machines/{name}"
    patch = document("cluster.x-k8s.io", "v1beta2")["paths"][path]["patch"]

    assert patch["x-kubernetes-action"] == "patch"
    assert patch["x-kubernetes-group-version-kind"] == {
        "group": "cluster.x-k8s.io",
        "kind": "Machine",
        "version": "v1beta2",
    }
    assert [parameter["name"] for parameter in patch["parameters"]] == [
        "dryRun",
        "fieldManager",
        "fieldValidation",
        "force",
    ]
    assert patch["operationId"] == "patchClusterXK8sIoV1beta2NamespacedMachine"


def test_paths_and_their_actions_are_those_of_a_real_server() -> None:
    paths = document("cluster.x-k8s.io", "v1beta2")["paths"]

    below = "/apis/cluster.x-k8s.io/v1beta2/namespaces/{namespace}/machinedeployments"
    found = {
        path: {method: operation["x-kubernetes-action"] for method, operation in item.items() if method != "parameters"}
        for path, item in paths.items()
        if "machinedeployments" in path
    }
    one = {"get": "get", "put": "put", "patch": "patch"}
    assert found == {
        "/apis/cluster.x-k8s.io/v1beta2/machinedeployments": {"get": "list"},
        below: {"get": "list", "post": "post", "delete": "deletecollection"},
        f"{below}/{{name}}": {**one, "delete": "delete"},
        f"{below}/{{name}}/status": one,
        f"{below}/{{name}}/scale": one,
    }
    assert paths[below]["delete"]["operationId"] == "deleteClusterXK8sIoV1beta2CollectionNamespacedMachineDeployment"
    assert "/api/v1/nodes/{name}/status" in document("", "v1")["paths"]


def test_strategic_patches_are_offered_where_the_schema_names_every_field() -> None:
    core, apps = document("", "v1")["paths"], document("apps", "v1")["paths"]
    offered = core["/api/v1/namespaces/{namespace}/configmaps/{name}"]["patch"]["requestBody"]["content"]
    own = widget(
        {"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}}}
    )
    open_corner = {"type": "object", "properties": {"data": {"type": "object"}}}
    part_open = CONFIG_MAP.with_versions((ServedVersion("v1", open_corner),))

    assert "application/strategic-merge-patch+json" in offered
    assert takes_strategic_patches(part_open, part_open.versions[0]) is False
    assert takes_strategic_patches(own, own.versions[0]) is False
    assert apps["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]["requestBody"]["content"]


def test_a_schema_keeps_its_own_words_and_gets_the_metadata_of_every_object() -> None:
    kind = widget(
        {
            "type": "object",
            "description": "A widget.",
            "required": ["spec"],
            "properties": {"spec": {"type": "object", "x-kubernetes-validations": [{"rule": "self.a > 1"}]}},
        }
    )

    schemas = published(kind, kind.versions[0])

    whole = schemas["com.example.v1.Widget"]
    assert whole["description"] == "A widget."
    assert whole["required"] == ["spec"]
    assert whole["properties"]["spec"]["x-kubernetes-validations"] == [{"rule": "self.a > 1"}]
    assert references(whole["properties"]["metadata"]) == {
        "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    }
    assert references(schemas["com.example.v1.WidgetList"]["properties"]["items"]) == {
        f"{REFERENCE}com.example.v1.Widget"
    }
    assert kind.versions[0].schema["properties"].keys() == {"spec"}


def test_the_shared_schemas_are_all_there() -> None:
    wanted = ("ObjectMeta", "ListMeta", "Status", "DeleteOptions", "Preconditions", "Patch", "Time", "OwnerReference")

    assert {f"io.k8s.apimachinery.pkg.apis.meta.v1.{name}" for name in wanted} <= set(SHARED)


@needs_kubectl
def test_kubectl_explains_built_in_and_defined_kinds(door: PlainDoor) -> None:
    pod = door.kubectl("explain", "pod.spec")
    machine = door.kubectl("explain", "machines", "--recursive")

    assert pod.stderr == machine.stderr == ""
    assert pod.stdout.startswith("KIND:       Pod\nVERSION:    v1\n\nFIELD: spec <PodSpec>\n")
    assert "containers\t<[]Object> -required-" in pod.stdout
    assert machine.stdout.startswith("GROUP:      cluster.x-k8s.io\nKIND:       Machine\nVERSION:    v1beta2\n")
    assert re.search(
        r"\n  spec\t<Object> -required-\n    bootstrap\t<Object> -required-\n      configRef\t", machine.stdout
    )
    assert "  metadata\t<ObjectMeta>\n    annotations\t<map[string]string>\n" in machine.stdout


@needs_kubectl
def test_kubectl_leaves_validation_to_a_server_that_says_it_validates(door: PlainDoor) -> None:
    door.asked.clear()

    door.kubectl("create", "--validate=strict", "-f", "-", stdin=MISSPELT_SERVICE)

    assert [line for line in door.asked if line.startswith("POST")] == [
        "POST /api/v1/namespaces/default/services?fieldManager=kubectl-create&fieldValidation=Strict"
    ]
    assert not any("/openapi/v2" in line for line in door.asked)


@needs_kubectl
@pytest.mark.parametrize(
    ("manifest", "unknown"),
    [
        (MISSPELT_SERVICE, 'ValidationError(Service.spec): unknown field "portz" in io.k8s.api.core.v1.ServiceSpec'),
        (MISSPELT_MACHINE, 'ValidationError(Machine.spec): unknown field "clusterNam" in io.x-k8s.cluster.v1beta2.'),
    ],
    ids=["built-in", "defined"],
)
def test_kubectl_finds_unknown_fields_itself_where_the_server_does_not_validate(
    door: PlainDoor, manifest: str, unknown: str
) -> None:
    door.validates_fields = False
    refused = door.kubectl("apply", "--validate=strict", "--dry-run=client", "-f", "-", stdin=manifest)
    door.validates_fields = True

    assert refused.returncode == 1
    assert unknown in refused.stderr


def _capi_versions() -> set[str]:
    machine = with_known_versions(MACHINE)
    return {f"cluster.x-k8s.io/{served.name}" for served in machine.versions}
