"""A key pair of Nova, made of the public key that the person has: the private key never leaves their computer."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.openstack.making_trouble import not_made
from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.providers.public_keys import PublicKey, own_public_keys
from lattice_tui.text import safe_text

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

FIELD: Final = "spec.provider.config.openstack.sshKeyName"
KIND: Final = "key pair"
_PLAIN: Final = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_.@ ]{0,59}")
"""What Nova takes as a name, and needs no quoting in the command that is shown."""
_MAX_TRIES: Final = 100


async def key_pair_making(wish: OpenStackWish, cloud: Cloud, access: Access) -> Making | None:
    """The upload of the person's best public key; None where they have none, or it is there. Raises CloudError."""
    keys = own_public_keys()
    if not keys:
        return None
    pairs = await cloud.ask(lambda conn: [(str(one.name), str(one.fingerprint)) for one in conn.compute.keypairs()])
    there = {fingerprint for _, fingerprint in pairs}
    key = next((one for one in keys if one.md5 not in there), None)
    if key is None:
        return None
    names = {name for name, _ in pairs}
    missing = ""
    if wish.ssh_key_name and wish.ssh_key_name not in names:
        missing = f"there is no key pair called {safe_text(wish.ssh_key_name, 60)}"
    elif not names:
        missing = "there is no key pair in this region"
    name = _free_name(wish, key, names)
    where = cloud.region or next(iter(access.regions), "")
    return Making(
        id="keypair",
        title=f"Upload your public key {safe_text(key.path.name, 60)} as a key pair",
        will=(
            f"Send {safe_text(str(key.path), 120)} ({key.kind}, {key.sha256}) to {safe_text(where, 40) or 'the cloud'}",
            f"The key pair is called {name}. By hand: {by_hand(key, name)}",
        ),
        changes="A key pair is listed under your name. It costs nothing; the private key stays on this computer.",
        undo_words="The key pair is deleted; machines that were started with it keep letting the key in.",
        make=partial(_make, cloud, key, name, where),
        field=FIELD,
        missing=missing,
    )


def by_hand(key: PublicKey, name: str) -> str:
    """The command that does the same."""
    return f"openstack keypair create --public-key '{safe_text(str(key.path), 120)}' '{name}'"


async def _make(cloud: Cloud, key: PublicKey, name: str, where: str) -> AsyncGenerator[MakingNews, None]:
    yield MakingNews(f"uploading {safe_text(key.path.name, 60)}")
    try:
        made: Any = await cloud.ask(lambda conn: conn.compute.create_keypair(name=name, public_key=key.line))
    except CloudError as error:
        raise not_made("LT-OS-402", "The key pair was not made", error, by_hand(key, name)) from error
    thing = MadeThing("keypair", "openstack", KIND, name, name, where, (("fingerprint", str(made.fingerprint)),))
    yield MakingNews(f"key pair {name} is there", thing)


async def undo_key_pair(thing: MadeThing, cloud: Cloud) -> AsyncGenerator[MakingNews, None]:
    """Delete the key pair, if it still holds the key that was uploaded. Raises LatticeError."""
    shown = safe_text(thing.name, 60)
    try:
        pairs = await cloud.ask(lambda conn: {str(one.name): str(one.fingerprint) for one in conn.compute.keypairs()})
        if thing.id not in pairs:
            yield MakingNews(f"key pair {shown} is not there any more")
            return
        if pairs[thing.id] != dict(thing.extra).get("fingerprint"):
            # Names are used again: this one is somebody's, of another key.
            yield MakingNews(f"key pair {shown} holds another key by now: it stays")
            return
        await cloud.ask(lambda conn: conn.compute.delete_keypair(thing.id))
    except CloudError as error:
        command = f"openstack keypair delete '{shown}'"
        raise not_made("LT-OS-405", "The key pair was not deleted", error, command) from error
    yield MakingNews(f"key pair {shown} is deleted")


def _free_name(wish: OpenStackWish, key: PublicKey, names: set[str]) -> str:
    """The name that the document waits for, else whose key it is, else what the file is called."""
    candidates = (wish.ssh_key_name, key.comment, key.path.stem)
    base = next((one for one in candidates if _PLAIN.fullmatch(one)), "lattice")
    if base not in names:
        return base
    return next(name for number in range(2, _MAX_TRIES) if (name := f"{base}-{number}") not in names)
