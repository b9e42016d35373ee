"""O8 to O11: the region, the services that a cluster needs, the way to them, and how new they are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.providers.openstack.checks.look import (
    COMPUTE,
    ENDPOINTS,
    IMAGE,
    LOAD_BALANCER,
    NETWORK,
    SERVICES,
    SIGN_IN,
    VOLUME,
    Look,
    check,
    listed,
    nearest,
    safe,
)
from lattice_tui.providers.openstack.checks.look import ROOT as BLOCK
from lattice_tui.providers.openstack.credential_fields import ROOT
from lattice_tui.providers.openstack.session import CloudError
from schemas.checks import CheckResult

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

REGION = "openstack-region"
MIN_MICROVERSION = (2, 38)
TAG_MICROVERSION = (2, 53)
"""Below the first nothing is built, below the second machines carry no tags. Source: CAPO docs, configuration.md."""
_REACH_S = 5.0


def checks(look: Look) -> tuple[Check, ...]:
    """The rows that all questions to single services wait for."""
    catalog = _Catalog(look)
    wanted = ("load_balancer", "cp_volume_gib", "worker_volume_gib", "pools")
    return (
        check(look, REGION, "Region", catalog.region, SIGN_IN),
        check(look, SERVICES, "Services", catalog.services, REGION, inputs=wanted),
        check(look, ENDPOINTS, "Addresses of the services", catalog.endpoints, SERVICES, inputs=wanted),
        check(look, "openstack-compute-version", "Version of Nova", catalog.microversion, ENDPOINTS),
    )


def has_volumes(look: Look) -> bool:
    """Whether any machine has a root volume."""
    wish = look.wish
    return wish.cp_volume_gib > 0 or any(wish.volume_of(pool)[0] > 0 for pool in wish.pools)


class _Catalog:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def region(self) -> CheckResult:
        access = await self._look.access()
        regions, wanted = access.regions, self._look.cloud.region
        if not regions:
            return wrong(
                "fail",
                "LT-OS-132",
                "the project's catalog is empty",
                why="the catalog says where the services are: there is nothing for this project",
                fix="Look at the project in the dashboard, and ask whoever runs the cloud",
                field=f"{ROOT}.project_name",
            )
        if not wanted and len(regions) == 1:
            return ok(f"{safe(regions[0])}, the only one")
        if not wanted:
            return wrong(
                "fail",
                "LT-OS-131",
                f"there are {len(regions)} regions, and none is chosen",
                why="images, key pairs and networks belong to a region",
                fix=f"Choose one: {listed(regions)}",
                field=f"{ROOT}.region_name",
                evidence=listed(regions, 40),
            )
        if wanted in regions:
            return ok(safe(wanted), evidence=f"regions: {listed(regions, 40)}")
        return wrong(
            "fail",
            "LT-OS-130",
            f"there is no region {safe(wanted, 40)}",
            why="the catalog has no service there; upper and lower case count",
            fix=f"Write one of: {listed(nearest(wanted, regions))}",
            field=f"{ROOT}.region_name",
        )

    async def services(self) -> CheckResult:
        access = await self._look.access()
        found = sorted({service.type for service in access.services if service.type})
        missing = [name for name, types in _NEEDED.items() if not self._url(access, types)]
        evidence = f"in the catalog: {listed(found, 30)}"
        if missing:
            return wrong(
                "fail",
                "LT-OS-133",
                f"the cloud does not offer: {', '.join(missing)}",
                why="machines need all of compute, network and image",
                fix="Look whether the region is the right one, then ask whoever runs the cloud",
                field=f"{ROOT}.region_name",
                evidence=evidence,
            )
        if self._look.wish.load_balancer and not self._url(access, LOAD_BALANCER):
            return _no_load_balancer(evidence)
        if not self._url(access, VOLUME):
            return _no_volumes(evidence, is_needed=has_volumes(self._look))
        return ok("compute, network, image, volumes" + (", load balancer" if self._look.wish.load_balancer else ""))

    async def endpoints(self) -> CheckResult:
        access = await self._look.access()
        wanted: dict[str, tuple[str, ...]] = dict(_NEEDED)
        if has_volumes(self._look):
            wanted["volumes"] = VOLUME
        if self._look.wish.load_balancer:
            wanted["load balancer"] = LOAD_BALANCER
        urls = {name: url for name, types in wanted.items() if (url := self._url(access, types))}
        errors = await asyncio.gather(*(self._reached(url) for url in urls.values()))
        broken = [(name, url, error) for (name, url), error in zip(urls.items(), errors, strict=True) if error]
        if not broken:
            return ok(f"{len(urls)} services answer", evidence=", ".join(safe(url, 60) for url in urls.values()))
        name, url, error = broken[0]
        evidence = "; ".join(f"{name}: {safe(url, 60)}: {error.words}" for name, url, error in broken)[:500]
        if error.kind == "tls":
            return wrong(
                "fail",
                "LT-OS-137",
                f"the certificate of the service {name} is not trusted",
                why="it is signed by another authority than the identity service's",
                fix="Give both authorities: put their certificates one after the other",
                field=f"{ROOT}.ca_pem",
                evidence=evidence,
            )
        inside = _is_internal(url)
        return wrong(
            "fail",
            "LT-OS-136",
            f"the service {name} cannot be reached from here",
            why=f"its address is {safe(url, 60)}{', which looks like one inside the cloud' if inside else ''}",
            fix="Connect to the cloud's network (VPN), or ask for public endpoints: interface: public",
            action=f"curl -sv {safe(url, 80)}",
            field=f"{ROOT}.auth_url",
            evidence=evidence,
        )

    async def microversion(self) -> CheckResult:
        def ask(cloud: Any) -> Any:
            data = cloud.compute.get_endpoint_data()
            return getattr(data, "max_microversion", None)

        newest = await self._look.cloud.ask(ask)
        if not newest:
            return unknown("Nova does not say which version it speaks")
        said = ".".join(map(str, newest))
        if tuple(newest) < TAG_MICROVERSION:
            is_too_old = tuple(newest) < MIN_MICROVERSION
            return wrong(
                "fail" if is_too_old else "warn",
                "LT-OS-138",
                f"Nova speaks version {said} at most, which is {'too old' if is_too_old else 'old'}",
                why="Cluster API's OpenStack provider needs 2.38, and for tags on the machines 2.53",
                fix="Use a cloud of the release Pike (2017) or newer",
                evidence="openstack versions show --service compute",
            )
        return ok(f"Nova speaks version {said}")

    def _url(self, access: Access, types: tuple[str, ...]) -> str:
        return access.url_of(types, self._look.cloud.region, self._look.cloud.interface)

    async def _reached(self, url: str) -> CloudError | None:
        """None when anything answers there at all: what it says is for the rows after this one."""
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}/"

        def ask(session: Any) -> None:
            session.get(root, authenticated=False, raise_exc=False, redirect=False, log=False, timeout=_REACH_S)

        try:
            await self._look.cloud.ask_session(ask)
        except CloudError as error:
            return error
        return None


_NEEDED: Mapping[str, tuple[str, ...]] = {"compute": COMPUTE, "network": NETWORK, "image": IMAGE}


def _no_load_balancer(evidence: str) -> CheckResult:
    return wrong(
        "fail",
        "LT-OS-134",
        "the cloud has no load balancer service (Octavia)",
        why="the API's one address is a load balancer; without the service it is never made",
        fix="Write apiServerLoadBalancer: false and controlPlane: 1, or take another cloud or region",
        action="openstack catalog list",
        field=f"{BLOCK}.apiServerLoadBalancer",
        evidence=evidence,
    )


def _no_volumes(evidence: str, *, is_needed: bool) -> CheckResult:
    if is_needed:
        return wrong(
            "fail",
            "LT-OS-135",
            "the cloud has no volume service (Cinder), and root volumes are asked for",
            why="the machines' disks are volumes there",
            fix="Leave cpRootVolumeSizeGb and workerRootVolumeSizeGb out, and take flavors with a disk",
            field=f"{BLOCK}.cpRootVolumeSizeGb",
            evidence=evidence,
        )
    return wrong(
        "warn",
        "LT-OS-139",
        "the cloud has no volume service (Cinder)",
        why="going on works, and programs in the cluster get no disks that outlive a machine",
        fix="Take another region, or go on without",
        evidence=evidence,
    )


def _is_internal(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".internal", ".local", ".svc"))
