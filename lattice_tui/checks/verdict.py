"""What the results of all checks mean for a script: one exit code."""

from __future__ import annotations

from collections.abc import Iterable

from lattice_tui.checks.process import HELPER_ID
from lattice_tui.errors import ExitCode
from schemas.checks import CheckResult

DOCKER_IS_NOT_THERE = ("docker-endpoint", "docker-daemon")
"""Docker that does not answer is told apart from Docker that is not good enough."""
TOOL = "tool-"
"""Beginning of the ids of checks that look for a tool."""


def exit_code(results: Iterable[CheckResult], *, strict: bool = False) -> ExitCode:
    """The code of what has to be mended first. `unknown` never blocks; `strict` lets warnings count.

    What was skipped although nothing failed waits on something that could not be looked at: whole parts are not
    known then, and a script must not go on as if they were fine.
    """
    outcomes = {result.id: result.status for result in results}
    failed = [check_id for check_id, status in outcomes.items() if status == "fail"]
    if any(check_id in DOCKER_IS_NOT_THERE for check_id in failed):
        return ExitCode.DOCKER
    if failed:
        return ExitCode.TOOL_MISSING if all(one.startswith(TOOL) for one in failed) else ExitCode.CHECK_FAILED
    if HELPER_ID in outcomes:
        # Nobody knows what the checks would have found: that must not pass for "nothing in the way".
        return ExitCode.BUG
    if "skip" in outcomes.values():
        return ExitCode.CHECK_FAILED
    return ExitCode.WARNINGS_STRICT if strict and "warn" in outcomes.values() else ExitCode.OK
