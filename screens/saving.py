"""Writing cluster.yaml where the person wants it, without ever losing what is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lattice_tui.errors import LatticeError
from lattice_tui.paths import UnsafePathError
from schemas.problem import Problem

MAX_SHOWN_BYTES = 256 * 1024
"""A larger file is not compared line by line."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is at the path now."""

    state: str
    """`free`, `same` or `different`."""
    text: str = ""


class NotSavedError(LatticeError):
    """cluster.yaml could not be written."""


def look(path: Path, data: bytes) -> Standing:
    """What a save would meet. Raises NotSavedError when the path cannot be written at all."""
    from lattice_tui.paths import refuse_unsafe_target

    try:
        refuse_unsafe_target(path)
        known = path.read_bytes()
    except FileNotFoundError:
        return Standing("free")
    except OSError as error:
        raise _not_saved(path, error) from error
    if known == data:
        return Standing("same")
    return Standing("different", known[:MAX_SHOWN_BYTES].decode("utf-8", "replace"))


def save(path: Path, data: bytes) -> None:
    """Write atomically; a different file that stood there is kept as `.bak`. Raises NotSavedError."""
    from lattice_tui.document.writer import save_bytes

    try:
        save_bytes(path, data)
    except OSError as error:
        raise _not_saved(path, error) from error


def _not_saved(path: Path, error: OSError) -> NotSavedError:
    why = str(error.args[1]) if isinstance(error, UnsafePathError) else error.strerror or str(error)
    return NotSavedError(
        Problem(
            code="LT-WIZ-001",
            title=f"{path.name} was not written",
            detail=f"{path}: {why}",
            fix="Give another path in the field Save as; what stood there is untouched.",
            check=f"ls -ld {path.parent}",
        )
    )
