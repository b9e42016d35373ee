"""Watches over a socket: where they begin, what they show, how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

import pytest
import urllib3

from lattice_tui.rehearsal.api.kinds import MACHINE, NAMESPACE
from lattice_tui.rehearsal.api.selectors import Selection
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.api.watch import MAX_WAITING_LINES, Watch, WatchQuery
from tests.rehearsal_api.served import MERGE, TEAM, Served, machine

JsonObject = dict[str, Any]
MACHINES = f"{TEAM}/machines"
NAMED_EVENTS = "/api/v1/namespaces/team-a/events"


def seen(events: Iterator[JsonObject], count: int) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"]["name"]) for event in islice(events, count)]


def version(served: Served) -> str:
    body = served.ask("GET", MACHINES).body
    return str(body["metadata"]["resourceVersion"])


def test_a_watch_from_a_list_shows_every_change_after_it(served: Served) -> None:
    served.ask("POST", MACHINES, machine("before"))
    start = version(served)
    served.ask("POST", MACHINES, machine("m"))
    with served.watching(f"{MACHINES}?watch=1&resourceVersion={start}") as events:
        first = next(events)
        served.ask("PATCH", f"{MACHINES}/m", {"spec": {"version": "v1"}}, MERGE)
        served.ask("PATCH", f"{MACHINES}/m/status", {"status": {"phase": "Running"}}, MERGE)
        served.ask("DELETE", f"{MACHINES}/m")
        rest = list(islice(events, 3))
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in (first, *rest)]

    assert [event["type"] for event in (first, *rest)] == ["ADDED", "MODIFIED", "MODIFIED", "DELETED"]
    assert versions == list(range(int(start) + 1, int(start) + 5))
    assert rest[2]["object"]["status"] == {"phase": "Running"}


def test_a_watch_without_a_version_begins_with_what_is_there(served: Served) -> None:
    served.ask("POST", MACHINES, machine("a"))
    served.ask("POST", MACHINES, machine("b"))
    served.ask("PATCH", f"{MACHINES}/a", {"spec": {"version": "v1"}}, MERGE)
    with served.watching(f"{MACHINES}?watch=true") as events:
        synthetic = seen(events, 2)
        served.ask("DELETE", f"{MACHINES}/a")
        live = seen(events, 1)
    with served.watching(f"{MACHINES}?watch=true&resourceVersion=0") as events:
        from_zero = seen(events, 1)

    assert (synthetic, live) == ([("ADDED", "a"), ("ADDED", "b")], [("DELETED", "a")])
    assert from_zero == [("ADDED", "b")]


def test_a_watch_from_a_later_version_waits_for_what_comes_after_it(served: Served) -> None:
    later = int(version(served)) + 1
    with served.watching(f"{MACHINES}?watch=1&resourceVersion={later}") as events:
        served.ask("POST", MACHINES, machine("a"))
        served.ask("POST", MACHINES, machine("b"))

        assert seen(events, 1) == [("ADDED", "b")]


def test_initial_events_end_with_a_marked_bookmark(served: Served) -> None:
    served.ask("POST", MACHINES, machine("a"))
    query = "watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
    with served.watching(f"{MACHINES}?{query}") as events:
        added, bookmark = islice(events, 2)

    assert (added["type"], bookmark["type"]) == ("ADDED", "BOOKMARK")
    assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_bookmarks_come_while_nothing_happens_and_at_the_end(served: Served) -> None:
    start = version(served)
    served.ask("PATCH", "/api/v1/namespaces/team-a", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    query = f"watch=1&resourceVersion={start}&allowWatchBookmarks=true&timeoutSeconds=1"
    with served.watching(f"{MACHINES}?{query}") as events:
        all_events = list(events)

    assert len(all_events) > 2
    assert {event["type"] for event in all_events} == {"BOOKMARK"}
    assert int(all_events[-1]["object"]["metadata"]["resourceVersion"]) == int(start) + 1
    assert all_events[-1]["object"]["kind"] == "Machine"


async def test_a_watch_that_ends_in_its_time_says_how_far_it_came(store: Store) -> None:
    query = WatchQuery(
        MACHINE, Selection(), store.resource_version, timeout_s=0.01, bookmarks=True, initial_events=False
    )
    store.patch(NAMESPACE, "team-a", "", {"metadata": {"labels": {"a": "b"}}}, actor="test")
    lines = [json.loads(line) async for line in Watch(store, query, bookmark_every_s=1_000).lines()]

    assert [(line["type"], line["object"]["metadata"]["resourceVersion"]) for line in lines] == [
        ("BOOKMARK", str(store.resource_version))
    ]


async def test_a_client_that_reads_too_slowly_is_cut_off(store: Store) -> None:
    query = WatchQuery(NAMESPACE, Selection(), store.resource_version, 60, bookmarks=False, initial_events=False)
    watch = Watch(store, query)
    for count in range(MAX_WAITING_LINES + 10):
        store.patch(NAMESPACE, "team-a", "", {"metadata": {"annotations": {"count": str(count)}}}, actor="test")

    assert [line async for line in watch.lines()] == []


def test_without_asking_there_are_no_bookmarks(served: Served) -> None:
    with served.watching(f"{MACHINES}?watch=1&timeoutSeconds=1") as events:
        assert list(events) == []


def test_a_selector_turns_leaving_into_deleted_and_entering_into_added(served: Served) -> None:
    start = version(served)
    red, blue = ({"metadata": {"labels": {"color": color}}} for color in ("red", "blue"))
    with served.watching(f"{MACHINES}?watch=1&resourceVersion={start}&labelSelector=color%3Dred") as events:
        served.ask("POST", MACHINES, machine("m"))
        served.ask("PATCH", f"{MACHINES}/m", red, MERGE)
        served.ask("PATCH", f"{MACHINES}/m", {"spec": {"version": "v1"}}, MERGE)
        left = served.ask("PATCH", f"{MACHINES}/m", blue, MERGE)
        served.ask("PATCH", f"{MACHINES}/m", red, MERGE)
        served.ask("DELETE", f"{MACHINES}/m")
        told = list(islice(events, 5))

    assert [event["type"] for event in told] == ["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"]
    assert told[2]["object"]["metadata"]["labels"] == {"color": "red"}
    assert told[2]["object"]["metadata"]["resourceVersion"] == left.body["metadata"]["resourceVersion"]


def test_one_object_can_be_watched_by_name(served: Served) -> None:
    start = version(served)
    for path in (f"{MACHINES}?watch=1&fieldSelector=metadata.name%3Db&", f"{MACHINES}/b?watch=1&"):
        with served.watching(f"{path}resourceVersion={start}") as events:
            served.ask("POST", MACHINES, machine("a"))
            served.ask("POST", MACHINES, machine("b"))
            assert seen(events, 1) == [("ADDED", "b")]


def test_events_are_watched_by_the_object_they_are_about(served: Served) -> None:
    made = {name: served.ask("POST", MACHINES, machine(name)).body for name in "ab"}
    with served.watching(f"{NAMED_EVENTS}?watch=1&fieldSelector=involvedObject.name%3Db") as events:
        for name in "abb":
            served.run(partial(served.store.event, made[name], "Warning", "Slow", "waiting", "controller"))
        told = list(islice(events, 2))

    assert [(event["type"], event["object"]["count"]) for event in told] == [("ADDED", 1), ("MODIFIED", 2)]


def test_other_namespaces_and_kinds_stay_out_of_sight(served: Served) -> None:
    with served.watching(f"{MACHINES}?watch=1") as events:
        served.run(lambda: served.store.create(NAMESPACE, {"metadata": {"name": "team-b"}}, actor="test"))
        other = {**machine("other"), "metadata": {"name": "other", "namespace": "team-b"}}
        served.run(lambda: served.store.create(MACHINE, other, actor="test"))
        served.ask("POST", MACHINES, machine("mine"))

        assert seen(events, 1) == [("ADDED", "mine")]


@pytest.mark.parametrize("at_once", [False, True])
def test_a_version_that_is_forgotten_is_expired_as_an_event_or_as_an_answer(served: Served, at_once: bool) -> None:
    served.server.answers_410_at_once = at_once
    path = f"{MACHINES}?watch=1&resourceVersion=1"
    if at_once:
        reply = served.ask("GET", path)
        status = reply.body
        assert reply.code == 410
    else:
        with served.watching(path) as events:
            (event,) = list(events)
        status = event["object"]
        assert event["type"] == "ERROR"

    assert (status["code"], status["reason"]) == (410, "Expired")
    assert status["message"].startswith("too old resource version: 1 (")


def test_an_open_watch_can_be_expired_in_the_middle(served: Served) -> None:
    with served.watching(f"{MACHINES}?watch=1") as events:
        served.ask("POST", MACHINES, machine("m"))
        first = next(events)
        served.run(served.server.expire_watches)
        rest = list(events)

    assert first["type"] == "ADDED"
    assert [(event["type"], event["object"]["code"]) for event in rest] == [("ERROR", 410)]


def test_a_killed_connection_is_a_protocol_error_and_the_server_goes_on(served: Served) -> None:
    with served.watching(f"{MACHINES}?watch=1") as events:
        served.ask("POST", MACHINES, machine("m"))
        next(events)
        served.run(served.server.drop_connections)
        with pytest.raises(urllib3.exceptions.ProtocolError):
            list(events)
    with served.pool_with_certificate() as fresh:
        assert served.ask("GET", MACHINES, pool=fresh).code == 200


def test_a_watch_resumes_without_loss_however_often_it_is_cut(served: Served) -> None:
    last, told = version(served), []
    for name in "abcdef":
        served.ask("POST", MACHINES, machine(name))
        with served.watching(f"{MACHINES}?watch=1&resourceVersion={last}") as events:
            event = next(events)
        last = event["object"]["metadata"]["resourceVersion"]
        told.append(event["object"]["metadata"]["name"])

    assert told == list("abcdef")
