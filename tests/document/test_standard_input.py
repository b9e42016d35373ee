"""A file from standard input, through every door that takes one: read, refused, waited for, and said so."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from lattice_tui.document.decoding import MAX_BYTES
from tests.cli.program import PROGRAM, TIMEOUT_S, environment, lattice, start_at_terminal
from tests.document.cases import GOOD

DOORS = (
    ("validate", "-"),
    ("plan", "-"),
    ("install", "--cluster", "-", "--dry-run"),
    ("check", "--cluster", "-"),
)
BAD = GOOD.replace("controlPlane: 1", "controlPlane: 2")
each_door = pytest.mark.parametrize("door", DOORS, ids=[door[0] for door in DOORS])


def read_from(descriptor: int, *, until: bytes, limit_s: float = 20.0) -> bytes:
    """What a terminal shows, up to and with some words. Fails when they do not come."""
    shown = b""
    end = time.monotonic() + limit_s
    while until not in shown:
        assert time.monotonic() < end, shown
        shown += os.read(descriptor, 65536)
    return shown


@each_door
def test_a_bad_file_is_refused_with_its_place(door: tuple[str, ...], tmp_path: Path) -> None:
    said = lattice(tmp_path, *door, stdin=BAD.encode())

    assert said.returncode == 10
    assert b"standard input:13:19 spec.nodes.controlPlane" in said.stderr
    assert b"LT-DOC-021" in said.stderr


@pytest.mark.parametrize("door", [door for door in DOORS if door[0] != "check"], ids=lambda door: door[0])
def test_a_good_file_goes_on(door: tuple[str, ...], tmp_path: Path) -> None:
    said = lattice(tmp_path, *door, stdin=GOOD.encode())

    assert said.returncode == 0
    assert b"practice on docker" in said.stdout
    assert b"Waiting" not in said.stderr


@each_door
def test_a_closed_standard_input_is_said(door: tuple[str, ...], tmp_path: Path) -> None:
    words = ["sh", "-c", 'exec "$@" <&-', "sh", *PROGRAM, *door]
    said = subprocess.run(words, cwd=tmp_path, env=environment(tmp_path / "state"), capture_output=True, check=False)

    assert said.returncode == 10
    assert b"LT-FILE-008" in said.stderr


def test_nothing_on_standard_input_is_not_called_a_file(tmp_path: Path) -> None:
    said = lattice(tmp_path, "validate", "-", stdin=b"")

    assert said.returncode == 10
    assert b"nothing came in on standard input" in said.stderr


def test_an_endless_standard_input_is_left_after_a_mebibyte(tmp_path: Path) -> None:
    with subprocess.Popen(["yes", "a: b"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as endless:
        said = subprocess.run(
            [*PROGRAM, "validate", "-"],
            stdin=endless.stdout,
            env=environment(tmp_path / "state"),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        endless.kill()

    assert said.returncode == 10
    assert b"LT-FILE-006" in said.stderr


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1])
def test_the_limit_is_one_mebibyte_to_the_byte(size: int, tmp_path: Path) -> None:
    said = lattice(tmp_path, "validate", "-", stdin=GOOD.encode().ljust(size, b"\n"))

    assert said.returncode == (0 if size == MAX_BYTES else 10)


@each_door
def test_at_a_terminal_it_is_said_at_once_what_is_waited_for(door: tuple[str, ...], tmp_path: Path) -> None:
    child, ours = start_at_terminal(tmp_path, door)
    try:
        shown = read_from(ours, until=b"Ctrl-D")
        os.write(ours, BAD.encode() + b"\x04")
        shown += read_from(ours, until=b"LT-DOC-021")
        assert child.wait(TIMEOUT_S) == 10
    finally:
        child.kill()
        child.wait()
        os.close(ours)

    assert b"Reading a cluster.yaml from this terminal" in shown


def test_ctrl_c_while_waiting_leaves_without_a_traceback(tmp_path: Path) -> None:
    """On the controlling terminal of the command: Ctrl-C reaches nobody else."""
    code, shown = interrupted_while_waiting(tmp_path)

    assert code == 130
    assert b"Traceback" not in shown


def interrupted_while_waiting(folder: Path) -> tuple[int, bytes]:
    """Exit code, and what the terminal showed."""
    child, ours = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(sys.executable, [*PROGRAM, "validate", "-"], environment(folder / "state"))
    shown = read_from(ours, until=b"Ctrl-C leaves")
    os.write(ours, b"\x03")
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):  # a terminal that nobody holds any more
        shown += os.read(ours, 65536)
    os.close(ours)
    return os.waitstatus_to_exitcode(status), shown


def test_a_silent_pipe_is_said_to_be_waited_for_and_then_read(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "validate", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path / "state"),
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        assert b"nothing has come in yet" in child.stderr.readline()
        child.stdin.write(GOOD.encode())
        child.stdin.close()

        assert b"is fine" in child.stdout.read()
        assert child.wait(TIMEOUT_S) == 0


def wait_until_read(pipe: int, limit_s: float = 20.0) -> None:
    """Wait until nothing is left in a pipe: whoever reads it has to wait for more."""
    end = time.monotonic() + limit_s
    while int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_pipe_that_does_not_block_is_waited_for_all_the_same(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with subprocess.Popen(
        [*PROGRAM, "validate", "-"], stdin=reading, stdout=subprocess.PIPE, env=environment(tmp_path / "state")
    ) as child:
        data = GOOD.encode()
        for start in range(0, len(data), 100):
            os.write(writing, data[start : start + 100])
            wait_until_read(reading)
        os.close(writing)
        os.close(reading)

        assert child.stdout is not None
        assert b"is fine" in child.stdout.read()
