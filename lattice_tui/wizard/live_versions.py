"""The Kubernetes versions that a provider really has an image for, beside those that every part is tested with."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lattice_tui.wizard.paths import VERSION
from lattice_tui.wizard.versions import proposed_version

if TYPE_CHECKING:
    from lattice_tui.wizard.state import WizardState
    from schemas.choices import LiveChoices


@cache
def knows_versions(provider: str) -> bool:
    """Whether the provider can say which versions it has images for."""
    from lattice_tui.providers import registry  # its folder, once it was chosen

    return provider in registry.names() and VERSION in registry.load(provider).choices({}, {})


def is_outdated_proposal(state: WizardState, path: str, found: LiveChoices) -> bool:
    """Whether the answer is only what we proposed before anybody was asked, and the provider has no image of it."""
    if path != VERSION or state.answer(path) != proposed_version(state.provider):
        return False
    return found.status == "ok" and state.answer(path) not in {one.value for one in found.choices if one.usable}
