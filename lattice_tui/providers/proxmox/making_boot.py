"""Waiting for a machine that sets itself up and then switches itself off, with what it says meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.proxmox.answers import table, text
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError, PveNodeDownError, PveRefusedError, PveUnreachableError
from lattice_tui.providers.proxmox.making_seed import FAILED, FINISHED, STEP_FILE
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.proxmox.checks.look import Look

MAX_SAID = 300


@dataclass(frozen=True, slots=True)
class Pace:
    """How often it is looked at, and for how long."""

    look_s: float = 5.0
    heard_s: float = 600.0
    """Until its guest agent answers for the first time: the agent is what it installs first."""
    limit_s: float = 1500.0
    """Until it is off: some 300 MB of packages over a slow line."""


REHEARSED = Pace(look_s=0.2, heard_s=20.0, limit_s=60.0)


async def switched_off(look: Look, node: str, vmid: int, pace: Pace) -> AsyncGenerator[str, None]:
    """Yields each step as the machine tells it; ends when it is finished and off.

    Raises LatticeError when it failed, was switched off half-way, is never heard of, or takes too long. It stays as
    it is then: its console shows what it is doing.
    """
    base = f"nodes/{part(node)}/qemu/{vmid}"
    began_at, last = time.monotonic(), ""
    while True:
        waited_s = time.monotonic() - began_at
        said = await _step(look, base)
        if said and said != last:
            last = said
            if said.startswith(FAILED):
                raise LatticeError(_failed(vmid, said.removeprefix(FAILED)), ExitCode.CAPACITY)
            yield said
        if not await _is_running(look, base):
            break
        if not last and waited_s > pace.heard_s:
            raise LatticeError(_unheard(vmid, pace.heard_s), ExitCode.CAPACITY)
        if waited_s > pace.limit_s:
            raise LatticeError(_too_long(vmid, pace.limit_s, last), ExitCode.CAPACITY)
        await asyncio.sleep(pace.look_s)
    if last != FINISHED:
        raise LatticeError(_half_way(vmid, last), ExitCode.CAPACITY)


async def _step(look: Look, base: str) -> str:
    """What it says of itself; empty while nobody answers."""
    try:
        answer = table(await look.client.get(f"{base}/agent/file-read", {"file": STEP_FILE}))
    except PveError:
        # No agent yet, no file yet, or off by now: its power state tells.
        return ""
    return safe_text(text(answer, "content").strip(), MAX_SAID)


async def _is_running(look: Look, base: str) -> bool:
    try:
        return text(table(await look.client.get(f"{base}/status/current")), "status") == "running"
    except (PveNodeDownError, PveUnreachableError):
        # A line that is down for a moment: the time limit holds all the same.
        return True


async def stop(look: Look, node: str, vmid: str) -> object:
    """Switch it off as by its plug; the task's UPID, None when it is off already. Raises PveError."""
    base = f"nodes/{part(node)}/qemu/{part(vmid)}"
    try:
        status = text(table(await look.client.get(f"{base}/status/current")), "status")
    except PveRefusedError:
        # Whoever removes it is told why.
        return None
    return await look.client.send("POST", f"{base}/status/stop", {}) if status == "running" else None


_TAKE_AWAY = "then take it away (lattice make --undo) and try once more"


def _failed(vmid: int, said: str) -> Problem:
    return Problem(
        "LT-PVE-266",
        "The machine could not set itself up",
        f"Mend what it says, {_TAKE_AWAY}",
        detail=f"VM {vmid} says: {said}",
        check=f"qm terminal {vmid}",
    )


def _half_way(vmid: int, last: str) -> Problem:
    return Problem(
        "LT-PVE-266",
        "The machine was switched off before it was finished",
        "Take it away (lattice make --undo) and try once more",
        detail=f"VM {vmid} was last at: {last or 'nothing was heard of it'}",
        check="Datacenter > Tasks shows who switched it off",
    )


def _unheard(vmid: int, heard_s: float) -> Problem:
    return Problem(
        "LT-PVE-267",
        "The machine does not answer from within",
        f"Give its network a way to Ubuntu's packages and DHCP, or free addresses of ipv4Pool, {_TAKE_AWAY}",
        detail=f"VM {vmid} is on, and in {_minutes(heard_s)} its guest agent, which it installs first, said nothing",
        check=f"qm terminal {vmid}",
    )


def _too_long(vmid: int, limit_s: float, last: str) -> Problem:
    return Problem(
        "LT-PVE-267",
        "The machine does not come to an end",
        f"Look at its console, {_TAKE_AWAY}",
        detail=f"VM {vmid} is still on after {_minutes(limit_s)}; it was last at: {last}",
        check=f"qm terminal {vmid}",
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:g} s"
