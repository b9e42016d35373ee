"""AWS's live pick-lists, by the path of their field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from lattice_tui.providers.aws.choices_images import image_list, version_list
from lattice_tui.providers.aws.choices_networks import control_plane_subnet_list, vpc_list, worker_subnet_list
from lattice_tui.providers.aws.choices_places import key_pair_list, region_list, zone_count_list
from lattice_tui.providers.aws.choices_sizes import control_plane_type_list, worker_type_list
from lattice_tui.providers.aws.choosing import Ask, Asking, answered
from lattice_tui.providers.aws.session import AwsSession
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.secrets import Secret
from schemas.choices import LiveChoices

_AWS: Final = "spec.provider.config.aws"
REGION: Final = f"{_AWS}.region"
VERSION: Final = "spec.provider.kubernetes.version"
LISTS: Final[Mapping[str, Ask]] = {
    REGION: region_list,
    f"{_AWS}.cpInstanceType": control_plane_type_list,
    f"{_AWS}.workerInstanceType": worker_type_list,
    f"{_AWS}.availabilityZoneCount": zone_count_list,
    VERSION: version_list,
    f"{_AWS}.amiId": image_list,
    f"{_AWS}.sshKeyName": key_pair_list,
    f"{_AWS}.vpcId": vpc_list,
    f"{_AWS}.cpSubnetIds": control_plane_subnet_list,
    f"{_AWS}.workerSubnetIds": worker_subnet_list,
}


def aws_choices(
    params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> Mapping[str, Callable[[], Awaitable[LiveChoices]]]:
    """See `Provider.choices`. Two lists that ask the same are answered by one question."""
    asking = Asking(AwsWish.from_params(params), AwsSession(params, secrets))
    return {path: partial(answered, asking, path, ask, needs_region=path != REGION) for path, ask in LISTS.items()}
