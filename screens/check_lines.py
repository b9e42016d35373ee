"""The computer page in text: a row for each check, where the whole stands, and what one check means. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from rich.cells import cell_len
from textual.content import Content

from lattice_tui.text import safe_text
from lattice_tui.wizard.board import KNOWN, Board, Row
from schemas.checks import CheckResult
from screens import words
from screens.lines import Line, columns, fit
from screens.problem_content import labelled

STATUS_WIDTH = 7
MAX_TITLE_WIDTH = 24
SAID_AFTER_S = 1.0
"""A wait that is longer is said, with what it is for and since when."""
ROOMY = 36
"""Cells of a summary that leave room for more words beside it."""
LABEL_WIDTH = 10


def row_lines(board: Board, width: int, now: datetime) -> list[Line]:
    """One line a check: state word, title, and what was found or what is waited for."""
    longest = max((cell_len(row.result.title) for row in board.rows), default=0)
    return [_row_line(row, width, min(longest, MAX_TITLE_WIDTH), now) for row in board.rows]


def _row_line(row: Row, width: int, title_width: int, now: datetime) -> Line:
    result = row.result
    summary_width = width - title_width - STATUS_WIDTH - 4
    waited_s = _waited_s(row, now)
    summary, note = result.summary, ""
    if waited_s >= SAID_AFTER_S:
        again = "looking again" if summary_width >= ROOMY else "again"
        note = f"{again}, {words.short_duration(waited_s)}" if result.status != "wait" else ""
        summary = summary if note else f"{summary}, {words.short_duration(waited_s)}"
    if note:
        summary_width -= cell_len(note) + 2
    cells = [
        (result.status, words.CHECK_TONES[result.status], STATUS_WIDTH),
        (result.title, "", title_width),
        (summary, "dim" if result.status in ("ok", "skip", "wait") else "", summary_width),
        (note, "now", cell_len(note)),
    ]
    return columns(cells)


def state_sentences(
    board: Board, now: datetime, *, simulated: bool, next_at: datetime | None, source: str = ""
) -> list[str]:
    """How far the checks are and what comes next. `next_at`: when they look again by themselves.

    `source` says whose answers they are; empty: this computer's, or those of the Docker in its place.
    """
    if not source:
        source = "Answers come from a simulated Docker." if simulated else "Answers come from this computer."
    if not board.rows:
        return ["Starting the checks. They change nothing.", source]
    if not board.has_all:
        done = sum(result.status != "wait" for result in board.results)
        return [
            f"{done} of {words.count(len(board.rows), 'check')} done{_counts(board)}.",
            *_waiting(board, now),
            source,
        ]
    said = [f"{words.count(len(board.rows), 'check')} done{_counts(board)}. F3 looks again."]
    if board.is_looking:
        return [*said, _looking_again(board), *_waiting(board, now)]
    if next_at is not None:
        left_s = max(1, ceil((next_at - now).total_seconds()))
        return [*said, f"Looks again by itself in {words.short_duration(left_s)}."]
    return [*said, source]


def detail(row: Row, width: int, *, is_cut: bool) -> Content:
    """What one check found, why that matters and what to do. `is_cut`: not all of it fits in its place."""
    result = row.result
    more = "  Enter: more" if is_cut else ""
    room = width - STATUS_WIDTH - cell_len(more) - 2
    title = fit(result.title, min(cell_len(safe_text(result.title)), max(8, room)))
    head = Content.assemble((title, "bold"), "  ", _word(result), (more, "$dim"))
    return Content("\n").join([head, *(labelled(word, text, width, LABEL_WIDTH) for word, text in _parts(result))])


def explanation(row: Row, width: int) -> Content:
    """All of one check, for a page of its own."""
    result = row.result
    took = f"{result.elapsed_s:.1f} s" if result.elapsed_s >= SAID_AFTER_S else ""
    # Here no key copies: the page below has it.
    found = [(word.removesuffix(" (c)"), text) for word, text in _parts(result)]
    parts = [*found, ("field", result.field), ("took", took), ("state", STATES[result.status])]
    rows = [labelled(word, text, width, LABEL_WIDTH) for word, text in parts if text]
    return Content("\n").join([_word(result), *rows])


def _word(result: CheckResult) -> Content:
    tone = TONES.get(result.status, "")
    return Content.assemble((result.status, f"bold {tone}".strip()))


TONES = {"ok": "$success", "warn": "$warning", "fail": "$error", "unknown": "$warning", "wait": "$accent"}
STATES = {
    "wait": "wait: it has not been looked at yet",
    "ok": "ok: nothing is in the way",
    "warn": "warn: it works, with a consequence",
    "fail": "fail: the install would stop here; mend it first",
    "skip": "skip: cannot be known before another check is ok",
    "unknown": "unknown: could not be looked at, which stops nothing",
}


def _parts(result: CheckResult) -> list[tuple[str, str]]:
    rows = [
        ("found", result.summary),
        ("why", result.why),
        ("do", result.fix),
        ("copy (c)", result.action),
        ("code", result.code),
        ("evidence", result.evidence),
    ]
    return [(word, text) for word, text in rows if text]


def _waited_s(row: Row, now: datetime) -> float:
    return (now - row.since).total_seconds() if row.since is not None else 0.0


def _waiting(board: Board, now: datetime) -> list[str]:
    """What has been waited for the longest, once that is worth saying."""
    waited = [(_waited_s(row, now), row.result.title) for row in board.rows]
    longest_s, title = max(waited, default=(0.0, ""), key=lambda one: one[0])
    if longest_s < SAID_AFTER_S:
        return []
    return [f"Waiting {words.short_duration(longest_s)} for: {safe_text(title)}."]


def _looking_again(board: Board) -> str:
    if board.is_anew:
        return f"Looking again at all: {len(board.heard)} of {len(board.rows)}."
    left = sum(result.status not in KNOWN for result in board.results)
    return f"Looking again at {words.count(left, 'check')}."


def _counts(board: Board) -> str:
    counted = [(_number(board.results, status), what) for status, what in COUNTED]
    return "".join(f", {number} {what}" for number, what in counted if number)


COUNTED = (("fail", "failed"), ("warn", "with a warning"), ("unknown", "unknown"))


def _number(results: Sequence[CheckResult], status: str) -> int:
    return sum(result.status == status for result in results)
