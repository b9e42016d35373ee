"""What is said and asked when cluster.yaml is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.document.saving import Saved as SavedFile
from lattice_tui.text import safe_text
from screens.dialogs import Answer, Question
from screens.yaml_content import diff_content

KEEP = "keep"
REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class LastSeen:
    """A file as it was read or written here last: whoever finds another one there learns that somebody changed it."""

    path: str
    data: bytes


def has_changed(path: str, on_disk: bytes | None, last_seen: LastSeen | None) -> bool:
    """True when somebody else has written the file since it was last read or written here."""
    if last_seen is None or last_seen.path != path or on_disk is None:
        return False
    return on_disk != last_seen.data


def replace_question(path: Path, difference: Sequence[str], *, is_changed: bool) -> Question:
    """Asks with the difference in sight; `is_changed`: somebody else has written the file meanwhile."""
    name = safe_text(path.name, 60)
    title = f"{name} was changed by somebody else meanwhile" if is_changed else f"{name} is there already, and differs"
    # The first two lines of a diff name its sides: the title has done that.
    question = Question(
        title,
        diff_content(difference[2:] if len(difference) > 2 else difference),
        [
            Answer(KEEP, "Keep it", "Back to the review; give another path there."),
            Answer(REPLACE, "Replace it", f"The old one stays beside it as {name}.bak"),
        ],
    )
    question.add_class("-of-difference")
    return question


def saved_text(wish_path: str, saved: SavedFile, *, is_same: bool, schema: Path | None) -> str:
    """What saving has done, in a sentence or two."""
    kept = f"; the old one is {saved.backup.name}" if saved.backup is not None else ""
    text = f"{wish_path} is up to date." if is_same else f"Saved {wish_path}{kept}."
    if schema is not None:
        text += f" Editors find its keys in {schema.name}, beside it."
    return " ".join([text, *(f"Mind that {warning.title}." for warning in saved.warnings)])
