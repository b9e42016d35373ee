"""The DockerCluster controller: the load balancer in front of the control plane."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import DOCKER_CLUSTER
from lattice_tui.rehearsal.controllers.objects import Context, has_finalizer, is_deleting, set_initialized

JsonObject = dict[str, Any]

FINALIZER = "dockercluster.infrastructure.cluster.x-k8s.io"
_REPOSITORY, _TAG = "kindest", "v20230606-42a2262b"


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a DockerCluster."""
    infra = ctx.store.find(DOCKER_CLUSTER, name, namespace)
    cluster = ctx.cluster_of(infra) if infra is not None else None
    if infra is None or cluster is None or not infra["metadata"].get("ownerReferences"):
        return None
    if not is_deleting(infra) and not has_finalizer(infra, FINALIZER):
        ctx.store.add_finalizer(DOCKER_CLUSTER, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    if ctx.paused(DOCKER_CLUSTER, infra, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    if is_deleting(infra):
        ctx.room.remove_container(f"{cluster['metadata']['name']}-lb")
        ctx.store.remove_finalizer(DOCKER_CLUSTER, name, namespace, FINALIZER, actor=ctx.actor)
        return None
    wanted = infra["spec"].get("loadBalancer", {})
    image = f"{wanted.get('imageRepository') or _REPOSITORY}/haproxy:{wanted.get('imageTag') or _TAG}"
    container = ctx.room.ensure_load_balancer(cluster["metadata"]["name"], image)
    if container is None:
        return None
    after = copied(infra)
    endpoint = after["spec"].setdefault("controlPlaneEndpoint", {})
    # An endpoint that is there stays: it is written into every machine.
    host, port = ctx.room.endpoint(container)
    endpoint["host"] = endpoint.get("host") or host
    endpoint["port"] = endpoint.get("port") or port
    ctx.condition(after, "LoadBalancerAvailable", "True", "Available")
    ctx.condition(after, "Ready", "True", "Ready")
    set_initialized(after, "provisioned")
    ctx.save(DOCKER_CLUSTER, infra, after)
    return None
