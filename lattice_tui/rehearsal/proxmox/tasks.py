"""Tasks: what a write through the API begins, known by its UPID."""

from __future__ import annotations

import time
from collections.abc import Callable

from lattice_tui.rehearsal.proxmox.calls import ApiError, Call
from lattice_tui.rehearsal.proxmox.site import Task

FIRST_PID = 0x1000


def begin(call: Call, node: str, kind: str, about: str, work: Callable[[], None], *log: str) -> str:
    """Do the work, and return the UPID of the task that did it. What the work refuses is the task's problem."""
    problem, started_at = "", time.time()
    try:
        work()
    except ApiError as error:
        problem = error.reason
    number = FIRST_PID + len(call.site.tasks)
    upid = f"UPID:{node}:{number:08X}:{number * 7:08X}:{int(started_at):08X}:{kind}:{about}:{call.who}:"
    call.site.tasks[upid] = Task(
        upid, node, kind, about, call.who, started_at, started_at + call.site.task_s, problem, tuple(log)
    )
    return upid
