"""What the smaller services answer: load balancers, quotas, tags and prices; and which service is which."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from lattice_tui.rehearsal.aws import ec2, iam, stacks
from lattice_tui.rehearsal.aws.account import Account
from lattice_tui.rehearsal.aws.errors import AwsError

Args = Mapping[str, Any]
Answer = dict[str, Any]
Operation = Callable[[Account, str, Args], Answer]
_QUOTA_NAMES: Final = {
    "L-1216C47A": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    "L-34B43A08": "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
    "L-0263D0A3": "EC2-VPC Elastic IPs",
    "L-F678F1CE": "VPCs per Region",
    "L-FE5A380F": "NAT gateways per Availability Zone",
    "L-A4707A72": "Internet gateways per Region",
    "L-69A177A2": "Network Load Balancers per Region",
}


def _load_balancers(account: Account, region: str, args: Args) -> Answer:
    names = args.get("Names")
    there = {balancer.name for balancer in account.load_balancers if balancer.kind != "classic"}
    if missing := set(names or ()) - there:
        raise AwsError("LoadBalancerNotFound", f"Load balancers '[{min(missing)}]' not found")
    return {
        "LoadBalancers": [
            {
                "LoadBalancerArn": _balancer_arn(account, region, balancer.name),
                "LoadBalancerName": balancer.name,
                "Type": balancer.kind,
                "Scheme": "internet-facing",
                "DNSName": f"{balancer.name}.elb.{region}.amazonaws.com",
                "State": {"Code": "active"},
            }
            for balancer in account.load_balancers
            if balancer.kind != "classic" and (not names or balancer.name in names)
        ]
    }


def _balancer_tags(account: Account, region: str, args: Args) -> Answer:
    wanted = args.get("ResourceArns") or ()
    return {
        "TagDescriptions": [
            {"ResourceArn": arn, "Tags": [{"Key": key, "Value": value} for key, value in balancer.tags.items()]}
            for balancer in account.load_balancers
            if (arn := _balancer_arn(account, region, balancer.name)) in wanted
        ]
    }


def _classic_load_balancers(account: Account, region: str, args: Args) -> Answer:
    names = args.get("LoadBalancerNames")
    there = [one for one in account.load_balancers if one.kind == "classic"]
    if missing := set(names or ()) - {one.name for one in there}:
        raise AwsError("LoadBalancerNotFound", f"There is no ACTIVE Load Balancer named '{min(missing)}'")
    return {
        "LoadBalancerDescriptions": [
            {"LoadBalancerName": one.name, "DNSName": f"{one.name}.{region}.elb.amazonaws.com"}
            for one in there
            if not names or one.name in names
        ]
    }


def _quota(account: Account, region: str, args: Args) -> Answer:
    service, code = str(args.get("ServiceCode")), str(args.get("QuotaCode"))
    if (service, code) not in account.quotas:
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return {"Quota": _described_quota(account, region, service, code)}


def _quotas(account: Account, region: str, args: Args) -> Answer:
    codes = [code for service, code in account.quotas if service == args.get("ServiceCode")]
    return {"Quotas": [_described_quota(account, region, str(args.get("ServiceCode")), code) for code in codes]}


def _described_quota(account: Account, region: str, service: str, code: str) -> Answer:
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaArn": f"arn:aws:servicequotas:{region}:{account.id}:{service}/{code}",
        "QuotaName": _QUOTA_NAMES.get(code, code),
        "Value": float(account.quotas[service, code]),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _tagged(account: Account, region: str, args: Args) -> Answer:
    listed = []
    for balancer in account.load_balancers:
        filters = args.get("TagFilters") or ()
        if all(_has_tag(balancer.tags, str(each["Key"]), each.get("Values") or ()) for each in filters):
            tags = [{"Key": key, "Value": value} for key, value in balancer.tags.items()]
            listed.append({"ResourceARN": _balancer_arn(account, region, balancer.name), "Tags": tags})
    return {"PaginationToken": "", "ResourceTagMappingList": listed}


def _has_tag(tags: Mapping[str, str], key: str, values: Any) -> bool:
    return key in tags and (not values or tags[key] in values)


def _products(account: Account, _region: str, args: Args) -> Answer:
    said = {str(each.get("Field")): str(each.get("Value")) for each in args.get("Filters") or ()}
    kind = said.get("instanceType", "")
    listed = [_product(kind, account.hourly_usd[kind])] if kind in account.hourly_usd else []
    return {"FormatVersion": "aws_v1", "PriceList": [json.dumps(each) for each in listed]}


def _product(kind: str, hourly_usd: float) -> Answer:
    price = {"unit": "Hrs", "description": "simulated", "pricePerUnit": {"USD": f"{hourly_usd:.10f}"}}
    return {
        "product": {"productFamily": "Compute Instance", "sku": "SIMULATED", "attributes": {"instanceType": kind}},
        "serviceCode": "AmazonEC2",
        "publicationDate": "2026-11-01T00:00:00Z",
        "terms": {"OnDemand": {"SIMULATED.A": {"priceDimensions": {"SIMULATED.A.B": price}}}},
    }


def _balancer_arn(account: Account, region: str, name: str) -> str:
    return f"arn:aws:elasticloadbalancing:{region}:{account.id}:loadbalancer/net/{name}/0000000000000001"


SERVICES: Mapping[str, tuple[str, Mapping[str, Operation]]] = MappingProxyType(
    {
        "ec2": ("ec2", ec2.OPERATIONS),
        "iam": ("iam", iam.OPERATIONS),
        "sts": ("sts", iam.STS_OPERATIONS),
        "cloudformation": ("cloudformation", stacks.OPERATIONS),
        "elb": ("elasticloadbalancing", {"DescribeLoadBalancers": _classic_load_balancers}),
        "elbv2": (
            "elasticloadbalancing",
            {"DescribeLoadBalancers": _load_balancers, "DescribeTags": _balancer_tags},
        ),
        "service-quotas": ("servicequotas", {"GetServiceQuota": _quota, "ListServiceQuotas": _quotas}),
        "resourcegroupstaggingapi": ("tag", {"GetResources": _tagged}),
        "pricing": ("pricing", {"GetProducts": _products}),
    }
)
"""botocore's name of a service -> how policies call it, and its operations."""
SIGNED_AS: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("ec2", "iam", "sts", "cloudformation", "pricing")},
        "servicequotas": "service-quotas",
        "tagging": "resourcegroupstaggingapi",
        "elasticloadbalancing": "elbv2",
    }
)
"""Service in the signature's scope -> botocore's name."""
CLASSIC_VERSION: Final = "2012-06-01"
"""API version of the classic load balancers, which share a name in signatures with the newer ones."""
