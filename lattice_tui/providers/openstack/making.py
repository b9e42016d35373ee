"""What can be made for the person in OpenStack: a key pair, a cloud image, an application credential.

Looking changes nothing; each thing says how it is undone, and undoing finds it by its id alone.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.openstack.making_credential import credential_making, undo_credential
from lattice_tui.providers.openstack.making_image import FOLDER, image_making, undo_image
from lattice_tui.providers.openstack.making_key_pair import key_pair_making, undo_key_pair
from lattice_tui.providers.openstack.making_trouble import not_signed_in
from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.secrets import Secret

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

_Look = Callable[[OpenStackWish, Cloud, "Access"], Awaitable[Making | None]]
IMAGE_FOLDER: Final = "image_folder"
"""Parameter: a mirror of the folder that the image and its SHA256SUMS come from."""
TIMEOUT_S = 30.0
"""Of one answer: an image service thinks longer about a new image than about a list."""


async def makings(params: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Making, ...]:
    """What can be made; what is there already is not offered. Raises LatticeError when nobody can sign in."""
    wish, cloud = OpenStackWish.from_params(params), Cloud.from_params(params, secrets, timeout_s=TIMEOUT_S)
    access = await _signed_in(cloud)
    folder = params.get(IMAGE_FOLDER, "").rstrip("/") or FOLDER
    looks: tuple[_Look, ...] = (key_pair_making, partial(image_making, folder=folder), credential_making)
    found = []
    for look in looks:
        try:
            made = await look(wish, cloud, access)
        except CloudError:
            # Whoever may not even look at it cannot make it: the check of that thing says so.
            continue
        if made is not None:
            found.append(made)
    return tuple(found)


async def undo(
    thing: MadeThing, params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> AsyncGenerator[MakingNews, None]:
    """Take away what was made. Raises LatticeError; what has gone already is no error."""
    cloud = Cloud.from_params(params, secrets, timeout_s=TIMEOUT_S)
    await _signed_in(cloud)
    ways = {"keypair": undo_key_pair, "image": undo_image, "app-credential": undo_credential}
    async for news in ways[thing.making](thing, cloud):
        yield news


async def _signed_in(cloud: Cloud) -> Access:
    if not cloud.auth_url:
        raise not_signed_in(None)
    try:
        return await cloud.access()
    except CloudError as error:
        raise not_signed_in(error) from error
