"""The doors around a rehearsed run: signals, a killed engine, a killed door, time limits, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lattice_tui.install.launch import engine_pid, signal_engine
from lattice_tui.install.runs import find_run
from lattice_tui.rehearsal.launch import stop_world
from tests.cli.program import PROGRAM, environment, lattice
from tests.polling import eventually

SPEED = "25"
DEADLINE_S = 120.0


class Rehearsal:
    """One state folder with one rehearsal of the shipped example in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "state" / "rehearsals" / "practice"
        self.journal = self.folder / "journal.jsonl"

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return lattice(self.home, *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A door that is left open; its output goes to files, so that it never waits for us."""
        with (self.home / "out").open("wb") as out, (self.home / "err").open("wb") as err:
            return subprocess.Popen(
                [*PROGRAM, *arguments],
                cwd=self.home,
                env=environment(self.home / "state"),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def wait_for(self, what: Callable[[], object]) -> None:
        eventually(what, bool, timeout_s=DEADLINE_S)

    def has_begun(self, step: str) -> bool:
        return self.journal.is_file() and f'"step.started","step":"{step}"' in self.journal.read_text()

    def end(self) -> None:
        """No engine and no world outlives its test."""
        if self.folder.is_dir():
            pid = engine_pid(self.folder)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            stop_world(self.folder / "world")


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    made = Rehearsal(tmp_path)
    yield made
    made.end()


def test_a_rehearsal_ends_with_a_cluster_and_says_what_to_type_next(rehearsal: Rehearsal) -> None:
    said = rehearsal("rehearse", "--speed", SPEED, "--kubeconfig-out", "mine.kubeconfig")
    words = said.stdout.decode()
    written = rehearsal.home / "mine.kubeconfig"

    assert said.returncode == 0, said.stderr.decode()[-3000:]
    assert words.startswith("practice is ready after ")
    assert "kubectl --kubeconfig mine.kubeconfig get nodes" in words
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert written.read_bytes() == (rehearsal.folder / "target.kubeconfig").read_bytes()
    assert b"\x1b" not in said.stdout + said.stderr

    status = rehearsal("status")
    as_json = json.loads(rehearsal("status", "practice", "-o", "json").stdout)
    again = rehearsal("resume", "practice")
    unknown = rehearsal("resume", "another")

    assert status.stdout.startswith(b"practice  done")
    assert (as_json["event"], as_json["state"], as_json["exit_code"]) == ("run.status", "done", 0)
    assert {row["state"] for row in as_json["machines"]} == {"ready"}
    assert again.returncode == 0
    assert b"finished already" in again.stderr
    assert unknown.returncode == 2
    assert b"practice" in unknown.stderr


def test_one_signal_stops_at_a_safe_point_and_resume_ends_the_run(rehearsal: Rehearsal) -> None:
    door = rehearsal.start("rehearse", "--speed", SPEED)
    rehearsal.wait_for(lambda: rehearsal.has_begun("bootstrap"))
    door.send_signal(signal.SIGINT)
    code = door.wait(DEADLINE_S)
    words = (rehearsal.home / "err").read_text()
    resumed = rehearsal("resume")

    assert code == 51, words
    assert "go on with: lattice resume practice" in words
    assert resumed.returncode == 0, resumed.stderr.decode()[-3000:]


def test_an_engine_that_is_killed_is_said_and_can_be_resumed(rehearsal: Rehearsal) -> None:
    door = rehearsal.start("rehearse", "--speed", SPEED)
    rehearsal.wait_for(lambda: rehearsal.has_begun("bootstrap"))
    signal_engine(rehearsal.folder, signal.SIGKILL)
    code = door.wait(DEADLINE_S)
    words = (rehearsal.home / "err").read_text()

    assert code == 70, words
    assert "The engine's process has ended without saying so" in words
    assert "lattice resume practice" in words
    assert b"interrupted" in rehearsal("status").stdout


def test_a_door_that_is_killed_leaves_the_engine_at_work_and_another_can_join(rehearsal: Rehearsal) -> None:
    door = rehearsal.start("rehearse", "--speed", SPEED)
    rehearsal.wait_for(lambda: rehearsal.has_begun("bootstrap"))
    door.kill()
    door.wait(DEADLINE_S)
    second = rehearsal("rehearse", "--speed", SPEED)
    joined = rehearsal("resume", "-o", "json")

    assert second.returncode == 2
    assert b"lattice watch practice" in second.stderr
    assert joined.returncode == 0, joined.stderr.decode()[-3000:]
    # Byte for byte, what was written before it came included.
    assert joined.stdout == rehearsal.journal.read_bytes()


def test_after_the_time_limit_the_install_goes_on(rehearsal: Rehearsal) -> None:
    fault = ("--fault", "machine-never-joins")
    kept = rehearsal("rehearse", "--speed", SPEED, *fault, "--timeout", "3s")
    detached = rehearsal("resume", "--timeout", "1s", "--on-timeout", "detach")

    assert kept.returncode == 50, kept.stderr.decode()[-3000:]
    assert b"the install goes on" in kept.stderr
    assert detached.returncode == 0
    assert engine_pid(rehearsal.folder) is not None
    assert find_run(rehearsal.home / "state", None).snapshot.state == "running"


def test_a_second_signal_leaves_at_once(rehearsal: Rehearsal) -> None:
    door = rehearsal.start("rehearse", "--speed", "1")
    rehearsal.wait_for(lambda: rehearsal.has_begun("images") or rehearsal.has_begun("bootstrap"))
    door.send_signal(signal.SIGTERM)
    door.send_signal(signal.SIGTERM)
    code = door.wait(DEADLINE_S)

    # Two signals of one kind that arrive together are one to the system.
    assert code in (143, 51)


def test_a_reader_that_leaves_ends_the_door_and_not_the_install(rehearsal: Rehearsal) -> None:
    line = " ".join(PROGRAM) + f" rehearse --speed {SPEED} -o json | head -n 1; exit ${{PIPESTATUS[0]}}"
    said = subprocess.run(
        ["bash", "-c", line],
        cwd=rehearsal.home,
        env=environment(rehearsal.home / "state"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=DEADLINE_S,
    )

    assert said.returncode == 141
    assert b"the install goes on" in said.stderr
    assert b"Traceback" not in said.stderr
    assert engine_pid(rehearsal.folder) is not None
