"""Our definitions say nothing else than the pinned CRDs, and the manifests of every plan fit them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lattice_tui.providers.docker.manifests import manifests
from lattice_tui.rehearsal.api.kinds import PROVIDER_KINDS, Kind
from lattice_tui.rehearsal.api.known import known_versions
from tests.capi.plans import PLANS
from tests.rehearsal_api.known import kind_of, problems
from tests.shared import needs_shared, shared

JsonObject = dict[str, Any]

NOT_AMONG_THE_CRDS = frozenset(
    {
        "Certificate",
        "ClusterClass",
        "ClusterIssuer",
        "DockerClusterTemplate",
        "Issuer",
        "KubeadmControlPlaneTemplate",
        "MachineDrainRule",
        "MachinePool",
    }
)
DEFINED = [kind for kinds in PROVIDER_KINDS.values() for kind in kinds if kind.kind not in NOT_AMONG_THE_CRDS]
TAKEN_AS_IT_COMES = {"Cluster": {".spec.topology"}}


@cache
def crd_files() -> dict[str, Path]:
    return {path.stem: path for path in (shared() / "crds").rglob("*.yaml")}


@cache
def crd_version(kind: Kind) -> JsonObject:
    """The pinned CRD's version in which our objects are written."""
    text = crd_files()[f"{kind.group}_{kind.plural}"].read_text(encoding="utf-8")
    crd = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found: JsonObject = next(one for one in crd["spec"]["versions"] if one["name"] == kind.version)
    return found


def ways(schema: JsonObject, way: str = "") -> Iterator[tuple[str, JsonObject]]:
    """Every field of a schema by its way, lists and mappings looked through."""
    while "items" in schema or isinstance(schema.get("additionalProperties"), dict):
        schema = schema.get("items") or schema["additionalProperties"]
    for name, field in schema.get("properties", {}).items():
        if (way, name) != ("", "metadata"):
            yield f"{way}.{name}", field
            yield from ways(field, f"{way}.{name}")


@needs_shared
@pytest.mark.parametrize("kind", DEFINED, ids=lambda kind: kind.kind)
def test_columns_are_those_of_the_crd(kind: Kind) -> None:
    theirs = [
        (one["name"], one["type"], one["jsonPath"], one.get("priority", 0))
        for one in crd_version(kind).get("additionalPrinterColumns", [])
    ]

    assert [(one.name, one.type, one.json_path, one.priority) for one in known_versions(kind)[0].columns] == theirs


@needs_shared
@pytest.mark.parametrize("kind", DEFINED, ids=lambda kind: kind.kind)
def test_fields_are_those_of_the_crd(kind: Kind) -> None:
    ours = dict(ways(known_versions(kind)[0].schema))
    open_ways = tuple(f"{way}." for way in TAKEN_AS_IT_COMES.get(kind.kind, ()))
    theirs = {
        way: field
        for way, field in ways(crd_version(kind)["schema"]["openAPIV3Schema"])
        if not way.startswith(open_ways or ("\0",))
    }

    assert sorted(set(ours) ^ set(theirs)) == []
    compared = ("type", "required", "enum", "default", "x-kubernetes-list-type", "x-kubernetes-list-map-keys")
    for way in theirs:
        if way in TAKEN_AS_IT_COMES.get(kind.kind, ()):
            continue
        for name in compared:
            # An empty text as a default says nothing: the field is a text that may be empty.
            mine, other = ours[way].get(name) or None, theirs[way].get(name) or None
            if name == "required":
                mine, other = sorted(mine or []), sorted(other or [])
            if ours[way].get("x-kubernetes-int-or-string") and name == "type":
                continue
            assert mine == other, f"{kind.kind}{way}: {name}"


@needs_shared
@pytest.mark.parametrize("kind", DEFINED, ids=lambda kind: kind.kind)
def test_descriptions_are_our_own_words(kind: Kind) -> None:
    theirs = {field.get("description", "").strip() for _, field in ways(crd_version(kind)["schema"]["openAPIV3Schema"])}

    assert theirs & {
        field["description"] for _, field in ways(known_versions(kind)[0].schema) if "description" in field
    } <= {""}


@pytest.mark.parametrize("name", sorted(name for name, plan in PLANS.items() if plan.bootstrap == "kubeadm"))
def test_every_manifest_of_a_docker_plan_is_known(name: str) -> None:
    objects = [dict(manifest) for manifest in manifests(PLANS[name])]

    assert {obj["kind"] for obj in objects} >= {"Namespace", "Cluster", "KubeadmControlPlane"}
    assert problems((kind_of(obj), obj) for obj in objects) == []
