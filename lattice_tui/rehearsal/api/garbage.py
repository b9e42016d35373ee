"""The garbage collector: dependents go after their owners, and a namespace's contents before the namespace.

Works in the background, as the real one does: it hears of a change and acts in a later turn of the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lattice_tui.rehearsal.api.changes import Change
from lattice_tui.rehearsal.api.kinds import NAMESPACE, Kind

if TYPE_CHECKING:
    from lattice_tui.rehearsal.api.store import Store

JsonObject = dict[str, Any]
Key = tuple[Kind, str, str]

ACTOR = "system:garbage-collector"
NAMESPACE_ACTOR = "system:namespace-controller"
FOREGROUND = "foregroundDeletion"


class GarbageCollector:
    """Watches one store. Knows which objects name which owner."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._dependents: dict[str, dict[Key, None]] = {}
        store.subscribe(self._on_change)

    def dependents(self, uid: str) -> tuple[Key, ...]:
        """The objects that name this owner, in the order in which they began to."""
        return tuple(self._dependents.get(uid, ()))

    def delete_all(self, keys: Iterable[Key], actor: str) -> None:
        """Delete dependents, in the foreground all the way down."""
        for kind, namespace, name in keys:
            if self._store.find(kind, name, namespace):
                self._store.delete(kind, name, namespace, actor=actor, propagation="Foreground")

    def disown(self, uid: str) -> None:
        """Strike an owner out of its dependents, which then stay."""
        for kind, namespace, name in self.dependents(uid):
            obj = self._store.get(kind, name, namespace)
            references = obj["metadata"]["ownerReferences"]
            obj["metadata"]["ownerReferences"] = [entry for entry in references if entry.get("uid") != uid]
            self._store.replace(kind, obj, actor=ACTOR)

    def _on_change(self, change: Change) -> None:
        key = key_of(change)
        before = set(owner_uids(change.previous)) if change.previous else set()
        after = set(owner_uids(change.object)) if change.type != "DELETED" else set()
        for uid in before - after:
            self._forget(uid, key)
        for uid in sorted(after - before):
            self._dependents.setdefault(uid, {})[key] = None
        if after - before:
            _soon(lambda: self._collect_orphan(key))
        if change.type == "DELETED":
            self._on_gone(change)
        elif change.kind == NAMESPACE and "deletionTimestamp" in change.object["metadata"]:
            _soon(lambda: self._empty_namespace(change.object["metadata"]["name"]))

    def _forget(self, uid: str, key: Key) -> None:
        keys = self._dependents.get(uid, {})
        keys.pop(key, None)
        if not keys:
            self._dependents.pop(uid, None)

    def _on_gone(self, change: Change) -> None:
        metadata = change.object["metadata"]
        for dependent in self.dependents(metadata["uid"]):
            _soon(lambda dependent=dependent: self._collect_orphan(dependent))  # type: ignore[misc]
        for uid in owner_uids(change.object):
            _soon(lambda uid=uid: self._release_foreground(uid))  # type: ignore[misc]
        if namespace := metadata.get("namespace", ""):
            _soon(lambda: self._finish_namespace(namespace))

    def _collect_orphan(self, key: Key) -> None:
        """Delete an object all of whose owners are gone; strike out the gone ones when some are left."""
        kind, namespace, name = key
        obj = self._store.find(kind, name, namespace)
        if obj is None or "deletionTimestamp" in obj["metadata"]:
            return
        references = obj["metadata"].get("ownerReferences", [])
        alive = [reference for reference in references if self._store.has_uid(reference.get("uid", ""))]
        if len(alive) == len(references):
            return
        if alive:
            obj["metadata"]["ownerReferences"] = alive
            self._store.replace(kind, obj, actor=ACTOR)
        else:
            self._store.delete(kind, name, namespace, actor=ACTOR)

    def _release_foreground(self, uid: str) -> None:
        """Let an owner go that waited for its dependents."""
        if self._dependents.get(uid):
            return
        owner = self._store.with_uid(uid)
        if owner is not None and FOREGROUND in owner[1]["metadata"].get("finalizers", ()):
            metadata = owner[1]["metadata"]
            self._store.remove_finalizer(owner[0], metadata["name"], metadata.get("namespace", ""), FOREGROUND)

    def _empty_namespace(self, namespace: str) -> None:
        for kind, obj in self._contents(namespace):
            metadata = obj["metadata"]
            if "deletionTimestamp" not in metadata and self._store.find(kind, metadata["name"], namespace):
                self._store.delete(kind, metadata["name"], namespace, actor=NAMESPACE_ACTOR)
        self._finish_namespace(namespace)

    def _finish_namespace(self, namespace: str) -> None:
        found = self._store.find(NAMESPACE, namespace)
        if found and "deletionTimestamp" in found["metadata"] and next(self._contents(namespace), None) is None:
            self._store.drop_namespace(namespace)

    def _contents(self, namespace: str) -> Iterator[tuple[Kind, JsonObject]]:
        for kind in self._store.served():
            if kind.namespaced:
                for obj in self._store.list(kind, namespace):
                    yield kind, obj


def key_of(change: Change) -> Key:
    """What a change is about: kind, namespace, name."""
    metadata = change.object["metadata"]
    return (change.kind, metadata.get("namespace", ""), metadata["name"])


def owner_uids(obj: JsonObject) -> list[str]:
    """The uids of an object's owners."""
    return [reference.get("uid", "") for reference in obj["metadata"].get("ownerReferences", ())]


def _soon(action: Callable[[], None]) -> None:
    """In a later turn of the loop; at once where no loop runs."""
    try:
        asyncio.get_running_loop().call_soon(action)
    except RuntimeError:
        action()
