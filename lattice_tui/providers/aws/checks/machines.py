"""A11, A13 and A18: instance types where they are wanted, the key pair, and how disks are encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, TypeFacts, check, ok, unknown, wrong
from lattice_tui.providers.aws.wish import Pool
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

# kubeadm refuses less than 2 CPUs and 1700 MB of memory for a control plane.
_CP_MIN_VCPUS, _CP_MIN_MIB = 2, 1700
_USUAL_CP_MIB = 4096
_WORKER_MIN_MIB = 1900
_FAMILIES: Final = ("m5", "m6i", "m7i", "t3", "m6a", "m5a", "m7g")
"""That most regions have, the usual ones first."""
_ALIAS_OF_AWS: Final = "alias/aws/ebs"


def checks(look: Look) -> tuple[Check, ...]:
    machines = _Machines(look)
    inputs = (
        "cp_instance_type",
        "pools",
        "control_planes",
        "zone_count",
        "vpc_id",
        "cp_subnet_ids",
        "worker_subnet_ids",
    )
    return (
        check(look, rows.TYPES, "Instance types", machines.types, rows.REGION, inputs=inputs),
        check(look, rows.KEY_PAIR, "Key pair", machines.key_pair, rows.REGION, inputs=("ssh_key_name", "no_ssh_key")),
        check(look, rows.ENCRYPTION, "Disk encryption", machines.encryption, rows.REGION),
    )


class _Machines:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def types(self) -> CheckResult:
        groups = [group for group in self._look.wish.groups if group.instance_type]
        if not groups:
            return unknown("nothing chosen yet: instance types")
        facts = await self._look.types()
        offered = await self._offered({group.instance_type for group in groups})
        zones = await self._zones_used()
        found: list[CheckResult] = []
        for group in groups:
            in_zones = offered.get(group.instance_type, set())
            if group.instance_type not in facts or not in_zones:
                return await self._not_offered(group)
            missing = [zone for zone in zones if zone not in in_zones]
            if missing:
                found.append(self._not_everywhere(group, missing, zones))
            if small := _small(group, facts[group.instance_type], is_control_plane=group is groups[0]):
                found.append(small)
        if found:
            return min(found, key=lambda result: result.status != "fail")
        said = ", ".join(f"{group.replicas} x {group.instance_type}" for group in groups)
        sizes = "; ".join(f"{name}: {one.words}, {one.architecture}" for name, one in facts.items())
        return ok(
            safe_text(said, 99),
            why="Whether AWS has one free at that moment (InsufficientInstanceCapacity) nobody can tell beforehand.",
            evidence=safe_text(sizes),
        )

    async def _offered(self, names: set[str]) -> Mapping[str, set[str]]:
        """Type -> zones that have it."""
        offerings = await self._look.session.every(
            "ec2",
            "describe_instance_type_offerings",
            "InstanceTypeOfferings",
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": sorted(names)}],
        )
        found: dict[str, set[str]] = {}
        for one in offerings:
            found.setdefault(str(one["InstanceType"]), set()).add(str(one["Location"]))
        return found

    async def _zones_used(self) -> tuple[str, ...]:
        """Zones that machines may be put in: the first ones by name, as Cluster API takes them."""
        wish = self._look.wish
        if not wish.vpc_id:
            return (await self._look.zones())[: wish.zone_count]
        if not wish.subnet_ids:
            return ()
        try:
            said = await self._look.session.every("ec2", "describe_subnets", "Subnets", SubnetIds=list(wish.subnet_ids))
        except AwsAnswerError:
            # The row of the network says so.
            return ()
        return tuple(sorted({str(subnet["AvailabilityZone"]) for subnet in said}))

    async def _not_offered(self, group: Pool) -> CheckResult:
        near = await self._similar(group.instance_type)
        return wrong(
            "fail",
            "LT-AWS-155",
            f"{safe_text(group.instance_type, 30)} is not offered in {self._look.wish.region}",
            why=f"It is wanted for: {safe_text(group.name, 40)}.",
            fix=f"Take {' or '.join(near)}" if near else "Pick one from the list",
            action="aws ec2 describe-instance-type-offerings --query 'InstanceTypeOfferings[].InstanceType'",
            field=group.field or f"{BLOCK}.workerInstanceType",
        )

    async def _similar(self, name: str) -> tuple[str, ...]:
        """Types of the same size in usual families that the region has."""
        family, _, size = name.partition(".")
        others = [other for other in _FAMILIES if other != family]
        wanted = [f"{other}.{size or 'large'}" for other in others] + [f"{family}.large"]
        try:
            offered = await self._offered(set(wanted))
        except AwsAnswerError:
            # Without suggestions the sentence is shorter.
            return ()
        return tuple(name for name in wanted if name in offered)[:2]

    def _not_everywhere(self, group: Pool, missing: list[str], zones: tuple[str, ...]) -> CheckResult:
        is_control_plane = group.field.endswith("cpInstanceType")
        has_first = zones and zones[0] not in missing
        fewer = next((count for count, zone in enumerate(zones) if zone in missing), 0)
        lower = f", or write availabilityZoneCount: {fewer}" if has_first and not self._look.wish.vpc_id else ""
        return wrong(
            "fail" if is_control_plane or not has_first else "warn",
            "LT-AWS-156",
            f"{safe_text(group.instance_type, 30)} is not offered in {', '.join(missing)}",
            why="Machines are spread over these zones; one that is put there does not start.",
            fix=f"Take a type that every zone has{lower}",
            action=f"aws ec2 describe-instance-type-offerings --location-type availability-zone "
            f"--filters Name=instance-type,Values={safe_text(group.instance_type, 30)}",
            field=group.field or f"{BLOCK}.workerInstanceType",
            evidence=f"zones used: {', '.join(zones)}",
        )

    async def key_pair(self) -> CheckResult:
        name = self._look.wish.ssh_key_name
        if name is None:
            return unknown("nothing chosen yet: Key pair")
        if not name:
            return ok("none is wanted", why="No machine can be entered by SSH with a key pair of EC2.")
        pairs = (await self._look.session.call("ec2", "describe_key_pairs")).get("KeyPairs", ())
        found = next((pair for pair in pairs if pair.get("KeyName") == name), None)
        if found is not None:
            return ok(safe_text(f"{name} ({found.get('KeyType') or 'rsa'})", 99))
        there = ", ".join(safe_text(str(pair.get("KeyName", "")), 40) for pair in pairs[:8])
        close = next(
            (str(pair["KeyName"]) for pair in pairs if str(pair.get("KeyName", "")).lower() == name.lower()), ""
        )
        take = (
            f"Take {safe_text(close, 60)}"
            if close
            else f"Take one that is there: {there}"
            if there
            else "Bring your key"
        )
        return wrong(
            "fail",
            "LT-AWS-170",
            f"There is no key pair {safe_text(name, 40)} in {self._look.wish.region}",
            why="Key pairs belong to one region; without it no machine starts.",
            fix=f'{take}, or write sshKeyName: ""',
            action=f"aws ec2 import-key-pair --key-name {safe_text(name, 40)} "
            "--public-key-material fileb://~/.ssh/id_ed25519.pub",
            field=f"{BLOCK}.sshKeyName",
            evidence=f"there are: {there}" if there else "there are none",
            action_id="make-keypair",
        )

    async def encryption(self) -> CheckResult:
        said = await self._look.session.call("ec2", "get_ebs_encryption_by_default")
        if not said.get("EbsEncryptionByDefault"):
            return ok(
                "disks are not encrypted by themselves", why="Switch it on at EC2 > Data protection and security."
            )
        try:
            key = str((await self._look.session.call("ec2", "get_ebs_default_kms_key_id")).get("KmsKeyId", ""))
        except AwsAnswerError as error:
            return unknown("every disk is encrypted; with whose key could not be looked at", evidence=str(error))
        if key.endswith(_ALIAS_OF_AWS):
            return ok("every disk is encrypted, with AWS's own key")
        return wrong(
            "warn",
            "LT-AWS-205",
            "Every disk is encrypted with a key of this account's own",
            why="Going on, machines end at once (Client.InternalError) where the key does not let them use it.",
            fix="Allow the user or role that builds kms:CreateGrant, kms:Decrypt and kms:GenerateDataKey* on the key",
            action="aws ec2 get-ebs-default-kms-key-id",
            evidence=safe_text(key),
        )


def _small(group: Pool, size: TypeFacts, *, is_control_plane: bool) -> CheckResult | None:
    """Whether a machine of that size is too small for what it is to do."""
    if is_control_plane and (size.vcpus < _CP_MIN_VCPUS or size.memory_mib < _CP_MIN_MIB):
        return wrong(
            "fail",
            "LT-AWS-157",
            f"{group.instance_type} ({size.words}) is too small for a control plane",
            why="kubeadm refuses less than 2 vCPU and 1700 MB.",
            fix="Take t3.medium or larger",
            field=group.field,
        )
    least_mib = _USUAL_CP_MIB if is_control_plane else _WORKER_MIN_MIB
    if size.memory_mib >= least_mib:
        return None
    return wrong(
        "warn",
        "LT-AWS-158",
        f"{group.instance_type} ({size.words}) is small for {safe_text(group.name, 32)}",
        why="Going on, what runs there is ended when memory runs short.",
        fix="Take t3.medium or larger",
        field=group.field or f"{BLOCK}.workerInstanceType",
    )
