"""Which objects `clusterctl move` takes along, who owns whom, and in which order they go.

Source: clusterctl v1.13, client/cluster/objectgraph.go: objects of the kinds clusterctl installed, ConfigMaps and
Secrets of one namespace, as far as a Cluster is at the end of their owners or a label asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lattice_tui.rehearsal.api.kinds import CLUSTER, CONFIG_MAP, PROVIDER_KINDS, SECRET, Kind
from lattice_tui.rehearsal.api.store import Store

JsonObject = dict[str, Any]
MOVE_LABEL = "clusterctl.cluster.x-k8s.io/move"
MOVE_HIERARCHY_LABEL = "clusterctl.cluster.x-k8s.io/move-hierarchy"
CLUSTER_NAME_LABEL = "cluster.x-k8s.io/cluster-name"
SECRET_PURPOSES = ("ca", "etcd", "proxy", "sa", "kubeconfig")
"""Secrets that belong to a Cluster by their names alone, whoever made them."""
MOVED_KINDS: tuple[Kind, ...] = (
    *(
        kind
        for label in PROVIDER_KINDS
        if label not in ("clusterctl", "cert-manager")
        for kind in PROVIDER_KINDS[label]
    ),
    CONFIG_MAP,
    SECRET,
)


@dataclass(slots=True, eq=False)
class GraphNode:
    """One object of the source cluster."""

    kind: Kind
    namespace: str
    name: str
    uid: str
    labels: dict[str, str]
    owner_references: list[JsonObject]
    owners: list[tuple[GraphNode, JsonObject]] = field(default_factory=list)
    """With the reference that says so, kept for its `controller` and `blockOwnerDeletion`."""
    new_uid: str = ""
    """At the target, once it has been created there."""

    @property
    def title(self) -> str:
        """In errors: `"cluster.x-k8s.io/v1beta2, Kind=Machine" ns/name`, `"/v1, Kind=Secret" ns/name`."""
        kind = f"{self.kind.group}/{self.kind.version}, Kind={self.kind.kind}"
        return f'"{kind}" {self.namespace}/{self.name}'


def discover(store: Store, namespace: str) -> list[GraphNode]:
    """Every object that is to be moved out of `namespace`."""
    served = {kind.key for kind in store.served()}
    nodes = [_node(kind, found) for kind in MOVED_KINDS if kind.key in served for found in store.list(kind, namespace)]
    by_uid = {node.uid: node for node in nodes}
    for node in nodes:
        node.owners = [(by_uid[ref["uid"]], ref) for ref in node.owner_references if ref.get("uid") in by_uid]
        if not node.owners and (cluster := _owner_by_name(node, nodes)) is not None:
            node.owners = [(cluster, {})]
    return [node for node in nodes if _is_moved(node, set())]


def _node(kind: Kind, found: JsonObject) -> GraphNode:
    metadata = found["metadata"]
    return GraphNode(
        kind,
        metadata.get("namespace", ""),
        metadata["name"],
        metadata["uid"],
        metadata.get("labels", {}),
        metadata.get("ownerReferences", []),
    )


def _owner_by_name(node: GraphNode, nodes: list[GraphNode]) -> GraphNode | None:
    """A certificate that the person brought has no owner, only its name: `<cluster>-ca`."""
    cluster, dash, purpose = node.name.rpartition("-")
    if node.kind != SECRET or not dash or purpose not in SECRET_PURPOSES:
        return None
    return next((other for other in nodes if other.kind == CLUSTER and other.name == cluster), None)


def _is_moved(node: GraphNode, seen: set[str]) -> bool:
    if node.kind == CLUSTER or MOVE_LABEL in node.labels or MOVE_HIERARCHY_LABEL in node.labels:
        return True
    if node.uid in seen:
        return False
    seen.add(node.uid)
    return any(owner.kind == CLUSTER or _is_moved_by_owner(owner, seen) for owner, _ in node.owners)


def _is_moved_by_owner(owner: GraphNode, seen: set[str]) -> bool:
    return MOVE_HIERARCHY_LABEL in owner.labels or (MOVE_LABEL not in owner.labels and _is_moved(owner, seen))


def in_move_order(nodes: list[GraphNode]) -> list[list[GraphNode]]:
    """Groups: every object after its owners."""
    left, groups = list(nodes), list[list[GraphNode]]()
    placed: set[str] = set()
    moved = {node.uid for node in nodes}
    while left:
        group = [
            node for node in left if all(owner.uid in placed or owner.uid not in moved for owner, _ in node.owners)
        ]
        if not group:
            raise ValueError("owner references go in a circle")
        groups.append(group)
        placed.update(node.uid for node in group)
        left = [node for node in left if node.uid not in placed]
    return groups
