"""This computer's clock against the server's: signatures, tickets and certificates live by the time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lattice_tui.checks.answers import Head
from lattice_tui.checks.results import ok, unknown, wrong
from schemas.checks import CheckResult

WARN_S, FAIL_S = 60, 300
"""AWS refuses requests from 5 minutes on, tickets of Proxmox and tokens of OpenStack break about as early."""


def server_time(date: str) -> datetime | None:
    """The header `Date` in UTC, None when it is none."""
    try:
        said = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        # Whatever the parser trips over: it is not a date.
        return None
    # Its form without a zone means UTC as well (RFC 9110, 5.6.7).
    return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)


def clock_result(head: Head, label: str) -> CheckResult:
    """How far the two clocks are apart. The header counts whole seconds, and the way takes its time."""
    said = server_time(head.headers.get("date", ""))
    if said is None:
        return unknown(f"{label} does not say what time it has there")
    here = head.asked_at + (head.answered_at - head.asked_at) / 2
    ahead_s = (here - said).total_seconds()
    apart = f"{_long(abs(ahead_s))} {'ahead of' if ahead_s > 0 else 'behind'}"
    evidence = f"here {here:%Y-%m-%d %H:%M:%S} UTC, there {said:%Y-%m-%d %H:%M:%S} UTC"
    if abs(ahead_s) <= WARN_S:
        return ok("this computer and the server agree on the time", evidence=evidence)
    is_wide = abs(ahead_s) > FAIL_S
    return wrong(
        "fail" if is_wide else "warn",
        "LT-CLK-002" if is_wide else "LT-CLK-001",
        f"this computer's clock is {apart} the server's",
        why="Sign-ins and certificates hold for a time: with clocks apart they are refused, or run out too early.",
        fix="Let both set their clocks from the network; one of them does not",
        action="sudo sntp -sS time.apple.com" if os.uname().sysname == "Darwin" else "sudo timedatectl set-ntp true",
        evidence=evidence,
    )


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 2 * 86_400 else f"{seconds / 86_400:.0f} days"
