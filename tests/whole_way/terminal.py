"""A real terminal: tmux runs the program, keys go in, what a person sees comes out."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.polling import eventually

SETTLE_S = 5.0
"""For a screen to stand still for twenty looks in a row."""
needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class NotSeenError(AssertionError):
    """The text did not come; the message is the screen as it stood."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """One tmux server with one window."""

    server: str

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(["tmux", "-L", self.server, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def key(self, *names: str) -> None:
        """Press keys by tmux's names: `Enter`, `Tab`, `C-n`, `F4`."""
        self._tmux("send-keys", "-t", "w", *names)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-t", "w", "-l", text)

    def screen(self) -> str:
        return "\n".join(line.rstrip() for line in self._tmux("capture-pane", "-t", "w", "-p").splitlines()).rstrip()

    def program(self) -> int:
        """The pid of what was started here, once it runs."""
        shell = self._tmux("display-message", "-t", "w", "-p", "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children")
        return int(eventually(children.read_text, bool).split()[0])

    def settle(self, timeout_s: float = 5.0, times: int = 2) -> None:
        """Wait until so many looks in a row show the same: what was pressed has been taken."""
        looks = [""]

        def look() -> bool:
            looks.append(self.screen())
            return len(looks) > times and len(set(looks[-times:])) == 1

        eventually(look, bool, timeout_s=timeout_s)

    def wait_for(self, text: str, timeout_s: float) -> str:
        """The screen once it shows `text`."""
        try:
            return eventually(self.screen, lambda seen: text in seen, timeout_s=timeout_s)
        except AssertionError:
            raise NotSeenError(f"{text!r} did not come within {timeout_s:.0f} s:\n{self.screen()}") from None


@contextmanager
def terminal(
    columns: int, rows: int, command: list[str], environment: Mapping[str, str], *, folder: Path
) -> Iterator[Terminal]:
    """Run `command` in `folder`, in a terminal of this size; `exit code N` is shown when it has ended."""
    server = f"lattice-{uuid.uuid4().hex[:8]}"
    assignments = [f"{name}={value}" for name, value in environment.items()]
    # Python's readline has put its own idea of the size into the environment, which os.environ does not show.
    line = f"env -u COLUMNS -u LINES {shlex.join(assignments)} {shlex.join(command)}; echo exit code $?; exec cat"
    started = [
        "tmux",
        "-L",
        server,
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-s",
        "w",
        "-x",
        str(columns),
        "-y",
        str(rows),
    ]
    subprocess.run([*started, line], check=True, cwd=folder)
    try:
        yield Terminal(server)
    finally:
        subprocess.run(["tmux", "-L", server, "kill-server"], capture_output=True)


def capture(screen: Terminal, expected: str | None, *, wait_s: float) -> str:
    """What the screen shows once it is drawn: what is expected, as soon as it does, else what it settles on."""
    if expected is None:
        # Where a clock runs, nothing ever stands still for a second: what is drawn then is as good as any.
        with suppress(AssertionError):
            screen.settle(timeout_s=SETTLE_S, times=20)
        return screen.screen()
    try:
        return eventually(screen.screen, lambda seen: seen == expected, timeout_s=wait_s)
    except AssertionError:
        # The comparison of the caller shows both.
        return screen.screen()


def play(
    script: Path, screen: Terminal, *, expected: Mapping[str, str] | None = None, wait_s: float = 60.0
) -> dict[str, str]:
    """Play a key script; returns the captures by name. `expected` are captures to wait for.

    One instruction a line: `wait TEXT`, `key NAME...`, `type TEXT`, `still`, `shot NAME`; `#` begins a comment.
    `still` is for keys that nothing on the screen tells of, such as the one to the next field.
    """
    shots: dict[str, str] = {}
    for line in script.read_text().splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            continue
        if word == "wait":
            screen.wait_for(rest.strip(), wait_s)
        elif word == "key":
            for name in rest.split():
                screen.key(name)
                screen.settle()
        elif word == "type":
            screen.type(rest)
            screen.settle()
        elif word == "still":
            with suppress(AssertionError):
                screen.settle(timeout_s=SETTLE_S, times=20)
        elif word == "shot":
            name = rest.strip()
            shots[name] = capture(screen, (expected or {}).get(name), wait_s=20.0)
        else:
            raise ValueError(f"{script.name}: no instruction {word!r}")
    return shots
