"""Waiting for what Proxmox has begun, and its words where it did not end well."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.proxmox.answers import table, text
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.proxmox.checks.look import Look

LIMIT_S = 1800.0
"""An image of 600 MB over a slow line."""
GONE: Final = ("does not exist", "no such volume")
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 3.0


async def finished(look: Look, node: str, upid: object) -> None:
    """Wait for a task to end. Raises LatticeError with its own words when it failed, or takes too long."""
    if not isinstance(upid, str) or not upid.startswith("UPID:"):
        # Some releases do small things at once, and name no task.
        return
    path, wait_s = f"nodes/{part(node)}/tasks/{part(upid)}/status", _FIRST_WAIT_S
    ends_at = time.monotonic() + LIMIT_S
    while True:
        status = table(await look.client.get(path))
        if text(status, "status") == "stopped":
            break
        if time.monotonic() > ends_at:
            raise LatticeError(_failed(upid, f"it still runs after {LIMIT_S / 60:.0f} min"), ExitCode.CAPACITY)
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)
    said = text(status, "exitstatus")
    if said != "OK" and not said.startswith("WARNINGS"):
        raise LatticeError(_failed(upid, said), ExitCode.CAPACITY)


def could_not(what: str, error: PveError) -> LatticeError:
    """What was tried, and Proxmox's words."""
    said = error.reason or error.problem.detail
    problem = Problem(
        "LT-PVE-262",
        what,
        "Mend what Proxmox says, remove what was begun (it is listed), and try once more",
        detail=f"Proxmox says: {safe_text(said, 200)}",
        check="Datacenter > Tasks shows each step with its log",
    )
    return LatticeError(problem, error.exit_code)


def _failed(upid: str, said: str) -> Problem:
    parts = upid.split(":")
    kind = safe_text(parts[5] if len(parts) > 5 else "", 30)
    return Problem(
        "LT-PVE-262",
        f"Proxmox could not finish {kind or 'a task'}",
        "Mend what Proxmox says, remove what was begun (it is listed), and try once more",
        detail=f"Proxmox says: {safe_text(said, 200)}",
        check=f"pvenode task log {safe_text(upid, 200)}",
    )
