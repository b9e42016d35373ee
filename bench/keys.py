"""G7: the CPU time between a key and the painted screen, of our form and of the smallest one."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ratio import Ratio

KEYS_LIMIT = 1.2
"""G7: the CPU time of a key beside the smallest form's."""
ROUNDS = 5
KEYS = b"abcdefgh" * 4
"""Typed, then taken back with as many backspaces: the form is as it was."""
BACKSPACE = b"\x7f"
TAB = b"\t"
ROWS, COLUMNS = 24, 80
READY_S = 30.0
QUIET_S = 0.45
"""Without output for this long, a screen is painted; a cursor blinks every half second."""
PAINT_S = 5.0
_TICKS = os.sysconf("SC_CLK_TCK")
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LATTICE_"))}

MINIMAL_FORM = """\
from textual.app import App
from textual.widgets import Footer, Input, Static


class Form(App):
    def compose(self):
        yield Static("A form")
        yield Input(placeholder="name")
        yield Input(placeholder="more")
        yield Footer()


Form().run()
"""


@dataclass(frozen=True, slots=True)
class Form:
    """A program that shows a form, and the keys that lead into its field."""

    command: Sequence[str]
    way: bytes = b""


def forms() -> tuple[Form, Form]:
    """Ours (the wizard's first page, in the field for the name), and the smallest one."""
    ours = os.path.join(os.path.dirname(sys.executable), "lattice-tui")
    return Form((ours, "--rehearse"), TAB), Form((sys.executable, "-c", MINIMAL_FORM))


def measure_keys(rounds: int = ROUNDS) -> Ratio:
    """Both forms in turn: medians of a key's CPU seconds. Raises RuntimeError when one of them paints nothing."""
    ours, smallest = forms()
    pairs = [(key_cpu_s(ours), key_cpu_s(smallest)) for _ in range(rounds)]
    return Ratio(
        value=statistics.median(a / b for a, b in pairs),
        a_cpu_s=statistics.median(a for a, _ in pairs),
        b_cpu_s=statistics.median(b for _, b in pairs),
    )


def key_cpu_s(form: Form) -> float:
    """CPU seconds, user and system, that the program takes for one key; every key is awaited until it is painted."""
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as state:
        terminal = TerminalProgram(form.command, Path(state))
        try:
            terminal.wait_painted(READY_S)
            for key in form.way:
                terminal.press(bytes((key,)))
            # The first keys fill caches; what comes then is what typing costs.
            _type(terminal, KEYS[:4])
            before = terminal.cpu_s()
            _type(terminal, KEYS)
            return (terminal.cpu_s() - before) / (2 * len(KEYS))
        finally:
            terminal.close()


def _type(terminal: TerminalProgram, keys: bytes) -> None:
    for key in keys:
        terminal.press(bytes((key,)))
    for _ in keys:
        terminal.press(BACKSPACE)


class TerminalProgram:
    """A program on a terminal of its own."""

    def __init__(self, command: Sequence[str], state: Path) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._child = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=state,
            env={**_ENVIRONMENT, "TERM": "xterm-256color", "LATTICE_STATE_DIR": str(state), "HOME": str(state)},
            start_new_session=True,
        )
        os.close(theirs)

    def press(self, key: bytes) -> None:
        """One key, and its paint."""
        os.write(self._ours, key)
        if not self._drain(PAINT_S, quiet_s=0.02):
            raise RuntimeError(f"nothing was painted for {key!r}")

    def wait_painted(self, timeout_s: float) -> None:
        """Wait for the first paint and for the quiet after it."""
        if not self._drain(timeout_s, quiet_s=QUIET_S):
            raise RuntimeError("nothing was painted at all")

    def wait_first_screen(self, timeout_s: float) -> float:
        """Wait as `wait_painted` does; returns the monotonic second at which the last of it was painted."""
        self.wait_painted(timeout_s)
        return time.monotonic() - QUIET_S

    def cpu_s(self) -> float:
        """CPU seconds, user and system, that the program has taken so far, with the threads that have ended."""
        # After the name, which may hold blanks: utime and stime are the fields 14 and 15. Source: proc(5).
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_kib(self) -> int:
        """Resident memory of the program itself, in KiB; its helpers are processes of their own."""
        status = Path(f"/proc/{self._child.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def write(self, keys: bytes) -> None:
        """Keys whose paint nobody waits for."""
        os.write(self._ours, keys)

    def wait_quiet(self) -> None:
        """Wait until nothing is painted any more."""
        self._drain(READY_S, quiet_s=QUIET_S)

    def seconds_to_paint(self, mark: bytes) -> float:
        """From the key `mark` to the moment its letter is painted. Raises RuntimeError when it never is."""
        started = time.monotonic()
        os.write(self._ours, mark)
        while (left_s := started + PAINT_S - time.monotonic()) > 0:
            if select.select([self._ours], [], [], left_s)[0] and mark in os.read(self._ours, 65536):
                return time.monotonic() - started
        raise RuntimeError(f"nothing was painted for {mark!r}")

    def close(self) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()
        os.close(self._ours)

    def _drain(self, timeout_s: float, *, quiet_s: float) -> bool:
        """Read until nothing comes for `quiet_s`; False when nothing came at all."""
        deadline = time.monotonic() + timeout_s
        has_come = False
        while (left_s := deadline - time.monotonic()) > 0:
            readable, _, _ = select.select([self._ours], [], [], quiet_s if has_come else left_s)
            if not readable:
                return has_come
            try:
                os.read(self._ours, 65536)
            except OSError as error:
                raise RuntimeError("the program has ended") from error
            has_come = True
        return has_come
