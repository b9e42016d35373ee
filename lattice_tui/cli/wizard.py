"""`lattice-tui [FILE]`: the door to the screens, and what to say when no screen can be opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lattice_tui.cli.terminal import why_not_drawn
from lattice_tui.paths import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lattice_tui.errors import UsageError

    OpenWizard = Callable[["Wish"], int]

NOT_YET = ("bundle", "replay", "uninstall")
"""Commands people may know from the documentation of later versions: told so, never "did you mean install?"."""

THEMES = ("auto", "dark", "light")


class Wish(NamedTuple):
    """What the command line says about the wizard."""

    file: str | None
    rehearse: bool
    state: Path
    theme: str
    ascii_only: bool
    mouse: bool


def run(arguments: list[str], commands: Sequence[str], open_wizard: OpenWizard) -> int:
    """Open the wizard, or raise UsageError that says what to use instead."""
    if arguments:
        return open_wizard(_read(arguments, commands))
    # Most people type the name alone: their first screen waits for no reading of arguments.
    _require_drawable(None, is_bare=True)
    return open_wizard(Wish(None, False, state_folder(), "auto", False, True))


def _read(arguments: list[str], commands: Sequence[str]) -> Wish:
    """What `arguments` ask for. Raises UsageError; ends with 0 after `--help`."""
    from lattice_tui.cli.arguments import Parser, add_state_dir

    first = arguments[0]
    if first and not first.startswith("-") and not _is_file(first):
        raise _unknown_command(first, commands)
    parser = Parser("", "The wizard: from a few questions to a running cluster.")
    parser.prog = "lattice-tui"
    parser.add_argument("file", metavar="FILE", nargs="?", help="a cluster.yaml to open")
    parser.add_argument("--rehearse", action="store_true", help="in a simulated world: no account needed")
    parser.add_argument("--theme", choices=THEMES, default="auto", help="colours (default: as the terminal says)")
    parser.add_argument("--ascii", action="store_true", help="lines and marks that every terminal can draw")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal, for selecting text")
    add_state_dir(parser)
    parsed = parser.read(arguments)
    _require_drawable(parsed.file, is_bare=False)
    return Wish(
        file=parsed.file,
        rehearse=parsed.rehearse,
        state=state_folder(parsed.state_dir),
        theme=parsed.theme,
        ascii_only=parsed.ascii,
        mouse=not parsed.no_mouse,
    )


def _is_file(word: str) -> bool:
    return word.endswith((".yaml", ".yml")) or "/" in word or Path(word).exists()


def _unknown_command(word: str, commands: Sequence[str]) -> UsageError:
    from lattice_tui.cli.did_you_mean import nearest
    from lattice_tui.errors import UsageError
    from lattice_tui.text import safe_text
    from schemas.problem import Problem

    shown = safe_text(word, 60)
    if word in NOT_YET:
        title = f"lattice {shown} is not in this version yet"
        return UsageError(Problem(code="LT-CLI-009", title=title, fix="lattice --help lists what is"))
    meant = nearest(word, commands)
    hint = f"Did you mean lattice {meant}? " if meant else ""
    title = f"There is no command and no file called {shown}"
    return UsageError(Problem(code="LT-CLI-001", title=title, fix=f"{hint}lattice --help lists the commands"))


def _require_drawable(file: str | None, *, is_bare: bool) -> None:
    """Raises UsageError where no screen can be drawn."""
    reason = why_not_drawn()
    if not reason:
        return
    if is_bare:
        from lattice_tui.cli.guarding import write_err
        from lattice_tui.cli.help_text import HELP

        write_err(HELP + "\n")
    raise _no_terminal(reason, file)


def _no_terminal(reason: str, file: str | None) -> UsageError:
    from lattice_tui.errors import UsageError
    from lattice_tui.text import safe_text
    from schemas.problem import Problem

    shown = safe_text(file) if file else "cluster.yaml"
    return UsageError(
        Problem(
            code="LT-CLI-003",
            title="The wizard needs a terminal it can draw on",
            detail=f"Here {reason}",
            fix=f"Without one: lattice install --cluster {shown} --yes, or lattice rehearse",
            check='test -t 0 && test -t 1 && echo "$TERM $LANG"',
        )
    )
