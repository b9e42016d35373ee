"""The journal as the steps use it: knows what was said already, and keeps the fold of it all."""

from __future__ import annotations

from typing import Any, TypeVar

from lattice_tui.install.fold import fold, reduce
from lattice_tui.install.journal import Journal
from lattice_tui.text import safe_text
from schemas.events import EngineStarted, InventoryAdded, Note, ProgressEvent, StepProgress
from schemas.snapshot import Snapshot

Event = TypeVar("Event", bound=ProgressEvent)


class Recorder:
    """Appends to the journal, and folds what it appends: the engine sees what every door sees."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.snapshot: Snapshot = fold(journal.history)
        self.was_started = any(isinstance(event, EngineStarted) for event in journal.history)
        """Whether an earlier engine has worked on this run."""
        self._inventory = {(event.kind, event.name) for event in journal.history if isinstance(event, InventoryAdded)}

    def append(self, event_type: type[Event], /, **facts: Any) -> Event:
        """Write one event."""
        event = self._journal.append(event_type, **facts)
        self.snapshot = reduce(self.snapshot, event)
        return event

    def progress(self, step: str, text: str, done: int | None = None, total: int | None = None) -> None:
        """Say what a running step does or waits for now; the same thing again is not written.

        What a thread still reports for a step that was ended is dropped: nothing comes after the run's last record.
        """
        said = safe_text(text, 200)
        for row in self.snapshot.steps:
            is_running = row.info.id == step and row.state == "running"
            if is_running and (row.text, row.done, row.total) != (said, done, total):
                self.append(StepProgress, step=step, text=said, done=done, total=total)

    def inventory(self, kind: str, name: str, where: str) -> None:
        """List something that is about to be made; written before it is, so that a crash cannot hide it."""
        if (kind, name) not in self._inventory:
            self._inventory.add((kind, name))
            self.append(InventoryAdded, kind=kind, name=name, where=where)

    def note(self, text: str) -> None:
        """Tell the person something in passing."""
        self.append(Note, level="info", text=safe_text(text, 300))

    def warn(self, text: str) -> None:
        """Tell the person something they should look at."""
        self.append(Note, level="warning", text=safe_text(text, 300))
