"""Making what is missing at a provider: shown first, done when agreed to, written down, undone on demand."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from dataclasses import field as made_of
from typing import Literal

MakingId = Literal["template", "image", "keypair", "app-credential", "stack"]
"""As `--allow` takes them."""


@dataclass(frozen=True, slots=True)
class MadeThing:
    """Something that was made for the person. It holds no secret, and is what the inventory keeps."""

    making: MakingId
    provider: str
    kind: str
    """In the provider's own word: `VM template`, `key pair`."""
    id: str
    """What the provider calls it: enough to find it again, with `where`."""
    name: str
    where: str
    """Node, region or project, for people and for undoing."""
    extra: tuple[tuple[str, str], ...] = ()
    """What undoing needs beside the id."""


@dataclass(frozen=True, slots=True)
class MakingNews:
    """One line while it is made; with `thing` as soon as something exists, so that nothing made goes unrecorded."""

    text: str
    thing: MadeThing | None = None
    is_gone: bool = False
    """`thing` was needed on the way only, and does not exist any more."""


@dataclass(frozen=True, slots=True)
class Making:
    """One thing that can be made. Nothing happens before `make()` is iterated."""

    id: MakingId
    title: str
    """`Make a VM template from Ubuntu 24.04`."""
    will: tuple[str, ...]
    """What is done, a sentence a step; commands where the person could do it by hand."""
    changes: str
    """What is different afterwards, and what it costs."""
    undo_words: str
    make: Callable[[], AsyncGenerator[MakingNews, None]] = made_of(repr=False)
    """Raises LatticeError when it cannot be done; what exists by then was told as news."""
    field: str = ""
    """Path in cluster.yaml that it gives an answer to."""
    missing: str = ""
    """Why it is offered: what is not there. Empty: it could be made all the same."""
