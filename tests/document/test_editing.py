"""A person's file is changed by splices: what was not meant to change stays, byte for byte."""

from __future__ import annotations

import pytest
import yaml

from lattice_tui.document.comparing import difference
from lattice_tui.document.editing import (
    ABSENT,
    Append,
    Edit,
    EditError,
    Remove,
    SetValue,
    edit,
    keys_of,
    path_of,
    value_at,
)
from lattice_tui.errors import ExitCode
from tests.document.cases import GOOD

POOLS = "spec.nodes.workerPools"
FILE = """\
# Where I try things. version: "0" is only talk.
apiVersion: lattice.dev/v1alpha1
spec:   # the spec
  nodes:
    controlPlane: 1   # one
    workerPools:
      # the usual ones
      default:
        replicas: 2
        # labels: {a: b}

      # Section: the big ones.

      # for builds
      big: {replicas: 1}  # few
  provider:
    config: {docker: {}}
    kubernetes: {version: '1.35.5', certSANs: [a, b]}
  empty:   # nothing yet
  none: {}  # none
"""


def edited(text: str, *edits: Edit) -> str:
    return edit(text.encode(), edits).decode()


def test_another_value_keeps_the_comment_the_order_and_the_quotes() -> None:
    changed = edited(
        FILE, SetValue("spec.provider.kubernetes.version", "1.36.0"), SetValue("spec.nodes.controlPlane", 3)
    )

    assert changed == FILE.replace("'1.35.5'", "'1.36.0'").replace("controlPlane: 1   #", "controlPlane: 3   #")


def test_a_pool_is_added_in_the_style_of_the_one_before() -> None:
    changed = edited(FILE, SetValue(f"{POOLS}.gpu", {"replicas": 3, "labels": {"example.com/gpu": "yes"}}))
    written = '      gpu: {replicas: 3, labels: {example.com/gpu: "yes"}}\n'

    assert changed == FILE.replace("# few\n", f"# few\n{written}")


def test_a_pool_in_block_style_stands_below_the_comments_of_the_one_before() -> None:
    without_big = edited(FILE, Remove(f"{POOLS}.big"))

    changed = edited(without_big, SetValue(f"{POOLS}.gpu", {"replicas": 3, "labels": {"example.com/gpu": "yes"}}))

    lines = '      gpu:\n        replicas: 3\n        labels:\n          example.com/gpu: "yes"\n'
    assert changed == without_big.replace("# labels: {a: b}\n", f"# labels: {{a: b}}\n{lines}")


def test_a_pool_goes_with_its_own_comments_and_the_sections_comment_stays() -> None:
    own = "      # the usual ones\n      default:\n        replicas: 2\n        # labels: {a: b}\n"

    assert edited(FILE, Remove(f"{POOLS}.default")) == FILE.replace(own, "")
    assert edited(FILE, Remove(f"{POOLS}.big")) == FILE.replace(
        "      # for builds\n      big: {replicas: 1}  # few\n", ""
    )


def test_the_last_pool_leaves_an_empty_map_and_not_a_missing_key() -> None:
    changed = edited(FILE, Remove(f"{POOLS}.default"), Remove(f"{POOLS}.big"))

    assert "    workerPools: {}\n" in changed
    assert "# Section: the big ones." in changed
    assert value_at(changed.encode(), POOLS) == {}


def test_what_is_empty_becomes_a_block_and_keeps_its_remark() -> None:
    changed = edited(FILE, SetValue("spec.empty.host", "10.0.0.1"), SetValue("spec.none.a.b", ["x", 1]))

    assert changed == FILE.replace(
        "  empty:   # nothing yet\n  none: {}  # none\n",
        '  empty:   # nothing yet\n    host: "10.0.0.1"\n  none:  # none\n    a:\n      b:\n        - x\n        - 1\n',
    )


def test_a_key_whose_parents_are_not_written_brings_them_along() -> None:
    changed = edited(FILE, SetValue("spec.endpoints.service.type", "NodePort"))

    assert changed == FILE + "  endpoints:\n    service:\n      type: NodePort\n"


# (before, edit, after): one row for each way a person writes.
CASES: dict[str, tuple[str, Edit, str]] = {
    "four spaces": (
        "a:\n    b:\n        c: 1\n",
        SetValue("a.d", {"e": 2}),
        "a:\n    b:\n        c: 1\n    d:\n        e: 2\n",
    ),
    "a list without indentation": ("a:\n- x\nb: 1\n", Append("a", "z"), "a:\n- x\n- z\nb: 1\n"),
    "a new list as the file writes lists": ("a:\n- x\n", Append("b", "z"), "a:\n- x\nb:\n- z\n"),
    "an indented list": ("a:\n  - x # one\nb: 1\n", Append("a", "z"), "a:\n  - x # one\n  - z\nb: 1\n"),
    "a list in brackets": ("a: [x, y] # z\n", Append("a", "no"), 'a: [x, y, "no"] # z\n'),
    "an empty list": ("a: []\n", Append("a", "x"), "a:\n  - x\n"),
    "a list of maps": ("t:\n- key: a\n  value: b\n", Append("t", {"key": "c"}), "t:\n- key: a\n  value: b\n- key: c\n"),
    "one line in braces": ("a: {b: {c: 1}}\n", SetValue("a.d.e", 2), "a: {b: {c: 1}, d: {e: 2}}\n"),
    "braces with room": ("a: { b: 1 }\n", SetValue("a.c", {"d": 2}), "a: { b: 1, c: { d: 2 } }\n"),
    "a trailing comma": ("a: [x, y,]\n", Append("a", "z"), "a: [x, y, z,]\n"),
    "braces over lines": (
        "a: {\n  b: 1, # one\n  c: 2 # two\n}\n",
        SetValue("a.d", 3),
        "a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3\n}\n",
    ),
    "braces over lines, less one": ("a: {\n  # it\n  b: 1, # one\n  c: 2\n}\n", Remove("a.b"), "a: {\n  c: 2\n}\n"),
    "the first of a list": ("a: [x, y]\n", Remove("a[0]"), "a: [y]\n"),
    "the last of a list": ("a: [x, y]\n", Remove("a[1]"), "a: [x]\n"),
    "the only one of a list": ("a: [x]\n", Remove("a[0]"), "a: []\n"),
    "the only one of a block": ("a: # why\n- x # one\nb: 1\n", Remove("a[0]"), "a: [] # why\nb: 1\n"),
    "a key behind a dash": ("t:\n  - a: 1 # x\n    # of b\n    b: 2\n", Remove("t[0].a"), "t:\n  - # of b\n    b: 2\n"),
    "JSON": (
        '{\n  "a": 1,\n  "b": {"c": 2}\n}\n',
        SetValue("b.d", "x"),
        '{\n  "a": 1,\n  "b": {"c": 2, "d": "x"}\n}\n',
    ),
    "JSON, another key": ('{\n  "a": "x"\n}\n', SetValue("b", "y"), '{\n  "a": "x",\n  "b": "y"\n}\n'),
    "keys in quotes": ("'a': 1\n'b': 2\n", SetValue("a", 3), "'a': 3\n'b': 2\n"),
    "an absent value": ("a: # why\nb: 1\n", SetValue("a", "x"), "a: x # why\nb: 1\n"),
    "a literal text": ("a: |  # why\n  one\n  two\nb: 1\n", SetValue("a", "x\ny\n"), "a: |  # why\n  x\n  y\nb: 1\n"),
    "a literal text's short heir": ("a: |+\n  one\n\nb: 1\n", SetValue("a", "x"), "a: |-\n  x\n\nb: 1\n"),
    "a literal text's number": ("a: >\n  one\nb: 1\n", SetValue("a", 5), "a: 5\nb: 1\n"),
    "an address without quotes": ("a: 10.0.0.1\n", SetValue("a", "fd00::1"), "a: fd00::1\n"),
    "a word that needs quotes now": ("a: web\n", SetValue("a", "no"), 'a: "no"\n'),
    "a word that is a number to YAML 1.1": ("a: web\n", SetValue("a", "0x1_F"), 'a: "0x1_F"\n'),
    "blank lines that belong to a text": ("a: |+\n  one\n\n", SetValue("b", 1), "a: |+\n  one\n\nb: 1\n"),
    "a number that becomes text": ("a: 1\n", SetValue("a", "1"), 'a: "1"\n'),
    "text that becomes a number": ("a: '1'\n", SetValue("a", 1), "a: 1\n"),
    "an apostrophe": ("a: 'x'\n", SetValue("a", "it's"), "a: 'it''s'\n"),
    "a version is always quoted": ("version: 1.35.5\n", SetValue("version", "1.36.0"), 'version: "1.36.0"\n'),
    "CRLF": ("a: 1\r\nb:\r\n  c: 1\r\n", SetValue("b.d", 2), "a: 1\r\nb:\r\n  c: 1\r\n  d: 2\r\n"),
    "a BOM": ("\ufeffa: é\nb: 1\n", SetValue("b", 2), "\ufeffa: é\nb: 2\n"),
    "no last line break": ("a: 1\nb: 2", SetValue("c", 3), "a: 1\nb: 2\nc: 3"),
    "no last line break, less one": ("a: 1\nb: 2", Remove("b"), "a: 1\n"),
    "a text at the very end": ("a: |\n  x", SetValue("b", 1), "b: 1\na: |\n  x"),
    "a document's marks": ("---\na: 1\n...\n", SetValue("b", 2), "---\na: 1\nb: 2\n...\n"),
    "a tag": ("a: !!str 1\n", SetValue("a", "2"), 'a: "2"\n'),
    "all that there is": ("# head\n\na: 1\n", Remove("a"), "# head\n\n{}\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_way_of_writing_is_kept(name: str) -> None:
    before, change, after = CASES[name]

    assert edited(before, change) == after


@pytest.mark.parametrize("name", [name for name, (_, change, _) in CASES.items() if isinstance(change, SetValue)])
def test_yaml_1_1_reads_what_was_written(name: str) -> None:
    before, change, _ = CASES[name]
    assert isinstance(change, SetValue)

    read = yaml.safe_load(edited(before, change).removeprefix("\ufeff"))
    for key in keys_of(change.path):
        read = read[key]

    assert read == change.value
    assert type(read) is type(change.value)


@pytest.mark.parametrize(
    ("text", "change", "code"),
    [
        (GOOD, Remove(f"{POOLS}.big"), "LT-EDT-002"),
        (GOOD, Remove("spec.provider.kubernetes.certSANs[0]"), "LT-EDT-002"),
        (GOOD, SetValue("metadata.name.first", "x"), "LT-EDT-001"),
        (GOOD, SetValue("spec.nodes", 1), "LT-EDT-001"),
        (GOOD, Append("spec.nodes", 1), "LT-EDT-001"),
        ("[a: 1]\n", SetValue("[0].b", 2), "LT-EDT-003"),
        ("a: 1\nb: 2\n", SetValue("a", "\ud800"), "LT-EDT-003"),
        ("? a\n: 1\n", SetValue("b", 2), "LT-EDT-003"),
        ("? a\n: 1\n? b\n: 2\n", Remove("a"), "LT-EDT-003"),
        ("a: 1\n\tb: 2\n", SetValue("a", 2), "LT-YAML-006"),
        ("a: 1\na: 2\n", SetValue("a", 2), "LT-YAML-012"),
        ("a: &x 1\nb: *x\n", SetValue("b", 2), "LT-YAML-010"),
        ("", SetValue("a", 1), "LT-EDT-002"),
        ("- a\n", SetValue("a", 1), "LT-EDT-001"),
    ],
)
def test_an_edit_is_made_faithfully_or_refused_with_the_document_exit_code(text: str, change: Edit, code: str) -> None:
    with pytest.raises(EditError) as caught:
        edited(text, change)

    assert caught.value.problem.code == code
    assert caught.value.problem.fix
    assert caught.value.exit_code == ExitCode.DOCUMENT


def test_an_edit_that_changes_nothing_changes_no_byte() -> None:
    assert (
        edited(
            FILE,
            SetValue("spec.nodes.controlPlane", 1),
            SetValue(POOLS, {"default": {"replicas": 2}, "big": {"replicas": 1}}),
        )
        == FILE
    )


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        (("spec", "nodes", "workerPools", "default"), "spec.nodes.workerPools.default"),
        (("labels", "kubernetes.io/x"), 'labels."kubernetes.io/x"'),
        (("certSANs", 1, "a"), "certSANs[1].a"),
        (('a"b\\c', "", "x[0]"), '"a\\"b\\\\c".""."x[0]"'),
        ((), ""),
    ],
)
def test_a_path_is_written_and_read_back(keys: tuple[str | int, ...], path: str) -> None:
    assert path_of(keys) == path
    assert keys_of(path) == keys


@pytest.mark.parametrize("path", ["a..b", "a.", ".a", 'a"b', "a[x]", "a[0]b", '"a'])
def test_what_is_no_path_is_a_programs_mistake(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        keys_of(path)


def test_a_value_is_found_or_absent() -> None:
    assert value_at(FILE.encode(), "spec.provider.kubernetes.certSANs[1]") == "b"
    assert value_at(FILE.encode(), "spec.empty") is None
    assert value_at(FILE.encode(), "spec.nodes.controlPlane.x") is ABSENT
    assert value_at(FILE.encode(), "spec.endpoints") is ABSENT


def test_a_difference_shows_changed_lines_alone_and_nothing_that_a_terminal_obeys() -> None:
    shown = difference(FILE.encode(), FILE.replace("# one", "# \x1b[31mtwo").encode(), "lab.yaml")

    assert shown[:2] == ("--- lab.yaml (now)", "+++ lab.yaml (new)")
    assert [line for line in shown[2:] if line[:1] in "+-"] == [
        "-    controlPlane: 1   # one",
        "+    controlPlane: 1   # \N{REPLACEMENT CHARACTER}[31mtwo",
    ]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"a: 1\r\nb: 2\r\n", b"a: 1\nb: 2\n", "-a: 1^M"),
        (b"a: 1\n", b"\xef\xbb\xbfa: 1\n", "+<BOM>a: 1"),
        (b"a: 1", b"a: 1\n", "-a: 1 (no line break at the end)"),
        (b"caf\xe9\n", b"a: 1\n", "-caf\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_difference_that_cannot_be_seen_is_shown(old: bytes, new: bytes, word: str) -> None:
    assert word in difference(old, new, "x")


def test_nothing_differs_from_itself_and_huge_files_are_counted_instead() -> None:
    assert difference(b"a: 1\n", b"a: 1\n", "x") == ()
    [line] = difference(b"a: 1\n" * 100_000, b"b: 1\n", "x")
    assert "100,000 lines" in line
