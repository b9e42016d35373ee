"""Switches that break the stand-in cloud in the ways people meet, one for each failure that a check tells beforehand.

A toggle changes a fresh cloud before anybody asks it. What only a document can get wrong has none: an external network
by its name (37), and a certificate authority given as a path (32). A host name's domain (45) is nowhere in the API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lattice_tui.rehearsal.openstack.cloud import Cloud, Image, Network, Quota, Subnet
from lattice_tui.rehearsal.openstack.default_cloud import (
    ADMIN,
    APPLICATION_CREDENTIAL,
    CONTROL_PLANE_FLAVOR,
    KUBERNETES_IMAGE,
    READER,
    SECOND_EXTERNAL_NETWORK,
)

Toggle = Callable[[Cloud], None]
WRONG = "not-it"
CLOSED_ADDRESS = "https://127.0.0.1:9/"
"""The discard port: nothing listens there."""
INTERNAL_ADDRESS = "https://controller.cloud.internal:8774/v2.1"
"""A name that exists in the provider's own network alone: ICANN keeps `.internal` for private use."""


def _sign_in(**changes: str | bool) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        for name, value in changes.items():
            setattr(cloud.sign_in, name, value)

    return toggle


def _application_credential(
    credential_id: str = APPLICATION_CREDENTIAL, secret: str | None = None, expires_at: str = ""
) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        cloud.sign_in.kind = "application-credential"
        cloud.sign_in.application_credential = credential_id
        cloud.sign_in.application_credential_secret = secret
        for item in cloud.application_credentials:
            item.expires_at = expires_at

    return toggle


def _unlisted(service: str) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        cloud.services[service].is_listed = False

    return toggle


def _elsewhere(service: str, url: str) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        cloud.services[service].url = url

    return toggle


def _down(service: str) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        cloud.services[service].fault_status = 503

    return toggle


def _forbidden(service: str, *starts: str) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        cloud.services[service].forbidden = starts

    return toggle


def _full(kind: str, *names: str) -> Toggle:
    """Everything of these quotas is used up."""

    def toggle(cloud: Cloud) -> None:
        quotas: dict[str, Quota] = getattr(cloud, kind)
        for name in names:
            quotas[name].used = quotas[name].limit

    return toggle


def _low(kind: str, name: str, left: int) -> Toggle:
    def toggle(cloud: Cloud) -> None:
        quota: Quota = getattr(cloud, kind)[name]
        quota.used = quota.limit - left

    return toggle


def _old_nova(cloud: Cloud) -> None:
    cloud.microversion = "2.30"


def _load_balancer_role(cloud: Cloud) -> None:
    cloud.load_balancing.needs_role = True


def _load_balancer_quota(cloud: Cloud) -> None:
    cloud.load_balancer_quotas["load_balancer"] = 0


def _ovn(cloud: Cloud) -> None:
    cloud.load_balancing.providers = {"ovn": "Octavia OVN driver."}
    cloud.load_balancing.flavors = []


def _floating_ip_policy(cloud: Cloud) -> None:
    cloud.may_make_floating_ips = False


def _two_external_networks(cloud: Cloud) -> None:
    cloud.networks.append(Network(SECOND_EXTERNAL_NETWORK, "provider-v6", is_external=True))


def _no_external_network(cloud: Cloud) -> None:
    cloud.networks = [network for network in cloud.networks if not network.is_external]
    cloud.floating_ips = []


def _image(cloud: Cloud) -> Image:
    return next(image for image in cloud.images if image.name == KUBERNETES_IMAGE)


def _image_missing(cloud: Cloud) -> None:
    cloud.images.remove(_image(cloud))


def _image_twice(cloud: Cloud) -> None:
    cloud.images.append(Image("0a0a0a0a-0007-4000-8000-000000000017", KUBERNETES_IMAGE, min_disk_gib=20))


def _image_not_active(cloud: Cloud) -> None:
    _image(cloud).status = "deactivated"


def _image_needs_memory(cloud: Cloud) -> None:
    _image(cloud).min_memory_mib = 16_384


def _image_needs_disk(cloud: Cloud) -> None:
    _image(cloud).min_disk_gib = 100


def _flavor_missing(cloud: Cloud) -> None:
    cloud.flavors = [flavor for flavor in cloud.flavors if flavor.name != CONTROL_PLANE_FLAVOR]


def _flavor_without_disk(cloud: Cloud) -> None:
    for flavor in cloud.flavors:
        flavor.disk_gib = 0


def _flavor_too_small(cloud: Cloud) -> None:
    for flavor in cloud.flavors:
        if flavor.name == CONTROL_PLANE_FLAVOR:
            flavor.vcpus, flavor.memory_mib = 1, 1024


def _no_key_pairs(cloud: Cloud) -> None:
    cloud.key_pairs = []


def _zones_gone(cloud: Cloud) -> None:
    cloud.compute_zones = []


def _zone_down(cloud: Cloud) -> None:
    cloud.compute_zones[0].is_available = False


def _volume_types_gone(cloud: Cloud) -> None:
    cloud.volume_types = []


def _subnet_overlap(cloud: Cloud) -> None:
    network = "0b8e4d3f-1c22-4a57-9f64-7e90aa11bb03"
    cloud.subnets.append(
        Subnet("8f32d0bb-55e1-4c24-9d2f-307c8e9fa018", "old-cluster", network, "10.6.0.0/16", "10.6.0.1")
    )


def _small_pages(cloud: Cloud) -> None:
    cloud.page_size = 2


TOGGLES: Mapping[str, Toggle] = MappingProxyType(
    {
        # Where it is, and who asks: O2-O8, O23 and failures 31, 32.
        "unknown-authority": _sign_in(has_ca=False),
        "wrong-auth-path": _sign_in(path="/v9"),
        "wrong-password": _sign_in(password=WRONG),
        "wrong-project": _sign_in(project="lattice-prod"),
        "wrong-domain": _sign_in(domain="Defualt"),
        "wrong-region": _sign_in(region="Nowhere"),
        "application-credential": _application_credential(),
        "application-credential-gone": _application_credential("0" * 32, WRONG),
        "application-credential-wrong-secret": _application_credential(secret=WRONG),
        "application-credential-expired": _application_credential(expires_at="2020-01-01T00:00:00"),
        "token": _sign_in(kind="token"),
        "token-expired": _sign_in(kind="token", token=WRONG),
        "reader-only": _sign_in(user=READER),
        "admin": _sign_in(user=ADMIN),
        # The catalog and what stands behind it: O9-O11, failure 33.
        "no-load-balancer-service": _unlisted("load-balancer"),
        "no-network-service": _unlisted("network"),
        "no-volume-service": _unlisted("block-storage"),
        "no-image-service": _unlisted("image"),
        "endpoint-closed": _elsewhere("compute", CLOSED_ADDRESS),
        "endpoint-internal": _elsewhere("compute", INTERNAL_ADDRESS),
        "compute-down": _down("compute"),
        "network-down": _down("network"),
        "load-balancer-down": _down("load-balancer"),
        "old-nova": _old_nova,
        # What the document names: O12-O15, O18, O20, O21, failures 35, 36, 42, 43.
        "flavor-missing": _flavor_missing,
        "flavor-without-disk": _flavor_without_disk,
        "flavor-too-small": _flavor_too_small,
        "image-missing": _image_missing,
        "image-twice": _image_twice,
        "image-not-active": _image_not_active,
        "image-needs-memory": _image_needs_memory,
        "image-needs-disk": _image_needs_disk,
        "key-pair-missing": _no_key_pairs,
        "two-external-networks": _two_external_networks,
        "no-external-network": _no_external_network,
        "zones-gone": _zones_gone,
        "zone-down": _zone_down,
        "volume-types-gone": _volume_types_gone,
        "subnet-overlap": _subnet_overlap,
        # How much there is: O16, O17, failures 34, 38-41.
        "floating-ip-policy": _floating_ip_policy,
        "cores-quota": _low("compute_quotas", "cores", 6),
        "memory-quota": _low("compute_quotas", "ram", 8192),
        "instances-quota": _low("compute_quotas", "instances", 2),
        "network-quota": _full("network_quotas", "network", "router"),
        "ports-quota": _low("network_quotas", "port", 4),
        "floating-ips-quota": _full("network_quotas", "floatingip"),
        "security-groups-quota": _full("network_quotas", "security_group"),
        "volumes-quota": _full("volume_quotas", "volumes", "gigabytes"),
        "load-balancers-quota": _load_balancer_quota,
        "quota-hidden": _forbidden("network", "/quotas"),
        "limits-hidden": _forbidden("compute", "/limits"),
        # Octavia: O19, failure 44.
        "load-balancer-role-missing": _load_balancer_role,
        "ovn-load-balancer": _ovn,
        # Not wrong, but met.
        "small-pages": _small_pages,
    }
)
