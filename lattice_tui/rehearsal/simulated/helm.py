"""Simulated helm. Source of words and order: helm v4, pkg/cmd and pkg/action.

Killed in the middle it leaves the release `pending-install`, and the next `upgrade` refuses, as the real one does;
`helm uninstall` is the way out.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.api.kinds import DAEMON_SET, DEPLOYMENT, NAMESPACE
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.simulated.charts import chart_objects, notes
from lattice_tui.rehearsal.simulated.clusters import Clusters
from lattice_tui.rehearsal.simulated.helm_releases import ACTOR, Release, ReleaseStore
from lattice_tui.rehearsal.simulated.kind_cluster import ensure_namespace
from lattice_tui.rehearsal.simulated.kubeconfigs import kubeconfig_path, reach
from lattice_tui.rehearsal.simulated.tool_run import Arguments, ToolExitError, ToolRun, duration_s, unknown_command
from lattice_tui.rehearsal.simulated.workloads import come_up, is_available

JsonObject = dict[str, Any]
SWITCHES = (
    *("install", "create-namespace", "wait", "wait-for-jobs", "atomic", "rollback-on-failure", "short"),
    *("all-namespaces", "all", "pending", "reset-values", "reuse-values", "debug", "hide-notes", "skip-crds"),
)
SHORT = {"i": "install", "n": "namespace", "f": "values", "o": "output", "A": "all-namespaces", "a": "all"}
FETCH_S = (1.5, 2.5)
"""Index and chart from the repository."""
APPLY_S = (1.5, 2.5)
POLL_S = 0.5
COMES_UP_S = (6.0, 10.0)
BUILT_IN_NAMESPACE = "kube-system"
"""Workloads there are looked after by the simulated kubelets."""


class Helm:
    """The program `helm`."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters

    async def __call__(self, run: ToolRun) -> None:
        arguments = Arguments(run.argv, switches=SWITCHES, short=SHORT)
        match arguments.words:
            case ["version"]:
                await self._version(run, arguments)
            case ["upgrade", name, chart] if arguments.has("install"):
                await self._upgrade(run, arguments, name, chart)
            case ["status", name]:
                await self._status(run, arguments, name)
            case ["list" | "ls"]:
                await self._list(run, arguments)
            case ["uninstall" | "delete", name]:
                await self._uninstall(run, arguments, name)
            case [*words]:
                unknown_command("helm", " ".join(words))

    async def _version(self, run: ToolRun, arguments: Arguments) -> None:
        version = pins().helm
        if arguments.has("short"):
            await run.out(f"{version}+gsimulated")
        elif arguments.value("template"):
            await run.out(arguments.value("template").replace("{{.Version}}", version))
        else:
            await run.out(
                f'version.BuildInfo{{Version:"{version}", GitCommit:"simulated", GitTreeState:"clean", '
                'GoVersion:"go1.25.8", KubeClientVersion:"v1.35"}'
            )

    def _store(self, run: ToolRun, arguments: Arguments) -> Store:
        path = kubeconfig_path(run, arguments.value("kubeconfig"))
        return reach(self._clusters, path, "Error: kubernetes cluster unreachable: ").store

    async def _upgrade(self, run: ToolRun, arguments: Arguments, name: str, chart: str) -> None:
        store, pace = self._store(run, arguments), self._clusters.pace
        namespace = arguments.value("namespace", "default")
        if not arguments.value("repo") and "/" not in chart:
            raise ToolExitError(1, f"Error: repo not found: {chart}")
        releases = ReleaseStore(store, namespace)
        history = releases.history(name)
        if history and history[-1].is_pending:
            raise ToolExitError(1, "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress")
        if not history:
            await run.out(f'Release "{name}" does not exist. Installing it now.')
        release = _next_release(run, arguments, name, namespace, chart, history)
        await pace.sleep(pace.vary(*FETCH_S))
        self._ensure_namespace(store, arguments, namespace)
        releases.save(release)
        objects = chart_objects(release.chart, name, namespace, release.chart_version, release.values)
        await pace.sleep(pace.vary(*APPLY_S))
        for kind, obj in objects:
            complete = {"apiVersion": kind.api_version, "kind": kind.kind, **obj}
            store.apply(kind, complete, manager=ACTOR, force=True)
            if kind == DEPLOYMENT and namespace != BUILT_IN_NAMESPACE:
                self._come_up(store, obj)
        if arguments.has("wait") or arguments.value("wait") in ("watcher", "legacy"):
            await self._wait(store, releases, release, duration_s(arguments.value("timeout"), 300.0))
        _deploy(releases, release, history)
        if history:
            await run.out(f'Release "{name}" has been upgraded. Happy Helming!')
        await run.out(*_described(release), *notes(release.chart, release.chart_version))

    def _ensure_namespace(self, store: Store, arguments: Arguments, namespace: str) -> None:
        if arguments.has("create-namespace"):
            ensure_namespace(store, namespace, ACTOR)
        elif store.find(NAMESPACE, namespace) is None:
            raise ToolExitError(
                1, f'Error: INSTALLATION FAILED: create: failed to create: namespaces "{namespace}" not found'
            )

    def _come_up(self, store: Store, obj: JsonObject) -> None:
        name, namespace, pace = obj["metadata"]["name"], obj["metadata"]["namespace"], self._clusters.pace
        takes_s = pace.vary(*COMES_UP_S)
        self._clusters.in_background(come_up(store, name, namespace, pace, takes_s, tolerates_control_plane=False))

    async def _wait(self, store: Store, releases: ReleaseStore, release: Release, wait_s: float) -> None:
        waited_s = 0.0
        objects = chart_objects(release.chart, release.name, release.namespace, release.chart_version, release.values)
        while not all(_is_up(store, kind.kind, obj) for kind, obj in objects):
            if waited_s >= wait_s:
                release.status, release.description = "failed", "context deadline exceeded"
                releases.save(release)
                verb = "INSTALLATION" if release.revision == 1 else "UPGRADE"
                raise ToolExitError(1, f"Error: {verb} FAILED: context deadline exceeded")
            await self._clusters.pace.sleep(POLL_S)
            waited_s += POLL_S

    async def _status(self, run: ToolRun, arguments: Arguments, name: str) -> None:
        history = ReleaseStore(self._store(run, arguments), arguments.value("namespace", "default")).history(name)
        if not history:
            raise ToolExitError(1, "Error: release: not found")
        if arguments.value("output") == "json":
            await run.out(json.dumps(history[-1].record()))
        else:
            await run.out(*_described(history[-1]))

    async def _list(self, run: ToolRun, arguments: Arguments) -> None:
        namespace = "" if arguments.has("all-namespaces") else arguments.value("namespace", "default")
        newest: dict[tuple[str, str], Release] = {}
        for release in sorted(ReleaseStore(self._store(run, arguments), namespace).all(), key=lambda one: one.revision):
            newest[release.namespace, release.name] = release
        rows = [
            {
                "name": one.name,
                "namespace": one.namespace,
                "revision": str(one.revision),
                "updated": one.updated.strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC"),
                "status": one.status,
                "chart": f"{one.chart}-{one.chart_version}",
                "app_version": one.chart_version,
            }
            for one in newest.values()
        ]
        if arguments.value("output") == "json":
            await run.out(json.dumps(rows))
            return
        columns = ("name", "namespace", "revision", "updated", "status", "chart", "app_version")
        await run.out("\t".join(column.upper().replace("_", " ") for column in columns))
        for row in rows:
            await run.out("\t".join(row[column] for column in columns))

    async def _uninstall(self, run: ToolRun, arguments: Arguments, name: str) -> None:
        store, namespace = self._store(run, arguments), arguments.value("namespace", "default")
        releases = ReleaseStore(store, namespace)
        history = releases.history(name)
        if not history:
            raise ToolExitError(1, f"Error: uninstall: Release not loaded: {name}: release: not found")
        last = history[-1]
        for kind, obj in chart_objects(last.chart, name, namespace, last.chart_version, last.values):
            if store.find(kind, obj["metadata"]["name"], namespace) is not None:
                store.delete(kind, obj["metadata"]["name"], namespace, actor=ACTOR)
        for release in history:
            releases.remove(release)
        await run.out(f'release "{name}" uninstalled')


def _next_release(
    run: ToolRun, arguments: Arguments, name: str, namespace: str, chart: str, history: list[Release]
) -> Release:
    values: JsonObject = {}
    for file in arguments.values("values"):
        try:
            said = yaml.safe_load(run.path(file).read_bytes())
        except (OSError, yaml.YAMLError) as error:
            raise ToolExitError(1, f"Error: open {file}: {error}") from None
        values |= said if isinstance(said, dict) else {}
    plain = chart.rpartition("/")[2]
    version = arguments.value("version") or (pins().cilium.version if plain == "cilium" else "1.0.0")
    return Release(
        name=name,
        namespace=namespace,
        revision=history[-1].revision + 1 if history else 1,
        status="pending-upgrade" if history else "pending-install",
        chart=plain,
        chart_version=version.removeprefix("v"),
        values=values,
        description="Preparing upgrade" if history else "Initial install underway",
    )


def _deploy(releases: ReleaseStore, release: Release, history: list[Release]) -> None:
    for old in history:
        if old.status == "deployed":
            old.status = "superseded"
            releases.save(old)
    release.status = "deployed"
    release.description = "Upgrade complete" if history else "Install complete"
    releases.save(release)


def _described(release: Release) -> tuple[str, ...]:
    return (
        f"NAME: {release.name}",
        f"LAST DEPLOYED: {release.updated:%a %b %d %H:%M:%S %Y}",
        f"NAMESPACE: {release.namespace}",
        f"STATUS: {release.status}",
        f"REVISION: {release.revision}",
        f"DESCRIPTION: {release.description}",
        "TEST SUITE: None",
    )


def _is_up(store: Store, kind: str, obj: JsonObject) -> bool:
    name, namespace = obj["metadata"]["name"], obj["metadata"]["namespace"]
    if kind == DEPLOYMENT.kind:
        return is_available(store, name, namespace)
    if kind != DAEMON_SET.kind:
        return True
    status = (store.find(DAEMON_SET, name, namespace) or {}).get("status", {})
    wanted = status.get("desiredNumberScheduled", 0)
    return bool(wanted) and status.get("numberReady", 0) >= wanted
