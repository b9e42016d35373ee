"""What the progress screen says around its panes."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from textual.content import Content

from lattice_tui.text import safe_text
from schemas.snapshot import Snapshot
from screens.dialogs import Answer, Question
from screens.problem_content import labelled, problem_content
from screens.step_lines import headline


def header_content(snapshot: Snapshot, now: datetime, width: int) -> Content:
    """One line where it fits, else two: what and how long, then the step."""
    name, where, elapsed = (str(safe_text(part)) for part in headline(snapshot, now))
    mark = "  rehearsal" if snapshot.rehearsal else ""
    inner = width - 4
    one_line = sum(map(cell_len, (name, mark, where, elapsed))) + 6
    if one_line <= inner:
        gap = inner - one_line + 3
        return Content.assemble((name, "bold"), (mark, "$warning"), "   ", where, " " * gap, (elapsed, "$dim"))
    if cell_len(name + mark + elapsed) + 2 > inner:
        elapsed = elapsed.replace(" elapsed", "").replace("about ", "")
    gap = max(2, inner - cell_len(name + mark + elapsed))
    return Content.assemble((name, "bold"), (mark, "$warning"), " " * gap, (elapsed, "$dim"), "\n", where)


def halted_content(snapshot: Snapshot, width: int, go_on: str, *, is_engine_gone: bool) -> Content:
    """Why nothing goes on, and by what (`go_on`) it would; empty while it does."""
    resume = labelled("go on", go_on, width)
    if snapshot.state == "failed" and snapshot.problem is not None:
        return Content("\n").join([problem_content(snapshot.problem, width), resume])
    if snapshot.state == "failed":
        return Content.assemble(("The install failed", "bold $error"), "\n", resume)
    if snapshot.state == "stopped":
        return Content.assemble(("Stopped. Nothing that was made is lost.", "bold $warning"), "\n", resume)
    if is_engine_gone:
        why = labelled("why", "Its process ended without a word: killed, or the computer restarted.", width)
        return Content("\n").join([Content.assemble(("The engine is not running", "bold $error")), why, resume])
    return Content("")


def link_remark(snapshot: Snapshot) -> str:
    """Says when the rows may be out of date."""
    return ", out of date: no connection" if snapshot.links.get(snapshot.side) == "stale" else ""


def leave_question(snapshot: Snapshot) -> Question:
    """Asked when a run is left that still goes on."""
    name = safe_text(snapshot.cluster)
    running = [step.info.title for step in snapshot.steps if step.state == "running"]
    body = f"Now: {', '.join(running)}." if running else "The engine is at work."
    return Question(
        f"{name} is still being built",
        Content(safe_text(body)),
        [
            Answer("stay", "Go on watching"),
            Answer("keep", "Keep running in the background", f"See it again with: lattice watch {name}"),
            Answer("stop", "Stop after this step", f"Nothing is lost. Go on with: lattice resume {name}"),
        ],
    )


KEYS = (
    "s        steps\n"
    "m        machines\n"
    "e        events\n"
    "l        log\n"
    "Up, Down scroll, or choose a machine\n"
    "r        resume a run that has stopped or failed\n"
    "Ctrl-P   commands\n"
    "Ctrl-Q   leave; the run may go on"
)

LOOKING_ON_KEYS = (
    "s        steps\n"
    "m        machines\n"
    "e        events\n"
    "l        log\n"
    "Up, Down scroll, or choose a machine\n"
    "Ctrl-P   commands\n"
    "q        leave; the run goes on"
)
