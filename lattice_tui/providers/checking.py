"""The helper process that runs a provider's live checks, and the seam that starts it.

`python -m lattice_tui.providers.checking` reads one `CheckRequest` from standard input and prints the results as
JSON lines. What hangs in there, an SDK or a daemon, is killed and holds nobody up; secrets live there only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from lattice_tui.checks.lines import to_line
from lattice_tui.checks.process import checks_in_process
from lattice_tui.checks.request import CheckRequest
from lattice_tui.checks.runner import run_checks, with_needs
from lattice_tui.checks.stale import still_true
from lattice_tui.providers.helper_main import be_helper
from lattice_tui.providers.registry import load
from lattice_tui.secrets import Secret
from lattice_tui.tools.output import Redactor
from schemas.checks import CheckResult

START_GRACE_S = 15.0
"""Beyond the deadline of the checks: a start on a busy computer, and putting away what was tried."""
_TEXTS = tuple(field.name for field in fields(CheckResult) if field.name not in ("status", "elapsed_s", "simulated"))


async def check_live(request: CheckRequest) -> AsyncGenerator[CheckResult, None]:
    """Run the checks in a helper process and yield what they say: a `wait` for every row first, in order.

    What still holds of `request.results` is neither looked at nor yielded. Closing the iterator ends the helper and
    everything it started; past its deadline it is killed, and a last result with the id `helper` says so.
    """
    argv = (sys.executable, "-P", "-m", "lattice_tui.providers.checking")
    limit_s = request.deadline_s + START_GRACE_S
    helper = checks_in_process(
        argv, request=request.to_bytes(), env=helper_environment(request.secrets.values()), limit_s=limit_s
    )
    async with aclosing(helper) as results:
        async for result in results:
            yield result


def helper_environment(secrets: Iterable[Secret]) -> dict[str, str]:
    """The environment with our own packages in front, whatever folder the program was started in.

    A variable that holds a secret stays behind: the helper gets it over its standard input, and others may look into
    the environment of a process.
    """
    own = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH", "")
    hidden = {secret.reveal() for secret in secrets if secret}
    kept = {name: value for name, value in os.environ.items() if value not in hidden}
    return {**kept, "PYTHONPATH": os.pathsep.join(part for part in (own, known) if part)}


async def results_of(request: CheckRequest) -> AsyncGenerator[CheckResult, None]:
    """Run the checks here, in this process. Raises KeyError for a provider or a check that there is none of."""
    checks = load(request.provider).checks(request.params, request.secrets)
    if request.only:
        checks = with_needs(checks, request.only)
    known = still_true(checks, request.results, before=request.before, now=request.params, again=request.again)
    redact = Redactor(tuple(request.secrets.values()))
    run = run_checks(checks, known=known, deadline_s=request.deadline_s, announce=True)
    async with aclosing(run) as results:
        async for result in results:
            yield _redacted(result, redact)


def _redacted(result: CheckResult, redact: Redactor) -> CheckResult:
    """An SDK's own words may repeat what it was given."""
    cleaned: dict[str, Any] = {name: redact(getattr(result, name)) for name in _TEXTS}
    return replace(result, **cleaned)


async def _lines(request: CheckRequest) -> AsyncGenerator[str, None]:
    async with aclosing(results_of(request)) as results:
        async for result in results:
            yield to_line(result)


if __name__ == "__main__":
    be_helper(CheckRequest.from_bytes, _lines)
