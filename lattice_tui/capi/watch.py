"""`Watcher`: keeps one kind of object in step with the API server, whatever the connection does.

List, then watch from the list's version; resume from the last version seen after a break; list again
and report the difference when that version is too old. Failures are retried with capped, jittered
backoff, and told to the Link. Nothing is lost silently: after an unreadable line the next
connection begins with a list.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import msgspec

from lattice_tui.capi.backoff import Backoff
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.connection import Status, refusal_of
from lattice_tui.capi.errors import ApiError, ApiExpiredError, ApiUnreachableError
from lattice_tui.capi.objects import Meta
from lattice_tui.capi.resources import Resource
from lattice_tui.capi.store import Store, Watched, WatchSink, is_older
from lattice_tui.capi.stream import WatchStream
from lattice_tui.errors import LatticeError

HEALTHY_S = 120.0
"""A watch that lived this long was well: the next failure starts its backoff anew."""
BRIEF_S = 5.0
"""A stream that the server ends sooner than this counts as a failure; later it is a server's habit."""
NO_SUCH_KIND_S = 2.0
READ_TIMEOUT_S = 100.0
"""Bookmarks come about once a minute; silence beyond this means that nobody is there."""
SERVER_TIMEOUT_S = (240, 300)
RELIST_AFTER_REFUSALS = 2
RETRY_AFTER_CAP_S = 120.0

_log = logging.getLogger(__name__)
T = TypeVar("T", bound=Watched)


class LinkReports(Protocol):
    """Where a watcher tells how its connection fares; see link.Link."""

    def contact(self, who: str) -> None: ...
    def trouble(self, who: str, why: str) -> None: ...


class _Line(msgspec.Struct):
    type: str
    object: msgspec.Raw = msgspec.Raw(b"null")


class _Bookmark(msgspec.Struct):
    metadata: Meta


_LINE = msgspec.json.Decoder(_Line)
_BOOKMARK = msgspec.json.Decoder(_Bookmark)
_STATUS = msgspec.json.Decoder(Status)


class Watcher(Generic[T]):
    """One list and watch, in a daemon thread of its own."""

    def __init__(
        self,
        client: KubeClient,
        resource: Resource,
        item_type: type[T],
        sink: WatchSink[T],
        link: LinkReports,
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        rng: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self.bad_lines = 0
        """Lines and list items that could not be read, and were skipped."""
        self._client = client
        self._resource = resource
        self._namespace = namespace
        self._selectors = {"label_selector": label_selector, "field_selector": field_selector}
        self._link = link
        self._read_timeout_s = read_timeout_s
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._backoff = Backoff(self._rng)
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(item_type)
        self._store: Store[T] = Store(sink)
        self._sink = sink
        self._version = ""
        self._refusals = 0
        self._end = threading.Event()
        self._sleep = sleep or self._end.wait
        self._stream_lock = threading.Lock()
        self._stream: WatchStream | None = None
        self._thread = threading.Thread(target=self._run, name=f"watch-{resource.plural}", daemon=True)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def reconnect(self) -> None:
        """Break the current stream; the watch goes on over a new connection from the last version."""
        with self._stream_lock:
            if self._stream is not None:
                self._stream.shutdown()

    def request_stop(self) -> None:
        """Begin to stop, without waiting."""
        self._end.set()
        self.reconnect()

    def stop(self, wait_s: float = 1.0) -> None:
        """Stop, waiting at most `wait_s`; a thread that is still connecting ends by itself, silently."""
        self.request_stop()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._end.is_set():
            delay_s = self._attempt()
            if not self._end.is_set() and delay_s > 0:
                self._sleep(delay_s)

    def _attempt(self) -> float:
        """One list when it is needed, one watch. Returns how long to wait before the next attempt."""
        started_s = self._clock()
        try:
            if not self._version:
                self._list()
            started_s = self._clock()
            self._watch()
        except (ApiError, ApiUnreachableError) as error:
            if self._clock() - started_s >= HEALTHY_S:
                self._backoff.reset()
            return self._after(error)
        except LatticeError as error:
            # The kubeconfig could not be read again after a 401.
            return self._failed(str(error))
        except Exception:
            # A fault of ours must not freeze the panes without a word.
            _log.exception("the watch of %s failed", self._resource.plural)
            self._version = ""
            return self._failed("an internal error; see the log")
        if self._clock() - started_s >= BRIEF_S:
            self._backoff.reset()
            self._refusals = 0
        return self._backoff.next_s()

    def _after(self, error: ApiError | ApiUnreachableError) -> float:
        if isinstance(error, ApiUnreachableError):
            return self._failed(error.problem.title)
        if isinstance(error, ApiExpiredError):
            is_first = bool(self._version) and self._refusals == 0
            self._version = ""
            self._refusals += 1
            return 0.0 if is_first else self._backoff.next_s()
        if error.status == 404 and not self._end.is_set():
            # The kind is not installed yet: a normal stage of an install, not a fault.
            self._version = ""
            self._link.contact(self._resource.plural)
            return self._backoff.jitter_s(NO_SUCH_KIND_S)
        self._refusals += 1
        if self._refusals >= RELIST_AFTER_REFUSALS:
            # A version the server does not know, such as one from before it was rebuilt.
            self._version = ""
        delay_s = self._failed(f"{error.problem.title}: {error.message}")
        if error.retry_after_s is None:
            return delay_s
        return min(error.retry_after_s, RETRY_AFTER_CAP_S) + self._rng.uniform(0, 1)

    def _failed(self, why: str) -> float:
        if not self._end.is_set():
            self._link.trouble(self._resource.plural, why)
        return self._backoff.next_s()

    def _list(self) -> None:
        found: list[T] = []
        version = ""
        # Twice refused: a server whose continue tokens run out at once is asked for one page.
        limit = 500 if self._refusals < RELIST_AFTER_REFUSALS else 0
        for page in self._client.pages(self._resource, self._namespace, limit=limit, **self._selectors):
            self._link.contact(self._resource.plural)
            version = page.metadata.resource_version
            found += [item for raw in page.items or () if (item := self._decode(raw)) is not None]
            if self._end.is_set():
                return
        self._store.replace(found)
        self._version = version
        if not self._end.is_set():
            self._sink.synced()

    def _watch(self) -> None:
        if self._end.is_set():
            return
        stream = self._client.open_watch(
            self._resource,
            self._namespace,
            resource_version=self._version,
            timeout_s=self._rng.randint(*SERVER_TIMEOUT_S),
            read_timeout_s=self._read_timeout_s,
            **self._selectors,
        )
        with self._stream_lock:
            self._stream = stream
        bad_before = self.bad_lines
        try:
            if self._end.is_set():
                # Asked to stop while connecting: nobody would break this stream's first read.
                return
            self._link.contact(self._resource.plural)
            for line in stream.lines():
                if self._end.is_set():
                    return
                self._line(line)
                self._link.contact(self._resource.plural)
        finally:
            with self._stream_lock:
                self._stream = None
            stream.close()
            self.bad_lines += stream.too_long
            if self.bad_lines > bad_before:
                # What the skipped line said is unknown: only a list can tell.
                self._version = ""

    def _line(self, line: bytes) -> None:
        try:
            event = _LINE.decode(line)
            if event.type == "ERROR":
                raise refusal_of(_STATUS.decode(event.object), what=f"watch {self._resource.plural}")
            if event.type == "BOOKMARK":
                self._refusals = 0
                self._seen(_BOOKMARK.decode(event.object).metadata.resource_version)
                return
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.bad_lines += 1
            return
        if event.type not in {"ADDED", "MODIFIED", "DELETED"}:
            self.bad_lines += 1
            return
        item = self._decode(event.object)
        if item is None:
            return
        self._refusals = 0
        is_deleted = event.type == "DELETED"
        if is_deleted or not is_older(item.metadata.resource_version, self._version):
            # An older one is a repetition: events of a stream come in the order of their versions.
            self._store.take(item, is_deleted=is_deleted)
        self._seen(item.metadata.resource_version)

    def _decode(self, data: bytes | msgspec.Raw) -> T | None:
        try:
            item = self._decoder.decode(data)
        except UnicodeDecodeError:
            return self._decode(bytes(data).decode("utf-8", "replace").encode())
        except msgspec.DecodeError:
            self.bad_lines += 1
            return None
        if not item.metadata.uid:
            self.bad_lines += 1
            return None
        return item

    def _seen(self, version: str) -> None:
        """Remember where to resume; a version never goes back within one stream."""
        if version and not is_older(version, self._version):
            self._version = version
