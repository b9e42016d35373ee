"""No text crashes the reader or holds it up: bytes, damaged files, YAML of every form, and a mebibyte of anything."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lattice_tui.document.decoding import MAX_BYTES
from lattice_tui.document.guard import build_tree
from lattice_tui.document.report import Report
from lattice_tui.providers.reading import ReadCluster, read_cluster_bytes
from tests.document.cases import CASES, GOOD, TODAY

LIMIT_S = 1.0
"""CPU seconds of one reading, on a machine that is busy with other tests."""
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

# What YAML is made of, cut so that any sequence of it is nearly YAML.
PIECES = (
    *(
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        " ",
        "\t",
        "\r\n",
        "\n---\n",
        "\n...\n",
        "#",
        " # a\n",
        "%YAML 1.1\n",
        "%TAG ! a\n",
    ),
    *(
        "- ",
        "? ",
        ": ",
        ":",
        ",",
        "[",
        "]",
        "{",
        "}",
        "|",
        ">",
        "|+2\n",
        ">-\n",
        "&a ",
        "*a",
        "!a ",
        "!!str ",
        "!!map ",
        "<<",
    ),
    *(
        '"',
        "'",
        "\\",
        "\\x41",
        "\\ud800",
        "\\e",
        "a",
        "b:",
        "0x1F",
        "1_0",
        "22:22",
        "no",
        "~",
        "2026-11-23",
        "\u202e",
        "é",
    ),
    *(
        "spec:",
        "metadata:",
        "name: ",
        "provider:",
        "nodes:",
        "workerPools:",
        "config:",
        "docker: {}",
        "controlPlane: ",
        "1",
    ),
)
yaml_like = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)

KEYS = (
    *("spec", "metadata", "name", "labels", "provider", "kubernetes", "version", "config", "docker", "aws", "nodes"),
    *(
        "controlPlane",
        "workerPools",
        "default",
        "replicas",
        "min",
        "max",
        "taints",
        "size",
        "endpoints",
        "host",
        "range",
    ),
    *(
        "certSANs",
        "clusterNetwork",
        "podCidr",
        "serviceCidr",
        "credentials",
        "lbPool",
        "start",
        "end",
        "<<",
        "no",
        "x y",
    ),
)
VALUES = (
    *("", "~", "no", "1", "-1", "1.30", "1e3", "0o7", "22:22", '"\\e[31m"', "a b", "10.0.0.0/8", "fd00::/48", "1.35.5"),
    *("AKIAABCDEFGHIJKLMNOP", "::", "0.0.0.0", "*.a", "self", "docker", "99999999999999999999", "!x y", "&a b", "*a"),
)
keys, scalars = st.sampled_from(KEYS), st.sampled_from(VALUES)
trees: st.SearchStrategy[str] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: "[" + ", ".join(items) + "]")
        | st.lists(st.tuples(keys, inner), max_size=5).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=20,
)
HOMES = ("metadata", "spec", "provider", "kubernetes", "config", "docker", "nodes", "workerPools", "default")


def read(data: bytes) -> ReadCluster:
    """What came of it. Fails when it took too long or broke a promise that every reading makes."""
    started = time.process_time()
    found = read_cluster_bytes(data, today=TODAY)
    taken_s = time.process_time() - started

    assert taken_s < LIMIT_S
    assert (found.cluster is None) == bool(found.errors)
    assert (found.config is None) == bool(found.errors)
    assert found.data == data
    for problem in found.problems:
        for part in (problem.place, problem.title, problem.fix, problem.path):
            assert not {unicodedata.category(character) for character in part} & UNSEEN, part
        assert problem.line is None or 1 <= problem.line <= data.count(b"\n") + data.count(b"\r") + 2
        assert problem.column is None or problem.column >= 1
    return found


@unhurried
@given(yaml_like)
@example("? - ? - : \n")
@example("- &a *a\n")
@example("%YAML 1.1\n%YAML 1.1\n---\n")
def test_nothing_made_of_yamls_own_signs_crashes_the_reader(text: str) -> None:
    read(text.encode())


@unhurried
@given(trees)
def test_no_tree_of_our_own_keys_crashes_the_reader(text: str) -> None:
    read(text.encode())


@unhurried
@given(st.sampled_from(HOMES), trees)
def test_no_value_in_the_place_of_another_crashes_the_reader(key: str, value: str) -> None:
    """Each part of a good file in turn is replaced by any tree."""
    start = GOOD.index(f"{key}:") + len(key) + 1
    indentation = start - GOOD.rindex("\n", 0, start) - len(key) - 2
    below = GOOD[start:].split("\n")
    after = [line for line in below[1:] if line and len(line) - len(line.lstrip()) <= indentation]
    rest = "\n".join(below[below.index(after[0]) :]) if after else ""

    read(f"{GOOD[:start]} {value}\n{rest}".encode())


@unhurried
@given(
    st.sampled_from([case.text for case in CASES if isinstance(case.text, str) and len(case.text) < 2000]), st.data()
)
def test_two_mistakes_at_once_do_not_crash_the_reader(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))

    read((text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]).encode())


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=6).map("".join).filter(bool),
    st.sampled_from(["", "metadata:\n  name: ", "spec: {nodes: {workerPools: {", "spec:\n  apiAllowedCidrs:\n"]),
    st.integers(MAX_BYTES // 8, MAX_BYTES),
)
def test_a_mebibyte_of_one_piece_over_and_over_is_answered_within_a_second(piece: str, start: str, size: int) -> None:
    unit = piece.encode("utf-8", "surrogatepass")
    read((start.encode() + unit * (size // len(unit) + 1))[:size])


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PIECES), st.sampled_from(PIECES), st.integers(1, 2_000), st.sampled_from(["", ": 1", "\n"]))
def test_a_mebibyte_of_lines_that_grow_is_answered_within_a_second(a: str, b: str, step: int, end: str) -> None:
    """Lines of growing length: what is quadratic in a line's own length shows here."""
    lines: list[str] = []
    size = 0
    while size < MAX_BYTES:
        lines.append(a * len(lines) * step + b + end + "\n")
        size += len(lines[-1].encode())
    read("".join(lines).encode()[:MAX_BYTES])


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\ufffe"])
def test_a_character_that_decoding_would_have_refused_is_a_problem_here_too(letter: str) -> None:
    report = Report("cluster.yaml")

    assert build_tree(f"a: b{letter}c\n", report) is None
    assert report.has_errors
