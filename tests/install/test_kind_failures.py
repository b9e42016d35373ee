"""What kind says when it fails, told in words that help: its known texts, and a real kind on a real Docker Engine."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from lattice_tui.install.steps.kind_failures import kind_problem
from tests.docker.engines import PROBE_IMAGE, OwnEngine, why_no_engine
from tests.real_clients.programs import program

NODE_IMAGE = "kindest/node:v1.36.1"
KIND_TIMEOUT_S = 120.0
SAID = (
    ("LT-BST-010", "OCI runtime create failed: unable to apply caps: operation not permitted: unknown"),
    ("LT-BST-011", 'could not find a log line that matches "Reached target .*Multi-User System.*|detected cgroup v1"'),
    ("LT-BST-011", "Failed to create control group inotify object: Too many open files"),
    ("LT-BST-012", "write /var/lib/docker/tmp/GetImageBlob1: no space left on device"),
    ("LT-BST-013", "Error response from daemon: all predefined address pools have been fully subnetted"),
    ("LT-BST-014", 'ERROR: failed to create cluster: failed to pull image "kindest/node:v1.36.1": command failed'),
    ("LT-BST-015", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"),
    ("LT-BST-016", "ERROR: failed to create cluster: failed to init node with kubeadm: command failed"),
)


@pytest.mark.parametrize(("code", "line"), SAID, ids=[f"{code}-{number}" for number, (code, _) in enumerate(SAID)])
def test_known_failures_are_told_apart(code: str, line: str) -> None:
    problem = kind_problem(f"Creating cluster \"x\" ...\n{line}\n\nRun 'docker run --help' for more information\n")

    assert problem is not None
    assert problem.code == code
    assert problem.detail in line
    assert problem.fix
    assert problem.check


def test_what_is_not_known_is_not_guessed() -> None:
    assert kind_problem("ERROR: something new") is None
    assert kind_problem("") is None


@pytest.mark.skipif(bool(why_no_engine()), reason=why_no_engine() or "-")
def test_a_real_kind_on_an_engine_that_refuses_privileged_containers(tmp_path: Path) -> None:
    kind = program("kind")
    # Not below tmp_path: the path of containerd's socket has to stay short.
    engine = OwnEngine(Path(tempfile.mkdtemp(prefix="engine-", dir="/tmp")), lenient=False)
    try:
        engine.start()
        engine.load_probe_image()
        # An image with a command of its own, as a node image has.
        engine.docker("create", "--name", "model", PROBE_IMAGE, "/bin/sleep", "60")
        engine.docker("commit", "model", NODE_IMAGE)
        if _runs_privileged(engine):
            pytest.skip("this computer's kernel allows privileged containers: nothing is refused here")
        ended = subprocess.run(
            [kind, "create", "cluster", "--name", "refused", "--image", NODE_IMAGE, "--kubeconfig", tmp_path / "kc"],
            env={**os.environ, "DOCKER_HOST": engine.endpoint},
            capture_output=True,
            text=True,
            check=False,
            timeout=KIND_TIMEOUT_S,
        )
        left = engine.docker("ps", "--all", "--quiet", "--filter", "label=io.x-k8s.kind.cluster=refused")
    finally:
        engine.clean_up()

    problem = kind_problem(f"{ended.stdout}\n{ended.stderr}")
    assert ended.returncode == 1
    assert problem is not None
    assert problem.code == "LT-BST-010"
    assert "operation not permitted" in problem.detail
    assert left.strip() == "", "kind takes away what it could not start"


def _runs_privileged(engine: OwnEngine) -> bool:
    try:
        engine.docker("run", "--rm", "--privileged", PROBE_IMAGE, "/bin/true")
    except AssertionError:
        return False
    return True
