"""Server-side apply: who owns a field, and what happens when two want it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_tui.rehearsal.api.comparing import fields_of
from lattice_tui.rehearsal.api.fields import Path, as_text, decoded, encoded, holds, in_order
from lattice_tui.rehearsal.api.kinds import MACHINE, SECRET
from lattice_tui.rehearsal.api.owners import owners_of
from lattice_tui.rehearsal.api.store import ApiError, Store
from lattice_tui.rehearsal.api.value_types import value_type_of
from tests.rehearsal_api import things
from tests.rehearsal_api.served import machine
from tests.rehearsal_api.things import SCHEMA, THING, bare

JsonObject = dict[str, Any]


def apply(store: Store, obj: JsonObject, manager: str = "lattice", **more: Any) -> JsonObject:
    return store.apply(MACHINE, obj, **{"manager": manager, "force": False, **more})[0]


def test_applying_twice_changes_nothing(store: Store) -> None:
    first, created = store.apply(MACHINE, machine("m", version="v1"), manager="lattice", force=False)
    version = store.resource_version
    again, created_again = store.apply(MACHINE, machine("m", version="v1"), manager="lattice", force=False)

    assert (created, created_again) == (True, False)
    assert (again, store.resource_version) == (first, version)


def test_what_a_manager_no_longer_applies_is_removed(store: Store) -> None:
    apply(store, {**machine("m", version="v1", deletion={"nodeDrainTimeoutSeconds": 1})})
    after = apply(store, machine("m"))

    assert after["spec"] == machine("m")["spec"]


def test_what_another_manager_owns_too_stays_when_one_lets_go(store: Store) -> None:
    apply(store, machine("m", version="v1"))
    apply(store, machine("m", version="v1"), "other")
    after = apply(store, machine("m"))

    assert after["spec"]["version"] == "v1"


def test_a_conflict_names_the_owner_and_the_field(store: Store) -> None:
    apply(store, machine("m", version="v1"), "other")
    with pytest.raises(ApiError) as error:
        apply(store, machine("m", version="v2"))

    assert (error.value.code, error.value.reason) == (409, "Conflict")
    assert error.value.message == 'Apply failed with 1 conflict: conflict with "other": .spec.version'
    assert (error.value.details or {})["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "other"',
            "field": ".spec.version",
        }
    ]


def test_force_takes_the_field_over(store: Store) -> None:
    apply(store, machine("m", version="v1"), "other")
    after = apply(store, machine("m", version="v2"), force=True)
    owners = {owner.manager: owner.paths for owner in owners_of(after)}

    assert after["spec"]["version"] == "v2"
    assert ("f:spec", "f:version") in owners["lattice"]
    assert ("f:spec", "f:version") not in owners["other"]
    assert ("f:spec", "f:clusterName") in owners["other"]


def test_a_plain_write_takes_ownership_so_that_the_next_apply_conflicts(store: Store) -> None:
    """As when somebody scales by hand what was applied."""
    apply(store, machine("m", version="v1"))
    scaled = store.patch(MACHINE, "m", "team-a", {"spec": {"version": "v2"}}, actor="kubectl")
    owners = [owner.manager for owner in owners_of(scaled) if ("f:spec", "f:version") in owner.paths]
    with pytest.raises(ApiError) as error:
        apply(store, machine("m", version="v1"))
    kept = apply(store, machine("m"))

    assert '"kubectl" using cluster.x-k8s.io/v1beta2: .spec.version' in error.value.message
    assert (owners, kept["spec"]["version"]) == (["kubectl"], "v2")


def test_a_field_removed_by_a_plain_write_is_owned_by_nobody(store: Store) -> None:
    apply(store, machine("m", version="v1"))
    after = store.patch(MACHINE, "m", "team-a", {"spec": {"version": None}}, actor="kubectl")

    assert not [owner for owner in owners_of(after) if ("f:spec", "f:version") in owner.paths]


def test_several_conflicts_are_listed_by_owner(store: Store) -> None:
    apply(store, machine("m", version="v1", providerID="a"), "other")
    with pytest.raises(ApiError) as error:
        apply(store, machine("m", version="v2", providerID="b"))

    assert error.value.message == (
        'Apply failed with 2 conflicts: conflicts with "other":\n- .spec.providerID\n- .spec.version'
    )


def test_status_is_applied_through_its_subresource_alone(store: Store) -> None:
    apply(store, {**machine("m"), "status": {"phase": "Ignored"}})
    with_status = {**machine("m", version="ignored"), "status": {"phase": "Running"}}
    after = apply(store, with_status, "controller", status=True)

    assert (after["status"], after["spec"]) == ({"phase": "Running"}, machine("m")["spec"])
    assert {entry["manager"]: entry.get("subresource") for entry in after["metadata"]["managedFields"]} == {
        "lattice": None,
        "controller": "status",
    }


@pytest.fixture
def things_store(store: Store) -> Store:
    store.open_kinds((THING,))
    return store


def apply_thing(store: Store, obj: JsonObject, manager: str, *, status: bool = False) -> JsonObject:
    return store.apply(THING, obj, manager=manager, force=False, status=status)[0]


def test_conditions_are_owned_one_by_one(things_store: Store) -> None:
    def status(*types: str) -> JsonObject:
        return things.with_status(conditions=[{"type": name, "status": "True"} for name in types])

    apply_thing(things_store, bare(), "lattice")
    apply_thing(things_store, status("Ready", "Available"), "core", status=True)
    both = apply_thing(things_store, status("EtcdHealthy"), "kcp", status=True)
    after = apply_thing(things_store, status("Ready"), "core", status=True)

    assert [entry["type"] for entry in both["status"]["conditions"]] == ["Ready", "Available", "EtcdHealthy"]
    assert [entry["type"] for entry in after["status"]["conditions"]] == ["Ready", "EtcdHealthy"]


def test_an_entry_goes_with_who_applied_it_even_when_another_changed_a_field_of_it(things_store: Store) -> None:
    """As a real server does it: the other owns the field alone, and not the entry."""
    ready, up = {"type": "Ready", "status": "False"}, {"type": "Up", "status": "True"}
    apply_thing(things_store, bare(), "lattice")
    apply_thing(things_store, things.with_status(conditions=[ready, up]), "core", status=True)
    changed = {"status": {"conditions": [{**ready, "status": "True"}, up]}}
    things_store.patch(THING, "t", "team-a", changed, status=True, actor="other")
    after = apply_thing(things_store, things.with_status(conditions=[up]), "core", status=True)

    assert after["status"]["conditions"] == [up]
    assert [owner.manager for owner in owners_of(after)] == ["core", "lattice"]


def test_entries_of_two_managers_live_side_by_side(things_store: Store) -> None:
    apply_thing(things_store, bare(ports=[{"port": 80, "protocol": "TCP", "name": "a"}]), "one")
    apply_thing(things_store, bare(ports=[{"port": 443, "protocol": "TCP"}]), "two")
    after = apply_thing(things_store, bare(ports=[{"port": 80, "protocol": "TCP", "name": "b"}]), "one")

    assert [(port["port"], port.get("name")) for port in after["spec"]["ports"]] == [(80, "b"), (443, None)]


def test_kubectl_may_turn_its_earlier_writes_into_applied_ones(things_store: Store) -> None:
    """As `kubectl apply --server-side` does it: a JSON patch that rewrites the managers."""
    made = things_store.create(THING, bare(text="a", number=1), actor="kubectl-client-side-apply")
    entries = [{**made["metadata"]["managedFields"][0], "manager": "kubectl", "operation": "Apply"}]
    things_store.replace(THING, {**made, "metadata": {**made["metadata"], "managedFields": entries}}, actor="kubectl")
    after = apply_thing(things_store, bare(text="b"), "kubectl")

    assert after["spec"] == {"text": "b"}
    assert [(owner.manager, owner.operation) for owner in owners_of(after)] == [("kubectl", "Apply")]


def test_an_ordinary_list_is_owned_as_a_whole(things_store: Store) -> None:
    apply_thing(things_store, bare(list=["a"]), "other")
    with pytest.raises(ApiError) as error:
        apply_thing(things_store, bare(list=["b"]), "lattice")
    after, _ = things_store.apply(THING, bare(list=["b"]), manager="lattice", force=True)

    assert ".spec.list" in error.value.message
    assert after["spec"]["list"] == ["b"]


def test_an_applied_finalizer_joins_those_that_are_there(store: Store) -> None:
    apply(store, machine("m"))
    store.add_finalizer(MACHINE, "m", "team-a", "controller", actor="core")
    obj = machine("m")
    obj["metadata"]["finalizers"] = ["mine"]
    after = apply(store, obj)
    without = apply(store, machine("m"))

    assert after["metadata"]["finalizers"] == ["controller", "mine"]
    assert without["metadata"]["finalizers"] == ["controller"]


def test_a_dry_run_answers_and_keeps_nothing(store: Store) -> None:
    version = store.resource_version
    answered = apply(store, machine("m"), dry_run=True)

    assert answered["spec"] == machine("m")["spec"]
    assert (store.find(MACHINE, "m", "team-a"), store.resource_version) == (None, version)


def test_a_secret_in_plain_applied_twice_is_written_once(store: Store) -> None:
    secret = {"metadata": {"name": "s", "namespace": "team-a"}, "stringData": {"value": "hello"}}
    store.apply(SECRET, secret, manager="lattice", force=False)
    version = store.resource_version
    again, _ = store.apply(SECRET, secret, manager="lattice", force=False)

    assert (again["data"], store.resource_version) == ({"value": "aGVsbG8="}, version)


def test_an_apply_that_asks_for_a_version_conflicts_when_it_is_stale(store: Store) -> None:
    first = apply(store, machine("m"))
    apply(store, machine("m", version="v1"))
    stale = machine("m", version="v2")
    stale["metadata"]["resourceVersion"] = first["metadata"]["resourceVersion"]
    with pytest.raises(ApiError) as error:
        apply(store, stale)

    assert error.value.code == 409


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine may be busy; how long an example takes says nothing here."""

texts = st.text(max_size=3)
ports = st.lists(
    st.fixed_dictionaries(
        {"port": st.integers(1, 4)}, optional={"protocol": st.sampled_from(["TCP", "UDP"]), "name": texts}
    ),
    max_size=4,
    unique_by=lambda port: (port["port"], port.get("protocol", "TCP")),
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.one_of(texts, st.lists(texts, max_size=2)), lambda inner: st.dictionaries(texts, inner, max_size=2), max_leaves=5
)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "words": st.dictionaries(texts, texts, max_size=3),
    "struct": st.fixed_dictionaries({}, optional={"one": texts, "two": texts}),
    "whole": st.fixed_dictionaries({}, optional={"one": texts, "two": texts}),
    "list": st.lists(texts, max_size=3),
    "set": st.lists(texts, max_size=4, unique=True),
    "ports": ports,
    "open": st.dictionaries(texts, anything, max_size=2),
}
specs = st.fixed_dictionaries({}, optional=PARTS)


def paths_of(spec: JsonObject) -> set[Path]:
    return fields_of(value_type_of(SCHEMA), {"spec": spec})


def taken(live: JsonObject, spec: JsonObject, manager: str) -> JsonObject:
    return things.applied(live, bare(**spec), manager, force=True)


def named(spec: JsonObject) -> JsonObject:
    """The spec without empty maps and lists, which ask for nothing."""
    return {key: value for key, value in spec.items() if value not in ({}, [])}


@patient
@given(specs)
def test_written_ownership_reads_back_the_same(spec: JsonObject) -> None:
    paths = paths_of(spec)
    written = encoded(paths)

    assert decoded(written) == paths
    assert all(holds(written, path) for path in paths)
    assert not holds(written, ("f:spec", "f:neverThere"))
    assert set(in_order(paths)) == paths
    assert all(as_text(path).startswith(".spec") for path in paths)


@patient
@given(specs)
def test_applying_the_same_again_changes_nothing_at_all(spec: JsonObject) -> None:
    once = taken(things.fresh(), spec, "one")

    assert taken(once, spec, "one") is once


@patient
@given(specs, specs)
def test_a_lone_manager_always_gets_what_it_applied_last(first: JsonObject, second: JsonObject) -> None:
    after = taken(taken(things.fresh(), {"number": 1, **first}, "one"), {"number": 1, **second}, "one")
    got, wanted = paths_of(named(after["spec"])), paths_of(named({"number": 1, **second}))

    assert wanted <= got
    assert things.fields(after, "one") == encoded(paths_of({"number": 1, **second}))
    assert all(after["spec"][key] == value for key, value in second.items() if key in ("text", "list", "whole"))


@patient
@given(specs, specs)
def test_managers_of_different_fields_never_conflict(first: JsonObject, second: JsonObject) -> None:
    apart = {key: value for key, value in second.items() if key not in first}
    one = things.applied(things.fresh(), bare(**first), "one")
    both = things.applied(one, bare(**apart), "two")
    again = things.applied(both, bare(**first), "one")

    assert again is both
    assert paths_of(named(both["spec"])) >= (paths_of(named(first)) | paths_of(named(apart))) - {("f:spec",)}


@patient
@given(specs, specs)
def test_whoever_forces_last_gets_every_field_it_named(first: JsonObject, second: JsonObject) -> None:
    after = taken(taken(things.fresh(), first, "one"), second, "two")

    assert things.applied(after, bare(**second), "two") is after
    assert all(after["spec"][key] == second[key] for key in second.keys() & {"text", "list", "whole"})
    assert all(after["spec"]["words"][key] == value for key, value in second.get("words", {}).items())
