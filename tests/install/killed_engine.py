"""`python -m tests.install.killed_engine FOLDER STEP`: an engine that dies by `kill -9` at the worst moment of a step.

The real engine, with a journal that kills the process in place of writing the step's done record: every side
effect has happened, and nothing on disk says so.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from lattice_tui.engine import run
from lattice_tui.install.journal import Event, Journal
from schemas.events import StepDone


class KillingJournal(Journal):
    """A journal that never gets to write that one step is done."""

    fatal_step = ""

    def append(self, event_type: type[Event], /, **facts: Any) -> Event:
        if event_type is StepDone and facts["step"] == self.fatal_step:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().append(event_type, **facts)


if __name__ == "__main__":
    folder = Path(sys.argv[1]).absolute()
    KillingJournal.fatal_step = sys.argv[2]
    code = run(folder, KillingJournal(folder))
    sys.stderr.flush()
    os._exit(code)
