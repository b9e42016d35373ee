"""Real engines in real processes, in a rehearsed world of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.listing import rows_from_lists
from lattice_tui.install.fold import fold
from lattice_tui.install.launch import RunOptions, prepare_run
from lattice_tui.install.tail import read_journal
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.rehearsal.launch import stop_world
from schemas.events import ProgressEvent
from schemas.rows import ObjectRow
from schemas.snapshot import Snapshot
from tests.polling import eventually

SPEED = 40.0
TIMEOUT_S = 150.0
DOCUMENT = """
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata:
  name: practice
spec:
  provider:
    kubernetes:
      version: "1.35.5"
    config:
      docker: {}
  nodes:
    controlPlane: 1
    workerPools:
      default:
        replicas: %(workers)d
  management: %(management)s
"""


@dataclass
class Rehearsal:
    """One run and everything that works on it."""

    folder: Path

    @property
    def events(self) -> list[ProgressEvent]:
        return read_journal(self.folder / "journal.jsonl")

    @property
    def snapshot(self) -> Snapshot:
        return fold(self.events)

    @property
    def states(self) -> dict[str, str]:
        return {row.info.id: row.state for row in self.snapshot.steps}

    def start(self, killed_at: str = "") -> subprocess.Popen[str]:
        """An engine, or one that dies at a certain moment."""
        program = ["tests.install.killed_engine", str(self.folder), killed_at] if killed_at else []
        return subprocess.Popen(
            [sys.executable, "-m", *(program or ["lattice_tui.engine", str(self.folder)])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, killed_at: str = "") -> int:
        """An engine to its end; returns its exit code."""
        with self.start(killed_at) as engine:
            out, _ = engine.communicate(timeout=TIMEOUT_S)
        print(out)
        return engine.returncode

    def until(self, step: str, state: str = "running") -> None:
        """Wait until a step is in this state."""
        eventually(lambda: self.states, lambda states: states.get(step) == state, timeout_s=TIMEOUT_S)

    def audit(self, what: str) -> list[dict[str, Any]]:
        lines = (self.folder / "world" / "audit.jsonl").read_text().splitlines()
        return [entry for entry in map(json.loads, lines) if entry["what"] == what]

    def equals_fresh_lists(self, *, sums_come_later: bool = False) -> bool:
        """Whether the journal's fold is what the cluster's API lists now.

        A run ends once every node is ready; that the Cluster counts them too comes a reconcile later, and after the
        end of a run that had nothing left to do: `sums_come_later`.
        """
        snapshot = self.snapshot
        client = KubeClient.from_kubeconfig(self.folder / f"{snapshot.side}.kubeconfig")
        machines, objects = rows_from_lists(client, namespace="capi-practice", cluster="practice")
        client.close()
        assert dict(snapshot.machines) == machines
        told = dict(snapshot.objects)
        if sums_come_later:
            told = {uid: _summed_up(row) for uid, row in told.items()}
            objects = {uid: _summed_up(row) for uid, row in objects.items()}
        assert told == objects, _differences(told, objects)
        return bool(machines)

    def close(self) -> None:
        """Leave nothing running."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if os.fsencode(self.folder) in words:
                os.kill(int(entry.name), signal.SIGKILL)
        stop_world(self.folder / "world")


def rehearsal(state: Path, *, workers: int = 2, management: str = "self", fault: str = "") -> Rehearsal:
    """A prepared run."""
    read = read_cluster_bytes((DOCUMENT % {"workers": workers, "management": management}).encode())
    assert not read.errors, read.errors
    return Rehearsal(prepare_run(read, state, RunOptions(rehearsal=True, speed=SPEED, seed=1, fault=fault)))


def processes_naming(text: str) -> list[list[str]]:
    """Command lines of the running processes that have `text` in one of their words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(text in word for word in words):
            found.append(words)
    return found


def _summed_up(row: ObjectRow) -> ObjectRow:
    return replace(row, current=row.desired) if row.kind == "Cluster" else row


def _differences(told: Mapping[str, ObjectRow], listed: Mapping[str, ObjectRow]) -> str:
    uids = sorted(told.keys() | listed.keys())
    return "\n".join(f"{told.get(uid)}\n-> {listed.get(uid)}" for uid in uids if told.get(uid) != listed.get(uid))
