"""`objects`, `control-plane` and `nodes`: from a description to machines that are all ready."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from functools import partial
from typing import Any

from lattice_tui.capi.changes import ClusterFacts
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiError, ApiUnreachableError
from lattice_tui.capi.kubeconfig import with_server
from lattice_tui.capi.manifests import DIGEST_ANNOTATION, yaml_text
from lattice_tui.capi.resources import SECRET, JsonObject, resource_for
from lattice_tui.install import files
from lattice_tui.install.clusters import is_answering
from lattice_tui.install.context import Context
from lattice_tui.install.following import Wait
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.whereabouts import repoint
from lattice_tui.paths import write_atomically
from schemas.events import Side

WEBHOOK_PATIENCE = 20
"""Tries of one object: a webhook may refuse connections for some seconds after its controller is available."""
RETRY_S = 1.0
POLL_S = 0.25


def side_of(ctx: Context) -> Side:
    """Where the cluster's objects are."""
    return "target" if ctx.has_moved else "bootstrap"


async def probe_objects(ctx: Context) -> Done | None:
    """Every object is there as we would make it; what has moved has been complete once, and may have changed since."""
    if ctx.has_moved:
        await ctx.follower.follow("target")
        return Done("they are in the cluster itself")
    if ctx.is_moving:
        # What is missing here is across already: making it anew would be making it twice.
        return Done("they are being handed over")
    if not ctx.clusters.has("bootstrap"):
        return None
    manifests = ctx.hooks.manifests(ctx.plan)
    client = ctx.clusters.client("bootstrap")
    for manifest in manifests:
        if not await patiently(ctx.record, "objects", partial(_is_there, client, manifest)):
            return None
    await ctx.follower.follow("bootstrap")
    return Done(f"{len(manifests)} objects")


async def apply_objects(ctx: Context) -> str:
    """Apply the namespace and the Cluster API objects, each one whole; what is there already is left as it is."""
    manifests = ctx.hooks.manifests(ctx.plan)
    write_atomically(ctx.folder / files.MANIFESTS, yaml_text([dict(manifest) for manifest in manifests]).encode())
    ctx.record.inventory("Namespace", ctx.plan.namespace, "the management cluster")
    ctx.record.inventory("Cluster", f"{ctx.plan.namespace}/{ctx.plan.name}", "the management cluster")
    # From before the first object, so that nothing of its story is missed.
    await ctx.follower.follow("bootstrap")
    for number, manifest in enumerate(manifests):
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        ctx.record.progress("objects", f"applying {name}", number, len(manifests))
        await _apply(ctx, dict(manifest))
    return f"{len(manifests)} objects in {ctx.plan.namespace}"


async def _apply(ctx: Context, manifest: JsonObject) -> None:
    client = ctx.clusters.client("bootstrap")
    for left in reversed(range(WEBHOOK_PATIENCE)):
        try:
            await asyncio.to_thread(client.apply, manifest)
            return
        except (ApiError, ApiUnreachableError) as error:
            if not left or not _may_pass(error):
                raise
            ctx.record.progress("objects", f"waiting for the API server: {error.problem.detail}")
        await asyncio.sleep(RETRY_S)


def _may_pass(error: ApiError | ApiUnreachableError) -> bool:
    """A webhook that does not answer yet is an internal error (500) of the API server."""
    return isinstance(error, ApiUnreachableError) or error.status >= 500 or error.status == 429


def _is_there(client: KubeClient, manifest: Mapping[str, Any]) -> bool:
    metadata = manifest["metadata"]
    found = client.get(resource_for(dict(manifest)), metadata["name"], metadata.get("namespace", ""))
    if found is None:
        return False
    annotations = found["metadata"].get("annotations") or {}
    return bool(annotations.get(DIGEST_ANNOTATION) == metadata["annotations"][DIGEST_ANNOTATION])


async def probe_control_plane(ctx: Context) -> Done | None:
    """Our kubeconfig is there and the new cluster's API answers to it."""
    if not ctx.clusters.has("target"):
        return None
    await asyncio.to_thread(repoint, ctx.plan, ctx.clusters, ctx.hooks)
    if not await asyncio.to_thread(ctx.clusters.ask, "target", is_answering):
        return None
    if not ctx.is_moving:
        await ctx.follower.follow(side_of(ctx))
    return Done("the API server answers")


async def await_control_plane(ctx: Context) -> str:
    """Wait for the first control plane, take the kubeconfig, and wait until the API answers to it."""
    await ctx.follower.follow(side_of(ctx))
    await ctx.follower.wait_until(
        "control-plane",
        lambda facts: facts.control_plane_initialized and facts.endpoint is not None,
        lambda facts: Wait(_control_plane_words(facts)),
    )
    if not ctx.has_moved:
        await _take_kubeconfig(ctx)
    ctx.record.progress("control-plane", "waiting for the API server to answer")
    while True:
        if await asyncio.to_thread(ctx.clusters.ask, "target", is_answering):
            break
        await asyncio.sleep(POLL_S)
    await _list_machines(ctx)
    version = await patiently(ctx.record, "control-plane", ctx.clusters.client("target").version)
    return f"Kubernetes {version} answers"


def _control_plane_words(facts: ClusterFacts) -> str:
    if not facts.exists:
        return "waiting for the Cluster object"
    if not facts.infrastructure_provisioned:
        return "waiting for the load balancer and the network"
    first = next((row for row in facts.machines.values() if row.role == "control-plane"), None)
    if first is None:
        return "waiting for the first machine"
    if first.state in ("pending", "creating"):
        return f"waiting for the first machine: {first.message or first.reason or first.name}"
    return f"waiting for Kubernetes to start on {first.name}"


async def _take_kubeconfig(ctx: Context) -> None:
    """From the Secret that the control plane makes. Source: CAPI, Secret <cluster>-kubeconfig, key value."""
    client = ctx.clusters.client("bootstrap")
    name = f"{ctx.plan.name}-kubeconfig"
    look = partial(client.get, SECRET, name, ctx.plan.namespace)
    while (secret := await patiently(ctx.record, "control-plane", look)) is None:
        ctx.record.progress("control-plane", f"waiting for the Secret {name}")
        await asyncio.sleep(POLL_S)
    data = base64.b64decode(secret["data"]["value"])
    server = await asyncio.to_thread(ctx.hooks.api_server, ctx.plan)
    write_atomically(ctx.clusters.path("target"), data if server is None else with_server(data, server))


async def probe_nodes(ctx: Context) -> Done | None:
    """Every machine of the plan is ready, now."""
    if ctx.is_moving or (ctx.has_moved and not _is_move_over(ctx)):
        # Every machine was ready when the move began, and the move waits for all of them again. At the source some
        # may be missing by now, and would never come.
        return Done(nodes_summary(ctx))
    if not ctx.has_moved and not ctx.clusters.has("bootstrap"):
        return None
    await ctx.follower.follow(side_of(ctx))
    # The first lists say it; what is not so then is waited for by the step itself.
    facts = await ctx.follower.listed()
    return Done(nodes_summary(ctx)) if is_complete(ctx, facts) else None


def _is_move_over(ctx: Context) -> bool:
    return any(row.info.id == "move" and row.state in ("done", "adopted") for row in ctx.record.snapshot.steps)


async def await_nodes(ctx: Context) -> str:
    """Wait until every control plane and worker of the plan is ready, for as long as that takes."""
    await ctx.follower.follow(side_of(ctx))
    await ctx.follower.wait_until("nodes", lambda facts: is_complete(ctx, facts), lambda facts: nodes_wait(ctx, facts))
    await _list_machines(ctx)
    return nodes_summary(ctx)


async def _list_machines(ctx: Context) -> None:
    """What the controllers have made at the provider by now goes into the inventory."""
    for name in await asyncio.to_thread(ctx.hooks.machines, ctx.plan):
        ctx.record.inventory(ctx.hooks.machine_word, name, ctx.hooks.place)


def is_complete(ctx: Context, facts: ClusterFacts) -> bool:
    """Conditions decide: every counter of the plan is met, and every Machine is Ready."""
    plan = ctx.plan
    if facts.control_plane.desired != plan.control_plane_replicas or not facts.control_plane.is_complete:
        return False
    for pool in plan.pools:
        known = facts.deployments.get(plan.pool_name(pool))
        if known is None or not known.is_complete:
            return False
    return bool(facts.machines) and all(row.state == "ready" for row in facts.machines.values())


def nodes_wait(ctx: Context, facts: ClusterFacts) -> Wait:
    """What is missing, in words."""
    total = ctx.plan.control_plane_replicas + sum(pool.replicas for pool in ctx.plan.pools)
    ready = sum(row.state == "ready" for row in facts.machines.values())
    late = next((row for row in facts.machines.values() if row.state != "ready"), None)
    if late is not None:
        return Wait(f"waiting for {late.name}: {late.message or late.reason or late.state}", ready, total)
    if len(facts.machines) < total:
        return Wait("waiting for the next machine", ready, total)
    return Wait("waiting for the controllers to count them", ready, total)


def nodes_summary(ctx: Context) -> str:
    """How many machines there are."""
    workers = sum(pool.replicas for pool in ctx.plan.pools)
    return f"{ctx.plan.control_plane_replicas} control plane and {workers} worker machines are ready"
