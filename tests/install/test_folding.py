"""`reduce` is pure, replay-safe, and splits anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.install.fold import EMPTY, MAX_EVENTS, MAX_LOG, fold, reduce
from schemas import events as e
from schemas.checks import CheckResult
from schemas.events import EVENT, ProgressEvent
from schemas.plan import StepInfo
from schemas.problem import Problem
from schemas.rows import EventRow, MachineRow, ObjectRow

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
STEPS = tuple(StepInfo(id=name, title=name, needs=(), usual_s=(1, 2)) for name in ("checks", "tools", "move"))
NO_PROBLEM = Problem(code="LT-TST-001", title="It broke", fix="Mend it")

names = st.sampled_from(["a", "b", "c"])
uids = st.sampled_from(["1", "2", "3", "4"])
step_names = st.sampled_from([step.id for step in STEPS])


def machine(uid: str, name: str, **facts: Any) -> MachineRow:
    known = {
        "namespace": "n", "role": "worker", "pool": "p", "state": "pending", "phase": "", "ready": "", "reason": "",
        "message": "", "since": "", "created_at": "", "node": "", "address": "", "provider_id": "", "version": "",
    }  # fmt: skip
    return MachineRow(uid=uid, name=name, **{**known, **facts})


def object_row(uid: str, kind: str, name: str) -> ObjectRow:
    return ObjectRow(
        uid=uid, kind=kind, namespace="n", name=name, parent="", desired=1, current=0, phase="", status="",
        reason="", message="", since="",
    )  # fmt: skip


def event_row(uid: str, count: int = 1) -> EventRow:
    return EventRow(uid=uid, at="", kind="Machine", name="a", type="Normal", reason="r", message="m", count=count)


def check(name: str) -> CheckResult:
    return CheckResult(id=name, title=name, status="ok", summary="fine")


def planned() -> tuple[type[Any], dict[str, Any]]:
    return e.RunPlanned, {
        "run_id": "12345678", "cluster": "demo", "provider": "docker", "kubernetes_version": "1.35.0",
        "rehearsal": True, "steps": STEPS, "control_plane_replicas": 1, "pools": (("demo-default", 2),),
    }  # fmt: skip


bodies: st.SearchStrategy[tuple[type[Any], dict[str, Any]]] = st.one_of(
    st.builds(planned),
    st.builds(lambda r: (e.EngineStarted, {"pid": 7, "resumed": r}), st.booleans()),
    st.just((e.EngineStopped, {"signal": "SIGTERM"})),
    st.builds(lambda s: (e.StepStarted, {"step": s}), step_names),
    st.builds(lambda s, t: (e.StepProgress, {"step": s, "text": t, "done": 1, "total": 2}), step_names, names),
    st.builds(lambda s, a: (e.StepDone, {"step": s, "elapsed_s": 1.0, "adopted": a}), step_names, st.booleans()),
    st.builds(lambda s: (e.StepSkipped, {"step": s, "why": "w"}), step_names),
    st.builds(
        lambda s: (e.StepFailed, {"step": s, "elapsed_s": 1.0, "problem": NO_PROBLEM, "exit_code": 42}), step_names
    ),
    st.builds(lambda n: (e.CheckFinished, {"result": check(n)}), names),
    st.just((e.ToolStarted, {"tool_run": 1, "step": "tools", "tool": "kind", "argv": ("kind", "version")})),
    st.just((e.ToolOutput, {"tool_run": 1, "tool": "kind", "stream": "stdout", "line": "v1"})),
    st.builds(
        lambda c: (e.ToolExited, {"tool_run": 1, "tool": "kind", "exit_code": c, "elapsed_s": 1.0}), st.integers(-9, 2)
    ),
    st.builds(lambda u, n: (e.MachineChanged, {"row": machine(u, n)}), uids, names),
    st.builds(lambda u, n: (e.MachineGone, {"uid": u, "name": n}), uids, names),
    st.builds(
        lambda u, k, n: (e.ObjectChanged, {"row": object_row(u, k, n)}),
        uids,
        st.sampled_from(["Cluster", "Node"]),
        names,
    ),
    st.builds(lambda u, n: (e.ObjectGone, {"uid": u, "kind": "Node", "name": n}), uids, names),
    st.builds(lambda u, c: (e.KubernetesEventSeen, {"row": event_row(u, c)}), uids, st.integers(1, 5)),
    st.builds(lambda s: (e.ApiLink, {"side": s, "state": "live"}), st.sampled_from(["bootstrap", "target"])),
    st.just((e.ViewMoved, {"side": "target"})),
    st.just((e.InventoryAdded, {"kind": "kind cluster", "name": "x", "where": "here"})),
    st.just((e.Note, {"level": "warning", "text": "look"})),
    st.just((e.RunFinished, {"outcome": "done", "exit_code": 0, "elapsed_s": 9.0, "kubeconfig": "/k"})),
)


def numbered(found: Sequence[tuple[type[Any], dict[str, Any]]]) -> list[ProgressEvent]:
    return [
        kind(seq=number, at=NOON + timedelta(seconds=number), **facts)
        for number, (kind, facts) in enumerate(found, start=1)
    ]


journals = st.lists(bodies, max_size=40).map(lambda found: numbered([planned(), *found]))


@given(journals, st.integers(0, 41))
def test_folding_in_two_parts_equals_folding_at_once(events: list[ProgressEvent], cut: int) -> None:
    assert fold(events[cut:], fold(events[:cut])) == fold(events)


@given(journals, st.integers(0, 41))
def test_events_seen_before_change_nothing(events: list[ProgressEvent], cut: int) -> None:
    whole = fold(events)

    assert fold(events[cut:], whole) is whole


@given(journals)
def test_what_was_written_to_disk_folds_to_the_same(events: list[ProgressEvent]) -> None:
    read = [EVENT.validate_json(event.model_dump_json()) for event in events]

    assert fold(read) == fold(events)


@given(journals)
def test_no_two_rows_of_one_kind_have_the_same_name(events: list[ProgressEvent]) -> None:
    snapshot = fold(events)
    machines = [row.name for row in snapshot.machines.values()]
    objects = [(row.kind, row.name) for row in snapshot.objects.values()]

    assert all(uid == row.uid for uid, row in snapshot.machines.items())
    assert all(uid == row.uid for uid, row in snapshot.objects.items())
    assert len(machines) == len(set(machines))
    assert len(objects) == len(set(objects))


@given(journals)
def test_a_run_that_is_not_running_has_no_running_step(events: list[ProgressEvent]) -> None:
    snapshot = EMPTY
    for event in events:
        snapshot = reduce(snapshot, event)
        if isinstance(event, e.EngineStopped | e.RunFinished | e.EngineStarted):
            assert not [row for row in snapshot.steps if row.state == "running"]


def test_after_a_move_the_new_uid_takes_the_place_of_the_old_one() -> None:
    snapshot = fold(
        numbered(
            [
                (e.MachineChanged, {"row": machine("1", "a", state="ready")}),
                (e.MachineChanged, {"row": machine("2", "b")}),
                (e.ViewMoved, {"side": "target"}),
                (e.MachineChanged, {"row": machine("9", "a", state="pending")}),
                (e.MachineGone, {"uid": "1", "name": "a"}),
            ]
        )
    )

    assert list(snapshot.machines.values()) == [machine("9", "a"), machine("2", "b")]
    assert snapshot.side == "target"


def test_a_resumed_run_forgets_its_old_failure() -> None:
    events = numbered(
        [
            planned(),
            (e.EngineStarted, {"pid": 7, "resumed": False}),
            (e.StepStarted, {"step": "tools"}),
            (e.StepStarted, {"step": "checks"}),
            (e.StepFailed, {"step": "tools", "elapsed_s": 1.0, "problem": NO_PROBLEM, "exit_code": 20}),
            (e.RunFinished, {"outcome": "failed", "exit_code": 20, "elapsed_s": 2.0, "problem": NO_PROBLEM}),
            (e.EngineStarted, {"pid": 8, "resumed": True}),
        ]
    )
    failed, resumed = fold(events[:-1]), fold(events)

    assert (failed.state, failed.exit_code, failed.problem) == ("failed", 20, NO_PROBLEM)
    assert {row.info.id: row.state for row in failed.steps} == {
        "checks": "waiting", "tools": "failed", "move": "waiting",
    }  # fmt: skip
    assert (resumed.state, resumed.exit_code, resumed.problem, resumed.engine_pid) == ("running", None, None, 8)


def test_only_the_newest_events_and_log_lines_are_kept() -> None:
    seen = [(e.KubernetesEventSeen, {"row": event_row(str(number))}) for number in range(MAX_EVENTS + 5)]
    noise = [(e.Note, {"level": "info", "text": str(number)}) for number in range(MAX_LOG + 5)]
    snapshot = fold(numbered([*seen, *noise]))

    assert [snapshot.events[0].uid, len(snapshot.events)] == ["5", MAX_EVENTS]
    assert [snapshot.log[0].text, len(snapshot.log)] == ["5", MAX_LOG]
