"""Worlds for tests: real processes at high speed, each ended by the fixture that started it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.audit import read_audit
from lattice_tui.rehearsal.launch import WorldHandle, ensure_world, stop_world
from lattice_tui.rehearsal.world import AUDIT_FILE

TOOL_TIMEOUT_S = 120.0


class RunningWorld:
    """A world, and its tools as a person would run them."""

    def __init__(self, handle: WorldHandle, folder: Path) -> None:
        self.handle = handle
        self.folder = folder

    def tool(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a tool to its end."""
        return subprocess.run(
            [*self.handle.tool_argv(tool), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=TOOL_TIMEOUT_S,
        )

    def good(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a tool that is expected to succeed."""
        ended = self.tool(tool, *arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended

    def start(self, tool: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a tool and let it run."""
        return subprocess.Popen(
            [*self.handle.tool_argv(tool), *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def audit(self, *what: str) -> list[dict[str, Any]]:
        """What the world wrote down, of these kinds."""
        return [line for line in read_audit(self.handle.folder / AUDIT_FILE) if line["what"] in what]

    def kubeconfig(self, name: str) -> Path:
        return self.folder / f"{name}.kubeconfig"


StartWorld = Callable[..., RunningWorld]


@pytest.fixture
def start_world(tmp_path: Path) -> Iterator[StartWorld]:
    """Start a world, `start_world(speed=..., fault=...)`; each has a folder of its own unless one is named."""
    folders: list[Path] = []

    def start(
        *, name: str = "world", speed: float = 100, seed: int = 1, fault: str = "", idle_s: float = 300
    ) -> RunningWorld:
        folder = tmp_path / name
        folders.append(folder)
        return RunningWorld(ensure_world(folder, speed=speed, seed=seed, fault=fault, idle_s=idle_s), tmp_path)

    yield start
    for folder in folders:
        stop_world(folder)


@pytest.fixture
def world(start_world: StartWorld) -> RunningWorld:
    return start_world()


KIND_CONFIG = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  extraMounts:
  - hostPath: /var/run/docker.sock
    containerPath: /var/run/docker.sock
"""


@pytest.fixture
def bootstrapped(world: RunningWorld) -> RunningWorld:
    """A world with the kind cluster `lattice-1` in it, kubeconfig `bootstrap`."""
    create_kind(world)
    return world


def create_kind(world: RunningWorld) -> None:
    """kind create cluster, as the install does it."""
    config = world.folder / "kind.yaml"
    config.write_text(KIND_CONFIG)
    arguments = ("--name", "lattice-1", "--config", str(config), "--wait", "5m")
    world.good("kind", "create", "cluster", *arguments, "--kubeconfig", str(world.kubeconfig("bootstrap")))
