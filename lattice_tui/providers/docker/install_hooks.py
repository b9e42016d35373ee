"""Where Docker differs from the other providers while a cluster is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import DOCKER_KINDS
from lattice_tui.capi.wanted import AddOn, WantedProvider
from lattice_tui.checks.runner import Check
from lattice_tui.document.pins import pins
from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.providers.account import NO_ACCOUNT, Account
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.owned import OwnedScope, OwnedThing
from lattice_tui.secrets import Secret
from schemas.events import Side
from schemas.plan import ClusterPlan
from schemas.problem import Problem

CLUSTER_LABEL = "io.x-k8s.kind.cluster"
"""On every container of a cluster, whether kind or Cluster API made it. Source: CAPD internal/docker, kind."""
DOCKER_SOCKET = "/var/run/docker.sock"
"""Inside the Docker host, also where that is a virtual machine: the controllers make containers through it."""
DOCKER_NETWORK = "kind"
API_PORT = 6443
LOOPBACK = "127.0.0.1"


class DockerHooks:
    """Answers the install engine's questions for machines that are containers."""

    infrastructure = "docker"
    kinds = DOCKER_KINDS
    machine_word = "container"
    place = "Docker on this computer"

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._docker = DockerEngine(endpoint)

    @property
    def infrastructure_version(self) -> str:
        """CAPD is released with Cluster API itself."""
        return pins().capi

    def checks(self, plan: ClusterPlan, *, simulated: bool) -> Sequence[Check]:
        """Everything about this computer's Docker."""
        from lattice_tui.providers.docker.checks import docker_checks
        from lattice_tui.providers.docker.wish import DockerWish

        return docker_checks(DockerWish.of_plan(plan, self._endpoint, simulated))

    def images(self, plan: ClusterPlan) -> tuple[str, ...]:
        """The image of the machines; CAPD pulls nothing that is there already."""
        from lattice_tui.providers.docker.manifests import node_image

        return (node_image(plan),)

    def bootstrap_mounts(self) -> tuple[str, ...]:
        """The controllers inside the bootstrap cluster talk to Docker."""
        return (DOCKER_SOCKET,)

    def reach(self, plan: ClusterPlan, bootstrap: KubeClient) -> Problem | None:
        """Docker's socket is inside the bootstrap node, and the machines will be on its network."""
        bootstrap.version()
        name = f"{plan.bootstrap_cluster_name}-control-plane"
        container = self._docker.container(name)
        if container is None or container.state != "running":
            return _unreachable(f"The container {name} is not running.", f"docker start {name}")
        if not any(mount.endswith(f":{DOCKER_SOCKET}") for mount in container.mounts):
            return _unreachable(f"{DOCKER_SOCKET} is not mounted in {name}.", f"docker inspect {name}")
        if container.addresses and DOCKER_NETWORK not in container.addresses:
            networks = ", ".join(container.addresses)
            return _unreachable(f"{name} is on {networks}, not on the network {DOCKER_NETWORK}.", "docker network ls")
        return None

    def machines(self, plan: ClusterPlan) -> tuple[str, ...]:
        """Containers of the new cluster, its load balancer included."""
        return tuple(sorted(found.name for found in self._docker.containers({CLUSTER_LABEL: plan.name})))

    def manifests(self, plan: ClusterPlan) -> Sequence[Mapping[str, Any]]:
        """The objects that describe the cluster."""
        from lattice_tui.providers.docker.manifests import manifests

        return manifests(plan)

    def secret_manifests(self, plan: ClusterPlan) -> Sequence[Mapping[str, Any]]:  # noqa: ARG002
        """Nothing signs in to Docker."""
        return ()

    def extra_providers(self) -> tuple[WantedProvider, ...]:
        """None."""
        return ()

    def init_variables(self, side: Side) -> Mapping[str, Secret]:  # noqa: ARG002
        """None."""
        return {}

    def components(self) -> tuple[str, ...]:
        """None."""
        return ()

    def add_ons(self, plan: ClusterPlan) -> tuple[AddOn, ...]:  # noqa: ARG002
        """None of Docker's own."""
        return ()

    def add_on_secrets(self, plan: ClusterPlan) -> Sequence[Mapping[str, Any]]:  # noqa: ARG002
        """None."""
        return ()

    def owned(self, scope: OwnedScope) -> tuple[OwnedThing, ...]:
        """Containers with the cluster's label."""
        found = self._docker.containers({CLUSTER_LABEL: scope.cluster})
        return tuple(
            OwnedThing("container", one.name, one.name, self.place, mark=f"{CLUSTER_LABEL}={scope.cluster}")
            for one in sorted(found, key=lambda one: one.name)
        )

    def delete_owned(self, scope: OwnedScope, things: Sequence[OwnedThing]) -> None:
        """Remove the containers that still carry the label."""
        for thing in self.owned(scope):
            if any(wanted.id == thing.id for wanted in things):
                self._docker.remove_container(thing.name)

    def api_server(self, plan: ClusterPlan) -> str:
        """The load balancer's port on this computer; another one after each of its restarts.

        Raises StepFailedError when it is not running.
        """
        name = f"{plan.name}-lb"
        container = self._docker.container(name)
        port = container.ports.get(API_PORT) if container is not None else None
        if port is None:
            raise StepFailedError(
                Problem(
                    code="LT-DOCKER-030",
                    title="The cluster's load balancer is not running",
                    detail=f"Docker has no running container {name} that publishes port {API_PORT}.",
                    fix=f"Start it: docker start {name}",
                    check=f"docker ps --filter name={name}",
                ),
                ExitCode.MACHINES,
            )
        return f"https://{_host(self._endpoint, plan.endpoint_host)}:{port}"


def install_hooks(docker_endpoint: str, account: Account = NO_ACCOUNT) -> DockerHooks:  # noqa: ARG001
    """The hooks for the Docker Engine at this endpoint; nothing signs in to it."""
    return DockerHooks(docker_endpoint)


def _host(endpoint: str, wanted: str) -> str:
    """Where published ports are: on the Docker host, which need not be this computer."""
    remote = urlsplit(endpoint).hostname if endpoint.startswith(("tcp://", "http://", "https://")) else None
    return remote if remote and wanted == LOOPBACK else wanted


def _unreachable(detail: str, check: str) -> Problem:
    return Problem(
        code="LT-DOCKER-031",
        title="The bootstrap cluster cannot make machines in Docker",
        detail=detail,
        fix="Remove the bootstrap cluster (kind delete cluster) and go on with `lattice resume`.",
        check=check,
    )
