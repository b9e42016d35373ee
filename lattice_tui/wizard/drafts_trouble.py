"""What can be wrong with a draft, each with the way out.

DraftError
+-- DraftHeldError      another process is at work on it
+-- DraftUnusableError  its file cannot be read, or a newer version wrote it
+-- DraftGoneError      it is no longer there
+-- DraftNotKeptError   the disk does not take it
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.locks import Holder
from lattice_tui.text import safe_text
from schemas.problem import Problem


class DraftError(LatticeError):
    """A draft cannot be used as asked. No answer is lost by it."""

    exit_code = ExitCode.OUTPUT


class DraftNotKeptError(DraftError):
    """An answer has not reached the disk."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            Problem(
                code="LT-DRF-001",
                title="Your answers are not being kept",
                detail=f"{safe_text(str(path.parent), 200)}: {_reason(error)}{_room(path, error)}",
                fix="Go on; it is tried again by itself. Make room or allow access there, or save in the review.",
                check=f"df -h {safe_text(str(path.parent), 200)}",
            )
        )


class DraftUnusableError(DraftError):
    """The file makes no draft for this version."""

    def __init__(self, path: Path, why: str, *, is_newer: bool = False) -> None:
        self.is_newer = is_newer
        super().__init__(_newer(path, why) if is_newer else _unreadable(path, why))


class DraftHeldError(DraftError):
    """Two wizards on one draft would each overwrite what the other was told."""

    def __init__(self, who: Holder) -> None:
        where = f" on {who.host}" if who.host else ""
        since = f" since {who.since}" if who.since else ""
        super().__init__(
            Problem(
                code="LT-DRF-004",
                title="This draft is open in another window",
                detail=f"Process {who.pid or 'unknown'}{where} has had it open{since}.",
                fix="Go on there, or open a copy here. Closing that window lets the draft go.",
                check=f"ps -p {who.pid}" if who.pid else "",
            )
        )


class DraftGoneError(DraftError):
    """Somebody discarded it, or finished it, elsewhere."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Problem(
                code="LT-DRF-005",
                title="This draft is no longer there",
                detail=f"{safe_text(str(path), 200)} has gone: it was discarded or started elsewhere.",
                fix="Choose another one, or begin anew.",
                check=f"ls {safe_text(str(path.parent), 200)}",
            )
        )


LATE_S = 3.0
"""A disk that has not taken an answer by then is said to hang; most take some milliseconds."""


def hanging_problem(folder: Path) -> Problem:
    """The disk has been given an answer, and neither takes nor refuses it."""
    return Problem(
        code="LT-DRF-009",
        title="Your answers are not being kept",
        detail=f"The disk of {safe_text(str(folder), 200)} does not answer.",
        fix="Go on; they are kept as soon as it answers. Keep this window open until then.",
        check=f"df -h {safe_text(str(folder), 200)}",
    )


def unforeseen_problem(error: Exception) -> Problem:
    """Keeping answers broke in a way we did not foresee."""
    return Problem(
        code="LT-DRF-008",
        title="Your answers are not being kept, by a bug of ours",
        detail=f"{type(error).__name__} in the keeping of drafts.",
        fix="Go on; it is tried again by itself. Save in the review, and report it if it comes back.",
    )


def folder_error(folder: Path, error: OSError) -> DraftError:
    """The folder of all drafts cannot be read."""
    return DraftError(
        Problem(
            code="LT-DRF-006",
            title="The drafts cannot be listed",
            detail=f"{safe_text(str(folder), 200)}: {_reason(error)}",
            fix="Allow access to that folder. Everything else works without it.",
            check=f"ls -ld {safe_text(str(folder), 200)}",
        )
    )


def stays_error(path: Path, error: OSError) -> DraftError:
    """A draft could not be discarded, copied or brought back."""
    return DraftError(
        Problem(
            code="LT-DRF-007",
            title="The drafts could not be changed",
            detail=f"{safe_text(str(path), 200)}: {_reason(error)}",
            fix="Make room or allow access there, then try again. The draft is as it was.",
            check=f"ls -ld {safe_text(str(path.parent), 200)}",
        )
    )


def _newer(path: Path, why: str) -> Problem:
    return Problem(
        code="LT-DRF-002",
        title="A newer version of lattice-tui wrote this draft",
        detail=f"{safe_text(str(path), 200)}: {safe_text(why, 120)}.",
        fix="Open it with that version. This one leaves it as it is.",
        check="lattice-tui --version",
    )


def _unreadable(path: Path, why: str) -> Problem:
    return Problem(
        code="LT-DRF-003",
        title="This draft cannot be read",
        detail=f"{safe_text(str(path), 200)}: {safe_text(why, 120)}.",
        fix="Begin anew and discard it, or mend the file: each of its lines is JSON, and the last whole one counts.",
        check=f"tail -n 1 {safe_text(str(path), 200)}",
    )


def _reason(error: OSError) -> str:
    return safe_text(error.strerror or str(error), 120)


def _room(path: Path, error: OSError) -> str:
    """How much is free, when that is what is wrong."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return ""
    try:
        facts = os.statvfs(path.parent)
    except OSError:
        return ""
    free_kib = facts.f_bavail * facts.f_frsize // 1024
    return f", {free_kib} KiB free" if free_kib < 10_240 else f", {free_kib // 1024} MiB free"
