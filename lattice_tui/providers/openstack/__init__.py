"""The OpenStack provider: every machine is a server of one project.

What lives here: its card, its block of cluster.yaml, its questions, its credentials, its checks and pick-lists, and
the connection to the cloud. What may not: other providers' names, drawing, and the steps of an install. Who may
import it: the registry by name, and whoever was handed it.
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
    from lattice_tui.providers.openstack.config import OpenStackConfig
    from lattice_tui.secrets import Secret
    from schemas.choices import LiveChoices
    from schemas.document import LatticeCluster
    from schemas.fields import Field, Part
    from schemas.provider_config import ProviderConfig


class OpenStack:
    """See `lattice_tui.providers.provider.Provider`."""

    name = "openstack"
    card = ProviderCard(
        name="openstack",
        title="OpenStack",
        status="stable",
        use_case="Private or public cloud",
        load_balancer="Octavia",
        requires="clouds.yaml, SSH key, image",
        best_for="Enterprises with OpenStack, several tenants",
        sentence="For private clouds, or public ones built on OpenStack (OVH, Vexxhost).",
        available=True,
        installs=False,
    )

    @property
    def config_model(self) -> type[OpenStackConfig]:
        from lattice_tui.providers.openstack.config import OpenStackConfig

        return OpenStackConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        from lattice_tui.providers.openstack.fields import FIELDS

        return FIELDS

    @property
    def parts(self) -> tuple[Part, ...]:
        from lattice_tui.providers.openstack.fields import PARTS

        return PARTS

    @property
    def asked(self) -> MappingABC[str, tuple[str, ...]]:
        from lattice_tui.providers.openstack.fields import ASKED

        return ASKED

    @property
    def stages(self) -> MappingABC[str, tuple[str, ...]]:
        from lattice_tui.providers.openstack.fields import STAGES

        return STAGES

    @property
    def capacity_checks(self) -> tuple[str, ...]:
        return ("openstack-capacity", "openstack-volume-quota")

    @property
    def credentials(self) -> Credentials:
        from lattice_tui.providers.openstack.credentials import CREDENTIALS

        return CREDENTIALS

    @property
    def rules(self) -> MappingABC[type[BaseModel], Rule]:
        from lattice_tui.providers.openstack.rules import RULES

        return RULES

    def check(self, root: Mapping, report: Report) -> None:
        from lattice_tui.providers.openstack.document_rules import check_document

        check_document(root, report)

    def checks(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Check, ...]:
        from lattice_tui.providers.openstack.checks import openstack_checks
        from lattice_tui.providers.openstack.wish import OpenStackWish

        return openstack_checks(OpenStackWish.from_params(params), params, secrets)

    def check_params(self, cluster: LatticeCluster, config: ProviderConfig) -> dict[str, str]:
        from lattice_tui.providers.openstack.wish import OpenStackWish

        return OpenStackWish.of_cluster(cluster, config).to_params()

    def taken_ranges(self) -> tuple[Network, ...]:
        # Machines are elsewhere: what is around them is in the document, and looked at by the checks.
        return ()

    def choices(
        self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> MappingABC[str, Callable[[], Awaitable[LiveChoices]]]:
        from lattice_tui.providers.openstack.choices import choices

        return choices(params, secrets)

    async def makings(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Making, ...]:
        from lattice_tui.providers.openstack.making import makings

        return await makings(params, secrets)

    def undo(
        self, thing: MadeThing, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> AsyncGenerator[MakingNews, None]:
        from lattice_tui.providers.openstack.making import undo

        return undo(thing, params, secrets)


PROVIDER = OpenStack()
