"""Pick-lists of where things are: regions, networks, zones, volume types, load balancer flavors; and key pairs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lattice_tui.providers.openstack.checks.look import LOAD_BALANCER
from lattice_tui.providers.openstack.listing import PAGE, Listing, only_one, shown
from lattice_tui.providers.public_keys import own_public_keys
from schemas.choices import LiveChoice, LiveChoices


async def region_list(listing: Listing, path: str) -> LiveChoices:
    """Regions of the catalog; it needs a sign-in, not a region."""
    access = await listing.shared.once("access", listing.cloud.access)
    choices = [
        LiveChoice(
            region,
            shown(region),
            ("load balancers",) if access.url_of(LOAD_BALANCER, region, listing.cloud.interface) else (),
            usable=bool(access.url_of(("compute",), region, listing.cloud.interface)),
            why="" if access.url_of(("compute",), region, listing.cloud.interface) else "has no compute service",
        )
        for region in access.regions
    ]
    usable = [choice.value for choice in choices if choice.usable]
    reason = "the only one" if len(usable) == 1 else "Regions have images, key pairs and networks of their own."
    return listing.listed(path, choices, proposed=only_one(usable), reason=reason if usable else "No region is named.")


async def external_network_list(listing: Listing, path: str) -> LiveChoices:
    """Networks that lead out of the cloud, by id."""
    networks = await listing.all_of("external", lambda conn: conn.network.networks(is_router_external=True, limit=PAGE))
    names = Counter(network.name for network in networks)
    choices = []
    for network in networks:
        why = "" if network.status == "ACTIVE" else f"is {shown(network.status)}"
        facts = (shown(network.id),) if names[network.name] > 1 else (shown(network.id[:8]),)
        choices.append(LiveChoice(network.id, shown(network.name or network.id), facts, why, not why))
    usable = [choice.value for choice in choices if choice.usable]
    if not usable:
        return listing.listed(
            path, choices, reason="The project sees no network that leads out: ask whoever runs the cloud."
        )
    reason = "the only one" if len(usable) == 1 else "Several lead out: ask which one carries floating IPs."
    return listing.listed(path, choices, proposed=only_one(usable), reason=reason)


async def key_pair_list(listing: Listing, path: str) -> LiveChoices:
    """The person's key pairs in this region; one whose private key is here first."""
    pairs = await listing.all_of("keypairs", lambda conn: conn.compute.keypairs())
    mine = {key.md5: key.path.name for key in own_public_keys()}
    choices = []
    for pair in sorted(pairs, key=lambda one: (str(one.fingerprint) not in mine, str(one.name))):
        file = mine.get(str(pair.fingerprint))
        facts = (f"~/.ssh/{shown(file)}",) if file else (shown(pair.fingerprint),)
        choices.append(LiveChoice(str(pair.name), shown(pair.name), facts))
    here = [str(pair.name) for pair in pairs if str(pair.fingerprint) in mine]
    names = [choice.value for choice in choices]
    if not names:
        return listing.listed(path, (), reason="There is no key pair in this region: one can be made of ~/.ssh/*.pub.")
    if only_one(here):
        return listing.listed(path, choices, proposed=here[0], reason="its key is on this computer")
    reason = "the only one" if len(names) == 1 else "Choose the one whose private key you have."
    return listing.listed(path, choices, proposed=only_one(names), reason=reason)


async def zone_list(listing: Listing, path: str) -> LiveChoices:
    """Availability zones of compute; nothing is proposed: without one the cloud chooses."""
    zones = await listing.all_of("zones", lambda conn: conn.compute.availability_zones())
    choices = []
    for zone in zones:
        # Nova's own services live in `internal`, where no machine can; administrators see it.
        if zone.name == "internal":
            continue
        is_available = _is_available(zone)
        why = "" if is_available else "not available now"
        choices.append(LiveChoice(zone.name, shown(zone.name), (), why, is_available))
    return listing.listed(path, choices, reason="Left out, the cloud chooses.")


def _is_available(zone: Any) -> bool:
    state = zone.state
    return bool(state.get("available", True)) if isinstance(state, dict) else True


async def volume_type_list(listing: Listing, path: str) -> LiveChoices:
    """Kinds of volumes; the cloud's usual one is not told to everybody."""
    types = await listing.all_of("volume-types", lambda conn: conn.block_storage.types(limit=PAGE))
    choices = [
        LiveChoice(kind.name, shown(kind.name), tuple(filter(None, (shown(kind.description or ""),)))) for kind in types
    ]
    return listing.listed(path, choices, reason="Left out, volumes are of the cloud's usual kind.")


async def balancer_flavor_list(listing: Listing, path: str) -> LiveChoices:
    """Flavors of Octavia."""
    flavors = await listing.all_of("balancer-flavors", lambda conn: conn.load_balancer.flavors(limit=PAGE))
    choices = []
    for flavor in flavors:
        is_enabled = flavor.is_enabled is not False
        facts = tuple(filter(None, (shown(flavor.description or ""),)))
        why = "" if is_enabled else "switched off"
        choices.append(LiveChoice(flavor.name, shown(flavor.name), facts, why, is_enabled))
    return listing.listed(path, choices, reason="Left out, it is the cloud's usual one.")


async def host_list(listing: Listing, path: str) -> LiveChoices:
    """Floating IPs of the project that are attached to nothing."""
    addresses = await listing.all_of("floating-ips", lambda conn: conn.network.ips(limit=PAGE))
    wanted = listing.wish.external_network_id
    choices = []
    for address in addresses:
        why = ""
        if address.port_id:
            why = "is attached to something"
        elif wanted and address.floating_network_id != wanted:
            why = "belongs to another external network"
        value = str(address.floating_ip_address)
        choices.append(LiveChoice(value, shown(value), (shown(address.status),), why, not why))
    return listing.listed(path, choices, reason="Left out, a new floating IP is made for the cluster.")
