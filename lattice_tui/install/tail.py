"""The reading end of the journal: whole lines as they come, from a file that another process is writing."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from schemas.events import EVENT, ProgressEvent

CHUNK_BYTES = 4 * 1024 * 1024
"""At most this much is read at once, so that a long journal does not freeze who reads it."""


def read_line(line: bytes) -> ProgressEvent | None:
    """One line as an event; None when it is not one (torn, or of a newer version)."""
    try:
        return EVENT.validate_json(line)
    except ValidationError:
        return None


class JournalTail:
    """Reads what is new since the last time. The file may not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.offset = 0
        """Bytes read so far, up to the end of a line."""
        self.unreadable = 0
        """Whole lines that were no events."""

    def read_new(self) -> list[ProgressEvent]:
        """The events since the last call, oldest first; a line without its end waits for the next call."""
        events = []
        for line in self.read_new_lines():
            event = read_line(line)
            if event is None:
                self.unreadable += 1
            else:
                events.append(event)
        return events

    def read_new_lines(self) -> list[bytes]:
        """The whole lines since the last call, as they were written, without their ends."""
        try:
            with self._path.open("rb") as stream:
                self._restart_if_cut(stream.seek(0, 2))
                stream.seek(self.offset)
                data = stream.read(CHUNK_BYTES)
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        self.offset += end
        return [line for line in data[:end].split(b"\n") if line]

    def _restart_if_cut(self, size: int) -> None:
        # A repair cuts only what had no end, which was not counted; shorter than that is another journal.
        if size < self.offset:
            self.offset = 0


def read_journal(path: Path) -> list[ProgressEvent]:
    """Every event in the file, oldest first; empty when there is none."""
    tail = JournalTail(path)
    events: list[ProgressEvent] = []
    position = -1
    while position != tail.offset:
        position = tail.offset
        events += tail.read_new()
    return events
