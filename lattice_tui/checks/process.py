"""Checks in a helper process: an SDK that hangs, or a run that has gone stale, is ended and not waited for."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Generic, TypeVar

from lattice_tui.checks.lines import from_line
from lattice_tui.text import safe_text
from lattice_tui.tools.process import LAUNCHER, until_closed
from schemas.checks import CheckResult

T = TypeVar("T")
MAX_LINE_BYTES = 256 * 1024
KEPT_STDERR_BYTES = 4096
END_GRACE_S = 3.0
"""Between asking the helper to end and killing it: it may have a container to put away."""
DRAIN_S = 1.0
"""For lines that are still in the pipe after the helper has ended."""
HELPER_ID = "helper"
"""Id of the result that says that the helper itself broke."""


async def checks_in_process(
    argv: Sequence[str], *, request: bytes = b"", env: Mapping[str, str] | None = None, limit_s: float | None = None
) -> AsyncGenerator[CheckResult, None]:
    """Start `argv`, write `request` to its standard input, and yield the results it prints.

    Closing the iterator ends the helper and all it started: SIGTERM, and SIGKILL after 3 s. So does `limit_s`. When
    it dies early, takes too long or prints something else, every check that it left waiting becomes `unknown`, and a
    last result with id `helper` and status `unknown` says so. The helper dies with this process too, even by kill -9.
    """
    waiting: dict[str, CheckResult] = {}

    def parse(line: bytes) -> CheckResult:
        result = from_line(line)
        waiting.pop(result.id, None)
        if result.status == "wait":
            waiting[result.id] = result
        return result

    said = said_in_process(argv, parse, lambda: bool(waiting), request=request, env=env, limit_s=limit_s)
    try:
        async with aclosing(said) as results:
            async for result in results:
                yield result
    except HelperEndedError as error:
        for result in waiting.values():
            yield replace(result, status="unknown", summary="not looked at: the process that runs the checks has ended")
        yield CheckResult(HELPER_ID, "Checks", "unknown", f"the checks could not be finished; {error}")


class HelperEndedError(Exception):
    """A helper process ended before it had said everything. Its text says how; it is safe to print."""


async def said_in_process(
    argv: Sequence[str],
    parse: Callable[[bytes], T],
    is_unfinished: Callable[[], bool],
    *,
    request: bytes,
    env: Mapping[str, str] | None = None,
    limit_s: float | None = None,
) -> AsyncGenerator[T, None]:
    """Start `argv`, write `request` to its standard input, and yield what `parse` makes of each line it prints.

    Closing the iterator ends the helper and all it started: SIGTERM, and SIGKILL after 3 s. So does `limit_s`.
    `parse` raises ValueError for a line that is none. Raises HelperEndedError when the helper broke, printed something
    else, took too long, or ended while `is_unfinished()` says that something is missing.
    """
    lifeline, theirs = socket.socketpair()
    with lifeline:
        with theirs:
            child = await _start(argv, env, theirs.fileno())
        helper = _Helper(child, lifeline, parse, request, limit_s)
        try:
            while (said := await helper.next_said()) is not None:
                yield said
            trouble = await helper.trouble(is_unfinished=is_unfinished())
        finally:
            # Closed early, or at its end: nothing of it stays behind.
            await helper.end()
    if trouble:
        raise HelperEndedError(trouble)


class _Helper(Generic[T]):
    """One helper process, from its start to its end."""

    def __init__(
        self,
        child: asyncio.subprocess.Process,
        lifeline: socket.socket,
        parse: Callable[[bytes], T],
        request: bytes,
        limit_s: float | None,
    ) -> None:
        self._child = child
        self._parse = parse
        self._started_at = time.monotonic()
        self._ends_at = None if limit_s is None else self._started_at + limit_s
        self._gone = asyncio.create_task(until_closed(lifeline))
        self._stderr = asyncio.create_task(_tail(child.stderr))
        self._writer = asyncio.create_task(_write(child.stdin, request))
        self._refused = ""

    async def next_said(self) -> T | None:
        """The next one; None when there is none to come: `trouble` tells why."""
        try:
            line = await self._next_line()
        except TimeoutError:
            self._refused = f"there was no end after {time.monotonic() - self._started_at:.0f} s"
            return None
        if not line:
            return None
        try:
            return self._parse(line)
        except ValueError as error:
            self._refused = f"their process printed something else: {safe_text(str(error), 120)}"
            return None

    async def _next_line(self) -> bytes:
        """Empty at the end. Raises TimeoutError when the time has run out."""
        reading = asyncio.ensure_future(_read_line(self._child.stdout))
        try:
            await asyncio.wait((reading, self._gone), timeout=self._left_s(), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done() and self._gone.done():
                # Whatever it left running in its group goes too, else that would hold the pipe open.
                self._signal(signal.SIGKILL)
                await asyncio.wait((reading,), timeout=DRAIN_S)
                return reading.result() if reading.done() else b""
            if not reading.done():
                raise TimeoutError
            return reading.result()
        finally:
            reading.cancel()

    async def trouble(self, *, is_unfinished: bool) -> str:
        """After the last result: what went wrong, empty when nothing did."""
        if self._refused:
            return self._refused
        # With its output closed and every check told, it may take its time to end.
        await asyncio.wait((self._gone,), timeout=END_GRACE_S)
        await _within(DRAIN_S, self._child.wait())
        exit_code = self._child.returncode
        if not exit_code:
            return "their process ended too early" if is_unfinished else ""
        how = f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with {exit_code}"
        await asyncio.wait((self._stderr,), timeout=DRAIN_S)
        return f"their process {how}: {self._stderr.result() if self._stderr.done() else 'it said nothing'}"

    async def end(self) -> None:
        """Ask it to end, then kill it, and everything it started with it."""
        if not self._gone.done():
            self._signal(signal.SIGTERM)
            await asyncio.wait((self._gone,), timeout=END_GRACE_S)
        self._signal(signal.SIGKILL)
        await _within(DRAIN_S, self._child.wait())
        tasks = (self._gone, self._stderr, self._writer)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _signal(self, signum: signal.Signals) -> None:
        # The launcher leads the group, so its id is the group's; gone is what we want.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signum)

    def _left_s(self) -> float | None:
        return None if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())


async def _within(seconds: float, work: Awaitable[object]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


async def _start(argv: Sequence[str], env: Mapping[str, str] | None, lifeline: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(LAUNCHER), str(lifeline), *argv),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=None if env is None else dict(env),
        limit=MAX_LINE_BYTES,
        pass_fds=(lifeline,),
        start_new_session=True,
    )


async def _write(stdin: asyncio.StreamWriter | None, request: bytes) -> None:
    assert stdin is not None
    # A helper that ends without reading tells about it by its exit code.
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(request)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _read_line(reader: asyncio.StreamReader | None) -> bytes:
    assert reader is not None
    try:
        return await reader.readline()
    except ValueError:
        # Longer than any result: handed on as a line that is none.
        return b"(a line that is too long)\n"


async def _tail(reader: asyncio.StreamReader | None) -> str:
    """The last line of standard error, safe to print."""
    assert reader is not None
    kept = b""
    while chunk := await reader.read(KEPT_STDERR_BYTES):
        kept = (kept + chunk)[-KEPT_STDERR_BYTES:]
    lines = [line for line in kept.decode(errors="replace").splitlines() if line.strip()]
    return safe_text(lines[-1], 200) if lines else "it said nothing"
