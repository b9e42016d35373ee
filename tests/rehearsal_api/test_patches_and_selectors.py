"""JSON patch, merge patch and selectors, as their specifications say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.json_objects import copied, json_patched, merge_patched
from lattice_tui.rehearsal.api.kinds import EVENT, MACHINE, SECRET
from lattice_tui.rehearsal.api.selectors import selection

json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)),
    max_leaves=10,
)
json_objects = st.dictionaries(st.text(max_size=2), json_values, max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(json_objects, json_objects)
def test_a_merge_patch_can_make_any_object_of_any_other_and_changes_neither(old: Any, new: Any) -> None:
    def difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        patch: dict[str, Any] = {key: None for key in one if key not in other}
        for key, value in other.items():
            before = one.get(key)
            patch[key] = difference(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
        return patch

    kept = copied(old)

    assert merge_patched(old, difference(old, new)) == new
    assert old == kept


@pytest.mark.parametrize(
    ("document", "operations", "expected"),
    [
        ({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
        ({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}),
        ({"a": [1, 2]}, [{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ({"a": 1}, [{"op": "replace", "path": "/a", "value": 2}], {"a": 2}),
        ({"a": {"b": 1}}, [{"op": "move", "from": "/a/b", "path": "/c"}], {"a": {}, "c": 1}),
        ({"a": [1]}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": [1], "b": [1]}),
        ({"a/b": 1, "m~n": 2}, [{"op": "remove", "path": "/a~1b"}, {"op": "remove", "path": "/m~0n"}], {}),
        (
            {"a": 1},
            [{"op": "test", "path": "/a", "value": 1}, {"op": "add", "path": "/b", "value": 1}],
            {"a": 1, "b": 1},
        ),
    ],
)
def test_json_patch_operations(document: Any, operations: Any, expected: Any) -> None:
    before = copied(document)

    assert json_patched(document, operations) == expected
    assert document == before


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ({}, 400),
        ([{"op": "spin", "path": "/a"}], 422),
        ([{"op": "add", "path": "/a"}], 400),
        ([{"op": "add", "path": "a", "value": 1}], 400),
        ([{"op": "replace", "path": "", "value": 1}], 400),
        ([{"op": "remove", "path": "/missing"}], 422),
        ([{"op": "replace", "path": "/missing", "value": 1}], 422),
        ([{"op": "add", "path": "/missing/b", "value": 1}], 422),
        ([{"op": "add", "path": "/list/9", "value": 1}], 422),
        ([{"op": "add", "path": "/list/x", "value": 1}], 422),
        ([{"op": "test", "path": "/a", "value": 2}], 422),
    ],
)
def test_a_json_patch_that_cannot_be_done_is_refused(operations: Any, code: int) -> None:
    with pytest.raises(ApiError) as error:
        json_patched({"a": 1, "list": []}, operations)

    assert error.value.code == code


@pytest.mark.parametrize(
    ("selector", "matching"),
    [
        ("", ["both", "db", "none"]),
        ("app=web", ["both"]),
        ("app==web", ["both"]),
        ("app!=web", ["db", "none"]),
        ("app in (web, db)", ["both", "db"]),
        ("app notin (web)", ["db", "none"]),
        ("tier", ["both"]),
        ("!tier", ["db", "none"]),
        ("app in (web,db),!tier", ["db"]),
        ("cluster.x-k8s.io/cluster-name=demo", ["db"]),
        ("app=", []),
    ],
)
def test_label_selectors(selector: str, matching: list[str]) -> None:
    objects = {
        "both": {"app": "web", "tier": "front"},
        "db": {"app": "db", "cluster.x-k8s.io/cluster-name": "demo"},
        "none": {},
    }
    wanted = selection(MACHINE, "", selector, "")

    assert [name for name, labels in objects.items() if wanted.matches({"metadata": {"labels": labels}})] == matching


@pytest.mark.parametrize(
    ("labels", "fields"), [("a in (", ""), ("a b", ""), ("=x", ""), ("", "spec.anything=1"), ("", "nonsense")]
)
def test_a_selector_that_makes_no_sense_is_refused(labels: str, fields: str) -> None:
    with pytest.raises(ApiError) as error:
        selection(MACHINE, "", labels, fields)

    assert error.value.code == 400


def test_field_selectors_know_names_events_and_secret_types() -> None:
    event = {"metadata": {"name": "e"}, "involvedObject": {"kind": "Machine", "name": "m"}}
    secret = {"metadata": {"name": "s", "namespace": "team-a"}, "type": "Opaque"}

    assert selection(EVENT, "", "", "involvedObject.kind=Machine,involvedObject.name=m").matches(event)
    assert not selection(EVENT, "", "", "involvedObject.name!=m").matches(event)
    assert selection(SECRET, "", "", "metadata.namespace=team-a,type=Opaque").matches(secret)
    assert not selection(SECRET, "", "", "metadata.name=other").matches(secret)
