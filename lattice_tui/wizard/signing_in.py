"""Credentials in the wizard: what was found, what was picked or pasted, and what the checks get of it.

Plain values are answers under `credentials.<provider>.`; secrets are in `WizardState.secrets` alone. The document gets
`spec.credentials`, which says where they are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.secrets import Secret
from lattice_tui.wizard.paths import CREDENTIALS, CREDENTIALS_NAME, CREDENTIALS_SOURCE
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Around, Credentials, Found

Keeping = Literal["keyring", "file", "env"]
"""Where a secret that was typed or pasted goes: the system's key store, a file of mode 0600, or nowhere."""


def this_computer() -> Around:
    """Where credentials may lie on this computer."""
    from lattice_tui.providers.live import around_here

    return around_here()


def discovered(provider: str, around: Around | None = None) -> tuple[Found, ...]:
    """What is there to sign in with, each with its source. Reads files: not for the event loop."""
    there = around or this_computer()
    return tuple(_whole(found, _credentials(provider), there) for found in _credentials(provider).discover(there))


def _whole(found: Found, credentials: Credentials, around: Around) -> Found:
    """An entry of our own store with its secrets; one that cannot be read stays as it is, with the reason."""
    from schemas.document import CredentialsRef  # pydantic, once there are entries

    if found.secrets or found.source not in ("keyring", "file") or not found.name:
        return found
    try:
        kept = credentials.load(CredentialsRef(source=found.source, name=found.name), around)
    except LatticeError as error:
        return replace(found, remarks=(*found.remarks, error.problem.title))
    return replace(found, values=kept.values, secrets=kept.secrets)


def pasted(provider: str, text: str) -> Found | Problem:
    """What a pasted text means; a problem says what could be pasted."""
    return _credentials(provider).parse(text)


def picked(state: WizardState, found: Found) -> WizardState:
    """The state that signs in with what was found. What was given before goes: two sources are never mixed."""
    own = f"{CREDENTIALS}.{state.provider}."
    answers = {path: text for path, text in state.answers.items() if not path.startswith(own)}
    answers |= {f"{own}{name}": text for name, text in found.values.items()}
    if found.is_pasted:
        answers = {path: text for path, text in answers.items() if path not in (CREDENTIALS_SOURCE, CREDENTIALS_NAME)}
    else:
        answers |= {CREDENTIALS_SOURCE: found.source, CREDENTIALS_NAME: found.name}
    secrets = {path: secret for path, secret in state.secrets.items() if not path.startswith(own)}
    secrets |= {f"{own}{name}": secret for name, secret in found.secrets.items()}
    return replace(state, answers=answers, secrets=secrets)


def given(state: WizardState) -> tuple[dict[str, str], dict[str, Secret]]:
    """(plain values, secrets) of the chosen provider, by the last part of their fields' paths."""
    own = f"{CREDENTIALS}.{state.provider}."
    values = {path.removeprefix(own): text for path, text in state.answers.items() if path.startswith(own)}
    secrets = {path.removeprefix(own): secret for path, secret in state.secrets.items() if path.startswith(own)}
    return {name: text for name, text in values.items() if text.strip()}, secrets


def form_problems(state: WizardState) -> tuple[Problem, ...]:
    """What is wrong with the form of what was given, before anybody is asked."""
    values, secrets = given(state)
    return _credentials(state.provider).problems(values, secrets)


def kept(state: WizardState, where: Keeping, around: Around | None = None) -> WizardState:
    """Keep what was given, and let the document refer to it. Blocks. Raises LatticeError, OSError.

    `env` keeps nothing: whoever installs sets the variables.
    """
    from lattice_tui.providers.credentials import Found

    if where == "env":
        return state.with_answer(CREDENTIALS_SOURCE, "env").with_answer(CREDENTIALS_NAME, "")
    store = (around or this_computer()).store
    if store is None:
        raise LatticeError(
            Problem(
                code="LT-WIZ-003",
                title="There is no home folder to keep a secret in",
                fix="Set HOME, or choose: the environment only",
            ),
            ExitCode.CREDENTIALS,
        )
    values, secrets = given(state)
    found = store.save(state.provider, state.name, Found(where, state.name, "", values, secrets), where)
    return state.with_answer(CREDENTIALS_SOURCE, found.source).with_answer(CREDENTIALS_NAME, found.name)


def check_params_of(values: Mapping[str, str]) -> dict[str, str]:
    """Plain values by the names that checks take."""
    from lattice_tui.providers.credentials import PARAM

    return {f"{PARAM}{name}": text for name, text in values.items()}


def _credentials(provider: str) -> Credentials:
    from lattice_tui.providers import registry  # a folder, once its provider was chosen

    found = registry.load(provider).credentials
    if found is None:
        raise KeyError(provider)
    return found
