"""`lattice explain`: any way of writing a key's path, any problem code, in words and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.cli.code_pages import code_pages
from lattice_tui.cli.explain_text import key_text, overview
from lattice_tui.document.fields import CONTROL_PLANE
from lattice_tui.providers.explaining import NotFound, all_keys, explained, find_key
from lattice_tui.providers.key_tree import Key
from lattice_tui.providers.registry import names
from tests.cli.program import lattice
from tests.house.test_lazy_imports import SCREENS, WORLD, modules
from tests.shared import ROOT

POOL = "spec.nodes.workerPools.<name>"
CODES = sorted(
    {
        code
        for page in (ROOT / "docs").glob("codes*.md")
        for code in re.findall(r"\bLT-[A-Z]+-\d{3}\b", page.read_text())
    }
)


def path_of(written: str) -> str:
    found = find_key(written)
    assert isinstance(found, Key), found
    return found.path


def lines_of(path: Path, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lattice(path, "explain", *arguments, "-o", "json").stdout.splitlines()]


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: key.path)
def test_every_key_is_found_by_its_path_with_and_without_spec(key: Key) -> None:
    assert path_of(key.path) == key.path
    assert path_of(key.path.removeprefix("spec.")) == key.path
    assert path_of(key.path.replace("<name>", "big").replace("[]", "[0]")) == key.path


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("controlPlane", "spec.nodes.controlPlane"),
        ("taints.key", f"{POOL}.taints[].key"),
        ("nodes.workerPools.my-pool", POOL),
        ("spec.nodes.", "spec.nodes"),
        ("certSANs[3]", "spec.provider.kubernetes.certSANs"),
        ("metadata.labels.team", "metadata.labels"),
        ('metadata.labels."example.com/team"', "metadata.labels"),
        ("docker", "spec.provider.config.docker"),
    ],
)
def test_a_key_is_found_by_whatever_is_clear(written: str, path: str) -> None:
    assert path_of(written) == path


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("spec.nodes.controlplane", ("spec.nodes.controlPlane",)),
        ("nodes.contrlPlane", ("spec.nodes.controlPlane",)),
        ("replicsa", (f"{POOL}.replicas",)),
        ("labels", ("metadata.labels", f"{POOL}.labels")),
        ("nothing.like.this", ()),
        ("", ()),
        ("[0]", ()),
        ("a..b", ()),
        ("x" * 5000, ()),
    ],
)
def test_what_is_not_found_is_answered_with_what_was_meant(written: str, meant: tuple[str, ...]) -> None:
    assert find_key(written) == NotFound(written, meant)


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: key.path)
def test_every_explanation_fits_a_terminal_and_says_what_it_is(key: Key) -> None:
    lines = list(key_text(explained(key), key))

    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines[:2]).split()).startswith(f"{key.path}: {key.label}")
    assert "type" in "".join(lines)


def test_all_that_is_declared_is_shown(tmp_path: Path) -> None:
    shown = " ".join(lattice(tmp_path, "explain", "controlPlane").stdout.decode().split())

    for words in (CONTROL_PLANE.label, CONTROL_PLANE.why, CONTROL_PLANE.default_reason, *CONTROL_PLANE.notes):
        assert words in shown
    assert "a whole number, 1 or more, odd" in shown
    assert "example controlPlane: 1" in shown


def test_a_part_shows_what_it_holds_as_a_tree(tmp_path: Path) -> None:
    lines = lattice(tmp_path, "explain", "nodes").stdout.decode().splitlines()

    assert lines[0] == "spec.nodes: Machines"
    tree = lines[lines.index("  controlPlane            Control-plane machines, needed") :]
    assert [line.split()[0] for line in tree[:5]] == ["controlPlane", "workerPools", "<name>", "replicas", "min"]
    assert tree[3].startswith("      replicas")


def test_without_a_key_everything_fits_one_screen() -> None:
    lines = list(overview(all_keys()))
    words = set(re.findall(r"[A-Za-z]+", "\n".join(lines)))

    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    blocks = tuple(f"spec.provider.config.{name}." for name in names())
    shared = {key.name for key in all_keys() if key.field is not None and not key.path.startswith(blocks)}
    assert shared <= words
    assert [name for name in names() if not any(line.endswith(f": lattice explain {name}") for line in lines)] == []


def test_as_json_a_line_is_a_key_with_all_there_is(tmp_path: Path) -> None:
    (line,) = lines_of(tmp_path, "management")

    assert (line["v"], line["event"], line["path"]) == (1, "key.explained", "spec.management")
    assert [choice["value"] for choice in line["allowed"]] == ["self", "external"]
    assert (line["required"], line["default"]) == (False, "self (nothing else has to keep running)")
    assert line["example"] == "management: self"


def test_as_json_without_a_key_every_key_is_a_line(tmp_path: Path) -> None:
    assert [line["path"] for line in lines_of(tmp_path)] == [key.path for key in all_keys()]


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_documentation_is_explained(code: str) -> None:
    page = code_pages()[code]

    assert page.code == code
    assert page.title
    assert page.text
    assert page.area.startswith(code.rpartition("-")[0]) or code.rpartition("-")[0] in page.area


def test_a_code_is_explained_as_its_page_says(tmp_path: Path) -> None:
    said = lattice(tmp_path, "explain", "lt-yaml-013").stdout.decode()

    assert said.startswith("LT-YAML-013  a second document begins here\n")
    assert "What to do: Move what follows `---` to a file of its own." in said
    assert "docs/codes.md" in said


def test_a_code_from_a_table_is_explained_too(tmp_path: Path) -> None:
    (line,) = lines_of(tmp_path, "LT-CLI-001")

    assert (line["event"], line["page"]) == ("code.explained", "docs/codes-running.md")
    assert line["title"] == "there is no such command, and no file of that name (2)"


def test_an_area_lists_its_codes(tmp_path: Path) -> None:
    said = lattice(tmp_path, "explain", "LT-NET").stdout.decode().splitlines()

    assert said[0].startswith("LT-NET-001  ")
    assert len(said) >= 7


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("spec.nodes.controlplane", b"Did you mean spec.nodes.controlPlane?"),
        ("labels", b"Name one of: metadata.labels, spec.nodes.workerPools.<name>.labels"),
        ("LT-YAML-099", b"Did you mean LT-YAML-0"),
        ("LT-NOTHING", b"LT-YAML"),
        ("\x1b[31mx", b"cluster.yaml has no key"),
    ],
)
def test_what_is_not_known_ends_with_2_and_a_way_on(written: str, words: bytes, tmp_path: Path) -> None:
    said = lattice(tmp_path, "explain", written)

    assert (said.returncode, said.stdout) == (2, b"")
    assert words in said.stderr
    assert b"\x1b" not in said.stderr


@pytest.mark.parametrize("arguments", [(), ("nodes.controlPlane",), ("LT-DOC-021",)], ids=["all", "key", "code"])
def test_no_screen_and_no_client_is_imported(arguments: tuple[str, ...], tmp_path: Path) -> None:
    code, loaded = modules(tmp_path, "explain", *arguments)

    assert code == 0
    assert loaded & (SCREENS | WORLD | {"asyncio", "urllib3"}) == set()
    assert arguments != ("LT-DOC-021",) or "pydantic" not in loaded
