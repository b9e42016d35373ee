"""The Docker provider: every machine is a container on this computer.

What lives here: its card, its block of cluster.yaml, its questions, its checks, its Cluster API
objects, and the client for the Docker Engine. What may not: other providers' names, drawing, and
the steps of an install. Who may import it: the registry by name, and whoever was handed it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING

from lattice_tui.providers.provider import ProviderCard

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.checks.runner import Check
    from lattice_tui.document.ranges import Network
    from lattice_tui.document.report import Report
    from lattice_tui.document.shape import Rule
    from lattice_tui.document.tree import Mapping
    from lattice_tui.providers.docker.config import DockerConfig
    from lattice_tui.providers.made import MadeThing, Making, MakingNews
    from lattice_tui.secrets import Secret
    from schemas.choices import LiveChoices
    from schemas.document import LatticeCluster
    from schemas.fields import Field, Part
    from schemas.provider_config import ProviderConfig


class Docker:
    """See `lattice_tui.providers.provider.Provider`."""

    name = "docker"
    card = ProviderCard(
        name="docker",
        title="Docker",
        status="stable",
        use_case="Development and testing",
        load_balancer="Host ports",
        requires="Docker on this computer, no account",
        best_for="Trying things out, testing",
        sentence="On this computer, for learning and testing: every machine is a container.",
        available=True,
        installs=True,
    )

    @property
    def config_model(self) -> type[DockerConfig]:
        from lattice_tui.providers.docker.config import DockerConfig

        return DockerConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        from lattice_tui.providers.docker.fields import FIELDS

        return FIELDS

    @property
    def parts(self) -> tuple[Part, ...]:
        return ()

    @property
    def asked(self) -> MappingABC[str, tuple[str, ...]]:
        return {}

    @property
    def stages(self) -> MappingABC[str, tuple[str, ...]]:
        return {}

    @property
    def capacity_checks(self) -> tuple[str, ...]:
        return ("docker-memory",)

    @property
    def credentials(self) -> None:
        return None

    @property
    def rules(self) -> MappingABC[type[BaseModel], Rule]:
        from lattice_tui.providers.docker.rules import RULES

        return RULES

    def check(self, root: Mapping, report: Report) -> None:
        from lattice_tui.providers.docker.rules import check_document

        check_document(root, report)

    def checks(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Check, ...]:
        from lattice_tui.providers.docker.checks import docker_checks
        from lattice_tui.providers.docker.wish import DockerWish

        # Docker on this computer needs no sign-in of ours: there are no secrets to take.
        del secrets
        return docker_checks(DockerWish.from_params(params))

    def check_params(self, cluster: LatticeCluster, config: ProviderConfig) -> dict[str, str]:
        from lattice_tui.providers.docker.wish import DockerWish

        return DockerWish.of_cluster(cluster, config).to_params()

    def taken_ranges(self) -> tuple[Network, ...]:
        from lattice_tui.providers.docker.surroundings import taken_ranges

        return taken_ranges()

    def choices(
        self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> MappingABC[str, Callable[[], Awaitable[LiveChoices]]]:
        del params, secrets
        return {}

    async def makings(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Making, ...]:
        del params, secrets
        return ()

    def undo(
        self, thing: MadeThing, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> AsyncGenerator[MakingNews, None]:
        del params, secrets
        raise ValueError(f"nothing is made on Docker: {thing.kind}")


PROVIDER = Docker()
