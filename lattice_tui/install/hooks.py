"""What an install asks of a provider. Each provider's `install_hooks.py` answers, without knowing us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import InfrastructureKinds
from lattice_tui.capi.wanted import AddOn, WantedProvider
from lattice_tui.checks.runner import Check
from lattice_tui.providers.account import NO_ACCOUNT, Account
from lattice_tui.providers.owned import OwnedScope, OwnedThing
from lattice_tui.secrets import Secret
from schemas.events import Side
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

    def secret_manifests(self, plan: ClusterPlan) -> Sequence[Mapping[str, Any]]:
        """The Secrets that the cluster's objects need, with what signs in. Applied; never printed, kept or compared."""
        ...

    def extra_providers(self) -> tuple[WantedProvider, ...]:
        """Providers of Cluster API beside core, bootstrap, control plane and infrastructure: address management."""
        ...

    def init_variables(self, side: Side) -> Mapping[str, Secret]:
        """Environment of `clusterctl init`; on the new cluster without keys that run out where that is possible."""
        ...

    def components(self) -> tuple[str, ...]:
        """URLs of manifests that the infrastructure provider needs and clusterctl does not know: ORC."""
        ...

    def add_ons(self, plan: ClusterPlan) -> tuple[AddOn, ...]:
        """What the new cluster gets beside its network: a cloud controller, storage. In order."""
        ...

    def add_on_secrets(self, plan: ClusterPlan) -> Sequence[Mapping[str, Any]]:
        """Secrets on the new cluster that its add-ons need. Applied; never printed, kept or compared."""
        ...

    def owned(self, scope: OwnedScope) -> tuple[OwnedThing, ...]:
        """What stands of this cluster at the provider. Blocking; SDKs stay in a helper process. Raises LatticeError."""
        ...

    def delete_owned(self, scope: OwnedScope, things: Sequence[OwnedThing]) -> None:
        """Delete these, after looking at each once more; what is not ours stays. Blocking. Raises LatticeError."""
        ...

    def api_server(self, plan: ClusterPlan) -> str | None:
        """The URL at which this computer reaches the new cluster's API; None to leave the kubeconfig alone. Blocking.

        Raises LatticeError when it is not there.
        """
        ...


def hooks_for(plan: ClusterPlan, *, docker_endpoint: str, account: Account = NO_ACCOUNT) -> InstallHooks:
    """The hooks of the plan's provider. Raises ModuleNotFoundError for a provider that has none."""
    module = import_module(f"lattice_tui.providers.{plan.provider}.install_hooks")
    return cast("InstallHooks", module.install_hooks(docker_endpoint, account))
