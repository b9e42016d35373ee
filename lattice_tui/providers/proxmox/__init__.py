"""The Proxmox provider: every machine is a virtual machine, cloned from one template.

What lives here: its card, its block of cluster.yaml, its questions, its credentials, its checks, and the client for
Proxmox VE's API. What may not: other providers' names, drawing, and the steps of an install. Who may import it: the
registry by name, and whoever was handed it.
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
    from lattice_tui.providers.credentials import Credentials
    from lattice_tui.providers.made import MadeThing, Making, MakingNews
    from lattice_tui.providers.proxmox.config import ProxmoxConfig
    from lattice_tui.secrets import Secret
    from schemas.choices import LiveChoices
    from schemas.document import LatticeCluster
    from schemas.fields import Field, Part
    from schemas.provider_config import ProviderConfig


class Proxmox:
    """See `lattice_tui.providers.provider.Provider`."""

    name = "proxmox"
    card = ProviderCard(
        name="proxmox",
        title="Proxmox",
        status="stable",
        use_case="On-premises, small and medium businesses",
        load_balancer="kube-vip",
        requires="API token, VM template, IP pool",
        best_for="Home labs, small businesses, edge deployments",
        sentence="For small and medium deployments on Proxmox that you already run.",
        available=True,
        installs=False,
    )

    @property
    def config_model(self) -> type[ProxmoxConfig]:
        from lattice_tui.providers.proxmox.config import ProxmoxConfig

        return ProxmoxConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        from lattice_tui.providers.proxmox.fields import FIELDS

        return FIELDS

    @property
    def parts(self) -> tuple[Part, ...]:
        from lattice_tui.providers.proxmox.fields import PARTS

        return PARTS

    @property
    def asked(self) -> MappingABC[str, tuple[str, ...]]:
        from lattice_tui.providers.proxmox.asked import ASKED

        return ASKED

    @property
    def stages(self) -> MappingABC[str, tuple[str, ...]]:
        from lattice_tui.providers.proxmox.asked import STAGES

        return STAGES

    @property
    def capacity_checks(self) -> tuple[str, ...]:
        return ("proxmox-memory", "proxmox-cpu", "proxmox-storage-room", "proxmox-vm-ids")

    @property
    def credentials(self) -> Credentials:
        from lattice_tui.providers.proxmox.credentials import CREDENTIALS

        return CREDENTIALS

    @property
    def rules(self) -> MappingABC[type[BaseModel], Rule]:
        from lattice_tui.providers.proxmox.rules import RULES

        return RULES

    def check(self, root: Mapping, report: Report) -> None:
        from lattice_tui.providers.proxmox.document_rules import check_document

        check_document(root, report)

    def checks(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Check, ...]:
        from lattice_tui.providers.proxmox.checks import proxmox_checks
        from lattice_tui.providers.proxmox.wish import ProxmoxWish

        return proxmox_checks(ProxmoxWish.from_params(params), params, secrets)

    def check_params(self, cluster: LatticeCluster, config: ProviderConfig) -> dict[str, str]:
        from lattice_tui.providers.proxmox.wish import ProxmoxWish

        return ProxmoxWish.of_cluster(cluster, config).to_params()

    def taken_ranges(self) -> tuple[Network, ...]:
        # Machines are elsewhere: what is around them is in the document, and looked at by the checks.
        return ()

    def choices(
        self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> MappingABC[str, Callable[[], Awaitable[LiveChoices]]]:
        from lattice_tui.providers.proxmox.choices import proxmox_choices
        from lattice_tui.providers.proxmox.wish import ProxmoxWish

        return proxmox_choices(ProxmoxWish.from_params(params), params, secrets)

    async def makings(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Making, ...]:
        from lattice_tui.providers.proxmox.making import makings

        return await makings(params, secrets)

    def undo(
        self, thing: MadeThing, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> AsyncGenerator[MakingNews, None]:
        from lattice_tui.providers.proxmox.making import undo

        return undo(thing, params, secrets)


PROVIDER = Proxmox()
