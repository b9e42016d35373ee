"""What is asked before a draft is opened, left or put away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from lattice_tui.text import safe_text
from lattice_tui.wizard.drafts import DraftInfo
from lattice_tui.wizard.drafts_trouble import DraftError
from lattice_tui.wizard.drafts_words import belongs_to, facts, left_at, title
from schemas.problem import Problem
from screens.dialogs import Answer, Question
from screens.problem_content import placed_list, problem_content
from screens.yaml_content import diff_content

WIDTH = 68
OFFERED = 4
"""So many drafts are offered in a question; the list has them all."""


def leave_question() -> Question:
    """Asked when a wizard with answers is left."""
    return Question(
        "Leave the wizard?",
        Content("Kept as a draft. lattice-tui opens it again."),
        [
            Answer("stay", "Stay here"),
            Answer("leave", "Leave"),
            Answer("discard", "Discard the draft and leave", "The answers given here are gone then."),
        ],
    )


def lost_question(problem: Problem) -> Question:
    """Asked when a wizard is left whose answers the disk has not taken."""
    return Question(
        "Your answers are not kept. Leave them?",
        problem_content(problem, WIDTH),
        [
            Answer("stay", "Stay here", "Save cluster.yaml in the review, or mend what is wrong."),
            Answer("leave", "Leave without them"),
        ],
    )


def held_question(problem: Problem) -> Question:
    """Another process has the draft open."""
    return Question(
        problem.title,
        problem_content(problem, WIDTH),
        [Answer("copy", "Open a copy", "The other one stays as it is."), Answer("back", "Back")],
    )


def unusable_question(error: DraftError, *, is_newer: bool) -> Question:
    """The draft cannot be opened."""
    answers = [Answer("back", "Leave it as it is")]
    if not is_newer:
        answers.append(Answer("discard", "Discard it", "U in the list of drafts brings it back."))
    return Question(error.problem.title, problem_content(error.problem, WIDTH), answers)


def discard_question(info: DraftInfo, now: datetime) -> Question:
    """Asked before a draft is put away."""
    lines = [Content(title(info)), Content(facts(info, now)), Content(belongs_to(info))]
    return Question(
        "Discard this draft?",
        Content("\n").join(line for line in lines if line.plain),
        [
            Answer("keep", "Keep it"),
            Answer("discard", "Discard it", "U brings it back until this program ends."),
        ],
    )


def changed_question(file: str, difference: Sequence[str]) -> Question:
    """The file that a draft was opened from is another one now; `difference` leads from then to now."""
    question = Question(
        f"{_name(file)} has changed since you left this draft",
        # The first two lines of a diff name its sides: the title has done that.
        diff_content(difference[2:] if len(difference) > 2 else difference),
        [
            Answer("over", "Keep my answers over the new file"),
            # No further lines: beside a difference, the smallest terminal has room for three.
            Answer("fresh", "Start from the new file, discard the draft"),
            Answer("discard", "Discard the draft"),
        ],
    )
    question.add_class("-of-difference")
    return question


def unreadable_question(file: str, problems: Sequence[Problem]) -> Question:
    """The file has changed, and makes no cluster now."""
    return Question(
        f"{_name(file)} has changed, and cannot be opened yet",
        placed_list(problems, WIDTH),
        [
            Answer("old", "Go on from the file as you left it", "Saving asks before it replaces what is there now."),
            Answer("discard", "Discard the draft"),
        ],
    )


def gone_question(file: str) -> Question:
    """The file is no longer there."""
    return Question(
        f"{_name(file)} is no longer there",
        Content(f"{safe_text(file, 200)} was moved or removed. The draft holds it as it was."),
        [
            Answer("old", "Keep my answers", "Saving writes the file anew."),
            Answer("discard", "Discard the draft"),
        ],
    )


def offer_question(file: str, infos: Sequence[DraftInfo], now: datetime) -> Question:
    """There are drafts of a file that is to be opened."""
    return Question(
        f"There is a draft of {_name(file)}",
        Content(""),
        [*_offered(infos, now), Answer("file", "Open the file as it is", "The draft stays.")],
    )


def rehearsal_question(infos: Sequence[DraftInfo], now: datetime) -> Question:
    """There are drafts of rehearsals."""
    return Question(
        "Go on with a rehearsal?",
        Content(""),
        [*_offered(infos, now), Answer("new", "A new rehearsal", "The draft stays.")],
    )


def _offered(infos: Sequence[DraftInfo], now: datetime) -> list[Answer]:
    return [Answer(f"draft {info.id}", f"Go on with {title(info)}", left_at(info, now)) for info in infos[:OFFERED]]


def _name(file: str) -> str:
    return safe_text(os.path.basename(file) or file, 40)
