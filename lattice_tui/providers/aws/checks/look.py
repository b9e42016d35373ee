"""What the checks of one run share: AWS's answers, each asked for once, and how an answer that did not come is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.checks.shared_answers import SharedAnswers
from lattice_tui.providers.aws import shapes
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.session import AwsSession
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.providers.credentials import PARAM
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult

__all__ = ["BLOCK", "SIGN_IN_INPUTS", "Identity", "Look", "TypeFacts", "check", "could_not", "ok", "unknown", "wrong"]

BLOCK: Final = "spec.provider.config.aws"
CHECK_S = 30.0
"""A question may be asked three times."""
SIGN_IN_INPUTS: Final = (
    "region",
    *(f"{PARAM}{name}" for name in ("profile", "access_key_id", "endpoint_url", "method", "expires_at", "missing")),
)
"""What every answer depends on."""
_MAIN_REGIONS: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Never switched off: what a region that is off does not say can be asked there."""
NOT_CHOSEN: Final = "nothing chosen yet"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the keys belong to. Raw words of AWS."""

    account: str
    arn: str
    is_region_closed: bool = False
    """The region itself does not know the keys, another one does: it is switched off for the account."""

    @property
    def is_root(self) -> bool:
        return self.arn.endswith(":root")

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`."""
        return self.arn.split(":")[1] if self.arn.startswith("arn:") else "aws"


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What EC2 says of one instance type."""

    name: str
    vcpus: int
    memory_mib: int
    architecture: str
    """`x86_64` or `arm64`."""

    @property
    def words(self) -> str:
        """`4 vCPU, 16 GiB`."""
        return f"{self.vcpus} vCPU, {self.memory_mib / 1024:g} GiB"


class Look:
    """Built once a run; whatever several checks read is asked for once and shared."""

    def __init__(self, wish: AwsWish, params: Mapping[str, str], secrets: Mapping[str, Secret]) -> None:
        self.wish = wish
        self.params = params
        self.secrets = secrets
        self.session = AwsSession(params, secrets)
        self.once = SharedAnswers().once

    @property
    def main_region(self) -> str:
        """A region of the same part of AWS that is never off."""
        return _MAIN_REGIONS.get(shapes.partition_of(self.wish.region), self.wish.region)

    async def identity(self) -> Identity:
        """Raises AwsAnswerError."""

        async def ask() -> Identity:
            try:
                said = await self.session.call("sts", "get_caller_identity")
            except AwsAnswerError as error:
                if error.code != "InvalidClientTokenId" or self.wish.region == self.main_region:
                    raise
                said = await self._elsewhere(error)
                return Identity(str(said.get("Account", "")), str(said.get("Arn", "")), is_region_closed=True)
            return Identity(str(said.get("Account", "")), str(said.get("Arn", "")))

        return await self.once("identity", ask)

    async def _elsewhere(self, first: AwsAnswerError) -> dict[str, Any]:
        # A region that is off answers as if the key did not exist. Source: AWS account management guide, Regions.
        try:
            return await self.session.call("sts", "get_caller_identity", region=self.main_region)
        except AwsAnswerError:
            raise first from None

    async def regions(self) -> Mapping[str, str]:
        """Region -> its opt-in status, all that there are. Raises AwsAnswerError."""

        async def ask() -> Mapping[str, str]:
            identity = await self.identity()
            region = self.main_region if identity.is_region_closed else ""
            said = await self.session.call("ec2", "describe_regions", region=region, AllRegions=True)
            return {str(one["RegionName"]): str(one.get("OptInStatus", "")) for one in said.get("Regions", ())}

        return await self.once("regions", ask)

    async def zones(self) -> tuple[str, ...]:
        """Names of the region's zones that take machines, sorted. Raises AwsAnswerError."""

        async def ask() -> tuple[str, ...]:
            said = await self.session.call("ec2", "describe_availability_zones")
            return tuple(
                sorted(
                    str(zone["ZoneName"])
                    for zone in said.get("AvailabilityZones", ())
                    if zone.get("State") == "available"
                    and zone.get("ZoneType", "availability-zone") == "availability-zone"
                )
            )

        return await self.once("zones", ask)

    async def types(self) -> Mapping[str, TypeFacts]:
        """Facts of the wanted instance types that exist; one that does not is left out. Raises AwsAnswerError."""

        async def ask() -> Mapping[str, TypeFacts]:
            wanted = sorted({group.instance_type for group in self.wish.groups if group.instance_type})
            # By a filter and not by name: one name that does not exist would spoil the answer about the others.
            filters = [{"Name": "instance-type", "Values": wanted}]
            said = await self.session.every("ec2", "describe_instance_types", "InstanceTypes", Filters=filters)
            return {facts.name: facts for facts in map(type_facts, said)}

        return await self.once("types", ask)

    async def role(self, name: str) -> Mapping[str, Any] | None:
        """A role of the account, None when there is none of that name. Raises AwsAnswerError."""

        async def ask() -> Mapping[str, Any] | None:
            try:
                role: Mapping[str, Any] = (await self.session.call("iam", "get_role", RoleName=name))["Role"]
            except AwsAnswerError as error:
                if error.kind == "absent":
                    return None
                raise
            return role

        return await self.once(f"role {name}", ask)


def type_facts(said: Mapping[str, Any]) -> TypeFacts:
    """Of one entry of DescribeInstanceTypes."""
    architectures = said.get("ProcessorInfo", {}).get("SupportedArchitectures") or ["x86_64"]
    return TypeFacts(
        str(said.get("InstanceType", "")),
        int(said.get("VCpuInfo", {}).get("DefaultVCpus", 0)),
        int(said.get("MemoryInfo", {}).get("SizeInMiB", 0)),
        # i386 stands beside x86_64 for old families; images are made for the latter.
        "arm64" if "arm64" in architectures else "x86_64",
    )


def could_not(error: AwsAnswerError, *, fix: str = "") -> CheckResult:
    """The result of a question that was not answered."""
    if not fix and error.kind == "denied" and error.operation:
        fix = f"To have it looked at, allow these keys: {error.operation}"
    return unknown(f"could not be looked at: {error.because}"[:99], fix=fix, evidence=str(error))


def check(
    look: Look,
    check_id: str,
    title: str,
    run: Callable[[], Awaitable[CheckResult]],
    *needs: str,
    inputs: tuple[str, ...] = (),
    timeout_s: float = CHECK_S,
) -> Check:
    """One check of this run. `inputs` are the names of the parameters it depends on beside the sign-in's."""

    async def guarded() -> CheckResult:
        try:
            return await run()
        except AwsAnswerError as error:
            return could_not(error)

    return Check(check_id, title, needs, timeout_s, guarded, look.wish.simulated, inputs=(*SIGN_IN_INPUTS, *inputs))
