"""One exit code for all results: what has to be mended first."""

from __future__ import annotations

import pytest

from lattice_tui.checks.process import HELPER_ID
from lattice_tui.checks.verdict import exit_code
from lattice_tui.errors import ExitCode
from schemas.checks import CheckResult, CheckStatus


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ({}, ExitCode.OK),
        ({"docker-daemon": "ok", "docker-disk": "unknown"}, ExitCode.OK),
        ({"docker-daemon": "unknown", "docker-cpu": "skip"}, ExitCode.CHECK_FAILED),
        ({"docker-cpu": "warn"}, ExitCode.OK),
        ({"docker-disk": "fail", "docker-cpu": "warn"}, ExitCode.CHECK_FAILED),
        ({"docker-endpoint": "fail"}, ExitCode.DOCKER),
        ({"docker-disk": "fail", "docker-daemon": "fail", "tool-kind": "fail"}, ExitCode.DOCKER),
        ({"tool-kind": "fail", "tool-helm": "fail", "docker-cpu": "warn"}, ExitCode.TOOL_MISSING),
        ({"tool-kind": "fail", "docker-disk": "fail"}, ExitCode.CHECK_FAILED),
        ({"docker-daemon": "ok", HELPER_ID: "unknown"}, ExitCode.BUG),
        ({"docker-disk": "fail", HELPER_ID: "unknown"}, ExitCode.CHECK_FAILED),
    ],
)
def test_what_has_to_be_mended_first_decides(results: dict[str, CheckStatus], code: ExitCode) -> None:
    assert exit_code(result_of(*one) for one in results.items()) == code


@pytest.mark.parametrize(
    ("status", "code"), [("ok", ExitCode.OK), ("unknown", ExitCode.OK), ("warn", ExitCode.WARNINGS_STRICT)]
)
def test_warnings_count_where_they_are_to_count(status: CheckStatus, code: ExitCode) -> None:
    assert exit_code([result_of("docker-cpu", status)], strict=True) == code


def result_of(check_id: str, status: CheckStatus) -> CheckResult:
    return CheckResult(check_id, check_id, status, "")
