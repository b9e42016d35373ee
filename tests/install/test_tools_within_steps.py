"""A tool inside a step: journalled, and cut off only where half of its work is no harm."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lattice_tui.errors import StepFailedError
from lattice_tui.install.bench import Bench
from lattice_tui.install.journal import Journal
from lattice_tui.install.recorder import Recorder
from lattice_tui.install.scheduler import Halt
from lattice_tui.secrets import Secret
from lattice_tui.tools.process import PathToolbox, ToolCall, ToolRunner
from tests.polling import eventually


class Room:
    """A bench with its journal."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder)
        self.record = Recorder(self.journal)
        self.halt = Halt()
        self.bench = Bench(ToolRunner(PathToolbox()), self.record, self.halt)
        self.path = folder / "journal.jsonl"

    def events(self) -> list[str]:
        return [line.partition('"event":"')[2].partition('"')[0] for line in self.path.read_text().splitlines()]

    async def begun(self) -> None:
        """Wait until the tool has printed something."""
        await asyncio.to_thread(eventually, self.events, lambda seen: "tool.output" in seen)


def sh(script: str, **options: object) -> ToolCall:
    return ToolCall("sh", ("-c", script), **options)  # type: ignore[arg-type]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


async def test_start_output_and_end_are_journalled(room: Room) -> None:
    result = await room.bench.run("tools", sh("echo v1"))

    assert result.stdout == "v1"
    assert room.events() == ["tool.started", "tool.output", "tool.exited"]


async def test_a_tool_that_fails_says_its_last_words(room: Room) -> None:
    with pytest.raises(StepFailedError) as caught:
        await room.bench.run("tools", sh("echo working; echo 'ERROR: no space left' >&2; exit 1"))

    assert caught.value.problem.code == "LT-TOL-002"
    assert caught.value.problem.detail == "ERROR: no space left"


async def test_a_tool_that_hangs_and_one_that_was_killed_are_told_apart(room: Room) -> None:
    with pytest.raises(StepFailedError) as hung:
        await room.bench.run("tools", sh("exec sleep 600", timeout_s=0.3))
    with pytest.raises(StepFailedError) as killed:
        await room.bench.run("tools", sh("kill -KILL $$"))

    assert (hung.value.problem.code, killed.value.problem.code) == ("LT-TOL-003", "LT-TOL-004")


async def test_a_signal_cuts_a_tool_off(room: Room) -> None:
    running = asyncio.create_task(room.bench.run("nodes", sh("echo begun; exec sleep 600")))
    await room.begun()
    room.halt.why = "signal"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert "tool.exited" not in room.events()


@pytest.mark.parametrize(("why", "may_be_cut"), [("failure", True), ("signal", False), ("failure", False)])
async def test_what_must_not_be_cut_and_what_another_steps_failure_overtakes_ends_first(
    room: Room, tmp_path: Path, why: str, may_be_cut: bool
) -> None:
    go_on = tmp_path / "go-on"
    script = f"echo begun; while [ ! -e {go_on} ]; do sleep 0.05; done; echo done"
    running = asyncio.create_task(room.bench.run("move", sh(script), may_be_cut=may_be_cut))
    await room.begun()
    room.halt.why = why  # type: ignore[assignment]
    running.cancel()
    await asyncio.sleep(0)
    assert not running.done()
    go_on.touch()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert room.events()[-2:] == ["tool.output", "tool.exited"]


async def test_a_signal_after_a_failure_cuts_what_was_let_through(room: Room) -> None:
    running = asyncio.create_task(room.bench.run("management", sh("echo begun; exec sleep 600")))
    await room.begun()
    room.halt.why = "failure"
    running.cancel()
    await asyncio.sleep(0.05)
    assert not running.done()
    room.halt.why = "signal"
    running.cancel()
    async with asyncio.timeout(60):
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_no_secret_reaches_the_journal(room: Room) -> None:
    secret = Secret("canary-0451")
    call = ToolCall(
        "sh", ("-c", "echo $A; echo $A >&2; exit 3", secret.reveal()), env={"A": "canary-0451"}, secrets=(secret,)
    )
    with pytest.raises(StepFailedError) as caught:
        await room.bench.run("tools", call)

    assert "canary" not in room.path.read_text() + repr(caught.value.problem)
