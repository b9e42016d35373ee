"""What every pick-list of OpenStack starts from: the wish, the cloud, and words for a list that is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lattice_tui.checks.shared_answers import SharedAnswers
from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.text import safe_text
from schemas.choices import LiveChoice, LiveChoices

ROOT: Final = "spec.provider.config.openstack"
LABEL_CHARACTERS: Final = 80
"""As much of a foreign name as a list shows."""
PAGE: Final = 1000
"""Entries in one answer: what services allow at most. Source: `osapi_max_limit` of Nova, Cinder and Neutron."""
_REASONS: Final = {
    "refused": "the cloud refused the sign-in: see Connect",
    "forbidden": "you may not list this here",
    "no-service": "the cloud's catalog does not name this service in this region",
    "timeout": "no answer in time",
    "tls": "the cloud's certificate is not trusted: see Connect",
    "unreachable": "the cloud cannot be reached",
    "no-identity": "there is no identity service at the address: see Connect",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One round of pick-lists; what several of them want to know is asked for once."""

    wish: OpenStackWish
    cloud: Cloud
    shared: SharedAnswers = field(default_factory=SharedAnswers)

    async def all_of(self, what: str, ask: Callable[[Any], Iterable[Any]]) -> Sequence[Any]:
        """Everything that `ask` finds, page by page, in a thread; once under the name `what`. Raises CloudError."""
        return await self.shared.once(what, lambda: self.cloud.ask(lambda conn: tuple(ask(conn))))

    async def flavors(self) -> Sequence[Any]:
        """With `vcpus`, `ram` (MiB), `disk` (GiB), `extra_specs`. Raises CloudError."""
        return await self.all_of("flavors", lambda conn: conn.compute.flavors(details=True, limit=PAGE))

    async def images(self) -> Sequence[Any]:
        """Those that the project may see. Raises CloudError."""
        return await self.all_of("images", lambda conn: conn.image.images(limit=PAGE))

    def unknown(self, path: str, reason: str) -> LiveChoices:
        """A list that is not there, and why."""
        return LiveChoices(path, "unknown", reason=reason, simulated=self.wish.simulated)

    def listed(self, path: str, choices: Iterable[LiveChoice], *, proposed: str = "", reason: str = "") -> LiveChoices:
        """A list as it is to be shown: usable ones first, in the order given."""
        ordered = sorted(choices, key=lambda choice: not choice.usable)
        return LiveChoices(path, "ok", tuple(ordered), proposed, reason, len(ordered), self.wish.simulated)


Ask = Callable[[Listing, str], Awaitable[LiveChoices]]
"""Makes the list for a path. May raise CloudError."""


async def answered(listing: Listing, path: str, ask: Ask) -> LiveChoices:
    """The list, or an unknown one that says what it waits for or why the cloud did not answer."""
    if not listing.cloud.auth_url:
        return listing.unknown(path, "sign in to OpenStack first")
    try:
        return await ask(listing, path)
    except CloudError as error:
        reason = _REASONS.get(error.kind, f"the cloud answered with an error: {error.words}")
        return listing.unknown(path, f"The list could not be fetched: {reason}.")


def shown(text: object) -> str:
    """A foreign name as a list shows it."""
    return str(safe_text(str(text), LABEL_CHARACTERS))


def only_one(values: Sequence[str]) -> str:
    """The value where there is no choice; else nothing."""
    return values[0] if len(values) == 1 else ""
