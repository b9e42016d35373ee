"""The screen that watches an install: it reads the journal, and the engine does not know it is there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.widgets import Footer, Static

from lattice_tui.errors import ExitCode
from lattice_tui.install.fold import fold
from lattice_tui.text import safe_text
from schemas.snapshot import Snapshot
from screens.base import LatticeScreen
from screens.building_text import KEYS, halted_content, header_content, leave_question, link_remark
from screens.clock import Clock
from screens.done_text import next_commands
from screens.following import EngineSeen, EventsRead, follow
from screens.lines import BLANK, Line
from screens.lines_view import LinesView
from screens.machine_lines import counts, machine_detail, machine_lines, shown_machines
from screens.news_lines import event_lines, log_lines
from screens.seams import Seams
from screens.step_lines import current_step, now_doing, step_lines
from screens.tab_strip import TABS, TabStrip


class BuildingScreen(LatticeScreen):
    """Steps, machines, events and log of one run."""

    CSS_PATH = "building.tcss"
    AUTO_FOCUS = ""
    KEYS_HELP = KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "tab('steps')", "Steps", show=False),
        Binding("m", "tab('machines')", "Machines"),
        Binding("e", "tab('events')", "Events"),
        Binding("l", "tab('log')", "Log"),
        Binding("r", "resume", "Resume"),
        Binding("escape", "tab('steps')", "Steps", show=False),
        Binding("ctrl+q", "leave", "Leave", priority=True),
    ]

    snapshot: reactive[Snapshot] = reactive(Snapshot(), init=False)
    """Everything drawn here is a function of this and the clock."""

    def __init__(self, folder: Path, seams: Seams, clock: Clock) -> None:
        super().__init__()
        self._folder = folder
        self._seams = seams
        self._clock = clock
        self._stop = threading.Event()
        self._tab = "steps"
        self.is_engine_gone = False
        self._has_shown_done = False

    def compose(self) -> ComposeResult:
        yield Static("", id="header", markup=False)
        yield Static("", id="now", markup=False)
        yield TabStrip("", id="tabs", markup=False)
        with Vertical(id="body"):
            with Horizontal(id="upper"):
                with Vertical(id="steps-pane", classes="pane"):
                    yield LinesView(id="steps")
                with Vertical(id="events-pane", classes="pane"):
                    yield LinesView(id="events", follow=True)
            with Vertical(id="machines-pane", classes="pane"):
                yield LinesView(id="machines", has_cursor=True, header_lines=1)
                yield Static("", id="machine-detail", markup=False)
            with Vertical(id="log-pane", classes="pane"):
                yield LinesView(id="log", follow=True)
        yield Static("", id="trouble", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        for tab, _letter, title in TABS:
            self.query_one(f"#{tab}-pane").border_title = title
        self.action_tab("steps")
        self.set_interval(1.0, self._tick)
        self.run_worker(
            partial(follow, self, self._seams, self._folder, self._stop),
            thread=True,
            exit_on_error=False,
            group="journal",
        )

    def on_unmount(self) -> None:
        self._stop.set()

    # What is new ----------------------------------------------------------------------------------------

    @on(EventsRead)
    def _events_read(self, event: EventsRead) -> None:
        if self.is_engine_gone:
            self.is_engine_gone = False
            self.refresh_bindings()
        self.snapshot = fold(event.events, self.snapshot)

    @on(EngineSeen)
    def _engine_seen(self, event: EngineSeen) -> None:
        gone = not event.is_alive and self.snapshot.state == "running"
        if gone != self.is_engine_gone:
            self.is_engine_gone = gone
            self._draw()
            self.refresh_bindings()

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        self._draw()
        if old.state != new.state:
            self.refresh_bindings()
        if new.state == "done" and not self._has_shown_done:
            self._has_shown_done = True
            self.lattice.show_done(new, self._folder)

    def _tick(self) -> None:
        if self.snapshot.state == "running":
            self._draw()

    # Drawing --------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Give every pane its lines; a pane repaints only those that changed."""
        snapshot, now = self.snapshot, self._clock()
        self.query_one("#header", Static).update(header_content(snapshot, now, self.app.size.width))
        self.query_one("#now", Static).update(Content(safe_text(now_doing(snapshot))))
        self.query_one("#now").display = snapshot.state in ("empty", "running")
        self.query_one("#steps", LinesView).show(partial(self._overview, snapshot, now))
        self.query_one("#machines", LinesView).show(partial(machine_lines, snapshot, now))
        self.query_one("#events", LinesView).show(partial(event_lines, snapshot))
        self.query_one("#log", LinesView).show(partial(log_lines, snapshot))
        self.query_one("#steps", LinesView).reveal(current_step(snapshot))
        self._draw_titles(snapshot)
        self._draw_detail()
        trouble = self.trouble(snapshot, self.app.size.width - 8)
        self.query_one("#trouble", Static).update(trouble)
        self.query_one("#trouble").display = bool(trouble.plain)

    def trouble(self, snapshot: Snapshot, width: int) -> Content:
        """Why nothing goes on, and how it would; empty while it does."""
        go_on = f"r, or later: lattice resume {snapshot.cluster}"
        return halted_content(snapshot, width, go_on, is_engine_gone=self.is_engine_gone)

    def _overview(self, snapshot: Snapshot, now: datetime, width: int) -> list[Line]:
        """The steps; where panes take turns, the machines too, so that one page tells most."""
        lines = step_lines(snapshot, now, width)
        return lines if self._has_grid else [*lines, BLANK, *machine_lines(snapshot, now, width, is_short=True)]

    def _draw_titles(self, snapshot: Snapshot) -> None:
        machines = f"{counts(snapshot)}{link_remark(snapshot)}"
        self.query_one("#machines-pane").border_title = f"Machines  {machines}"
        self.query_one(TabStrip).show(self._tab, {"machines": machines})

    def _draw_detail(self) -> None:
        shown = shown_machines(self.snapshot)
        cursor = self.query_one("#machines", LinesView).cursor
        text = machine_detail(shown[cursor]) if cursor < len(shown) else ""
        self.query_one("#machine-detail", Static).update(Content(safe_text(text)))

    @on(LinesView.CursorMoved)
    def _cursor_moved(self) -> None:
        self._draw_detail()

    @property
    def _has_grid(self) -> bool:
        """True when all panes are shown at once."""
        return self.has_class("-wide") and self.has_class("-tall")

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._draw)

    # Keys -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "resume" and not self.is_halted:
            return False
        return super().check_action(action, parameters)

    @property
    def is_halted(self) -> bool:
        return self.is_engine_gone or self.snapshot.state in ("stopped", "failed")

    def action_tab(self, tab: str) -> None:
        """Show one pane, and let the arrow keys scroll it."""
        self._tab = tab
        for name, _letter, _title in TABS:
            self.set_class(name == tab, f"-tab-{name}")
        self._draw_titles(self.snapshot)
        self.query_one(f"#{tab}", LinesView).focus()

    def action_resume(self) -> None:
        """Start the engine again; it looks at what is done and goes on."""
        self.run_worker(self._resume, thread=True, exclusive=True, exit_on_error=False, group="resume")

    def _resume(self) -> None:
        from lattice_tui.errors import LatticeError

        try:
            self._seams.restart(self._folder)
        except LatticeError as error:
            self.app.call_from_thread(self.notify, error.problem.title, severity="error", markup=False)

    def action_leave(self) -> None:
        """Leave at once when nothing runs; otherwise ask what becomes of the run."""
        if self.is_halted or self.snapshot.state == "done":
            self._exit()
        else:
            self.app.push_screen(leave_question(self.snapshot), self._leave_answered)

    def _leave_answered(self, answer: str | None) -> None:
        if answer == "keep":
            name = self.snapshot.cluster
            self.lattice.leave(0, f"{name} goes on in the background. See: lattice watch {name}")
        elif answer == "stop":
            stop = partial(self._seams.signal_engine, self._folder, signal.SIGINT)
            self.run_worker(stop, thread=True, exit_on_error=False, group="stop")
            self.query_one("#now", Static).update(Content("Stopping after this step."))

    def _exit(self) -> None:
        snapshot = self.snapshot
        if snapshot.state == "done":
            self.lattice.leave(0, *next_commands(snapshot))
            return
        code = snapshot.exit_code if snapshot.state == "failed" else None
        self.lattice.leave(code or int(ExitCode.STOPPED), f"To go on: lattice resume {snapshot.cluster}")

    def commands(self) -> Iterable[SystemCommand]:
        for tab, _letter, title in TABS:
            yield SystemCommand(title, f"Show the {title.lower()}", partial(self.action_tab, tab))
