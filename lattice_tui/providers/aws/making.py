"""What can be made for the person at AWS: a key pair of their own public key, and the stack of roles.

Looking changes nothing; each thing says how it is undone. The account's root keys are refused: nothing limits them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.making_key_pair import key_pair_making, undo_key_pair
from lattice_tui.providers.aws.making_stack import stack_making, undo_stack
from lattice_tui.providers.aws.making_trouble import not_signed_in, root_keys
from lattice_tui.providers.aws.session import AwsSession
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.secrets import Secret

_CANNOT_LOOK = ("credentials", "unreachable")
_Look = Callable[[AwsWish, AwsSession], Awaitable[Making | None]]
_LOOKS: tuple[_Look, ...] = (stack_making, key_pair_making)


async def makings(params: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Making, ...]:
    """What can be made; what is there already is not offered. Raises LatticeError when nobody can sign in, or root."""
    wish, session = AwsWish.from_params(params), AwsSession(params, secrets)
    if not session.is_there or not session.region:
        raise not_signed_in(None)
    try:
        identity = await session.call("sts", "get_caller_identity")
    except AwsAnswerError as error:
        raise not_signed_in(error) from error
    if str(identity.get("Arn", "")).endswith(":root"):
        raise root_keys()
    found = []
    for look in _LOOKS:
        try:
            made = await look(wish, session)
        except AwsAnswerError as error:
            if error.kind in _CANNOT_LOOK:
                raise not_signed_in(error) from error
            # Whoever may not even look at it cannot make it: the check of that thing says so.
            continue
        if made is not None:
            found.append(made)
    return tuple(found)


async def undo(
    thing: MadeThing, params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> AsyncGenerator[MakingNews, None]:
    """Take away what was made, where it was made. Raises LatticeError; what has gone already is no error."""
    session = AwsSession(params, secrets, region=thing.where)
    if not session.is_there:
        raise not_signed_in(None)
    way = undo_stack if thing.making == "stack" else undo_key_pair
    async for news in way(thing, AwsWish.from_params(params), session):
        yield news
