"""What the second screen needs, imported while the person reads the first one.

The first paint does without it, and so must not wait for it; the first key that leads on should not either.
"""

from __future__ import annotations

import importlib

AFTER_S = 0.6
"""From the first screen to the beginning: by then it has been painted, and `bench/first_paint.py` has looked."""
MODULES = (
    "lattice_tui.wizard.state",
    "lattice_tui.wizard.drafts_keeping",
    "lattice_tui.wizard.versions",
    "screens.seams",
    "screens.wizard",
    "screens.where",
    "screens.computer",
)


def warm_up() -> None:
    """Import them. Runs in a thread of its own."""
    for name in MODULES:
        importlib.import_module(name)
