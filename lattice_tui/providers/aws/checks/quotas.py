"""A15 and A16: what the account may still have, against what the cluster takes while its machines are replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, TypeFacts, check, ok, type_facts, unknown, wrong
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

ELASTIC_IPS: Final = ("ec2", "L-0263D0A3")
VPCS: Final = ("vpc", "L-F678F1CE")
NAT_GATEWAYS: Final = ("vpc", "L-FE5A380F")
"""Service and code of a quota. Source: the Service Quotas console."""
_FAMILIES: Final = (
    ("standard", "L-1216C47A", ("a", "c", "d", "h", "i", "m", "r", "t", "z")),
    ("G and VT", "L-DB2E81BA", ("g", "vt")),
    ("P", "L-417A185B", ("p",)),
    ("X", "L-7295265B", ("x",)),
    ("F", "L-74FC7D96", ("f",)),
    ("Inf", "L-1945791B", ("inf",)),
    ("Trn", "L-2C3B7624", ("trn",)),
    ("DL", "L-6E869C2A", ("dl",)),
    ("High Memory", "L-43DA4232", ("u",)),
)
"""Name, quota of vCPUs on demand, and the letters that its types begin with. Source: EC2 guide, on-demand quotas."""
_RAISE: Final = "https://console.aws.amazon.com/servicequotas/home/services/{service}/quotas/{code}"
_MAKING = ("vpc_id", "zone_count")


def checks(look: Look) -> tuple[Check, ...]:
    quotas = _Quotas(look)
    machines = ("cp_instance_type", "pools", "control_planes")
    return (
        check(look, rows.VPCS, "VPCs left", quotas.vpcs, rows.REGION, inputs=("vpc_id",)),
        check(look, rows.ADDRESSES, "Elastic IPs left", quotas.elastic_ips, rows.REGION, inputs=_MAKING),
        check(look, rows.NAT_GATEWAYS, "NAT gateways left", quotas.nat_gateways, rows.REGION, inputs=_MAKING),
        check(look, rows.VCPUS, "vCPUs left", quotas.vcpus, rows.REGION, inputs=machines),
    )


class _Quotas:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._wish = look.wish

    async def _quota(self, quota: tuple[str, str]) -> int:
        """Raises AwsAnswerError."""
        service, code = quota
        said = await self._look.session.call("service-quotas", "get_service_quota", ServiceCode=service, QuotaCode=code)
        return int(said["Quota"]["Value"])

    async def vpcs(self) -> CheckResult:
        if self._wish.vpc_id:
            return ok("none is made: you bring your own")
        used = len(await self._look.session.every("ec2", "describe_vpcs", "Vpcs"))
        quota = await self._quota(VPCS)
        if used < quota:
            return ok(f"1 is made, {quota - used} of {quota} are left")
        return self._short(
            "LT-AWS-191",
            f"The region holds {used} VPCs, of {quota} allowed; one more is needed",
            "Delete one that is not used, name your own (vpcId), or have the quota raised",
            VPCS,
            f"{BLOCK}.vpcId",
        )

    async def elastic_ips(self) -> CheckResult:
        if self._wish.vpc_id:
            return ok("none is taken: you bring your own network")
        said = await self._look.session.call("ec2", "describe_addresses")
        used = sum(1 for one in said.get("Addresses", ()) if one.get("Domain", "vpc") == "vpc")
        quota = await self._elastic_ip_quota()
        need, free = self._wish.zone_count, quota - used
        if free >= need:
            return ok(f"{need} needed, {free} of {quota} are left")
        lower = f"Write availabilityZoneCount: {free}, or release" if 0 < free < need else "Release"
        return self._short(
            "LT-AWS-190",
            f"{need} Elastic IPs are needed, {max(0, free)} of {quota} are left",
            f"{lower} addresses that are not used, or have the quota raised",
            ELASTIC_IPS,
            f"{BLOCK}.availabilityZoneCount",
            "Each zone's NAT gateway takes one; AWS would say AddressLimitExceeded.",
        )

    async def _elastic_ip_quota(self) -> int:
        try:
            return await self._quota(ELASTIC_IPS)
        except AwsAnswerError as error:
            # An account attribute says the same to keys that may not read quotas.
            name = "vpc-max-elastic-ips"
            said = await self._look.session.call("ec2", "describe_account_attributes", AttributeNames=[name])
            for one in said.get("AccountAttributes", ()):
                if one.get("AttributeName") == name and one.get("AttributeValues"):
                    return int(one["AttributeValues"][0]["AttributeValue"])
            raise error from None

    async def nat_gateways(self) -> CheckResult:
        if self._wish.vpc_id:
            return ok("none is made: you bring your own network")
        quota = await self._quota(NAT_GATEWAYS)
        used = await self._nat_gateways_by_zone()
        zones = (await self._look.zones())[: self._wish.zone_count]
        full = [zone for zone in zones if used[zone] >= quota]
        if not full:
            return ok(f"{len(zones)} are made, one in a zone; {quota} are allowed in each")
        return self._short(
            "LT-AWS-192",
            f"{', '.join(full)}: {quota} NAT gateways are there, all that are allowed in a zone",
            "Delete one that is not used, name your own network (vpcId), or have the quota raised",
            NAT_GATEWAYS,
            f"{BLOCK}.availabilityZoneCount",
        )

    async def _nat_gateways_by_zone(self) -> Counter[str]:
        session = self._look.session
        gateways = await session.every("ec2", "describe_nat_gateways", "NatGateways")
        standing = [str(one.get("SubnetId")) for one in gateways if one.get("State") in ("available", "pending")]
        if not standing:
            return Counter()
        subnets = await session.every("ec2", "describe_subnets", "Subnets")
        zones = {str(one["SubnetId"]): str(one["AvailabilityZone"]) for one in subnets}
        return Counter(zones.get(subnet, "") for subnet in standing)

    async def vcpus(self) -> CheckResult:
        needs, unsure = self._needs(await self._look.types())
        if not needs:
            return unknown("nothing chosen yet: instance types")
        used = await self._vcpus_used()
        found: list[str] = []
        for family, need in needs.items():
            quota = await self._quota(("ec2", family.code))
            free = quota - used[family.name]
            if free < need:
                return self._vcpus_short(family, need, free, quota, used[family.name])
            found.append(f"{need} needed, {free} of {quota} {family.name} vCPUs are left")
        if unsure:
            return unknown(f"the size of {', '.join(unsure)} is not known", evidence="; ".join(found))
        return ok(
            "; ".join(found)[:99], why="One more machine of each kind is counted: it stands while one is replaced."
        )

    def _vcpus_short(self, family: _Family, need: int, free: int, quota: int, used: int) -> CheckResult:
        return self._short(
            "LT-AWS-195",
            f"{need} {family.name} vCPUs are needed, {max(0, free)} of {quota} are left",
            "Take fewer or smaller machines, stop some that run, or have the quota raised",
            ("ec2", family.code),
            f"{BLOCK}.workerInstanceType",
            f"{used} are in use; AWS would say VcpuLimitExceeded. One more machine of each kind is counted.",
        )

    def _needs(self, facts: Mapping[str, TypeFacts]) -> tuple[dict[_Family, int], list[str]]:
        """(vCPUs with surge by family, types whose size is not known)."""
        needs: Counter[_Family] = Counter()
        unsure: list[str] = []
        for group in self._wish.groups:
            size = facts.get(group.instance_type)
            if size is not None:
                needs[_family_of(size.name)] += size.vcpus * group.with_surge
            elif group.instance_type:
                unsure.append(safe_text(group.instance_type, 30))
        return dict(needs), unsure

    async def _vcpus_used(self) -> Counter[str]:
        """Family -> vCPUs of machines that run or start. Spot machines have quotas of their own."""
        session = self._look.session
        filters = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        reservations = await session.every("ec2", "describe_instances", "Reservations", Filters=filters)
        machines = [
            machine
            for one in reservations
            for machine in one.get("Instances", ())
            if machine.get("InstanceLifecycle") != "spot"
        ]
        names = sorted({str(machine["InstanceType"]) for machine in machines})
        if not names:
            return Counter()
        by_name = [{"Name": "instance-type", "Values": names}]
        said = await session.every("ec2", "describe_instance_types", "InstanceTypes", Filters=by_name)
        sizes = {facts.name: facts.vcpus for facts in map(type_facts, said)}
        used: Counter[str] = Counter()
        for machine in machines:
            name = str(machine["InstanceType"])
            used[_family_of(name).name] += sizes.get(name, _cores(machine))
        return used

    def _short(
        self, code: str, summary: str, fix: str, quota: tuple[str, str], field: str, why: str = ""
    ) -> CheckResult:
        service, quota_code = quota
        return wrong(
            "fail",
            code,
            safe_text(summary, 99),
            why=why or "AWS refuses what is above an account's quota, in the middle of building.",
            fix=f"{fix}: {_RAISE.format(service=service, code=quota_code)}",
            action=f"aws service-quotas get-service-quota --service-code {service} --quota-code {quota_code}",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class _Family:
    name: str
    code: str


def _family_of(instance_type: str) -> _Family:
    """Which quota counts a type: by the letters before its first digit; all that is not named is standard."""
    family = instance_type.partition(".")[0]
    letters = family[: next((at for at, letter in enumerate(family) if not letter.isalpha()), len(family))]
    for name, code, beginnings in _FAMILIES:
        if letters in beginnings:
            return _Family(name, code)
    return _Family(*_FAMILIES[0][:2])


def _cores(machine: Mapping[str, Any]) -> int:
    options = machine.get("CpuOptions") or {}
    return int(options.get("CoreCount") or 1) * int(options.get("ThreadsPerCore") or 1)
