"""`LiveChoices`: what a provider has to choose from, as it says right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChoicesStatus = Literal["ok", "unknown"]
"""`unknown`: the list could not be fetched; `reason` says why, and the value can be typed all the same."""


@dataclass(frozen=True, slots=True)
class LiveChoice:
    """One entry. Texts come from a server: whoever draws them cleans them."""

    value: str
    """What is written into cluster.yaml."""
    label: str
    """The name that the person's own console shows."""
    facts: tuple[str, ...] = ()
    """Short columns beside it: `4 vCPU`, `8 GiB`, `40 GB`."""
    why: str = ""
    """Why one cannot take it where it is not usable, else a word of warning or nothing."""
    usable: bool = True


@dataclass(frozen=True, slots=True)
class LiveChoices:
    """The entries for one field, best first; entries that cannot be taken stand last, with the reason."""

    field: str
    """Path in cluster.yaml."""
    status: ChoicesStatus
    choices: tuple[LiveChoice, ...] = ()
    proposed: str = ""
    """The value to fill in where the person has answered nothing; empty where there is no one sensible answer."""
    reason: str = ""
    """Why that one is proposed; or why there is nothing to choose from, and what to do."""
    total: int = 0
    """How many there are; more than `choices` when the list was cut."""
    simulated: bool = False
