"""Which answers are never written down."""

from __future__ import annotations

from functools import cache


def is_secret_path(path: str) -> bool:
    """Whether the answer at `path` belongs to a field that is declared as a secret."""
    return path in _secret_paths()


@cache
def _secret_paths() -> frozenset[str]:
    from lattice_tui.document.fields import COMMON_FIELDS  # each provider's folder, once, when a draft is written
    from lattice_tui.providers import registry

    fields = [*COMMON_FIELDS, *(field for name in registry.names() for field in registry.load(name).fields)]
    return frozenset(field.path for field in fields if field.kind == "secret")
