"""Engines that are stopped, killed and taken up again, in the rehearsed world."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import CLUSTER
from lattice_tui.errors import RunHeldError, UsageError
from lattice_tui.install.launch import RunOptions, engine_pid, prepare_run, signal_engine, start_engine
from lattice_tui.install.runs import find_run, runs
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.rehearsal.launch import stop_world
from schemas.events import ApiLink, EngineStopped, InventoryAdded, MachineChanged, MachineGone, Note, ViewMoved
from tests.install.rehearsing import DOCUMENT, TIMEOUT_S, Rehearsal, processes_naming, rehearsal
from tests.polling import eventually

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state"
    for folder in (tmp_path / "state").glob("rehearsals/*"):
        Rehearsal(folder).close()


def test_killed_in_the_middle_of_every_tool_the_run_still_ends_well(state: Path) -> None:
    """What a tool left half done is finished or made anew, and no machine is made twice."""
    run = rehearsal(state)
    for moment in ("bootstrap:9", "providers:6", "network:1", "management:6", "move:2", "move:6", "move:7", "finish:1"):
        assert run.run(killed_at=moment) == -signal.SIGKILL, moment
        assert engine_pid(run.folder) is None
    assert run.run() == 0

    created = Counter(entry["name"] for entry in run.audit("container.create") if "lattice-" not in entry["name"])
    assert len(created) == 4
    assert set(created.values()) == {1}
    listed = {event.name for event in run.events if isinstance(event, InventoryAdded) and event.kind == "container"}
    assert listed == set(created)
    assert run.equals_fresh_lists()
    assert set(run.states.values()) <= {"done", "adopted"}
    assert not (run.folder / "bootstrap.kubeconfig").exists()
    kept = {path.name for path in (run.folder / "move-backup").iterdir()}
    assert {"clusters.json", "machines.json", "secrets.json"} <= kept


def test_stopped_by_a_signal_it_says_so_leaves_no_tool_and_goes_on_later(state: Path) -> None:
    run = rehearsal(state)
    pid = start_engine(run.folder)
    assert engine_pid(run.folder) == pid
    with pytest.raises(RunHeldError, match="Another process"):
        start_engine(run.folder)
    run.until("providers")
    os.kill(pid, signal.SIGHUP)
    assert signal_engine(run.folder, signal.SIGTERM)
    eventually(lambda: engine_pid(run.folder), lambda found: found is None, timeout_s=TIMEOUT_S)

    last = run.events[-1]
    assert isinstance(last, EngineStopped)
    assert last.signal == "SIGTERM"
    assert run.snapshot.state == "stopped"
    assert "running" not in run.states.values()
    tools = [words for words in processes_naming(str(run.folder)) if "lattice_tui.rehearsal.world" not in words]
    assert tools == []
    assert not signal_engine(run.folder, signal.SIGTERM)
    assert run.run() == 0
    _assert_the_move_shows_no_deletion(run)


def _assert_the_move_shows_no_deletion(run: Rehearsal) -> None:
    """clusterctl deletes every object at the source: a person who watches must not see machines go."""
    events = run.events
    moved_at = next(event.seq for event in events if isinstance(event, ViewMoved))
    closed_at = next(event.seq for event in events if isinstance(event, ApiLink) and event.state == "closed")
    names = {event.row.name for event in events if isinstance(event, MachineChanged)}
    after = {event.row.name for event in events if isinstance(event, MachineChanged) and event.seq > moved_at}
    assert closed_at < moved_at
    assert not [event for event in events if isinstance(event, MachineGone)]
    assert names == after
    assert "deleting" not in {event.row.state for event in events if isinstance(event, MachineChanged)}
    assert run.equals_fresh_lists()


def test_stopping_exits_51_and_a_second_signal_leaves_at_once(state: Path) -> None:
    run = rehearsal(state, fault="machine-never-joins", workers=1)
    with run.start() as engine:
        run.until("nodes")
        engine.send_signal(signal.SIGINT)
        assert engine.wait(TIMEOUT_S) == 51
    with run.start() as engine:
        run.until("nodes")
        # Both are waiting when it next looks.
        engine.send_signal(signal.SIGSTOP)
        engine.send_signal(signal.SIGINT)
        engine.send_signal(signal.SIGTERM)
        engine.send_signal(signal.SIGCONT)
        assert engine.wait(TIMEOUT_S) in {130, 143}
    assert [event.seq for event in run.events] == list(range(1, len(run.events) + 1))


def test_a_machine_that_never_joins_is_waited_for_with_a_warning_and_a_reason(state: Path) -> None:
    run = rehearsal(state, fault="machine-never-joins")
    with run.start() as engine:

        def warnings() -> list[str]:
            return [event.text for event in run.events if isinstance(event, Note) and event.level == "warning"]

        said = eventually(warnings, lambda texts: any(text.startswith("nodes") for text in texts), timeout_s=TIMEOUT_S)
        late = [row for row in run.snapshot.machines.values() if row.state != "ready"]
        assert engine.poll() is None
        engine.send_signal(signal.SIGTERM)
        assert engine.wait(TIMEOUT_S) == 51

    assert len(late) == 1
    assert late[0].name in said[-1]
    assert "longer than the usual" in said[-1]


def test_a_finished_run_is_looked_at_and_left_alone_and_one_that_lost_its_machines_is_built_again(state: Path) -> None:
    run = rehearsal(state, workers=0)
    assert run.run() == 0
    audited = (run.folder / "world" / "audit.jsonl").read_text()
    assert run.run() == 0
    assert (run.folder / "world" / "audit.jsonl").read_text() == audited

    # A move that was cut off after the source was emptied and before the target was let go.
    client = KubeClient.from_kubeconfig(run.folder / "target.kubeconfig")
    client.merge_patch(CLUSTER, "practice", {"spec": {"paused": True}}, "capi-practice")
    assert run.run() == 0
    cluster = client.get(CLUSTER, "practice", "capi-practice")
    client.close()
    assert cluster is not None
    assert not cluster["spec"].get("paused")
    assert len([entry for entry in run.audit("tool.start") if entry["argv"][:2] == ["create", "cluster"]]) == 1

    stop_world(run.folder / "world")
    assert run.run() == 0
    assert any(isinstance(event, Note) and "built again" in event.text for event in run.events)
    assert run.equals_fresh_lists()


def test_a_cluster_managed_from_outside_keeps_its_bootstrap_cluster(state: Path) -> None:
    run = rehearsal(state, workers=0, management="external")
    assert run.run() == 0

    assert run.states["management"] == run.states["move"] == "skipped"
    assert run.snapshot.side == "bootstrap"
    assert (run.folder / "bootstrap.kubeconfig").exists()
    assert run.snapshot.kubeconfig == str(run.folder / "target.kubeconfig")
    assert run.equals_fresh_lists(sums_come_later=True)
    assert not [entry for entry in run.audit("tool.start") if entry["tool"] == "kind" and "delete" in entry["argv"]]


def test_a_run_is_kept_for_the_same_document_and_not_mixed_up_with_another(state: Path) -> None:
    def read(workers: int) -> object:
        return read_cluster_bytes((DOCUMENT % {"workers": workers, "management": "self"}).encode())

    options = RunOptions(rehearsal=True, speed=40.0)
    run = rehearsal(state)
    planned = run.events[0].model_dump()
    assert prepare_run(read(2), state, options) == run.folder  # type: ignore[arg-type]
    assert [event.model_dump() for event in run.events] == [planned]
    # Nothing was made yet: another plan takes its place.
    prepare_run(read(3), state, options)  # type: ignore[arg-type]
    assert run.events[0].pools == (("practice-default", 3),)  # type: ignore[union-attr]
    assert run.run(killed_at="bootstrap") == -signal.SIGKILL
    with pytest.raises(UsageError, match="another document"):
        prepare_run(read(1), state, options)  # type: ignore[arg-type]

    assert [(info.name, info.rehearsal) for info in runs(state)] == [("practice", True)]
    assert find_run(state, None).snapshot.cluster == "practice"
    with pytest.raises(UsageError, match="no run called other"):
        find_run(state, "other")
    with pytest.raises(UsageError, match="no run called"):
        find_run(state, "../rehearsals/practice")
    stop_world(run.folder / "world")
    prepare_run(read(1), state, options, fresh=True)  # type: ignore[arg-type]
    assert [event.event for event in run.events] == ["run.planned"]
    assert os.listdir(run.folder.parent) == ["practice"]


def test_a_world_that_ends_under_a_run_ends_the_run_with_its_reason(state: Path) -> None:
    """Nothing would ever answer again: to wait for the machines would be to wait for ever."""
    run = rehearsal(state, management="external", fault="machine-never-joins")
    with run.start() as engine:
        eventually(lambda: run.states["nodes"], lambda step: step == "running", timeout_s=TIMEOUT_S)
        world = json.loads((run.folder / "world" / "world.json").read_bytes())
        os.kill(world["pid"], signal.SIGKILL)

        assert engine.wait(TIMEOUT_S) == 21

    problem = run.snapshot.problem
    assert problem is not None
    assert problem.code == "LT-REH-002"
