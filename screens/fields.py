"""Which declared field stands behind a question on a screen."""

from __future__ import annotations

from lattice_tui.wizard.paths import POOLS, is_under
from schemas.fields import Field

PRESETS_PATH = "spec.nodes"


def field_at(path: str) -> Field | None:
    """The field declared for `path`; every pool's size is the same question."""
    from lattice_tui.document import fields

    if is_under(path, POOLS):
        return fields.POOL_REPLICAS
    known = {field.path: field for field in fields.FIELDS}
    return known.get(fields.CONTROL_PLANE.path if path == PRESETS_PATH else path)
