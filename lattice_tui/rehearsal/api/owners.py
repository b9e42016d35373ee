"""`Owner`: one entry of managedFields, and the rules of the list as a whole: order, and how many writers it names.

Source: k8s.io/apimachinery, util/managedfields/internal/{managedfields,capmanagers}.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lattice_tui.rehearsal.api.fields import Path, decoded, encoded

JsonObject = dict[str, Any]

MAX_UPDATERS: Final = 10
"""Entries of writers that do not apply, before the oldest become one. Source: DefaultMaxUpdateManagers."""
ANCIENT: Final = "ancient-changes"
APPLY: Final = "Apply"
UPDATE: Final = "Update"


@dataclass(frozen=True, slots=True)
class Owner:
    """One entry of managedFields: a manager, how it wrote, and what it owns."""

    manager: str
    operation: str
    """`Apply` or `Update`."""
    api_version: str
    subresource: str
    time: str
    """Of its latest change, RFC 3339; empty for a manager that applied only what was so already."""
    paths: frozenset[Path]

    @property
    def identity(self) -> str:
        """What makes two entries one, as the server writes it; a manager that applies has one for all versions."""
        parts = {"manager": self.manager, "operation": self.operation}
        if self.operation != APPLY:
            parts["apiVersion"] = self.api_version
        if self.subresource:
            parts["subresource"] = self.subresource
        return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)

    def __str__(self) -> str:
        through = f' with subresource "{self.subresource}"' if self.subresource else ""
        using = f" using {self.api_version}" if self.operation == UPDATE else ""
        return f'"{self.manager}"{through}{using}'

    def without(self, paths: Iterable[Path]) -> Owner:
        """The entry with less to own."""
        return replace(self, paths=self.paths.difference(paths))

    def entry(self) -> JsonObject:
        """As managedFields holds it."""
        entry: JsonObject = {"manager": self.manager, "operation": self.operation, "apiVersion": self.api_version}
        if self.time:
            entry["time"] = self.time
        entry |= {"fieldsType": "FieldsV1", "fieldsV1": encoded(self.paths)}
        if self.subresource:
            entry["subresource"] = self.subresource
        return entry


def owner_of(entry: JsonObject) -> Owner:
    """An entry of managedFields, read."""
    return Owner(
        entry.get("manager", ""),
        entry.get("operation", ""),
        entry.get("apiVersion", ""),
        entry.get("subresource", ""),
        entry.get("time") or "",
        frozenset(decoded(entry.get("fieldsV1") or {})),
    )


def owners_of(obj: JsonObject) -> list[Owner]:
    """The managedFields of an object, read."""
    return [owner_of(entry) for entry in obj["metadata"].get("managedFields", ())]


def with_entries(obj: JsonObject, entries: Iterable[JsonObject]) -> JsonObject:
    """The object with these managedFields, in the server's order."""
    listed = sorted(entries, key=_position)
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    if listed:
        metadata["managedFields"] = listed
    return {**obj, "metadata": metadata}


def with_owners(obj: JsonObject, owners: Iterable[Owner]) -> JsonObject:
    """The object with its managedFields written anew; owners of nothing are dropped."""
    return with_entries(obj, [owner.entry() for owner in owners if owner.paths])


def with_claims(live: JsonObject, asked: Any) -> JsonObject:
    """`live` with the managedFields that an update asks for; `live` itself when it asks for none, or for broken ones.

    An empty list, or one with one empty entry, makes the object owned by nobody.
    """
    if asked == [] or asked == [{}]:
        return with_entries(live, ()) if live["metadata"].get("managedFields") else live
    if not isinstance(asked, list) or asked == live["metadata"].get("managedFields"):
        return live
    if not all(_is_entry(entry) for entry in asked):
        return live
    return with_owners(live, [owner_of(entry) for entry in asked])


def capped(entries: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """The entries, where the oldest writers of a version are one entry as soon as there are too many."""
    updaters = [entry for entry in entries if entry["operation"] == UPDATE]
    surplus = len(updaters) - MAX_UPDATERS
    if surplus <= 0:
        return entries
    owners = {owner.identity: owner for owner in map(owner_of, updaters)}
    rest = [entry for entry in entries if entry["operation"] != UPDATE]
    first_of: dict[str, Owner] = {}
    for owner in sorted(owners.values(), key=lambda owner: (owner.time, owner.identity)):
        if surplus <= 0:
            break
        first = first_of.setdefault(owner.api_version, owner)
        if first is owner:
            continue
        bucket = Owner(ANCIENT, UPDATE, owner.api_version, "", owner.time, owner.paths)
        if bucket.identity not in owners:
            owners[bucket.identity] = owners.pop(first.identity)
        paths = owners[bucket.identity].paths | owner.paths
        del owners[owner.identity]
        owners[bucket.identity] = replace(bucket, paths=paths)
        surplus -= 1
    return [*rest, *(owner.entry() for owner in owners.values())]


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("operation") in (APPLY, UPDATE)
        and bool(entry.get("apiVersion"))
        and entry.get("fieldsType") == "FieldsV1"
        and isinstance(entry.get("fieldsV1") or {}, dict)
    )


def _position(entry: JsonObject) -> tuple[str, str, str, str, str]:
    time = entry.get("time") or ""
    subresource = entry.get("subresource", "")
    return (entry["operation"], time, entry.get("manager", ""), entry["apiVersion"], subresource)
