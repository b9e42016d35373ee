"""The way of a cluster through the world, step by step, with the product's own manifests and client."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import with_server
from lattice_tui.capi.resources import CLUSTER, MACHINE, NODE, SECRET
from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.manifests import manifests
from schemas.plan import ClusterPlan
from tests.capi.plans import SMALL
from tests.polling import eventually
from tests.world.conftest import RunningWorld

JsonObject = dict[str, Any]
PATIENCE_S = 90.0
CAPI = pins().capi
INIT = (
    *("init", "--core", f"cluster-api:{CAPI}", "--bootstrap", f"kubeadm:{CAPI}", "--control-plane", f"kubeadm:{CAPI}"),
    *("--infrastructure", f"docker:{CAPI}", "--wait-providers", "--kubeconfig"),
)


def init(world: RunningWorld, kubeconfig: str) -> str:
    """clusterctl init; its standard error."""
    return world.good("clusterctl", *INIT, str(world.kubeconfig(kubeconfig))).stderr


def client(world: RunningWorld, kubeconfig: str) -> KubeClient:
    return KubeClient.from_kubeconfig(world.kubeconfig(kubeconfig))


def apply(world: RunningWorld, plan: ClusterPlan = SMALL) -> None:
    """All objects of a plan, at the bootstrap cluster."""
    api = client(world, "bootstrap")
    for manifest in manifests(plan):
        api.apply(manifest)
    api.close()


def wait_for_api(world: RunningWorld, plan: ClusterPlan = SMALL) -> Path:
    """Wait until the new cluster's API is up; its kubeconfig, `target`, as seen from this computer."""
    api = client(world, "bootstrap")
    eventually(
        lambda: _condition(api.get(CLUSTER, plan.name, plan.namespace), "ControlPlaneInitialized"),
        lambda status: status == "True",
        timeout_s=PATIENCE_S,
    )
    secret = api.get(SECRET, f"{plan.name}-kubeconfig", plan.namespace)
    assert secret is not None
    balancer = DockerEngine(world.handle.docker_endpoint).container(f"{plan.name}-lb")
    assert balancer is not None
    path = world.kubeconfig("target")
    path.write_bytes(
        with_server(base64.b64decode(secret["data"]["value"]), f"https://127.0.0.1:{balancer.ports[6443]}")
    )
    api.close()
    return path


def install_network(world: RunningWorld, *more: str) -> str:
    """helm upgrade --install cilium; its standard output."""
    chart = pins().cilium
    arguments = ("upgrade", "--install", "cilium", chart.name, "--repo", chart.repository, "--version", chart.version)
    where = ("--namespace", "kube-system", "--kubeconfig", str(world.kubeconfig("target")))
    return world.good("helm", *arguments, *where, *more).stdout


def wait_for_nodes(world: RunningWorld, count: int) -> None:
    """Wait until so many nodes are ready in the new cluster."""
    api = client(world, "target")
    eventually(
        lambda: [_condition(node, "Ready") for node in api.list(NODE).items],
        lambda states: states == ["True"] * count,
        timeout_s=PATIENCE_S,
    )
    api.close()


def wait_for_machines(world: RunningWorld, side: str, count: int, plan: ClusterPlan = SMALL) -> list[JsonObject]:
    """Wait until so many Machines are ready; they."""
    return wait_for(
        world, side, lambda machines: [_condition(one, "Ready") for one in machines] == ["True"] * count, plan
    )


def wait_for(
    world: RunningWorld, side: str, until: Callable[[list[JsonObject]], bool], plan: ClusterPlan = SMALL
) -> list[JsonObject]:
    """Wait until the Machines of one side are as wished."""
    api = client(world, side)
    found = eventually(lambda: api.list(MACHINE, plan.namespace).items, until, timeout_s=PATIENCE_S)
    api.close()
    return found


def build(world: RunningWorld, plan: ClusterPlan = SMALL) -> None:
    """Everything up to a cluster whose machines are all ready, managed from the kind cluster."""
    init(world, "bootstrap")
    apply(world, plan)
    wait_for_api(world, plan)
    install_network(world)
    machines = plan.control_plane_replicas + sum(pool.replicas for pool in plan.pools)
    wait_for_machines(world, "bootstrap", machines, plan)


def move(world: RunningWorld, plan: ClusterPlan = SMALL) -> tuple[str, ...]:
    """The arguments of clusterctl move."""
    sides = ("--kubeconfig", str(world.kubeconfig("bootstrap")), "--to-kubeconfig", str(world.kubeconfig("target")))
    return ("move", *sides, "--namespace", plan.namespace)


def _condition(obj: JsonObject | None, type_: str) -> str:
    conditions = (obj or {}).get("status", {}).get("conditions", [])
    return next((str(one["status"]) for one in conditions if one["type"] == type_), "")
