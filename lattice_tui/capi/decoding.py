"""From bytes to typed objects, each byte looked at once; what the types do not know is skipped, not built.

Source: apimachinery `metav1.WatchEvent` and `metav1.ListMeta`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from lattice_tui.capi.connection import Status
from lattice_tui.capi.store import Watched

T = TypeVar("T", bound=Watched)
ItemT = TypeVar("ItemT", bound=Watched, covariant=True)
KNOWN_TYPES = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"})
NEWS = frozenset({"ADDED", "MODIFIED", "DELETED"})


class PageMeta(msgspec.Struct, rename="camel"):
    """Metadata of one page of a list."""

    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct):
    """One page of a list, its items not decoded yet."""

    metadata: PageMeta
    items: list[msgspec.Raw] | None = None


@dataclass(slots=True)
class TypedPage(Generic[T]):
    """One page of a list."""

    metadata: PageMeta
    items: list[T] = field(default_factory=list)
    bad: int = 0
    """Items that could not be read, and are not among `items`."""


class _Bookmark(msgspec.Struct):
    """Of a bookmark's object only the version is meant to be read: `creationTimestamp` is null there."""

    metadata: PageMeta


class _Line(msgspec.Struct):
    type: str
    object: msgspec.Raw = msgspec.Raw(b"null")


_LINE = msgspec.json.Decoder(_Line)
_PAGE = msgspec.json.Decoder(Page)
_BOOKMARK = msgspec.json.Decoder(_Bookmark)
_STATUS = msgspec.json.Decoder(Status)
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)


def page_of(data: bytes) -> Page:
    """A page with its items as they came. Raises one of UNREADABLE."""
    return _PAGE.decode(data)


def bookmarked(data: bytes | msgspec.Raw) -> str:
    """The resourceVersion that a bookmark says. Raises one of UNREADABLE."""
    return _BOOKMARK.decode(data).metadata.resource_version


def status_of(data: bytes | msgspec.Raw) -> Status:
    """The Status of an ERROR event. Raises one of UNREADABLE."""
    return _STATUS.decode(data)


class Event(Protocol[ItemT]):
    """One line of a watch: `type` is one of NEWS."""

    @property
    def type(self) -> str: ...
    @property
    def object(self) -> ItemT: ...


class ItemDecoder(Generic[T]):
    """Reads pages and watch events of one kind of object."""

    def __init__(self, item_type: type[T]) -> None:
        self._item = msgspec.json.Decoder(item_type)
        # Built here, for msgspec makes its decoders from types that exist only now.
        event = msgspec.defstruct("Event", [("type", str), ("object", item_type)], gc=False)
        page = msgspec.defstruct("ItemPage", [("metadata", PageMeta), ("items", list[item_type] | None, None)])  # type: ignore[valid-type]
        self._event: msgspec.json.Decoder[Any] = msgspec.json.Decoder(event)
        self._page: msgspec.json.Decoder[Any] = msgspec.json.Decoder(page)

    def block(self, block: bytes) -> list[Event[T]] | None:
        """The events of whole lines, at once; None unless every one of them is news of a readable object."""
        try:
            events: list[Event[T]] = self._event.decode_lines(block)
        except UNREADABLE:
            return None
        return events if all(one.type in NEWS and one.object.metadata.uid for one in events) else None

    def other(self, line: bytes) -> tuple[str, msgspec.Raw] | None:
        """(type, object not decoded) of any line; None when it is unreadable."""
        try:
            said = _LINE.decode(line)
        except UNREADABLE:
            return None
        return said.type, said.object

    def page(self, data: bytes) -> TypedPage[T]:
        """A page of a list, without the items that cannot be read. Raises one of UNREADABLE."""
        try:
            page = self._page.decode(data)
            items = page.items or []
            metadata: PageMeta = page.metadata
        except UNREADABLE:
            raw = page_of(data)
            items, metadata = [self.item(one) for one in raw.items or ()], raw.metadata
        good = [item for item in items if item is not None and item.metadata.uid]
        return TypedPage(metadata, good, len(items) - len(good))

    def item(self, data: bytes | msgspec.Raw) -> T | None:
        """One object, what is not UTF-8 in it replaced; None when it is unreadable, or has no uid."""
        try:
            item = self._item.decode(data)
        except UnicodeDecodeError:
            return self.item(bytes(data).decode("utf-8", "replace").encode())
        except msgspec.DecodeError:
            return None
        return item if item.metadata.uid else None
