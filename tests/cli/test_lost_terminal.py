"""When the terminal goes away under the screens, the program ends instead of spinning on what is left."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from pathlib import Path

import pytest

from tests.cli.program import DRAWABLE, TIMEOUT_S, start_at_terminal


@pytest.mark.parametrize("arguments", [[], ["--theme", "light", "--ascii", "--no-mouse"]], ids=["plain", "all-options"])
def test_the_wizard_ends_when_its_terminal_is_closed(arguments: list[str], tmp_path: Path) -> None:
    """The terminal is not the program's own (as under some supervisors), so no hang-up signal comes."""
    child, ours = start_at_terminal(tmp_path, arguments, extra=DRAWABLE)
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown = b""
    while b"cluster.yaml" not in shown:
        shown += os.read(ours, 65536)

    os.close(ours)

    assert child.wait(TIMEOUT_S) == 129
