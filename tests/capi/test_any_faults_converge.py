"""Whatever happens, in whatever order: once it stops happening, the watcher knows what the server has."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.capi.faulty_proxy import faulty_proxy
from tests.capi.model_server import ModelServer
from tests.capi.test_the_watchers_faults import Rig, rigged

_NAMES = st.sampled_from("abcd")
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), _NAMES),
        st.tuples(st.just("remake"), _NAMES),
        st.tuples(st.just("remove"), _NAMES),
        st.tuples(st.just("forget"), st.just("")),
        st.tuples(
            st.just("watch"), st.sampled_from(["410", "410-event", "500-event", "503", "401", "eof", "bad-json"])
        ),
        st.tuples(
            st.just("watch"),
            st.sampled_from(
                [
                    "truncated-line",
                    "cut-chunk",
                    "repeated",
                    "bad-utf8",
                    "unknown-type",
                    "bare-bookmark",
                    "null-bookmark",
                ]
            ),
        ),
        st.tuples(st.just("list"), st.sampled_from(["500", "410", "bad-item"])),
        st.tuples(st.just("wire"), st.sampled_from(["", "drop", "half-open", "reset", "truncate", "cut"])),
    ),
    max_size=20,
)


def _do(rig: Rig, number: int, what: str, value: str) -> None:
    if what in {"put", "remake"}:
        rig.server.put(value, uid=f"remade-{number}" if what == "remake" else "")
    elif what == "remove" and value in rig.server.objects:
        rig.server.remove(value)
    elif what == "forget":
        rig.server.forget_history()
    elif what == "watch":
        rig.server.watch_faults.append(value)
    elif what == "list":
        rig.server.list_faults.append(value)
    elif value == "cut":
        rig.proxy.cut()
    elif what == "wire":
        rig.proxy.after_bytes = number * 40
        rig.proxy.fault = value  # type: ignore[assignment]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_steps)
def test_any_script_of_events_and_faults_ends_in_the_servers_state(steps: list[tuple[str, str]]) -> None:
    server = ModelServer(page_size=2)
    server.start()
    try:
        with faulty_proxy(server.port) as proxy, rigged(server, proxy) as rig:
            for number, (what, value) in enumerate(steps):
                _do(rig, number, what, value)
            proxy.fault = ""
            rig.in_step(f"after {steps}")
            rig.until("live")
    finally:
        server.stop()
