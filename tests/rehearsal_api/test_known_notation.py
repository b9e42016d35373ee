"""The notation of our kind definitions: what it makes of lines, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from lattice_tui.rehearsal.api.known.notation import Line, NotationError, read
from lattice_tui.rehearsal.api.known.schema_builder import Shapes

TEXT = """
# A remark.
alias Count int min=0
type Port whole -- A port.
  name! string -- Its name.
  port Count
  protocol string default="TCP" enum=TCP,UDP
kind example.com/v1 Thing -- A thing.
  | Size ; integer ; .spec.size ; 1 ; How large it is.
  spec! -- What is wanted.
    labels {string}
    parts []
      name string pattern=^[a-z]+$
    ports [Port] keys=name,port merge=name
    rest any
    amount quantity
    matrix [[string]] atomic
"""


def shapes_of(text: str) -> tuple[Shapes, Line]:
    lines = read(text.splitlines())
    types = {line.words[1]: line for line in lines if line.words[0] in ("type", "alias")}
    return Shapes(types), next(line for line in lines if line.words[0] == "kind")


def field(name: str) -> dict[str, Any]:
    """The schema of one field of the thing's spec."""
    shapes, kind = shapes_of(TEXT)
    spec = next(line for line in kind.below if line.name == "spec")
    return shapes.of_field(next(line for line in spec.below if line.name == name))


def test_lines_become_schemas() -> None:
    assert field("labels") == {"type": "object", "additionalProperties": {"type": "string"}}
    assert field("parts") == {
        "type": "array",
        "items": {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[a-z]+$"}}},
    }
    assert field("rest") == {"x-kubernetes-preserve-unknown-fields": True}
    assert field("matrix") == {
        "type": "array",
        "items": {"type": "array", "items": {"type": "string"}},
        "x-kubernetes-list-type": "atomic",
    }


def test_a_named_shape_is_put_where_it_is_named() -> None:
    assert field("ports") == {
        "type": "array",
        "items": {
            "description": "A port.",
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"description": "Its name.", "type": "string"},
                "port": {"type": "integer", "format": "int32", "minimum": 0},
                "protocol": {"type": "string", "default": "TCP", "enum": ["TCP", "UDP"]},
            },
            "x-kubernetes-map-type": "atomic",
        },
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name", "port"],
        "x-kubernetes-patch-merge-key": "name",
        "x-kubernetes-patch-strategy": "merge",
    }


def test_an_exclamation_mark_means_that_a_field_must_be_there() -> None:
    shapes, kind = shapes_of(TEXT)
    schema = shapes.of_fields([line for line in kind.below if line.words[0] != "|"], kind.about)

    assert (schema["required"], schema["description"]) == (["spec"], "A thing.")


def test_a_column_keeps_its_parts() -> None:
    _, kind = shapes_of(TEXT)

    assert kind.below[0].words == ("|", "Size", "integer", ".spec.size", "1", "How large it is.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kind example.com/v1 Thing\n      far int", "indented too far"),
        ("kind example.com/v1 Thing\n  size int larger=3", "unknown option 'larger=3'"),
        ("kind example.com/v1 Thing\n  size Missing", "no type Missing"),
        ("type Ring\n  next Ring\nkind example.com/v1 Thing\n  ring Ring", "no type Ring, or one that holds itself"),
    ],
)
def test_a_line_that_is_not_of_the_notation_is_named(text: str, why: str) -> None:
    def build() -> None:
        shapes, kind = shapes_of(text)
        shapes.of_fields(kind.below)

    with pytest.raises(NotationError, match=why):
        build()
