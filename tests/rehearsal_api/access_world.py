"""A store with the default roles and everything that is known of its kinds, and short ways to grant something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.access_objects import access_objects
from lattice_tui.rehearsal.api.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING, Kind
from lattice_tui.rehearsal.api.known import with_known_versions
from lattice_tui.rehearsal.api.store import Store
from tests.real_clients.programs import found_program
from tests.rehearsal_api.plain_door import PlainDoor
from tests.rehearsal_api.served import new_store

JsonObject = dict[str, Any]

RBAC = "rbac.authorization.k8s.io"
needs_kubectl = pytest.mark.skipif(found_program("kubectl") is None, reason="needs kubectl")


def store_with_access(folder: Path) -> Store:
    store = new_store(folder)
    store.open_kinds([with_known_versions(kind) for kind in store.served()])
    for obj in access_objects():
        kind = CLUSTER_ROLE if obj["kind"] == CLUSTER_ROLE.kind else CLUSTER_ROLE_BINDING
        if store.find(kind, obj["metadata"]["name"]) is None:
            store.create(kind, obj, actor="test")
    return store


@contextmanager
def opened_door(folder: Path) -> Iterator[PlainDoor]:
    homes = folder / "homes"
    homes.mkdir()
    door = PlainDoor(store_with_access(folder), homes)
    try:
        yield door
    finally:
        door.close()


def role(store: Store, name: str, *rules: JsonObject, namespace: str = "") -> None:
    _create(store, ROLE if namespace else CLUSTER_ROLE, name, namespace, {"rules": list(rules)})


def rule(verbs: str, resources: str, group: str = "", **more: Any) -> JsonObject:
    return {"verbs": verbs.split(), "apiGroups": [group], "resources": resources.split(), **more}


def bind(store: Store, name: str, subject: str, role_kind: str, role_name: str, namespace: str = "") -> None:
    """`subject` is a kind and a name: `User jane`, `Group team`, `ServiceAccount default/robot`."""
    kind, _, who = subject.partition(" ")
    place, _, own_name = who.rpartition("/")
    entry = {"kind": kind, "name": own_name, **({"namespace": place} if place else {"apiGroup": RBAC})}
    reference = {"apiGroup": RBAC, "kind": role_kind, "name": role_name}
    binding = ROLE_BINDING if namespace else CLUSTER_ROLE_BINDING
    _create(store, binding, name, namespace, {"roleRef": reference, "subjects": [entry]})


def _create(store: Store, kind: Kind, name: str, namespace: str, content: JsonObject) -> None:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    place = {"apiVersion": kind.api_version, "kind": kind.kind}
    store.create(kind, {**place, "metadata": metadata, **content}, actor="test")
