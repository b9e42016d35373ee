"""A Problem on a screen: what happened, why we think so, what to do, how to check, and its code."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lattice_tui.text import safe_text
from schemas.problem import Problem
from screens.lines import hang

LABEL_WIDTH = 7


def problem_content(problem: Problem, width: int) -> Content:
    """Four lines and the code, cut to `width` cells."""
    rows = (("why", problem.detail), ("do", problem.fix), ("check", problem.check))
    return Content("\n").join([_title("", problem), *(labelled(word, text, width) for word, text in rows if text)])


def problem_list(problems: Sequence[Problem], width: int) -> Content:
    """Every problem with its fix, each under its number when there are several."""
    blocks = []
    for number, problem in enumerate(problems, 1):
        blocks.append(_title(f"{number} of {len(problems)}  " if len(problems) > 1 else "", problem))
        blocks.append(Content("\n".join(hang("", problem.fix, width))))
    return Content("\n").join(blocks)


def placed_list(problems: Sequence[Problem], width: int) -> Content:
    """Every problem with its place in the file, for a file that cannot be opened."""
    blocks = [
        Content.assemble((_place(problem), "$dim"), "\n", problem_content(problem, width)) for problem in problems
    ]
    file = problems[0].file if problems else ""
    return Content("\n\n").join([Content.assemble((safe_text(file, 1024), "$dim")), *blocks])


def _place(problem: Problem) -> str:
    if problem.line is None:
        return "the file as a whole"
    return f"line {problem.line}" + (f", column {problem.column}" if problem.column is not None else "")


def labelled(label: str, text: str, width: int, label_width: int = LABEL_WIDTH) -> Content:
    """A word in the margin and a text beside it."""
    first, *rest = hang(label.ljust(label_width), text, width)
    head = Content.assemble((first[:label_width], "$dim"), first[label_width:])
    return Content("\n").join([head, *map(Content, rest)])


def _title(count: str, problem: Problem) -> Content:
    return Content.assemble(
        (f"{count}{safe_text(problem.title)}", "bold $error"), (f"  {safe_text(problem.code)}", "$dim")
    )
