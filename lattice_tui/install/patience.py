"""Asking an API server that may be away for a while: a restart, a lost connection, a computer that slept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from lattice_tui.capi.errors import ApiUnreachableError
from lattice_tui.install.recorder import Recorder

T = TypeVar("T")
PATIENCE_S = 120.0
"""Longer than an API server takes to start again; after that the step fails, and can be resumed."""
RETRY_S = 1.0
WILL_NOT_PASS = frozenset({"tls", "name"})
"""Kinds of ApiUnreachableError that no waiting mends."""


async def patiently(record: Recorder, step: str, ask: Callable[[], T]) -> T:
    """The answer of the blocking `ask`, which is asked again while nothing answers: asking twice must do no harm.

    Raises ApiUnreachableError when nothing has answered for PATIENCE_S, and whatever else `ask` raises.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await asyncio.to_thread(ask)
        except ApiUnreachableError as error:
            if error.kind in WILL_NOT_PASS or time.monotonic() >= deadline:
                raise
            record.progress(step, f"waiting for the API server: {error.problem.detail}")
        await asyncio.sleep(RETRY_S)
