"""`lattice draft`: a commented file with every key, fine as it is and with every line of it in use."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from lattice_tui.providers.drafting import draft_text
from lattice_tui.providers.key_tree import ANY_NAME, CONFIG, document_tree, every_key
from lattice_tui.providers.reading import read_cluster_bytes
from tests.cli.program import lattice
from tests.house.test_lazy_imports import SCREENS, WORLD, modules
from tests.shared import ROOT

OPTIONAL = re.compile(r"^( *)#(?! )(.*)$")
SCHEMA = ROOT / "schemas" / "latticecluster.schema.json"
NO_EFFECT = {
    "spec.apiAllowedCidrs",
    "spec.credentials",
    "spec.networking.lbPool",
    f"spec.nodes.workerPools.{ANY_NAME}.size",
}


def optional_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines()) if OPTIONAL.match(line)]


def in_use(text: str, chosen: set[int]) -> str:
    """The draft with the `#` taken from the chosen lines."""
    lines = text.splitlines()
    return (
        "\n".join(OPTIONAL.sub(r"\1\2", line) if number in chosen else line for number, line in enumerate(lines)) + "\n"
    )


def parents(text: str, number: int) -> set[int]:
    """The optional lines that an optional line stands in: nearer ones are less deep."""
    lines = text.splitlines()
    depth = len(lines[number]) - len(lines[number].lstrip())
    found = set()
    for above in range(number - 1, -1, -1):
        line = lines[above]
        indent = len(line) - len(line.lstrip())
        if line.strip() and not line.lstrip().startswith("# ") and indent < depth:
            depth = indent
            found |= {above} if OPTIONAL.match(line) else set()
    return found


def test_the_draft_is_fine_without_a_warning(tmp_path: Path) -> None:
    drafted = lattice(tmp_path, "draft", "docker")
    validated = lattice(tmp_path, "validate", "-", stdin=drafted.stdout)

    assert (drafted.returncode, drafted.stderr) == (0, b"")
    assert (validated.returncode, validated.stderr) == (0, b"")


def test_every_line_in_use_is_fine_without_a_warning() -> None:
    text = draft_text("docker", "practice", has_schema=True)
    whole = in_use(text, set(optional_lines(text)))

    assert len(optional_lines(text)) >= 15
    assert read_cluster_bytes(whole.encode()).problems == ()


def test_every_optional_line_can_be_used_alone() -> None:
    """With the lines it stands in; a limit needs the other one."""
    text = draft_text("docker", "practice", has_schema=True)
    lines = text.splitlines()
    for number in optional_lines(text):
        chosen = {number} | parents(text, number)
        if re.search(r"#(min|max):", lines[number]):
            chosen |= {other for other in optional_lines(text) if re.search(r"#(min|max):", lines[other])}
        if lines[number].endswith(":"):
            # A part is used for what stands in it.
            continue
        assert read_cluster_bytes(in_use(text, chosen).encode()).problems == (), lines[number]


def test_every_key_is_there_but_those_without_effect() -> None:
    text = draft_text("docker", "practice", has_schema=True)
    names = set(re.findall(r"^ *#?([A-Za-z]+):", text, re.MULTILINE)) | set(re.findall(r"[{ ]([A-Za-z]+):", text))
    for key in every_key(document_tree()):
        others = key.path.startswith(f"{CONFIG}.") and not key.path.startswith(f"{CONFIG}.docker")
        without = any(
            key.path == path or path.startswith(f"{key.path}.") or key.path.startswith(f"{path}.") for path in NO_EFFECT
        )
        if key.name and not key.is_entry and not others and not without:
            assert key.name in names, key.path
    assert f"left out here: {', '.join(sorted(NO_EFFECT))[:40]}" in text.replace("\n# ", " ")


def test_a_name_is_written(tmp_path: Path) -> None:
    said = lattice(tmp_path, "draft", "docker", "--name", "homelab")

    assert b"  name: homelab\n" in said.stdout


@pytest.mark.parametrize("name", ["My Cluster", "a" * 33, "", "x\n", "-a"])
def test_a_name_that_the_document_refuses_is_refused_with_one_that_it_takes(name: str, tmp_path: Path) -> None:
    said = lattice(tmp_path, "draft", "docker", f"--name={name}")

    assert (said.returncode, said.stdout) == (2, b"")
    assert re.search(rb"--name [a-z][-a-z0-9]*\n", said.stderr)


def test_a_file_gets_its_schema_beside_it(tmp_path: Path) -> None:
    said = lattice(tmp_path, "draft", "docker", "-o", "new.yaml")
    text = (tmp_path / "new.yaml").read_text()

    assert (said.returncode, said.stdout) == (0, b"")
    assert b"new.yaml is written" in said.stderr
    assert text == draft_text("docker", "practice", has_schema=True)
    assert text.startswith("# yaml-language-server: $schema=.lattice.schema.json\n")
    assert (tmp_path / ".lattice.schema.json").read_bytes() == SCHEMA.read_bytes()
    assert sorted(os.listdir(tmp_path)) == [".lattice.schema.json", "new.yaml"]
    assert lattice(tmp_path, "validate", "new.yaml").returncode == 0


def test_without_a_file_the_first_line_names_no_schema_that_is_not_there(tmp_path: Path) -> None:
    said = lattice(tmp_path, "draft", "docker", "-o", "-")

    assert b"yaml-language-server" not in said.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["a file", "a link", "a link to nowhere", "a folder"])
def test_what_is_there_is_never_written_over(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "cluster.yaml"
    if kind == "a folder":
        target.mkdir()
    elif kind == "a file":
        target.write_text("mine\n")
    else:
        target.symlink_to("real.yaml")
        if kind == "a link":
            (tmp_path / "real.yaml").write_text("mine\n")
    before = sorted(os.listdir(tmp_path))

    said = lattice(tmp_path, "draft", "docker", "-o", "cluster.yaml")

    assert said.returncode == 2
    assert b"LT-CLI-013" in said.stderr
    assert b"-o cluster-2.yaml" in said.stderr
    assert sorted(os.listdir(tmp_path)) == before
    assert kind == "a folder" or kind == "a link to nowhere" or target.read_text() == "mine\n"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    said = lattice(tmp_path, "draft", "docker", "-o", "nowhere/cluster.yaml")

    assert said.returncode == 74
    assert b"LT-CLI-012" in said.stderr
    assert b"No such file or directory" in said.stderr


@pytest.mark.parametrize(
    ("provider", "code", "words"),
    [
        ("gcp", b"LT-CLI-009", b"planned, not there yet"),
        ("dokcer", b"LT-CLI-002", b"Did you mean docker?"),
        ("\x1b[31mx", b"LT-CLI-002", b"There is no provider"),
    ],
)
def test_a_provider_without_a_draft_is_told(provider: str, code: bytes, words: bytes, tmp_path: Path) -> None:
    said = lattice(tmp_path, "draft", provider)

    assert (said.returncode, said.stdout) == (2, b"")
    assert code in said.stderr
    assert words in said.stderr
    assert b"docker" in said.stderr
    assert b"\x1b" not in said.stderr


def test_no_screen_and_no_client_is_imported(tmp_path: Path) -> None:
    code, loaded = modules(tmp_path, "draft", "docker")

    assert code == 0
    assert loaded & (SCREENS | WORLD | {"asyncio", "urllib3"}) == set()


@pytest.mark.parametrize("provider", ["docker", "proxmox", "openstack", "aws"])
def test_the_draft_of_every_provider_is_a_document_as_it_stands(provider: str, tmp_path: Path) -> None:
    text = lattice(tmp_path, "draft", provider).stdout
    read = read_cluster_bytes(text, "draft.yaml", today="2026-11-23")

    assert read.problems == ()
    assert read.cluster is not None
    assert read.cluster.provider_name == provider
    assert text == lattice(tmp_path, "draft", provider).stdout
