"""`clusterctl move`: the objects that define a cluster go from one management cluster to another.

Order, words and preconditions: clusterctl v1.13, client/cluster/mover.go. Killed in the middle it leaves the source
paused and objects on both sides; run again it updates what is there already and goes on: the source is only
emptied after everything has been created at the target.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from lattice_tui.paths import private_folder, write_atomically
from lattice_tui.rehearsal.api.kinds import CLUSTER, MACHINE, PROVIDER
from lattice_tui.rehearsal.api.store import ApiError, Store
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.simulated.kind_cluster import ensure_namespace
from lattice_tui.rehearsal.simulated.object_graph import GraphNode, discover, in_move_order
from lattice_tui.rehearsal.simulated.tool_run import ToolExitError, ToolRun

ACTOR = "clusterctl"
DELETE_FOR_MOVE = "clusterctl.cluster.x-k8s.io/delete-for-move"
BLOCK_MOVE = "clusterctl.cluster.x-k8s.io/block-move"
BLOCK_MOVE_TIMEOUT_S = 120.0
BLOCK_MOVE_POLL_S = 3.0
# Simulated seconds; together 8 to 12.
DISCOVER_S = (1.0, 2.0)
PAUSE_S = (1.0, 1.5)
CREATE_S = (3.5, 5.0)
DELETE_S = (2.5, 3.5)
WRITE_TRIES_S = 20.0
"""Until a write that is refused is given up; the real one tries for some 159 s."""
JsonObject = dict[str, Any]


async def move(
    run: ToolRun,
    pace: Pace,
    source: Store,
    target: Store | None,
    *,
    namespace: str,
    directory: Path | None = None,
    dry_run: bool = False,
    is_refused: bool = False,
) -> None:
    """Move the clusters of `namespace` to `target`, or write them into `directory`. Raises ToolExitError.

    `is_refused`: the target takes no object, as when the webhooks of its controllers do not answer.
    """
    await run.err("Moving to directory..." if directory else "Performing move...")
    if target is not None and not dry_run:
        _check_providers(source, target)
    await run.err("Discovering Cluster API objects")
    await pace.sleep(pace.vary(*DISCOVER_S))
    nodes = discover(source, namespace)
    if not dry_run:
        _check_provisioned(source, nodes)
    clusters = [node for node in nodes if node.kind == CLUSTER]
    words = "Starting move of Cluster API objects" if directory else "Moving Cluster API objects"
    await run.err(f"{words} Clusters={len(clusters)}", f"{words} ClusterClasses=0")
    if dry_run:
        return
    _set_paused(source, clusters, is_paused=True)
    await run.err("Waiting for all resources to be ready to move")
    await pace.sleep(pace.vary(*PAUSE_S))
    await _wait_for_unblocked(source, nodes, pace)
    groups = in_move_order(nodes)
    if directory is not None:
        await run.err(f"Saving files to {directory}")
        _save(source, nodes, directory)
        _set_paused(source, clusters, is_paused=False)
    elif target is not None:
        if is_refused:
            await _refuse(run, pace, groups[0][0])
        await _transfer(run, pace, source, target, groups)
        _set_paused(target, clusters, is_paused=False)


async def _refuse(run: ToolRun, pace: Pace, node: GraphNode) -> NoReturn:
    """End as clusterctl does when a webhook is away: the source stays paused, and nothing was created."""
    await run.err("Creating objects in the target cluster")
    await pace.sleep(WRITE_TRIES_S)
    webhook = f"default.{node.kind.kind.lower()}.{node.kind.group}"
    raise ToolExitError(
        1,
        f'Error: action failed after 10 attempts: error creating "{node.kind.api_version}, Kind={node.kind.kind}" '
        f'{node.namespace}/{node.name}: Internal error occurred: failed calling webhook "{webhook}": failed to call '
        "webhook: dial tcp 10.96.131.17:443: connect: connection refused",
    )


async def _transfer(
    run: ToolRun, pace: Pace, source: Store, target: Store, groups: Sequence[Sequence[GraphNode]]
) -> None:
    count = sum(len(group) for group in groups) or 1
    await run.err("Creating objects in the target cluster")
    pause_s = pace.vary(*CREATE_S) / count
    for group in groups:
        for node in group:
            await pace.sleep(pause_s)
            _create(source, target, node)
    await run.err("Deleting objects from the source cluster")
    pause_s = pace.vary(*DELETE_S) / count
    for group in reversed(groups):
        for node in group:
            await pace.sleep(pause_s)
            _delete(source, node)


def _check_providers(source: Store, target: Store) -> None:
    there = {provider["metadata"]["name"]: provider["version"] for provider in _providers(target)}
    wrong = []
    for provider in _providers(source):
        name, version = provider["metadata"]["name"], provider["version"]
        if name not in there:
            wrong.append(f"provider {name} not found in the target cluster")
        elif _numbers(there[name]) < _numbers(version):
            versions = f"(source: {version.removeprefix('v')}, target: {there[name].removeprefix('v')})"
            wrong.append(f"provider {name} in the target cluster is older than in the source cluster {versions}")
    if wrong:
        raise ToolExitError(1, f"Error: failed to check providers in target cluster: {_together(wrong)}")


def _check_provisioned(source: Store, nodes: Sequence[GraphNode]) -> None:
    wrong = []
    for node in nodes:
        if node.kind not in (CLUSTER, MACHINE):
            continue
        status = source.get(node.kind, node.name, node.namespace).get("status", {})
        begin = "cannot start the move operation while"
        if node.kind == MACHINE and not status.get("nodeRef", {}).get("name"):
            wrong.append(f"{begin} {node.title} is still provisioning the node")
        elif node.kind == CLUSTER and not status.get("initialization", {}).get("infrastructureProvisioned"):
            wrong.append(f"{begin} {node.title} is still provisioning the infrastructure")
        elif node.kind == CLUSTER and not _is_initialized(status):
            wrong.append(f"{begin} the control plane for {node.title} is not yet initialized")
    if wrong:
        raise ToolExitError(
            1, f"Error: failed to get object graph: failed to check for provisioned infrastructure: {_together(wrong)}"
        )


def _is_initialized(status: JsonObject) -> bool:
    conditions = status.get("conditions", [])
    return any(one["type"] == "ControlPlaneInitialized" and one["status"] == "True" for one in conditions)


async def _wait_for_unblocked(source: Store, nodes: Sequence[GraphNode], pace: Pace) -> None:
    waited_s = 0.0
    while blocked := [node for node in nodes if BLOCK_MOVE in _annotations(source, node)]:
        if waited_s >= BLOCK_MOVE_TIMEOUT_S:
            raise ToolExitError(
                1,
                "Error: error waiting for resources to be ready to move: error waiting for "
                f"{blocked[0].title}: timed out waiting for the condition",
            )
        await pace.sleep(BLOCK_MOVE_POLL_S)
        waited_s += BLOCK_MOVE_POLL_S


def _annotations(store: Store, node: GraphNode) -> JsonObject:
    found = store.find(node.kind, node.name, node.namespace) or {"metadata": {}}
    annotations: JsonObject = found["metadata"].get("annotations", {})
    return annotations


def _set_paused(store: Store, clusters: Sequence[GraphNode], *, is_paused: bool) -> None:
    for node in clusters:
        # Dropped, not set to false: clusterctl must not own the field.
        store.patch(CLUSTER, node.name, node.namespace, {"spec": {"paused": True if is_paused else None}}, actor=ACTOR)


def _create(source: Store, target: Store, node: GraphNode) -> None:
    """Create the object at the target, with owners as they are known there and without its status."""
    obj = source.get(node.kind, node.name, node.namespace)
    metadata = {key: obj["metadata"][key] for key in _KEPT_METADATA if key in obj["metadata"]}
    owners = [_owner_reference(owner, said) for owner, said in node.owners]
    if owners:
        metadata["ownerReferences"] = owners
    fresh = {key: value for key, value in obj.items() if key not in ("metadata", "status")} | {"metadata": metadata}
    if not node.kind.has_status and "status" in obj:
        fresh["status"] = obj["status"]
    ensure_namespace(target, node.namespace, ACTOR)
    existing = target.find(node.kind, node.name, node.namespace)
    if existing is None:
        node.new_uid = target.create(node.kind, fresh, actor=ACTOR)["metadata"]["uid"]
        return
    # An earlier move was interrupted here: what is there is brought up to date.
    node.new_uid = existing["metadata"]["uid"]
    fresh["metadata"] |= {key: existing["metadata"][key] for key in ("uid", "resourceVersion")}
    target.replace(node.kind, fresh, actor=ACTOR)


_KEPT_METADATA = ("name", "namespace", "labels", "annotations", "finalizers")


def _owner_reference(owner: GraphNode, said: JsonObject) -> JsonObject:
    kept = {key: said[key] for key in ("controller", "blockOwnerDeletion") if key in said}
    return {
        "apiVersion": owner.kind.api_version,
        "kind": owner.kind.kind,
        "name": owner.name,
        "uid": owner.new_uid,
    } | kept


def _delete(source: Store, node: GraphNode) -> None:
    """Force the object out of the source: marked as moved and without finalizers, so nobody tears anything down."""
    try:
        mark = {"metadata": {"annotations": {DELETE_FOR_MOVE: ""}, "finalizers": None}}
        source.patch(node.kind, node.name, node.namespace, mark, actor=ACTOR)
        source.delete(node.kind, node.name, node.namespace, actor=ACTOR)
    except ApiError as error:
        if error.code != 404:
            raise


def _save(source: Store, nodes: Sequence[GraphNode], directory: Path) -> None:
    """One file an object; Secrets are among them, so the folder is private."""
    private_folder(directory)
    for node in nodes:
        obj = source.get(node.kind, node.name, node.namespace)
        write_atomically(directory / f"{node.kind.kind}_{node.namespace}_{node.name}.yaml", json.dumps(obj).encode())


def _providers(store: Store) -> list[JsonObject]:
    return store.list(PROVIDER) if PROVIDER in store.served() else []


def _together(messages: Sequence[str]) -> str:
    """As k8s.io/apimachinery joins errors."""
    return messages[0] if len(messages) == 1 else f"[{', '.join(messages)}]"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").partition("-")[0].split(".") if part.isdecimal())
