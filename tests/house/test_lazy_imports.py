"""A command pays only for what it uses: each is run in a fresh interpreter and its modules are looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lattice_tui.rehearsal.launch import stop_world
from tests.cli.journal_lines import DONE
from tests.cli.program import environment
from tests.cli.test_status_door import a_run
from tests.shared import ROOT

EXAMPLE = ROOT / "examples" / "docker.yaml"
DUMP = """
import json, sys
sys.argv = ["lattice", *json.loads(sys.argv[1])]
from lattice_tui.__main__ import main
code = main()
sys.stdout.flush()
with open("modules.json", "w") as stream:
    json.dump([code, sorted(sys.modules)], stream)
"""
HEAVY = {
    "argparse",
    "asyncio",
    "json",
    "pydantic",
    "yaml",
    "textual",
    "rich",
    "kubernetes",
    "questionary",
    "urllib3",
    "typing",
}
HEAVY |= {
    "msgspec",
    "aiohttp",
    "cryptography",
    "pathlib",
    "dataclasses",
    "re",
    "schemas",
    "screens",
    "enum",
    "importlib.metadata",
}
SCREENS = {"textual", "rich", "questionary", "screens"}
WORLD = {"aiohttp", "cryptography", "kubernetes"}


def modules(folder: Path, *arguments: str) -> tuple[int, set[str]]:
    """Exit code and modules of `lattice ARGUMENTS` in a process of its own."""
    subprocess.run(
        [sys.executable, "-c", DUMP, json.dumps(arguments)],
        cwd=folder,
        env=environment(folder / "state"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
    code, names = json.loads((folder / "modules.json").read_text())
    return code, set(names)


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(option: str, tmp_path: Path) -> None:
    # `json` and what it needs is there for the test's own list.
    _, floor = modules_of_nothing(tmp_path)
    code, loaded = modules(tmp_path, option)

    assert code == 0
    assert (loaded - floor) & HEAVY == set()
    assert {name for name in loaded - floor if not name.startswith("lattice_tui")} <= {"__future__"}


def test_validate_imports_the_document_and_nothing_beside(tmp_path: Path) -> None:
    code, loaded = modules(tmp_path, "validate", str(EXAMPLE))

    assert code == 0
    assert loaded & (SCREENS | WORLD | {"argparse", "asyncio", "urllib3", "msgspec", "subprocess"}) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("install", "--cluster", str(EXAMPLE), "--dry-run"),
        ("install", "--cluster", str(EXAMPLE), "--rehearse", "--dry-run", "-o", "json"),
    ],
    ids=["status", "dry run", "dry run as json"],
)
def test_without_a_screen_nothing_of_screens_is_imported(arguments: tuple[str, ...], tmp_path: Path) -> None:
    code, loaded = modules(tmp_path, *arguments)

    assert code == 0
    assert loaded & (SCREENS | WORLD) == set()


def test_a_whole_rehearsal_without_a_screen_imports_nothing_of_screens(tmp_path: Path) -> None:
    try:
        code, loaded = modules(tmp_path, "rehearse", "--speed", "50")
    finally:
        stop_world(tmp_path / "state" / "rehearsals" / "practice" / "world")

    assert code == 0
    assert loaded & (SCREENS | WORLD) == set()


@pytest.mark.parametrize("module", ["lattice_tui.engine", "lattice_tui.rehearsal.world"])
def test_the_processes_behind_the_doors_import_no_screen(module: str, tmp_path: Path) -> None:
    look = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    said = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )

    assert set(json.loads(said.stdout)) & {"textual", "questionary", "screens"} == set()


def modules_of_nothing(folder: Path) -> tuple[int, set[str]]:
    """What this way of looking costs by itself."""
    look = DUMP.replace("from lattice_tui.__main__ import main", "main = int")
    subprocess.run([sys.executable, "-c", look, "[]"], cwd=folder, timeout=120, check=True)
    code, names = json.loads((folder / "modules.json").read_text())
    return code, set(names)


SDKS = {"boto3", "botocore", "openstack", "keystoneauth1", "requests", "keyring", "aiohttp"}
DOOR = """
import json, sys
from pathlib import Path
from lattice_tui.providers.registry import load
from lattice_tui.providers.credentials import Around
provider = load(sys.argv[1])
provider.config_model, provider.fields, provider.rules, provider.asked, provider.stages
home = Path(sys.argv[2])
if provider.credentials is not None:
    provider.credentials.fields
    provider.credentials.discover(Around({}, home, home, None))
    provider.credentials.parse("nothing of this kind")
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("provider", ["docker", "proxmox", "openstack", "aws"])
def test_a_door_learns_all_of_a_provider_without_its_sdk(provider: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DOOR, provider, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(tmp_path / "state"),
    )

    assert set(json.loads(done.stdout)) & SDKS == set()


@pytest.mark.parametrize("provider", ["proxmox", "openstack", "aws"])
def test_validating_a_document_of_a_provider_needs_no_sdk(provider: str, tmp_path: Path) -> None:
    code, loaded = modules(tmp_path, "validate", str(ROOT / "examples" / f"{provider}.yaml"))

    assert code == 0
    assert loaded & (SDKS | SCREENS) == set()


LOOKING_ON = """
import json, sys
from pathlib import Path
from screens.app import LatticeApp
from screens.watching import WatchingScreen
app = LatticeApp(Path(sys.argv[1]), folder=Path(sys.argv[1]), looks_on=True)

async def look():
    async with app.run_test() as pilot:
        assert isinstance(app.screen, WatchingScreen)
        await pilot.pause(0.5)

import asyncio
asyncio.run(look())
print(json.dumps(sorted(sys.modules)))
"""


def test_looking_on_from_another_terminal_needs_no_sdk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOKING_ON, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(tmp_path / "state"),
    )

    assert set(json.loads(done.stdout)) & (SDKS | WORLD | {"docker", "questionary"}) == set()


def test_looking_on_in_lines_imports_no_screen_and_no_sdk(tmp_path: Path) -> None:
    a_run(tmp_path, "demo", DONE)
    code, loaded = modules(tmp_path, "watch")

    assert code == 0
    assert loaded & (SCREENS | WORLD | SDKS | {"docker"}) == set()
