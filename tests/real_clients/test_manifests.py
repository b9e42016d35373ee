"""What `lattice plan --manifests` prints is accepted by kubectl and by a server with the projects' own definitions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.capi import plans, provider_plans
from tests.real_clients.programs import World, program, real_definitions, served
from tests.shared import ROOT, needs_shared

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    program("kubectl")
    with served(tmp_path_factory.mktemp("manifests"), *real_definitions()) as world:
        yield world


def planned(file: Path) -> str:
    """The manifests of a document, as the command prints them."""
    command = [sys.executable, "-m", "lattice_tui", "plan", "--cluster", str(file), "--manifests"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dry_run(world: World, manifests: str) -> list[str]:
    """What the server would have made. A namespace that is only tried holds nothing: it is made before."""
    parts = [made for made in yaml.safe_load_all(manifests) if made]
    world.ask("kubectl", "apply", "-f", "-", stdin=yaml.safe_dump(parts[0]))
    said = world.ask("kubectl", "apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=manifests)
    assert len(said.splitlines()) == len(parts)
    return said.splitlines()


@needs_shared
@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_the_server_accepts_what_every_example_would_make(world: World, file: Path) -> None:
    lines = dry_run(world, planned(file))

    assert all(line.endswith("(server dry run)") for line in lines)


@needs_shared
@pytest.mark.parametrize("name", [*plans.PLANS, *provider_plans.PLANS])
def test_the_server_accepts_every_reviewed_manifest(world: World, name: str) -> None:
    """Rules between fields are tried too, which schemas alone do not say."""
    lines = dry_run(world, (GOLDEN / f"{name}.yaml").read_text())

    assert all(line.endswith("(server dry run)") for line in lines)


@needs_shared
def test_the_server_refuses_a_copy_that_cannot_be_made(world: World) -> None:
    whole = (GOLDEN / "proxmox-large.yaml").read_text()
    told = world.refusal(
        "kubectl", "apply", "--dry-run=server", "-f", "-", stdin=whole.replace("full: true", "full: false")
    )

    assert "storage" in told
