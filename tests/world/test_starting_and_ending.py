"""The world as a process: found, started once, stopped, gone when idle, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lattice_tui.errors import LatticeError
from lattice_tui.rehearsal.launch import (
    ALREADY_RUNNING,
    WORLD_FILE,
    WorldHandle,
    ensure_world,
    find_world,
    read_world_file,
    stop_world,
)
from tests.polling import eventually
from tests.world.conftest import RunningWorld, StartWorld


def socket_folder(handle: WorldHandle) -> Path:
    return Path(handle.docker_endpoint.removeprefix("unix://")).parent


def test_a_world_is_started_once_and_then_found(start_world: StartWorld) -> None:
    first = start_world(speed=50, seed=7, fault="machine-never-joins").handle
    again = start_world().handle

    assert again == first
    assert (first.speed, first.seed, first.fault) == (50, 7, "machine-never-joins")
    assert find_world(first.folder) == first


def test_its_folder_and_its_token_are_private(world: RunningWorld) -> None:
    folder = world.handle.folder

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(socket_folder(world.handle).stat().st_mode) == 0o700
    facts = json.loads((folder / WORLD_FILE).read_text())
    assert sorted(facts) == ["control_url", "docker_endpoint", "fault", "pid", "seed", "speed", "started_at", "token"]
    assert facts["control_url"].startswith("http://127.0.0.1:")


def test_the_socket_has_a_short_path_whatever_the_folder(start_world: StartWorld) -> None:
    handle = start_world(name="a-folder-with-a-long-name" * 6).handle

    assert len(handle.docker_endpoint.removeprefix("unix://").encode()) < 104


def test_two_starts_at_once_give_one_world(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    handles: list[WorldHandle] = []
    threads = [threading.Thread(target=lambda: handles.append(ensure_world(folder, speed=100))) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len({handle.pid for handle in handles}) == 1
        assert len(handles) == 2
        # The one that came second is gone: it must not wake up when the first one ends.
        running = subprocess.run(["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, timeout=60).stdout
        assert sum(str(folder) in line for line in running.splitlines()) == 1
    finally:
        stop_world(folder)


def test_a_second_world_in_the_folder_ends_at_once(world: RunningWorld) -> None:
    argv = [sys.executable, "-m", "lattice_tui.rehearsal.world", str(world.handle.folder)]
    second = subprocess.run(argv, capture_output=True, text=True, timeout=60)

    assert second.returncode == ALREADY_RUNNING
    assert "another world" in second.stderr
    assert find_world(world.handle.folder) == world.handle


def test_stopping_leaves_nothing_behind(world: RunningWorld) -> None:
    handle = world.handle

    assert stop_world(handle.folder)

    assert not (handle.folder / WORLD_FILE).exists()
    assert not socket_folder(handle).exists()
    assert find_world(handle.folder) is None
    assert not stop_world(handle.folder)


def test_stopping_in_the_middle_of_a_tool_is_quick_and_ends_the_tool(world: RunningWorld) -> None:
    with world.start("kind", "create", "cluster", "--name", "x", "--kubeconfig", "x.kubeconfig") as running:
        eventually(lambda: len(world.audit("tool.start")), lambda count: count == 1)
        assert stop_world(world.handle.folder)

        said, _ = running.communicate(timeout=60)

    assert running.returncode == 1
    assert "does not answer" in said


def test_a_world_nobody_uses_ends_by_itself(start_world: StartWorld) -> None:
    handle = start_world(idle_s=0.5).handle

    eventually((handle.folder / WORLD_FILE).exists, lambda exists: not exists)
    eventually(socket_folder(handle).exists, lambda exists: not exists)


def test_a_tool_that_runs_keeps_the_world_awake(start_world: StartWorld) -> None:
    world = start_world(speed=10, idle_s=0.5)

    world.good("kind", "create", "cluster", "--name", "x", "--kubeconfig", "x.kubeconfig")


def test_a_killed_world_is_not_found_and_its_remains_are_cleared(start_world: StartWorld) -> None:
    killed = start_world().handle
    os.kill(killed.pid, signal.SIGKILL)
    eventually(lambda: find_world(killed.folder), lambda found: found is None)
    assert socket_folder(killed).exists()

    fresh = start_world().handle

    assert fresh.pid != killed.pid
    assert not socket_folder(killed).exists()


def test_a_process_that_wears_the_pid_but_does_not_know_the_token_is_not_the_world(world: RunningWorld) -> None:
    path = world.handle.folder / WORLD_FILE
    facts = json.loads(path.read_text())

    path.write_text(json.dumps({**facts, "token": "another"}))
    assert find_world(world.handle.folder) is None
    path.write_text(json.dumps({**facts, "pid": os.getpid()}))
    assert find_world(world.handle.folder) is None
    path.write_text(json.dumps(facts))
    assert find_world(world.handle.folder) == world.handle


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "1"}', b"\xff\xfe"])
def test_a_broken_world_file_is_no_world(tmp_path: Path, content: bytes) -> None:
    (tmp_path / WORLD_FILE).write_bytes(content)

    assert read_world_file(tmp_path) is None
    assert find_world(tmp_path) is None


def test_a_world_that_cannot_start_says_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(LatticeError) as caught:
        ensure_world(tmp_path / "world", fault="no-such-fault")

    assert caught.value.problem.code == "LT-REH-001"
    assert "no-such-fault" in caught.value.problem.detail


def test_the_world_goes_on_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    program = (
        "import pathlib, sys, time; from lattice_tui.rehearsal.launch import ensure_world;"
        "print(ensure_world(pathlib.Path(sys.argv[1]), speed=100).pid, flush=True); time.sleep(600)"
    )
    try:
        with subprocess.Popen(
            [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True
        ) as starter:
            assert starter.stdout is not None
            pid = int(starter.stdout.readline())
            starter.kill()

        found = find_world(folder)
        assert found is not None
        assert found.pid == pid
    finally:
        stop_world(folder)
