"""How far a move that was cut off has come: in the states that the real clusterctl was seen to leave when killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lattice_tui.errors import StepFailedError
from lattice_tui.install import whereabouts as places
from lattice_tui.install.clusters import Clusters
from lattice_tui.install.context import Context
from lattice_tui.install.hooks import InstallHooks
from lattice_tui.install.recorder import Recorder
from lattice_tui.install.steps.handing_over import HandOver, hand_over
from lattice_tui.providers.docker.install_hooks import install_hooks
from lattice_tui.rehearsal.api.kinds import CLUSTER, MACHINE, NAMESPACE, SECRET, Kind
from tests.capi.plans import SMALL
from tests.capi.rehearsal_server import RehearsalServer, rehearsal_server

MARK = "clusterctl.cluster.x-k8s.io/delete-for-move"
Things = tuple[tuple[Kind, str], ...]
FIRST: Things = ((CLUSTER, SMALL.name),)
SOME: Things = (*FIRST, (MACHINE, "one"))
EVERYTHING: Things = (*SOME, (MACHINE, "two"), (SECRET, f"{SMALL.name}-ca"))
Sides = Callable[[str, Things, str], None]


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """As much of a run's context as says how far its move has come."""
    hooks = install_hooks("unix:///nowhere")
    return cast("Context", SimpleNamespace(folder=tmp_path, plan=SMALL, clusters=Clusters(tmp_path), hooks=hooks))


@pytest.fixture
def fill(tmp_path: Path) -> Iterator[Sides]:
    """Give one side its objects, paused; the one of that name is marked as clusterctl marks what it deletes."""
    with ExitStack() as stack:

        def fill(side: str, things: Things, marked: str = "") -> None:
            folder = tmp_path / f"{side} server"
            folder.mkdir()
            server = stack.enter_context(rehearsal_server(folder))
            server.do(lambda: _create(server, things, marked))
            (tmp_path / f"{side}.kubeconfig").write_text(server.server.kubeconfig(side))

        yield fill


def _create(server: RehearsalServer, things: Things, marked: str) -> None:
    server.store.create(NAMESPACE, {"metadata": {"name": SMALL.namespace}}, actor="test")
    for kind, name in things:
        metadata: dict[str, Any] = {"name": name, "namespace": SMALL.namespace}
        metadata["labels"] = {"cluster.x-k8s.io/cluster-name": SMALL.name}
        metadata["annotations"] = {MARK: ""} if name == marked else {}
        spec = {} if kind == SECRET else {"spec": {"paused": True} if kind == CLUSTER else {}}
        server.store.create(kind, {"metadata": metadata, **spec}, actor="test")


@pytest.mark.parametrize("across", [(), FIRST, SOME, EVERYTHING], ids=["nothing", "first", "some", "all"])
def test_while_nothing_was_deleted_the_move_may_run_again(ctx: Context, fill: Sides, across: Things) -> None:
    fill("bootstrap", EVERYTHING, "")
    fill("target", across, "")

    assert hand_over(ctx) is HandOver.SOURCE_WHOLE


@pytest.mark.parametrize(
    ("left", "marked"),
    [(EVERYTHING, "two"), (EVERYTHING, f"{SMALL.name}-ca"), (SOME, ""), (FIRST, ""), ((), "")],
    ids=["marked", "secret marked", "some left", "last left", "nothing left"],
)
def test_once_deleting_has_begun_the_target_has_it_all(ctx: Context, fill: Sides, left: Things, marked: str) -> None:
    fill("bootstrap", left, marked)
    fill("target", EVERYTHING, "")

    assert hand_over(ctx) is HandOver.TARGET_WHOLE


def test_a_machine_made_anew_at_an_unpaused_source_does_not_pass_for_deleting(ctx: Context, fill: Sides) -> None:
    fill("bootstrap", (*SOME, (MACHINE, "three")), "")
    fill("target", (*SOME, (MACHINE, "two")), "")

    assert hand_over(ctx) is HandOver.SOURCE_WHOLE


def test_a_target_that_lacks_what_a_half_emptied_source_has_is_not_unpaused(ctx: Context, fill: Sides) -> None:
    fill("bootstrap", EVERYTHING, "two")
    fill("target", SOME, "")

    with pytest.raises(StepFailedError) as refused:
        hand_over(ctx)

    assert refused.value.problem.code == "LT-MOV-001"
    assert "Machine two" in refused.value.problem.detail


def test_a_bootstrap_cluster_that_does_not_answer_has_not_lost_its_objects(ctx: Context, fill: Sides) -> None:
    """The target may have half of everything: unpaused, it would make the other half anew."""
    fill("target", FIRST, "")
    record = cast("Recorder", SimpleNamespace(snapshot=SimpleNamespace(steps=[])))

    with pytest.raises(StepFailedError) as refused:
        places.whereabouts(SMALL, ctx.clusters, cast("InstallHooks", _Still()), record)

    assert refused.value.problem.code == "LT-MOV-002"
    assert f"docker start {SMALL.bootstrap_cluster_name}-control-plane" in refused.value.problem.fix


class _Still:
    """Hooks of a provider whose clusters stay where they are."""

    def api_server(self, _plan: object) -> None:
        return None
