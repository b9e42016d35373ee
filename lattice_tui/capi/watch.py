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

from lattice_tui.capi.backoff import Backoff
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.connection import refusal_of
from lattice_tui.capi.decoding import KNOWN_TYPES, NEWS, UNREADABLE, ItemDecoder, bookmarked, status_of
from lattice_tui.capi.errors import ApiError, ApiExpiredError, ApiUnreachableError
from lattice_tui.capi.resources import Resource
from lattice_tui.capi.store import Store, Watched, WatchSink, is_older
from lattice_tui.capi.stream import WatchStream
from lattice_tui.capi.timing import USUAL, Timing
from lattice_tui.errors import LatticeError

RELIST_AFTER_REFUSALS = 2

_log = logging.getLogger(__name__)
T = TypeVar("T", bound=Watched)


class LinkReports(Protocol):
    """Where a watcher tells how its connection fares; see link.Link."""

    def contact(self, who: str) -> None: ...
    def trouble(self, who: str, why: str, *, asks: bool = False) -> None: ...


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
        timing: Timing = USUAL,
    ) -> None:
        self.bad_lines = 0
        """Lines and list items that could not be read, and were skipped."""
        self._client = client
        self._resource = resource
        self._namespace = namespace
        self._selectors = {"label_selector": label_selector, "field_selector": field_selector}
        self._link = link
        self._timing = timing
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._backoff = Backoff(self._rng, base_s=timing.backoff_base_s, cap_s=timing.backoff_cap_s)
        self._decoder: ItemDecoder[T] = ItemDecoder(item_type)
        self._store: Store[T] = Store(sink)
        self._sink = sink
        self._version = ""
        self._refusals = 0
        self._end = threading.Event()
        self._wake = threading.Event()
        """Set to end a pause early; a server's own Retry-After is waited for all the same."""
        self._sleep = sleep
        self._stream_lock = threading.Lock()
        self._stream: WatchStream | None = None
        self._thread = threading.Thread(target=self._run, name=f"watch-{resource.plural}", daemon=True)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def reconnect(self) -> None:
        """Break the current stream, or the pause before the next one; the watch goes on from the last version."""
        self._wake.set()
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
            self._wake.clear()
            delay_s, may_be_cut = self._attempt()
            if self._end.is_set() or delay_s <= 0:
                continue
            if self._sleep is not None:
                self._sleep(delay_s)
            else:
                (self._wake if may_be_cut else self._end).wait(delay_s)

    def _attempt(self) -> tuple[float, bool]:
        """One list when it is needed, one watch. Returns how long to wait before the next attempt, and if at least."""
        started_s = self._clock()
        try:
            if not self._version:
                self._list()
            started_s = self._clock()
            self._watch()
        except (ApiError, ApiUnreachableError) as error:
            if self._clock() - started_s >= self._timing.healthy_s:
                self._backoff.reset()
            return self._after(error)
        except LatticeError as error:
            # The kubeconfig could not be read again after a 401: only a person can mend that.
            return self._failed(str(error), asks=True), True
        except Exception:
            # A fault of ours must not freeze the panes without a word.
            _log.exception("the watch of %s failed", self._resource.plural)
            self._version = ""
            return self._failed("an internal error; see the log"), True
        if self._clock() - started_s < self._timing.brief_s:
            return self._backoff.next_s(), True
        # The usual end of a watch: nothing to wait for.
        self._backoff.reset()
        self._refusals = 0
        return 0.0, True

    def _after(self, error: ApiError | ApiUnreachableError) -> tuple[float, bool]:
        if isinstance(error, ApiUnreachableError):
            is_untrusted = error.kind == "tls"
            why = f"{error.problem.title}: {error.detail}" if is_untrusted else error.problem.title
            return self._failed(why, asks=is_untrusted), True
        if isinstance(error, ApiExpiredError):
            is_first = bool(self._version) and self._refusals == 0
            self._version = ""
            self._refusals += 1
            return 0.0 if is_first else self._backoff.next_s(), True
        if error.status == 404 and not self._end.is_set():
            # The kind is not installed yet: a normal stage of an install, not a fault.
            self._version = ""
            self._link.contact(self._resource.plural)
            return self._backoff.jitter_s(self._timing.no_such_kind_s), True
        self._refusals += 1
        if self._refusals >= RELIST_AFTER_REFUSALS:
            # A version the server does not know, such as one from before it was rebuilt.
            self._version = ""
        is_unknown = error.status == 401
        words = error.problem.fix if is_unknown else error.message
        delay_s = self._failed(f"{error.problem.title}: {words}", asks=is_unknown)
        if error.retry_after_s is None:
            return delay_s, True
        spread_s = self._rng.uniform(0, self._timing.backoff_base_s)
        return min(error.retry_after_s, self._timing.retry_after_cap_s) + spread_s, False

    def _failed(self, why: str, *, asks: bool = False) -> float:
        if not self._end.is_set():
            self._link.trouble(self._resource.plural, why, asks=asks)
        return self._backoff.next_s()

    def _list(self) -> None:
        version = ""
        self._store.begin_list()
        # Twice refused: a server whose continue tokens run out at once is asked for one page.
        limit = 500 if self._refusals < RELIST_AFTER_REFUSALS else 0
        for page in self._client.pages(
            self._resource, self._namespace, limit=limit, decode=self._decoder.page, **self._selectors
        ):
            self._link.contact(self._resource.plural)
            version = page.metadata.resource_version
            self.bad_lines += page.bad
            if self._end.is_set():
                return
            self._store.take_listed(page.items)
        self._store.end_list()
        self._version = version
        if not self._end.is_set():
            self._sink.settled()
            self._sink.synced()

    def _watch(self) -> None:
        if self._end.is_set():
            return
        stream = self._client.open_watch(
            self._resource,
            self._namespace,
            resource_version=self._version,
            timeout_s=max(1, round(self._rng.uniform(*self._timing.server_ends_after_s))),
            read_timeout_s=self._timing.read_timeout_s,
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
            for block in stream.blocks():
                self._take(block)
                if self._end.is_set():
                    return
                self._link.contact(self._resource.plural)
        finally:
            with self._stream_lock:
                self._stream = None
            stream.close()
            self.bad_lines += stream.too_long
            if self.bad_lines > bad_before:
                # What the skipped line said is unknown: only a list can tell.
                self._version = ""

    def _take(self, block: bytes) -> None:
        """The lines that came at once, up to one that ends the stream. Raises ApiError for an ERROR event."""
        try:
            events = self._decoder.block(block)
            if events is not None:
                for event in events:
                    if self._end.is_set():
                        return
                    self._news(event.type, event.object)
                return
            for line in block.split(b"\n"):
                if self._end.is_set():
                    return
                if line and not line.isspace():
                    self._line(line)
        finally:
            if block and not self._end.is_set():
                self._sink.settled()

    def _news(self, type_: str, item: T) -> None:
        self._refusals = 0
        version = item.metadata.resource_version
        is_deleted = type_ == "DELETED"
        is_late = is_older(version, self._version)
        if is_deleted or not is_late:
            # An older one is a repetition: events of a stream come in the order of their versions.
            self._store.take(item, is_deleted=is_deleted)
        if version and not is_late:
            self._version = version

    def _line(self, line: bytes) -> None:
        """One line by itself; what it says and cannot be read is counted. Raises ApiError for an ERROR event."""
        said = self._decoder.other(line)
        if said is None or said[0] not in KNOWN_TYPES:
            self.bad_lines += 1
            return
        type_, data = said
        if type_ in NEWS:
            item = self._decoder.item(data)
            if item is None:
                self.bad_lines += 1
            else:
                self._news(type_, item)
            return
        try:
            if type_ == "ERROR":
                raise refusal_of(status_of(data), what=f"watch {self._resource.plural}")
            version = bookmarked(data)
        except UNREADABLE:
            self.bad_lines += 1
            return
        self._refusals = 0
        if version and not is_older(version, self._version):
            self._version = version
