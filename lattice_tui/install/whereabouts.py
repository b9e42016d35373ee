"""Which cluster holds the objects, when an engine takes up a run: the one question the journal must not answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiUnreachableError
from lattice_tui.capi.kubeconfig import with_server
from lattice_tui.capi.resources import CLUSTER, JsonObject
from lattice_tui.errors import ExitCode, LatticeError, StepFailedError
from lattice_tui.install import files
from lattice_tui.paths import write_atomically
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.install.clusters import Clusters
    from lattice_tui.install.hooks import InstallHooks
    from lattice_tui.install.recorder import Recorder
    from schemas.plan import ClusterPlan


PATIENCE_S = 20.0
"""For the bootstrap cluster's API, once a move was cut off: without it nothing says how far that move came."""
RETRY_S = 1.0
Whereabouts = Literal["bootstrap", "both", "target"]
"""`both`: a move was cut off; the source may have lost some of its objects, and its Cluster is paused."""


def repoint(plan: ClusterPlan, clusters: Clusters, hooks: InstallHooks) -> None:
    """Write the way to the new cluster's API anew: a restart of this computer may have changed it. Blocking."""
    server = hooks.api_server(plan)
    if server is not None and clusters.client("target").server != server:
        path = clusters.path("target")
        write_atomically(path, with_server(path.read_bytes(), server))


def whereabouts(plan: ClusterPlan, clusters: Clusters, hooks: InstallHooks, record: Recorder) -> Whereabouts:
    """Where the cluster's objects are; `target` when the new cluster holds all of its own. Blocking.

    Raises StepFailedError when it did hold them, still stands, and does not answer: building again beside it
    would end in two clusters of one name.
    """
    if not clusters.has("target"):
        return "bootstrap"
    try:
        repoint(plan, clusters, hooks)
        found = _cluster_at(clusters.client("target"), plan)
    except LatticeError as error:
        return "target" if _was_moved(plan, clusters, hooks, record, error) else "bootstrap"
    if found is None:
        return "bootstrap"
    if not _is_paused(found):
        return "target"
    # Paused at the target: a move was cut off, unless one is on record as done and somebody has paused it since. The
    # source loses its Cluster last, after everything is across.
    return "both" if not _is_over(record) and _is_at_source(plan, clusters) else "target"


def _is_over(record: Recorder) -> bool:
    """Whether a move is on record as done."""
    return any(row.info.id == "move" and row.state in ("done", "adopted") for row in record.snapshot.steps)


def _is_at_source(plan: ClusterPlan, clusters: Clusters) -> bool:
    """Whether the bootstrap cluster has the Cluster still. No answer is not a no: the target may have half of it all.

    Raises StepFailedError when it does not answer.
    """
    deadline = time.monotonic() + PATIENCE_S
    while clusters.has("bootstrap"):
        try:
            return _cluster_at(clusters.client("bootstrap"), plan) is not None
        except ApiUnreachableError:
            if time.monotonic() >= deadline:
                break
        time.sleep(RETRY_S)
    raise StepFailedError(_unanswered(plan, clusters), ExitCode.MOVE)


def _unanswered(plan: ClusterPlan, clusters: Clusters) -> Problem:
    name, kubeconfig = plan.bootstrap_cluster_name, clusters.path("bootstrap")
    return Problem(
        code="LT-MOV-002",
        title="A move was cut off, and the bootstrap cluster does not answer",
        detail=f"Only {name} knows whether {plan.name} is complete on its own side; nothing is unpaused or made anew.",
        fix=f"docker start {name}-control-plane; kind export kubeconfig --name {name} --kubeconfig {kubeconfig}",
        check=f"kubectl --kubeconfig {kubeconfig} version",
    )


def _was_moved(
    plan: ClusterPlan, clusters: Clusters, hooks: InstallHooks, record: Recorder, error: LatticeError
) -> bool:
    # The first deed of a move. Once it has begun, what the source lacks may be in the cluster that does not answer.
    has_begun = (clusters.path("bootstrap").parent / files.MOVE_BACKUP).is_dir()
    may_have_moved = _is_over(record) or (has_begun and not _is_untouched(plan, clusters))
    if not may_have_moved:
        return False
    machines = hooks.machines(plan)
    if not machines:
        record.warn(f"nothing is left of {plan.name}; it is built again")
        clusters.path("target").unlink(missing_ok=True)
        return False
    raise StepFailedError(
        Problem(
            code="LT-RUN-006",
            title=f"{plan.name} was built, and does not answer now",
            detail=f"{error.problem.title}. {len(machines)} of its machines are there; nothing is built beside them.",
            fix=f"Start them: docker start {' '.join(machines)}",
            check=f"kubectl --kubeconfig {clusters.path('target')} get nodes",
        ),
        ExitCode.MACHINES,
    ) from error


def _is_untouched(plan: ClusterPlan, clusters: Clusters) -> bool:
    """Whether the bootstrap cluster has the Cluster and looks after it, so that no move has got anywhere."""
    found = clusters.ask("bootstrap", lambda client: _cluster_at(client, plan))
    return found is not None and not _is_paused(found)


def _cluster_at(client: KubeClient, plan: ClusterPlan) -> JsonObject | None:
    return client.get(CLUSTER, plan.name, plan.namespace)


def _is_paused(cluster: JsonObject) -> bool:
    return (cluster.get("spec") or {}).get("paused") is True
