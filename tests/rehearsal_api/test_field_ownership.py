"""Server-side apply: who owns a field, and what happens when two want it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_tui.rehearsal.api.apply import applied_by, owners_of
from lattice_tui.rehearsal.api.fields import decoded, encoded, owned_paths
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DEPLOYMENT, MACHINE, SECRET
from lattice_tui.rehearsal.api.store import ApiError, Store
from tests.rehearsal_api.served import machine

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
    apply(store, {**machine("m", version="v1", deletion={"order": "a"})})
    after = apply(store, machine("m"))

    assert after["spec"] == {"clusterName": "demo"}


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
    assert error.value.message == (
        'Apply failed with 1 conflict: conflict with "other" using cluster.x-k8s.io/v1beta2: .spec.version'
    )
    assert error.value.details["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "other" using cluster.x-k8s.io/v1beta2',
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
        'Apply failed with 2 conflicts: conflicts with "other" using cluster.x-k8s.io/v1beta2:'
        "\n- .spec.providerID\n- .spec.version"
    )


def test_status_is_applied_through_its_subresource_alone(store: Store) -> None:
    apply(store, {**machine("m"), "status": {"phase": "Ignored"}})
    with_status = {**machine("m", version="ignored"), "status": {"phase": "Running"}}
    after = apply(store, with_status, "controller", status=True)

    assert (after["status"], after["spec"]) == ({"phase": "Running"}, {"clusterName": "demo"})
    assert [entry.get("subresource") for entry in after["metadata"]["managedFields"]] == [None, "status"]


def test_conditions_are_owned_one_by_one(store: Store) -> None:
    def status(*types: str) -> JsonObject:
        conditions = [{"type": name, "status": "True"} for name in types]
        return {**machine("m"), "status": {"conditions": conditions}}

    apply(store, machine("m"))
    apply(store, status("Ready", "Available"), "core", status=True)
    both = apply(store, status("EtcdHealthy"), "kcp", status=True)
    after = apply(store, status("Ready"), "core", status=True)

    assert [entry["type"] for entry in both["status"]["conditions"]] == ["Ready", "Available", "EtcdHealthy"]
    assert [entry["type"] for entry in after["status"]["conditions"]] == ["Ready", "EtcdHealthy"]


def test_an_entry_that_somebody_else_still_writes_keeps_its_key(store: Store) -> None:
    ready = {"type": "Ready", "status": "False", "reason": "Waiting"}
    apply(store, machine("m"))
    apply(store, {**machine("m"), "status": {"conditions": [ready]}}, "core", status=True)
    changed = {"status": {"conditions": [{**ready, "status": "True"}]}}
    store.patch(MACHINE, "m", "team-a", changed, status=True, actor="other")
    after = apply(store, {**machine("m"), "status": {}}, "core", status=True)

    assert after["status"]["conditions"] == [{"type": "Ready", "status": "True"}]


def test_containers_of_two_managers_live_side_by_side(store: Store) -> None:
    def deployment(container: str, image: str) -> JsonObject:
        pod = {"spec": {"containers": [{"name": container, "image": image}]}}
        return {"metadata": {"name": "d", "namespace": "team-a"}, "spec": {"template": pod}}

    store.apply(DEPLOYMENT, deployment("main", "a:1"), manager="one", force=False)
    store.apply(DEPLOYMENT, deployment("side", "b:1"), manager="two", force=False)
    after, _ = store.apply(DEPLOYMENT, deployment("main", "a:2"), manager="one", force=False)

    assert after["spec"]["template"]["spec"]["containers"] == [
        {"name": "main", "image": "a:2"},
        {"name": "side", "image": "b:1"},
    ]


def test_an_ordinary_list_is_owned_as_a_whole(store: Store) -> None:
    apply(store, machine("m", taints=[{"key": "a"}]), "other")
    with pytest.raises(ApiError) as error:
        apply(store, machine("m", taints=[{"key": "b"}]))
    after = apply(store, machine("m", taints=[{"key": "b"}]), force=True)

    assert ".spec.taints" in error.value.message
    assert after["spec"]["taints"] == [{"key": "b"}]


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

    assert answered["spec"] == {"clusterName": "demo"}
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

scalars = st.one_of(st.booleans(), st.integers(), st.text(max_size=5))
keys = st.sampled_from(["a", "b", "c", "conditions", "env"])
entries = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from("xyz"), "name": st.sampled_from("xyz"), "status": scalars}),
    max_size=3,
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(scalars, st.lists(scalars, max_size=2), entries),
    lambda inner: st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
specs = st.dictionaries(keys, values, max_size=4)


def bare() -> JsonObject:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "team-a"}}


def applied(live: JsonObject, spec: JsonObject, manager: str) -> JsonObject:
    return applied_by(CONFIG_MAP, live, {**bare(), "spec": spec}, manager, "now", force=True, status=False)


@patient
@given(specs)
def test_written_ownership_reads_back_the_same(spec: JsonObject) -> None:
    paths = set(owned_paths({"spec": spec}))

    assert decoded(encoded(paths)) == paths


@patient
@given(specs, specs)
def test_a_lone_manager_always_gets_what_it_applied_last(first: JsonObject, second: JsonObject) -> None:
    after = applied(applied(bare(), first, "one"), second, "one")

    assert owned_paths({"spec": after.get("spec", {})}) == owned_paths({"spec": second})
    assert applied(after, second, "one") is after


@patient
@given(specs, specs)
def test_whoever_forces_last_gets_every_field_it_named(first: JsonObject, second: JsonObject) -> None:
    after = applied(applied(bare(), first, "one"), second, "two")
    result = owned_paths({"spec": after.get("spec", {})})
    # An empty map asks for nothing: it leaves in place what another manager put into it.
    wanted = {path: value for path, value in owned_paths({"spec": second}).items() if value != {}}

    assert {path: result.get(path) for path in wanted} == wanted
