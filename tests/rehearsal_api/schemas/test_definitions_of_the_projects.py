"""Cluster API's own definitions: every rule is evaluated, and says yes and no to the right objects."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from lattice_tui.rehearsal.api.schemas.schema import Schema
from lattice_tui.rehearsal.crd_folder import load_crds
from tests.rehearsal_api.schemas.things import JsonObject
from tests.shared import needs_shared, shared

pytestmark = needs_shared
NOTHING: Any = object()
FAMILIES: list[tuple[str, list[Any], list[Any]]] = [
    ("exists_one(y, x.name", [[], [{"name": "a"}, {"name": "b"}]], [[{"name": "a"}, {"name": "a"}]]),
    (
        "'ipam.cluster.x-k8s.io'",
        [{"apiGroup": "ipam.cluster.x-k8s.io", "kind": "InClusterIPPool"}],
        [{"apiGroup": "x", "kind": "InClusterIPPool"}],
    ),
    (
        "self.kind == 'InClusterIPPool'",
        [{"kind": "GlobalInClusterIPPool", "apiGroup": "ipam.cluster.x-k8s.io"}],
        [{"kind": "Pool", "apiGroup": "ipam.cluster.x-k8s.io"}],
    ),
    ("self < 32765", [1, 32764, 32767], [0, 32765, 32766]),
    ("self < 254", [1, 253, 256], [0, 254, 255]),
    ("576", [1, 576, 65520], [0, 2, 65521]),
    (
        "self.from",
        [{"name": "a"}, {"from": "Name", "name": "a"}, {"from": "FieldPath"}],
        [{}, {"from": "FieldPath", "name": "a"}],
    ),
    ("has(self.config)", [{}, {"data": {}}, {"config": "b"}], [{"data": {}, "config": "b"}]),
    ("has(self.configMap)", [{"secret": {}}], [{"secret": {}, "configMap": {}}]),
    ("LinuxRAID", ["Linux", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"], ["Linux2", "xfs", ""]),
    ("addresses.size", [{"addresses": ["10.0.0.1"]}], [{"addresses": []}]),
    ("OwnerRemediated", ["Mine"], ["Ready", "OwnerRemediated"]),
    ("has(self.format)", [{"full": True, "format": "raw", "storage": "x"}], [{"full": False, "format": "raw"}]),
    ("has(self.storage)", [{"full": True, "storage": "x"}], [{"full": False, "storage": "x"}]),
    ("self.end >=", [{"start": 1, "end": 1}], [{"start": 2, "end": 1}]),
    ("has(self.flavor)", [{"flavor": "a"}, {"flavorID": "b"}], [{}]),
    ("'Bool'", [{"type": "Bool", "bool": True}], [{"type": "Bool"}, {"type": "String", "string": "a", "bool": True}]),
    ("'Number'", [{"type": "Number", "number": 1}], [{"type": "Number"}]),
    ("'String'", [{"type": "String", "string": "a"}], [{"type": "String"}]),
    ("'amazon-pool'", ["none", "amazon-pool"], ["mine"]),
    ("has(self.layout)", [{"layout": True}, {"diskLayout": []}], [{}, {"layout": True, "diskLayout": []}]),
    ("self.ipv4PoolRef", [{"ipv4PoolRef": {"name": "a"}}, {"ipv6PoolRef": {"name": "a"}}], [{}]),
    ("'net0'", ["net1"], ["net0"]),
    (
        "self.marketType",
        [{}, {"capacityReservationId": "a"}, {"marketType": "Spot"}],
        [{"capacityReservationId": "a", "marketType": "Spot"}],
    ),
    (
        "has(self.spotMarketOptions)",
        [{"spotMarketOptions": {}}],
        [{"spotMarketOptions": {}, "capacityReservationId": "a"}],
    ),
    (
        "[has(self.sourceNode)",
        [{"sourceNode": "a", "templateID": 1}],
        [{}, {"sourceNode": "a", "templateSelector": {}}],
    ),
    (
        "[has(self.templateID)",
        [{"templateID": 1, "sourceNode": "a"}],
        [{}, {"templateID": 1, "templateSelector": {}}],
    ),
    (
        "has(self.templateSelector) ||",
        [{"templateSelector": {}}, {"templateID": 1, "sourceNode": "a"}],
        [{"templateID": 1}],
    ),
    ("self.ipv4Config", [{"ipv4Config": {}}, {"ipv6Config": {}}], [{}]),
    ("self.port <", [{"port": 6443}], [{"port": 0}, {"port": 65536}]),
    ("'cagw-'", ["cagw-1"], ["igw-1"]),
    (
        "self.bastion",
        [{"disableExternalNetwork": True}, {"bastion": {"floatingIP": "a"}}],
        [{"disableExternalNetwork": True, "bastion": {"floatingIP": "a"}}],
    ),
    (
        "disableAPIServerFloatingIP :",
        [{}, {"disableExternalNetwork": True, "disableAPIServerFloatingIP": True}],
        [{"disableExternalNetwork": True}],
    ),
    ("!self.enabled", [{"enabled": False}, {"enabled": True, "spec": {}}], [{"enabled": True}]),
]
"""Part of a rule, values it lets pass, values it refuses."""
TRANSITIONS: list[tuple[str, list[tuple[Any, Any]], list[tuple[Any, Any]]]] = [
    ("self.region", [({}, {}), ({"region": "a"}, {"region": "a"})], [({"region": "a"}, {"region": "b"})]),
    ("self == oldSelf", [({"sizeGb": 1}, {"sizeGb": 1})], [({"sizeGb": 1}, {"sizeGb": 2})]),
]
"""Part of a rule, pairs of old and new."""


@cache
def versions() -> dict[tuple[str, str], Schema]:
    """By kind and version."""
    return {
        (crd["spec"]["names"]["kind"], version["name"]): Schema(version["schema"]["openAPIV3Schema"])
        for crd in load_crds(shared() / "crds").crds
        for version in crd["spec"]["versions"]
    }


def rules_below(schema: Any) -> Iterator[tuple[str, JsonObject]]:
    """Every rule of a schema, with the level it stands at."""
    if isinstance(schema, dict):
        for rule in schema.get("x-kubernetes-validations") or ():
            yield rule["rule"], schema
        for inner in schema.values():
            yield from rules_below(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from rules_below(inner)


@cache
def all_rules() -> tuple[tuple[str, JsonObject], ...]:
    return tuple(found for schema in versions().values() for found in rules_below(schema.openapi))


def without_limits(level: Any) -> Any:
    """A level of a schema with its types and its rules alone."""
    if isinstance(level, list):
        return [without_limits(inner) for inner in level]
    if not isinstance(level, dict):
        return level
    limits = ("enum", "format", "minimum", "minItems", "minLength", "minProperties", "pattern", "required")
    return {key: without_limits(value) for key, value in level.items() if key not in limits}


def verdicts(part: str, new: Any, old: Any = None) -> set[bool]:
    """Whether each of the rules with `part` in them refuses a value, each at its own level of its own schema."""
    found = [(rule, level) for rule, level in all_rules() if part in rule]
    assert found, part
    refused = set()
    for rule, level in found:
        alone = without_limits(level)
        alone["x-kubernetes-validations"] = [each for each in level["x-kubernetes-validations"] if each["rule"] == rule]
        for below in alone.get("properties", {}).values():
            below.pop("x-kubernetes-validations", None)
        told = Schema({"type": "object", "properties": {"it": alone}}).violations(
            {"it": new}, None if old is None else {"it": old}
        )
        assert [each for each in told if each.reason == "FieldValueTypeInvalid"] == []
        refused.add(bool(told))
    return refused


def test_every_rule_is_evaluated() -> None:
    assert len(all_rules()) == 184
    assert [skipped for schema in versions().values() for skipped in schema.skipped_rules] == []


def test_every_family_of_rules_is_tried() -> None:
    parts = [part for part, _, _ in FAMILIES] + [part for part, _, _ in TRANSITIONS]
    assert [rule for rule, _ in all_rules() if not any(part in rule for part in parts)] == []


@pytest.mark.parametrize(("part", "good", "bad"), FAMILIES, ids=[part for part, _, _ in FAMILIES])
def test_a_family_of_rules_says_yes_and_no(part: str, good: list[Any], bad: list[Any]) -> None:
    assert [verdicts(part, value) for value in good] == [{False}] * len(good)
    assert [verdicts(part, value) for value in bad] == [{True}] * len(bad)


@pytest.mark.parametrize(("part", "good", "bad"), TRANSITIONS, ids=[part for part, _, _ in TRANSITIONS])
def test_a_family_of_transition_rules_says_yes_and_no(part: str, good: list[Any], bad: list[Any]) -> None:
    assert [verdicts(part, new, old) for old, new in good] == [{False}] * len(good)
    assert [verdicts(part, new, old) for old, new in bad] == [{True}] * len(bad)
    assert [verdicts(part, new) for _, new in bad] == [{False}] * len(bad)


def recorded() -> Iterator[JsonObject]:
    """Objects that real controllers have written."""
    path = next((shared() / "recordings").glob("*create-then-delete.jsonl"))
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)["object"]


def test_what_real_controllers_have_written_passes_unchanged() -> None:
    known = [obj for obj in recorded() if (obj["kind"], obj["apiVersion"].rpartition("/")[2]) in versions()]
    assert len(known) > 300
    for obj in known:
        schema = versions()[obj["kind"], obj["apiVersion"].rpartition("/")[2]]
        assert schema.unknown_fields(obj) == ()
        assert schema.violations(obj) == ()
        assert schema.violations(obj, obj) == ()


def test_a_machine_is_checked_in_less_than_a_millisecond() -> None:
    machine = max((obj for obj in recorded() if obj["kind"] == "Machine"), key=lambda obj: len(json.dumps(obj)))
    schema = versions()["Machine", "v1beta2"]

    def once_s() -> float:
        begin = time.thread_time()
        schema.violations(schema.defaulted(schema.pruned(machine)))
        return time.thread_time() - begin

    once_s()
    assert min(once_s() for _ in range(50)) < 0.001
