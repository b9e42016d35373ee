"""What a check says: the four ways to end one, for every provider alike."""

from __future__ import annotations

from typing import Literal

from schemas.checks import CheckResult


def ok(summary: str, *, why: str = "", evidence: str = "") -> CheckResult:
    """It is as it should be."""
    return CheckResult("", "", "ok", summary, why=why, evidence=evidence)


def unknown(summary: str, *, why: str = "", fix: str = "", action_id: str = "", evidence: str = "") -> CheckResult:
    """It could not be looked at; that never blocks."""
    return CheckResult("", "", "unknown", summary, why=why, fix=fix, action_id=action_id, evidence=evidence)


def wrong(
    status: Literal["fail", "warn"],
    code: str,
    summary: str,
    *,
    why: str,
    fix: str,
    action: str = "",
    field: str = "",
    evidence: str = "",
    action_id: str = "",
) -> CheckResult:
    """It is not as it should be: what, why that matters, what to do, and a command to copy."""
    return CheckResult(
        id="",
        title="",
        status=status,
        summary=summary,
        why=why,
        fix=fix,
        action=action,
        field=field,
        evidence=evidence,
        code=code,
        action_id=action_id,
    )
