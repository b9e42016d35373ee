"""What is refused, and the words: as kube-apiserver 1.35.4 answers to the same definition and the same objects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lattice_tui.rehearsal.api.schemas.schema import Schema
from tests.rehearsal_api.schemas.things import BAD, CHANGES, SCHEMA, JsonObject, thing

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
THINGS = Schema(SCHEMA)


def refused(obj: JsonObject, old: JsonObject | None = None) -> list[list[str]]:
    """The causes, as the server orders them, of an object that has gone the way of every write."""
    kept = THINGS.defaulted(THINGS.pruned(obj))
    return [[each.field, each.reason, each.message] for each in THINGS.violations(kept, old)]


def test_an_object_that_keeps_to_the_schema_is_not_refused() -> None:
    full = thing(
        matching="abc",
        chosen="a",
        count=9,
        ratio=1,
        since="2026-11-23T21:00:00.5+01:00",
        address="10.0.0.1",
        data="YWI=",
        many=[1, 2],
        set=["a", "b"],
        ports=[{"port": 1}, {"port": 1, "protocol": "UDP"}],
        either="80%",
        one={"a": "1"},
        empty=None,
        template={"apiVersion": "v1", "kind": "Pod", "spec": {}},
        range={"low": 1, "high": 1},
        clash=6,
        coded={"data": "YWI="},
        fixed="a",
        grows=1,
    )
    assert refused(full) == []


@pytest.mark.parametrize("what", BAD)
def test_a_bad_object_is_refused_in_the_words_of_the_server(what: str) -> None:
    assert refused(thing(**BAD[what])) == ANSWERS[what]


def test_a_list_where_a_string_of_a_format_must_be_is_the_only_oversight_of_the_server() -> None:
    assert [what for what, causes in ANSWERS.items() if not causes] == ["list for date-time"]


def test_every_error_of_an_object_is_told_and_rules_wait_for_the_blocking_ones() -> None:
    told = refused(thing(short="abcdefgh", chosen="c", count=0))
    assert [field for field, _, _ in told] == ["spec.short", "spec.chosen", "spec.count", "<nil>"]


def test_a_rule_about_the_whole_object_sees_its_name() -> None:
    assert refused(thing("forbidden")) == [["<nil>", "FieldValueInvalid", "Invalid value: that name is taken"]]


@pytest.mark.parametrize("what", CHANGES)
def test_a_transition_rule_compares_with_what_was_there(what: str) -> None:
    before, after = CHANGES[what]
    old = thing(**before)
    assert len(refused(thing(**after), old)) == 1
    assert refused(thing(**before), old) == []
    assert refused(thing(**after)) == []


def test_a_transition_rule_of_a_list_entry_compares_entries_of_one_key() -> None:
    entry = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.size >= oldSelf.size", "message": "never smaller"}],
    }
    parts = {"type": "array", "items": entry, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    schema = Schema({"type": "object", "properties": {"parts": parts}})
    old = {"parts": [{"name": "a", "size": 1}, {"name": "b", "size": 5}]}
    swapped = {"parts": [{"name": "b", "size": 4}, {"name": "a", "size": 2}, {"name": "c", "size": 0}]}
    assert [each.field for each in schema.violations(swapped, old)] == ["parts[0]"]


BROKEN: JsonObject = {"short": "abcdefg", "chosen": "c", "many": [1, -1], "plain": "b", "range": {"low": 2, "high": 1}}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"flag": True}, []),
        ({"range": {"low": 2, "high": 1}}, []),
        ({"range": {"low": 3, "high": 1}}, ["spec.range"]),
        ({"plain": "c"}, ["spec.plain"]),
        ({"many": [1, -1, 3]}, ["spec.many[1]", "spec.many", "<nil>"]),
        ({"named": [{"name": "a", "size": "x"}, {"name": "b", "size": 2}]}, []),
        ({"named": [{"name": "b", "size": 2}, {"name": "a", "size": "y"}]}, ["spec.named[1].size", "<nil>"]),
    ],
)
def test_what_an_update_leaves_as_it_was_is_not_refused(change: JsonObject, fields: list[str]) -> None:
    old = thing(**BROKEN, named=[{"name": "a", "size": "x"}, {"name": "b", "size": 1}])
    new = thing(**{**BROKEN, "named": old["spec"]["named"], **change})
    assert [field for field, _, _ in refused(new, old)] == fields


def test_duplicates_that_were_there_before_are_left_alone() -> None:
    assert refused(thing(set=["a", "a", "b"]), thing(set=["a", "a"])) == []
    assert [field for field, _, _ in refused(thing(set=["a", "a", "b"]), thing(set=["a"]))] == ["spec.set[1]"]


def test_a_compact_schema_drops_every_null_and_takes_duplicates() -> None:
    compact = Schema(SCHEMA, compact=True)
    obj = thing(empty=None, set=["a", "a"])
    assert compact.defaulted(obj)["spec"] == {"short": "abc", "set": ["a", "a"], "inner": {"deep": {"size": 3}}}
    assert compact.violations(obj) == ()


def test_values_nested_without_end_are_answered() -> None:
    deep: JsonObject = {}
    for _ in range(20_000):
        deep = {"a": deep}
    obj = thing(free=deep, nope=deep, set=[deep, deep], inner={"deep": {"size": deep}})
    assert "spec.nope" in THINGS.unknown_fields(obj)
    assert refused(obj, obj)
    _drop(deep)


def _drop(deep: JsonObject) -> None:
    """Taken apart level by level: the interpreter's own way down is as deep as the value."""
    while deep:
        deep = deep.pop("a")
