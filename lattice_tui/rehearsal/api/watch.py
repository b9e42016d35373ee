"""Watches: a stream of JSON lines that begins where the client says and misses nothing after it.

Source: the Kubernetes API concepts page, "Efficient detection of changes", and what a real server was seen to send.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from lattice_tui.rehearsal.api import errors, options
from lattice_tui.rehearsal.api.answers import included
from lattice_tui.rehearsal.api.changes import Change
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.requests import Request
from lattice_tui.rehearsal.api.selectors import Selection
from lattice_tui.rehearsal.api.table import table, table_version
from lattice_tui.rehearsal.api.tables import Tables, at_version

JsonObject = dict[str, Any]

DEFAULT_TIMEOUT_S = 1800.0
"""How long a watch lives when the client does not say. Real servers choose 30 to 60 minutes at random."""
BOOKMARK_EVERY_S = 10.0
MAX_WAITING_LINES = 10_000
"""A client that reads slower than this is cut off, as a real server does; it resumes from its last version."""
INITIAL_EVENTS_END = "k8s.io/initial-events-end"


@dataclass(frozen=True, slots=True)
class WatchQuery:
    """What a client asks for."""

    kind: Kind
    selection: Selection
    resource_version: int
    """0: begin with everything there is, as ADDED."""
    timeout_s: float
    bookmarks: bool
    initial_events: bool
    table_version: str = ""
    """Not empty: each event carries a Table of this version instead of the object."""
    include_object: str = "Metadata"


def watch_query(request: Request, kind: Kind, namespace: str, name: str) -> WatchQuery:
    """The query of a request; a watch of one object is a watch with a field selector. Raises ApiError 400."""
    options.check_watch(request)
    return WatchQuery(
        kind=kind,
        selection=request.selection(kind, namespace, name),
        resource_version=options.asked_version(request),
        timeout_s=float(request.number("timeoutSeconds") or DEFAULT_TIMEOUT_S),
        bookmarks=request.flag("allowWatchBookmarks"),
        initial_events=request.flag("sendInitialEvents"),
        table_version=table_version(request.accept),
        include_object=included(request),
    )


class Watch:
    """One open watch. It hears changes from the moment it is made; `lines()` gives them out."""

    def __init__(self, tables: Tables, query: WatchQuery, bookmark_every_s: float = BOOKMARK_EVERY_S) -> None:
        self._tables = tables
        self._query = query
        self._bookmark_every_s = bookmark_every_s
        self._waiting: deque[bytes] = deque()
        self._something = asyncio.Event()
        self._is_over = False
        self._is_headed = False
        self._begin()
        self._unsubscribe = tables.subscribe(self._hear)

    async def lines(self) -> AsyncIterator[bytes]:
        """The lines as they come, until the time is up, the client is too slow or `end()` is called."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._query.timeout_s
        bookmark_at = loop.time() + self._bookmark_every_s
        try:
            while not self._is_over or self._waiting:
                if self._waiting:
                    chunk = b"".join(self._waiting)
                    self._waiting.clear()
                    yield chunk
                    continue
                now = loop.time()
                if now >= deadline:
                    break
                if now >= bookmark_at:
                    bookmark_at = now + self._bookmark_every_s
                    self._bookmark()
                    continue
                await self._wait_until(min(deadline, bookmark_at))
            if self._query.bookmarks and not self._is_over:
                yield self._bookmark_line()
        finally:
            self.end()

    def end(self) -> None:
        """Hear no more; `lines()` ends after what is waiting. A second call does nothing."""
        self._unsubscribe()
        self._is_over = True
        self._something.set()

    def fail(self, error: ApiError) -> None:
        """End with an ERROR event, as a server does that can no longer follow."""
        self._push("ERROR", error.status())
        self.end()

    def _begin(self) -> None:
        """Queue what happened before: everything there is, or the changes since the client's version."""
        query = self._query
        if query.initial_events or not query.resource_version:
            for obj in self._tables.stored(query.kind, query.selection.namespace):
                if query.selection.matches(obj):
                    self._push("ADDED", obj)
            if query.initial_events:
                self._waiting.append(self._bookmark_line({INITIAL_EVENTS_END: "true"}))
            return
        missed = self._tables.history_since(query.kind, query.resource_version)
        if missed is None:
            raise errors.expired(query.resource_version, self._tables.oldest_version)
        for change in missed:
            self._hear(change)

    def _hear(self, change: Change) -> None:
        if change.kind.key != self._query.kind.key or change.resource_version <= self._query.resource_version:
            return
        event = visible(change, self._query.selection)
        if event is None:
            return
        self._push(*event)
        if len(self._waiting) > MAX_WAITING_LINES:
            self._waiting.clear()
            self.end()

    def _push(self, event_type: str, obj: JsonObject) -> None:
        self._waiting.append(_line(event_type, obj if event_type == "ERROR" else self._shown(obj)))
        self._something.set()

    def _shown(self, obj: JsonObject) -> JsonObject:
        """An object as the client wants to see it: at its version, in a Table's row."""
        query = self._query
        seen = at_version(query.kind, obj)
        version = query.kind.at(query.kind.version)
        if not query.table_version or version is None:
            return seen
        headers, self._is_headed = not self._is_headed, True
        shown = table(
            query.kind,
            version,
            [seen],
            resource_version=seen["metadata"]["resourceVersion"],
            include_object=query.include_object,
            now=datetime.now(UTC),
            headers=headers,
            table_version=query.table_version,
        )
        return shown if headers else {**shown, "columnDefinitions": None}

    def _bookmark(self) -> None:
        if self._query.bookmarks:
            self._waiting.append(self._bookmark_line())

    def _bookmark_line(self, annotations: dict[str, str] | None = None) -> bytes:
        metadata: JsonObject = {"resourceVersion": str(self._tables.resource_version), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        kind = self._query.kind
        return _line("BOOKMARK", {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata})

    async def _wait_until(self, moment: float) -> None:
        self._something.clear()
        try:
            async with asyncio.timeout_at(moment):
                await self._something.wait()
        except TimeoutError:
            # Nothing happened until then: the caller looks at the clock.
            return


def visible(change: Change, selection: Selection) -> tuple[str, JsonObject] | None:
    """What a watch with this selection sees of a change.

    An object that begins to match is ADDED, one that ceases to is DELETED, whatever really happened to it.
    """
    matches = selection.matches(change.object)
    if change.type == "ADDED" or change.previous is None:
        return (change.type, change.object) if matches else None
    matched = selection.matches(change.previous)
    if change.type == "DELETED":
        return ("DELETED", change.object) if matched else None
    if matched and not matches:
        version = change.object["metadata"]["resourceVersion"]
        last = {**change.previous, "metadata": {**change.previous["metadata"], "resourceVersion": version}}
        return ("DELETED", last)
    return ("MODIFIED" if matched else "ADDED", change.object) if matches else None


def _line(event_type: str, obj: JsonObject) -> bytes:
    return msgspec.json.encode({"type": event_type, "object": obj}) + b"\n"
