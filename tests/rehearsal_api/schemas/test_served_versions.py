"""The served versions of a definition, and definitions that no server takes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lattice_tui.rehearsal.api.schemas.serving import served_versions, stored_version, version_order
from lattice_tui.rehearsal.api.served import Column, ScalePaths
from tests.rehearsal_api.schemas.things import CRD, SCHEMA, JsonObject, fields, text


def definition(*versions: JsonObject) -> JsonObject:
    """The definition of things, with other versions."""
    crd = copy.deepcopy(CRD)
    crd["spec"]["versions"] = list(versions)
    return crd


def version(name: str, **more: Any) -> JsonObject:
    """One version, served and not stored."""
    return {"name": name, "served": True, "storage": False, "schema": {"openAPIV3Schema": SCHEMA}, **more}


def test_the_preferred_version_comes_first_and_what_is_not_served_is_left_out() -> None:
    names = ["v1alpha1", "v1beta1", "v2", "v10", "v1", "v1beta2", "other"]
    crd = definition(*(version(name) for name in names), version("v3", served=False, storage=True))
    assert [each.name for each in served_versions(crd)] == [
        "v10",
        "v2",
        "v1",
        "v1beta2",
        "v1beta1",
        "v1alpha1",
        "other",
    ]
    assert stored_version(crd) == "v3"
    assert sorted(["b", "a"], key=version_order, reverse=True) == ["a", "b"]


def test_columns_subresources_and_warnings_are_read() -> None:
    column = {"name": "Ready", "type": "string", "jsonPath": ".status.ready", "priority": 1}
    scale = {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}
    crd = definition(
        version("v1", storage=True, additionalPrinterColumns=[column], subresources={"status": {}, "scale": scale}),
        version("v1beta1", deprecated=True, selectableFields=[{"jsonPath": ".spec.colour"}]),
        version("v1alpha1", deprecated=True, deprecationWarning="do not"),
    )
    first, beta, alpha = served_versions(crd)
    assert first.columns == (Column("Ready", "string", ".status.ready", priority=1),)
    assert first.has_status
    assert first.scale == ScalePaths(".spec.n", ".status.n")
    assert [column.name for column in beta.columns] == ["Age"]
    assert (beta.has_status, beta.scale, beta.selectable_fields) == (False, None, ("spec.colour",))
    assert first.deprecation == ""
    assert beta.deprecation == "example.org/v1beta1 Thing is deprecated; use example.org/v1 Thing"
    assert alpha.deprecation == "do not"


ROOT = "spec.versions[0].schema.openAPIV3Schema"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (None, f"{ROOT}: Required value: schemas are required"),
        ({"type": "string"}, f'{ROOT}.type: Invalid value: "string": must be object at the root'),
        (fields(a={}), f"{ROOT}.properties[a].type: Required value: must not be empty for specified object fields"),
        (fields(a={"type": "text"}), f'{ROOT}.properties[a].type: Unsupported value: "text"'),
        (fields(a={"type": "array"}), f"{ROOT}.properties[a].items: Required value: must be specified"),
        (fields(a=text(**{"$ref": "#/x"})), f"{ROOT}.properties[a].$ref: Forbidden"),
        (fields(a=text(pattern="(")), f'{ROOT}.properties[a].pattern: Invalid value: "("'),
        (
            fields(a={"type": "array", "items": text(), "x-kubernetes-list-type": "map"}),
            f"{ROOT}.properties[a].x-kubernetes-list-map-keys: Required value",
        ),
        (
            fields(a={"type": "array", "items": text(), "uniqueItems": True}),
            f"{ROOT}.properties[a].uniqueItems: F",
        ),
        (fields(a=text(anyOf=[{"type": "string"}])), f"{ROOT}.properties[a].anyOf[0].type: Forbidden: must be empty"),
    ],
)
def test_a_schema_that_is_not_structural_is_refused_with_its_place(schema: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r"^spec") as caught:
        served_versions(definition(version("v1", storage=True, schema={"openAPIV3Schema": schema})))
    assert str(caught.value).startswith(words)


def test_a_schema_without_end_is_refused() -> None:
    schema: JsonObject = text()
    for _ in range(400):
        schema = fields(a=schema)
    with pytest.raises(ValueError, match="more than 100 levels"):
        served_versions(definition(version("v1", storage=True, schema={"openAPIV3Schema": schema})))


@pytest.mark.parametrize(
    "crd", [{}, {"spec": {}}, definition(), definition(version("v1")), definition({"served": True})]
)
def test_a_definition_without_versions_is_refused(crd: JsonObject) -> None:
    with pytest.raises(ValueError, match=r"^spec\.versions"):
        served_versions(crd)
