"""`lattice rehearse --serve`: what it takes, what it says, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import read_kubeconfig
from lattice_tui.capi.resources import CLUSTER, NODE
from tests.cli.program import PROGRAM, environment, lattice

DEADLINE_S = 60.0


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program, once its kubeconfig is there."""
    out = folder / "out.kubeconfig"
    before = out.stat().st_mtime_ns if out.exists() else 0
    with subprocess.Popen(
        [*PROGRAM, "rehearse", "--serve", "--kubeconfig-out", str(out), *options],
        cwd=folder,
        env=environment(folder / "state"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            end_s = time.monotonic() + DEADLINE_S
            while not (out.exists() and out.stat().st_mtime_ns > before) and process.poll() is None:
                assert time.monotonic() < end_s, "no kubeconfig came"
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end_and_leaves_nothing(tmp_path: Path, signum: int) -> None:
    with serving(
        tmp_path, "--viewer-kubeconfig-out", "viewer.kubeconfig", "--crds", str(_definitions(tmp_path))
    ) as process:
        files = [tmp_path / "out.kubeconfig", tmp_path / "viewer.kubeconfig"]
        assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
        client = KubeClient(read_kubeconfig(files[0]))
        assert [node["metadata"]["name"] for node in client.list(NODE).items] == ["rehearsal-control-plane"]
        assert list(client.list(CLUSTER).items) == [], "there is no cluster yet"
        process.send_signal(signum)
        said, complained = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 0, complained
    assert b"Ctrl-C ends it" in said
    assert f"kubectl --kubeconfig {files[0]} get providers -A".encode() in said
    assert not any(file.exists() for file in files)
    assert not (tmp_path / "state").exists(), "it keeps no state"


def test_as_json_it_says_where_it_answers(tmp_path: Path) -> None:
    with serving(tmp_path, "-o", "json") as process:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=DEADLINE_S)

    (line,) = said.splitlines()
    told = json.loads(line)
    assert (told["v"], told["event"], told["kubeconfig"]) == (1, "rehearse.serving", str(tmp_path / "out.kubeconfig"))
    assert told["url"].startswith("https://127.0.0.1:")


def test_a_kubeconfig_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        (tmp_path / "out.kubeconfig").write_text("mine now")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE_S)

    assert (tmp_path / "out.kubeconfig").read_text() == "mine now"


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = lattice(tmp_path, "rehearse", "--serve", "--kubeconfig-out", "out", "--port", port)

    assert done.returncode == 2
    assert f"Another program listens on port {port}".encode() in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--serve",), "--kubeconfig-out"),
        (("--crds", "."), "--crds is of --serve"),
        (("--port", "7000"), "--port is of --serve"),
        (("--serve", "--kubeconfig-out", "a", "--port", "0"), "is no port"),
        (("--serve", "--kubeconfig-out", "a", "--timeout", "5s"), "--timeout is of a run"),
        (("--serve", "--kubeconfig-out", "missing/a"), "cannot be written"),
        (("--serve", "--kubeconfig-out", "a", "--crds", "missing"), "missing"),
    ],
)
def test_what_it_cannot_do_is_refused_before_anything_begins(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = lattice(tmp_path, "rehearse", *arguments)

    assert done.returncode in (2, 10), done.stderr
    assert words.encode() in done.stderr
    assert os.listdir(tmp_path) == []


def _definitions(folder: Path) -> Path:
    """A folder with one definition in it."""
    crds = folder / "crds"
    crds.mkdir()
    (crds / "boat.yaml").write_text(
        """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Boat, listKind: BoatList, plural: boats, singular: boat}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {length: {type: integer}}}}}}
"""
    )
    return crds
