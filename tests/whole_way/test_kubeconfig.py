"""`lattice kubeconfig`: the way into a cluster, brought up to date, tested, and told to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import with_server
from lattice_tui.rehearsal.launch import stop_world
from tests.whole_way.runs import EXAMPLE, SPEED, FinishedRun, LatticeCommand

NOWHERE = "https://127.0.0.1:1"
NAME = "practice"


@pytest.fixture
def kubeconfig(finished: FinishedRun) -> Iterator[Path]:
    """The run's own kubeconfig, put back whatever a test does to it."""
    path = finished.folder / "target.kubeconfig"
    kept = path.read_bytes()
    yield path
    path.write_bytes(kept)


def test_the_address_is_the_one_of_today(finished: FinishedRun, kubeconfig: Path, tmp_path: Path) -> None:
    kubeconfig.write_bytes(with_server(kubeconfig.read_bytes(), NOWHERE))
    out = tmp_path / "out.kubeconfig"
    said = finished.command("kubeconfig", NAME, "--out", str(out))

    assert said.returncode == 0, said.stderr
    assert NOWHERE.encode() not in out.read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600
    client = KubeClient.from_kubeconfig(out)
    assert client.version()
    client.close()


def test_it_is_printed_and_nothing_else(finished: FinishedRun) -> None:
    said = finished.command("kubeconfig")

    assert (said.returncode, said.stderr) == (0, "")
    assert yaml.safe_load(said.stdout)["kind"] == "Config"


def test_credentials_are_renewed_from_the_cluster_itself(finished: FinishedRun, kubeconfig: Path) -> None:
    marked = yaml.safe_load(kubeconfig.read_bytes())
    marked["users"][0]["user"]["marked-by"] = "a test"
    kubeconfig.write_text(yaml.safe_dump(marked))
    kept = yaml.safe_load(finished.command("kubeconfig", NAME).stdout)
    said = finished.command("kubeconfig", NAME, "--renew")

    assert kept["users"][0]["user"]["marked-by"] == "a test"
    assert said.returncode == 0, said.stderr
    renewed = yaml.safe_load(said.stdout)
    assert "marked-by" not in renewed["users"][0]["user"]
    assert renewed["clusters"][0]["cluster"]["server"] == kept["clusters"][0]["cluster"]["server"]


def test_one_that_is_not_let_in_is_not_handed_out(finished: FinishedRun, kubeconfig: Path, tmp_path: Path) -> None:
    broken = yaml.safe_load(kubeconfig.read_bytes())
    broken["users"][0]["user"] = {"token": "of-somebody-else"}
    kubeconfig.write_text(yaml.safe_dump(broken))
    out = tmp_path / "out.kubeconfig"
    said = finished.command("kubeconfig", NAME, "--out", str(out))
    renewing = finished.command("kubeconfig", NAME, "--renew")

    assert (said.returncode, renewing.returncode) == (42, 42)
    assert "LT-RUN-021" in said.stderr
    assert "LT-RUN-022" in renewing.stderr
    assert "of-somebody-else" not in said.stderr + renewing.stderr
    assert not out.exists()


def test_where_it_cannot_be_written_is_said_before_anything_is_asked(finished: FinishedRun, tmp_path: Path) -> None:
    said = finished.command("kubeconfig", NAME, "--out", str(tmp_path / "no-such-folder" / "kubeconfig"))

    assert said.returncode == 2
    assert "LT-CLI-010" in said.stderr


def test_a_cluster_without_one_and_a_world_that_has_ended_are_told_apart(tmp_path: Path) -> None:
    command = LatticeCommand(tmp_path)
    run = command.start(
        "install", "--cluster", str(EXAMPLE), "--rehearse", "--yes", "--speed", SPEED, "--timeout", "1",
    )  # fmt: skip
    run.communicate(timeout=60)
    folder = tmp_path / "rehearsals" / NAME
    early = command("kubeconfig", NAME)
    stop_world(folder / "world")
    late = command("kubeconfig", NAME)

    assert early.returncode == late.returncode == 42
    assert "LT-RUN-020" in early.stderr
    assert "LT-RUN-023" in late.stderr
