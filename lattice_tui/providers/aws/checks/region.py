"""A5 and A6: the region exists, is switched on for the account, and has the zones that are wanted."""

from __future__ import annotations

import difflib

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, check, ok, wrong
from lattice_tui.text import safe_text
from schemas.checks import CheckResult


def checks(look: Look) -> tuple[Check, ...]:
    region = _Region(look)
    return (
        check(look, rows.REGION, "Region", region.region, rows.IDENTITY),
        check(look, rows.ZONES, "Availability zones", region.zones, rows.REGION, inputs=("zone_count", "vpc_id")),
    )


class _Region:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def region(self) -> CheckResult:
        wanted = self._look.wish.region
        try:
            regions = await self._look.regions()
        except AwsAnswerError as error:
            if error.kind != "denied" or (await self._look.identity()).is_region_closed:
                raise
            # A region that is off knows no keys: this one has just said whose they are.
            return ok(f"{safe_text(wanted, 30)} knows these keys", evidence=str(error))
        status = regions.get(wanted)
        if status is None:
            near = difflib.get_close_matches(wanted, regions, n=3, cutoff=0.5)
            return wrong(
                "fail",
                "LT-AWS-121",
                f"There is no region {safe_text(wanted, 30)}",
                why="AWS lists every region, the ones that are off too.",
                fix=f"Did you mean {' or '.join(near)}?" if near else "Pick one from the list",
                action="aws ec2 describe-regions --all-regions --query 'Regions[].RegionName'",
                field=f"{BLOCK}.region",
                evidence=", ".join(sorted(regions)),
            )
        if status == "not-opted-in" or (await self._look.identity()).is_region_closed:
            return wrong(
                "fail",
                "LT-AWS-120",
                f"The region {wanted} is switched off for this account",
                why="Newer regions have to be switched on once; nothing can be made there before.",
                fix="Switch it on (Account > AWS Regions; it takes some minutes), or take another region",
                action=f"aws account enable-region --region-name {wanted}",
                field=f"{BLOCK}.region",
                evidence=", ".join(sorted(name for name, opted in regions.items() if opted != "not-opted-in")),
            )
        return ok(f"{wanted} is switched on")

    async def zones(self) -> CheckResult:
        wish = self._look.wish
        zones = await self._look.zones()
        if wish.vpc_id:
            return ok(f"{len(zones)} zones; your VPC's subnets decide which are used", evidence=", ".join(zones))
        if len(zones) >= wish.zone_count:
            return ok(f"{', '.join(zones[: wish.zone_count])} of {len(zones)}", evidence=", ".join(zones))
        return wrong(
            "fail",
            "LT-AWS-125",
            f"{wish.zone_count} zones are wanted, {wish.region} has {len(zones)} for this account",
            why="A subnet is made in each of them.",
            fix=f"Write availabilityZoneCount: {max(1, len(zones))}, or take a region with more zones",
            action="aws ec2 describe-availability-zones --query 'AvailabilityZones[].ZoneName'",
            field=f"{BLOCK}.availabilityZoneCount",
            evidence=", ".join(zones),
        )
