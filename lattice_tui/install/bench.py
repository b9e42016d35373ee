"""Running a tool within a step: journalled, told apart when it fails, and let through when it must not be cut."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.install.recorder import Recorder
from lattice_tui.install.scheduler import Halt
from lattice_tui.text import safe_text
from lattice_tui.tools.process import ToolCall, ToolResult, ToolRunner
from schemas.events import ToolExited, ToolOutput, ToolStarted
from schemas.problem import Problem

OnOutput = Callable[[str], None]
Explain = Callable[[str], Problem | None]
"""What a tool printed before it failed -> what that means, None when it is not known."""


def _ignore(_line: str) -> None:
    """Nobody listens."""


def _unexplained(_output: str) -> Problem | None:
    """Its own words have to do."""
    return None


class Bench:
    """Where the steps run their tools."""

    def __init__(self, runner: ToolRunner, record: Recorder, halt: Halt) -> None:
        self._runner = runner
        self._record = record
        self._halt = halt
        self._numbers = itertools.count(1)

    async def run(
        self,
        step: str,
        call: ToolCall,
        *,
        on_output: OnOutput = _ignore,
        may_be_cut: bool = True,
        explain: Explain = _unexplained,
    ) -> ToolResult:
        """Run to the end and return the result. Raises StepFailedError unless the tool ended well.

        `explain` knows what the tool means when it fails by itself; None from it: its last words have to do.

        When the step is cancelled because another one failed, the tool is let through to its end first, and
        with `may_be_cut=False` also when a signal stops the engine: half of its work would be worse than none.
        """
        running = asyncio.ensure_future(self._run(step, call, on_output))
        try:
            result = await asyncio.shield(running)
        except asyncio.CancelledError:
            await self._end(running, may_be_cut)
            raise
        if result.exit_code != 0:
            ended_itself = result.exit_code > 0 and not result.timed_out
            explained = explain(f"{result.stdout}\n{result.stderr_tail}") if ended_itself else None
            raise StepFailedError(explained or _problem(call, result), ExitCode.BUG)
        return result

    async def _end(self, running: asyncio.Future[ToolResult], may_be_cut: bool) -> None:
        while not running.done():
            if may_be_cut and self._halt.why != "failure":
                running.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])

    async def _run(self, step: str, call: ToolCall, on_output: OnOutput) -> ToolResult:
        number = next(self._numbers)

        def on_line(stream: Literal["stdout", "stderr"], line: str) -> None:
            self._record.append(ToolOutput, tool_run=number, tool=call.tool, stream=stream, line=line)
            on_output(line)

        self._record.append(ToolStarted, tool_run=number, step=step, tool=call.tool, argv=self._runner.shown_argv(call))
        result = await self._runner.run(call, on_line)
        self._record.append(
            ToolExited, tool_run=number, tool=call.tool, exit_code=result.exit_code, elapsed_s=result.elapsed_s
        )
        return result


def _problem(call: ToolCall, result: ToolResult) -> Problem:
    lines = [line for line in (result.stderr_tail or result.stdout).splitlines() if line.strip()]
    last_words = safe_text(lines[-1], 300) if lines else "It said nothing."
    command = " ".join((call.tool, *itertools.takewhile(lambda word: not word.startswith("-"), call.args)))
    if result.timed_out:
        code, how = "LT-TOL-003", f"{command} did not end within {call.timeout_s:g} s"
    elif result.exit_code < 0:
        code, how = "LT-TOL-004", f"{command} died by signal {-result.exit_code}"
    else:
        code, how = "LT-TOL-002", f"{command} failed"
    return Problem(
        code=code,
        title=how,
        detail=last_words,
        fix="Mend what it complains about, then go on with `lattice resume`; what is done is kept.",
        check="The lines before it are in the log of this run.",
    )
