"""The helper process: its lines, its death, and ours."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from lattice_tui.checks.lines import to_line
from lattice_tui.checks.process import HELPER_ID, checks_in_process
from schemas.checks import CheckResult
from tests.checks.processes import is_running
from tests.shared import ROOT

WAITING = to_line(CheckResult("a", "A", "wait", "looking"))
DONE = to_line(CheckResult("a", "A", "ok", "fine"))


def script(text: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", text)


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


async def test_closing_the_run_ends_the_helper(tmp_path: Path) -> None:
    line = WAITING
    pid_file = tmp_path / "pid"
    tell_pid = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid()))"
    argv = script(f"{tell_pid}; print({line!r}, flush=True); time.sleep(600)")
    run = checks_in_process(argv)

    assert (await anext(run)).id == "a"
    await run.aclose()

    assert await _has_ended(int(pid_file.read_text()))


async def test_a_helper_that_will_not_end_is_killed_with_what_it_started(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    argv = script(
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pid_file)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        f"print({WAITING!r}, flush=True)\n"
        "time.sleep(600)"
    )
    run = checks_in_process(argv)

    assert (await anext(run)).id == "a"
    await run.aclose()

    for pid in pid_file.read_text().split():
        assert await _has_ended(int(pid))


async def test_a_helper_that_is_asked_to_end_may_put_its_things_away(tmp_path: Path) -> None:
    put_away = tmp_path / "put-away"
    argv = script(
        "import signal, sys, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (open({str(put_away)!r}, 'w').close(), sys.exit()))\n"
        f"print({WAITING!r}, flush=True)\n"
        "time.sleep(600)"
    )
    run = checks_in_process(argv)
    await anext(run)
    await run.aclose()

    assert put_away.exists()


async def test_the_request_arrives_on_standard_input_however_long_it_is() -> None:
    request = b"x" * 1_000_000 + b"\n"
    argv = script(f"import sys; assert len(sys.stdin.buffer.readline()) == 1_000_001; print({DONE!r})")

    results = [result async for result in checks_in_process(argv, request=request)]

    assert [(result.id, result.status) for result in results] == [("a", "ok")]


async def test_a_helper_that_reads_nothing_of_a_long_request_is_no_trouble() -> None:
    results = [result async for result in checks_in_process(script(f"print({DONE!r})"), request=b"x" * 1_000_000)]

    assert [(result.id, result.status) for result in results] == [("a", "ok")]


async def test_a_helper_that_hangs_past_its_time_is_killed_and_says_so(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    tell_pid = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid()))"
    argv = script(f"{tell_pid}; print({WAITING!r}, flush=True); time.sleep(600)")

    results = [result async for result in checks_in_process(argv, limit_s=1.0)]

    assert [(result.id, result.status) for result in results] == [
        ("a", "wait"),
        ("a", "unknown"),
        (HELPER_ID, "unknown"),
    ]
    assert results[1].summary == "not looked at: the process that runs the checks has ended"
    assert "there was no end after 1 s" in results[2].summary
    assert await _has_ended(int(pid_file.read_text()))


async def test_a_helper_that_leaves_a_check_open_is_reported_though_it_ends_well() -> None:
    results = [result async for result in checks_in_process(script(f"print({WAITING!r})"))]

    assert [(result.id, result.status) for result in results][1:] == [("a", "unknown"), (HELPER_ID, "unknown")]
    assert "too early" in results[2].summary


async def test_a_helper_that_was_killed_is_reported_with_the_signal() -> None:
    argv = script("import os; os.kill(os.getpid(), 9)")

    results = [result async for result in checks_in_process(argv)]

    assert "was ended by signal 9" in results[0].summary


@pytest.mark.parametrize("output", ["None", "subprocess.DEVNULL"], ids=["on our pipe", "silent"])
async def test_what_a_helper_leaves_running_holds_nobody_up_and_is_ended(output: str, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    argv = script(
        f"import subprocess; left = subprocess.Popen(['sleep', '600'], stdout={output}, stderr={output})\n"
        f"open({str(pid_file)!r}, 'w').write(str(left.pid)); print({DONE!r})"
    )

    results = [result async for result in checks_in_process(argv)]

    assert [(result.id, result.status) for result in results] == [("a", "ok")]
    assert await _has_ended(int(pid_file.read_text()))


async def test_a_line_without_end_is_refused() -> None:
    argv = script("import sys\nwhile True: sys.stdout.write('x' * 65536)")

    results = [result async for result in checks_in_process(argv)]

    assert [result.id for result in results] == [HELPER_ID]
    assert "something else" in results[0].summary


async def test_the_helper_dies_with_us_even_by_kill_9(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    helper = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"open({str(pid_file)!r}, 'w').write(str(os.getpid())); print({WAITING!r}, flush=True); time.sleep(600)"
    )
    door = (
        "import asyncio, os, sys\n"
        "from lattice_tui.checks.process import checks_in_process\n"
        "async def main():\n"
        f"    async for _ in checks_in_process([sys.executable, '-c', {helper!r}]):\n"
        "        os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", door, cwd=ROOT)

    assert await child.wait() == -9
    assert await _has_ended(int(pid_file.read_text()))


async def _has_ended(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:  # noqa: ASYNC110  nobody tells of a death but its pid
        await asyncio.sleep(0.02)
    return not is_running(pid)
