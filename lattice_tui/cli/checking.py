"""Runs the checks of `lattice check` and says what they found: as text, or as JSON lines."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import get_args

from lattice_tui.checks.process import HELPER_ID
from lattice_tui.checks.request import CheckRequest
from lattice_tui.checks.verdict import exit_code
from lattice_tui.cli.check_rows import Rows, detail_lines, needs_words, row_lines, sum_line
from lattice_tui.cli.guarding import flush_out, write_err, write_out
from lattice_tui.cli.json_lines import write_json
from lattice_tui.cli.terminal import is_terminal
from lattice_tui.errors import ExitCode
from lattice_tui.providers.checking import check_live
from schemas.checks import CheckResult, CheckStatus

LOOK_AGAIN_S = 5.0
QUIET_S = 3.0
"""Silence after which a line says what is being waited for."""
WIDTH = 80
"""Where no terminal says how wide it is."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How the results are told."""

    as_json: bool
    strict: bool
    watch: bool
    sentence: str
    """What is checked for."""
    cluster: str | None
    """None: no document was given."""
    warnings: int
    """Of the document: `strict` counts them too."""
    command: str
    """What to type to look again."""
    junit: Path | None = None
    """Where the results are written as JUnit XML, too."""


async def tell(request: CheckRequest, telling: Telling) -> int:
    """Run the checks, tell the results, and return the exit code."""
    started = time.monotonic()
    if not telling.as_json:
        write_out(f"Checking {telling.sentence}\n")
        flush_out()
    results = await _first_look(request, telling)
    if not telling.as_json:
        _details(results, telling)
    if telling.watch:
        results = await _watch(request, results, telling)
    code = _code(results, telling)
    elapsed_s = time.monotonic() - started
    if telling.junit is not None:
        _report(telling.junit, results, request, telling, elapsed_s)
    if telling.as_json:
        write_json("checks.finished", _finished(request, results, telling, elapsed_s, code))
    else:
        write_out(sum_line(results, elapsed_s))
        for line in textwrap.wrap(_verdict(results, code), WIDTH, break_long_words=False, break_on_hyphens=False):
            write_out(line)
    return code


def _report(
    path: Path, results: tuple[CheckResult, ...], request: CheckRequest, telling: Telling, elapsed_s: float
) -> None:
    from lattice_tui.cli.junit import Suite, write_junit  # only when it is asked for

    name = f"{telling.cluster or 'this computer'} on {request.provider}"
    write_junit(path, results, Suite(name, request.provider, elapsed_s, strict=telling.strict))


async def _first_look(request: CheckRequest, telling: Telling) -> tuple[CheckResult, ...]:
    rows = Rows()

    def take(result: CheckResult) -> None:
        for row in rows.add(result):
            _row(row, telling)

    await _look(request, rows, take)
    return rows.results


async def _watch(request: CheckRequest, results: tuple[CheckResult, ...], telling: Telling) -> tuple[CheckResult, ...]:
    """Look again at what is not ok, and tell what changed, until nothing is left to mend."""
    if not _is_settled(results):
        write_err(f"Looking again every {LOOK_AGAIN_S:g} s at what is not ok. Ctrl-C ends it.")
    while not _is_settled(results):
        await asyncio.sleep(LOOK_AGAIN_S)
        before = {result.id: result for result in results if result.id != HELPER_ID}
        again = tuple(result.id for result in before.values() if result.status != "ok")
        rows = Rows()
        round_request = replace(request, before=request.params, results=tuple(before.values()), again=again)
        await _look(round_request, rows, rows.add)
        found = {result.id: result for result in rows.results}
        for result in found.values():
            was = before.get(result.id)
            if was is None or (was.status, was.summary) != (result.status, result.summary):
                _row(result, telling)
                if not telling.as_json:
                    _details((result,), telling)
        results = tuple((before | found).values())
    return results


async def _look(request: CheckRequest, rows: Rows, take: Callable[[CheckResult], object]) -> None:
    """One run of the checks; says what it waits for when that takes its time."""
    beat = asyncio.create_task(_beat(rows))
    try:
        async with aclosing(check_live(request)) as results:
            async for result in results:
                take(result)
    finally:
        beat.cancel()


async def _beat(rows: Rows) -> None:
    started = time.monotonic()
    pause_s = QUIET_S
    while True:
        await asyncio.sleep(pause_s)
        pause_s *= 2
        what = ", ".join(rows.running) or "the checks to start"
        write_err(f"still waiting after {time.monotonic() - started:.0f} s: {what}")


def _row(result: CheckResult, telling: Telling) -> None:
    if telling.as_json:
        write_json("check.result", asdict(result))
    else:
        for line in row_lines(result, _width()):
            write_out(line)
    flush_out()


def _details(results: tuple[CheckResult, ...], telling: Telling) -> None:
    for result in results:
        if needs_words(result):
            write_out("")
            for line in detail_lines(_with_command(result, telling), _width()):
                write_out(line)
    write_out("")
    flush_out()


def _with_command(result: CheckResult, telling: Telling) -> CheckResult:
    """What a page offers as a button is a command here."""
    if result.action_id == "try-image" and not result.action:
        return replace(result, action=f"{telling.command} --try-image")
    if result.action_id == "trust-fingerprint":
        return replace(result, fix=f"{result.fix}. It is trusted on the page Connect: run lattice")
    if result.action_id.startswith("make-") and telling.cluster is not None:
        made = telling.command.replace("lattice check", "lattice make", 1)
        what = result.action_id.removeprefix("make-")
        return replace(result, fix=f"{result.fix}; or let it be made: {made} --allow {what}")
    return result


def _is_settled(results: tuple[CheckResult, ...]) -> bool:
    """Nothing is left that could be mended here; what cannot be known never holds anybody up."""
    return all(result.status in ("ok", "unknown") and result.id != HELPER_ID for result in results)


def _code(results: tuple[CheckResult, ...], telling: Telling) -> ExitCode:
    code = exit_code(results, strict=telling.strict)
    if code == ExitCode.OK and telling.strict and telling.warnings:
        return ExitCode.WARNINGS_STRICT
    return code


def _verdict(results: tuple[CheckResult, ...], code: ExitCode) -> str:
    if any(result.status == "fail" for result in results):
        return f"It cannot be built here before what failed is mended (exit {code:d})."
    if code == ExitCode.BUG:
        return f"Whether it can be built here is not known: the checks could not be finished (exit {code:d})."
    if code == ExitCode.CHECK_FAILED:
        unseen = ", ".join(result.title for result in results if result.status == "unknown")
        return f"Whether it can be built here is not known: {unseen} could not be looked at (exit {code:d})."
    if code == ExitCode.WARNINGS_STRICT:
        return f"Nothing is in the way, but warnings count here (exit {code:d})."
    if any(result.status != "ok" and result.status != "warn" for result in results):
        return "Nothing is known to be in the way; what could not be looked at is listed above."
    return "Nothing is in the way."


def _finished(
    request: CheckRequest, results: tuple[CheckResult, ...], telling: Telling, elapsed_s: float, code: ExitCode
) -> dict[str, object]:
    counts = Counter(result.status for result in results)
    return {
        "provider": request.provider,
        "cluster": telling.cluster,
        "simulated": any(result.simulated for result in results),
        "counts": {status: counts[status] for status in get_args(CheckStatus) if status != "wait"},
        "elapsed_s": round(elapsed_s, 3),
        "exit_code": int(code),
    }


def _width() -> int:
    return shutil.get_terminal_size((WIDTH, 24)).columns if is_terminal(sys.stdout) else WIDTH
