"""The headless door: one stream of events, and nothing but it on standard output."""

from __future__ import annotations

import json
import typing

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.listing import rows_from_lists
from lattice_tui.install.fold import fold
from schemas import events as event_types
from schemas.snapshot import Snapshot
from tests.whole_way.runs import FinishedRun


def test_standard_output_holds_nothing_but_the_journal(finished: FinishedRun) -> None:
    printed = finished.result.stdout.splitlines()
    journalled = (finished.folder / "journal.jsonl").read_text().splitlines()

    assert printed == journalled
    assert all(isinstance(json.loads(line), dict) for line in printed)


def test_sequence_numbers_have_no_gap_and_time_never_runs_back(finished: FinishedRun) -> None:
    events = finished.events

    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_no_event_carries_a_snapshot() -> None:
    """By type: no field of any event can hold one, or a collection of rows that would amount to one."""
    union = typing.get_args(typing.get_args(event_types.ProgressEvent)[0])

    assert len(union) > 15
    for model in union:
        for name, field in model.model_fields.items():
            assert Snapshot.__name__ not in repr(field.annotation), (model, name)
            assert "tuple[schemas.rows" not in repr(field.annotation), (model, name)


def test_folded_events_equal_a_snapshot_of_fresh_lists(finished: FinishedRun) -> None:
    snapshot = fold(finished.events)
    client = KubeClient.from_kubeconfig(finished.kubeconfig)
    machines, objects = rows_from_lists(client, namespace="capi-practice", cluster="practice")
    client.close()

    assert snapshot.state == "done"
    assert len(machines) == 3
    assert dict(snapshot.machines) == machines
    assert dict(snapshot.objects) == objects


def test_every_step_ended_and_the_kubeconfig_is_private(finished: FinishedRun) -> None:
    snapshot = fold(finished.events)

    assert {step.info.id: step.state for step in snapshot.steps} == {step.info.id: "done" for step in snapshot.steps}
    assert snapshot.kubeconfig == str(finished.kubeconfig)
    assert finished.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert {row.state for row in snapshot.machines.values()} == {"ready"}
