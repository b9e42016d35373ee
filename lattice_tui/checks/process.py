"""Checks in a helper process: an SDK that hangs, or a run that has gone stale, is killed and not waited for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from typing import Any

from lattice_tui.text import safe_text
from lattice_tui.tools.process import LAUNCHER
from schemas.checks import CheckResult

MAX_LINE_BYTES = 256 * 1024
KEPT_STDERR_BYTES = 4096
HELPER_ID = "helper"
"""Id of the result that says that the helper itself broke."""
_FIELDS = frozenset(field.name for field in fields(CheckResult))
_STATUSES = frozenset({"wait", "ok", "warn", "fail", "skip", "unknown"})


def to_line(result: CheckResult) -> str:
    """One JSON line for `from_line`."""
    return json.dumps(asdict(result), ensure_ascii=True)


def from_line(line: bytes) -> CheckResult:
    """Raises ValueError when the line is not what `to_line` makes."""
    said: Any = json.loads(line)
    if not isinstance(said, dict) or not said.keys() <= _FIELDS or said.get("status") not in _STATUSES:
        raise ValueError("not a check result")
    return CheckResult(**{key: _clean(key, value) for key, value in said.items()})


def _clean(key: str, value: object) -> Any:
    if key == "elapsed_s" and isinstance(value, int | float):
        return float(value)
    if key == "simulated" and isinstance(value, bool):
        return value
    if isinstance(value, str) and key not in ("elapsed_s", "simulated"):
        return safe_text(value)
    raise ValueError(f"{key} is not what a check result has there")


async def checks_in_process(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> AsyncIterator[CheckResult]:
    """Start `argv` and yield the results it prints; closing the iterator kills it and all it started.

    When it dies early or prints something else, a last result with id `helper` and status `unknown` says so.
    The helper dies with this process too, even by kill -9.
    """
    lifeline, theirs = socket.socketpair()
    with lifeline:
        with theirs:
            child = await _start(argv, env, theirs.fileno())
        assert child.stdout is not None
        assert child.stderr is not None
        stderr = asyncio.create_task(_tail(child.stderr))
        trouble = ""
        try:
            while line := await _next_line(child.stdout):
                try:
                    result = from_line(line)
                except ValueError as error:
                    trouble = f"it printed something else: {safe_text(str(error), 120)}"
                    break
                yield result
            if not trouble and (exit_code := await child.wait()) != 0:
                trouble = f"it ended with {exit_code}: {await stderr}"
        finally:
            # Closed early, or at its end: nothing of it stays behind.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
            stderr.cancel()
    if trouble:
        yield CheckResult(HELPER_ID, "Checks", "unknown", f"the checks could not be finished; {trouble}")


async def _start(argv: Sequence[str], env: Mapping[str, str] | None, lifeline: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(LAUNCHER), str(lifeline), *argv),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=None if env is None else dict(env),
        limit=MAX_LINE_BYTES,
        pass_fds=(lifeline,),
        start_new_session=True,
    )


async def _next_line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:
        # Longer than any result: handed on as a line that is none.
        return b"(a line that is too long)\n"


async def _tail(reader: asyncio.StreamReader) -> str:
    """The last line of standard error, safe to print."""
    kept = b""
    while chunk := await reader.read(KEPT_STDERR_BYTES):
        kept = (kept + chunk)[-KEPT_STDERR_BYTES:]
    lines = [line for line in kept.decode(errors="replace").splitlines() if line.strip()]
    return safe_text(lines[-1], 200) if lines else "it said nothing"
