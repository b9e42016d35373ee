"""Each first-time failure of Docker is made on an engine's own socket, and caught by its check and by no other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.providers.docker.checks.look import Look
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult
from tests.checks.docker_looks import make_host, own_checks
from tests.checks.fake_engine import FakeEngine, fake_engine
from tests.docker.failures import ROWS
from tests.failures.rows import FailureRow, catches, without

NOT_DELEGATED = {
    "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"],
    "CgroupDriver": "none",
    "MemoryLimit": False,
    "PidsLimit": False,
    "CPUShares": False,
}
ALSO = {"not-delegated": {"docker-settings"}}
"""Rootless Docker has a second consequence of its own: its socket is not where machines look for it."""
PROXY = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "localhost,127.0.0.1,.svc"}


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="ff-") as folder:
        yield Path(folder)


def checks_with(toggle: str, engine: FakeEngine, short: Path) -> tuple[Check, ...]:
    """Docker's own checks on a laptop that has this one thing wrong."""
    facts: dict[str, Any] = {}
    endpoint = engine.endpoint
    if toggle == "few-inotify-instances":
        facts["instances"] = 128
    elif toggle == "not-delegated":
        engine.answers["/info"].update(NOT_DELEGATED)
    elif toggle == "host-leads-nowhere":
        facts["environment"], endpoint = {"DOCKER_HOST": f"unix://{short}/gone.sock"}, ""
    elif toggle == "proxy-without-exceptions":
        facts["environment"] = PROXY
    elif toggle == "no-context":
        facts["environment"], endpoint = {"DOCKER_CONTEXT": "gone"}, ""
    elif toggle == "full-disk":
        facts["free_gib"] = 12
    return own_checks(Look(DockerWish(endpoint=endpoint), make_host(short, **facts)))


async def outcomes(checks: tuple[Check, ...]) -> dict[str, CheckResult]:
    return {result.id: result async for result in run_checks(checks) if result.status != "wait"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.toggle)
async def test_a_first_time_failure_is_caught_by_its_check_and_missed_without_it(row: FailureRow, short: Path) -> None:
    with fake_engine(short / "docker.sock") as engine:
        before = await outcomes(checks_with("", engine, short))
        broken = checks_with(row.toggle, engine, short)
        after = await outcomes(broken)
        blind = await outcomes(without(checks_with(row.toggle, engine, short), row.check))

    assert not catches(row, before.values())
    assert catches(row, after.values())
    changed = {
        check_id
        for check_id, result in after.items()
        if result.status not in (before[check_id].status, "skip") and result.status in ("fail", "warn")
    }
    assert changed == {row.check} | ALSO.get(row.toggle, set())
    assert not catches(row, blind.values())
