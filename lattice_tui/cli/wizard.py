"""`lattice-tui [FILE]`: the door to the screens, and what to say when no screen can be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.cli.arguments import Parser, add_state_dir
from lattice_tui.cli.did_you_mean import nearest
from lattice_tui.cli.guarding import write_err
from lattice_tui.cli.terminal import why_not_drawn
from lattice_tui.errors import UsageError
from lattice_tui.paths import state_folder
from lattice_tui.text import safe_text
from schemas.problem import Problem

NOT_YET = ("bundle", "kubeconfig", "replay", "uninstall", "watch")
"""Commands people may know from the documentation of later versions: told so, never "did you mean install?"."""

THEMES = ("auto", "dark", "light")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says about the wizard."""

    file: str | None
    rehearse: bool
    state: Path
    theme: str
    ascii_only: bool
    mouse: bool


OpenWizard = Callable[[Wish], int]


def run(arguments: list[str], commands: Sequence[str], open_wizard: OpenWizard) -> int:
    """Open the wizard, or raise UsageError that says what to use instead."""
    first = arguments[0] if arguments else ""
    if first and not first.startswith("-") and not _is_file(first):
        raise UsageError(_unknown_command(first, commands))
    parser = Parser("", "The wizard: from a few questions to a running cluster.")
    parser.prog = "lattice-tui"
    parser.add_argument("file", metavar="FILE", nargs="?", help="a cluster.yaml to open")
    parser.add_argument("--rehearse", action="store_true", help="in a simulated world: no account needed")
    parser.add_argument("--theme", choices=THEMES, default="auto", help="colours (default: as the terminal says)")
    parser.add_argument("--ascii", action="store_true", help="lines and marks that every terminal can draw")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal, for selecting text")
    add_state_dir(parser)
    parsed = parser.read(arguments)
    reason = why_not_drawn()
    if reason:
        if not arguments:
            from lattice_tui.cli.help_text import HELP

            write_err(HELP + "\n")
        raise UsageError(_no_terminal(reason, parsed.file))
    wish = Wish(
        file=parsed.file,
        rehearse=parsed.rehearse,
        state=state_folder(parsed.state_dir),
        theme=parsed.theme,
        ascii_only=parsed.ascii,
        mouse=not parsed.no_mouse,
    )
    return open_wizard(wish)


def _is_file(word: str) -> bool:
    return word.endswith((".yaml", ".yml")) or "/" in word or Path(word).exists()


def _unknown_command(word: str, commands: Sequence[str]) -> Problem:
    shown = safe_text(word, 60)
    if word in NOT_YET:
        title = f"lattice {shown} is not in this version yet"
        return Problem(code="LT-CLI-009", title=title, fix="lattice --help lists what is")
    meant = nearest(word, commands)
    hint = f"Did you mean lattice {meant}? " if meant else ""
    title = f"There is no command and no file called {shown}"
    return Problem(code="LT-CLI-001", title=title, fix=f"{hint}lattice --help lists the commands")


def _no_terminal(reason: str, file: str | None) -> Problem:
    shown = safe_text(file) if file else "cluster.yaml"
    return Problem(
        code="LT-CLI-003",
        title="The wizard needs a terminal it can draw on",
        detail=f"Here {reason}",
        fix=f"Without one: lattice install --cluster {shown} --yes, or lattice rehearse",
        check='test -t 0 && test -t 1 && echo "$TERM $LANG"',
    )
