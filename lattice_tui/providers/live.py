"""What the live checks of a document get to sign in with: what its `spec.credentials` refers to, looked up here.

Whoever starts the checks calls this; nothing is asked of the provider. Files and the key store are read, so it is
not for the event loop.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.errors import LatticeError
from lattice_tui.providers.credentials import PARAM, Around
from lattice_tui.text import safe_text

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Found
    from lattice_tui.providers.provider import Provider
    from lattice_tui.secrets import Secret
    from schemas.document import CredentialsRef

MISSING = f"{PARAM}missing"
"""The parameter that says why there are no credentials; the row `<provider>-credentials` fails with it."""


def around_here() -> Around:
    """The places of this computer where credentials may lie; without a home there is no store of ours."""
    from lattice_tui.providers.credential_store import CredentialStore, store_folder

    try:
        home = Path.home()
    except RuntimeError:
        # No HOME, and the system's records know nobody of this number.
        return Around(os.environ, Path("/nonexistent"), Path.cwd(), None)
    return Around(os.environ, home, Path.cwd(), CredentialStore(store_folder(os.environ, home)))


def with_credentials(
    params: Mapping[str, str], reference: CredentialsRef | None, provider: Provider, around: Around
) -> tuple[dict[str, str], dict[str, Secret]]:
    """The parameters with the plain values of the credentials, and the secrets, which are in no parameter.

    Never raises for credentials that are not there, or cannot be read: `credentials.missing` says why.
    """
    credentials = provider.credentials
    if credentials is None:
        return dict(params), {}
    try:
        return signed_in(params, credentials.load(reference, around))
    except LatticeError as error:
        problem = error.problem
        parts = (problem.title, problem.fix, problem.detail)
        sentence = ". ".join(part.rstrip(".") for part in parts if part)
    except OSError as error:
        sentence = f"They cannot be read: {error.strerror or type(error).__name__}"
    return {**params, MISSING: safe_text(sentence)}, {}


def signed_in(params: Mapping[str, str], found: Found) -> tuple[dict[str, str], dict[str, Secret]]:
    """The same of credentials that were found or picked already."""
    return {**params, **found.params()}, dict(found.secrets)
