"""Reading the arguments of one command: argparse, with our words for what is wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from lattice_tui.cli.did_you_mean import nearest
from lattice_tui.cli.guarding import write_out
from lattice_tui.errors import UsageError
from lattice_tui.text import safe_text
from schemas.problem import Problem

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


class Parser(argparse.ArgumentParser):
    """One command's arguments. What is wrong becomes a UsageError (exit 2), never a half-read line."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(prog=f"lattice {command}", description=description, allow_abbrev=False)

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The parsed arguments. Raises UsageError; ends with 0 after `--help`."""
        parsed, unknown = self.parse_known_args(arguments)
        if unknown:
            word = unknown[0].partition("=")[0]
            meant = nearest(word, self._option_string_actions)
            self._refuse(f"{self.prog} does not know {safe_text(word)}", f"Did you mean {meant}?" if meant else "")
        return parsed

    def error(self, message: str) -> NoReturn:
        self._refuse(f"{self.prog}: {safe_text(message)}", "")

    def print_help(self, file: object = None) -> None:  # noqa: ARG002 (argparse passes it on)
        """To standard output, which is written with care; argparse itself would not notice a full disk."""
        write_out(self.format_help().rstrip())

    def _refuse(self, title: str, meant: str) -> NoReturn:
        fix = f"{meant} {self.prog} --help lists what it takes".strip()
        raise UsageError(Problem(code="LT-CLI-002", title=title, fix=fix))


def add_output(parser: Parser) -> None:
    """`-o json`."""
    parser.add_argument(
        "-o", "--output", choices=("text", "json"), default="text", help="json: JSON lines on standard output"
    )


def add_state_dir(parser: Parser) -> None:
    """`--state-dir`."""
    parser.add_argument("--state-dir", metavar="DIR", help="where runs are kept (default: $LATTICE_STATE_DIR)")


def add_run(parser: Parser) -> None:
    """What every command that stays with a run takes; `run_door.choices_of` reads it."""
    parser.add_argument("--non-interactive", action="store_true", help="never ask, never open a screen")
    parser.add_argument(
        "--timeout", metavar="T", type=duration_s, help="stop watching after T: 90s, 30m, 1h30m (default: watch on)"
    )
    parser.add_argument(
        "--on-timeout",
        choices=("keep", "detach", "undo"),
        default="keep",
        help="after --timeout the install goes on; keep: exit 50, detach: exit 0; undo is not in this version yet",
    )
    parser.add_argument(
        "--kubeconfig-out", metavar="FILE", type=Path, help="also write the new cluster's kubeconfig there, mode 0600"
    )
    add_state_dir(parser)
    add_output(parser)


def add_world(parser: Parser, *, default_speed: float | None) -> None:
    """`--speed`, `--seed` and `--fault` of the simulated world."""
    from lattice_tui.rehearsal.faults import FAULTS  # only two commands have a use for them

    usual = "10" if default_speed else "10, only with --rehearse"
    parser.add_argument(
        "--speed",
        metavar="N",
        type=speed_factor,
        default=default_speed,
        help=f"simulated seconds per second (default: {usual})",
    )
    parser.add_argument("--seed", metavar="N", type=int, help="of the simulated world's dice (default: 1)")
    faults = ", ".join(known for known in FAULTS if known)
    parser.add_argument("--fault", metavar="ID", help=f"one thing that goes wrong in the simulated world: {faults}")


def duration_s(text: str) -> float:
    """`90`, `90s`, `30m`, `1h30m` as seconds. Raises argparse's error with the allowed forms."""
    found = _DURATION.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if total == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write 90s, 30m or 1h30m")
    return float(total)


def speed_factor(text: str) -> float:
    """A factor from 0.1 to 1000. Raises argparse's error with the allowed range."""
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: write a number from 0.1 to 1000, as in --speed 10")
    return speed
