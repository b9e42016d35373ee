"""`network`: Cilium, by Helm, as soon as the new cluster's API answers."""

from __future__ import annotations

import asyncio
from functools import partial

import yaml

from lattice_tui.capi.cilium import cilium_values
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import CLUSTER, SECRET, JsonObject
from lattice_tui.install.context import Context
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps.cluster import side_of
from lattice_tui.paths import write_atomically
from lattice_tui.tools.process import ToolCall

CILIUM_VALUES = "cilium-values.yaml"
HELM_TIMEOUT_S = 600.0
RELEASE = "cilium"


async def probe_network(ctx: Context) -> Done | None:
    """Helm's own record says that the release is deployed."""
    state = await asyncio.to_thread(ctx.clusters.ask, "target", _release_state)
    return Done(_network_summary(ctx)) if state == "deployed" else None


async def install_network(ctx: Context) -> str:
    """Install Cilium with Helm; a release that was left half done is forgotten first."""
    values = ctx.folder / CILIUM_VALUES
    write_atomically(values, yaml.safe_dump(await _cilium_values(ctx), sort_keys=False).encode())
    await patiently(ctx.record, "network", partial(_forget_pending, ctx.clusters.client("target")))
    chart = ctx.pins.cilium
    ctx.record.inventory("Helm release", RELEASE, "the new cluster")
    ctx.record.progress("network", f"installing {chart.name} {chart.version}")
    await ctx.bench.run(
        "network",
        ToolCall(
            "helm",
            (
                *("upgrade", "--install", RELEASE, chart.name, "--repo", chart.repository),
                *("--version", chart.version, "--namespace", "kube-system"),
                *("--kubeconfig", str(ctx.clusters.path("target")), "--values", str(values)),
            ),
            timeout_s=HELM_TIMEOUT_S,
        ),
    )
    return _network_summary(ctx)


async def _cilium_values(ctx: Context) -> dict[str, object]:
    host, port = await patiently(ctx.record, "network", partial(_endpoint, ctx))
    return cilium_values(ctx.plan, api_host=host, api_port=port)


def _endpoint(ctx: Context) -> tuple[str, int]:
    """The API's address as the machines see it. Blocking."""
    cluster = ctx.clusters.client(side_of(ctx)).get(CLUSTER, ctx.plan.name, ctx.plan.namespace)
    endpoint = (cluster or {})["spec"]["controlPlaneEndpoint"]
    return str(endpoint["host"]), int(endpoint["port"])


def _releases(client: KubeClient) -> list[JsonObject]:
    """Helm keeps each revision in a Secret of its own. Source: helm pkg/storage/driver/secrets.go."""
    return client.list(SECRET, "kube-system", label_selector=f"owner=helm,name={RELEASE}").items


def _state_of(release: JsonObject) -> str:
    return str((release["metadata"].get("labels") or {}).get("status", ""))


def _release_state(client: KubeClient) -> str:
    states = {_state_of(release) for release in _releases(client)}
    return "deployed" if "deployed" in states else next(iter(states), "")


def _forget_pending(client: KubeClient) -> None:
    """Helm refuses a release that says it is being worked on. We hold the run's lock: nobody is. Blocking."""
    for release in _releases(client):
        if _state_of(release).startswith("pending"):
            client.delete(SECRET, release["metadata"]["name"], "kube-system")


def _network_summary(ctx: Context) -> str:
    return f"Cilium {ctx.pins.cilium.version}"
