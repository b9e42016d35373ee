"""Step 2: what this computer can do. The checks run in a helper process; this page draws what they say."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Button, Static

from lattice_tui.errors import LatticeError
from lattice_tui.wizard.computer import Verdict, verdict
from schemas.checks import CheckResult
from schemas.problem import Problem
from screens import words
from screens.lines import Line, columns
from screens.lines_view import LinesView
from screens.page import Page
from screens.problem_content import labelled, problem_content
from screens.seams import Seams
from screens.worker_trouble import TellsWorkerTrouble

STATUS_WIDTH = 7


@dataclass
class RehearsalAsked(Message):
    """The person wants the simulated world instead of this computer."""


@dataclass
class CheckArrived(Message):
    """A check started or ended."""

    result: CheckResult


@dataclass
class ChecksStopped(Message):
    """The checks could not be started at all."""

    problem: Problem


class ComputerPage(TellsWorkerTrouble, Page):
    """One row a check, and what the current row means."""

    STEP = "computer"
    results: reactive[tuple[CheckResult, ...]] = reactive((), init=False)
    """The newest result of each check, in the order they came."""

    def __init__(self, seams: Seams) -> None:
        super().__init__()
        self._seams = seams
        self._simulated = False
        self._problem: Problem | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="checks-state", markup=False)
        yield LinesView(has_cursor=True)
        yield Static("", id="check-detail", markup=False)
        yield Button("Rehearse instead", id="rehearse-instead", compact=True)

    def on_mount(self) -> None:
        self.query_one("#rehearse-instead", Button).display = False

    def check(self, *, simulated: bool) -> None:
        """Check from the start; checks that still run are ended."""
        self._simulated = simulated
        self._problem = None
        self.results = ()
        self._draw()
        self.run_worker(self._run_checks(simulated), group="checks", exclusive=True, exit_on_error=False)

    def stop(self) -> None:
        """End the checks that still run."""
        self.workers.cancel_group(self, "checks")

    @property
    def verdict(self) -> Verdict:
        """What the results mean for going on."""
        return verdict(self.results)

    @property
    def problem(self) -> Problem | None:
        """Why there are no results, when the checks could not be started."""
        return self._problem

    async def _run_checks(self, simulated: bool) -> None:
        try:
            endpoint = await asyncio.to_thread(self._seams.docker_endpoint, simulated)
            async with aclosing(self._seams.checks(endpoint, simulated)) as results:
                async for result in results:
                    self.post_message(CheckArrived(result))
        except LatticeError as error:
            self.post_message(ChecksStopped(error.problem))

    @on(CheckArrived)
    def _arrived(self, event: CheckArrived) -> None:
        event.stop()
        known = [result.id for result in self.results]
        if event.result.id in known:
            self.results = tuple(event.result if one.id == event.result.id else one for one in self.results)
        else:
            self.results = (*self.results, event.result)

    @on(ChecksStopped)
    def _stopped(self, event: ChecksStopped) -> None:
        event.stop()
        self._problem = event.problem
        self._draw()

    def watch_results(self) -> None:
        self._draw()

    def questions(self) -> list[Widget]:
        return [self.query_one(LinesView)]

    def _draw(self) -> None:
        results = self.results
        self.query_one(LinesView).show(lambda width: [_row(result, width) for result in results])
        state = (
            problem_content(self._problem, self.size.width - 2)
            if self._problem
            else Content(_state(results, self._simulated))
        )
        self.query_one("#checks-state", Static).update(state)
        failed = self._problem is not None or any(result.status == "fail" for result in results)
        self.query_one("#rehearse-instead", Button).display = failed and not self._simulated
        self._show_detail()

    def point_at(self, check_id: str) -> None:
        """Make this check the current row."""
        for index, result in enumerate(self.results):
            if result.id == check_id:
                self.query_one(LinesView).cursor = index

    @on(LinesView.CursorMoved)
    def _moved(self, event: LinesView.CursorMoved) -> None:
        event.stop()
        self._show_detail()

    @on(Button.Pressed, "#rehearse-instead")
    def _rehearse(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(RehearsalAsked())

    def _show_detail(self) -> None:
        cursor = self.query_one(LinesView).cursor
        result = self.results[cursor] if cursor < len(self.results) else None
        detail = self.query_one("#check-detail", Static)
        detail.update(_detail(result, self.size.width - 4) if result else Content(""))
        detail.display = result is not None and _has_more(result, self.size.width)


def _widths(width: int) -> tuple[int, int]:
    """Cells of title and summary in a row of `width` cells."""
    title = min(26, width // 3)
    return title, width - title - STATUS_WIDTH - 4


def _has_more(result: CheckResult, width: int) -> bool:
    """True when the row alone does not tell all."""
    return result.status not in ("ok", "wait") or cell_len(result.summary) > _widths(width - 1)[1]


def _row(result: CheckResult, width: int) -> Line:
    title_width, summary_width = _widths(width)
    return columns(
        [
            (result.status, words.CHECK_TONES[result.status], STATUS_WIDTH),
            (result.title, "", title_width),
            (result.summary, "dim" if result.status in ("ok", "skip", "wait") else "", summary_width),
        ]
    )


def _state(results: tuple[CheckResult, ...], simulated: bool) -> str:
    running = sum(result.status == "wait" for result in results)
    source = "Answers come from a simulated Docker." if simulated else "Answers come from this computer."
    if not results:
        return f"Starting the checks. {source}"
    if running:
        return f"{words.count(running, 'check')} running. {source}"
    bad = sum(result.status == "fail" for result in results)
    soft = sum(result.status == "warn" for result in results)
    parts = [words.count(len(results), "check") + " done"]
    parts += [f"{bad} failed"] if bad else []
    parts += [f"{soft} with a warning"] if soft else []
    return f"{', '.join(parts)}. {source} F3 checks again."


def _detail(result: CheckResult, width: int) -> Content:
    rows = [
        ("found", result.summary),
        ("why", result.why),
        ("do", result.fix),
        ("copy", result.action),
        ("code", result.code),
    ]
    return Content("\n").join(labelled(word, text, width) for word, text in rows if text)
