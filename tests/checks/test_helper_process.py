"""The helper process: its lines, its death, and ours."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.process import HELPER_ID, checks_in_process, from_line, to_line
from schemas.checks import CheckResult
from tests.checks.fake_engine import FakeEngine, fake_engine

PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


def script(text: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", text)


@given(PLAIN, PLAIN, st.sampled_from(["wait", "ok", "warn", "fail", "skip", "unknown"]), st.booleans())
def test_a_result_survives_the_pipe(summary: str, fix: str, status: str, simulated: bool) -> None:
    result = CheckResult("id", "Title", status, summary, fix=fix, elapsed_s=0.5, simulated=simulated)  # type: ignore[arg-type]

    assert from_line(to_line(result).encode()) == result


@given(st.binary(max_size=60))
def test_any_other_line_is_refused_with_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own error is one too
        from_line(line)


async def test_the_docker_checks_run_in_a_process_of_their_own(engine: FakeEngine) -> None:
    argv = (sys.executable, "-m", "lattice_tui.providers.docker.checks", engine.endpoint, "--machines", "3")

    results = [result async for result in checks_in_process(argv)]

    ended = {result.id: result.status for result in results if result.status != "wait"}
    assert ended["docker-daemon"] == "ok"
    assert ended["docker-memory"] == "ok"
    assert HELPER_ID not in ended


async def test_a_helper_that_dies_is_reported_with_its_last_words() -> None:
    argv = script("import sys; sys.stderr.write('first\\nno module docker\\n'); sys.exit(3)")

    results = [result async for result in checks_in_process(argv)]

    assert [(result.id, result.status) for result in results] == [(HELPER_ID, "unknown")]
    assert "no module docker" in results[0].summary


async def test_a_helper_that_prints_something_else_is_stopped() -> None:
    argv = script("import time; print('hello', flush=True); time.sleep(600)")

    results = [result async for result in checks_in_process(argv)]

    assert results[0].id == HELPER_ID
    assert "something else" in results[0].summary


async def test_closing_the_run_kills_the_helper(tmp_path: Path) -> None:
    line = to_line(CheckResult("a", "A", "wait", "looking"))
    pid_file = tmp_path / "pid"
    tell_pid = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid()))"
    argv = script(f"{tell_pid}; print({line!r}, flush=True); time.sleep(600)")
    run = checks_in_process(argv)

    assert (await anext(run)).id == "a"
    await run.aclose()  # type: ignore[attr-defined]

    pid = int(pid_file.read_text())
    deadline = time.monotonic() + 20
    while _is_running(pid) and time.monotonic() < deadline:  # noqa: ASYNC110  nobody tells of a death but its pid
        await asyncio.sleep(0.02)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    # Killed, but not waited for yet by whoever inherited it: not running.
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
