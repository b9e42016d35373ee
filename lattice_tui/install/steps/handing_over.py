"""What a `clusterctl move` that was cut off has left at both sides, and whether it may be run again.

Found out with clusterctl v1.13.5 (client/cluster/mover.go): it refuses a source Cluster that is paused, whoever paused
it, so after a cut it only runs again once the source has been unpaused. That is safe while the source is whole.
Once it has begun to delete there it is not: the unpaused controllers of the source would make new machines for those
that are across already, and destroy those that are marked for deletion and still have their finalizers.
But then everything is at the target, since nothing is deleted before the last object has been created.
"""

from __future__ import annotations

from enum import Enum

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.moved_kinds import moved_kinds
from lattice_tui.capi.resources import (
    CLUSTER,
    CLUSTER_NAME_LABEL,
    DELETE_FOR_MOVE,
    SECRET,
    JsonObject,
)
from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.install import files
from lattice_tui.install.context import Context
from schemas.problem import Problem

Found = dict[tuple[str, str], JsonObject]
"""Objects of one side, by kind and name."""


class HandOver(Enum):
    """How far a move has come."""

    SOURCE_WHOLE = "whole"
    """Nothing has been deleted at the source, whatever the target has: the move may run (again)."""
    TARGET_WHOLE = "target"
    """Deleting has begun or is done: everything is at the target, and the source must stay paused."""


def hand_over(ctx: Context) -> HandOver:
    """How far the move of this cluster has come. Blocking.

    Raises StepFailedError when deleting has begun at the source and the target lacks something that is left there:
    no clusterctl leaves such a state, and nothing may be unpaused at either side.
    """
    source, target = (_found(ctx, ctx.clusters.client(side)) for side in ("bootstrap", "target"))
    across = source.keys() <= target.keys()
    if (CLUSTER.kind, ctx.plan.name) not in source:
        # It goes last. Where the target has none either, there is nothing to move, as clusterctl will say.
        return HandOver.TARGET_WHOLE if (CLUSTER.kind, ctx.plan.name) in target else HandOver.SOURCE_WHOLE
    if _has_marks(ctx, source):
        if not across:
            raise StepFailedError(_torn(ctx, sorted(source.keys() - target.keys())), ExitCode.MOVE)
        return HandOver.TARGET_WHOLE
    # What has gone from the source without a mark: it was deleted, and the next one not yet marked.
    return HandOver.TARGET_WHOLE if across and source.keys() < target.keys() else HandOver.SOURCE_WHOLE


def set_paused(client: KubeClient, ctx: Context, *, is_paused: bool) -> None:
    """Pause or unpause the Cluster unless it is so already, or not there. Blocking."""
    found = client.get(CLUSTER, ctx.plan.name, ctx.plan.namespace)
    if found is not None and is_cluster_paused(found) != is_paused:
        # Dropped as clusterctl does, not set to false: nobody is to own the field.
        patch = {"spec": {"paused": True if is_paused else None}}
        client.merge_patch(CLUSTER, ctx.plan.name, patch, ctx.plan.namespace)


def is_cluster_paused(cluster: JsonObject | None) -> bool:
    """Whether `spec.paused` is set; False for none."""
    spec = (cluster or {}).get("spec")
    return isinstance(spec, dict) and spec.get("paused") is True


def _found(ctx: Context, client: KubeClient) -> Found:
    found = {
        (resource.kind, item["metadata"]["name"]): item
        for resource in moved_kinds(ctx.plan.bootstrap, ctx.hooks.kinds)
        for item in client.list(resource, ctx.plan.namespace).items
    }
    of_cluster = f"{CLUSTER_NAME_LABEL}={ctx.plan.name}"
    secrets = client.list(SECRET, ctx.plan.namespace, label_selector=of_cluster).items
    return found | {(SECRET.kind, item["metadata"]["name"]): item for item in secrets}


def _has_marks(ctx: Context, source: Found) -> bool:
    """Whether clusterctl has begun to delete: it marks what it deletes, Secrets that nobody has labelled, too."""
    secrets = ctx.clusters.client("bootstrap").list(SECRET, ctx.plan.namespace).items
    return any(DELETE_FOR_MOVE in (obj["metadata"].get("annotations") or {}) for obj in (*source.values(), *secrets))


def _torn(ctx: Context, missing: list[tuple[str, str]]) -> Problem:
    names = ", ".join(f"{kind} {name}" for kind, name in missing[:5])
    return Problem(
        code="LT-MOV-001",
        title="The bootstrap cluster is being emptied, and the new cluster lacks some of its objects",
        detail=f"Missing there: {names}{', ...' if len(missing) > 5 else ''}. Both sides are left as they are.",
        fix=f"Apply what is missing from {ctx.folder / files.MOVE_BACKUP}, then go on with `lattice resume`.",
        check=f"kubectl --kubeconfig {ctx.clusters.path('target')} get machines -n {ctx.plan.namespace}",
    )
