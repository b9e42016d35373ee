"""`management` and `move`: the new cluster becomes its own management cluster."""

from __future__ import annotations

import asyncio
import json
from functools import partial

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiError, ApiUnreachableError
from lattice_tui.capi.resources import (
    CLUSTER,
    CONFIG_MAP,
    KUBEADM_CONFIG,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NAMESPACE,
    NODE,
    SECRET,
)
from lattice_tui.errors import StepFailedError
from lattice_tui.install import files
from lattice_tui.install.context import Context
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps.capi_providers import install_providers, probe_installed
from lattice_tui.install.steps.cluster import is_complete, nodes_wait
from lattice_tui.paths import private_folder, write_atomically
from lattice_tui.tools.process import ToolCall

CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane"
MOVE_TIMEOUT_S = 900.0
MOVE_TRIES = 2
"""A failed move is mended by running it again: the source is emptied only after everything is at the target."""
WEBHOOK_PATIENCE = 60
RETRY_S = 1.0
SAVED = (
    CLUSTER, KUBEADM_CONTROL_PLANE, MACHINE_DEPLOYMENT, MACHINE_SET, MACHINE, KUBEADM_CONFIG, KUBEADM_CONFIG_TEMPLATE,
    SECRET, CONFIG_MAP,
)  # fmt: skip


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
    look = partial(_cluster_at, ctx.clusters.client("target"), ctx)
    if _is_paused(await patiently(ctx.record, "move", look)):
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
    await patiently(ctx.record, "move", partial(_unpause, ctx))
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
        await patiently(ctx.record, "move", partial(_unpause_untouched_source, ctx))
        ctx.record.progress("move", "moving the cluster's objects")
        try:
            # Half moved is the one state in which neither cluster looks after the machines.
            await ctx.bench.run("move", call, may_be_cut=False)
            return
        except StepFailedError as error:
            if not left:
                raise
            ctx.record.warn(f"the move failed and is tried again: {error.problem.detail}")


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
    kinds = ctx.hooks.kinds
    for resource in (*SAVED, kinds.cluster, kinds.machine, kinds.machine_template):
        items = client.list(resource, ctx.plan.namespace).items
        typed = [{"apiVersion": resource.api_version, "kind": resource.kind, **item} for item in items]
        write_atomically(folder / f"{resource.plural}.json", json.dumps(typed, indent=1).encode())


def _tag_namespace(ctx: Context) -> None:
    """clusterctl makes the namespace bare; with our labels it is found again. Blocking."""
    for manifest in ctx.hooks.manifests(ctx.plan):
        if manifest["kind"] == NAMESPACE.kind:
            ctx.clusters.client("target").apply(dict(manifest))


def _unpause(ctx: Context) -> None:
    """A move that was cut off at its very end leaves the Cluster paused at the target. Blocking."""
    client = ctx.clusters.client("target")
    if _is_paused(_cluster_at(client, ctx)):
        client.merge_patch(CLUSTER, ctx.plan.name, {"spec": {"paused": None}}, ctx.plan.namespace)


def _unpause_untouched_source(ctx: Context) -> None:
    """A move that failed before it created anything leaves the source paused, which the next one refuses. Blocking.

    Once the target has the Cluster, the source stays paused: its controllers must not act on half of the objects.
    """
    if _cluster_at(ctx.clusters.client("target"), ctx) is not None:
        return
    source = ctx.clusters.client("bootstrap")
    if _is_paused(_cluster_at(source, ctx)):
        source.merge_patch(CLUSTER, ctx.plan.name, {"spec": {"paused": None}}, ctx.plan.namespace)


def _cluster_at(client: KubeClient, ctx: Context) -> dict[str, object] | None:
    return client.get(CLUSTER, ctx.plan.name, ctx.plan.namespace)


def _is_paused(cluster: dict[str, object] | None) -> bool:
    spec = (cluster or {}).get("spec")
    return isinstance(spec, dict) and spec.get("paused") is True


def _summary(ctx: Context) -> str:
    return f"{ctx.plan.name} looks after itself"
