"""Running the command line, and looking at what a rehearsal left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.events import EVENT, ProgressEvent

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "docker.yaml"
SPEED = "25"
"""Simulated seconds in a real one: a whole rehearsal in about ten seconds of an idle machine."""
TIMEOUT_S = 150.0


class LatticeCommand:
    """`lattice` as a child process, on a state folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "LATTICE_STATE_DIR": str(self.state)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "lattice_tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=ROOT,
        )

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=TIMEOUT_S)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What the headless door printed, and the folder the run left."""

    command: LatticeCommand
    folder: Path
    result: subprocess.CompletedProcess[str]

    @property
    def events(self) -> list[ProgressEvent]:
        return [EVENT.validate_json(line) for line in self.result.stdout.splitlines()]

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "target.kubeconfig"


def finished_run(command: LatticeCommand) -> FinishedRun:
    """`lattice install --cluster examples/docker.yaml --rehearse --yes -o json`, to its end."""
    result = command(
        "install", "--cluster", str(EXAMPLE), "--rehearse", "--yes", "-o", "json", "--speed", SPEED
    )  # fmt: skip
    assert result.returncode == 0, f"{result.stderr[-4000:]}\n{result.stdout[-2000:]}"
    return FinishedRun(command, command.state / "rehearsals" / "practice", result)


def engine_pids(state: Path) -> list[int]:
    """Engines that are still running below a state folder, found by their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        runs_an_engine = any(
            word in (b"lattice_tui.engine", b"tests.install.killed_engine", b"tests.install.mortal_engine")
            for word in arguments
        )
        if runs_an_engine and any(word.startswith(os.fsencode(state)) for word in arguments):
            found.append(int(entry.name))
    return found


def audit(folder: Path) -> list[dict[str, Any]]:
    """The world's own log of every create and every tool run."""
    lines = (folder / "world" / "audit.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]
