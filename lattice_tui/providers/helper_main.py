"""What the helper processes of providers share: one request in, lines out, and an end that waits for no thread."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import NoReturn, Protocol, TypeVar

from lattice_tui.checks.request import MAX_REQUEST_BYTES
from lattice_tui.secrets import Secret
from lattice_tui.tools.output import Redactor

NOT_UNDERSTOOD = 2


class Request(Protocol):
    """What every request of a helper carries."""

    @property
    def secrets(self) -> Mapping[str, Secret]: ...


R = TypeVar("R", bound=Request)


def be_helper(read: Callable[[bytes], R], lines: Callable[[R], AsyncGenerator[str, None]]) -> NoReturn:
    """Read one request from standard input, print its lines as they come, and end this process.

    `read` raises ValueError for a line that is none. Whatever else goes wrong is one line on standard error, without
    the secrets of the request, and exit code 1. SIGTERM cancels the lines, so that what was tried is put away.
    """
    code = _serve(read, lines)
    sys.stderr.flush()
    # Now, whatever threads still wait for: an SDK may hang in one.
    os._exit(code)


def _serve(read: Callable[[bytes], R], lines: Callable[[R], AsyncGenerator[str, None]]) -> int:
    try:
        request = read(sys.stdin.buffer.readline(MAX_REQUEST_BYTES))
    except ValueError as error:
        sys.stderr.write(f"standard input: {error}\n")
        return NOT_UNDERSTOOD
    try:
        # Not asyncio.run: it would wait for a thread that hangs in somebody's library.
        asyncio.new_event_loop().run_until_complete(_print(lines(request)))
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    except Exception as error:
        redact = Redactor(tuple(request.secrets.values()))
        sys.stderr.write(redact(f"{type(error).__name__}: {error}") + "\n")
        return 1
    return 0


async def _print(lines: AsyncGenerator[str, None]) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with aclosing(lines) as said:
        async for line in said:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
