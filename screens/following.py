"""The thread that tails a run's journal and posts what is new: it never touches a widget."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from textual.message import Message
from textual.message_pump import MessagePump

from schemas.events import ProgressEvent
from screens.seams import Seams

POLL_S = 0.1
"""Ten times a second: what comes in between is folded and drawn together."""
ROUNDS_PER_LOOK = 20
"""The engine's lock is looked at every second round of one second."""


@dataclass
class EventsRead(Message):
    """New records of the journal, oldest first."""

    events: tuple[ProgressEvent, ...]


@dataclass
class EngineSeen(Message):
    """Whether an engine holds the run's lock."""

    is_alive: bool


def follow(target: MessagePump, seams: Seams, folder: Path, stop: threading.Event) -> None:
    """Post EventsRead and EngineSeen to `target` until `stop` is set."""
    tail = seams.tail(folder)
    rounds = 0
    while not stop.is_set():
        # Looked at before reading: an engine that is gone has written all it will.
        alive = seams.is_engine_alive(folder) if rounds % ROUNDS_PER_LOOK == 0 else None
        events = tail.read_new()
        if events:
            target.post_message(EventsRead(tuple(events)))
        if alive is not None:
            target.post_message(EngineSeen(alive))
        rounds += 1
        stop.wait(POLL_S)
