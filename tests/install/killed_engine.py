"""`python -m tests.install.killed_engine FOLDER STEP[:N]`: an engine that dies by `kill -9` at a bad moment of a step.

The real engine, with a journal that kills the process instead of writing a certain record. `STEP`: that the step is
done, so every side effect has happened and nothing on disk says so. `STEP:N`: the N-th line of output of a tool of
that step, so the tool dies in the middle of its work.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from lattice_tui.engine import run
from lattice_tui.install.journal import Event, Journal
from schemas.events import StepDone, ToolOutput, ToolStarted


class KillingJournal(Journal):
    """A journal that never gets to write one certain record."""

    def __init__(self, folder: Path, moment: str) -> None:
        super().__init__(folder)
        self._step, _, line = moment.partition(":")
        self._line = int(line or 0)
        self._tool_runs: set[int] = set()

    def append(self, event_type: type[Event], /, **facts: Any) -> Event:
        if event_type is ToolStarted and facts["step"] == self._step:
            self._tool_runs.add(facts["tool_run"])
        if self._is_the_moment(event_type, facts):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().append(event_type, **facts)

    def _is_the_moment(self, event_type: type[Event], facts: dict[str, Any]) -> bool:
        if not self._line:
            return event_type is StepDone and facts["step"] == self._step
        if event_type is not ToolOutput or facts["tool_run"] not in self._tool_runs:
            return False
        self._line -= 1
        return self._line == 0


if __name__ == "__main__":
    folder = Path(sys.argv[1]).absolute()
    code = run(folder, KillingJournal(folder, sys.argv[2]))
    sys.stderr.flush()
    os._exit(code)
