"""Corners of the walkers, each small and on its own."""

from __future__ import annotations

import pytest

from lattice_tui.rehearsal.api.schemas.formats import check_of
from lattice_tui.rehearsal.api.schemas.schema import Schema, SchemaError
from tests.rehearsal_api.schemas.things import INTEGER, JsonObject, a_list, fields, ruled, text


def test_of_several_alternatives_that_fail_the_furthest_is_told() -> None:
    near = fields(a=text(), b=text(maxLength=1)) | {"required": ["a"]}
    schema = Schema(fields(it={"type": "object", "anyOf": [{"type": "string"}, {**near, "type": "object"}]}))
    told = [each.field for each in schema.violations({"it": {"a": "x", "b": "long"}})]
    assert told == ["<nil>", "it.b"]


def test_a_text_is_measured_also_where_it_matches_a_pattern() -> None:
    schema = Schema(fields(it=text(pattern="^[a-z]*$", minLength=2)))
    assert [each.field for each in schema.violations({"it": "a"})] == ["it"]


def test_entries_of_a_plain_list_have_no_old_ones() -> None:
    schema = Schema(fields(it=a_list(INTEGER | {"minimum": 0})))
    assert [each.field for each in schema.violations({"it": [-1, 2]}, {"it": [-1, 1]})] == ["it[0]"]


def test_an_optional_old_value_that_is_not_there_does_not_stop_the_rule() -> None:
    schema = Schema(ruled(fields(a=INTEGER), "oldSelf.hasValue() || self.a == 1", optionalOldSelf=True))
    assert len(schema.violations({"a": 2})) == 1
    assert schema.violations({"a": 2}, {"a": 3}) == ()


def test_a_rule_sees_fractions_as_such_and_of_metadata_the_names_alone() -> None:
    assert Schema(fields(it=ruled({"type": "number"}, "self / 2.0 == 1.5"))).violations({"it": 3}) == ()
    whole = Schema(ruled(fields(metadata={"type": "object"}), "!has(self.metadata.labels) && has(self.metadata.name)"))
    assert whole.violations({"metadata": {"name": "a", "labels": {}}}) == ()


def test_a_default_that_is_taken_as_it_is_belongs_to_the_object_alone() -> None:
    schema = Schema(fields(tags=a_list(text()) | {"default": ["a"]}))
    schema.defaulted({})["tags"].append("b")
    assert schema.defaulted({}) == {"tags": ["a"]}


def test_a_schema_without_end_is_refused() -> None:
    schema: JsonObject = text()
    for _ in range(150):
        schema = fields(a=schema)
    with pytest.raises(SchemaError, match="more than 100 levels"):
        Schema(schema).violations({})


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("date-time", "2026-11-23T21:00:00Z", "2026-11-23T25:00:00Z"),
        ("date", "2026-11-23", "2026-13-01"),
        ("duration", "1h30m", "soon"),
        ("duration", "2 days", "2 moons"),
        ("ipv4", "10.0.0.1", "10.0.0.256"),
        ("ipv6", "::1", "10.0.0.1"),
        ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
        ("mac", "00:11:22:33:44:55", "00:11:22"),
        ("uuid", "0FC63DAF-8483-4772-8E79-3D69D8477DE4", "0FC63DAF"),
        ("uuid4", "0fc63daf-8483-4772-8e79-3d69d8477de4", "0fc63daf-8483-1772-8e79-3d69d8477de4"),
        ("uri", "https://a/b", "a b"),
        ("hostname", "a-b.example", "-a"),
        ("email", "a@b.example", "a"),
        ("byte", "YWI=", "YWI"),
        ("hexcolor", "#ffffff", "#ggg"),
        ("isbn10", "0321751043", "0321751044"),
        ("creditcard", "4111111111111111", "4111111111111112"),
        ("k8s-short-name", "a-b", "A"),
    ],
)
def test_a_format_tells_right_from_wrong(name: str, right: str, wrong: str) -> None:
    check = check_of(name)
    assert check is not None
    assert check(right)
    assert not check(wrong)


def test_formats_that_the_server_ignores_are_ignored() -> None:
    assert [check_of(name) for name in ("int32", "int64", "double", "made-up")] == [None] * 4
