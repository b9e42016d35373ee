"""`bootstrap`, `reach` and `providers`: the temporary cluster and Cluster API in it."""

from __future__ import annotations

import asyncio
from functools import partial

import yaml

from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.install.clusters import is_answering
from lattice_tui.install.context import Context
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps.capi_providers import install_providers, probe_installed
from lattice_tui.install.steps.kind_failures import kind_problem
from lattice_tui.paths import write_atomically
from lattice_tui.tools.process import ToolCall
from schemas.problem import Problem

KIND_CONFIG = "kind.yaml"
CREATE_TIMEOUT_S = 600.0
NODE_WAIT = "5m"
"""Source: kind's own advice for slow machines; it goes on when the node is ready, usually after half a minute."""


def container_name(ctx: Context) -> str:
    """The bootstrap cluster's only node."""
    return f"{ctx.plan.bootstrap_cluster_name}-control-plane"


async def probe_bootstrap(ctx: Context) -> Done | None:
    """Its container runs and its API answers to our kubeconfig."""
    if ctx.has_moved:
        return Done("no longer needed: the cluster looks after itself")
    container = await asyncio.to_thread(ctx.docker.container, container_name(ctx))
    if container is None or container.state != "running" or not ctx.clusters.has("bootstrap"):
        return None
    answers = await asyncio.to_thread(ctx.clusters.ask, "bootstrap", is_answering)
    return Done(f"kind cluster {ctx.plan.bootstrap_cluster_name} runs") if answers else None


async def create_bootstrap(ctx: Context) -> str:
    """Create the kind cluster; a half-made one without machines is removed first."""
    name = ctx.plan.bootstrap_cluster_name
    if await asyncio.to_thread(ctx.docker.container, container_name(ctx)) is not None:
        await _remove_half_made(ctx, name)
    config = ctx.folder / KIND_CONFIG
    write_atomically(config, _kind_config(ctx).encode())
    ctx.record.inventory("kind cluster", name, "Docker on this computer")
    ctx.record.progress("bootstrap", "starting a small cluster in Docker")
    await ctx.bench.run(
        "bootstrap",
        ToolCall(
            "kind",
            (
                *("create", "cluster", "--name", name, "--config", str(config)),
                *("--image", ctx.pins.bootstrap_node_image.reference, "--wait", NODE_WAIT),
                *("--kubeconfig", str(ctx.clusters.path("bootstrap"))),
            ),
            timeout_s=CREATE_TIMEOUT_S,
        ),
        explain=kind_problem,
    )
    ctx.clusters.path("bootstrap").chmod(0o600)
    return f"kind cluster {name}"


async def _remove_half_made(ctx: Context, name: str) -> None:
    machines = await asyncio.to_thread(ctx.hooks.machines, ctx.plan)
    if machines:
        raise StepFailedError(_lost_problem(ctx, name, machines), ExitCode.BOOTSTRAP_CLUSTER)
    ctx.record.note(f"kind cluster {name} was half made; it is made anew")
    ctx.clusters.path("bootstrap").unlink(missing_ok=True)
    await delete_bootstrap(ctx, "bootstrap")


async def delete_bootstrap(ctx: Context, step: str) -> None:
    """Remove the kind cluster; one that is gone already is fine with kind."""
    await ctx.bench.run(
        step,
        ToolCall(
            "kind",
            (
                *("delete", "cluster", "--name", ctx.plan.bootstrap_cluster_name),
                *("--kubeconfig", str(ctx.clusters.path("bootstrap"))),
            ),
            timeout_s=CREATE_TIMEOUT_S,
        ),
    )


def _lost_problem(ctx: Context, name: str, machines: tuple[str, ...]) -> Problem:
    kubeconfig = ctx.clusters.path("bootstrap")
    return Problem(
        code="LT-BST-001",
        title="The bootstrap cluster does not answer, and machines depend on it",
        detail=f"{container_name(ctx)} is there, and so are {len(machines)} containers of the new cluster.",
        fix=f"docker start {container_name(ctx)}; kind export kubeconfig --name {name} --kubeconfig {kubeconfig}",
        check=f"kubectl --kubeconfig {kubeconfig} version",
    )


def _kind_config(ctx: Context) -> str:
    """Source: CAPI v1.13.5 docs/book/src/user/quick-start.md, the kind configuration for the Docker provider."""
    node: dict[str, object] = {"role": "control-plane"}
    mounts = [{"hostPath": path, "containerPath": path} for path in ctx.hooks.bootstrap_mounts()]
    if mounts:
        node["extraMounts"] = mounts
    config = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "networking": {"ipFamily": "dual"},
        "nodes": [node],
    }
    return yaml.safe_dump(config, sort_keys=False)


async def probe_reach(ctx: Context) -> Done | None:
    """Only what is behind us needs no second look."""
    return Done("the cluster looks after itself") if ctx.has_moved else None


async def look_out(ctx: Context) -> str:
    """Whether machines can be made from inside the bootstrap cluster."""
    ctx.record.progress("reach", f"looking out from {container_name(ctx)}")
    look = partial(ctx.hooks.reach, ctx.plan, ctx.clusters.client("bootstrap"))
    problem = await patiently(ctx.record, "reach", look)
    if problem is not None:
        raise StepFailedError(problem, ExitCode.DOCKER)
    return f"{ctx.plan.provider} can be reached"


async def probe_providers(ctx: Context) -> Done | None:
    """Every provider is in the bootstrap cluster, and its controller is available."""
    if ctx.has_moved:
        return Done("no longer needed: the cluster looks after itself")
    return await probe_installed(ctx, "bootstrap")


async def init_bootstrap(ctx: Context) -> str:
    """Install Cluster API in the bootstrap cluster."""
    return await install_providers(ctx, "providers", "bootstrap")
