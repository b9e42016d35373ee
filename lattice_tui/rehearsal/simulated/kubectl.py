"""Simulated kubectl: its version, and `get` for people who want to look into a rehearsed cluster."""

from __future__ import annotations

import json
from typing import Any

import yaml

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.simulated.clusters import Clusters
from lattice_tui.rehearsal.simulated.kubeconfigs import kubeconfig_path, reach
from lattice_tui.rehearsal.simulated.tool_run import Arguments, ToolExitError, ToolRun, unknown_command

SHORT = {"n": "namespace", "o": "output", "A": "all-namespaces", "l": "selector"}
JsonObject = dict[str, Any]


class Kubectl:
    """The program `kubectl`."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters

    async def __call__(self, run: ToolRun) -> None:
        arguments = Arguments(run.argv, switches=("client", "all-namespaces"), short=SHORT)
        match arguments.words:
            case ["version"]:
                await self._version(run, arguments)
            case ["get", what, *names]:
                await self._get(run, arguments, what, names)
            case [*words]:
                unknown_command("kubectl", " ".join(words))

    async def _version(self, run: ToolRun, arguments: Arguments) -> None:
        version = pins().kubectl
        if arguments.value("output") == "json":
            major, minor, _ = version.removeprefix("v").split(".", 2)
            client = {"major": major, "minor": minor, "gitVersion": version, "platform": "linux/amd64"}
            await run.out(json.dumps({"clientVersion": client, "kustomizeVersion": "v5.7.1"}, indent=2))
            return
        await run.out(f"Client Version: {version}", "Kustomize Version: v5.7.1")
        if not arguments.has("client"):
            cluster = reach(self._clusters, kubeconfig_path(run, arguments.value("kubeconfig")), "error: ")
            await run.out(f"Server Version: v{cluster.kubernetes_version.removeprefix('v')}")

    async def _get(self, run: ToolRun, arguments: Arguments, what: str, names: list[str]) -> None:
        store = reach(self._clusters, kubeconfig_path(run, arguments.value("kubeconfig")), "error: ").store
        what, slash, name = what.partition("/")
        names = [*([name] if slash else []), *names]
        kind = _kind(store, what)
        everywhere = arguments.has("all-namespaces")
        namespace = "" if everywhere or not kind.namespaced else arguments.value("namespace", "default")
        found = store.list(kind, namespace, dict(_pairs(arguments.value("selector"))))
        for wanted in names:
            if not any(obj["metadata"]["name"] == wanted for obj in found):
                raise ToolExitError(1, f'Error from server (NotFound): {kind.qualified_plural} "{wanted}" not found')
        await _print(run, arguments, kind, [obj for obj in found if not names or obj["metadata"]["name"] in names])


async def _print(run: ToolRun, arguments: Arguments, kind: Kind, found: list[JsonObject]) -> None:
    output = arguments.value("output")
    if output in ("json", "yaml"):
        whole: JsonObject = {"apiVersion": "v1", "kind": "List", "items": found}
        whole = found[0] if len(found) == 1 and len(arguments.words) > 2 else whole
        text = json.dumps(whole, indent=4) if output == "json" else yaml.safe_dump(whole, sort_keys=False)
        await run.out(*text.splitlines())
    elif output == "name":
        qualified = f"{kind.kind.lower()}.{kind.group}" if kind.group else kind.kind.lower()
        await run.out(*(f"{qualified}/{obj['metadata']['name']}" for obj in found))
    elif not found:
        await run.err("No resources found")
    else:
        rows = [("NAMESPACE", "NAME", "STATUS"), *(_row(obj) for obj in found)]
        widths = [max(len(row[column]) for row in rows) + 3 for column in range(3)]
        for row in rows:
            await run.out("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(obj: JsonObject) -> tuple[str, str, str]:
    status = obj.get("status", {})
    conditions = {one["type"]: one["status"] for one in status.get("conditions", [])}
    words = {"True": "Ready", "False": "NotReady"}
    ready = conditions.get("Ready", conditions.get("Available", ""))
    return (
        obj["metadata"].get("namespace", "-"),
        obj["metadata"]["name"],
        status.get("phase") or words.get(ready, ready or "-"),
    )


def _kind(store: Store, what: str) -> Kind:
    asked = what.lower()
    for kind in store.served():
        if asked in (kind.plural, kind.kind.lower(), kind.qualified_plural, *kind.short_names):
            return kind
    raise ToolExitError(1, f'error: the server doesn\'t have a resource type "{what}"')


def _pairs(selector: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in selector.split(",") if part]
    return [(key, value.removeprefix("=")) for key, _, value in parts]
