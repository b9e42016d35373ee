"""What an install asks of a provider. Each provider's `install_hooks.py` answers, without knowing us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import InfrastructureKinds
from lattice_tui.checks.runner import Check
from schemas.plan import ClusterPlan
from schemas.problem import Problem


class InstallHooks(Protocol):
    """Where one provider differs from the others while a cluster is built. Blocking methods run in a thread."""

    infrastructure: str
    """clusterctl's name of the infrastructure provider: `docker`."""
    infrastructure_version: str
    """Pinned, with a leading `v`."""
    kinds: InfrastructureKinds
    """What to watch beside the core objects."""
    machine_word: str
    """What a machine is in the provider's own words: `container`."""
    place: str
    """Where machines are, in words: `Docker on this computer`."""

    def checks(self, plan: ClusterPlan, *, simulated: bool) -> Sequence[Check]:
        """Everything that can be known before anything is made."""
        ...

    def images(self, plan: ClusterPlan) -> tuple[str, ...]:
        """Images that this computer's Docker needs for the machines; empty when they run elsewhere."""
        ...

    def bootstrap_mounts(self) -> tuple[str, ...]:
        """Paths of the Docker host that the bootstrap cluster's node needs at the same place."""
        ...

    def reach(self, plan: ClusterPlan, bootstrap: KubeClient) -> Problem | None:
        """Whether the machines' provider can be reached from inside the bootstrap cluster. Blocking."""
        ...

    def machines(self, plan: ClusterPlan) -> tuple[str, ...]:
        """Names of what stands of this cluster at the provider, whatever Kubernetes knows of it. Blocking."""
        ...

    def manifests(self, plan: ClusterPlan) -> Sequence[Mapping[str, Any]]:
        """The objects that describe the cluster, in the order in which they are made."""
        ...

    def api_server(self, plan: ClusterPlan) -> str | None:
        """The URL at which this computer reaches the new cluster's API; None to leave the kubeconfig alone. Blocking.

        Raises LatticeError when it is not there.
        """
        ...


def hooks_for(plan: ClusterPlan, *, docker_endpoint: str) -> InstallHooks:
    """The hooks of the plan's provider. Raises ModuleNotFoundError for a provider that has none."""
    module = import_module(f"lattice_tui.providers.{plan.provider}.install_hooks")
    return cast("InstallHooks", module.install_hooks(docker_endpoint))
