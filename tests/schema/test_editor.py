"""An editor understands the first line of a file of ours: offline, with help, completion and what is misspelt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.document.fields import CONTROL_PLANE
from lattice_tui.document.writer import MODELINE
from lattice_tui.providers.drafting import draft_text
from lattice_tui.providers.schema import lay_beside
from lattice_tui.wizard.composing import document_text
from lattice_tui.wizard.state import first_state
from tests.document.cases import GOOD, edited
from tests.schema.language_server import LanguageServer, find_server
from tests.shared import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
HALF_WRITTEN = GOOD.partition("    workerPools:")[0] + "    "


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    command = find_server()
    if command is None:
        pytest.skip("needs yaml-language-server")
    with LanguageServer(command, tmp_path_factory.mktemp("editor")) as started:
        yield started


def written(folder: Path, text: str, name: str = "cluster.yaml") -> Path:
    """A file as the wizard and `lattice draft -o` leave it: with the schema beside it."""
    path = folder / name
    path.write_text(text if text.startswith(MODELINE) else f"{MODELINE}\n{text}", "utf-8")
    assert lay_beside(path) is not None
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_an_example(example: Path, server: LanguageServer) -> None:
    assert example.read_text().startswith("# yaml-language-server: $schema=../schemas/latticecluster.schema.json\n")
    assert server.open(example) == []


def test_nothing_is_wrong_with_a_file_of_the_wizard_or_a_draft(server: LanguageServer, tmp_path: Path) -> None:
    fresh = document_text(first_state())

    assert fresh.startswith(f"{MODELINE}\n")
    assert server.open(written(tmp_path, fresh)) == []
    assert server.open(written(tmp_path, draft_text("docker", "practice", has_schema=True), "draft.yaml")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("controlPlane: 1", "controlplane: 1", "14: Property controlplane is not allowed."),
        ("controlPlane: 1", "controlPlane: 2", "14: An even number survives no more than the odd one below it"),
        ("name: practice", "name: My_Cluster", "5: Lower-case letters, digits and dashes"),
        ('"1.35.5"', '"1.29.1"', "9: Three numbers in quotes, from 1.32 to 1.36"),
        ("kubeadm", "kubadm", "10: Value is not accepted"),
        ("replicas: 2", "replicas: 2\n        min: 1", "16: Give both limits, min and max, or neither"),
        ("docker: {}", "proxmox: {}", '12: Missing property "ipv4Pool"'),
    ],
    ids=["misspelt key", "even number", "name", "version", "word", "one limit", "another provider"],
)
def test_a_mistake_is_marked_where_it_stands(
    old: str, new: str, said: str, server: LanguageServer, tmp_path: Path
) -> None:
    found = server.open(written(tmp_path, edited(old, new)))

    assert any(line.startswith(said) for line in found), found


def test_the_pointer_on_a_key_shows_our_help(server: LanguageServer, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    server.open(path)

    shown = server.hover(path, "controlPlane")

    assert CONTROL_PLANE.label in shown
    assert CONTROL_PLANE.why.partition(".")[0] in shown
    assert "kubeadm" in server.hover(path, "bootstrap")
    assert "the Kubernetes project's own" in server.hover(path, "bootstrap")


def test_the_keys_that_are_missing_are_offered(server: LanguageServer, tmp_path: Path) -> None:
    path = written(tmp_path, HALF_WRITTEN)
    server.open(path)

    offered = server.completions(path, "controlPlane: 1\n    ")

    assert "workerPools" in offered
    assert "controlPlane" not in offered


def test_the_words_that_may_stand_there_are_offered(server: LanguageServer, tmp_path: Path) -> None:
    path = written(tmp_path, edited("bootstrap: kubeadm", "bootstrap: "))
    server.open(path)

    assert {"kubeadm", "rke2"} <= set(server.completions(path, "bootstrap: "))
