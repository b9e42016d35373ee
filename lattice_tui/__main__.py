"""`lattice` and `lattice-tui`: reads the command line with `sys` alone and opens one door.

Everything else is imported by the door that is opened. This is the only module that knows both the
command line and the screens.
"""

import sys

from lattice_tui import __version__

# Known to type checkers by this name. `typing` and `__future__` would cost `--version` a tenth of its time,
# which is why the annotations below are quoted.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lattice_tui.cli.wizard import Wish


def main() -> int:
    """Run the command in `sys.argv`. Returns the exit code: see docs/exit-codes.md."""
    arguments = sys.argv[1:]
    if arguments and arguments[0] in ("--version", "-V") and _said(f"lattice-tui {__version__}\n"):
        return 0
    from lattice_tui.cli.guarding import guarded

    return guarded(lambda: run(arguments))


def run(arguments: list[str]) -> int:
    """Open the door that `arguments` name."""
    first = arguments[0] if arguments else ""
    if first in ("--version", "-V"):
        return _print(f"lattice-tui {__version__}")
    if first in ("--help", "-h"):
        return _help()
    from lattice_tui.cli.shadow import require_own

    require_own("schemas")
    command = COMMANDS.get(first)
    if command is not None:
        return command(arguments[1:])
    if any(word == "--from-file" or word.startswith("--from-file=") for word in arguments):
        return _install(arguments)
    return _wizard(arguments)


def _said(text: str) -> bool:
    """Write `text` at once; False when standard output did not take it, which the guarded way explains."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, AttributeError):
        return False
    return True


def _print(text: str) -> int:
    from lattice_tui.cli.guarding import write_out

    write_out(text)
    return 0


def _help() -> int:
    from lattice_tui.cli.help_text import HELP

    return _print(HELP)


def _validate(arguments: list[str]) -> int:
    from lattice_tui.cli import validate

    return validate.run(arguments)


def _install(arguments: list[str]) -> int:
    from lattice_tui.cli import install

    return install.run(arguments, _open_building)


def _check(arguments: list[str]) -> int:
    from lattice_tui.cli import check

    return check.run(arguments)


def _make(arguments: list[str]) -> int:
    from lattice_tui.cli import make

    return make.run(arguments)


def _plan(arguments: list[str]) -> int:
    from lattice_tui.cli import plan

    return plan.run(arguments)


def _schema(arguments: list[str]) -> int:
    from lattice_tui.cli import schema

    return schema.run(arguments)


def _draft(arguments: list[str]) -> int:
    from lattice_tui.cli import draft

    return draft.run(arguments)


def _explain(arguments: list[str]) -> int:
    from lattice_tui.cli import explain

    return explain.run(arguments)


def _status(arguments: list[str]) -> int:
    from lattice_tui.cli import status

    return status.run(arguments)


def _resume(arguments: list[str]) -> int:
    from lattice_tui.cli import resume

    return resume.run(arguments, _open_building)


def _watch(arguments: list[str]) -> int:
    from lattice_tui.cli import watch

    return watch.run(arguments, _open_watching)


def _kubeconfig(arguments: list[str]) -> int:
    from lattice_tui.cli import kubeconfig

    return kubeconfig.run(arguments)


def _rehearse(arguments: list[str]) -> int:
    from lattice_tui.cli import rehearse

    return rehearse.run(arguments, _open_building)


def _wizard(arguments: list[str]) -> int:
    from lattice_tui.cli import wizard

    return wizard.run(arguments, tuple(COMMANDS), _open_wizard)


def _open_building(folder: "Path") -> int:
    from lattice_tui.cli.shadow import require_own

    require_own("screens")
    from screens.app import run_building

    return run_building(folder)


def _open_watching(folder: "Path", state: "Path", ending: str) -> int:
    from lattice_tui.cli.shadow import require_own

    require_own("screens")
    from screens.app import run_watching

    return run_watching(folder, state=state, ending=ending)


def _open_wizard(wish: "Wish") -> int:
    from lattice_tui.cli.shadow import require_own

    require_own("screens")
    from screens.app import run_wizard

    return run_wizard(
        file=wish.file,
        rehearse=wish.rehearse,
        state=wish.state,
        theme=wish.theme,
        ascii_only=wish.ascii_only,
        mouse=wish.mouse,
    )


COMMANDS: "dict[str, Callable[[list[str]], int]]" = {
    "validate": _validate,
    "check": _check,
    "make": _make,
    "plan": _plan,
    "install": _install,
    "status": _status,
    "resume": _resume,
    "watch": _watch,
    "kubeconfig": _kubeconfig,
    "rehearse": _rehearse,
    "draft": _draft,
    "explain": _explain,
    "schema": _schema,
}
"""Every command that exists; help_text.HELP names the same ones."""


if __name__ == "__main__":
    sys.exit(main())
