"""What the store keeps, refuses and counts when objects are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import CRD, EVENT, MACHINE, MACHINE_SET, NAMESPACE, NODE, SECRET
from lattice_tui.rehearsal.api.store import ApiError, Change, Store
from lattice_tui.rehearsal.audit import read_audit
from tests.rehearsal_api.served import machine, new_store


def refusal(error: pytest.ExceptionInfo[ApiError]) -> tuple[int, str]:
    return (error.value.code, error.value.reason)


def test_a_created_object_gets_uid_version_time_and_first_generation(store: Store) -> None:
    metadata = store.create(MACHINE, machine("m"), actor="test")["metadata"]

    assert metadata["generation"] == 1
    assert len(metadata["uid"]) == 36
    assert metadata["creationTimestamp"].endswith("Z")
    assert int(metadata["resourceVersion"]) == store.resource_version


def test_status_is_left_out_of_a_create_but_kept_for_a_node(store: Store) -> None:
    made = store.create(MACHINE, {**machine("m"), "status": {"phase": "Running"}}, actor="test")
    node = store.create(NODE, {"metadata": {"name": "n"}, "status": {"conditions": []}}, actor="kubelet")

    assert "status" not in made
    assert node["status"]["conditions"] == []


def test_generation_counts_spec_changes_only(store: Store) -> None:
    store.create(MACHINE, machine("m"), actor="test")
    labelled = store.patch(MACHINE, "m", "team-a", {"metadata": {"labels": {"a": "b"}}}, actor="test")
    running = store.patch(MACHINE, "m", "team-a", {"status": {"phase": "Running"}}, status=True, actor="test")
    changed = store.patch(MACHINE, "m", "team-a", {"spec": {"providerID": "x"}}, actor="test")

    assert [obj["metadata"]["generation"] for obj in (labelled, running, changed)] == [1, 1, 2]
    assert changed["status"] == {"phase": "Running"}


def test_a_main_write_leaves_status_alone_and_a_status_write_leaves_the_rest_alone(store: Store) -> None:
    store.create(MACHINE, machine("m"), actor="test")
    store.patch(MACHINE, "m", "team-a", {"status": {"phase": "Pending"}}, status=True, actor="test")
    obj = store.get(MACHINE, "m", "team-a")
    written = store.replace(MACHINE, {**obj, "status": {"phase": "Broken"}}, actor="test")
    obj["spec"]["clusterName"] = "other"
    obj["metadata"]["labels"] = {"a": "b"}
    obj["metadata"]["resourceVersion"] = ""
    after = store.replace_status(MACHINE, {**obj, "status": {"phase": "Running"}}, actor="test")

    assert written["status"] == {"phase": "Pending"}
    assert (after["status"], after["spec"]["clusterName"]) == ({"phase": "Running"}, "demo")
    assert "labels" not in after["metadata"]


def test_a_write_that_changes_nothing_is_not_a_write(store: Store) -> None:
    made = store.create(MACHINE, machine("m"), actor="test")
    changes: list[Change] = []
    store.subscribe(changes.append)

    again = store.replace(MACHINE, made, actor="somebody-else")
    store.patch(MACHINE, "m", "team-a", {"spec": {"clusterName": "demo"}}, actor="test")

    assert (again, changes) == (made, [])


def test_a_stale_resource_version_is_a_conflict(store: Store) -> None:
    first = store.create(MACHINE, machine("m"), actor="test")
    store.patch(MACHINE, "m", "team-a", {"spec": {"providerID": "x"}}, actor="test")
    with pytest.raises(ApiError) as error:
        store.replace(MACHINE, first, actor="test")

    assert refusal(error) == (409, "Conflict")
    assert error.value.message == (
        'Operation cannot be fulfilled on machines.cluster.x-k8s.io "m": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


@pytest.mark.parametrize(
    ("obj", "code", "reason", "message"),
    [
        (machine("taken"), 409, "AlreadyExists", 'machines.cluster.x-k8s.io "taken" already exists'),
        (machine("Upper"), 422, "Invalid", 'Machine.cluster.x-k8s.io "Upper" is invalid: metadata.name: Invalid value'),
        (machine(""), 422, "Invalid", "name or generateName is required"),
        ({"metadata": {"name": "m", "namespace": "gone"}}, 404, "NotFound", 'namespaces "gone" not found'),
        ({"metadata": {"name": "m"}}, 400, "BadRequest", "an empty namespace may not be set"),
        ({**machine("m"), "kind": "Cluster"}, 400, "BadRequest", "does not match the expected kind"),
        ({"metadata": {"name": "m", "namespace": "team-a", "labels": {"a": "-"}}}, 422, "Invalid", "metadata.labels"),
        ({"metadata": {"name": "m", "namespace": "team-a", "labels": {"a": 1}}}, 400, "BadRequest", "labels"),
    ],
)
def test_a_bad_create_is_refused_in_the_words_of_a_real_server(
    store: Store, obj: dict[str, Any], code: int, reason: str, message: str
) -> None:
    store.create(MACHINE, machine("taken"), actor="test")
    with pytest.raises(ApiError) as error:
        store.create(MACHINE, obj, actor="test")

    assert refusal(error) == (code, reason)
    assert message in error.value.message


def test_generated_names_differ_and_repeat_with_the_seed(tmp_path: Path) -> None:
    def names(folder: str, seed: int) -> list[str]:
        store = new_store(tmp_path / folder, seed)
        obj = {"metadata": {"generateName": "demo-md-", "namespace": "team-a"}}
        return [store.create(MACHINE, obj, actor="test")["metadata"]["name"] for _ in range(3)]

    first = names("a", 1)

    assert len(set(first)) == 3
    assert first == names("b", 1)
    assert first != names("c", 2)


def test_uids_are_unlike_across_clusters_and_when_a_cluster_is_made_again(tmp_path: Path) -> None:
    one, other = new_store(tmp_path, cluster="a"), new_store(tmp_path, cluster="b")
    uids = [store.get(NAMESPACE, "default")["metadata"]["uid"] for store in (one, other)]
    pace = one._pace
    again = Store("a", pace, one._audit).get(NAMESPACE, "default")["metadata"]["uid"]

    assert len({*uids, again}) == 3


def test_finalizers_hold_an_object_until_the_last_one_is_removed(store: Store) -> None:
    store.create(MACHINE, machine("m"), actor="test")
    store.add_finalizer(MACHINE, "m", "team-a", "one")
    store.add_finalizer(MACHINE, "m", "team-a", "two")
    marked = store.delete(MACHINE, "m", "team-a", actor="test")
    store.remove_finalizer(MACHINE, "m", "team-a", "one")
    held = store.find(MACHINE, "m", "team-a")
    store.remove_finalizer(MACHINE, "m", "team-a", "two")

    assert marked["metadata"]["generation"] == 2
    assert held is not None
    assert held["metadata"]["deletionTimestamp"] == marked["metadata"]["deletionTimestamp"]
    assert store.find(MACHINE, "m", "team-a") is None


def test_an_object_that_is_being_deleted_takes_no_new_finalizer(store: Store) -> None:
    store.create(MACHINE, machine("m"), actor="test")
    store.add_finalizer(MACHINE, "m", "team-a", "one")
    store.delete(MACHINE, "m", "team-a", actor="test")
    with pytest.raises(ApiError) as error:
        store.add_finalizer(MACHINE, "m", "team-a", "two")

    assert refusal(error) == (422, "Invalid")


def test_changes_are_told_in_order_even_when_a_listener_writes(store: Store) -> None:
    seen: list[tuple[str, str]] = []

    def answer_with_a_status(change: Change) -> None:
        if change.kind == MACHINE and change.type == "ADDED":
            store.patch(MACHINE, "m", "team-a", {"status": {"phase": "Pending"}}, status=True, actor="controller")

    store.subscribe(answer_with_a_status)
    store.subscribe(lambda change: seen.append((change.type, change.object["metadata"]["resourceVersion"])))
    store.create(MACHINE, machine("m"), actor="test")

    assert [kind for kind, _ in seen] == ["ADDED", "MODIFIED"]
    assert int(seen[0][1]) + 1 == int(seen[1][1])


def test_history_is_complete_until_it_is_forgotten(store: Store) -> None:
    start = store.resource_version
    for count in range(2_100):
        store.patch(NAMESPACE, "team-a", "", {"metadata": {"annotations": {"count": str(count)}}}, actor="test")
    remembered = store.history_since(NAMESPACE, store.oldest_version)

    assert store.history_since(NAMESPACE, start) is None
    assert remembered is not None
    assert [change.resource_version for change in remembered] == list(
        range(store.oldest_version + 1, store.resource_version + 1)
    )
    assert len(remembered) == 2_000


def test_what_is_read_can_be_changed_without_changing_what_is_stored(store: Store) -> None:
    store.create(MACHINE, machine("m", taints=[{"key": "a"}]), actor="test")
    store.get(MACHINE, "m", "team-a")["spec"]["taints"][0]["key"] = "b"
    store.list(MACHINE)[0]["spec"]["taints"].clear()

    assert store.get(MACHINE, "m", "team-a")["spec"]["taints"] == [{"key": "a"}]


def test_a_secret_written_in_plain_is_read_back_encoded(store: Store) -> None:
    secret = {"metadata": {"name": "s", "namespace": "team-a"}, "stringData": {"value": "hello"}}
    made = store.create(SECRET, secret, actor="test")

    assert (made["data"], made["type"], "stringData" in made) == ({"value": "aGVsbG8="}, "Opaque", False)


def test_serving_kinds_makes_established_definitions_with_the_labels_clusterctl_needs(store: Store) -> None:
    definition = store.get(CRD, "machines.cluster.x-k8s.io")

    assert {"type": "Established", "status": "True"}.items() <= definition["status"]["conditions"][1].items()
    assert definition["metadata"]["labels"]["cluster.x-k8s.io/provider"] == "cluster-api"
    assert definition["metadata"]["labels"]["clusterctl.cluster.x-k8s.io"] == ""
    assert definition["metadata"]["labels"]["cluster.x-k8s.io/v1beta2"] == "v1beta2"


def test_a_kind_lives_and_ends_with_its_definition(store: Store) -> None:
    definition = store.get(CRD, "machines.cluster.x-k8s.io")
    store.create(MACHINE, machine("m"), actor="test")
    store.delete(CRD, "machines.cluster.x-k8s.io", actor="test")
    with pytest.raises(ApiError) as error:
        store.list(MACHINE)
    store.create(CRD, {"metadata": {"name": definition["metadata"]["name"]}, "spec": definition["spec"]}, actor="test")

    assert refusal(error) == (404, "NotFound")
    assert store.list(MACHINE) == []
    assert store.kind_named("cluster.x-k8s.io", "Machine") == MACHINE


def test_a_repeated_event_is_counted_and_not_made_again(store: Store) -> None:
    about = store.create(MACHINE, machine("m"), actor="test")
    for _ in range(3):
        store.event(about, "Warning", "Slow", "Waiting", "machine-controller")
    store.event(about, "Normal", "Done", "Ready", "machine-controller")
    counts = {event["reason"]: event["count"] for event in store.list(EVENT, "team-a")}

    assert counts == {"Slow": 3, "Done": 1}


def test_an_audit_line_is_written_once_for_each_real_create_and_delete(store: Store, tmp_path: Path) -> None:
    store.create(MACHINE, machine("m"), actor="controller", dry_run=True)
    made = store.create(MACHINE, machine("m"), actor="controller")
    store.apply(MACHINE, machine("m"), manager="lattice", force=True)
    store.apply(MACHINE, machine("m"), manager="lattice", force=True)
    store.add_finalizer(MACHINE, "m", "team-a", "hold")
    store.delete(MACHINE, "m", "team-a", actor="person")
    store.delete(MACHINE, "m", "team-a", actor="person")
    store.remove_finalizer(MACHINE, "m", "team-a", "hold", actor="controller")
    store.event(made, "Normal", "Done", "Ready", "machine-controller")
    lines = [line for line in read_audit(tmp_path / "audit.jsonl") if line["kind"] == "Machine"]

    assert [(line["what"], line["actor"], line["cluster"]) for line in lines] == [
        ("create", "controller", "demo"),
        ("delete", "controller", "demo"),
    ]
    assert {line["uid"] for line in lines} == {made["metadata"]["uid"]}


def test_a_kind_that_is_not_served_is_unknown(tmp_path: Path, store: Store) -> None:
    bare = Store("bare", store._pace, store._audit)
    with pytest.raises(ApiError) as error:
        bare.create(MACHINE_SET, {"metadata": {"name": "x", "namespace": "default"}}, actor="test")

    assert error.value.message == "the server could not find the requested resource"
