"""The watcher ends in step with the server, whatever the connection does."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_tui.capi.store import is_older
from lattice_tui.capi.stream import LineSplitter
from tests.capi.model_server import ModelServer, eventually
from tests.capi.watching import cut, in_step, watched


def _watches(server: ModelServer) -> list[str]:
    return [path for path in server.requests if "watch=1" in path]


def _lists(server: ModelServer) -> list[str]:
    return [path for path in server.requests if "machines" in path and "watch=1" not in path]


def test_what_is_there_and_what_changes_is_told(server: ModelServer) -> None:
    server.put("a")
    with watched(server) as (told, _watcher):
        in_step(server, told, "the list")
        server.put("b")
        server.put("a", phase="Running")
        in_step(server, told, "added and modified")
        server.remove("a")
        in_step(server, told, "deleted")

        assert told.gone_names == ["a"]
        assert told.syncs == 1
        assert told.troubles == []


def test_after_an_end_of_stream_it_resumes_from_the_last_version_without_a_list(server: ModelServer) -> None:
    server.watch_faults += ["eof", "eof", "eof"]
    server.put("a")
    with watched(server) as (told, _watcher):
        eventually(lambda: len(_watches(server)) >= 4, "three resumed watches")
        server.put("b")
        in_step(server, told, "the change after the breaks")

        assert len(_lists(server)) == 1
        assert told.changes == 2
        assert "resourceVersion=101" in _watches(server)[0]
        assert all("allowWatchBookmarks=true" in path and "timeoutSeconds=" in path for path in _watches(server))


def test_a_server_that_ends_every_stream_at_once_is_asked_less_and_less(server: ModelServer) -> None:
    server.watch_faults += ["eof"] * 12
    with watched(server) as (told, _watcher):
        eventually(lambda: len(told.delays_s) >= 12, "twelve delays")

        ceilings = [min(30.0, 0.8 * 2**attempt) for attempt in range(12)]
        assert all(delay_s <= ceiling for delay_s, ceiling in zip(told.delays_s, ceilings, strict=False))
        assert max(told.delays_s[6:12]) > 5


@pytest.mark.parametrize("fault", ["410", "410-event"])
def test_an_expired_version_is_listed_again_and_what_is_gone_is_told(server: ModelServer, fault: str) -> None:
    server.put("stays")
    server.put("goes")
    with watched(server) as (told, watcher):
        in_step(server, told, "the first list")
        server.watch_faults += [fault]
        server.objects.pop("goes")
        server.forget_history()
        server.put("new")
        cut(server, watcher)
        in_step(server, told, "the second list")

        assert told.gone_names == ["goes"]
        assert told.syncs == 2
        assert told.troubles == []


@pytest.mark.parametrize("fault", ["410", "410-event"])
def test_expired_again_and_again_does_not_become_a_storm(server: ModelServer, fault: str) -> None:
    server.watch_faults += [fault] * 6
    server.put("a")
    with watched(server) as (told, _watcher):
        eventually(lambda: len(_watches(server)) >= 7, "a watch that holds")
        server.put("b")
        in_step(server, told, "the end of it")

        assert len([delay_s for delay_s in told.delays_s if delay_s > 0]) >= 4
        assert told.changes == 2


def test_a_page_token_that_ran_out_begins_the_list_anew(server: ModelServer) -> None:
    server.page_size = 2
    for name in "abcde":
        server.put(name)
    server.list_faults += ["", "410", ""]
    with watched(server) as (told, _watcher):
        in_step(server, told, "five objects over three pages")

        assert told.syncs == 1
        assert told.troubles == []


def test_silence_on_a_half_open_connection_ends_by_itself(server: ModelServer) -> None:
    server.watch_faults += ["half-open"]
    with watched(server, read_timeout_s=0.3) as (told, _watcher):
        eventually(lambda: server.open_watches > 0, "the silent watch")
        server.put("a")
        in_step(server, told, "the change behind the silence")

        assert "The API server does not answer in time" in told.troubles


@pytest.mark.parametrize(
    "fault",
    ["truncated-line", "cut-chunk", "bad-json", "bad-utf8", "unknown-type", "bare-bookmark", "long-line", "500-event"],
)
def test_a_damaged_stream_loses_nothing(server: ModelServer, fault: str) -> None:
    server.put("a")
    with watched(server) as (told, watcher):
        in_step(server, told, "the list")
        server.watch_faults += [fault]
        cut(server, watcher)
        server.put("b")
        in_step(server, told, "the change")
        server.put("c")
        in_step(server, told, "the next change")


@pytest.mark.parametrize("fault", ["bad-json", "unknown-type", "bare-bookmark", "long-line"])
def test_an_unreadable_line_is_counted_and_what_it_said_is_listed(server: ModelServer, fault: str) -> None:
    server.watch_faults += [fault]
    with watched(server) as (told, watcher):
        eventually(lambda: server.open_watches > 0, "the watch")
        server.put("a")
        in_step(server, told, "the change after the line")
        watcher.reconnect()
        eventually(lambda: told.syncs == 2, "a second list")

        assert watcher.bad_lines == 1


def test_blank_lines_and_repeated_events_change_nothing(server: ModelServer) -> None:
    server.watch_faults += ["repeated"]
    with watched(server) as (told, watcher):
        eventually(lambda: server.open_watches > 0, "the watch")
        server.put("a")
        server.remove("a")
        server.put("b")
        in_step(server, told, "the last state")
        server.watch_faults += ["blank"]
        cut(server, watcher)
        server.put("c")
        in_step(server, told, "the change after blank lines")

        assert told.changes == 3
        assert told.gone_names == ["a"]
        assert watcher.bad_lines == 0


def test_too_many_requests_waits_as_long_as_the_server_says(server: ModelServer) -> None:
    server.list_faults += ["429"]
    server.put("a")
    with watched(server) as (told, _watcher):
        in_step(server, told, "the list after the wait")

        assert 7.0 <= told.delays_s[0] <= 8.0
        assert len(told.troubles) == 1


def test_a_kind_that_is_not_installed_yet_is_waited_for_quietly(server: ModelServer) -> None:
    server.list_faults += ["404", "404", "404"]
    server.put("a")
    with watched(server) as (told, _watcher):
        in_step(server, told, "the kind is there")

        assert told.troubles == []
        assert all(1.0 <= delay_s <= 3.0 for delay_s in told.delays_s[:3])


def test_a_version_the_server_does_not_know_is_given_up_after_two_refusals(server: ModelServer) -> None:
    server.put("a")
    with watched(server) as (told, watcher):
        in_step(server, told, "the list")
        server.watch_faults += ["504", "504"]
        cut(server, watcher)
        eventually(lambda: told.syncs == 2, "a fresh list")


def test_an_unreadable_item_in_a_list_does_not_hide_the_others(server: ModelServer) -> None:
    server.list_faults += ["bad-item"]
    server.put("a")
    with watched(server) as (told, watcher):
        in_step(server, told, "the readable item")

        assert watcher.bad_lines == 1


def test_an_object_made_again_under_its_name_is_another_one(server: ModelServer) -> None:
    server.put("a", uid="first")
    with watched(server) as (told, watcher):
        in_step(server, told, "the first")
        server.put("a", uid="second")
        in_step(server, told, "the second")

        assert told.gone_names == ["a"]
        assert list(told.items) == ["second"]
        assert watcher.bad_lines == 0


def test_a_restarted_server_is_found_again(server: ModelServer) -> None:
    server.put("a")
    with watched(server) as (told, _watcher):
        in_step(server, told, "before")
        server.stop()
        eventually(lambda: "Nothing answers at the API server's address" in told.troubles, "it is noticed")
        server.put("b")
        server.start()
        in_step(server, told, "after")


def test_a_blocked_read_does_not_hold_up_the_end(server: ModelServer) -> None:
    server.watch_faults += ["half-open"]
    with watched(server, read_timeout_s=60) as (_told, watcher):
        eventually(lambda: server.open_watches > 0, "the silent watch")
        started_s = time.monotonic()
        watcher.stop(wait_s=10)

        assert time.monotonic() - started_s < 3
        assert not watcher.is_running


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcd")),
        st.tuples(st.just("remake"), st.sampled_from("abcd")),
        st.tuples(st.just("remove"), st.sampled_from("abcd")),
        st.tuples(
            st.just("fault"),
            st.sampled_from(
                [
                    "eof",
                    "410",
                    "410-event",
                    "500",
                    "500-event",
                    "429",
                    "bad-json",
                    "truncated-line",
                    "cut-chunk",
                    "repeated",
                ]
            ),
        ),
        st.tuples(st.just("list-fault"), st.sampled_from(["500", "410", "bad-item"])),
        st.just(("reconnect", "")),
        st.just(("forget", "")),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_steps)
def test_any_sequence_of_changes_and_faults_ends_in_step(steps: list[tuple[str, str]]) -> None:
    server = ModelServer(page_size=2)
    server.start()
    try:
        with watched(server) as (told, watcher):
            for number, (what, value) in enumerate(steps):
                if what == "put":
                    server.put(value)
                elif what == "remake":
                    server.put(value, uid=f"remade-{number}")
                elif what == "remove" and value in server.objects:
                    server.remove(value)
                elif what == "fault":
                    server.watch_faults.append(value)
                elif what == "list-fault":
                    server.list_faults.append(value)
                elif what == "reconnect":
                    watcher.reconnect()
                elif what == "forget":
                    server.forget_history()
            in_step(server, told, f"after {steps}")
    finally:
        server.stop()


@given(lines=st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line)), cuts=st.lists(st.integers(1, 9)))
def test_lines_are_the_same_however_the_bytes_are_cut(lines: list[bytes], cuts: list[int]) -> None:
    data = whole = b"\n".join([*lines, b""])
    splitter = LineSplitter()
    found = b""
    sizes = iter(cuts)
    while data:
        size = next(sizes, len(data))
        found += splitter.feed(data[:size])
        data = data[size:]

    assert found == whole


def test_a_line_past_the_cap_is_dropped_without_being_kept() -> None:
    splitter = LineSplitter(cap=10)

    pieces = (b"x" * 8, b"x" * 8, b"\nshort\n", b"y" * 6, b"y" * 6 + b"\n", b"end\n")

    assert b"".join(splitter.feed(piece) for piece in pieces) == b"short\nend\n"
    assert splitter.too_long == 2


def test_versions_are_compared_only_when_both_are_numbers() -> None:
    assert is_older("99", "100")
    assert not is_older("100", "100")
    assert not is_older("abc", "100")
    assert not is_older("99", "")
