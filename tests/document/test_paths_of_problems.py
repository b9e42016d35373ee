"""A problem's path is the one that editing and explaining take: keys with dots, quotes and brackets included."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lattice_tui.document.places import keys_of
from lattice_tui.document.trail import general_path, joined, last_key, path_text
from lattice_tui.providers.reading import read_cluster_bytes
from tests.document.cases import TODAY, edited

POOLS = "spec.nodes.workerPools"
seen = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), max_size=20)


@given(seen, seen)
@example("example.com/team", "a[0]")
@example('say "no"', "")
@example("back\\slash", "a b")
def test_the_path_of_any_key_leads_back_to_it(one: str, other: str) -> None:
    assume(all(unicodedata.is_normalized("NFC", key) for key in (one, other)))
    path = joined(joined("metadata.labels", one), other)

    assert keys_of(path) == ("metadata", "labels", one, other)


@pytest.mark.parametrize(
    ("trail", "path", "last", "general"),
    [
        (("", ""), "", "", ""),
        (("", "spec"), "spec", "spec", "spec"),
        (("spec.nodes.workerPools", "a"), "spec.nodes.workerPools.a", "a", "spec.nodes.workerPools.*"),
        ((f"{POOLS}.a.taints", 1), f"{POOLS}.a.taints[1]", "taints[1]", f"{POOLS}.*.taints"),
        ((f"{POOLS}.a.taints[1]", "key"), f"{POOLS}.a.taints[1].key", "key", f"{POOLS}.*.taints.key"),
        (("metadata.labels", "a.b/c"), 'metadata.labels."a.b/c"', "a.b/c", "metadata.labels.a.b/c"),
    ],
)
def test_a_trail_is_written_out(trail: tuple[str, str | int], path: str, last: str, general: str) -> None:
    assert path_text(trail) == path
    assert last_key(trail) == last
    assert general_path(trail) == general


def test_a_label_with_a_dot_is_shown_with_its_whole_name() -> None:
    text = edited("practice", "practice\n  labels: {example.com/team: no}")

    [problem] = read_cluster_bytes(text.encode(), today=TODAY).errors

    assert problem.path == 'metadata.labels."example.com/team"'
    assert 'example.com/team: "no"' in problem.fix


def test_a_long_key_is_cut_in_its_path() -> None:
    text = edited("practice", "practice\n  labels: {" + "a." * 500 + ": b}")

    [problem] = read_cluster_bytes(text.encode(), today=TODAY).errors

    assert problem.path.startswith('metadata.labels."a.a.')
    assert len(problem.path) < 100


def test_a_key_that_hides_something_is_shown_without_it() -> None:
    path = joined("a", "b\x1b[31m")

    assert "\x1b" not in path
    assert path.isprintable()
