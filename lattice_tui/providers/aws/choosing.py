"""What every pick-list of AWS starts from: the wish, the session, and words for a list that could not be fetched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from lattice_tui.checks.shared_answers import SharedAnswers
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.session import AwsSession
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.text import safe_text
from schemas.choices import LiveChoice, LiveChoices

LABEL_CHARACTERS: Final = 80
"""As much of a foreign name as a list shows."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One round of pick-lists; what several of them want to know is asked for once."""

    wish: AwsWish
    session: AwsSession
    shared: SharedAnswers = field(default_factory=SharedAnswers)

    def unknown(self, path: str, reason: str) -> LiveChoices:
        """A list that is not there, and why."""
        return LiveChoices(path, "unknown", reason=reason, simulated=self.wish.simulated)

    def listed(self, path: str, choices: Iterable[LiveChoice], *, proposed: str = "", reason: str = "") -> LiveChoices:
        """A list as it is to be shown: usable ones first, in the order given."""
        ordered = sorted(choices, key=lambda choice: not choice.usable)
        return LiveChoices(path, "ok", tuple(ordered), proposed, reason, len(ordered), self.wish.simulated)


Ask = Callable[[Asking, str], Awaitable[LiveChoices]]
"""Makes the list for a path. May raise AwsAnswerError."""


async def answered(asking: Asking, path: str, ask: Ask, *, needs_region: bool = True) -> LiveChoices:
    """The list, or an unknown one that says what it waits for or why AWS did not answer."""
    if not asking.session.is_there:
        return asking.unknown(path, "sign in to AWS first")
    if needs_region and not asking.session.region:
        return asking.unknown(path, "choose Region first")
    try:
        return await ask(asking, path)
    except AwsAnswerError as error:
        return asking.unknown(path, f"The list could not be fetched: {error.because}.")


def shown(text: object) -> str:
    """A foreign name as a list shows it."""
    return str(safe_text(str(text), LABEL_CHARACTERS))


def plural(count: int, word: str) -> str:
    """`1 zone`, `3 zones`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def name_tag(thing: dict[str, object]) -> str:
    """The tag `Name` that the console shows, cleaned; empty when there is none."""
    tags = thing.get("Tags")
    found = (tag for tag in tags if isinstance(tag, dict)) if isinstance(tags, list) else ()
    return next((shown(tag.get("Value", "")) for tag in found if tag.get("Key") == "Name"), "")
