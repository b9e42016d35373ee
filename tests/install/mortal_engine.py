"""`python -m tests.install.mortal_engine FOLDER`: engines that die one after the other, each at a moment of its own.

Every engine is the real one, with a journal that kills it by `kill -9` instead of writing the first record that is a
moment at which none has died yet. The next engine takes the run up. This ends, with the exit code of the last
engine, when one has found no new moment to die at. `moments.jsonl` beside the run's folder lists the deaths.

A moment is the start of a step, its end (all side effects have happened, no record says so), each of its waits, and
the middle of its work: its first word of progress, some lines of its tools, and half-way through creating and
deleting the objects of a move.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import lattice_tui.install.run
import lattice_tui.providers.docker.install_hooks
import lattice_tui.rehearsal.launch  # noqa: F401 - as above
from lattice_tui.engine import run
from lattice_tui.install.journal import Event, Journal
from schemas.events import CheckFinished, StepDone, StepProgress, StepStarted, ToolOutput, ToolStarted

LINES = {2, 6}
"""Lines of a tool's output at which its engine dies."""
HALF_WAY = {"Creating objects": "creating", "Deleting objects": "deleting"}
HALF_WAY_S = 0.04
"""After the line, at the speed of the test: among the writes that it announces."""
NAMES = re.compile(r"practice-[-a-z0-9]+|[a-z-]+/[a-z-]+")
Moment = tuple[str, str]


def deaths(folder: Path) -> list[Moment]:
    """The moments at which an engine of this run has died, oldest first."""
    path = folder.parent / "moments.jsonl"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [(moment[0], moment[1]) for moment in map(json.loads, lines)]


class MortalJournal(Journal):
    """A journal that ends its process at the first moment that is new."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder
        self._died_at = set(deaths(folder))
        self._steps: dict[int, str] = {}
        self._lines: dict[str, int] = {}

    def append(self, event_type: type[Event], /, **facts: Any) -> Event:
        if event_type is ToolStarted:
            self._steps[facts["tool_run"]] = facts["step"]
        moment, delay_s = self._moment(event_type, facts)
        if moment is not None and moment not in self._died_at:
            self._died_at.add(moment)
            if delay_s == 0.0:
                self._die(moment)
            threading.Timer(delay_s, self._die, (moment,)).start()
        return super().append(event_type, **facts)

    def _moment(self, event_type: type[Event], facts: dict[str, Any]) -> tuple[Moment | None, float]:
        """The moment that this record is, and how long after it the engine dies."""
        if event_type in (StepStarted, StepDone):
            return (facts["step"], "start" if event_type is StepStarted else "end"), 0.0
        if event_type is CheckFinished:
            return ("checks", "middle"), 0.0
        if event_type is StepProgress:
            text = NAMES.sub("NAME", facts["text"]).partition(":")[0]
            return (facts["step"], text if text.startswith("waiting") else "middle"), 0.0
        if event_type is ToolOutput:
            return self._tool_moment(self._steps[facts["tool_run"]], facts["line"])
        return None, 0.0

    def _tool_moment(self, step: str, line: str) -> tuple[Moment | None, float]:
        number = self._lines[step] = self._lines.get(step, 0) + 1
        for begin, word in HALF_WAY.items():
            if step == "move" and line.startswith(begin):
                return (step, f"half-way through {word}"), HALF_WAY_S
        return ((step, f"tool, line {number}"), 0.0) if number in LINES else (None, 0.0)

    def _die(self, moment: Moment) -> None:
        with (self._folder.parent / "moments.jsonl").open("a") as stream:
            stream.write(json.dumps(moment) + "\n")
        os.kill(os.getpid(), signal.SIGKILL)


def engines(folder: Path) -> int:
    """One engine after the other, until one ends by itself; its exit code. Forked: what is imported is shared."""
    while True:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            code = run(folder, MortalJournal(folder))
            sys.stderr.flush()
            os._exit(code)
        began = time.monotonic()
        _, status = os.waitpid(pid, 0)
        died_at = deaths(folder)[-1] if os.WIFSIGNALED(status) else ("", "")
        print(f"{time.monotonic() - began:6.2f} s  {' '.join(died_at)}", flush=True)
        if not os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(engines(Path(sys.argv[1]).absolute()))
