"""`lattice watch` without a screen. The engine is the test itself: it holds the run's lock and writes its journal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.install.journal import Journal
from schemas.events import EngineStarted, EngineStopped, RunFinished, StepDone, StepStarted
from tests.cli.journal_lines import DONE, FAILED, STOPPED
from tests.cli.program import PROGRAM, TIMEOUT_S, at_terminal, environment, lattice
from tests.cli.test_status_door import a_run
from tests.polling import eventually


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Journal]:
    """A run called demo with an engine at work on it."""
    a_run(tmp_path, "demo")
    with Journal(tmp_path / "state" / "clusters" / "demo") as journal:
        journal.append(EngineStarted, pid=os.getpid(), resumed=True)
        journal.append(StepStarted, step="checks")
        yield journal


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, "watch", *arguments],
        cwd=home,
        env=environment(home / "state"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(watcher: subprocess.Popen[str]) -> str:
    assert watcher.stderr is not None
    return watcher.stderr.readline()


def test_a_run_at_work_is_told_from_its_beginning_to_its_end(engine: Journal, tmp_path: Path) -> None:
    watcher = start(tmp_path)
    begun = first_line(watcher)
    engine.append(StepDone, step="checks", elapsed_s=1.0, adopted=False, summary="4 checks")
    engine.append(RunFinished, outcome="failed", exit_code=42, elapsed_s=9.0, problem=None)
    out, words = watcher.communicate(timeout=TIMEOUT_S)

    assert "engine  resumed" in begun
    assert "done  checks  1.0 s  4 checks" in words
    assert "finished  failed  exit 42" in words
    assert (watcher.returncode, out) == (42, "")


def test_json_is_the_journal_byte_for_byte(engine: Journal, tmp_path: Path) -> None:
    watcher = start(tmp_path, "demo", "-o", "json")
    engine.append(RunFinished, outcome="done", exit_code=0, elapsed_s=9.0, kubeconfig="/k")
    out, _words = watcher.communicate(timeout=TIMEOUT_S)

    assert watcher.returncode == 0
    assert out == (tmp_path / "state" / "clusters" / "demo" / "journal.jsonl").read_text()


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_leaving_stops_nothing(engine: Journal, tmp_path: Path, signum: int, code: int) -> None:
    heard: list[int] = []
    before = signal.signal(signum, lambda number, _frame: heard.append(number))
    try:
        watcher = start(tmp_path, "--state-dir", "state")
        first_line(watcher)
        watcher.send_signal(signum)
        _out, words = watcher.communicate(timeout=TIMEOUT_S)
    finally:
        signal.signal(signum, before)

    assert (watcher.returncode, heard) == (code, [])
    assert "demo goes on: lattice watch demo --state-dir state" in words


def test_after_its_time_it_says_so_and_the_run_goes_on(engine: Journal, tmp_path: Path) -> None:
    said = lattice(tmp_path, "watch", "--timeout", "1s")

    assert said.returncode == 50
    assert b"the install goes on: lattice watch demo" in said.stderr


def test_an_engine_that_dies_is_told(tmp_path: Path) -> None:
    a_run(tmp_path, "demo")
    with Journal(tmp_path / "state" / "clusters" / "demo") as journal:
        journal.append(EngineStarted, pid=os.getpid(), resumed=True)
        watcher = start(tmp_path)
        first_line(watcher)
    _out, words = watcher.communicate(timeout=TIMEOUT_S)

    assert watcher.returncode == 70
    assert "The engine's process has ended without saying so" in words
    assert "lattice resume demo" in words


@pytest.mark.parametrize(
    ("ending", "code", "words"),
    [
        (DONE, 0, b"demo is ready after 4 min 31 s"),
        (FAILED, 42, b"A machine did not come"),
        (STOPPED, 51, b"stopped, nothing is lost; go on with: lattice resume demo"),
        ({"event": "step.started", "step": "images"}, 70, b"ended without saying so"),
    ],
    ids=["done", "failed", "stopped", "killed"],
)
def test_a_run_that_is_over_says_how_it_ended(
    ending: dict[str, object], code: int, words: bytes, tmp_path: Path
) -> None:
    a_run(tmp_path, "demo", ending)
    said, as_json = lattice(tmp_path, "watch"), lattice(tmp_path, "watch", "-o", "json")

    assert said.returncode == as_json.returncode == code
    assert words in said.stdout + said.stderr
    assert as_json.stdout == (tmp_path / "state" / "clusters" / "demo" / "journal.jsonl").read_bytes()


def test_a_run_whose_engine_is_only_about_to_begin_is_waited_for(tmp_path: Path) -> None:
    a_run(tmp_path, "demo")
    folder = tmp_path / "state" / "clusters" / "demo"
    planned, _started = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "journal.jsonl").write_bytes(planned)
    watcher = start(tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        watcher.wait(2.0)
    with Journal(folder) as journal:
        journal.append(EngineStarted, pid=os.getpid(), resumed=False)
        first_line(watcher)
        journal.append(EngineStopped, signal="SIGINT")
        _out, words = watcher.communicate(timeout=TIMEOUT_S)

    assert watcher.returncode == 51, words


def test_with_several_runs_the_one_at_work_is_meant(engine: Journal, tmp_path: Path) -> None:
    a_run(tmp_path, "alpha", DONE)
    a_run(tmp_path, "omega", STOPPED, kind="rehearsals")
    said = lattice(tmp_path, "watch", "--timeout", "1s")

    assert said.returncode == 50
    assert b"lattice watch demo" in said.stderr


def test_where_none_or_several_could_be_meant_the_names_are_listed(tmp_path: Path) -> None:
    none = lattice(tmp_path, "watch", "-o", "json")
    a_run(tmp_path, "alpha", DONE)
    a_run(tmp_path, "beta", STOPPED, kind="rehearsals")
    several, unknown = lattice(tmp_path, "watch"), lattice(tmp_path, "watch", "gamma")

    assert (none.returncode, none.stdout) == (2, b"")
    assert b"No cluster has been begun here" in none.stderr
    assert several.returncode == unknown.returncode == 2
    assert b"none is at work" in several.stderr
    assert b"There is no run called gamma" in unknown.stderr
    assert all(b"alpha, beta (rehearsal)" in said.stderr for said in (several, unknown))


def test_the_help_says_that_nothing_is_stopped(tmp_path: Path) -> None:
    said = lattice(tmp_path, "watch", "--help")

    assert said.returncode == 0
    assert b"stops nothing" in said.stdout
    assert all(word in said.stdout for word in (b"--inline", b"--timeout", b"--state-dir", b"--output"))
    assert b"watch [NAME]" in lattice(tmp_path, "--help").stdout


def test_inline_draws_no_screen_at_a_terminal(tmp_path: Path) -> None:
    a_run(tmp_path, "demo", DONE)
    code, shown = at_terminal(tmp_path, ["watch", "--inline"], extra={"TERM": "xterm-256color"})

    assert code == 0
    assert "demo is ready" in shown
    assert "\x1b" not in shown


def test_a_reader_that_leaves_stops_nothing(engine: Journal, tmp_path: Path) -> None:
    watcher = start(tmp_path, "-o", "json")
    assert watcher.stdout is not None
    watcher.stdout.readline()
    watcher.stdout.close()
    eventually(
        lambda: (engine.append(StepStarted, step="checks"), watcher.poll())[1],
        lambda code: code is not None,
        timeout_s=TIMEOUT_S,
    )

    assert watcher.returncode == 141
    assert json.loads(engine.append(StepStarted, step="images").model_dump_json())["step"] == "images"
