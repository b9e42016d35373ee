"""Where drafts are kept, and whether any are: asked by the first screen, which is drawn without what reads them."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = "drafts"


def holds_drafts(state: Path) -> bool:
    """False when this state folder has no folder for drafts. Blocks for as long as the disk does; raises nothing."""
    try:
        os.stat(state / FOLDER)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # whoever reads them says what is wrong
    return True
