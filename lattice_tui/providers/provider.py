"""What every provider's folder offers: its card, its block's model, its questions, its rules."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.checks.runner import Check
    from lattice_tui.document.ranges import Network
    from lattice_tui.document.report import Report
    from lattice_tui.document.shape import Rule
    from lattice_tui.document.tree import Mapping
    from lattice_tui.providers.credentials import Credentials
    from lattice_tui.providers.made import MadeThing, Making, MakingNews
    from lattice_tui.secrets import Secret
    from schemas.choices import LiveChoices
    from schemas.document import LatticeCluster
    from schemas.fields import Field, Part
    from schemas.provider_config import ProviderConfig

ProviderStatus = Literal["stable", "planned"]


class ProviderCard(NamedTuple):
    """What a person needs to know to choose a provider. Source: the project's provider overview."""

    name: str
    """Its key under spec.provider.config."""
    title: str
    status: ProviderStatus
    use_case: str
    load_balancer: str
    requires: str
    best_for: str
    sentence: str
    """One sentence, for the list."""
    available: bool = False
    """Whether this version reads, checks and writes documents for it."""
    installs: bool = False
    """Whether this version can build on it."""

    @property
    def note(self) -> str:
        """Why it cannot be chosen now; empty when it can."""
        if self.available:
            return ""
        return "planned, not there yet" if self.status == "planned" else "not in this version yet"


class Provider(Protocol):
    """One provider. Models and fields are imported when they are asked for."""

    name: str
    card: ProviderCard

    @property
    def config_model(self) -> type[ProviderConfig]:
        """The model of its block of cluster.yaml."""
        ...

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its own questions, in the order they are asked."""
        ...

    @property
    def parts(self) -> tuple[Part, ...]:
        """The keys of its block that hold other keys."""
        ...

    @property
    def asked(self) -> MappingABC[str, tuple[str, ...]]:
        """Step of the wizard (`connect`, `size`, `build`, `addresses`) -> paths it asks there, in order.

        Paths of its own fields, of its credential fields and of shared fields. What is in none is for the file alone.
        """
        ...

    @property
    def stages(self) -> MappingABC[str, tuple[str, ...]]:
        """Step of the wizard (`connect`, `build`, `addresses`) -> ids of the checks whose rows it shows."""
        ...

    @property
    def capacity_checks(self) -> tuple[str, ...]:
        """Ids of the checks that tell whether so many machines fit: one that fails says what is missing."""
        ...

    @property
    def credentials(self) -> Credentials | None:
        """How one signs in there; None where there is nothing to sign in to."""
        ...

    @property
    def rules(self) -> MappingABC[type[BaseModel], Rule]:
        """Rules within its block."""
        ...

    def check(self, root: Mapping, report: Report) -> None:
        """Report what in the rest of the document does not fit this provider."""
        ...

    def checks(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Check, ...]:
        """Its live checks, in the order of their rows. Making them touches nothing; `params` are never refused."""
        ...

    def check_params(self, cluster: LatticeCluster, config: ProviderConfig) -> dict[str, str]:
        """What the checks have to know of a document, by the provider's own names; without secrets."""
        ...

    def taken_ranges(self) -> tuple[Network, ...]:
        """Ranges that are in use around its machines, seen from this computer: chosen ones keep out of them.

        Blocks, for some seconds at most; empty where nothing could be looked at, which the checks tell.
        """
        ...

    def choices(
        self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> MappingABC[str, Callable[[], Awaitable[LiveChoices]]]:
        """Its live pick-lists by the path of their field. Making the mapping touches nothing.

        A list may raise LatticeError, or anything an SDK raises: whoever asks makes an `unknown` list of it.
        """
        ...

    async def makings(self, params: MappingABC[str, str], secrets: MappingABC[str, Secret]) -> tuple[Making, ...]:
        """What can be made for the person there. Looks, and changes nothing. Raises LatticeError."""
        ...

    def undo(
        self, thing: MadeThing, params: MappingABC[str, str], secrets: MappingABC[str, Secret]
    ) -> AsyncGenerator[MakingNews, None]:
        """Take away what was made. Raises LatticeError; a thing that has gone already is no error."""
        ...
