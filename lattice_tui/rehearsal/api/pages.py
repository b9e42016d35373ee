"""Lists in pages: every page of a list shows the same moment, however much is written between them."""

from __future__ import annotations

import base64
import binascii
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api import errors

JsonObject = dict[str, Any]

KEPT_LISTS = 16
"""How many unfinished lists are remembered; the continue token of an older one is answered with 410."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    items: list[JsonObject]
    resource_version: int
    continue_token: str = ""
    remaining: int = 0


class Pages:
    """Holds the objects of unfinished lists. They are the stored ones, shared, so that holding them costs little."""

    def __init__(self) -> None:
        self._lists: OrderedDict[int, tuple[int, list[JsonObject]]] = OrderedDict()
        self._count = 0

    def first(self, items: list[JsonObject], resource_version: int, limit: int) -> Page:
        """The first page; the whole list when `limit` is 0 or enough."""
        if not limit or len(items) <= limit:
            return Page(items, resource_version)
        self._count += 1
        self._lists[self._count] = (resource_version, items)
        while len(self._lists) > KEPT_LISTS:
            self._lists.popitem(last=False)
        return self._cut(self._count, 0, limit)

    def next(self, token: str, limit: int) -> Page:
        """The page after the one that gave `token`. Raises ApiError 400, or 410 when the list is forgotten."""
        try:
            which, start = json.loads(base64.urlsafe_b64decode(token))
        except (ValueError, TypeError, binascii.Error) as error:
            raise errors.bad_request(f"invalid continue token: continue key is not valid: {error}") from error
        if which not in self._lists:
            raise errors.ApiError(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new "
                "list without the continue parameter.",
            )
        return self._cut(which, start, limit)

    def _cut(self, which: int, start: int, limit: int) -> Page:
        resource_version, items = self._lists[which]
        end = start + limit if limit else len(items)
        if end >= len(items):
            return Page(items[start:], resource_version)
        token = base64.urlsafe_b64encode(json.dumps([which, end]).encode()).decode()
        return Page(items[start:end], resource_version, token, len(items) - end)
