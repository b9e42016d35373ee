"""What the world says of its own custom kinds is what it serves, and what it writes itself is kept as any write is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.definitions import definition
from lattice_tui.rehearsal.api.kinds import CRD, MACHINE, MACHINE_DEPLOYMENT, PROVIDER_KINDS, Kind
from lattice_tui.rehearsal.api.known import known_versions
from lattice_tui.rehearsal.api.schemas.serving import served_versions, stored_version
from lattice_tui.rehearsal.api.served import ServedVersion
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.pace import Pace
from tests.rehearsal_api.served import new_store

JsonObject = dict[str, Any]

OWN = [kind for kinds in PROVIDER_KINDS.values() for kind in kinds]


def _machine(**more: Any) -> JsonObject:
    spec = {
        "clusterName": "demo",
        "bootstrap": {"dataSecretName": "s"},
        "infrastructureRef": {"apiGroup": "infrastructure.cluster.x-k8s.io", "kind": "DockerMachine", "name": "m"},
    }
    return {"metadata": {"name": "m", "namespace": "default"}, "spec": {**spec, **more}}


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.kind)
def test_a_definition_says_what_is_served(kind: Kind) -> None:
    crd = definition(kind)

    for told, known in zip(served_versions(crd), known_versions(kind), strict=True):
        assert told.schema["properties"]["metadata"] == {"type": "object"}
        assert {**told.schema["properties"], "metadata": {}} == {**known.schema["properties"], "metadata": {}}
        assert (told.columns, told.selectable_fields, told.scale) == (
            known.columns,
            known.selectable_fields,
            known.scale,
        )
    assert stored_version(crd) == kind.version


def test_words_that_only_built_in_kinds_have_are_not_in_a_definition() -> None:
    merged = {"type": "array", "items": {"type": "string"}, "x-kubernetes-patch-merge-key": "name"}
    size = {"format": "quantity", "oneOf": [{"type": "string"}, {"type": "number"}], "description": "How much."}
    kind = Kind("lab.example", "v1", "Gadget", "gadgets", namespaced=True, has_status=False)
    served = ServedVersion("v1", {"type": "object", "properties": {"names": merged, "format": size}})

    (told,) = served_versions(definition(kind.with_versions((served,))))

    fields = told.schema["properties"]
    assert fields["names"] == {"type": "array", "items": {"type": "string"}}
    assert fields["format"]["x-kubernetes-int-or-string"] is True
    assert fields["format"]["description"] == "How much."
    assert "oneOf" not in fields["format"]


def test_a_served_kind_is_established_at_once_and_can_be_scaled(tmp_path: Path) -> None:
    store = new_store(tmp_path)

    crd = store.get(CRD, MACHINE_DEPLOYMENT.qualified_plural)

    assert {one["type"] for one in crd["status"]["conditions"]} == {"Established", "NamesAccepted"}
    assert crd["status"]["storedVersions"] == [MACHINE_DEPLOYMENT.version]
    assert crd["spec"]["versions"][0]["subresources"]["scale"]["specReplicasPath"] == ".spec.replicas"
    assert not store.mistakes.known


def test_what_the_world_writes_is_pruned_as_a_clients_write_is(tmp_path: Path) -> None:
    store = new_store(tmp_path)

    made = store.create(MACHINE, _machine(nonsense=True), actor="capi-controller-manager")
    patched = store.patch(MACHINE, "m", "default", {"spec": {"nonsense": 1}}, actor="capi-controller-manager")

    assert "nonsense" not in made["spec"]
    assert "nonsense" not in patched["spec"]
    assert list(store.mistakes.known) == ['capi-controller-manager wrote a Machine: unknown field "spec.nonsense"']


def test_mistakes_are_noted_only_where_somebody_wants_to_know(tmp_path: Path) -> None:
    store = Store("quiet", Pace(seed=1), Audit(tmp_path / "audit.jsonl"))
    store.serve(OWN)

    made = store.create(MACHINE, _machine(nonsense=True), actor="capi-controller-manager")

    assert "nonsense" not in made["spec"]
    assert not store.mistakes.known


def test_a_copy_may_be_changed_without_a_trace(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.create(MACHINE, _machine(), actor="one")
    before = json.dumps(store.live(MACHINE, "m", "default"))

    taken = store.get(MACHINE, "m", "default")
    taken["spec"]["bootstrap"]["dataSecretName"] = "other"
    taken["metadata"]["managedFields"].clear()
    taken["metadata"].clear()

    assert json.dumps(store.live(MACHINE, "m", "default")) == before
