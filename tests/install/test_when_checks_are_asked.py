"""The first step of a resumed run: whether this computer is looked at again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from lattice_tui.install.context import Context
from lattice_tui.install.steps.preparing import probe_checks
from lattice_tui.providers.docker.engine_api import DockerEngine
from schemas.rows import MachineRow
from schemas.snapshot import Snapshot
from tests.checks.fake_engine import FakeEngine, fake_engine

BOOTSTRAP = "/containers/lattice-0123abcd-control-plane/json"


def context(engine: FakeEngine, snapshot: Snapshot) -> Context:
    made = SimpleNamespace(
        has_moved=False,
        docker=DockerEngine(engine.endpoint),
        record=SimpleNamespace(snapshot=snapshot),
        plan=SimpleNamespace(bootstrap_cluster_name="lattice-0123abcd"),
    )
    return cast("Context", made)


@pytest.mark.parametrize(
    ("has_machine", "has_bootstrap", "is_done"),
    [(False, False, False), (False, True, True), (True, False, True)],
)
async def test_a_run_is_not_stopped_by_the_machines_that_it_made_itself(
    has_machine: bool, has_bootstrap: bool, is_done: bool
) -> None:
    """They carry the cluster's name, as somebody else's cluster of that name would."""
    machines = {"1": cast("MachineRow", object())} if has_machine else {}
    with fake_engine() as engine:
        if has_bootstrap:
            engine.answers[BOOTSTRAP] = {"Id": "1", "Name": "/lattice-0123abcd-control-plane"}
        done = await probe_checks(context(engine, Snapshot(state="running", machines=machines)))

    assert (done is not None) == is_done
