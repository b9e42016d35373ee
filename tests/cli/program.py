"""Running the program as a person or a script does: a process of its own, a state folder of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TIMEOUT_S = 120.0
OURS = (
    "LATTICE_",
    "AWS_",
    "OS_",
    "OPENSTACK_",
    "PROXMOX_",
    "XDG_",
    "TERM",
    "PYTHONUNBUFFERED",
    "PYTHONIOENCODING",
    "PYTHONPATH",
)
"""Variables that would make the program behave as whoever runs the tests has set it."""
PROGRAM = (sys.executable, "-m", "lattice_tui")
DRAWABLE = {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
"""What a terminal says that the screens can be drawn on."""


def environment(state: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with a state folder of the test, and no terminal of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "LATTICE_STATE_DIR": str(state), **(extra or {})}


def lattice(
    folder: Path,
    *arguments: str,
    stdin: bytes | None = None,
    extra: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> subprocess.CompletedProcess[bytes]:
    """Run `lattice` in `folder` without a terminal; its state lies in `folder/state`."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(folder / "state", extra),
        input=stdin if stdin is not None else b"",
        capture_output=True,
        timeout=timeout_s,
    )


def start_at_terminal(
    folder: Path, arguments: Sequence[str], *, extra: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start `lattice` on a terminal that is not its controlling one. Returns it, and our end of the terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(folder / "state", extra),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return child, ours


def at_terminal(
    folder: Path, arguments: Sequence[str], *, extra: Mapping[str, str] | None = None, typed: bytes = b""
) -> tuple[int, str]:
    """Run `lattice` on a terminal of its own. Returns its exit code and what the terminal showed."""
    child, ours = start_at_terminal(folder, arguments, extra=extra)
    os.write(ours, typed)
    shown = bytearray()
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            # Linux reports the other end's close as EIO.
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return child.wait(TIMEOUT_S), shown.decode(errors="replace")
