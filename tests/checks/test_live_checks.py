"""The helper process that runs a provider's checks: what it is told, what it tells, and that it is gone afterwards."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from lattice_tui.checks.process import HELPER_ID
from lattice_tui.checks.request import CheckRequest
from lattice_tui.providers.checking import check_live
from lattice_tui.providers.registry import load
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult
from tests.checks.fake_engine import ABOUT_THE_ENGINE, FakeEngine, fake_engine, silent_engine
from tests.checks.processes import PROC, descendants, is_running, needs_proc


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    with silent_engine() as endpoint:
        yield endpoint


async def seen(request: CheckRequest) -> list[CheckResult]:
    return [result async for result in check_live(request)]


def ended(results: list[CheckResult]) -> dict[str, str]:
    return {result.id: result.status for result in results if result.status != "wait"}


def good_request(engine: FakeEngine, **params: str) -> CheckRequest:
    return CheckRequest("docker", {"endpoint": engine.endpoint, **params}, only=ABOUT_THE_ENGINE)


async def test_every_row_is_announced_in_its_order_and_then_has_an_outcome(engine: FakeEngine) -> None:
    request = good_request(engine)
    rows = [check.id for check in load("docker").checks(request.params, {})]

    results = await seen(request)

    first_arrivals = list(dict.fromkeys(result.id for result in results))
    assert first_arrivals == [row for row in rows if row in first_arrivals]
    assert {result.status for result in results[: len(first_arrivals)]} == {"wait"}
    assert set(ABOUT_THE_ENGINE) < ended(results).keys()
    assert set(ended(results).values()) == {"ok"}


async def test_what_still_holds_is_neither_looked_at_nor_told_again(engine: FakeEngine) -> None:
    request = good_request(engine)
    first = await seen(request)
    engine.requests.clear()

    again = CheckRequest("docker", request.params, before=request.params, results=tuple(first), only=ABOUT_THE_ENGINE)

    assert await seen(again) == []
    assert engine.requests == []


async def test_another_endpoint_makes_everything_new(engine: FakeEngine) -> None:
    request = good_request(engine)
    first = await seen(request)
    with fake_engine() as other:
        moved = good_request(other)
        again = CheckRequest("docker", moved.params, before=request.params, results=tuple(first), only=ABOUT_THE_ENGINE)

        assert ended(await seen(again)) == ended(first)


async def test_checks_that_take_too_long_are_unknown_and_say_so(silent_endpoint: str) -> None:
    request = CheckRequest("docker", {"endpoint": silent_endpoint}, only=ABOUT_THE_ENGINE, deadline_s=0.5)

    results = {result.id: result for result in await seen(request)}

    assert results["docker-daemon"].status == "unknown"
    assert results["docker-daemon"].summary == "not looked at: the checks took longer than 0.5 s"
    assert results["docker-linux"].status == "unknown"
    assert HELPER_ID not in results


@needs_proc
async def test_closing_leaves_no_process_behind(silent_endpoint: str) -> None:
    before = descendants(os.getpid())
    async with aclosing(check_live(CheckRequest("docker", {"endpoint": silent_endpoint}))) as results:
        assert (await anext(results)).status == "wait"
        started = descendants(os.getpid()) - before
        assert len(started) >= 2, "the launcher and the helper"

    deadline = time.monotonic() + 10
    while any(map(is_running, started)) and time.monotonic() < deadline:  # noqa: ASYNC110  nobody tells of a death
        await asyncio.sleep(0.02)
    assert not any(map(is_running, started))


@needs_proc
async def test_a_secret_is_in_no_argument_and_in_no_environment(silent_endpoint: str) -> None:
    secret = "hunter2-hunter2-hunter2"
    request = CheckRequest("docker", {"endpoint": silent_endpoint}, secrets={"token": Secret(secret)})
    before = descendants(os.getpid())
    async with aclosing(check_live(request)) as results:
        await anext(results)
        started = descendants(os.getpid()) - before
        shown = b"".join((PROC / str(pid) / name).read_bytes() for pid in started for name in ("cmdline", "environ"))

    assert b"lattice_tui.providers.checking" in shown
    assert secret.encode() not in shown
    assert secret not in repr(request)


async def test_a_secret_that_comes_back_in_words_is_masked(engine: FakeEngine) -> None:
    engine.answers["/info"]["OperatingSystem"] = "told hunter2-hunter2 to everybody"
    request = CheckRequest(
        "docker", {"endpoint": engine.endpoint}, secrets={"token": Secret("hunter2-hunter2")}, only=("docker-daemon",)
    )

    said = repr(await seen(request))

    assert "to everybody" in said
    assert "hunter2" not in said


async def test_a_provider_there_is_none_of_is_said_and_no_crash() -> None:
    results = await seen(CheckRequest("nowhere"))

    assert [(result.id, result.status) for result in results] == [(HELPER_ID, "unknown")]
    assert "KeyError" in results[0].summary


async def test_packages_of_our_names_in_the_working_folder_do_not_matter(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lattice_tui", "schemas", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('somebody else')\n")
    monkeypatch.chdir(tmp_path)

    assert set(ended(await seen(good_request(engine))).values()) == {"ok"}
