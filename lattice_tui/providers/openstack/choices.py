"""OpenStack's live pick-lists, by the path of their field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from lattice_tui.providers.openstack.choices_images import image_list
from lattice_tui.providers.openstack.choices_places import (
    balancer_flavor_list,
    external_network_list,
    host_list,
    key_pair_list,
    region_list,
    volume_type_list,
    zone_list,
)
from lattice_tui.providers.openstack.choices_sizes import control_plane_flavor_list, worker_flavor_list
from lattice_tui.providers.openstack.listing import ROOT, Ask, Listing, answered
from lattice_tui.providers.openstack.session import Cloud
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.secrets import Secret
from schemas.choices import LiveChoices

LISTS: Final[Mapping[str, Ask]] = {
    "credentials.openstack.region_name": region_list,
    f"{ROOT}.cpFlavor": control_plane_flavor_list,
    f"{ROOT}.workerFlavor": worker_flavor_list,
    f"{ROOT}.imageName": image_list,
    f"{ROOT}.sshKeyName": key_pair_list,
    f"{ROOT}.externalNetworkId": external_network_list,
    f"{ROOT}.cpAvailabilityZone": zone_list,
    f"{ROOT}.workerAvailabilityZone": zone_list,
    f"{ROOT}.cpRootVolumeType": volume_type_list,
    f"{ROOT}.workerRootVolumeType": volume_type_list,
    f"{ROOT}.apiServerLoadBalancerFlavor": balancer_flavor_list,
    "spec.endpoints.host": host_list,
}


def choices(
    params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> Mapping[str, Callable[[], Awaitable[LiveChoices]]]:
    """See `Provider.choices`. Two lists that ask the same are answered by one question."""
    listing = Listing(OpenStackWish.from_params(params), Cloud.from_params(params, secrets))
    return {path: partial(answered, listing, path, ask) for path, ask in LISTS.items()}
