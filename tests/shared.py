"""Where the reference material lies when it is there: CRD schemas and recorded watch streams."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_candidate = Path(os.environ.get("LATTICE_SHARED", ROOT.parent / "shared"))
SHARED: Path | None = _candidate if _candidate.is_dir() else None

needs_shared = pytest.mark.skipif(SHARED is None, reason=f"no reference material at {_candidate} (set LATTICE_SHARED)")


def shared() -> Path:
    """The folder; call it only in tests marked `needs_shared`."""
    assert SHARED is not None
    return SHARED
