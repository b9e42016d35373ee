"""`clusterctl init`: cert-manager, then the providers, then their controllers run.

Order and words: clusterctl v1.13, client/init.go, client/cluster/{installer,cert_manager}.go. Everything is
validated before anything is made; inventory objects are made before the Deployments are waited for, so a run
that is killed in between leaves providers that a second run refuses to install again, as the real one does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.api.kinds import PROVIDER, PROVIDER_KINDS
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.simulated.clusters import Clusters, LiveCluster
from lattice_tui.rehearsal.simulated.installing import create_cert_manager, create_provider
from lattice_tui.rehearsal.simulated.provider_components import (
    CERT_MANAGER_DEPLOYMENTS,
    CERT_MANAGER_NAMESPACE,
    COMPONENTS,
    Component,
)
from lattice_tui.rehearsal.simulated.tool_run import ToolExitError, ToolRun
from lattice_tui.rehearsal.simulated.workloads import come_up, is_available

FETCH_S = (1.0, 2.0)
CERT_MANAGER_S = (14.0, 18.0)
CERT_MANAGER_TIMEOUT_S = 300.0
COMPONENTS_S = (1.5, 2.5)
"""Simulated seconds to create one provider's objects."""
MANAGER_UP_S = (8.0, 11.0)
"""Until its Deployment is Available: image pull, start, leader election."""
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class ProviderWish:
    """One provider that `clusterctl init` was asked for."""

    component: Component
    version: str


async def init(
    run: ToolRun, clusters: Clusters, cluster: LiveCluster, wishes: Sequence[ProviderWish], *, wait_s: float | None
) -> None:
    """Install `wishes`; wait for their managers when `wait_s` (simulated seconds) is given.

    Raises ToolExitError, exit code 1, in clusterctl's words.
    """
    store, pace = cluster.store, clusters.pace
    await run.err("Fetching providers")
    await pace.sleep(pace.vary(*FETCH_S))
    store.serve(PROVIDER_KINDS["clusterctl"])
    installed = {provider["metadata"]["name"]: provider for provider in store.list(PROVIDER)}
    is_first = "cluster-api" not in installed
    queue = _queue(wishes, with_defaults=is_first)
    _refuse_second_instances(queue, installed)
    await _ensure_cert_manager(run, clusters, store)
    for wish in queue:
        await _install(run, clusters, store, wish)
    if wait_s is not None:
        await run.err("Waiting for providers to be available...")
        for wish in queue:
            await _wait_for_manager(store, wish.component, wait_s, pace)
    if is_first:
        await run.out(
            "",
            "Your management cluster has been initialized successfully!",
            "",
            "You can now create your first workload cluster by running the following:",
            "",
            "  clusterctl generate cluster [name] --kubernetes-version [version] | kubectl apply -f -",
            "",
        )


def _queue(wishes: Sequence[ProviderWish], *, with_defaults: bool) -> list[ProviderWish]:
    """In clusterctl's order; on a first run core and the kubeadm pair are added when they are not named."""
    named = {wish.component.flag for wish in wishes}
    defaults = [
        ProviderWish(component, pins().capi)
        for component in COMPONENTS
        if with_defaults and component.flag != "infrastructure" and component.flag not in named
    ]
    return sorted([*wishes, *defaults], key=lambda wish: COMPONENTS.index(wish.component))


def _refuse_second_instances(queue: Sequence[ProviderWish], installed: dict[str, dict[str, Any]]) -> None:
    for wish in queue:
        label = wish.component.label
        if label in installed:
            namespace = installed[label]["metadata"]["namespace"]
            raise ToolExitError(
                1,
                f'Error: installing provider "{label}" can lead to a non functioning management cluster: there is '
                f'already an instance of the "{label}" provider installed in the "{namespace}" namespace',
            )
    if queue and not installed and queue[0].component.flag != "core":
        raise ToolExitError(1, "Error: invalid management cluster: there should a core provider, found 0")


async def _ensure_cert_manager(run: ToolRun, clusters: Clusters, store: Store) -> None:
    pace = clusters.pace
    if all(is_available(store, name, CERT_MANAGER_NAMESPACE) for name in CERT_MANAGER_DEPLOYMENTS):
        await run.err("Skipping installing cert-manager as it is already installed")
        return
    await run.err(f'Installing cert-manager version="{pins().cert_manager}"')
    takes_s = pace.vary(*CERT_MANAGER_S)
    for name in create_cert_manager(store):
        # cert-manager as clusterctl brings it does not tolerate the control plane's taint.
        clusters.in_background(
            come_up(store, name, CERT_MANAGER_NAMESPACE, pace, takes_s, tolerates_control_plane=False)
        )
    await run.err("Waiting for cert-manager to be available...")
    for name in CERT_MANAGER_DEPLOYMENTS:
        if not await _becomes_available(store, name, CERT_MANAGER_NAMESPACE, CERT_MANAGER_TIMEOUT_S, pace):
            raise ToolExitError(1, "Error: timed out waiting for the condition")


async def _install(run: ToolRun, clusters: Clusters, store: Store, wish: ProviderWish) -> None:
    component, pace = wish.component, clusters.pace
    await run.err(
        f'Installing provider="{component.label}" version="{wish.version}" targetNamespace="{component.namespace}"'
    )
    await pace.sleep(pace.vary(*COMPONENTS_S))
    create_provider(store, component, wish.version)
    clusters.in_background(_run_manager(clusters, store, component))


async def _run_manager(clusters: Clusters, store: Store, component: Component) -> None:
    """What happens in the cluster by itself: the manager comes up; once all are up, the controllers work."""
    pace = clusters.pace
    await come_up(
        store, component.deployment, component.namespace, pace, pace.vary(*MANAGER_UP_S), tolerates_control_plane=True
    )
    if all(is_available(store, other.deployment, other.namespace) for other in COMPONENTS):
        clusters.start_controllers(store.cluster)


async def _wait_for_manager(store: Store, component: Component, wait_s: float, pace: Pace) -> None:
    if not await _becomes_available(store, component.deployment, component.namespace, wait_s, pace):
        minutes, seconds = divmod(int(wait_s), 60)
        raise ToolExitError(
            1,
            f'Error: deployment "{component.deployment}" is not ready after {minutes}m{seconds}s: '
            "context deadline exceeded",
        )


async def _becomes_available(store: Store, name: str, namespace: str, wait_s: float, pace: Pace) -> bool:
    clock = asyncio.get_running_loop()
    deadline = clock.time() + wait_s / pace.speed
    while not is_available(store, name, namespace):
        if clock.time() > deadline:
            return False
        await pace.sleep(POLL_S)
    return True
