"""The tools seam: run a foreign program, stream its lines, stop it, and never leave it behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.secrets import Secret
from lattice_tui.tools.output import LineSplitter, Redactor
from schemas.problem import Problem

Stream = Literal["stdout", "stderr"]
OnLine = Callable[[Stream, str], None]

LAUNCHER = Path(__file__).with_name("launcher.py")
TERM_GRACE_S = 2.0
"""Between asking a program to end and killing it."""
DRAIN_S = 2.0
"""For output that is still in the pipe after the program has ended."""
MAX_KEPT_CHARACTERS = 1_048_576
STDERR_TAIL_LINES = 20

# Everything else stays out, KUBECONFIG above all: a tool only ever sees the cluster it is told of.
ALLOWED_ENV = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"}
)
ALLOWED_ENV_PREFIXES = ("DOCKER_", "XDG_")
_NO_ENV: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FoundTool:
    """A program that is there."""

    tool: str
    argv: tuple[str, ...]
    """How to start it, before its own arguments; the first is an absolute path."""
    path: str
    """The file that decides its version."""


class Toolbox(Protocol):
    """Where the foreign programs are."""

    def find(self, tool: str) -> FoundTool | None:
        """The program called `tool`, None when it is not there."""
        ...


class PathToolbox:
    """The programs on the person's PATH."""

    def __init__(self, path: str | None = None) -> None:
        self._path = path

    def find(self, tool: str) -> FoundTool | None:
        """The first program called `tool` on the PATH."""
        found = shutil.which(tool, path=self._path)
        if found is None:
            return None
        absolute = os.path.abspath(found)
        return FoundTool(tool=tool, argv=(absolute,), path=absolute)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One run of a tool. Secrets belong into files or `env`, never into `args`."""

    tool: str
    args: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: _NO_ENV)
    """Added to the allow-listed environment of this process."""
    timeout_s: float | None = None
    secrets: tuple[Secret, ...] = ()
    """Masked in everything that is read back or shown."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """How a run ended. A program that fails is a value, not an exception."""

    exit_code: int
    """Negative: it died by that signal."""
    stdout: str
    """Redacted, printable, bounded lines."""
    stderr_tail: str
    """The last 20 lines of standard error."""
    elapsed_s: float
    timed_out: bool = False


class ToolMissingError(LatticeError):
    """The program is not there."""

    exit_code = ExitCode.TOOL_MISSING

    def __init__(self, tool: str) -> None:
        super().__init__(
            Problem(
                code="LT-TOL-001",
                title=f"{tool} was not found",
                detail=f"No program called {tool} is on the PATH.",
                fix=f"Install {tool} and make sure that the PATH names its folder.",
                check=f"{tool} version",
            )
        )


class ToolRunner:
    """Runs tools one call at a time or side by side; each in a process group that dies with us."""

    def __init__(self, toolbox: Toolbox, environ: Mapping[str, str] | None = None) -> None:
        self._toolbox = toolbox
        self._environ = os.environ if environ is None else environ

    def shown_argv(self, call: ToolCall) -> tuple[str, ...]:
        """The command as it may be shown: redacted, and without the path of the program."""
        redact = Redactor(call.secrets)
        return (call.tool, *(redact(argument) for argument in call.args))

    async def run(self, call: ToolCall, on_line: OnLine) -> ToolResult:
        """Run to the end. Cancelling ends the program: SIGTERM, then SIGKILL after 2 s, to its whole group.

        Raises ToolMissingError when there is no such tool.
        """
        found = self._toolbox.find(call.tool)
        if found is None:
            raise ToolMissingError(call.tool)
        return await _Run(call, on_line).run((*found.argv, *call.args), self._env_for(call))

    def _env_for(self, call: ToolCall) -> dict[str, str]:
        allowed = {
            name: value
            for name, value in self._environ.items()
            if name in ALLOWED_ENV or name.startswith(ALLOWED_ENV_PREFIXES)
        }
        return {**allowed, **call.env}


class _Run:
    """One program from start to end."""

    def __init__(self, call: ToolCall, on_line: OnLine) -> None:
        self._call = call
        self._on_line = on_line
        self._kept: dict[Stream, list[str]] = {"stdout": [], "stderr": []}
        self._room = MAX_KEPT_CHARACTERS

    async def run(self, argv: tuple[str, ...], env: Mapping[str, str]) -> ToolResult:
        started = time.monotonic()
        lifeline, theirs = socket.socketpair()
        with lifeline:
            with theirs:
                process = await _launch(argv, env, theirs.fileno())
            timed_out = await self._to_the_end(process, lifeline)
        return ToolResult(
            exit_code=process.returncode if process.returncode is not None else -signal.SIGKILL,
            stdout="\n".join(self._kept["stdout"]),
            stderr_tail="\n".join(self._kept["stderr"][-STDERR_TAIL_LINES:]),
            elapsed_s=round(time.monotonic() - started, 3),
            timed_out=timed_out,
        )

    async def _to_the_end(self, process: asyncio.subprocess.Process, lifeline: socket.socket) -> bool:
        """Wait for the end; returns whether the time ran out first."""
        readers = asyncio.gather(self._read("stdout", process.stdout), self._read("stderr", process.stderr))
        timed_out = False
        try:
            async with asyncio.timeout(self._call.timeout_s):
                await until_closed(lifeline)
        except TimeoutError:
            timed_out = True
            await _end(process, lifeline)
        except asyncio.CancelledError:
            await _end(process, lifeline)
            readers.cancel()
            raise
        # Whatever the program left running in its group goes too, else it would hold the pipes open.
        _signal_group(process, signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await readers
        await _reap(process)
        return timed_out

    async def _read(self, stream: Stream, reader: asyncio.StreamReader | None) -> None:
        assert reader is not None
        splitter = LineSplitter(Redactor(self._call.secrets))
        while chunk := await reader.read(65_536):
            for line in splitter.feed(chunk):
                self._take(stream, line)
        for line in splitter.end():
            self._take(stream, line)

    def _take(self, stream: Stream, line: str) -> None:
        if self._room > 0:
            self._room -= len(line) + 1
            self._kept[stream].append(line)
        elif stream == "stderr":
            # The end of standard error says why a program failed: keep it, whatever came before.
            self._kept[stream] = [*self._kept[stream][-STDERR_TAIL_LINES:], line]
        self._on_line(stream, line)


async def _launch(argv: tuple[str, ...], env: Mapping[str, str], lifeline: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        str(LAUNCHER),
        str(lifeline),
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(env),
        pass_fds=(lifeline,),
        start_new_session=True,
    )


async def until_closed(lifeline: socket.socket) -> None:
    """Wait until the launcher is gone. (`Process.wait` may also wait for whoever inherited the pipes.)"""
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    lifeline.setblocking(False)
    loop.add_reader(lifeline, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(lifeline)


async def _end(process: asyncio.subprocess.Process, lifeline: socket.socket) -> None:
    """Ask, then kill: the launcher and everything it started."""
    _signal_group(process, signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(TERM_GRACE_S):
            await until_closed(lifeline)
    _signal_group(process, signal.SIGKILL)
    await _reap(process)


async def _reap(process: asyncio.subprocess.Process) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            await process.wait()


def _signal_group(process: asyncio.subprocess.Process, signum: signal.Signals) -> None:
    # The launcher leads the group, so its id is the group's; gone is what we want.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signum)
