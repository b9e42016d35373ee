"""A key pair of EC2, made of the public key that the person has: the private key never leaves their computer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial
from typing import Any, Final

from lattice_tui.providers.aws import shapes
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.making_trouble import not_made
from lattice_tui.providers.aws.session import AwsSession
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.public_keys import PublicKey, own_public_keys
from lattice_tui.text import safe_text

FIELD: Final = "spec.provider.config.aws.sshKeyName"
KIND: Final = "key pair"
_TAKEN: Final = ("ssh-ed25519", "ssh-rsa")
"""Kinds of key that EC2 imports. Source: EC2 API reference, ImportKeyPair."""
TAGS: Final = ({"Key": "made-by", "Value": "lattice-tui"},)
_MAX_TRIES: Final = 100


async def key_pair_making(wish: AwsWish, session: AwsSession) -> Making | None:
    """The import of the person's best public key; None where they have none, or it is there. Raises AwsAnswerError."""
    keys = [key for key in own_public_keys() if key.kind in _TAKEN]
    if not keys:
        return None
    pairs = await session.every("ec2", "describe_key_pairs", "KeyPairs", IncludePublicKey=True)
    there = {_blob(pair) for pair in pairs}
    key = next((each for each in keys if each.blob not in there), None)
    if key is None:
        return None
    names = {str(pair.get("KeyName", "")) for pair in pairs}
    missing = ""
    if wish.ssh_key_name and wish.ssh_key_name not in names:
        missing = f"there is no key pair called {safe_text(wish.ssh_key_name, 60)} in {session.region}"
    elif not names:
        missing = f"there is no key pair in {session.region}"
    name = _free_name(wish, key, names)
    return Making(
        id="keypair",
        title=f"Import your public key {safe_text(key.path.name, 60)} as a key pair",
        will=(
            f"Send {safe_text(str(key.path), 120)} ({key.kind}, {key.sha256}) to EC2 in {session.region}",
            f"The key pair is called {name}. By hand: {by_hand(session, key, name)}",
        ),
        changes="A key pair is listed in the region. It costs nothing; the private key stays on this computer.",
        undo_words="The key pair is deleted; machines that were started with it keep letting the key in.",
        make=partial(_make, session, key, name),
        field=FIELD,
        missing=missing,
    )


def by_hand(session: AwsSession, key: PublicKey, name: str) -> str:
    """The command that does the same."""
    path = safe_text(str(key.path), 120)
    return (
        f"aws ec2 import-key-pair --region {session.region} --key-name '{name}' --public-key-material 'fileb://{path}'"
    )


async def _make(session: AwsSession, key: PublicKey, name: str) -> AsyncGenerator[MakingNews, None]:
    yield MakingNews(f"importing {safe_text(key.path.name, 60)}")
    tags = [{"ResourceType": "key-pair", "Tags": list(TAGS)}]
    try:
        made = await session.call(
            "ec2",
            "import_key_pair",
            KeyName=name,
            PublicKeyMaterial=key.line.encode(),
            TagSpecifications=tags,
        )
    except AwsAnswerError as error:
        title = "The key pair was not imported"
        raise not_made("LT-AWS-303", title, error, by_hand(session, key, name)) from error
    thing = MadeThing("keypair", "aws", KIND, str(made.get("KeyPairId", "")), name, session.region)
    yield MakingNews(f"key pair {name} is in {session.region}", thing)


async def undo_key_pair(thing: MadeThing, _wish: AwsWish, session: AwsSession) -> AsyncGenerator[MakingNews, None]:
    """Delete the key pair, if it is still the one that was made. Raises LatticeError."""
    try:
        pairs = await session.every("ec2", "describe_key_pairs", "KeyPairs")
        ours = [pair for pair in pairs if pair.get("KeyPairId") == thing.id]
        if not ours:
            yield MakingNews(f"key pair {safe_text(thing.name, 60)} is not there any more")
            return
        await session.call("ec2", "delete_key_pair", KeyName=ours[0]["KeyName"])
    except AwsAnswerError as error:
        command = f"aws ec2 delete-key-pair --region {thing.where} --key-pair-id {safe_text(thing.id, 60)}"
        raise not_made("LT-AWS-306", "The key pair was not deleted", error, command) from error
    yield MakingNews(f"key pair {safe_text(thing.name, 60)} is deleted")


def _free_name(wish: AwsWish, key: PublicKey, names: set[str]) -> str:
    """The name that the document waits for, else whose key it is, else what the file is called."""
    wanted = wish.ssh_key_name or ""
    candidates = (wanted, key.comment, key.path.stem)
    base = next((each for each in candidates if each and _is_plain(each)), "lattice")
    if base not in names:
        return base
    return next(name for number in range(2, _MAX_TRIES) if (name := f"{base}-{number}") not in names)


def _is_plain(name: str) -> bool:
    # A quote would end the one around it in the command that is shown.
    return shapes.fits(shapes.KEY_NAME, name) and "'" not in name and len(name) <= 60


def _blob(pair: dict[str, Any]) -> str:
    words = str(pair.get("PublicKey", "")).split()
    return words[1] if len(words) > 1 else ""
