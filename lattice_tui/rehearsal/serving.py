"""`lattice rehearse --serve`: one simulated management cluster for anybody's own clients, until it is told to end.

Cluster API is installed in it (core, kubeadm, Docker) and its controllers work; there is no cluster yet. It is a world
of its own: nothing of it is found through the state folder, and nothing of it is left behind.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.api.kinds import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CRD,
    NODE,
    PROVIDER_KINDS,
    SECRET,
)
from lattice_tui.rehearsal.api.kubeconfig import user_kubeconfig
from lattice_tui.rehearsal.api.schemas.schema import Schema
from lattice_tui.rehearsal.api.schemas.serving import served_versions
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.faults import NO_FAULT, Fault
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room_adoption import take_over
from lattice_tui.rehearsal.room_boot import BootOrder
from lattice_tui.rehearsal.simulated.clusters import Clusters, LiveCluster
from lattice_tui.rehearsal.simulated.installing import ACTOR, create_cert_manager, create_provider
from lattice_tui.rehearsal.simulated.kind_cluster import create
from lattice_tui.rehearsal.simulated.provider_components import CERT_MANAGER_NAMESPACE, COMPONENTS
from lattice_tui.rehearsal.simulated.workloads import make_available

JsonObject = dict[str, Any]

NAME = "rehearsal"
VIEWER = "viewer"
VIEWER_GROUP = "lattice:viewers"
VIEWER_ROLE = "lattice-viewer"


@dataclass(frozen=True, slots=True)
class ServeOrder:
    """What to serve."""

    speed: float = 10.0
    seed: int = 1
    fault: Fault = NO_FAULT
    port: int = 0
    """0: a free one."""
    crds: tuple[JsonObject, ...] = ()
    """Definitions to serve in place of our own compact ones."""


@dataclass(frozen=True, slots=True)
class Served:
    """A cluster that answers. The kubeconfigs are YAML text."""

    url: str
    version: str
    admin_kubeconfig: str
    viewer_kubeconfig: str
    """May read everything but Secrets, and change nothing."""
    skipped_rules: tuple[str, ...]
    """CEL rules of the definitions that are not evaluated, each with the reason."""


async def serve(order: ServeOrder, tell: Callable[[Served], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; `tell` is called once it answers. Raises OSError for a taken port."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(signum, ended.set)
    with tempfile.TemporaryDirectory(prefix="lattice-serve-") as folder:
        audit = Audit(Path(folder, "audit.jsonl"))
        clusters = Clusters(Pace(order.speed, order.seed), audit, order.fault)
        clusters.room.adopts = True
        clusters.room.is_published = True
        try:
            cluster = await _open(clusters, order)
            tell(_served(cluster, order))
            await ended.wait()
        finally:
            await clusters.stop()
            audit.close()


async def _open(clusters: Clusters, order: ServeOrder) -> LiveCluster:
    version = pins().bootstrap_node_image.version
    if order.port:
        clusters.take_port(NAME, order.port)
    clusters.prepare_cluster(NAME, version)
    cluster = clusters.cluster(NAME)
    assert cluster is not None, "it was prepared just now"
    store = cluster.store
    for crd in order.crds:
        store.create(CRD, crd, actor=ACTOR)
    # kubeadm's own objects and one ready node: what is applied can be scheduled.
    node = BootOrder(NAME, f"{NAME}-control-plane", version, is_control_plane=True, endpoint="127.0.0.1:6443")
    take_over(store, node, "172.18.0.2", "0" * 64, clusters.pace)
    _untaint(store, node.machine)
    _install_cluster_api(store, clusters.pace)
    _let_viewers_in(store)
    await clusters.open_cluster(NAME, version)
    clusters.start_controllers(NAME)
    return cluster


def _untaint(store: Store, node: str) -> None:
    found = store.get(NODE, node)
    found["spec"].pop("taints", None)
    store.replace(NODE, found, actor="kubelet")


def _install_cluster_api(store: Store, pace: Pace) -> None:
    """What `clusterctl init --infrastructure docker` leaves behind, all of it available already."""
    store.serve(PROVIDER_KINDS["clusterctl"])
    for name in create_cert_manager(store):
        make_available(store, name, CERT_MANAGER_NAMESPACE, pace)
    for component in COMPONENTS:
        create_provider(store, component, pins().capi)
        make_available(store, component.deployment, component.namespace, pace)


def _let_viewers_in(store: Store) -> None:
    """A role that reads every kind but Secrets; the real `view` role knows nothing of Cluster API."""
    plurals: dict[str, list[str]] = {}
    for kind in store.served():
        if kind != SECRET:
            plurals.setdefault(kind.group, []).append(kind.plural)
    verbs = ["get", "list", "watch"]
    rules = [
        {"apiGroups": [group], "resources": [name for plural in found for name in (plural, f"{plural}/status")]}
        | {"verbs": verbs}
        for group, found in plurals.items()
    ]
    create(store, CLUSTER_ROLE, {"metadata": {"name": VIEWER_ROLE}, "rules": rules}, ACTOR)
    group = "rbac.authorization.k8s.io"
    binding = {
        "metadata": {"name": VIEWER_ROLE},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": VIEWER_ROLE},
        "subjects": [{"apiGroup": group, "kind": "Group", "name": VIEWER_GROUP}],
    }
    create(store, CLUSTER_ROLE_BINDING, binding, ACTOR)


def _served(cluster: LiveCluster, order: ServeOrder) -> Served:
    url = f"https://127.0.0.1:{cluster.port}"
    return Served(
        url=url,
        version=cluster.kubernetes_version,
        admin_kubeconfig=cluster.server.kubeconfig(NAME),
        viewer_kubeconfig=user_kubeconfig(cluster.authority, f"{NAME}-viewer", url, VIEWER, (VIEWER_GROUP,)),
        skipped_rules=_skipped(order.crds),
    )


def _skipped(crds: Sequence[JsonObject]) -> tuple[str, ...]:
    return tuple(
        f"{crd['metadata']['name']} {version.name} {skipped.path}: {skipped.rule} ({skipped.why})"
        for crd in crds
        for version in served_versions(crd)
        for skipped in Schema(version.schema).skipped_rules
    )
