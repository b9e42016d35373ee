"""What will be billed: always counted, signed in or not; priced only where AWS's price list answers, with its date."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import Look, check, ok, unknown
from lattice_tui.providers.aws.wish import Pool
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_HOURS_A_MONTH: Final = 730
_PRICE_REGIONS: Final = (("eu", "eu-central-1"), ("ap", "ap-south-1"))
"""The price list is asked in one of three regions. Source: the Price List API's endpoints."""
PRICES_S = 25.0
"""Waiting for a price is not worth more: what will be billed is counted without it."""
_INPUTS = (
    "cp_instance_type",
    "pools",
    "control_planes",
    "zone_count",
    "vpc_id",
    "cp_volume_gib",
    "cp_volume_type",
)


@dataclass(frozen=True, slots=True)
class _Price:
    hourly_usd: float
    dated: str


def checks(look: Look) -> tuple[Check, ...]:
    return (check(look, rows.BILL, "What is billed", _Bill(look).bill, inputs=_INPUTS),)


class _Bill:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._wish = look.wish

    async def bill(self) -> CheckResult:
        groups = [group for group in self._wish.groups if group.instance_type and group.replicas]
        if not groups:
            return unknown("nothing chosen yet: instance types")
        if self._wish.simulated:
            return self._billed(groups, "no price: this account is simulated")
        try:
            async with asyncio.timeout(PRICES_S):
                if (await self._look.identity()).is_root:
                    return self._billed(groups, "no price: nothing is asked with root keys")
                prices = {name: await self._price(name) for name in dict.fromkeys(one.instance_type for one in groups)}
            said = self._priced(prices)
        except TimeoutError:
            said = "no price: no answer in time"
        except AwsAnswerError as error:
            said = f"no price: {error.because}"
        return self._billed(groups, said)

    def _billed(self, groups: Sequence[Pool], said: str) -> CheckResult:
        machines = sum(group.replicas for group in groups)
        return ok(
            self._counted(machines)[:99],
            why=f"{said}. NAT gateways, load balancer and traffic come on top: https://calculator.aws",
            evidence=safe_text("; ".join(self._items())),
        )

    def _counted(self, machines: int) -> str:
        zones = self._wish.zone_count
        made = "" if self._wish.vpc_id else f"{_count(zones, 'NAT gateway')}, {_count(zones, 'Elastic IP')}, "
        return f"{made}1 load balancer, {_count(machines, 'machine')}, {_count(machines, 'disk')}"

    def _items(self) -> list[str]:
        items = (
            [] if self._wish.vpc_id else [f"{_count(self._wish.zone_count, 'NAT gateway')}, each with an Elastic IP"]
        )
        items.append("1 network load balancer for the API")
        items += [
            f"{group.replicas} x {group.instance_type} with {group.volume_gib} GiB {group.volume_type} ({group.name})"
            for group in self._wish.groups
            if group.replicas and group.instance_type
        ]
        if not self._wish.vpc_id and self._wish.zone_count > 1:
            items.append("availabilityZoneCount: 1 saves all but one of the NAT gateways")
        return items

    def _priced(self, prices: Mapping[str, _Price | None]) -> str:
        """A sentence with what the machines cost, as far as the list knows them."""
        known = {name: price for name, price in prices.items() if price is not None}
        if len(known) < len(prices):
            return f"no price: the price list knows nothing of {', '.join(sorted(set(prices) - set(known)))}"
        hourly_usd = sum(
            known[group.instance_type].hourly_usd * group.replicas
            for group in self._wish.groups
            if group.instance_type in known
        )
        dated = min(price.dated for price in known.values())
        return (
            f"The machines cost {hourly_usd:.2f} USD an hour, about {hourly_usd * _HOURS_A_MONTH:.0f} USD a month "
            f"(AWS's price list of {dated})"
        )

    async def _price(self, instance_type: str) -> _Price | None:
        wanted = {
            "instanceType": instance_type,
            "regionCode": self._wish.region,
            "operatingSystem": "Linux",
            "preInstalledSw": "NA",
            "tenancy": "Shared",
            "capacitystatus": "Used",
        }
        area = self._wish.region.partition("-")[0]
        said = await self._look.session.call(
            "pricing",
            "get_products",
            region=dict(_PRICE_REGIONS).get(area, "us-east-1"),
            ServiceCode="AmazonEC2",
            Filters=[{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()],
        )
        found = [price for one in said.get("PriceList", ()) if (price := _read(one)) is not None]
        return found[0] if len(found) == 1 else None


def _read(text: str) -> _Price | None:
    """Of one product: its price an hour on demand; None when it has none, or none in USD."""
    try:
        product: dict[str, Any] = json.loads(text)
        (term,) = product["terms"]["OnDemand"].values()
        (dimension,) = term["priceDimensions"].values()
        hourly_usd = float(dimension["pricePerUnit"]["USD"])
    except (ValueError, KeyError, TypeError, AttributeError):
        # Another form than the one that is documented: no price is better than a wrong one.
        return None
    dated = safe_text(str(product.get("publicationDate", "")), 40)[:10]
    return _Price(hourly_usd, dated or "no date") if hourly_usd > 0 else None


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
