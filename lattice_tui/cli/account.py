"""What a command signs in with: what the document refers to, or the simulated world's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lattice_tui.providers.account import Account as Account

if TYPE_CHECKING:
    from schemas.document import CredentialsRef


def account_of(
    provider_name: str, reference: CredentialsRef | None, *, rehearse: bool, state_dir: str | None
) -> Account:
    """The account; what is missing is said by a parameter. Raises LatticeError when the world cannot be started."""
    from lattice_tui.providers.registry import load

    provider = load(provider_name)
    if provider.credentials is None:
        return Account()
    from lattice_tui.providers.live import around_here, signed_in, with_credentials

    if not rehearse:
        return Account(*with_credentials({}, reference, provider, around_here()))
    from lattice_tui.paths import state_folder
    from lattice_tui.rehearsal.check_world import rehearsed_credentials

    found = rehearsed_credentials(state_folder(state_dir), provider_name)
    return Account(*signed_in({}, found[0])) if found else Account()
