"""O19: the load balancer service lets us in, and makes load balancers that the cluster can use."""

from __future__ import annotations

from typing import Any

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.providers.openstack.checks.look import ENDPOINTS, ROOT, Look, check, listed, nearest, safe
from lattice_tui.providers.openstack.session import CloudError
from schemas.checks import CheckResult

LOAD_BALANCER = "openstack-load-balancer"


def checks(look: Look) -> tuple[Check, ...]:
    """One row: rights, then providers, then the flavor."""

    async def run() -> CheckResult:
        return await _load_balancer(look)

    inputs = ("load_balancer", "load_balancer_flavor")
    return (check(look, LOAD_BALANCER, "Load balancers", run, ENDPOINTS, inputs=inputs),)


async def _load_balancer(look: Look) -> CheckResult:
    if not look.wish.load_balancer:
        return ok("none asked for: the API gets a floating IP")
    try:
        await look.listed("load-balancers", lambda cloud: cloud.load_balancer.load_balancers(limit=1000))
    except CloudError as error:
        if error.kind != "forbidden":
            raise
        return _not_allowed(error)
    names = [str(one.name) for one in await _known(look, "providers")]
    flavor = look.wish.load_balancer_flavor
    if flavor:
        flavors = [str(one.name) for one in await _known(look, "flavors")]
        if not flavors:
            return unknown(f"the load balancer service lists no flavors: {safe(flavor, 30)} cannot be compared")
        if flavor not in flavors:
            return wrong(
                "fail",
                "LT-OS-252",
                f"there is no load balancer flavor {safe(flavor, 40)}",
                why="the API's load balancer is to be made of it",
                fix=f"Write one of: {listed(nearest(flavor, flavors))}; or leave it out",
                action="openstack loadbalancer flavor list",
                field=f"{ROOT}.apiServerLoadBalancerFlavor",
            )
    if names and not {"amphora", "octavia"} & set(names) and "ovn" in names:
        return wrong(
            "warn",
            "LT-OS-251",
            "the cloud's load balancers are made by OVN",
            why="going on works for the API; they know the method SOURCE_IP_PORT alone, and no allowed ranges",
            fix="Leave apiAllowedCidrs out; services need lb-provider: ovn and lb-method: SOURCE_IP_PORT",
            action="openstack loadbalancer provider list",
            field=f"{ROOT}.apiServerLoadBalancer",
            evidence=f"providers: {listed(names)}",
        )
    return ok("may be made" + (f" by {listed(names, 3)}" if names else ""), evidence=f"providers: {listed(names)}")


async def _known(look: Look, what: str) -> tuple[Any, ...]:
    """Providers or flavors; none where the cloud keeps them to itself."""
    try:
        return tuple(await look.listed(f"balancer-{what}", lambda cloud: getattr(cloud.load_balancer, what)()))
    except CloudError as error:
        if error.kind in ("forbidden", "not-found"):
            return ()
        raise


def _not_allowed(error: CloudError) -> CheckResult:
    return wrong(
        "fail",
        "LT-OS-250",
        "you may not use the load balancer service (Octavia)",
        why="the API's one address is a load balancer",
        fix="Ask for the role load-balancer_member; or write apiServerLoadBalancer: false and controlPlane: 1",
        action="openstack loadbalancer list",
        field=f"{ROOT}.apiServerLoadBalancer",
        evidence=error.words,
    )
