"""The real clusterctl, killed in the middle of a move: what it leaves, what it says then, and how an install goes on.

It never goes on by itself: it refuses a source that is paused, and every move that was cut off leaves it paused.
"""

from __future__ import annotations

import collections
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import read_kubeconfig
from lattice_tui.capi.resources import CLUSTER, MACHINE
from lattice_tui.install.fold import fold
from lattice_tui.install.launch import RunOptions, prepare_run
from lattice_tui.install.tail import read_journal
from lattice_tui.providers.reading import read_cluster
from lattice_tui.rehearsal.launch import stop_world
from schemas.events import MachineGone, Note, ToolExited, ToolOutput, ToolStarted
from tests.real_clients.programs import (
    CALL_TIMEOUT_S,
    EXAMPLE,
    NAMESPACE,
    World,
    build,
    client_environment,
    program,
    served,
)
from tests.real_clients.programs import (
    CLUSTER as NAME,
)
from tests.shared import ROOT

PAUSED = f"Error: cannot start operation while the following Clusters are paused: {NAMESPACE}/{NAME}"
KILLED = -int(signal.SIGKILL)


class Install:
    """An install whose `clusterctl move` is the real one, and dies at one point after the other."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.folder = prepare_run(read_cluster(EXAMPLE), home, RunOptions(rehearsal=True, speed=80.0))
        self._points = home / "points"
        self._script = home / "clusterctl"
        command = (
            f"exec {sys.executable} -m tests.real_clients.clusterctl_cut_off {program('clusterctl')} {self._points}"
        )
        self._script.write_text(f'#!/bin/sh\nexport PYTHONPATH={ROOT}\n{command} -- "$@"\n')
        self._script.chmod(0o700)

    def engine(self, *points: str) -> int:
        """Run one engine to its end; its moves die at these points."""
        self._points.write_text("".join(f"{point}\n" for point in points))
        done = subprocess.run(
            [sys.executable, "-m", "tests.real_clients.engine_with_real_clusterctl", str(self.folder), self._script],
            env=client_environment(self._home, self._home / "none") | {"LATTICE_STATE_DIR": str(self._home)},
            capture_output=True,
            text=True,
            timeout=CALL_TIMEOUT_S,
            cwd=ROOT,
        )
        assert self._points.read_text() == "", done.stderr
        return done.returncode

    @property
    def warnings(self) -> list[str]:
        events = read_journal(self.folder / "journal.jsonl")
        return [event.text for event in events if isinstance(event, Note) and event.level == "warning"]

    def moves(self) -> list[int]:
        """The exit codes of the moves so far."""
        codes, moving = [], set[int]()
        for event in read_journal(self.folder / "journal.jsonl"):
            # Every engine counts its runs of tools from one.
            if isinstance(event, ToolStarted):
                (moving.add if event.argv[:2] == ("clusterctl", "move") else moving.discard)(event.tool_run)
            elif isinstance(event, ToolExited) and event.tool_run in moving:
                codes.append(event.exit_code)
        return codes

    def client(self, side: str) -> KubeClient:
        return KubeClient(read_kubeconfig(self.folder / f"{side}.kubeconfig"), timeout_s=5.0)

    def is_paused(self, side: str) -> bool:
        cluster = self.client(side).get(CLUSTER, NAME, NAMESPACE)
        assert cluster is not None
        return bool(cluster["spec"].get("paused"))

    def machines(self, side: str) -> set[str]:
        return {item["metadata"]["name"] for item in self.client(side).list(MACHINE, NAMESPACE).items}

    def containers(self) -> tuple[collections.Counter[str], list[str]]:
        """What was made, how often, and what was removed, by the world's own log; the kind cluster left out."""
        lines = map(json.loads, (self.folder / "world" / "audit.jsonl").read_text().splitlines())
        entries = [line for line in lines if str(line.get("name", "")).startswith(f"{NAME}-")]
        made = collections.Counter(entry["name"] for entry in entries if entry["what"] == "container.create")
        return made, [entry["name"] for entry in entries if entry["what"] == "container.remove"]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    install = Install(tmp_path)
    yield install
    stop_world(install.folder / "world")


def test_an_install_goes_on_from_wherever_clusterctl_died(install: Install) -> None:
    """Killed with the source paused, then with some objects made: run again. Killed while deleting: never again."""
    assert install.engine("paused", "half created") == 44, "two tries, and both died"

    assert (install.is_paused("bootstrap"), install.is_paused("target")) == (True, True)
    machines = install.machines("bootstrap")
    assert len(machines) == 3, "the source is whole"
    assert install.machines("target") < machines

    assert install.engine("half deleted") == 0

    assert install.moves() == [KILLED, KILLED, KILLED], "no fourth one: the source would make its machines once more"
    assert "the move failed and is tried again" in install.warnings[-1]
    assert install.machines("target") == machines
    assert not install.is_paused("target")
    _whole_and_made_once(install)


def test_an_install_unpauses_what_clusterctl_left_paused_at_its_very_end(install: Install) -> None:
    assert install.engine("before unpausing") == 0

    assert install.moves() == [KILLED]
    assert not install.is_paused("target")
    _whole_and_made_once(install)


def _whole_and_made_once(install: Install) -> None:
    events = read_journal(install.folder / "journal.jsonl")
    last = fold(events)
    assert (last.state, last.side) == ("done", "target")
    assert {row.phase for row in last.machines.values()} == {"Running"}
    assert not [event for event in events if isinstance(event, MachineGone)]
    assert not [event for event in events if isinstance(event, ToolOutput) and event.line == PAUSED]
    made, removed = install.containers()
    assert (set(made.values()), removed) == ({1}, [])


def test_a_paused_source_is_refused_whoever_paused_it(tmp_path: Path) -> None:
    """The premise of all the above, in the tool's own words."""
    program("kubectl")
    with served(tmp_path) as world:
        build(world)
        world.ask("kubectl", "patch", *_CLUSTER, "--type", "merge", "-p", '{"spec":{"paused":true}}')
        # Its own target: it does not come so far as to write there.
        assert world.refusal("clusterctl", *_move(world)).splitlines() == [
            "Performing move...",
            "Discovering Cluster API objects",
            PAUSED,
        ]


_CLUSTER = ("cluster", NAME, "-n", NAMESPACE)


def _move(world: World) -> tuple[str, ...]:
    return ("move", "--to-kubeconfig", str(world.kubeconfig), "-n", NAMESPACE)
