"""The Docker provider: every machine is a container on this computer.

What lives here: its card, its block of cluster.yaml, its questions, its checks, its Cluster API
objects, and the client for the Docker Engine. What may not: other providers' names, drawing, and
the steps of an install. Who may import it: the registry by name, and whoever was handed it.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING

from lattice_tui.providers.provider import ProviderCard

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.document.report import Report
    from lattice_tui.document.shape import Rule
    from lattice_tui.document.tree import Mapping
    from lattice_tui.providers.docker.config import DockerConfig
    from schemas.fields import Field


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
    def rules(self) -> MappingABC[type[BaseModel], Rule]:
        from lattice_tui.providers.docker.rules import RULES

        return RULES

    def check(self, root: Mapping, report: Report) -> None:
        from lattice_tui.providers.docker.rules import check_document

        check_document(root, report)


PROVIDER = Docker()
