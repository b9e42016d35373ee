"""Asking AWS's pick-lists in a test, of whichever counterpart."""

from __future__ import annotations

from lattice_tui.providers.aws import PROVIDER
from schemas.choices import LiveChoice, LiveChoices
from tests.aws.moto_server import Moto
from tests.aws.stand_in import SimulatedAws

AWS = "spec.provider.config.aws"
VERSION = "spec.provider.kubernetes.version"


async def fetched(counterpart: Moto | SimulatedAws, path: str, **params: str) -> LiveChoices:
    """The list of a field, asked of a counterpart with these parameters more."""
    lists = PROVIDER.choices(counterpart.params() | params, counterpart.secrets)
    return await lists[path]()


def values_of(listed: LiveChoices, *, usable: bool = True) -> list[str]:
    """Values that can be taken, or cannot, in their order."""
    return [choice.value for choice in listed.choices if choice.usable is usable]


def choice_of(listed: LiveChoices, value: str) -> LiveChoice:
    """The entry of a value."""
    return next(choice for choice in listed.choices if choice.value == value)
