"""Server-side apply, driven by a schema: what is merged, what is owned, what is refused.

What is expected here is what a real API server (1.35) answered to the same requests.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lattice_tui.rehearsal.api.apply import applied_by, updated_by
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DEPLOYMENT
from lattice_tui.rehearsal.api.last_applied import ANNOTATION
from lattice_tui.rehearsal.api.owners import owners_of, with_claims
from tests.rehearsal_api.things import SCHEMA, THING, applied, bare, fields, fresh, updated, with_status

JsonObject = dict[str, Any]


def words(live: JsonObject, config: JsonObject, manager: str = "other", **more: Any) -> str:
    with pytest.raises(ApiError) as error:
        applied(live, config, manager, **more)
    return f"{error.value.code} {error.value.message}"


def test_an_applier_owns_leaves_entries_and_members_but_no_declared_map() -> None:
    config = bare(
        text="a",
        struct={"one": "x"},
        words={"k": "v"},
        list=["a"],
        set=["p"],
        ports=[{"port": 80, "name": "web"}],
        whole={"one": "x"},
        open={"map": {"deep": 1}, "list": [1]},
    )

    assert fields(applied(fresh(), config, "one"), "one") == {
        "f:spec": {
            "f:text": {},
            "f:struct": {"f:one": {}},
            "f:words": {"f:k": {}},
            "f:list": {},
            "f:set": {'v:"p"': {}},
            "f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}, "f:name": {}}},
            "f:whole": {},
            "f:open": {"f:map": {".": {}, "f:deep": {}}, "f:list": {}},
        }
    }


def test_a_plain_writer_owns_the_maps_it_makes_too() -> None:
    created = updated(None, bare(struct={"one": "x"}, set=["p"], ports=[{"port": 1}]), "poster")

    assert fields(created, "poster") == {
        "f:spec": {
            ".": {},
            "f:struct": {".": {}, "f:one": {}},
            "f:set": {".": {}, 'v:"p"': {}},
            "f:ports": {".": {}, 'k:{"port":1,"protocol":"TCP"}': {".": {}, "f:port": {}}},
        }
    }


def test_the_creator_of_a_built_in_object_does_not_own_the_structs_every_one_of_them_has() -> None:
    labels = {"metadata": {"name": "d", "labels": {"a": "b"}}, "spec": {"replicas": 1}}
    created = updated_by({}, DEPLOYMENT, None, labels, "kubectl", "now", status=False)

    assert fields(created, "kubectl") == {
        "f:metadata": {"f:labels": {".": {}, "f:a": {}}},
        "f:spec": {"f:replicas": {}},
    }


def test_an_entry_whose_key_has_a_default_is_the_entry_that_spells_it_out() -> None:
    first = applied(fresh(), bare(ports=[{"port": 80}]), "one")
    live = {**first, "spec": {"ports": [{"port": 80, "protocol": "TCP"}]}}
    after = applied(live, bare(ports=[{"port": 80, "name": "web"}, {"port": 80, "protocol": "UDP"}]), "two")

    assert after["spec"]["ports"] == [
        {"port": 80, "protocol": "TCP", "name": "web"},
        {"port": 80, "protocol": "UDP"},
    ]


def test_conflicts_name_managers_by_name_and_fields_in_the_servers_order() -> None:
    live = applied(fresh(), bare(text="1", list=["a"], struct={"one": "x"}, ports=[{"port": 80, "name": "h"}]), "one")
    live = updated(live, {**live, "spec": {**live["spec"], "number": 3}}, "poster")
    config = bare(text="2", number=4, list=["b"], struct={"one": "y"}, ports=[{"port": 80, "name": "g"}])

    assert words(live, config) == (
        '409 Apply failed with 5 conflicts: conflicts with "one":'
        "\n- .spec.list\n- .spec.text"
        '\n- .spec.ports[port=80,protocol="TCP"].name\n- .spec.struct.one'
        '\nconflicts with "poster" using example.x-k8s.io/v1:\n- .spec.number'
    )


def test_a_conflict_at_the_status_names_the_subresource() -> None:
    live = applied(fresh(), with_status(phase="Up"), "controller", status=True)
    live["metadata"]["managedFields"][0]["operation"] = "Update"

    assert words(live, with_status(phase="Down"), status=True) == (
        '409 Apply failed with 1 conflict: conflict with "controller" with subresource "status" '
        "using example.x-k8s.io/v1: .status.phase"
    )


def test_a_map_that_is_one_value_is_replaced_and_owned_as_one() -> None:
    live = applied(fresh(), bare(whole={"one": "x"}), "one")
    after = applied(live, bare(whole={"two": "y"}), "two", force=True)

    assert after["spec"]["whole"] == {"two": "y"}
    assert (fields(after, "one"), fields(after, "two")) == (None, {"f:spec": {"f:whole": {}}})


def test_who_applies_what_is_so_already_shares_it_without_a_time() -> None:
    live = applied(fresh(), bare(text="a"), "one", now="10:00")
    after = applied(live, bare(text="a"), "two", now="11:00")

    assert [(owner.manager, owner.time) for owner in owners_of(after)] == [("two", ""), ("one", "10:00")]


def test_labels_and_finalizers_go_with_the_only_manager_that_applied_them() -> None:
    config = bare()
    config["metadata"] |= {"labels": {"a": "b"}, "finalizers": ["x.io/f"]}
    live = applied(fresh(), config, "one")
    live["metadata"] |= {"uid": "u", "creationTimestamp": "then"}
    after = applied(live, bare(), "one")

    assert after["metadata"] == {
        "name": "t",
        "namespace": "team-a",
        "uid": "u",
        "creationTimestamp": "then",
        "managedFields": after["metadata"]["managedFields"],
    }


def test_what_was_set_by_a_plain_write_stays_when_an_applier_of_something_near_lets_go() -> None:
    live = updated(None, bare(struct={"one": "x"}), "poster")
    both = applied(live, bare(struct={"two": "y"}), "one")
    after = applied(both, bare(), "one")

    assert after["spec"] == {"struct": {"one": "x"}}


def test_entries_come_in_the_applied_order_with_the_others_where_they_were() -> None:
    live = applied(fresh(), bare(set=["a", "b", "c", "d"]), "one")
    second = applied(live, bare(set=["d", "x", "a"]), "two")
    third = applied(second, bare(set=["y", "c", "b"]), "three")

    assert second["spec"]["set"] == ["b", "c", "d", "x", "a"]
    assert third["spec"]["set"] == ["y", "c", "d", "x", "a", "b"]


PROBLEMS: list[tuple[JsonObject, str]] = [
    ({"nope": 1}, ".spec.nope: field not declared in schema"),
    ({"struct": {"thre": "x"}}, ".spec.struct.thre: field not declared in schema"),
    (
        {"ports": [{"port": 1, "nme": "x"}]},
        '.spec.ports[port=1,protocol="TCP"].nme: field not declared in schema',
    ),
    ({"text": 1}, ".spec.text: expected string, got &value.valueUnstructured{Value:1}"),
    (
        {"text": ["x", 1]},
        '.spec.text: expected string, got &value.valueUnstructured{Value:[]interface {}{"x", 1}}',
    ),
    ({"number": "1"}, ".spec.number: expected numeric (int or float), got string"),
    ({"flag": "yes"}, ".spec.flag: expected boolean, got &{yes}"),
    ({"struct": "x"}, ".spec.struct: expected map, got &{x}"),
    ({"list": "x"}, ".spec.list: expected list, got &{x}"),
    (
        {"list": [{"a": 1}]},
        '.spec.list[0]: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":1}}',
    ),
    ({"set": ["x", "x"]}, '.spec.set: duplicate entries for key [="x"]'),
    (
        {"ports": [{"port": 2}, {"port": 2, "protocol": "TCP"}]},
        '.spec.ports: duplicate entries for key [port=2,protocol="TCP"]',
    ),
    ({"set": [None]}, ".spec.set: element 0: associative list without keys has an element that's an explicit null"),
    ({"set": [{"a": 1}]}, ".spec.set: element 0: associative list without keys has an element that's a map type"),
    ({"ports": [None]}, ".spec.ports: element 0: associative list with keys may not have a null element"),
    (
        {"text": 1, "list": "x"},
        "errors:\n  .spec.text: expected string, got &value.valueUnstructured{Value:1}\n"
        "  .spec.list: expected list, got &{x}",
    ),
]


@pytest.mark.parametrize(("spec", "problem"), PROBLEMS)
def test_what_does_not_fit_the_schema_is_a_500_that_names_the_field(spec: JsonObject, problem: str) -> None:
    assert words(fresh(), bare(**spec)) == (
        f"500 failed to create typed patch object (team-a/t; example.x-k8s.io/v1, Kind=Thing): {problem}"
    )


def test_a_core_kind_is_named_without_a_group() -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "lables": {}}}
    with pytest.raises(ApiError) as error:
        applied_by({"type": "object"}, CONFIG_MAP, fresh(), config, "one", "now", force=False, status=False)

    assert error.value.message == (
        "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .metadata.lables: field not declared in schema"
    )


def test_the_first_apply_to_an_object_nobody_followed_names_an_owner_for_what_there_was() -> None:
    live = {**bare(number=9), "metadata": {"name": "t", "namespace": "team-a", "uid": "u"}}
    after = applied(live, bare(text="z"), "one")

    assert fields(after, "before-first-apply") == {"f:spec": {".": {}, "f:number": {}}}
    assert [owner.operation for owner in owners_of(after)] == ["Apply", "Update"]


def test_a_write_to_an_object_nobody_is_followed_on_follows_nobody() -> None:
    live = {**bare(number=9), "metadata": {"name": "t", "uid": "u"}}

    assert "managedFields" not in updated(live, {**live, "spec": {"number": 8}}, "x")["metadata"]


def test_after_ten_writers_the_oldest_become_one() -> None:
    obj = updated(None, bare(text="a"), "u00", now="10:00")
    for number in range(1, 13):
        new = {**obj, "spec": {**obj["spec"], "words": {**obj["spec"].get("words", {}), f"k{number}": "v"}}}
        obj = updated(obj, new, f"u{number:02}", now=f"10:{number:02}")
    managers = [owner.manager for owner in owners_of(obj)]

    assert managers == ["ancient-changes", *(f"u{number:02}" for number in range(4, 13))]
    assert fields(obj, "ancient-changes") == {
        "f:spec": {".": {}, "f:text": {}, "f:words": {".": {}, "f:k1": {}, "f:k2": {}, "f:k3": {}}}
    }


def test_managers_are_listed_appliers_first_then_by_time_and_name() -> None:
    obj = updated(None, bare(text="a"), "zoe", now="09:00")
    obj = updated(obj, {**obj, "spec": {"text": "a", "number": 1}}, "ann", now="09:00")
    obj = applied(obj, bare(flag=True), "late", now="10:00")

    assert [owner.manager for owner in owners_of(obj)] == ["late", "ann", "zoe"]


def last_applied(**spec: Any) -> JsonObject:
    live = bare(**spec)
    live["metadata"] |= {"uid": "u", "annotations": {ANNOTATION: json.dumps(bare(**spec))}}
    return updated(None, live, "kubectl-client-side-apply")


def test_kubectl_takes_over_what_it_applied_on_its_own_side() -> None:
    after = applied(last_applied(text="a", number=1), bare(text="b", number=1), "kubectl")
    annotation = json.loads(after["metadata"]["annotations"][ANNOTATION])

    assert (after["spec"]["text"], annotation["spec"]) == ("b", {"text": "b", "number": 1})
    assert annotation["metadata"] == {"name": "t", "namespace": "team-a"}


def test_kubectl_does_not_take_over_what_somebody_changed_since() -> None:
    live = last_applied(text="a", number=1)
    live = updated(live, {**live, "spec": {**live["spec"], "number": 5}}, "scaler")

    assert words(live, bare(text="b", number=2), "kubectl") == (
        '409 Apply failed with 1 conflict: conflict with "scaler" using example.x-k8s.io/v1: .spec.number'
    )
    assert "409" in words(last_applied(text="a"), bare(text="b"), "lattice")


def test_an_update_may_rewrite_the_managers_themselves() -> None:
    live = applied(fresh(), bare(text="a"), "one")
    entry = live["metadata"]["managedFields"][0]
    renamed = with_claims(live, [{**entry, "manager": "two"}])

    assert [owner.manager for owner in owners_of(renamed)] == ["two"]
    assert owners_of(with_claims(live, [{}])) == []
    assert with_claims(live, None) is live
    assert with_claims(live, [{**entry, "operation": "Guess"}]) is live


def test_a_schema_says_nothing_of_lists_that_it_does_not_know() -> None:
    live = applied_by({}, THING, fresh(), bare(ports=[{"port": 1}]), "one", "now", force=False, status=False)
    after = applied_by({}, THING, live, bare(ports=[{"port": 2}]), "one", "now", force=False, status=False)

    assert after["spec"]["ports"] == [{"port": 2}]
    assert fields(after, "one") == {"f:spec": {".": {}, "f:ports": {}}}


def test_two_entries_that_became_alike_are_owned_as_one_and_left_alone() -> None:
    live = updated(None, bare(ports=[{"port": 1}, {"port": 1, "name": "again"}]), "poster")
    after = applied(live, bare(text="a"), "one")

    assert fields(live, "poster")["f:spec"]["f:ports"] == {".": {}, 'k:{"port":1,"protocol":"TCP"}': {}}
    assert after["spec"]["ports"] == live["spec"]["ports"]


def test_entries_that_are_alike_before_and_after_change_as_one() -> None:
    live = updated(None, bare(ports=[{"port": 1}, {"port": 1, "name": "again"}]), "poster")
    after = updated(live, {**live, "spec": {"ports": [{"port": 1}, {"port": 1, "name": "other"}]}}, "second")

    assert fields(after, "second") == {"f:spec": {"f:ports": {'k:{"port":1,"protocol":"TCP"}': {}}}}
    assert fields(after, "poster") == {"f:spec": {".": {}, "f:ports": {}}}


def test_who_applies_at_another_version_is_the_same_manager() -> None:
    live = applied(fresh(), bare(text="a", number=1), "one")
    newer = replace(THING, version="v2")
    config = {**bare(text="a"), "apiVersion": newer.api_version}
    after = applied_by(SCHEMA, newer, live, config, "one", "now", force=False, status=False)

    assert [(owner.manager, owner.api_version) for owner in owners_of(after)] == [("one", newer.api_version)]
    assert after["spec"] == {"text": "a"}
