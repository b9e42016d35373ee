"""`management` and `move`: the new cluster becomes its own management cluster."""

from __future__ import annotations

import asyncio
import json
from functools import partial

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiError, ApiUnreachableError
from lattice_tui.capi.moved_kinds import moved_kinds
from lattice_tui.capi.resources import CLUSTER, CONFIG_MAP, NAMESPACE, NODE, SECRET
from lattice_tui.errors import StepFailedError
from lattice_tui.install import files
from lattice_tui.install.context import Context
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps.capi_providers import install_providers, probe_installed
from lattice_tui.install.steps.cluster import is_complete, nodes_wait
from lattice_tui.install.steps.handing_over import (
    HandOver,
    hand_over,
    is_cluster_paused,
    set_paused,
)
from lattice_tui.paths import private_folder, write_atomically
from lattice_tui.tools.process import ToolCall

CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane"
MOVE_TIMEOUT_S = 900.0
MOVE_TRIES = 2
"""Most of what makes a move fail passes: an API server that is away, a webhook that does not answer yet."""
WEBHOOK_PATIENCE = 60
RETRY_S = 1.0


async def probe_management(ctx: Context) -> Done | None:
    """Every provider is in the new cluster, and its controller is available."""
    return await probe_installed(ctx, "target")


async def init_target(ctx: Context) -> str:
    """Install Cluster API in the new cluster."""
    if ctx.plan.control_plane_replicas == 1 and not any(pool.replicas for pool in ctx.plan.pools):
        await patiently(ctx.record, "management", partial(_untaint, ctx.clusters.client("target")))
    return await install_providers(ctx, "management", "target")


def _untaint(client: KubeClient) -> None:
    """cert-manager does not tolerate the control plane's taint, and there is nowhere else to run it. Blocking."""
    for node in client.list(NODE).items:
        taints = (node.get("spec") or {}).get("taints") or []
        kept = [taint for taint in taints if taint.get("key") != CONTROL_PLANE_TAINT]
        if len(kept) < len(taints):
            client.merge_patch(NODE, node["metadata"]["name"], {"spec": {"taints": kept or None}})


async def probe_move(ctx: Context) -> Done | None:
    """The Cluster is at the target, at work, and complete."""
    if not ctx.has_moved:
        return None
    await ctx.follower.follow("target")
    client = ctx.clusters.client("target")
    if is_cluster_paused(
        await patiently(ctx.record, "move", partial(client.get, CLUSTER, ctx.plan.name, ctx.plan.namespace))
    ):
        return None
    facts = await ctx.follower.listed()
    return Done(_summary(ctx)) if facts.available and is_complete(ctx, facts) else None


async def move(ctx: Context) -> str:
    """Back up, move, and follow until the cluster is complete again under its own management."""
    if not ctx.has_moved:
        await _await_webhooks(ctx)
        if not ctx.is_moving:
            # Half of the objects would take the place of all of them.
            await patiently(ctx.record, "move", partial(_back_up, ctx))
        # Stopped first: what clusterctl deletes at the source has not gone away.
        await ctx.follower.stop()
        await _clusterctl_move(ctx)
    # A move that was cut off after its last object leaves the Cluster paused there.
    await patiently(ctx.record, "move", lambda: set_paused(ctx.clusters.client("target"), ctx, is_paused=False))
    await patiently(ctx.record, "move", partial(_tag_namespace, ctx))
    await ctx.follower.follow("target")
    await ctx.follower.wait_until(
        "move",
        lambda facts: facts.exists and not facts.paused and facts.available and is_complete(ctx, facts),
        lambda facts: nodes_wait(ctx, facts),
    )
    return _summary(ctx)


async def _clusterctl_move(ctx: Context) -> None:
    call = ToolCall(
        "clusterctl",
        (
            *("move", "--kubeconfig", str(ctx.clusters.path("bootstrap"))),
            *("--to-kubeconfig", str(ctx.clusters.path("target")), "--namespace", ctx.plan.namespace),
        ),
        timeout_s=MOVE_TIMEOUT_S,
    )
    for left in reversed(range(MOVE_TRIES)):
        if await patiently(ctx.record, "move", partial(_made_ready, ctx)) is HandOver.TARGET_WHOLE:
            return
        ctx.record.progress("move", "moving the cluster's objects")
        try:
            # Half moved is the one state in which neither cluster looks after the machines.
            await ctx.bench.run("move", call, may_be_cut=False)
            return
        except StepFailedError as error:
            if left:
                ctx.record.warn(f"the move failed and is tried again: {error.problem.detail}")
            elif await patiently(ctx.record, "move", partial(hand_over, ctx)) is HandOver.SOURCE_WHOLE:
                # Left paused: what its controllers changed now, the half at the target would not know of.
                raise


def _made_ready(ctx: Context) -> HandOver:
    """How far the move has come, with the source as the next step needs it. Blocking."""
    state = hand_over(ctx)
    # What an earlier move has left is paused, which the next one refuses. What is half deleted must stay so.
    set_paused(ctx.clusters.client("bootstrap"), ctx, is_paused=state is HandOver.TARGET_WHOLE)
    return state


async def _await_webhooks(ctx: Context) -> None:
    """A webhook may refuse connections for a while after its controller is available: a trial create tells."""
    client = ctx.clusters.client("target")
    trial = {
        "apiVersion": CLUSTER.api_version,
        "kind": CLUSTER.kind,
        "metadata": {"name": "lattice-trial", "namespace": "default"},
        "spec": {"clusterNetwork": {"pods": {"cidrBlocks": [ctx.plan.pod_cidr]}}, "paused": True},
    }
    for left in reversed(range(WEBHOOK_PATIENCE)):
        try:
            await asyncio.to_thread(lambda: client.create(trial, dry_run=True))
            return
        except (ApiError, ApiUnreachableError) as error:
            if isinstance(error, ApiError) and error.status < 500:
                # It was looked at and refused: the webhook answers.
                return
            if not left:
                raise
        ctx.record.progress("move", "waiting for the new cluster to accept Cluster API objects")
        await asyncio.sleep(RETRY_S)


def _back_up(ctx: Context) -> None:
    """Write every object that is about to move, Secrets included, into a private folder. Blocking."""
    folder = private_folder(ctx.folder / files.MOVE_BACKUP)
    client = ctx.clusters.client("bootstrap")
    for resource in (*moved_kinds(ctx.plan.bootstrap, ctx.hooks.kinds), SECRET, CONFIG_MAP):
        items = client.list(resource, ctx.plan.namespace).items
        typed = [{"apiVersion": resource.api_version, "kind": resource.kind, **item} for item in items]
        write_atomically(folder / f"{resource.plural}.json", json.dumps(typed, indent=1).encode())


def _tag_namespace(ctx: Context) -> None:
    """clusterctl makes the namespace bare; with our labels it is found again. Blocking."""
    for manifest in ctx.hooks.manifests(ctx.plan):
        if manifest["kind"] == NAMESPACE.kind:
            ctx.clusters.client("target").apply(dict(manifest))


def _summary(ctx: Context) -> str:
    return f"{ctx.plan.name} looks after itself"
