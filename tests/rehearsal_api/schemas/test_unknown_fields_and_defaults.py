"""Fields that the schema does not know, defaults, and nulls: as kube-apiserver 1.35.4 keeps the same objects."""

from __future__ import annotations

import copy

from lattice_tui.rehearsal.api.schemas.schema import Schema
from tests.rehearsal_api.schemas.things import SCHEMA, thing

THINGS = Schema(SCHEMA)


def test_unknown_fields_are_named_in_the_servers_order_and_taken_out() -> None:
    obj = thing(
        free={"known": {"x": 1, "y": 2}, "other": {"a": 1}},
        nope=1,
        ports=[{"port": 1, "nme": 1}],
        template={"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "foo": 1}, "spec": {"a": 1}},
        inner={"deep": {"q": 1}},
    )
    obj["metadata"] |= {
        "lables": {},
        "ownerReferences": [{"kind": "x", "foo": 1}],
        "managedFields": [{"fieldsV1": {"f:a": {}}}],
    }
    obj |= {"zz": 1, "alpha": 1}
    before = copy.deepcopy(obj)
    assert THINGS.unknown_fields(obj) == (
        "metadata.lables",
        "metadata.ownerReferences[0].foo",
        "alpha",
        "spec.free.known.y",
        "spec.inner.deep.q",
        "spec.nope",
        "spec.ports[0].nme",
        "zz",
        "spec.template.metadata.foo",
    )
    kept = THINGS.pruned(obj)
    assert obj == before
    assert THINGS.unknown_fields(kept) == ()
    assert set(kept) == {"apiVersion", "kind", "metadata", "spec"}
    assert kept["spec"]["free"] == {"known": {"x": 1}, "other": {"a": 1}}
    assert kept["spec"]["ports"] == [{"port": 1}]
    assert kept["spec"]["template"]["metadata"] == {"name": "x"}
    assert kept["spec"]["template"]["spec"] == {"a": 1}


def test_what_knows_every_field_is_shared_and_not_copied() -> None:
    obj = thing(nope=1, range={"low": 1, "high": 2})
    assert THINGS.pruned(obj)["spec"]["range"] is obj["spec"]["range"]
    assert THINGS.pruned(obj)["metadata"] is obj["metadata"]
    right = thing(inner={"deep": {"size": 1}})
    assert THINGS.pruned(right) is right
    assert THINGS.defaulted(right) is right


def test_defaults_come_in_where_the_fields_around_them_are() -> None:
    kept = THINGS.defaulted(thing(ports=[{"port": 1}, {"port": 2, "protocol": "UDP"}]))["spec"]
    assert kept["ports"] == [{"port": 1, "protocol": "TCP"}, {"port": 2, "protocol": "UDP"}]
    assert kept["inner"] == {"deep": {"size": 3}}
    assert THINGS.defaulted(thing(inner={"other": "x"}))["spec"]["inner"] == {"other": "x"}


def test_a_default_is_never_shared_between_objects() -> None:
    first = THINGS.defaulted(thing())
    first["spec"]["inner"]["deep"]["size"] = 99
    assert THINGS.defaulted(thing())["spec"]["inner"] == {"deep": {"size": 3}}


def test_a_null_is_kept_where_it_may_be_replaced_where_there_is_a_default_and_dropped_elsewhere() -> None:
    obj = thing(
        matching=None,
        empty=None,
        inner=None,
        many=None,
        ports=[{"port": 1, "protocol": None}],
        free={"known": {"x": None}, "q": None},
        labels={"a": None},
    )
    assert THINGS.defaulted(THINGS.pruned(obj))["spec"] == {
        "short": "abc",
        "empty": None,
        "inner": {"deep": {"size": 3}},
        "ports": [{"port": 1, "protocol": "TCP"}],
        "free": {"known": {}, "q": None},
        "labels": {},
    }


def test_an_unknown_schema_takes_every_field_but_wrong_ones_of_metadata() -> None:
    anything = Schema({"type": "object", "x-kubernetes-preserve-unknown-fields": True})
    obj = {"metadata": {"name": "a", "nam": "b"}, "spec": {"x": [{"y": 1}]}}
    assert anything.unknown_fields(obj) == ("metadata.nam",)
    assert anything.pruned(obj) == {"metadata": {"name": "a"}, "spec": {"x": [{"y": 1}]}}
    assert anything.violations(obj) == ()
