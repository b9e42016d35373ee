"""The AWS provider: every machine is an EC2 instance.

What lives here: its card, its block of cluster.yaml, its questions, how one signs in, its checks and pick-lists, and
what it can make for the person. What may not: other providers' names, drawing, the steps of an install, and an SDK
imported at the top of a module. Who may import it: the registry by name, and whoever was handed it.
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
    from lattice_tui.providers.aws.config import AwsConfig
    from lattice_tui.providers.credentials import Credentials
    from lattice_tui.providers.made import MadeThing, Making, MakingNews
    from lattice_tui.secrets import Secret
    from schemas.choices import LiveChoices
    from schemas.document import LatticeCluster
    from schemas.fields import Field, Part
    from schemas.provider_config import ProviderConfig

_AWS = "spec.provider.config.aws"
_KUBERNETES = "spec.provider.kubernetes"


class Aws:
    """See `lattice_tui.providers.provider.Provider`."""

    name = "aws"
    card = ProviderCard(
        name="aws",
        title="AWS",
        status="stable",
        use_case="Public cloud",
        load_balancer="NLB",
        requires="IAM credentials, SSH key, instance profiles",
        best_for="Production, automatic scaling, worldwide distribution",
        sentence="For public cloud deployments that grow with the load.",
        available=True,
        installs=False,
    )

    @property
    def config_model(self) -> type[AwsConfig]:
        from lattice_tui.providers.aws.config import AwsConfig

        return AwsConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        from lattice_tui.providers.aws.fields import FIELDS

        return FIELDS

    @property
    def parts(self) -> tuple[Part, ...]:
        from lattice_tui.providers.aws.fields import PARTS

        return PARTS

    @property
    def asked(self) -> MappingABC[str, tuple[str, ...]]:
        return {
            "connect": (
                "credentials.aws.profile",
                "credentials.aws.access_key_id",
                "credentials.aws.secret_access_key",
                "credentials.aws.session_token",
                f"{_AWS}.region",
            ),
            "size": (f"{_AWS}.cpInstanceType", f"{_AWS}.workerInstanceType", f"{_AWS}.availabilityZoneCount"),
            "build": (
                f"{_KUBERNETES}.version",
                f"{_KUBERNETES}.bootstrap",
                f"{_AWS}.amiId",
                f"{_AWS}.sshKeyName",
            ),
            "addresses": (
                f"{_AWS}.vpcId",
                f"{_AWS}.cpSubnetIds",
                f"{_AWS}.workerSubnetIds",
                f"{_AWS}.internalLoadBalancer",
                "spec.apiAllowedCidrs",
                f"{_KUBERNETES}.certSANs",
                f"{_KUBERNETES}.clusterNetwork.podCidr",
                f"{_KUBERNETES}.clusterNetwork.serviceCidr",
            ),
        }

    @property
    def stages(self) -> MappingABC[str, tuple[str, ...]]:
        from lattice_tui.providers.aws.rows import STAGES

        return STAGES

    @property
    def capacity_checks(self) -> tuple[str, ...]:
        return ("aws-vcpus",)

    @property
    def credentials(self) -> Credentials:
        from lattice_tui.providers.aws.credentials import CREDENTIALS

        return CREDENTIALS

    @property
    def rules(self) -> MappingABC[type[BaseModel], Rule]:
        from lattice_tui.providers.aws.rules import RULES

        return RULES

    def check(self, root: Mapping, report: Report) -> None:
        from lattice_tui.providers.aws.rules import check_document

        check_document(root, report)

    def checks(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Check, ...]:
        from lattice_tui.providers.aws.checks import aws_checks
        from lattice_tui.providers.aws.wish import AwsWish

        return aws_checks(AwsWish.from_params(params), params, secrets)

    def check_params(self, cluster: LatticeCluster, config: ProviderConfig) -> dict[str, str]:
        from lattice_tui.providers.aws.wish import AwsWish

        return AwsWish.of_cluster(cluster, config).to_params()

    def taken_ranges(self) -> tuple[Network, ...]:
        # Machines are elsewhere: what is around them is in the document, and looked at by the checks.
        return ()

    def choices(
        self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> MappingABC[str, Callable[[], Awaitable[LiveChoices]]]:
        from lattice_tui.providers.aws.choices import aws_choices

        return aws_choices(params, secrets)

    async def makings(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Making, ...]:
        from lattice_tui.providers.aws.making import makings

        return await makings(params, secrets)

    def undo(
        self, thing: MadeThing, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> AsyncGenerator[MakingNews, None]:
        from lattice_tui.providers.aws.making import undo

        return undo(thing, params, secrets)


PROVIDER = Aws()
