"""`clusterctl move`: the objects that define a cluster go from one management cluster to another.

Order, words and preconditions: clusterctl v1.13.5, client/cluster/mover.go, and what it does when it is killed. A
source Cluster that is paused is refused, and a move that was cut off leaves it so: run again it goes on only once
somebody has unpaused it, updates what is at the target already, and empties the source only after everything has
been created there. Cut off after its last delete it leaves the Cluster paused at the target, and finds nothing to
move when it is run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lattice_tui.paths import write_atomically
from lattice_tui.rehearsal.api.kinds import CLUSTER, KUBEADM_CONTROL_PLANE, MACHINE, PROVIDER
from lattice_tui.rehearsal.api.store import ApiError, Store
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.simulated.kind_cluster import ensure_namespace
from lattice_tui.rehearsal.simulated.object_graph import GraphNode, discover, in_move_order
from lattice_tui.rehearsal.simulated.tool_run import ToolExitError, ToolRun

ACTOR = "clusterctl"
DELETE_FOR_MOVE = "clusterctl.cluster.x-k8s.io/delete-for-move"
BLOCK_MOVE = "clusterctl.cluster.x-k8s.io/block-move"
BLOCK_MOVE_LOOKS = 10
BLOCK_MOVE_WAIT_S, BLOCK_MOVE_GROWTH = 5.0, 1.5
"""The pause after the first look, and how much longer each next one is."""
PAUSED_ANNOTATION = "cluster.x-k8s.io/paused"
CREATING = "Creating objects in the target cluster"
DELETING = "Deleting objects from the source cluster"
STARS = "********************************************************"
# Simulated seconds; together 8 to 12.
DISCOVER_S = (1.0, 2.0)
PAUSE_S = (1.0, 1.5)
CREATE_S = (3.5, 5.0)
DELETE_S = (2.5, 3.5)
WRITE_TRIES, WRITE_TRIES_S = 13, 150.0
"""Until a write that is refused is given up: 0.5 s, then 1.5 times as long at each try, and up to 40 % more."""
REFUSED = KUBEADM_CONTROL_PLANE
REFUSING_WEBHOOK = (
    'failed calling webhook "default.kubeadmcontrolplane.controlplane.cluster.x-k8s.io": failed to call webhook: Post '
    '"https://capi-kubeadm-control-plane-webhook-service.capi-kubeadm-control-plane-system.svc:443/mutate-controlplane'
    '-cluster-x-k8s-io-v1beta2-kubeadmcontrolplane?timeout=10s": dial tcp 10.96.131.17:443: connect: connection refused'
)
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

    `is_refused`: the target takes no control plane, as when the webhook of its controller does not answer.
    """
    await run.err("Moving to directory..." if directory else "Performing move...")
    if dry_run:
        await run.err(STARS, "This is a dry-run move, will not perform any real action", STARS)
    elif target is not None:
        _check_providers(source, target)
    await run.err("Discovering Cluster API objects")
    await pace.sleep(pace.vary(*DISCOVER_S))
    nodes = discover(source, namespace)
    if not dry_run:
        _check_provisioned(source, nodes)
    clusters = [node for node in nodes if node.kind == CLUSTER]
    _check_unpaused(source, clusters)
    words = "Moving Cluster API objects"
    first_words = "Starting move of Cluster API objects" if directory else words
    await run.err(f"{first_words} Clusters={len(clusters)}", f"{words} ClusterClasses=0")
    blocking = [node for node in nodes if BLOCK_MOVE in _annotations(source, node)]
    if dry_run:
        await run.err("Waiting for all resources to be ready to move", CREATING, DELETING)
        return
    _set_paused(source, clusters, is_paused=True)
    if directory is not None:
        await run.err(f"Saving files to {directory}")
        await pace.sleep(pace.vary(*PAUSE_S))
        _save(source, nodes, directory)
        _set_paused(source, clusters, is_paused=False)
    elif target is not None:
        await run.err("Waiting for all resources to be ready to move")
        await pace.sleep(pace.vary(*PAUSE_S))
        await _wait_for_unblocked(run, source, blocking, pace)
        await _transfer(run, pace, source, target, in_move_order(nodes), is_refused=is_refused)
        _set_paused(target, clusters, is_paused=False)


async def _transfer(
    run: ToolRun,
    pace: Pace,
    source: Store,
    target: Store,
    groups: Sequence[Sequence[GraphNode]],
    *,
    is_refused: bool,
) -> None:
    count = sum(len(group) for group in groups) or 1
    await run.err(CREATING)
    pause_s = pace.vary(*CREATE_S) / count
    for group in groups:
        refused = [node for node in group if is_refused and node.kind == REFUSED]
        for node in group:
            await pace.sleep(WRITE_TRIES_S if node in refused else pause_s)
            if node not in refused:
                _create(source, target, node)
        if refused:
            # The others of its group are made all the same; what it owns is not.
            raise ToolExitError(1, f"Error: {_together([_refusal(node) for node in refused])}")
    await run.err(DELETING)
    pause_s = pace.vary(*DELETE_S) / count
    for group in reversed(groups):
        for node in group:
            await pace.sleep(pause_s / 2)
            _ask_to_go(source, node)
            await pace.sleep(pause_s / 2)
            _let_go(source, node)


def _refusal(node: GraphNode) -> str:
    why = f"Internal error occurred: {REFUSING_WEBHOOK}"
    return f"action failed after {WRITE_TRIES} attempts: error creating {node.title}: {why}"


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


def _check_unpaused(source: Store, clusters: Sequence[GraphNode]) -> None:
    """Whoever paused it: a person, or a move that was cut off."""
    paused = []
    for node in clusters:
        cluster = source.get(node.kind, node.name, node.namespace)
        if cluster["spec"].get("paused") or PAUSED_ANNOTATION in _annotations(source, node):
            paused.append(f"{node.namespace}/{node.name}")
    if paused:
        words = "cannot start operation while the following Clusters are paused"
        raise ToolExitError(1, f"Error: {words}: {', '.join(paused)}")


async def _wait_for_unblocked(run: ToolRun, source: Store, blocking: Sequence[GraphNode], pace: Pace) -> None:
    """Wait for those that carried the annotation when they were discovered, one after the other."""
    for node in blocking:
        kind = node.title.partition('" ')[0].lstrip('"')
        for look in range(1, BLOCK_MOVE_LOOKS + 1):
            if BLOCK_MOVE not in _annotations(source, node):
                break
            if look == 1:
                await run.err(f"Move blocked by {BLOCK_MOVE} annotation, waiting for it to be removed")
            if look == BLOCK_MOVE_LOOKS:
                raise ToolExitError(
                    1,
                    "Error: error waiting for resources to be ready to move: action failed after "
                    f"{look} attempts: resource is not ready to move: {kind}/{node.namespace}/{node.name}",
                )
            await pace.sleep(BLOCK_MOVE_WAIT_S * BLOCK_MOVE_GROWTH ** (look - 1))


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


def _ask_to_go(source: Store, node: GraphNode) -> None:
    """Mark the object as moved, in the place of all its annotations, and delete it; finalizers still hold it."""
    dropped = dict.fromkeys(_annotations(source, node))
    mark: JsonObject = {"metadata": {"annotations": {**dropped, DELETE_FOR_MOVE: ""}}}
    with _unless_gone():
        source.patch(node.kind, node.name, node.namespace, mark, actor=ACTOR)
        source.delete(node.kind, node.name, node.namespace, actor=ACTOR)


def _let_go(source: Store, node: GraphNode) -> None:
    """Take the finalizers away: it goes at once, and nobody tears anything down, since its Cluster is paused."""
    with _unless_gone():
        source.patch(node.kind, node.name, node.namespace, {"metadata": {"finalizers": None}}, actor=ACTOR)


@contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except ApiError as error:
        if error.code != 404:
            raise


def _save(source: Store, nodes: Sequence[GraphNode], directory: Path) -> None:
    """One file an object, for its owner's eyes: Secrets are among them."""
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
