"""Foreign programs: streamed, bounded, redacted, and never left behind."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from lattice_tui.secrets import MASK, Secret
from lattice_tui.tools.process import PathToolbox, Stream, ToolCall, ToolMissingError, ToolResult, ToolRunner
from tests.polling import eventually

Lines = list[tuple[Stream, str]]


def sh(script: str, **options: object) -> ToolCall:
    return ToolCall("sh", ("-c", textwrap.dedent(script)), **options)  # type: ignore[arg-type]


async def run(call: ToolCall, environ: dict[str, str] | None = None) -> tuple[ToolResult, Lines]:
    lines: Lines = []
    result = await ToolRunner(PathToolbox(), environ).run(call, lambda stream, line: lines.append((stream, line)))
    return result, lines


def is_gone(pid: int) -> bool:
    """True also for a zombie: it runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def test_lines_of_both_streams_and_the_exit_code_come_back() -> None:
    result, lines = await run(sh("echo one; echo two >&2; printf three; exit 7"))

    assert (result.exit_code, result.stdout, result.stderr_tail) == (7, "one\nthree", "two")
    assert sorted(lines) == [("stderr", "two"), ("stdout", "one"), ("stdout", "three")]


async def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ToolMissingError) as caught:
        await run(ToolCall("lattice-no-such-tool", ()))

    assert caught.value.exit_code == 20
    assert "lattice-no-such-tool" in caught.value.problem.title


async def test_a_program_that_died_by_a_signal_says_which() -> None:
    for name in ("TERM", "KILL", "SEGV"):
        result, _ = await run(sh(f"ulimit -c 0; kill -{name} $$"))

        assert result.exit_code == -signal.Signals[f"SIG{name}"]


async def test_a_hanging_program_is_ended_at_its_time_limit() -> None:
    result, _ = await run(sh("echo begun; exec sleep 600", timeout_s=0.5))

    assert result.timed_out
    assert result.exit_code == -signal.SIGTERM
    assert result.stdout == "begun"


async def test_a_program_deaf_to_sigterm_is_killed() -> None:
    result, _ = await run(sh("trap '' TERM; echo $$; while :; do sleep 1; done", timeout_s=0.5))

    assert result.timed_out
    assert result.exit_code == -signal.SIGKILL
    assert eventually(lambda: is_gone(int(result.stdout)), bool)


async def test_what_a_program_leaves_in_the_background_is_ended_and_not_waited_for() -> None:
    started = time.monotonic()
    result, _ = await run(sh("sleep 600 & echo $!"))

    assert result.exit_code == 0
    assert time.monotonic() - started < 60
    assert eventually(lambda: is_gone(int(result.stdout)), bool)


async def test_cancelling_ends_the_program() -> None:
    pid = asyncio.get_running_loop().create_future()
    runner = ToolRunner(PathToolbox())
    running = asyncio.create_task(runner.run(sh("echo $$; sleep 600"), lambda _, line: pid.set_result(int(line))))
    child = await pid
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert eventually(lambda: is_gone(child), bool)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_no_program_outlives_a_runner_that_is_killed(tmp_path: Path) -> None:
    """kill -9 leaves no time for tidying up: the launcher sees the end of the lifeline."""
    script = """
        import asyncio
        from lattice_tui.tools.process import PathToolbox, ToolCall, ToolRunner
        # A child of the program's own, and one deaf to every polite signal.
        tool = ToolCall("sh", ("-c", "trap '' TERM HUP INT; sleep 600 & echo $!; echo $$; wait; sleep 600"))
        asyncio.run(ToolRunner(PathToolbox()).run(tool, lambda _, line: print(line, flush=True)))
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as runner:
        assert runner.stdout is not None
        pids = [int(runner.stdout.readline()) for _ in range(2)]
        assert not any(is_gone(pid) for pid in pids)
        runner.kill()

    assert eventually(lambda: all(is_gone(pid) for pid in pids), bool)


async def test_a_huge_line_is_cut_and_the_next_one_is_whole() -> None:
    result, lines = await run(sh("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo after"))

    assert result.exit_code == 0
    assert len(lines) == 2
    assert len(lines[0][1]) <= 512
    assert lines[1] == ("stdout", "after")


async def test_bytes_that_are_no_text_and_escape_sequences_become_printable() -> None:
    _, lines = await run(sh(r"printf '\377\376 bad\n\033[31mred\033[0m\n'"))

    assert all(line.isprintable() for _, line in lines)
    assert "bad" in lines[0][1]
    assert "\x1b" not in lines[1][1]


async def test_output_without_end_is_kept_within_bounds_and_the_last_words_are_there() -> None:
    result, _ = await run(
        sh("yes 'a line of noise' | head -n 200000; yes error | head -n 30 >&2; echo why >&2; exit 1")
    )

    assert len(result.stdout) < 2_000_000
    assert result.stderr_tail.endswith("why")
    assert len(result.stderr_tail.splitlines()) == 20


async def test_secrets_are_masked_in_every_form_they_are_printed_in() -> None:
    secret = Secret("s3cr3t/with+odd=chars&more")
    encoded = base64.b64encode(secret.reveal().encode()).decode()
    call = ToolCall(
        "sh",
        ("-c", f"echo plain $CANARY; echo {encoded} >&2; echo s3cr3t%2Fwith%2Bodd%3Dchars%26more"),
        env={"CANARY": secret.reveal()},
        secrets=(secret,),
    )
    result, lines = await run(call)

    everything = result.stdout + result.stderr_tail + "".join(line for _, line in lines)
    assert "s3cr3t" not in everything
    assert encoded not in everything
    assert everything.count(MASK) == 6


async def test_a_secret_of_many_lines_is_masked_line_by_line() -> None:
    key = Secret("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----")
    _, lines = await run(sh("echo 'found MIIEvQIBADANBgkq here'; echo hkiG9w0BAQEFAASC", secrets=(key,)))

    assert [line for _, line in lines] == [f"found {MASK} here", MASK]


def test_a_secret_among_the_arguments_is_not_shown() -> None:
    call = ToolCall("kind", ("login", "--token=hunter22"), secrets=(Secret("hunter22"),))

    assert ToolRunner(PathToolbox()).shown_argv(call) == ("kind", "login", f"--token={MASK}")


async def test_only_listed_variables_reach_a_program() -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": "/home/someone",
        "KUBECONFIG": "/home/someone/.kube/config",
        "AWS_SECRET_ACCESS_KEY": "canary",
        "DOCKER_HOST": "unix:///x.sock",
        "https_proxy": "http://proxy:3128",
        "XDG_CACHE_HOME": "/c",
    }
    result, _ = await run(sh("env", env={"OWN": "1"}), environ)

    # The shell adds its own; Python gives its children LC_CTYPE where no locale is set (PEP 538).
    names = {line.partition("=")[0] for line in result.stdout.splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD", "LC_CTYPE"} == {
        "PATH",
        "HOME",
        "DOCKER_HOST",
        "https_proxy",
        "XDG_CACHE_HOME",
        "OWN",
    }


async def test_a_program_cannot_read_what_we_are_asked() -> None:
    """Standard input is empty: a tool that would ask a question fails instead of waiting for an answer."""
    result, _ = await run(sh("cat; echo end"))

    assert result.stdout == "end"


async def test_many_programs_run_side_by_side() -> None:
    results = await asyncio.gather(*(run(sh(f"echo {n}")) for n in range(8)))

    assert [result.stdout for result, _ in results] == [str(n) for n in range(8)]
