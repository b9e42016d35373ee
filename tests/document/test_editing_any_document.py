"""A random edit of a random document in a random style changes its own lines alone, and means what it should."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lattice_tui.document.editing import Append, Edit, EditError, Remove, SetValue, edit, path_of, value_at
from lattice_tui.document.spans import read_spans
from tests.document.styled_documents import WORDS, Keys, Styled, keys, numbers, singles, styled_documents, texts

many = settings(
    deadline=None,
    max_examples=int(os.environ.get("LATTICE_EDIT_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
new_values = (
    singles
    | st.dictionaries(keys, singles, max_size=2)
    | st.lists(singles, max_size=2)
    | st.dictionaries(keys, st.lists(texts, max_size=2) | st.dictionaries(keys, numbers, max_size=2), max_size=2)
)


def places(data: Any, above: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value of a document with its keys, containers first."""
    if above:
        yield above, data
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(value, (*above, key))


def put(data: Any, at: Keys, value: Any) -> Any:
    if not at:
        return value
    key, rest = at[0], at[1:]
    if isinstance(key, int):
        return [*data[:key], put(data[key], rest, value), *data[key + 1 :]]
    known = data or {}
    return {**known, key: put(known.get(key), rest, value)}


def without(data: Any, at: Keys) -> Any:
    data = copy.deepcopy(data)
    inner = data
    for key in at[:-1]:
        inner = inner[key]
    del inner[at[-1]]
    return data


def inner_of(data: Any, at: Keys) -> Any:
    for key in at:
        data = data[key]
    return data


def read(data: bytes) -> Any:
    """As a YAML 1.1 reader reads it."""
    return yaml.safe_load(data.decode("utf-8-sig"))


def lines_of(data: bytes, document: Styled) -> list[str]:
    text = data.decode("utf-8-sig")
    if len(document.lines) == 1 and not document.has_last_break:
        # Nothing says how this file's lines end.
        return text.splitlines()
    other = {"\n": "\r", "\r\n": "\n"}[document.line_break]
    assert other not in text.replace(document.line_break, "")
    return text.split(document.line_break)


def is_in_order(wanted: list[str], lines: list[str]) -> bool:
    rest = iter(lines)
    return all(line in rest for line in wanted)


def is_below(keys: Keys, root: Keys) -> bool:
    return keys[: len(root)] == root


def home(document: Styled, at: Keys) -> Keys:
    """Whose line holds the value at `at`."""
    owners = {line.owner for line in document.lines}
    return next(at[:length] for length in range(len(at), -1, -1) if at[:length] in owners or not length)


def list_entry(at: Keys) -> Keys:
    """The innermost list entry that `at` lies in: its first key stands behind the dash."""
    return next((at[:length] for length in range(len(at), 0, -1) if isinstance(at[length - 1], int)), at)


def holds(document: Styled, result: bytes, wanted: Any, *, touched: set[Keys], gone: Keys | None = None) -> None:
    """The result means `wanted`; every line stays but the `touched` values' own, every comment but those of `gone`."""
    assert read(result) == wanted
    assert result.startswith("\ufeff".encode()) == document.has_bom
    after = lines_of(result, document)
    kept = [
        line.text for line in document.lines if line.owner not in touched and not (gone and is_below(line.owner, gone))
    ]
    assert is_in_order(kept, after), result.decode()
    stay = {text for text, owner in document.comments.items() if not (gone and is_below(owner, gone))}
    whole = "\n".join(after)
    assert {text for text in document.comments if text in whole} == stay, result.decode()


def changed(document: Styled, change: Edit) -> bytes:
    assert read(document.bytes) == document.data, document.bytes.decode()
    return edit(document.bytes, [change])


@many
@given(styled_documents())
def test_no_edit_changes_no_byte(document: Styled) -> None:
    same = [SetValue(path_of(at), value) for at, value in places(document.data)]

    assert edit(document.bytes, []) == document.bytes
    assert edit(document.bytes, same) == document.bytes


@many
@given(styled_documents(), st.data())
def test_another_value_changes_its_own_line(document: Styled, data: st.DataObject) -> None:
    given_singles = [at for at, value in places(document.data) if not isinstance(value, dict | list) or not value]
    if not given_singles:
        return
    at = data.draw(st.sampled_from(given_singles))
    value = data.draw(new_values)

    result = changed(document, SetValue(path_of(at), value))

    holds(document, result, put(document.data, at, value), touched={home(document, at)})


@many
@given(styled_documents(), st.data())
def test_a_new_key_changes_no_line_of_a_block(document: Styled, data: st.DataObject) -> None:
    maps = [(), *(at for at, value in places(document.data) if isinstance(value, dict) or value is None)]
    above = data.draw(st.sampled_from(maps))
    below = data.draw(st.lists(keys, min_size=1, max_size=2))
    known = inner_of(document.data, above)
    if isinstance(known, dict) and below[0] in known:
        return
    value = data.draw(new_values)

    result = changed(document, SetValue(path_of((*above, *below)), value))

    touched = _touched_by_another_entry(document, above, known)
    holds(document, result, put(document.data, (*above, *below), value), touched=touched)


@many
@given(styled_documents(), st.data())
def test_another_entry_changes_no_other_entry_of_a_list(document: Styled, data: st.DataObject) -> None:
    lists = [at for at, value in places(document.data) if isinstance(value, list)]
    if not lists:
        return
    at = data.draw(st.sampled_from(lists))
    value = data.draw(new_values)
    known = inner_of(document.data, at)

    result = changed(document, Append(path_of(at), value))

    touched = _touched_by_another_entry(document, at, known)
    holds(document, result, put(document.data, at, [*known, value]), touched=touched)


@many
@given(styled_documents(), st.data())
def test_an_entry_goes_with_its_own_lines_and_comments(document: Styled, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([at for at, _ in places(document.data)]))

    result = changed(document, Remove(path_of(at)))

    siblings = inner_of(document.data, at[:-1])
    touched = set()
    if at[:-1] in document.flow or len(siblings) == 1:
        touched = {home(document, at[:-1])}
    if isinstance(siblings, dict) and isinstance(at[-2] if len(at) > 1 else "", int):
        # What follows the first key of a list's entry moves up to the dash.
        touched |= {line.owner for line in document.lines if is_below(line.owner, at[:-1])}
    if len(siblings) == 1 and at[:-1]:
        touched |= {(*at[:-1], at[-1]), list_entry(at)}
    gone = at if home(document, at) == at else None
    holds(document, result, without(document.data, at), touched=touched, gone=gone)


@many
@given(styled_documents(), st.data())
def test_an_edit_taken_back_gives_the_same_bytes(document: Styled, data: st.DataObject) -> None:
    """Where both values can stand in the same style: a word for a word, a number for a number, quotes for quotes."""
    given_singles = [(at, value) for at, value in places(document.data) if isinstance(value, str | int)]
    if not given_singles:
        return
    at, value = data.draw(st.sampled_from(given_singles))
    if isinstance(value, str) and ("\n" in value or not value.isprintable()):
        return
    other = data.draw(st.sampled_from(WORDS[:4]) if isinstance(value, str) else st.booleans() | numbers)
    event(type(value).__name__)

    there = edit(document.bytes, [SetValue(path_of(at), other)])

    assert value_at(there, path_of(at)) == other
    if value in WORDS[:4] or not isinstance(value, str) or _is_quoted(document, at):
        assert edit(there, [SetValue(path_of(at), value)]) == document.bytes


@many
@given(styled_documents(), st.lists(keys | st.integers(0, 3), min_size=1, max_size=4), new_values, st.integers(0, 2))
def test_any_edit_at_any_path_is_made_or_refused(document: Styled, at: list[str | int], value: Any, kind: int) -> None:
    path = path_of(at if isinstance(at[0], str) else ["name", *at])
    change = (SetValue(path, value), Append(path, value), Remove(path))[kind]

    refusal = ""

    try:
        read(edit(document.bytes, [change]))
    except EditError as error:
        refusal = error.problem.code

    assert refusal in ("", "LT-EDT-001", "LT-EDT-002")


def _is_quoted(document: Styled, at: Keys) -> bool:
    node = read_spans(document.bytes.decode("utf-8-sig"))
    for key in at:
        entry = node.entry(key)
        assert entry is not None
        node = entry.value
    return node.style != ""


def _touched_by_another_entry(document: Styled, at: Keys, known: Any) -> set[Keys]:
    if at in document.flow:
        # The last entry gets a comma.
        return {home(document, at), *(line.owner for line in document.lines if is_below(line.owner, at))}
    return set() if known else {home(document, at)}
