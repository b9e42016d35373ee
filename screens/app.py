"""`LatticeApp`: opens the first screen, passes from one to the next, and ends with an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.screen import Screen

from lattice_tui.errors import ExitCode
from lattice_tui.paths import state_folder
from lattice_tui.wizard.state import WizardState, first_state, state_of_file
from lattice_tui.wizard.versions import VersionChoice, version_choices
from screens.base import LatticeScreen
from screens.clock import Clock, utc_now
from screens.dialogs import Reading
from screens.lost_terminal import EXIT_CODE, LOOK_EVERY_S, is_gone
from screens.problem_content import placed_list
from screens.seams import Seams, real_seams
from screens.themes import DARK, DEFAULTS, LIGHT, choose
from screens.welcome import WelcomeScreen

if TYPE_CHECKING:
    from schemas.snapshot import Snapshot


class LatticeApp(App[int]):
    """Every screen gets what it needs from here: the clock and the seams."""

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
        seams: Seams,
        *,
        clock: Clock = utc_now,
        file: str | None = None,
        rehearse: bool = False,
        folder: Path | None = None,
        theme: str = "auto",
        ascii_only: bool = False,
    ) -> None:
        # Without this, NO_COLOR would still be drawn in shades of grey, which are colours to a terminal.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.seams = seams
        self.clock = clock
        self._file = file
        self._rehearse = rehearse
        self._folder = folder
        self._wanted_theme = theme
        self.farewell: tuple[str, ...] = ()
        self.set_class(ascii_only, "-ascii")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours for our own roles in themes that do not know them."""
        return DEFAULTS

    def on_mount(self) -> None:
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = choose(self._wanted_theme)
        if not self.is_headless:
            self.set_interval(LOOK_EVERY_S, self._leave_a_lost_terminal)
        if self._folder is not None:
            self.show_building(self._folder)
        elif self._file is not None:
            self.push_screen(WelcomeScreen())
            self.open_file(self._file)
        elif self._rehearse:
            self.begin(rehearsal=True)
        else:
            self.push_screen(WelcomeScreen())

    # From screen to screen ------------------------------------------------------------------------------

    def begin(self, *, rehearsal: bool) -> None:
        """Open the wizard with every default filled in; answers given before are kept."""
        from dataclasses import replace

        kept = self._kept_state
        state = replace(kept, rehearsal=rehearsal) if kept is not None else first_state(rehearsal=rehearsal)
        self.show_wizard(state)

    def open_file(self, path: str) -> None:
        """Open the wizard with the answers of a file, or say what is wrong with it."""
        from lattice_tui.providers.reading import read_cluster  # pydantic, only when a file is opened

        read = read_cluster(path)
        if read.errors or read.cluster is None:
            self.push_screen(Reading("This file cannot be opened yet", placed_list(read.errors, 68)))
            return
        self.show_wizard(state_of_file(path, read.data, read.cluster, rehearsal=self._rehearse))

    _kept_state: WizardState | None = None
    """The answers of a wizard that was left with Back."""

    def show_wizard(self, state: WizardState) -> None:
        """Replace what is shown by the wizard."""
        from screens.wizard import WizardScreen

        self._show(WizardScreen(state))

    def show_welcome(self, state: WizardState) -> None:
        """Back to the first screen; the answers are kept."""
        self._kept_state = state
        self._show(WelcomeScreen())

    def show_building(self, folder: Path) -> None:
        """Watch a run."""
        from screens.building import BuildingScreen

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
    app = LatticeApp(real_seams(state), file=file, rehearse=rehearse, theme=theme, ascii_only=ascii_only)
    return _run(app, mouse=mouse)


def run_building(folder: Path, *, theme: str = "auto", ascii_only: bool = False, mouse: bool = True) -> int:
    """Watch the run in `folder`. Returns its exit code, 0 when the person leaves it running."""
    app = LatticeApp(real_seams(state_folder()), folder=folder, theme=theme, ascii_only=ascii_only)
    return _run(app, mouse=mouse)


def _run(app: LatticeApp, *, mouse: bool) -> int:
    code = app.run(mouse=mouse)
    if app._exception is not None:
        raise app._exception
    # Written as it is: the terminal itself wraps it, so that a long path can be copied whole.
    for line in app.farewell:
        sys.stdout.write(f"{line}\n")
    return ExitCode.OK if code is None else code
