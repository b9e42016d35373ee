"""Cluster API in a management cluster: looked at through its API, installed by clusterctl, the missing part only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiError
from lattice_tui.capi.resources import DEPLOYMENT, PROVIDER, JsonObject
from lattice_tui.capi.wanted import WantedProvider
from lattice_tui.install.context import Context
from lattice_tui.install.patience import patiently
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps.offline import offline_arguments
from lattice_tui.tools.process import ToolCall
from schemas.events import Side

INIT_TIMEOUT_S = 1_800.0
"""cert-manager may take 10 minutes and each provider 5 before clusterctl itself gives up."""
POLL_S = 0.5


def wanted_providers(ctx: Context) -> tuple[WantedProvider, ...]:
    """What this plan needs, all pinned, in the order in which clusterctl installs them."""
    capi, bootstrap, hooks = ctx.pins.capi, ctx.plan.bootstrap, ctx.hooks
    # kubeadm's providers are released with Cluster API itself.
    version = capi if bootstrap == "kubeadm" else ctx.pins.providers[bootstrap]
    return (
        WantedProvider("CoreProvider", "cluster-api", capi, "--core"),
        WantedProvider("BootstrapProvider", bootstrap, version, "--bootstrap"),
        WantedProvider("ControlPlaneProvider", bootstrap, version, "--control-plane"),
        WantedProvider(
            "InfrastructureProvider", hooks.infrastructure, hooks.infrastructure_version, "--infrastructure"
        ),
        *hooks.extra_providers(),
    )


@dataclass(frozen=True, slots=True)
class Installed:
    """What stands in one management cluster."""

    missing: tuple[WantedProvider, ...]
    """No inventory object: clusterctl has not finished with it."""
    starting: tuple[str, ...]
    """Controllers that are not available yet, `namespace/name`."""

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.starting


async def probe_installed(ctx: Context, side: Side) -> Done | None:
    """Every provider has its inventory object, and every controller is available."""
    installed = await asyncio.to_thread(ctx.clusters.ask, side, _looking_for(wanted_providers(ctx)))
    return Done(_summary(ctx)) if installed is not None and installed.is_complete else None


async def install_providers(ctx: Context, step: str, side: Side) -> str:
    """clusterctl init for what is missing, then wait until every controller is available."""
    wanted = wanted_providers(ctx)
    installed = await patiently(ctx.record, step, partial(_looking_for(wanted), ctx.clusters.client(side)))
    for provider in installed.missing:
        where = "the bootstrap cluster" if side == "bootstrap" else "the new cluster"
        ctx.record.inventory(provider.type, f"{provider.argument} ({side})", where)
    if installed.missing:
        await _init(ctx, step, side, installed.missing)
    await _until_available(ctx, step, side)
    return _summary(ctx)


async def _init(ctx: Context, step: str, side: Side, missing: tuple[WantedProvider, ...]) -> None:
    flags = [word for provider in missing for word in (provider.flag, provider.argument)]
    total = len(missing) + 1  # cert-manager comes first
    begun = 0

    def on_output(line: str) -> None:
        nonlocal begun
        if line.startswith(("Installing", "Waiting for cert-manager", "Fetching")):
            begun += line.startswith("Installing")
            ctx.record.progress(step, line, max(0, min(begun - 1, total)), total)

    variables = ctx.hooks.init_variables(side)
    # In a rehearsal nothing is fetched, from nowhere.
    offline = () if ctx.simulated else offline_arguments(ctx.folder, wanted_providers(ctx), ctx.pins.cert_manager)
    ctx.record.progress(step, "clusterctl init", 0, total)
    await ctx.bench.run(
        step,
        ToolCall(
            "clusterctl",
            ("init", *flags, "--wait-providers", "--kubeconfig", str(ctx.clusters.path(side)), *offline),
            # Versions are pinned: no need to ask for newer ones. What signs in goes no other way than this.
            env={
                "CLUSTERCTL_DISABLE_VERSIONCHECK": "true",
                **{name: secret.reveal() for name, secret in variables.items()},
            },
            secrets=tuple(variables.values()),
            timeout_s=INIT_TIMEOUT_S,
        ),
        on_output=on_output,
    )


async def _until_available(ctx: Context, step: str, side: Side) -> None:
    look = _looking_for(wanted_providers(ctx))
    while True:
        installed = await asyncio.to_thread(ctx.clusters.ask, side, look)
        if installed is not None and not installed.missing and not installed.starting:
            return
        waiting_for = ", ".join(installed.starting) if installed is not None else "an answer"
        ctx.record.progress(step, f"waiting for {waiting_for or 'the providers'}")
        await asyncio.sleep(POLL_S)


def _looking_for(wanted: tuple[WantedProvider, ...]) -> Callable[[KubeClient], Installed]:
    def look(client: KubeClient) -> Installed:
        present = {_identity(item): str(item["metadata"].get("namespace", "")) for item in _inventory(client)}
        missing = tuple(one for one in wanted if (one.type, one.name, one.version) not in present)
        return Installed(missing, tuple(_starting(client, sorted(set(present.values())))))

    return look


def _inventory(client: KubeClient) -> list[JsonObject]:
    try:
        return client.list(PROVIDER).items
    except ApiError as error:
        if error.status == 404:
            # clusterctl has never been here: the kind itself is not known.
            return []
        raise


def _identity(item: JsonObject) -> tuple[str, str, str]:
    return str(item.get("type", "")), str(item.get("providerName", "")), str(item.get("version", ""))


def _starting(client: KubeClient, namespaces: list[str]) -> Iterator[str]:
    """The providers' controllers that are not available; clusterctl puts each provider into a namespace."""
    for namespace in namespaces:
        for deployment in client.list(DEPLOYMENT, namespace).items:
            conditions = (deployment.get("status") or {}).get("conditions") or []
            if not any(one.get("type") == "Available" and one.get("status") == "True" for one in conditions):
                yield f"{namespace}/{deployment['metadata']['name']}"


def _summary(ctx: Context) -> str:
    return "Cluster API " + ", ".join(
        (ctx.pins.capi, ctx.plan.bootstrap, f"{ctx.hooks.infrastructure} {ctx.hooks.infrastructure_version}")
    )
