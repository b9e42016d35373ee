"""Which results of the run before still hold, so that only what changed is looked at again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lattice_tui.checks.runner import Check
from schemas.checks import CheckResult


def still_true(
    checks: Sequence[Check],
    results: Sequence[CheckResult],
    *,
    before: Mapping[str, str],
    now: Mapping[str, str],
    again: Collection[str] | None = None,
) -> dict[str, CheckResult]:
    """The results that need no new look, by id: what `run_checks` takes as `known`.

    A result holds when it is ok or warn, none of its check's inputs differs between `before` and `now` (an absent
    one is an empty one), it is not named in `again`, and everything its check needs holds as well. Secrets are not
    compared: whoever changed one names the checks in `again`.
    """
    found = {result.id: result for result in results if result.status in ("ok", "warn")}
    holds = {
        check.id: found[check.id]
        for check in checks
        if check.id in found and check.id not in (again or ()) and not _differs(check, before, now)
    }
    needs = {check.id: check.needs for check in checks}
    # A need that is looked at again takes along what needs it, however far away.
    while stale := [check_id for check_id in holds if any(need not in holds for need in needs[check_id])]:
        for check_id in stale:
            del holds[check_id]
    return holds


def _differs(check: Check, before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    return any(before.get(name, "") != now.get(name, "") for name in check.inputs)
