"""One run of a simulated tool: its command line, its output, and how it fails."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

Stream = Literal["stdout", "stderr"]
Write = Callable[[Stream, str], Awaitable[None]]


class ToolExitError(Exception):
    """The tool ends with this code, after these lines on standard error."""

    def __init__(self, exit_code: int, *lines: str) -> None:
        super().__init__(*lines)
        self.exit_code = exit_code
        self.lines = lines


@dataclass(frozen=True, slots=True)
class ToolRun:
    """What a tool gets from whoever started it."""

    argv: tuple[str, ...]
    """Without the program's own name."""
    cwd: Path
    env: Mapping[str, str]
    write: Write

    async def out(self, *lines: str) -> None:
        """Print to standard output."""
        for line in lines:
            await self.write("stdout", line)

    async def err(self, *lines: str) -> None:
        """Print to standard error, where most of these tools write their progress."""
        for line in lines:
            await self.write("stderr", line)

    def path(self, name: str) -> Path:
        """A file that an argument names, seen from the caller's working folder."""
        return self.cwd / Path(name).expanduser()


class Arguments:
    """A command line, taken apart as the Go flag libraries do: `--name value`, `--name=value`, switches."""

    def __init__(
        self, argv: Sequence[str], *, switches: Sequence[str] = (), short: Mapping[str, str] | None = None
    ) -> None:
        self.words: list[str] = []
        self._values: dict[str, list[str]] = {}
        rest = list(argv)
        while rest:
            word = rest.pop(0)
            if not word.startswith("-") or word == "-":
                self.words.append(word)
                continue
            name, equals, value = word.lstrip("-").partition("=")
            name = (short or {}).get(name, name)
            if not equals:
                value = "true" if name in switches else _next_value(name, rest)
            self._values.setdefault(name, []).append(value)

    def value(self, name: str, default: str = "") -> str:
        """The last value given for a flag."""
        return self._values.get(name, [default])[-1]

    def values(self, name: str) -> list[str]:
        """All values of a flag that may be repeated or hold a comma-separated list."""
        return [part for value in self._values.get(name, []) for part in value.split(",") if part]

    def has(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.value(name, "false") == "true"

    def refuse_unknown(self, known: Sequence[str]) -> None:
        """Raise ToolExitError for a flag the tool does not have."""
        for name in self._values:
            if name not in known:
                raise ToolExitError(1, f"Error: unknown flag: --{name}")


def _next_value(name: str, rest: list[str]) -> str:
    if not rest:
        raise ToolExitError(1, f"Error: flag needs an argument: --{name}")
    return rest.pop(0)


_SECONDS_OF = {"h": 3600.0, "m": 60.0, "s": 1.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|m|s)", re.ASCII)


def duration_s(text: str, default: float) -> float:
    """A Go duration (`5m`, `1m30s`, `300s`) or a bare number of seconds."""
    if not text:
        return default
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return float(text)
    if not re.fullmatch(f"(?:{_DURATION.pattern})+", text, re.ASCII):
        raise ToolExitError(1, f'Error: invalid argument "{text}": time: invalid duration "{text}"')
    return sum(float(number) * _SECONDS_OF[unit] for number, unit in _DURATION.findall(text))


def unknown_command(tool: str, word: str) -> NoReturn:
    """The words of a tool (cobra) that does not have that command."""
    raise ToolExitError(1, f'Error: unknown command "{word}" for "{tool}"', f"Run '{tool} --help' for usage.")
