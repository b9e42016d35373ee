"""`Store`: the last known state of every object of one kind, and what changed against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from lattice_tui.capi.objects import Meta


class Watched(Protocol):
    """Anything that can be watched has metadata."""

    @property
    def metadata(self) -> Meta: ...


T = TypeVar("T", bound=Watched)
ItemT = TypeVar("ItemT", contravariant=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an object: enough to tell that it has changed, or is gone."""

    uid: str
    namespace: str
    name: str
    version: str
    is_moving: bool
    """`clusterctl move` has made it elsewhere: to delete it here tears nothing down."""


class WatchSink(Protocol[ItemT]):
    """Who is told. Called from the watcher's thread, one call at a time."""

    def changed(self, item: ItemT) -> None:
        """It is new, or its resourceVersion is."""

    def gone(self, known: Known) -> None:
        """It was deleted; what was seen of it last."""

    def settled(self) -> None:
        """What came at once has been told: a good moment to draw conclusions."""

    def synced(self) -> None:
        """A whole list has been reported."""


class Store(Generic[T]):
    """Keyed by uid: an object deleted and made again under its old name is another one."""

    def __init__(self, sink: WatchSink[T]) -> None:
        self._sink = sink
        self._known: dict[str, Known] = {}
        self._uids: dict[tuple[str, str], str] = {}
        """(namespace, name) -> uid."""
        self._listed: set[str] = set()

    def begin_list(self) -> None:
        """A list begins, which is the truth."""
        self._listed = set()

    def take_listed(self, items: Iterable[T]) -> None:
        """One page of it."""
        for item in items:
            self._listed.add(item.metadata.uid)
            self._put(item)

    def end_list(self) -> None:
        """It has been read whole: what is missing from it is gone."""
        for uid in [uid for uid in self._known if uid not in self._listed]:
            self._forget(uid)
        self._listed = set()

    def take(self, item: T, *, is_deleted: bool) -> None:
        """Take one watch event. Late and repeated ones change nothing."""
        meta = item.metadata
        known = self._known.get(meta.uid)
        if is_deleted:
            if known is not None:
                self._known[meta.uid] = _known_of(meta)
                self._forget(meta.uid)
        elif known is None or not is_older(meta.resource_version, known.version):
            self._put(item)

    def _put(self, item: T) -> None:
        meta = item.metadata
        key = (meta.namespace, meta.name)
        former = self._uids.get(key)
        if former is not None and former != meta.uid:
            self._forget(former)
        known = self._known.get(meta.uid)
        if known is None or known.version != meta.resource_version:
            self._known[meta.uid] = _known_of(meta)
            self._uids[key] = meta.uid
            self._sink.changed(item)

    def _forget(self, uid: str) -> None:
        known = self._known.pop(uid)
        key = (known.namespace, known.name)
        if self._uids.get(key) == uid:
            del self._uids[key]
        self._sink.gone(known)


def _known_of(meta: Meta) -> Known:
    return Known(meta.uid, meta.namespace, meta.name, meta.resource_version, meta.is_moving)


def is_older(version: str, than: str) -> bool:
    """Whether a resourceVersion is older. They are opaque by contract; where both are numbers, they count up."""
    if len(version) == len(than):
        # Nearly always, and quickly told: of two numbers of one length the lesser comes first in the alphabet too.
        return version < than and version.isdecimal() and than.isdecimal()
    return version.isdecimal() and than.isdecimal() and int(version) < int(than)
