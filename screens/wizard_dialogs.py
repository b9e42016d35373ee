"""What the wizard asks in front of a page, and its list of keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lattice_tui.text import safe_text
from screens.dialogs import Answer, Question


def leave_question() -> Question:
    """Asked when answers would be lost."""
    return Question(
        "Leave the wizard?",
        Content("Your answers are only kept once cluster.yaml is saved, in the review."),
        [Answer("stay", "Stay here"), Answer("leave", "Leave without saving")],
    )


def continue_question(names: Sequence[str], *, still_running: bool) -> Question:
    """Asked when a check warns or is not done; says what going on means."""
    what = "Still being checked" if still_running else "These checks warn"
    body = Content("\n").join(
        [
            Content(f"{what}:" if names else "The checks have only begun."),
            *(Content(f"  {safe_text(name)}") for name in names),
        ]
    )
    return Question(
        "Continue anyway?",
        body,
        [
            Answer("stay", "Stay here"),
            Answer("continue", "Continue anyway", "The install checks again and stops if it cannot work."),
        ],
    )


KEYS = (
    "Tab, Shift-Tab   from one question to the next\n"
    "Up, Down         choose\n"
    "Enter            go on\n"
    "Esc              back\n"
    "Ctrl-N           next step\n"
    "F1               explain this field\n"
    "F2               list of steps\n"
    "F3               check this computer now\n"
    "F4               cluster.yaml as it stands\n"
    "Ctrl-P           commands\n"
    "Ctrl-Q           quit"
)
