"""What the computer page asks before it goes on or tries a container."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lattice_tui.wizard.computer import Verdict
from schemas.checks import CheckResult
from screens.dialogs import Answer, Question
from screens.lines import hang

SHOWN_FAILURES = 3
MAX_WIDTH = 66
"""Cells of text in a dialog, wherever there is room for them."""


def continue_question(verdict: Verdict, columns: int, nothing: str = "The checks have only begun.") -> Question:
    """Asked when a check warns or has no outcome yet; says what going on means. `columns` are the terminal's.

    `nothing` is said where there is no check to name.
    """
    width = min(MAX_WIDTH, columns - 10)
    parts = _listed("These failed:", [(one.title, one.summary) for one in verdict.blocking], width)
    parts += _listed("These warn:", [(one.title, one.why or one.summary) for one in verdict.soft], width)
    parts += _listed("Not looked at yet:", [(one.title, "") for one in verdict.running], width)
    parts += _listed("These could not be looked at:", [(one.title, one.summary) for one in verdict.unknown], width)
    return Question(
        "Continue anyway?",
        Content("\n".join(parts or hang("", nothing, width))),
        [
            Answer("stay", "Stay here"),
            Answer("continue", "Continue anyway", "The install checks again and stops if it cannot work."),
        ],
    )


def _listed(head: str, lines: Sequence[tuple[str, str]], width: int) -> list[str]:
    if not lines:
        return []
    wrapped = [hang("  ", f"{title}: {what}" if what else title, width) for title, what in lines]
    return [head, *(line for each in wrapped for line in each)]


def try_question() -> Question:
    """Asked once before anything is fetched; says what is done and what stays."""
    return Question(
        "Try a container?",
        Content(
            "Pulls a small image from Docker Hub, about 2 MB, and starts one privileged container from it. "
            "The container prints what it can see and is removed; the image is kept.\n"
            "To remove the image as well: docker image rm busybox:1.37"
        ),
        [Answer("stay", "Not now"), Answer("try", "Pull it and try")],
    )


def mend_sentence(blocking: Sequence[CheckResult]) -> str:
    """Why Next does not go on, and how it will."""
    if not blocking:
        return "Mend what failed, then F3 looks again. A rehearsal needs none of it."
    names = ", ".join(result.title for result in blocking[:SHOWN_FAILURES])
    more = f" and {len(blocking) - SHOWN_FAILURES} more" if len(blocking) > SHOWN_FAILURES else ""
    return f"Mend what failed: {names}{more}. It turns ok here by itself. A rehearsal needs none of it."
