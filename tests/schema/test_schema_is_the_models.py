"""The schema that is checked in is the one the models make, and every key of theirs is explained."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from lattice_tui.document import patterns
from lattice_tui.document.fields import COMMON_FIELDS
from lattice_tui.document.kinds import outline
from lattice_tui.document.parts import PARTS
from lattice_tui.document.pins import pins
from lattice_tui.document.writer import SCHEMA_FILE as BESIDE
from lattice_tui.providers import registry
from lattice_tui.providers.json_schema import schema_text
from lattice_tui.providers.key_tree import ANY_NAME, CONFIG, document_tree, every_key, example_of
from lattice_tui.providers.schema import lay_beside, schema_bytes
from schemas.document import LatticeCluster
from schemas.fields import Field
from tests.schema.make_schema import SCHEMA_FILE
from tests.shared import ROOT

KEYS = [key for key in every_key(document_tree()) if key.path]


def model_paths(model: type[BaseModel], path: str = "") -> set[str]:
    """Every path of a model, straight from its declaration, as fields write them."""
    paths = set()
    for key in outline(model).keys.values():
        here = f"{path}.{key.name}" if path else key.name
        paths.add(here)
        inner, below = key.kind, here
        if inner.inner is not None and inner.inner.model is not None:
            below = f"{here}.default" if inner.sort == "map" else f"{here}[]"
            inner = inner.inner
            paths |= {below} if below.endswith("default") else set()
        if inner.model is not None:
            paths |= model_paths(inner.model, below)
    return paths


def all_model_paths() -> set[str]:
    blocks = {
        path for name in registry.names() for path in model_paths(registry.load(name).config_model, f"{CONFIG}.{name}")
    }
    return model_paths(LatticeCluster) | blocks


def declared() -> list[Field]:
    return [*COMMON_FIELDS, *(field for name in registry.names() for field in registry.load(name).fields)]


def test_the_file_that_is_shipped_is_what_the_models_make() -> None:
    """`python -m tests.schema.make_schema` writes it anew."""
    assert SCHEMA_FILE.read_text("utf-8") == schema_text() == schema_bytes().decode()


def test_the_schema_holds_no_path_of_a_computer_and_a_name_that_stays() -> None:
    text = schema_text()

    assert not re.search(r"/(?:home|root|tmp|usr|Users)/", text)
    assert json.loads(text)["$id"] == "https://lattice.dev/v1alpha1/latticecluster.schema.json"


def test_every_key_of_the_models_is_declared_or_described_and_nothing_else_is() -> None:
    paths = all_model_paths()
    parts = [*PARTS, *(part for name in registry.names() for part in registry.load(name).parts)]
    described = {field.path for field in declared()} | {part.path for part in parts}

    assert paths - described == set()
    assert described - paths == set()


@pytest.mark.parametrize("field", declared(), ids=lambda field: field.path)
def test_a_declaration_is_complete_and_short(field: Field) -> None:
    assert field.label
    assert field.help
    assert field.why
    assert field.example
    assert len(f"# {field.help}") <= 90
    assert not field.help.endswith(".")
    assert all(sentence.endswith(".") for sentence in (field.why, *field.notes))


@pytest.mark.parametrize("key", [key for key in KEYS if key.field], ids=lambda key: key.path)
def test_what_may_be_left_out_says_what_holds_then(key: Any) -> None:
    assert key.required or key.field.default_reason


@pytest.mark.parametrize("key", [key for key in KEYS if key.kind == "choice"], ids=lambda key: key.path)
def test_the_choices_that_are_explained_are_those_of_the_model(key: Any) -> None:
    assert len(key.allowed) == 1 or [choice.value for choice in key.field.choices] == list(key.allowed)


def test_examples_have_the_type_of_their_key() -> None:
    kinds = {"text": str, "choice": str, "number": int, "switch": bool, "list": list, "names": dict}
    for key in KEYS:
        if key.field is not None:
            assert isinstance(example_of(key), kinds[key.kind]), key.path


def test_the_examples_follow_the_proposed_version() -> None:
    examples = {field.path: field.example for field in declared()}
    proposed = pins().kubernetes.proposed["docker"]

    assert examples["spec.provider.kubernetes.version"] == proposed
    assert examples["spec.provider.config.docker.nodeImage"] == pins().node_image(proposed).tag


def test_every_key_is_in_the_schema_with_its_words() -> None:
    schema = json.loads(schema_bytes())
    for key in KEYS:
        place = schema
        for name in re.findall(r"<name>|\[\]|[^.\[\]]+", key.path):
            place = (
                place["additionalProperties"]
                if name == ANY_NAME
                else place["items"]
                if name == "[]"
                else place["properties"][name]
            )
        if key.field or key.part:
            assert place["title"] == key.label
            assert place["description"].startswith(key.sentence)
        if key.kind == "map":
            assert place["additionalProperties"] is False


def test_the_tables_of_the_page_name_every_key_and_no_other() -> None:
    under = {"Top level": "", "spec": "spec."} | {f"config.{name}": f"{CONFIG}.{name}." for name in registry.names()}
    page = (ROOT / "docs" / "cluster-yaml.md").read_text("utf-8")
    sections = {title: text for title, _, text in (part.partition("\n") for part in page.split("\n## "))}

    named = {
        f"{start}{path}"
        for title, start in under.items()
        for path in re.findall(r"^\| `([^`]+)` \|", sections[title], re.MULTILINE)
    }

    assert {key.path for key in KEYS if key.field} - named == set()
    assert named - {key.path for key in KEYS} == set()


@given(st.text(max_size=40) | st.from_regex(patterns.NAME))
def test_the_pattern_of_names_is_the_models_own(text: str) -> None:
    from schemas.document import NAME_PATTERN

    assert bool(re.search(patterns.NAME, text)) == bool(re.search(NAME_PATTERN, text))


def test_every_pattern_means_the_same_to_javascript_and_python() -> None:
    """No look-behind, no inline flags, no named groups, no classes that differ (\\d, \\w, \\b, \\Z)."""
    found = [value for name, value in vars(patterns).items() if isinstance(value, str) and not name.startswith("__")]
    found += re.findall(r'"pattern": "(.*)"', schema_text())

    assert len(found) > 20
    assert [pattern for pattern in found if re.search(r"\(\?[^:]|\\[dDwWbBAZz]", pattern)] == []


def test_the_schema_is_laid_beside_a_file_and_an_old_one_of_ours_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / BESIDE

    assert lay_beside(tmp_path / "cluster.yaml") == target
    assert target.read_bytes() == schema_bytes()
    assert target.stat().st_mode & 0o777 == 0o644
    target.write_bytes(schema_bytes().replace(b"cluster.yaml", b"an older cluster.yaml"))
    assert lay_beside(tmp_path / "cluster.yaml") == target
    assert target.read_bytes() == schema_bytes()


@pytest.mark.parametrize("kind", ["another schema", "a link", "a folder"])
def test_what_somebody_else_has_put_there_is_left_alone(kind: str, tmp_path: Path) -> None:
    target = tmp_path / BESIDE
    if kind == "another schema":
        target.write_text('{"type": "object"}')
    elif kind == "a link":
        (tmp_path / "elsewhere").write_bytes(schema_bytes()[:-2])
        target.symlink_to("elsewhere")
    else:
        target.mkdir()

    assert lay_beside(tmp_path / "cluster.yaml") is None
    assert kind != "another schema" or target.read_text() == '{"type": "object"}'
    assert kind != "a link" or (tmp_path / "elsewhere").read_bytes() == schema_bytes()[:-2]
