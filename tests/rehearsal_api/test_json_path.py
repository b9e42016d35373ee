"""JSONPath as printer columns use it; the answers are those a real server gave for the same columns."""

from __future__ import annotations

from typing import Any

import pytest

from lattice_tui.rehearsal.api.json_path import JsonPathError, values_at

WIDGET: dict[str, Any] = {
    "metadata": {"labels": {"a.b/c": "lab"}, "ownerReferences": [{"kind": "Cluster", "name": "demo"}]},
    "spec": {
        "list": ["a", "b", "c"],
        "map": {"z": 1},
        "things": [{"n": 1, "name": "one"}, {"n": 3, "name": "three", "x": 1}, {"n": 4, "name": "four"}],
        "nothing": None,
        "truth": True,
    },
    "status": {"conditions": [{"type": "Other", "status": "x"}, {"type": "Ready", "status": "True"}]},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?(@.type == 'Ready')].status", ["True"]),
        ('.status.conditions[?(@.type!="Ready")].status', ["x"]),
        (".spec.list", [["a", "b", "c"]]),
        (".spec.list[0]", ["a"]),
        (".spec.list[-1]", ["c"]),
        (".spec.list[7]", []),
        (".spec.list[*]", ["a", "b", "c"]),
        (".spec.things[*].name", ["one", "three", "four"]),
        (".spec.things[1].name", ["three"]),
        (".spec.things[?(@.n>2)].name", ["three", "four"]),
        (".spec.things[?(@.n<=1)].name", ["one"]),
        (".spec.things[?(@.x)].name", ["three"]),
        (".spec.map.z", [1]),
        (".spec.map.*", [1]),
        (".spec.nothing", [None]),
        (".spec.missing.deeper", []),
        (".spec.truth.deeper", []),
        (r".metadata.labels['a\.b/c']", ["lab"]),
        ('.metadata.labels["a.b/c"]', ["lab"]),
        (r".metadata.labels.a\.b/c", ["lab"]),
        ('.metadata.ownerReferences[?(@.kind=="Cluster")].name', ["demo"]),
        ("{.spec.map.z}", [1]),
        ("spec.map.z", [1]),
    ],
)
def test_a_path_leads_to_what_a_server_finds(path: str, found: list[Any]) -> None:
    assert values_at(path, WIDGET) == found


def test_the_empty_path_is_the_object_itself() -> None:
    assert values_at(".", WIDGET) == [WIDGET]


def test_values_of_different_types_are_never_equal_nor_more() -> None:
    assert values_at(".spec.things[?(@.n>'2')].name", WIDGET) == []
    assert values_at(".spec.things[?(@.n==true)].name", WIDGET) == []


@pytest.mark.parametrize("path", [".spec[", ".spec[?(@.a=b)]", ".spec.list[x]"])
def test_a_path_that_is_none_is_refused_by_name(path: str) -> None:
    with pytest.raises(JsonPathError, match="unrecognized column definition"):
        values_at(path, WIDGET)
