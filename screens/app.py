"""`LatticeApp`: opens the first screen, passes from one to the next, and ends with an exit code."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from lattice_tui.errors import ExitCode
from lattice_tui.wizard.drafts_folder import holds_drafts
from screens.base import LatticeScreen
from screens.clock import Clock, utc_now
from screens.lost_terminal import EXIT_CODE, LOOK_EVERY_S, is_gone, let_go
from screens.themes import DARK, DEFAULTS, LIGHT, choose
from screens.worker_trouble import TellsWorkerTrouble

if TYPE_CHECKING:
    from lattice_tui.wizard.draft import Draft
    from lattice_tui.wizard.drafts import DraftInfo
    from lattice_tui.wizard.drafts_keeping import DraftKeeper
    from lattice_tui.wizard.state import WizardState
    from lattice_tui.wizard.versions import VersionChoice
    from schemas.snapshot import Snapshot
    from screens.seams import Seams


class LatticeApp(TellsWorkerTrouble, App[int]):
    """Every screen gets what it needs from here: the clock and the seams.

    The first screen is painted before the rest of the program is imported: see `screens.warm_up`.
    """

    CSS_PATH = "lattice.tcss"
    TITLE = "lattice-tui"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as the base class declares it
        (0, "-tiny"),
        (60, "-narrow"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - as above
        (0, "-low"),
        (20, "-usual"),
        (34, "-tall"),
    ]

    def __init__(
        self,
        seams: Seams | Path,
        *,
        clock: Clock = utc_now,
        file: str | None = None,
        rehearse: bool = False,
        folder: Path | None = None,
        looks_on: bool = False,
        ending: str = "",
        theme: str = "auto",
        ascii_only: bool = False,
    ) -> None:
        """For a state folder as `seams`, the real ones of it are made when something asks for them.

        `folder` is a run to show; with `looks_on` nothing here can change it, and the commands that are told end
        with `ending`, which names its state folder.
        """
        # Without this, NO_COLOR would still be drawn in shades of grey, which are colours to a terminal.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._seams = seams
        self._seams_turn = threading.Lock()
        self.clock = clock
        self._file = file
        self._rehearse = rehearse
        self._folder = folder
        self._looks_on = looks_on
        self._ending = ending
        self.farewell: tuple[str, ...] = ()
        self._keeper: DraftKeeper | None = None
        self._left: list[DraftKeeper] = []
        self.set_class(ascii_only, "-ascii")
        self._begin_with(choose(theme))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours for our own roles in themes that do not know them."""
        return DEFAULTS

    def _begin_with(self, theme: str) -> None:
        """Set the theme before anything is drawn: later it would have every sheet read once more."""
        for known in (DARK, LIGHT):
            self.register_theme(known)
        self.set_reactive(LatticeApp.theme, theme)
        is_dark = self.current_theme.dark
        self.update_classes({f"-theme-{theme}": True, "-dark-mode": is_dark, "-light-mode": not is_dark}, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def seams(self) -> Seams:
        """The ways out of the screens."""
        with self._seams_turn:
            if isinstance(self._seams, Path):
                from screens.seams import real_seams

                self._seams = real_seams(self._seams)
            return self._seams

    def on_mount(self) -> None:
        if not self.is_headless:
            self.set_interval(LOOK_EVERY_S, self._leave_a_lost_terminal)
        if self._folder is not None:
            self.show_building(self._folder)
        elif self._file is not None:
            self.open_file(self._file)
        elif self._rehearse:
            from screens.opening import open_rehearsal

            self.work_on_drafts(open_rehearsal(self))
        else:
            from screens.warm_up import AFTER_S, warm_up
            from screens.welcome import WelcomeScreen

            self.push_screen(WelcomeScreen())
            if not self.is_headless:
                self.set_timer(AFTER_S, threading.Thread(target=warm_up, name="warm-up", daemon=True).start)

    # From screen to screen ------------------------------------------------------------------------------

    def begin(self, *, rehearsal: bool) -> None:
        """Open a new wizard with every default filled in; drafts stay as they are."""
        from lattice_tui.wizard.state import first_state

        self.show_wizard(first_state(rehearsal=rehearsal))

    def open_file(self, path: str) -> None:
        """Open the wizard with the answers of a file, or say what is wrong with it."""
        from screens.opening import open_file

        self.work_on_drafts(open_file(self, path, rehearsal=self._rehearse))

    def open_draft(self, draft_id: str) -> None:
        """Open a draft where it was left, or say what stands in the way."""
        from screens.opening import open_draft

        self.work_on_drafts(open_draft(self, draft_id))

    def work_on_drafts(self, work: Coroutine[Any, Any, object]) -> None:
        """Open or change a draft in the background. What is asked for while another one is at it, is not begun."""
        if any(worker.group == "drafts" and not worker.is_finished for worker in self.workers):
            work.close()
            return
        # The app's own worker: the screen that was asked from may be gone before the last question is answered.
        self.run_worker(self._until_somewhere(work), group="drafts", exit_on_error=False)

    async def _until_somewhere(self, work: Coroutine[Any, Any, object]) -> None:
        """Do it; where it has led to no screen of ours, lead to the first one."""
        try:
            await work
        except Exception:
            self._stand_somewhere()
            raise
        self._stand_somewhere()

    def _stand_somewhere(self) -> None:
        if not any(isinstance(screen, LatticeScreen) for screen in self.screen_stack):
            self.show_welcome()

    def show_wizard(self, state: WizardState, draft: Draft | None = None, *, remark: str = "") -> None:
        """Replace what is shown by the wizard; `draft` is the one it goes on with, taken for it."""
        from lattice_tui.wizard.drafts_keeping import DraftKeeper
        from screens.wizard import WizardScreen

        self._let_go()
        self._keeper = DraftKeeper(self.seams.drafts, state, draft, late_s=self.seams.drafts_late_s)
        self._show(WizardScreen(state, self._keeper, remark))

    def show_welcome(self) -> None:
        """Back to the first screen, where what was answered stands as a draft."""
        from screens.welcome import WelcomeScreen

        draft_id = self._keeper.draft_id if self._keeper is not None else ""
        self._let_go()
        self._show(WelcomeScreen(draft_id))

    def show_drafts(self) -> None:
        """The list of all drafts."""
        from screens.draft_list import DraftListScreen

        self._show(DraftListScreen())

    def _let_go(self) -> None:
        if self._keeper is not None:
            self._left.append(self._keeper)
            self._keeper = None

    def list_drafts(self) -> tuple[DraftInfo, ...]:
        """The drafts, those that were just left among them. Blocks: only workers call it. Raises DraftError."""
        while self._left:
            self._left.pop().close()
        if isinstance(self._seams, Path) and not holds_drafts(self._seams):
            return ()  # without what reads them
        return self.seams.drafts.list()

    def list_again(self) -> None:
        """The drafts have changed: whoever shows them looks again."""
        from screens.draft_rows import ShowsDrafts

        for screen in self.screen_stack:
            if isinstance(screen, ShowsDrafts):
                screen.look()

    def end_drafts(self) -> None:
        """The program ends: every answer is written, and what was discarded is removed. Blocks."""
        self._let_go()
        while self._left:
            self._left.pop().close()
        self.seams.drafts.tidy(is_over=True)

    def show_building(self, folder: Path) -> None:
        """Watch a run."""
        from screens.building import BuildingScreen
        from screens.watching import WatchingScreen

        if self._looks_on:
            self._show(WatchingScreen(folder, self.seams, self.clock, self._ending))
            return
        self._show(BuildingScreen(folder, self.seams, self.clock))

    def show_done(self, snapshot: Snapshot, folder: Path) -> None:
        """Lay the last screen over the progress."""
        from screens.done import DoneScreen

        self.push_screen(DoneScreen(snapshot, folder))

    def _show(self, screen: LatticeScreen) -> None:
        if isinstance(self.screen, LatticeScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def version_choices(self, state: WizardState) -> tuple[VersionChoice, ...]:
        """What the version step offers; whether support has ended depends on today."""
        from lattice_tui.wizard.paths import VERSION
        from lattice_tui.wizard.versions import version_choices

        given = state.opened.answers.get(VERSION, "") if state.opened else ""
        return version_choices(given, state.provider, self.clock().date())

    def leave(self, code: int, *farewell: str) -> None:
        """End with an exit code; `farewell` stays in the terminal once the screens are gone."""
        self.farewell = farewell
        self.exit(code)

    # Leaving --------------------------------------------------------------------------------------------

    def _leave_a_lost_terminal(self) -> None:
        """Nobody can read this any more. The engine is a process of its own and goes on."""
        if is_gone(0):
            self.leave(EXIT_CODE)

    async def action_quit(self) -> None:
        """Ask the screen: it knows what would be lost."""
        while not isinstance(self.screen, LatticeScreen) and len(self.screen_stack) > 1:
            self.pop_screen()
        if isinstance(self.screen, LatticeScreen):
            self.screen.action_leave()
        else:
            self.leave(0)

    def action_help_quit(self) -> None:
        """Ctrl-C with nothing selected: the same question as Ctrl-Q."""
        self.call_later(self.action_quit)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: ours only; a picture of the screen would be a file nobody asked for."""
        yield SystemCommand("Dark theme", "Light text on a dark ground", lambda: self._use_theme(DARK.name))
        yield SystemCommand("Light theme", "Dark text on a light ground", lambda: self._use_theme(LIGHT.name))
        if isinstance(screen, LatticeScreen):
            yield from screen.commands()
            yield SystemCommand("Quit", "Leave the program", screen.action_leave)

    def _use_theme(self, name: str) -> None:
        self.theme = name

    def _fatal_error(self) -> None:
        """Leave the alternate screen without drawing a traceback: its locals may hold anything.

        The error is raised again once the terminal is its old self; the command line writes the crash file.
        """
        self._close_messages_no_wait()


def run_wizard(
    *,
    file: str | None,
    rehearse: bool,
    state: Path,
    theme: str = "auto",
    ascii_only: bool = False,
    mouse: bool = True,
) -> int:
    """Run the wizard, and the install that it starts. Returns the exit code."""
    app = LatticeApp(state, file=file, rehearse=rehearse, theme=theme, ascii_only=ascii_only)
    return _run(app, mouse=mouse)


def run_building(folder: Path, *, theme: str = "auto", ascii_only: bool = False, mouse: bool = True) -> int:
    """Watch the run in `folder`. Returns its exit code, 0 when the person leaves it running."""
    from lattice_tui.paths import state_folder

    app = LatticeApp(state_folder(), folder=folder, theme=theme, ascii_only=ascii_only)
    return _run(app, mouse=mouse)


def run_watching(folder: Path, *, state: Path, ending: str) -> int:
    """Look on at the run in `folder`, of the state folder `state`. Returns its exit code, 0 while it goes on."""
    return _run(LatticeApp(state, folder=folder, looks_on=True, ending=ending), mouse=True)


def _run(app: LatticeApp, *, mouse: bool) -> int:
    try:
        code = app.run(mouse=mouse)
    finally:
        app.end_drafts()
    if code == EXIT_CODE:
        let_go()
    if app._exception is not None:
        raise app._exception
    # Written as it is: the terminal itself wraps it, so that a long path can be copied whole.
    for line in app.farewell:
        sys.stdout.write(f"{line}\n")
    return ExitCode.OK if code is None else code
