"""Dependents, namespaces and what is left of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, MACHINE, MACHINE_SET, NAMESPACE
from lattice_tui.rehearsal.api.store import ApiError, Store
from tests.rehearsal_api.served import PATIENCE_S, machine


def owned(name: str, *owners: dict[str, Any]) -> dict[str, Any]:
    obj = machine(name)
    obj["metadata"]["ownerReferences"] = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
        }
        for owner in owners
    ]
    return obj


def machine_set(store: Store, name: str) -> dict[str, Any]:
    return store.create(MACHINE_SET, {"metadata": {"name": name, "namespace": "team-a"}, "spec": {}}, actor="test")


def names(store: Store) -> list[str]:
    return [obj["metadata"]["name"] for obj in store.list(MACHINE)]


def test_dependents_follow_their_last_owner(store: Store) -> None:
    one, two = machine_set(store, "one"), machine_set(store, "two")
    store.create(MACHINE, owned("of-one", one), actor="test")
    store.create(MACHINE, owned("of-both", one, two), actor="test")
    store.delete(MACHINE_SET, "one", "team-a", actor="test")
    left = store.get(MACHINE, "of-both", "team-a")

    assert names(store) == ["of-both"]
    assert [reference["name"] for reference in left["metadata"]["ownerReferences"]] == ["two"]


def test_an_object_whose_owner_never_was_is_collected(store: Store) -> None:
    owner = machine_set(store, "one")
    owner["metadata"]["uid"] = "00000000-0000-4000-8000-000000000000"
    store.create(MACHINE, owned("orphan", owner), actor="test")

    assert names(store) == []


def test_orphaned_dependents_stay_without_their_reference(store: Store) -> None:
    store.create(MACHINE, owned("m", machine_set(store, "one")), actor="test")
    store.delete(MACHINE_SET, "one", "team-a", actor="test", propagation="Orphan")

    assert "ownerReferences" not in store.get(MACHINE, "m", "team-a")["metadata"]


def test_foreground_deletion_waits_for_dependents(store: Store) -> None:
    store.create(MACHINE, owned("m", machine_set(store, "one")), actor="test")
    store.add_finalizer(MACHINE, "m", "team-a", "hold")
    store.delete(MACHINE_SET, "one", "team-a", actor="test", propagation="Foreground")
    waiting = store.find(MACHINE_SET, "one", "team-a")
    store.remove_finalizer(MACHINE, "m", "team-a", "hold")

    assert waiting is not None
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert (names(store), store.list(MACHINE_SET)) == ([], [])


def test_a_namespace_goes_after_its_contents(store: Store) -> None:
    store.create(MACHINE, machine("m"), actor="test")
    store.create(CONFIG_MAP, {"metadata": {"name": "c", "namespace": "team-a"}}, actor="test")
    store.add_finalizer(MACHINE, "m", "team-a", "hold")
    marked = store.delete(NAMESPACE, "team-a", actor="test")
    with pytest.raises(ApiError) as error:
        store.create(MACHINE, machine("late"), actor="test")
    waiting = store.find(NAMESPACE, "team-a")
    store.remove_finalizer(MACHINE, "m", "team-a", "hold")

    assert marked["status"]["phase"] == "Terminating"
    assert (error.value.code, error.value.reason) == (403, "Forbidden")
    assert waiting is not None
    assert store.find(NAMESPACE, "team-a") is None
    assert store.list(CONFIG_MAP, "team-a") == []


async def test_collection_happens_in_a_later_turn_of_a_running_loop(store: Store) -> None:
    store.create(MACHINE, owned("m", machine_set(store, "one")), actor="test")
    store.delete(MACHINE_SET, "one", "team-a", actor="test")
    at_once = names(store)
    gone = asyncio.Event()
    store.subscribe(lambda change: gone.set() if change.type == "DELETED" else None)
    await asyncio.wait_for(gone.wait(), PATIENCE_S)

    assert (at_once, names(store)) == (["m"], [])
