"""Which declared field stands behind a question on a screen."""

from __future__ import annotations

from lattice_tui.wizard.paths import PROVIDER
from schemas.fields import Field

PRESETS_PATH = "spec.nodes"
WHERE = Field(
    path=PROVIDER,
    label="Where it runs",
    help="the machines are made there; Docker makes them as containers on this computer",
    why="It decides what the cluster needs from you, and what it can be used for. It cannot be changed later.",
    example="docker: {}",
    default="docker",
    default_reason="needs no account",
)


def field_at(path: str) -> Field | None:
    """The field declared for `path`; the presets are explained by the first number they stand for."""
    from lattice_tui.document import fields

    if path == PROVIDER:
        return WHERE
    return fields.field_at(fields.CONTROL_PLANE.path if path == PRESETS_PATH else path)


def explained_field(path: str, provider: str) -> Field | None:
    """As `field_at`, with the fields of this provider and of its credentials."""
    found = field_at(path)
    if found is not None or not path:
        return found
    from lattice_tui.wizard.asking import field_of

    return field_of(path, provider)
