"""The table of faults between a watcher and its API server: each has an end, driven over real sockets."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lattice_tui.capi.changes import LinkChange
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.clocks import clock_hint
from lattice_tui.capi.connection import Connection, Request
from lattice_tui.capi.kubeconfig import Kubeconfig, KubeconfigError, read_kubeconfig
from lattice_tui.capi.link import Link
from lattice_tui.capi.objects import MachineObject
from lattice_tui.capi.plugin import with_plugin_credentials
from lattice_tui.capi.resources import MACHINE
from lattice_tui.capi.store import Known
from lattice_tui.capi.timing import USUAL
from lattice_tui.capi.watch import Watcher
from tests.capi.faulty_proxy import FaultyProxy, faulty_proxy
from tests.capi.model_server import ModelServer, eventually
from tests.capi.watching import cut, in_step, watched

FASTER = 20.0
"""All of time runs that much faster here: 10 s are half a second."""
TIMING = USUAL.faster(FASTER)
SLACK_S = 1.0
"""For a machine that is busy with other things."""


@dataclass
class Rig:
    """A watcher and its link, behind a proxy, in front of the model server."""

    server: ModelServer
    proxy: FaultyProxy
    versions: dict[str, str] = field(default_factory=dict)
    said: list[LinkChange] = field(default_factory=list)

    def changed(self, item: MachineObject) -> None:
        self.versions[item.metadata.uid] = item.metadata.resource_version

    def gone(self, known: Known) -> None:
        del self.versions[known.uid]

    def settled(self) -> None:
        """Nothing is gathered here."""

    def synced(self) -> None:
        """The versions tell."""

    def in_step(self, what: str) -> None:
        eventually(lambda: dict(self.versions) == self.server.versions(), what)

    def until(self, state: str) -> LinkChange:
        eventually(lambda: bool(self.said) and self.said[-1].state == state, f"the link is {state}")
        return self.said[-1]


@contextmanager
def rigged(server: ModelServer, proxy: FaultyProxy) -> Iterator[Rig]:
    rig = Rig(server, proxy)
    client = KubeClient(Kubeconfig(f"http://127.0.0.1:{proxy.listening_at}"), timeout_s=10 / FASTER)
    watchers: list[Watcher[MachineObject]] = []
    link = Link(
        rig.said.append,
        probe=lambda: client.is_reachable(TIMING.probe_timeout_s),
        on_recover=lambda: watchers[0].reconnect(),  # noqa: PLW0108 - it is made below
        timing=TIMING,
    )
    watchers.append(Watcher(client, MACHINE, MachineObject, rig, link, namespace="n", timing=TIMING))
    server.put("a")
    link.start()
    watchers[0].start()
    try:
        yield rig
    finally:
        link.stop()
        watchers[0].stop()
        client.close()


@pytest.fixture
def rig(server: ModelServer) -> Iterator[Rig]:
    with faulty_proxy(server.port) as proxy, rigged(server, proxy) as made:
        made.in_step("the first list")
        made.until("live")
        yield made


def _stale_then_well(rig: Rig, begin: Callable[[], None], end: Callable[[], None]) -> str:
    """Break it; it is told in 10 s of their time. Mend it; all is well within 60 s. Returns why it was stale."""
    broken_s = time.monotonic()
    begin()
    why = rig.until("stale").why
    assert time.monotonic() - broken_s < 10 / FASTER + SLACK_S
    rig.server.put("b")
    mended_s = time.monotonic()
    end()
    rig.in_step("the change during the fault")
    rig.until("live")
    assert time.monotonic() - mended_s < 60 / FASTER + SLACK_S
    return why


def _fault(rig: Rig, fault: str) -> Callable[[], None]:
    def begin() -> None:
        rig.proxy.fault = fault  # type: ignore[assignment]
        if fault != "half-open":
            rig.proxy.cut()

    return begin


def test_a_refused_connection_is_told_and_found_again(rig: Rig) -> None:
    why = _stale_then_well(rig, rig.proxy.refuse, rig.proxy.listen_again)

    assert why in {"Nothing answers at the API server's address", "the API server does not answer"}


@pytest.mark.parametrize("fault", ["half-open", "drop", "drip", "reset", "truncate"])
def test_a_connection_that_carries_nothing_whole_is_stale_in_ten_seconds_and_well_in_sixty(
    rig: Rig, fault: str
) -> None:
    rig.proxy.drip_s = 5 / FASTER

    _stale_then_well(rig, _fault(rig, fault), _fault(rig, "") if fault != "half-open" else _mend(rig))


def _mend(rig: Rig) -> Callable[[], None]:
    def end() -> None:
        rig.proxy.fault = ""

    return end


def test_a_slow_server_is_not_a_lost_one(rig: Rig) -> None:
    rig.proxy.latency_s = 2 / FASTER
    rig.server.put("b")
    rig.in_step("the late change")
    time.sleep(15 / FASTER)

    assert [one.state for one in rig.said] == ["live"]


def test_a_watch_alone_that_is_half_open_is_opened_again_within_sixty_seconds(server: ModelServer) -> None:
    server.watch_faults += ["half-open"]
    with faulty_proxy(server.port) as proxy, rigged(server, proxy) as rig:
        began_s = time.monotonic()
        rig.in_step("the list")
        eventually(lambda: server.open_watches > 0, "the silent watch")
        server.put("b")
        rig.in_step("the change behind the silence")

        assert time.monotonic() - began_s < 60 / FASTER + SLACK_S


@pytest.mark.parametrize("faults", [["500", "503"] * 4, ["503"], ["500-event"] * 3, ["eof"] * 10])
def test_bursts_of_errors_and_of_ends_lose_nothing(server: ModelServer, faults: list[str]) -> None:
    server.put("a")
    with watched(server) as (told, watcher):
        in_step(server, told, "the list")
        server.watch_faults += faults
        cut(server, watcher)
        server.put("b")
        in_step(server, told, "the change after the burst")

        ceilings = [min(30.0, 0.8 * 2**attempt) for attempt in range(len(told.delays_s))]
        assert all(delay_s <= ceiling for delay_s, ceiling in zip(told.delays_s, ceilings, strict=True))


@pytest.mark.parametrize(
    ("lists", "watches"),
    [(["", "410"], []), ([], ["410"]), ([], ["410-event"]), (["410"], ["410", "410-event"]), ([], ["410", "410"])],
)
def test_what_has_expired_is_listed_again_wherever_it_is_told(
    server: ModelServer, lists: list[str], watches: list[str]
) -> None:
    server.page_size = 1
    server.put("a")
    server.put("b")
    server.list_faults += lists
    server.watch_faults += watches
    with watched(server) as (told, _watcher):
        eventually(lambda: not server.watch_faults and not server.list_faults, "the faults are taken")
        server.put("c")
        in_step(server, told, "the change after them")

        assert told.troubles == []


@pytest.mark.parametrize(("refusals", "asks"), [(1, False), (12, True)])
def test_unknown_credentials_are_renewed_once_and_then_asked_for(
    server: ModelServer, tmp_path: Path, refusals: int, asks: bool
) -> None:
    client = KubeClient.from_kubeconfig(_kubeconfig(tmp_path, server, {"token": "t"}))
    server.put("a")
    with watched(server, client=client) as (told, watcher):
        in_step(server, told, "the list")
        server.watch_faults += ["401"] * refusals
        server.list_faults += ["401"] * (refusals - 1)
        cut(server, watcher)
        server.put("b")
        in_step(server, told, "the change after the refusals")

        assert bool(told.troubles) is asks
        assert all("log in again; then it goes on by itself" in why for why in told.troubles)


def test_what_only_a_person_can_mend_is_told_at_once() -> None:
    said: list[LinkChange] = []
    link = Link(said.append, probe=lambda: True)
    link.contact("machines")
    link.trouble("machines", "log in again", asks=True)

    assert said[-1] == LinkChange("stale", "log in again")


def _kubeconfig(folder: Path, server: ModelServer, user: dict[str, object]) -> Path:
    path = folder / "kubeconfig"
    document = {
        "clusters": [{"name": "c", "cluster": {"server": server.url}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path.write_text(json.dumps(document))
    return path


def test_a_credential_program_that_hangs_is_given_up(server: ModelServer, tmp_path: Path) -> None:
    hanging = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "sleep", "args": ["3"]}}
    path = _kubeconfig(tmp_path, server, {"exec": {**hanging["exec"], "interactiveMode": "Never"}})
    began_s = time.monotonic()
    with pytest.raises(KubeconfigError) as caught:
        with_plugin_credentials(read_kubeconfig(path), path, timeout_s=0.3)

    assert time.monotonic() - began_s < 0.3 + SLACK_S
    assert "did not answer within" in str(caught.value.problem.detail)


@pytest.mark.parametrize(
    ("off_s", "told"),
    [(3600, "1 hour ahead of"), (-3600, "1 hour behind"), (366 * 86400, "366 days ahead of"), (60, ""), (-200, "")],
)
def test_clocks_that_disagree_are_told(off_s: int, told: str) -> None:
    date, there_s = "Mon, 23 Nov 2026 10:00:00 GMT", 1_795_428_000.0

    hint = clock_hint(date, there_s + off_s)

    assert (told in hint) if told else hint == ""
    assert clock_hint("not a date") == ""


@pytest.mark.parametrize("fault", ["null-bookmark", "blank", "repeated"])
def test_odd_but_lawful_lines_cost_nothing(server: ModelServer, fault: str) -> None:
    server.watch_faults += [fault]
    with watched(server) as (told, watcher):
        eventually(lambda: server.open_watches > 0, "the watch")
        server.put("a")
        server.put("b")
        in_step(server, told, "the changes after it")

        assert (watcher.bad_lines, told.syncs) == (0, 1)


def test_an_endless_line_of_fifty_megabytes_is_never_kept(server: ModelServer) -> None:
    server.watch_faults += ["endless-line"]
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with watched(server) as (told, watcher):
        eventually(lambda: server.open_watches > 0, "the watch")
        server.put("a")
        in_step(server, told, "the change after it")
        watcher.reconnect()
        eventually(lambda: told.syncs == 2, "what it hid is listed")

        assert watcher.bad_lines == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 24 * 1024


def test_a_flood_of_events_of_one_object_is_kept_once(server: ModelServer) -> None:
    with watched(server) as (told, _watcher):
        eventually(lambda: server.open_watches > 0, "the watch")
        for number in range(1_500):
            server.put("a", phase=str(number))
        in_step(server, told, "the last of them")

        assert len(told.items) == 1


TABLE = (
    (69, "connection refused, at the start or later", "stale <= 10 s with the reason; retried with backoff; live"),
    (70, "slow drip, slow server", "drip: stale <= 10 s, deadline per answer; slow: live all along"),
    (71, "half-open, drop, reset, truncate of everything", "stale <= 10 s; asked each 3 s; live <= 60 s after it"),
    (71, "half-open, the watch alone", "the server ends a watch in 40-50 s: silence of 55 s opens it again"),
    (72, "429 with Retry-After", "waited for as told, at most 120 s, plus jitter"),
    (73, "bursts of 500 and 503", "backoff 0.8 s x2 to 30 s, full jitter; list after two refusals"),
    (74, "410 on a page, a watch, as an event, again and again", "list and diff; the first at once, then with backoff"),
    (75, "401 in the middle", "credentials renewed once, then the person is asked, at once"),
    (76, "a credential program that hangs", "given up after 10 s: LT-CAPI-121"),
    (77, "self-signed, wrong authority, expired, other name", "four messages, each with the fingerprint"),
    (78, "clocks an hour or a year apart", "the certificate's dates, or the server's Date, blame the clock"),
    (81, "unreadable, truncated, unknown, not UTF-8", "skipped, counted, listed again"),
    (81, "blank, repeated, older, bookmark without a time", "no effect, no list"),
    (81, "endless line, flood", "dropped as it comes: < 24 MiB for 50 MB; one state per object"),
    (82, "another uid under the same name; 10 ends a minute", "the row begins anew; resumed from the last version"),
)  # fmt: skip
ELSEWHERE = {
    72: ("test_watching_with_faults.py", "test_too_many_requests_waits_as_long_as_the_server_says"),
    77: ("test_kubeconfigs.py", "test_certificates_that_are_not_believed_are_told_apart"),
    81: ("test_watching_with_faults.py", "test_a_damaged_stream_loses_nothing"),
    82: ("test_watching_with_faults.py", "test_an_object_made_again_under_its_name_is_another_one"),
}
"""Where a fault is driven that is not driven here."""


def test_every_fault_has_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert {number for number, *_ in TABLE} == {*range(69, 79), 81, 82}
    for file, name in ELSEWHERE.values():
        assert f"def {name}(" in (Path(__file__).parent / file).read_text()
    with capsys.disabled():
        print("\nfault between a watcher and its API server -> end")
        for number, fault, end in TABLE:
            print(f"{number:>4}  {fault:<58.58}  {end}")
    sys.stdout.flush()


def test_a_token_file_is_read_again_before_anybody_refuses_it(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("first")
    path = _kubeconfig(tmp_path, server, {"tokenFile": "token"})
    connection = Connection(read_kubeconfig(path), timeout_s=5, path=path, renew_every_s=0.05)
    connection.send(Request("GET", "/version"))
    (tmp_path / "token").write_text("second")
    time.sleep(0.06)
    connection.send(Request("GET", "/version"))

    assert server.tokens == ["first", "second"]
