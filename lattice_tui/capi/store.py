"""`Store`: the last known state of every object of one kind, and what changed against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from lattice_tui.capi.objects import Meta


class Watched(Protocol):
    """Anything that can be watched has metadata."""

    @property
    def metadata(self) -> Meta: ...


T = TypeVar("T", bound=Watched)
ItemT = TypeVar("ItemT", contravariant=True)


class WatchSink(Protocol[ItemT]):
    """Who is told. Called from the watcher's thread, one call at a time."""

    def changed(self, item: ItemT) -> None:
        """It is new, or its resourceVersion is."""

    def gone(self, item: ItemT) -> None:
        """It was deleted; the last state seen."""

    def synced(self) -> None:
        """A whole list has been reported."""


class Store(Generic[T]):
    """Keyed by uid: an object deleted and made again under its old name is another one."""

    def __init__(self, sink: WatchSink[T]) -> None:
        self._sink = sink
        self._items: dict[str, T] = {}
        self._uids: dict[tuple[str, str], str] = {}
        """(namespace, name) -> uid."""

    def replace(self, items: Iterable[T]) -> None:
        """Take a whole list as the truth: what is missing from it is gone."""
        listed = {item.metadata.uid: item for item in items}
        for uid in [uid for uid in self._items if uid not in listed]:
            self._forget(uid)
        for item in listed.values():
            self._put(item)

    def take(self, item: T, *, is_deleted: bool) -> None:
        """Take one watch event. Late and repeated ones change nothing."""
        known = self._items.get(item.metadata.uid)
        if is_deleted:
            if known is not None:
                self._items[item.metadata.uid] = item
                self._forget(item.metadata.uid)
            return
        if known is not None and is_older(item.metadata.resource_version, known.metadata.resource_version):
            return
        self._put(item)

    def _put(self, item: T) -> None:
        meta = item.metadata
        key = (meta.namespace, meta.name)
        former = self._uids.get(key)
        if former is not None and former != meta.uid:
            self._forget(former)
        known = self._items.get(meta.uid)
        self._items[meta.uid] = item
        self._uids[key] = meta.uid
        if known is None or known.metadata.resource_version != meta.resource_version:
            self._sink.changed(item)

    def _forget(self, uid: str) -> None:
        item = self._items.pop(uid)
        key = (item.metadata.namespace, item.metadata.name)
        if self._uids.get(key) == uid:
            del self._uids[key]
        self._sink.gone(item)


def is_older(version: str, than: str) -> bool:
    """Whether a resourceVersion is older. They are opaque by contract; where both are numbers, they count up."""
    return version.isdecimal() and than.isdecimal() and int(version) < int(than)
