"""Problems as text: one line each for a document, four lines for everything else."""

from __future__ import annotations

from lattice_tui.text import safe_text
from schemas.problem import Problem


def one_line(problem: Problem) -> str:
    """`file:line:column path  what is wrong  what to write instead  code`, for editors and CI logs."""
    place = f"{problem.place} {problem.path}" if problem.path else problem.place
    what = f"warning: {problem.title}" if problem.severity == "warning" else problem.title
    return "  ".join(safe_text(part) for part in (place, what, problem.fix, problem.code) if part)


def four_lines(problem: Problem) -> str:
    """What happened, why we think so, what to do, how to check; then the code."""
    where = f"{problem.place} " if problem.file else ""
    parts = (problem.detail, problem.fix, f"to check: {problem.check}" if problem.check else "", problem.code)
    head = f"lattice: {where}{problem.title}"
    return "\n".join([safe_text(head), *(f"  {safe_text(part)}" for part in parts if part)])
