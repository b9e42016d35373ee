"""The questions of a step, as every front door draws them: the declared field, how it is asked, what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lattice_tui.wizard.paths import BOOTSTRAP, is_under
from lattice_tui.wizard.paths import CREDENTIALS as CREDENTIALS_ROOT
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.fields import Choice, Field

Widget = Literal["input", "secret", "choice", "pick"]
"""`pick`: its choices come from the provider, and can be typed as well."""
GIVEN = "given"
"""Stands for a secret that was given: it is never shown."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a step."""

    field: Field
    widget: Widget
    value: str
    """The answer so far, `given` for a secret; empty when there is none."""
    choices: tuple[Choice, ...] = ()
    """Of a `choice`."""
    required: bool = False
    """The document cannot do without it; whether the answer will do is the document's to say."""

    @property
    def path(self) -> str:
        return self.field.path


def questions(state: WizardState, step: StepId) -> tuple[Question, ...]:
    """What this step asks on the chosen provider, from top to bottom; a field that makes no sense now is left out."""
    return tuple(
        _question(field, state, required=required)
        for field, required in _declared(state.provider, step)
        if field.shown_when(state.answers)
    )


def _question(field: Field, state: WizardState, *, required: bool) -> Question:
    if field.kind == "secret":
        return Question(field, "secret", GIVEN if state.secrets.get(field.path) else "", required=required)
    choices = _choices(field, state.provider)
    widget: Widget = "pick" if field.live else "choice" if choices else "input"
    return Question(field, widget, state.answer(field.path), choices, required)


def _choices(field: Field, provider: str) -> tuple[Choice, ...]:
    if field.path == BOOTSTRAP and provider != "docker":
        # What the shared declaration says of RKE2 holds for Docker alone.
        return tuple(Choice(choice.value, choice.label, choice.why) for choice in field.choices)
    return field.choices


@cache
def _declared(provider: str, step: StepId) -> tuple[tuple[Field, bool], ...]:
    """(field, whether the document needs it) of every path that the provider asks in this step."""
    from lattice_tui.providers import registry  # a folder each, once its provider was chosen

    if provider not in registry.names():
        return ()
    paths = registry.load(provider).asked.get(step, ())
    known = _fields(provider)
    return tuple((known[path], _is_required(path)) for path in paths)


def _is_required(path: str) -> bool:
    from lattice_tui.wizard.values import key_at

    key = None if is_under(path, CREDENTIALS_ROOT) else key_at(path)
    return key is not None and key.required


def _fields(provider: str) -> Mapping[str, Field]:
    from lattice_tui.document.fields import COMMON_FIELDS
    from lattice_tui.providers import registry

    own = registry.load(provider)
    credentials = own.credentials.fields if own.credentials is not None else ()
    return {field.path: field for field in (*COMMON_FIELDS, *own.fields, *credentials)}


def field_of(path: str, provider: str) -> Field | None:
    """The field that is declared for `path` on this provider, its own and its credentials' among them."""
    from lattice_tui.providers import registry

    return _fields(provider).get(path) if provider in registry.names() else None
