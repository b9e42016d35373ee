"""`Tables`: the objects themselves, by kind and name, with the version counter and the log of changes.

The reading half of `Store`; it knows no rule about what may be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.changes import Change, ChangeLog, ChangeType, Listener
from lattice_tui.rehearsal.api.json_objects import copied_object
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.known import known_versions
from lattice_tui.rehearsal.api.served import ANYTHING, ServedVersion

JsonObject = dict[str, Any]
JsonObjects = list[JsonObject]


class Tables:
    """Stored objects are never changed in place: each write puts a new one, so that readers may share them."""

    def __init__(self, start_version: int) -> None:
        self.resource_version = start_version
        """The version of the latest write."""
        self._log = ChangeLog(start_version)
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._objects: dict[tuple[str, str], dict[tuple[str, str], JsonObject]] = {}
        self._by_uid: dict[str, tuple[Kind, JsonObject]] = {}

    def served(self) -> tuple[Kind, ...]:
        """All kinds, in the order in which they began to be served."""
        return tuple(self._kinds.values())

    def kind_named(self, group: str, kind: str) -> Kind | None:
        """The served kind behind a reference's apiGroup and kind."""
        return next((known for known in self._kinds.values() if (known.group, known.kind) == (group, kind)), None)

    def kind_at(self, group: str, version: str, plural: str) -> Kind | None:
        """The served kind behind a path, seen at the path's version."""
        kind = self._kinds.get((group, plural))
        return kind.seen_at(version) if kind is not None and kind.at(version) is not None else None

    def served_as(self, kind: Kind) -> Kind:
        """What is served under a kind's name, seen at its version where that is served.

        Callers name kinds by the constants of `kinds`, which know nothing of versions. Raises ApiError 404.
        """
        found = self._kinds.get(kind.key)
        if found is None:
            raise errors.no_such_path()
        if kind.version == found.version or found.at(kind.version) is None:
            return found
        return found.seen_at(kind.version)

    def has_kind(self, kind: Kind) -> bool:
        """Whether anything is served under the kind's group and plural."""
        return kind.key in self._kinds

    def is_served(self, group: str, plural: str) -> bool:
        """Whether anything is served under the names that a definition gives."""
        return (group, plural) in self._kinds

    def open_kinds(self, kinds: Iterable[Kind]) -> None:
        """Begin to serve kinds, without any object."""
        for kind in kinds:
            self._kinds[kind.key] = kind if kind.versions else kind.with_versions(_versions_of(kind))
            self._objects.setdefault(kind.key, {})

    def get(self, kind: Kind, name: str, namespace: str = "") -> JsonObject:
        """A copy of the object. Raises ApiError 404."""
        return copied_object(self.live(kind, name, namespace))

    def find(self, kind: Kind, name: str, namespace: str = "") -> JsonObject | None:
        """A copy of the object, or None."""
        found = self._objects.get(kind.key, {}).get((namespace if kind.namespaced else "", name))
        return copied_object(found) if found is not None else None

    def list(self, kind: Kind, namespace: str = "", labels: Mapping[str, str] | None = None) -> JsonObjects:
        """Copies of the objects of a kind, by namespace and name; of all namespaces when none is given."""
        wanted = (labels or {}).items()
        return [
            copied_object(obj)
            for obj in self.stored(kind, namespace)
            if not wanted or wanted <= obj["metadata"].get("labels", {}).items()
        ]

    def stored(self, kind: Kind, namespace: str = "") -> JsonObjects:
        """The stored objects themselves, sorted, for readers that do not change them."""
        table = self.table(kind)
        return [table[key] for key in sorted(table) if not namespace or key[0] == namespace]

    def live(self, kind: Kind, name: str, namespace: str) -> JsonObject:
        """The stored object itself. Raises ApiError 404."""
        found = self.table(kind).get((namespace if kind.namespaced else "", name))
        if found is None:
            raise errors.not_found(kind, name)
        return found

    def has_uid(self, uid: str) -> bool:
        """Whether an object of that uid is here."""
        return uid in self._by_uid

    def with_uid(self, uid: str) -> tuple[Kind, JsonObject] | None:
        """The object of that uid, a copy."""
        found = self._by_uid.get(uid)
        return (found[0], copied_object(found[1])) if found else None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change, in order, at once; the answer unsubscribes. The objects in a Change are shared."""
        return self._log.subscribe(listener)

    def history_since(self, kind: Kind, resource_version: int) -> Sequence[Change] | None:
        """The changes of a kind after a version; None (410) when that is longer ago than is remembered."""
        return self._log.since(kind, resource_version)

    @property
    def oldest_version(self) -> int:
        """The oldest version from which a watch can still resume."""
        return self._log.forgotten

    def table(self, kind: Kind) -> dict[tuple[str, str], JsonObject]:
        """The objects of a served kind by namespace and name. Raises ApiError 404 for a kind that is not served."""
        if kind.key not in self._kinds:
            raise errors.no_such_path()
        return self._objects[kind.key]

    def _put(self, kind: Kind, previous: JsonObject | None, obj: JsonObject) -> JsonObject:
        kind = self._kinds[kind.key]
        stored = self._versioned(at_version(kind, obj))
        self.table(kind)[_place(obj)] = stored
        self._by_uid[stored["metadata"]["uid"]] = (kind, stored)
        change_type: ChangeType = "MODIFIED" if previous is not None else "ADDED"
        self._log.append(Change(change_type, kind, stored, self.resource_version, previous))
        return stored

    def _drop(self, kind: Kind, obj: JsonObject) -> JsonObject:
        kind = self._kinds[kind.key]
        previous = self.table(kind).pop(_place(obj))
        del self._by_uid[obj["metadata"]["uid"]]
        last = self._versioned(at_version(kind, obj))
        self._log.append(Change("DELETED", kind, last, self.resource_version, previous))
        return last

    def _versioned(self, obj: JsonObject) -> JsonObject:
        self.resource_version += 1
        return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.resource_version)}}


def at_version(kind: Kind, obj: JsonObject) -> JsonObject:
    """A stored object as one sees it who speaks the kind's version: conversion changes nothing but its name.

    The very same object where it is stored at that version; source: the conversion strategy None of a CRD.
    """
    return obj if obj.get("apiVersion") == kind.api_version else {**obj, "apiVersion": kind.api_version}


def _versions_of(kind: Kind) -> tuple[ServedVersion, ...]:
    """What is known of a kind, else its one version with a schema that takes everything."""
    return known_versions(kind) or (ServedVersion(kind.version, ANYTHING, has_status=kind.has_status),)


def _place(obj: JsonObject) -> tuple[str, str]:
    return (obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
