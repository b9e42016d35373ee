"""OpenAPI v2, as JSON and as protobuf: what helm and kubectl's own checks read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api import openapi_v2, openapi_v3, protobuf
from lattice_tui.rehearsal.api.definitions import defined_kind
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, CORE_KINDS, DEPLOYMENT, PROVIDER_KINDS, Kind
from lattice_tui.rehearsal.api.known import with_known_versions
from lattice_tui.rehearsal.api.schemas.serving import served_versions
from lattice_tui.rehearsal.api.served import ServedVersion
from tests.real_clients.programs import found_program
from tests.rehearsal_api.access_world import needs_kubectl, opened_door
from tests.rehearsal_api.plain_door import PlainDoor
from tests.shared import needs_shared, shared

JsonObject = dict[str, Any]

KINDS = tuple(
    with_known_versions(kind) for kind in (*CORE_KINDS, *(kind for kinds in PROVIDER_KINDS.values() for kind in kinds))
)
CHART = {
    "Chart.yaml": "{apiVersion: v2, name: demo, version: 0.1.0}",
    "templates/a.yaml": "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {portz: []}}",
}
needs_helm = pytest.mark.skipif(found_program("helm") is None, reason="needs helm")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainDoor]:
    with opened_door(tmp_path_factory.mktemp("openapi")) as opened:
        yield opened


def published(spec: JsonObject) -> JsonObject:
    """The v2 form of one field of a defined kind."""
    schema = {"type": "object", "properties": {"spec": spec}}
    kind = Kind("example.com", "v1", "Widget", "widgets", True, False).with_versions((ServedVersion("v1", schema),))
    definition = openapi_v2.document([kind])["definitions"]["com.example.v1.Widget"]
    return dict(definition["properties"]["spec"])


def test_all_groups_are_in_one_document_and_every_reference_leads_somewhere() -> None:
    document = openapi_v2.document(KINDS)

    text = json.dumps(document)
    named = {part.partition('"')[0] for part in text.split('"#/definitions/')[1:]}
    assert named <= set(document["definitions"])
    assert {"io.k8s.api.core.v1.Pod", "io.x-k8s.cluster.v1beta2.Machine"} <= set(document["definitions"])
    assert "/components/schemas/" not in text
    assert set(openapi_v3.document(KINDS, "apps", "v1", "")["paths"]) <= set(document["paths"])  # type: ignore[index]


def test_a_patch_has_the_parameters_and_body_that_v2_knows() -> None:
    path = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
    patch = openapi_v2.document([DEPLOYMENT])["paths"][path]["patch"]

    assert patch["parameters"][0] == {
        "name": "body",
        "in": "body",
        "required": True,
        "schema": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Patch"},
    }
    assert {"name": "fieldValidation", "in": "query", "type": "string"}.items() <= patch["parameters"][3].items()
    assert "application/merge-patch+json" in patch["consumes"]
    assert patch["responses"]["200"]["schema"] == {"$ref": "#/definitions/io.k8s.api.apps.v1.Deployment"}


@pytest.mark.parametrize(
    ("v3", "v2"),
    [
        ({"type": "string", "nullable": True}, {}),
        ({"x-kubernetes-int-or-string": True, "anyOf": [{}]}, {"x-kubernetes-int-or-string": True}),
        ({"type": "string", "oneOf": [{"pattern": "a"}], "maxLength": 3}, {"type": "string", "maxLength": 3}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"a": {"type": "string"}}},
            {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        ),
        (
            {"type": "object", "properties": {"not": {"type": "string", "not": {"pattern": "a"}}}},
            {"type": "object", "properties": {"not": {"type": "string"}}},
        ),
    ],
)
def test_what_v2_cannot_say_is_left_open(v3: JsonObject, v2: JsonObject) -> None:
    assert published(v3) == v2


def test_the_protobuf_form_of_a_small_document_is_what_the_field_numbers_say() -> None:
    schema = {"type": "object", "maxLength": 300, "x-a": [1], "properties": {"b": {"$ref": "#/definitions/c"}}}
    document = {"swagger": "2.0", "definitions": {"d": schema}}

    found = protobuf.encoded(document)

    reference = b"\x0a\x0f#/definitions/c"
    properties = b"\xca\x01\x18" + b"\x0a\x16" + b"\x0a\x01b" + b"\x12\x11" + reference
    expected = (
        b"\xb2\x01\x08\x0a\x06object" + b"\x58\xac\x02" + b"\xfa\x01\x0c\x0a\x03x-a\x12\x05\x12\x03[1]" + properties
    )
    entry = b"\x0a\x01d\x12" + bytes([len(expected)]) + expected
    definitions = b"\x0a" + bytes([len(entry)]) + entry
    assert found == b"\x0a\x032.0" + b"\x4a" + bytes([len(definitions)]) + definitions


def test_a_key_without_a_field_number_is_left_out_of_the_protobuf_form() -> None:
    assert protobuf.encoded({"swagger": "2.0", "unheardOf": 1}) == b"\x0a\x032.0"


def test_the_encoded_document_is_kept_until_something_else_is_served() -> None:
    first, tag = openapi_v2.encoded_document([CONFIG_MAP], "v1.34.0")
    again, same_tag = openapi_v2.encoded_document([CONFIG_MAP], "v1.34.0")
    other, other_tag = openapi_v2.encoded_document([CONFIG_MAP, DEPLOYMENT], "v1.34.0")

    assert again is first
    assert same_tag == tag
    assert (other != first, other_tag != tag) == (True, True)


@needs_kubectl
def test_kubectl_explains_from_the_protobuf_form(door: PlainDoor) -> None:
    explained = door.kubectl("explain", "machines.spec.bootstrap", "-o", "plaintext-openapiv2", "--recursive")

    assert explained.stderr == ""
    assert explained.stdout.startswith("KIND:     Machine\nVERSION:  cluster.x-k8s.io/v1beta2\n")
    assert "   configRef\t<Object>\n      apiGroup\t<string>\n" in explained.stdout


@needs_kubectl
@needs_shared
def test_kubectl_reads_the_protobuf_form_of_real_definitions(tmp_path: Path) -> None:
    with opened_door(tmp_path) as door:
        kinds = _kinds_of_shared_definitions()
        door.store.open_kinds(kinds)
        explained = door.kubectl("explain", "proxmoxmachines.spec", "-o", "plaintext-openapiv2")
        newer = door.kubectl("explain", "proxmoxmachines.spec")

    assert len(kinds) > 40
    assert explained.stderr == newer.stderr == ""
    assert "sourceNode" in explained.stdout
    assert "sourceNode" in newer.stdout


@needs_helm
def test_helm_finds_an_unknown_field_of_a_chart_by_the_protobuf_form(door: PlainDoor, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    for name, text in CHART.items():
        (tmp_path / name).write_text(text)
    door.validates_fields = False
    refused = door.run("helm", "template", "demo", str(tmp_path), "--validate", "--kube-apiserver", door.url())
    door.validates_fields = True

    assert refused.returncode == 1
    assert 'unknown field "portz" in io.k8s.api.core.v1.ServiceSpec' in refused.stderr
    assert any(line.startswith("GET /openapi/v2") for line in door.asked)


def _kinds_of_shared_definitions() -> list[Kind]:
    import yaml

    found = []
    for path in sorted((shared() / "crds").rglob("*.yaml")):
        crd = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        found.append(defined_kind(crd).with_versions(served_versions(crd)))
    return found
