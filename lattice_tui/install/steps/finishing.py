"""`finish`: the new cluster is tested, the temporary one removed."""

from __future__ import annotations

import asyncio

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.listing import node_rows, rows_from_lists
from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.install.context import Context
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps.bootstrapping import container_name, delete_bootstrap
from schemas.problem import Problem

POLL_S = 0.5
NODE_PATIENCE = 120
"""Looks at the Nodes, half a second apart: every Machine was ready a moment ago."""


def _keeps_bootstrap(ctx: Context) -> bool:
    return ctx.plan.management == "external"


async def probe_finish(ctx: Context) -> Done | None:
    """The kubeconfig works, every node is ready, and of the temporary cluster nothing is left."""
    if not ctx.has_moved or ctx.clusters.has("bootstrap"):
        return None
    unready = await asyncio.to_thread(ctx.clusters.ask, "target", lambda client: _unready(client, ctx))
    if unready is None or unready:
        return None
    if await asyncio.to_thread(ctx.docker.container, container_name(ctx)) is not None:
        return None
    return Done(_summary(ctx))


async def finish(ctx: Context) -> str:
    """Test the kubeconfig, then remove the bootstrap cluster unless it is to stay."""
    await _test(ctx)
    if _keeps_bootstrap(ctx):
        return f"{_summary(ctx)}; managed from kind cluster {ctx.plan.bootstrap_cluster_name}"
    if await asyncio.to_thread(ctx.docker.container, container_name(ctx)) is not None:
        ctx.record.progress("finish", "removing the bootstrap cluster")
        await delete_bootstrap(ctx, "finish")
    ctx.clusters.path("bootstrap").unlink(missing_ok=True)
    return _summary(ctx)


async def settle(ctx: Context) -> None:
    """Bring the journal up to fresh lists, so that the last Snapshot is what stands."""
    side = ctx.record.snapshot.side
    machines, objects = await patiently(
        ctx.record,
        "finish",
        lambda: rows_from_lists(
            ctx.clusters.client(side),
            namespace=ctx.plan.namespace,
            cluster=ctx.plan.name,
            infrastructure=ctx.hooks.kinds,
        ),
    )
    ctx.follower.settle(machines, objects)


async def _test(ctx: Context) -> None:
    ctx.record.progress("finish", "testing the new cluster's kubeconfig")
    unready: list[str] | None = None
    for _ in range(NODE_PATIENCE):
        unready = await asyncio.to_thread(ctx.clusters.ask, "target", lambda client: _unready(client, ctx))
        if unready == []:
            return
        waiting_for = ", ".join(unready) if unready else "the API server"
        ctx.record.progress("finish", f"waiting for {waiting_for}")
        await asyncio.sleep(POLL_S)
    raise StepFailedError(_problem(ctx, unready), ExitCode.MACHINES)


def _unready(client: KubeClient, ctx: Context) -> list[str]:
    """Names of the nodes that are not ready; one word when there is none at all. Blocking."""
    client.version()
    rows = node_rows(client, cluster=ctx.plan.name)
    return [row.name for row in rows.values() if row.status != "True"] if rows else ["a first node"]


def _problem(ctx: Context, unready: list[str] | None) -> Problem:
    path = ctx.clusters.path("target")
    return Problem(
        code="LT-FIN-001",
        title="The new cluster is not as ready as it was",
        detail=f"Not ready: {', '.join(unready)}" if unready else "Its API server does not answer.",
        fix="Look at the machines, then go on with `lattice resume`; nothing was removed.",
        check=f"kubectl --kubeconfig {path} get nodes",
    )


def _summary(ctx: Context) -> str:
    return f"kubeconfig: {ctx.clusters.path('target')}"
