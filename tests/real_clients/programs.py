"""The real programs, and worlds served for them by the real command line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared import ROOT, SHARED

TOOLS = os.environ.get("LATTICE_REAL_TOOLS", "")
"""A folder with kubectl, clusterctl and helm, looked at before the PATH."""
START_DEADLINE_S = 60.0
CALL_TIMEOUT_S = 100.0
EXAMPLE = ROOT / "examples" / "docker.yaml"
CLUSTER, NAMESPACE = "practice", "capi-practice"


def found_program(name: str) -> str | None:
    """The path of a real program, None where there is none."""
    return shutil.which(name, path=os.pathsep.join(filter(None, (TOOLS, os.environ.get("PATH", "")))))


def program(name: str) -> str:
    """The path of a real program; skips where there is none."""
    found = found_program(name)
    if found is None:
        pytest.skip(f"needs {name}, a real one: in the PATH, or in the folder LATTICE_REAL_TOOLS")
    return found


@dataclass(frozen=True, slots=True)
class World:
    """A served world, as its clients see it."""

    folder: Path
    process: subprocess.Popen[str]

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "admin.kubeconfig"

    @property
    def viewer(self) -> Path:
        return self.folder / "viewer.kubeconfig"

    def run(
        self, name: str, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a real program on this world, to its end."""
        return subprocess.run(
            [program(name), *arguments],
            env=client_environment(self.folder, kubeconfig or self.kubeconfig),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=CALL_TIMEOUT_S,
            cwd=self.folder,
        )

    def ask(self, name: str, *arguments: str, stdin: str | None = None) -> str:
        """What it prints; fails with its own words when it does not succeed."""
        done = self.run(name, *arguments, stdin=stdin)
        assert done.returncode == 0, f"{name} {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def refusal(self, name: str, *arguments: str, stdin: str | None = None) -> str:
        """What it says when it is refused; fails when it is not."""
        done = self.run(name, *arguments, stdin=stdin)
        assert done.returncode != 0, f"{name} {' '.join(arguments)} went through:\n{done.stdout}"
        return done.stderr


def client_environment(home: Path, kubeconfig: Path) -> dict[str, str]:
    """Of a client that has nothing of this computer's own, and asks no network beyond the world."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "KUBECONFIG": str(kubeconfig),
        "CLUSTERCTL_DISABLE_VERSIONCHECK": "true",
        "GOPROXY": "off",
    }


@contextmanager
def served(folder: Path, *options: str, speed: str = "60") -> Iterator[World]:
    """`lattice rehearse --serve` in `folder`, until Ctrl-C; asserts that it ends well."""
    out = folder / "admin.kubeconfig"
    command = [
        sys.executable,
        "-m",
        "lattice_tui",
        "rehearse",
        "--serve",
        "--speed",
        speed,
        "--kubeconfig-out",
        str(out),
    ]
    process = subprocess.Popen(
        [*command, "--viewer-kubeconfig-out", str(folder / "viewer.kubeconfig"), *options],
        env={**os.environ, "LATTICE_STATE_DIR": str(folder / "state")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        eventually(lambda: out.exists() or process.poll() is not None, "the world answers", START_DEADLINE_S)
        assert process.poll() is None, process.communicate()[1]
        yield World(folder, process)
    finally:
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=START_DEADLINE_S)
    assert process.returncode == 0, f"{said}\n{complained}"
    assert not out.exists(), "the kubeconfig leads nowhere any more"


def real_definitions() -> tuple[str, ...]:
    """Options that serve the projects' own definitions, where they are at hand."""
    return ("--crds", str(SHARED / "crds")) if SHARED is not None else ()


def eventually(holds: Callable[[], bool], what: str, within_s: float = 60.0) -> None:
    """Wait until it holds; fail with `what` when it does not within the time."""
    end_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end_s, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.1)


def manifests() -> str:
    """What `lattice plan --manifests` prints of the shipped example."""
    done = subprocess.run(
        [sys.executable, "-m", "lattice_tui", "plan", "--cluster", EXAMPLE, "--manifests"],
        capture_output=True,
        text=True,
        timeout=CALL_TIMEOUT_S,
        cwd=ROOT,
        check=True,
    )
    return done.stdout


def build(world: World) -> None:
    """Have the shipped example built in the world, up to machines that have joined."""
    world.ask("kubectl", "apply", "--server-side", "-f", "-", stdin=manifests())
    eventually(lambda: joined(world) == 3, "three machines have joined")


def joined(world: World) -> int:
    """How many Machines have a Node."""
    nodes = world.ask("kubectl", "get", "machines", "-n", NAMESPACE, "-o", "jsonpath={.items[*].status.nodeRef.name}")
    return len(nodes.split())
