"""`Change` and the ring of the latest ones: what watches are made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from lattice_tui.rehearsal.api.kinds import Kind

JsonObject = dict[str, Any]
ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]
RING_SIZE = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """One write. The objects are the stored ones, shared with every reader: never change them."""

    type: ChangeType
    kind: Kind
    object: JsonObject
    resource_version: int
    previous: JsonObject | None = None
    """The object before; None when it was added."""


Listener = Callable[[Change], None]


class ChangeLog:
    """Keeps the latest changes and tells listeners of each, in order, even when a listener writes again."""

    def __init__(self, start: int, size: int = RING_SIZE) -> None:
        self._ring: deque[Change] = deque(maxlen=size)
        self._listeners: list[Listener] = []
        self._untold: deque[Change] = deque()
        self._is_telling = False
        self.forgotten = start
        """The newest resourceVersion of which nothing is remembered."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every change from now on; the answer ends that (a second call does nothing)."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def append(self, change: Change) -> None:
        """Remember a change and tell of it."""
        if len(self._ring) == self._ring.maxlen:
            self.forgotten = self._ring[0].resource_version
        self._ring.append(change)
        self._untold.append(change)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._untold:
                told = self._untold.popleft()
                for listener in tuple(self._listeners):
                    listener(told)
        finally:
            self._is_telling = False

    def since(self, kind: Kind, resource_version: int) -> list[Change] | None:
        """The changes of a kind after a version, oldest first; None when that is longer ago than is remembered."""
        if resource_version < self.forgotten:
            return None
        newer: list[Change] = []
        for change in reversed(self._ring):
            if change.resource_version <= resource_version:
                break
            if change.kind.key == kind.key:
                newer.append(change)
        newer.reverse()
        return newer
