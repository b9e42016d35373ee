"""Which cluster holds the objects, when an engine takes up a run: the one question the journal must not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import with_server
from lattice_tui.capi.resources import CLUSTER, JsonObject
from lattice_tui.errors import ExitCode, LatticeError, StepFailedError
from lattice_tui.paths import write_atomically
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.install.clusters import Clusters
    from lattice_tui.install.hooks import InstallHooks
    from lattice_tui.install.recorder import Recorder
    from schemas.plan import ClusterPlan


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
    # Paused at the target: a move was cut off. The source loses its Cluster last, after everything is across.
    is_at_source = clusters.ask("bootstrap", lambda client: _cluster_at(client, plan)) is not None
    return "both" if is_at_source else "target"


def _was_moved(
    plan: ClusterPlan, clusters: Clusters, hooks: InstallHooks, record: Recorder, error: LatticeError
) -> bool:
    moved_before = any(row.info.id == "move" and row.state in ("done", "adopted") for row in record.snapshot.steps)
    if not moved_before:
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


def _cluster_at(client: KubeClient, plan: ClusterPlan) -> JsonObject | None:
    return client.get(CLUSTER, plan.name, plan.namespace)


def _is_paused(cluster: JsonObject) -> bool:
    return (cluster.get("spec") or {}).get("paused") is True
