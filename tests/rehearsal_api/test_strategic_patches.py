"""Strategic merge patch: lists by their keys, directives, and the order of what comes out.

What is expected here is what a real API server (1.35) answered to the same patches.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.json_objects import copied, merge_patched
from lattice_tui.rehearsal.api.patching import strategic_merged

JsonObject = dict[str, Any]

BY_NAME = {"x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name"}
ENV: JsonObject = {"type": "array", "items": {"type": "object"}, **BY_NAME}
SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "boxes": {"type": "array", "items": {"type": "object", "properties": {"env": ENV}}, **BY_NAME},
        "words": {"type": "array", "items": {"type": "string"}, "x-kubernetes-patch-strategy": "merge"},
        "plain": {"type": "array", "items": {"type": "object"}},
        "volumes": {
            "type": "array",
            "items": {"type": "object"},
            "x-kubernetes-patch-strategy": "merge,retainKeys",
            "x-kubernetes-patch-merge-key": "name",
        },
        "keyless": {"type": "array", "items": {"type": "object"}, "x-kubernetes-patch-strategy": "merge"},
        "strategy": {"type": "object", "x-kubernetes-patch-strategy": "retainKeys"},
        "swapped": {"type": "object", "x-kubernetes-patch-strategy": "replace"},
    },
}


def box(name: str, **more: Any) -> JsonObject:
    return {"name": name, **more}


A, B, C = box("a"), box("b"), box("c")

CASES: list[tuple[str, JsonObject, JsonObject, JsonObject]] = [
    ("a field is set and null removes one", {"x": 1, "y": 2}, {"x": None, "z": 3}, {"y": 2, "z": 3}),
    ("null of what is not there is nothing", {"x": 1}, {"y": None, "z": {"w": None, "v": 1}}, {"x": 1, "z": {"v": 1}}),
    ("maps are merged", {"m": {"x": 1, "y": 2}}, {"m": {"y": 3}}, {"m": {"x": 1, "y": 3}}),
    ("a list without a strategy is replaced", {"plain": [A, B]}, {"plain": [C]}, {"plain": [C]}),
    (
        "an entry is found by its key",
        {"boxes": [box("a", image="1"), B]},
        {"boxes": [box("a", port=2)]},
        {"boxes": [box("a", image="1", port=2), B]},
    ),
    (
        "keyed lists within keyed lists",
        {"boxes": [box("a", env=[box("E", value="1")])]},
        {"boxes": [box("a", env=[box("F", value="2")])]},
        {"boxes": [box("a", env=[box("F", value="2"), box("E", value="1")])]},
    ),
    ("new entries come first", {"boxes": [A]}, {"boxes": [B]}, {"boxes": [B, A]}),
    (
        "the patch orders its entries",
        {"boxes": [A, B, C]},
        {"boxes": [box("c", x=1), box("a", x=1)]},
        {"boxes": [B, box("c", x=1), box("a", x=1)]},
    ),
    ("an entry is deleted", {"boxes": [A, B]}, {"boxes": [box("a", **{"$patch": "delete"})]}, {"boxes": [B]}),
    ("a list is replaced", {"boxes": [A, B]}, {"boxes": [{"$patch": "replace"}, C]}, {"boxes": [C]}),
    ("a map is replaced", {"m": {"x": 1}}, {"m": {"$patch": "replace", "y": 2}}, {"m": {"y": 2}}),
    ("a map is emptied", {"m": {"x": 1}}, {"m": {"$patch": "delete"}}, {"m": {}}),
    (
        "a directive for what is not there",
        {},
        {"m": {"$patch": "delete"}, "boxes": [{"$patch": "replace"}, A]},
        {"boxes": [A]},
    ),
    ("a map of strategy replace", {"swapped": {"x": 1}}, {"swapped": {"y": 2}}, {"swapped": {"y": 2}}),
    ("members join a set", {"words": ["a", "b"]}, {"words": ["c", "a"]}, {"words": ["c", "a", "b"]}),
    ("members leave a set", {"words": ["a", "b"]}, {"$deleteFromPrimitiveList/words": ["a"]}, {"words": ["b"]}),
    (
        "members leave, join and are ordered",
        {"words": ["z", "w"]},
        {"$deleteFromPrimitiveList/words": ["z"], "$setElementOrder/words": ["q", "w"], "words": ["q"]},
        {"words": ["q", "w"]},
    ),
    (
        "an order alone",
        {"boxes": [A, B, C]},
        {"$setElementOrder/boxes": [C, A]},
        {"boxes": [B, C, A]},
    ),
    (
        "an order with a changed entry",
        {"boxes": [A, B]},
        {"$setElementOrder/boxes": [B, A], "boxes": [box("a", x=1)]},
        {"boxes": [B, box("a", x=1)]},
    ),
    ("an order for a new list", {}, {"$setElementOrder/boxes": [B, A], "boxes": [B, A]}, {"boxes": [B, A]}),
    ("an order for nothing", {"x": 1}, {"$setElementOrder/boxes": [A]}, {"x": 1}),
    (
        "keys are retained",
        {"strategy": {"type": "Rolling", "rolling": {"x": 1}}},
        {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}},
        {"strategy": {"type": "Recreate"}},
    ),
    (
        "an entry retains keys",
        {"volumes": [box("v", secret={"x": 1})]},
        {"volumes": [box("v", disk={}, **{"$retainKeys": ["name", "disk"]})]},
        {"volumes": [box("v", disk={})]},
    ),
    (
        "finalizers and owners of every object",
        {"metadata": {"finalizers": ["a"], "ownerReferences": [{"uid": "1", "name": "x"}]}},
        {"metadata": {"finalizers": ["b"], "ownerReferences": [{"uid": "2"}, {"uid": "1", "name": "y"}]}},
        {"metadata": {"finalizers": ["b", "a"], "ownerReferences": [{"uid": "2"}, {"uid": "1", "name": "y"}]}},
    ),
    ("another type replaces", {"m": {"x": 1}}, {"m": [1]}, {"m": [1]}),
]


@pytest.mark.parametrize(("live", "patch", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_patch_gives(live: JsonObject, patch: JsonObject, expected: JsonObject) -> None:
    before, asked = copied(live), copied(patch)

    assert strategic_merged(SCHEMA, live, patch) == expected
    assert (live, patch) == (before, asked)


REFUSED: list[tuple[JsonObject, int, str]] = [
    ({"boxes": [{"image": "z"}]}, 500, "map: map[image:z] does not contain declared merge key: name"),
    ({"boxes": [box("a", **{"$patch": "foo"})]}, 500, "unknown patch type: foo in map: map[$patch:foo name:a]"),
    ({"boxes": [{"$patch": "merge"}]}, 500, "merging lists cannot yet be specified in the patch"),
    ({"m": {"$patch": "foo"}}, 500, "unknown patch type: foo in map: map[$patch:foo]"),
    ({"keyless": [A]}, 500, "cannot merge lists without merge key for slice"),
    ({"words": [A]}, 500, "list element types are not identical: [[w] [map[name:a]]]"),
    ({"boxes": [[1]]}, 422, "lists of lists are not supported"),
    ({"strategy": {"$retainKeys": ["rolling"], "type": "x"}}, 400, "invalid patch format of retainKeys"),
    ({"strategy": {"$retainKeys": "type"}}, 400, "invalid patch format of retainKeys"),
    ({"$deleteFromPrimitiveList": ["w"]}, 400, "invalid patch format of primitive list"),
    ({"$setElementOrder": ["w"]}, 400, "invalid patch format of setElementOrder list"),
    ({"$setElementOrder/words": "w"}, 500, "expected a []interface {}, but received a string"),
    (
        {"$setElementOrder/boxes": [A], "boxes": [box("n")]},
        500,
        "The order in patch list:\n[map[name:n]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ),
]


@pytest.mark.parametrize(("patch", "code", "words"), REFUSED)
def test_a_patch_that_cannot_be_merged_is_refused(patch: JsonObject, code: int, words: str) -> None:
    live: JsonObject = {"boxes": [A], "words": ["w"], "strategy": {}, "m": {}, "keyless": [A]}
    with pytest.raises(ApiError) as error:
        strategic_merged(SCHEMA, live, patch)

    assert (error.value.code, error.value.message) == (code, words)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.integers(), st.text(max_size=2)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text("xyz", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text("xyz", max_size=2), json_values, max_size=3)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(json_objects, json_objects)
def test_without_strategies_and_directives_it_is_a_merge_patch(live: JsonObject, patch: JsonObject) -> None:
    assert strategic_merged({}, live, patch) == merge_patched(live, patch)
