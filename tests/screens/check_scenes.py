"""The computer page on good days and on bad ones, as scenes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from textual.pilot import Pilot

from schemas.checks import CheckResult
from screens.computer import ComputerPage
from screens.dialogs import Reading
from screens.lines_view import LinesView
from screens.wizard import WizardScreen
from tests.screens import check_samples as samples
from tests.screens.driving import Scene, begin, shows, until, wizard_app
from tests.screens.fakes import FakeWorld, HandClock


def computer_page(pilot: Pilot[Any]) -> ComputerPage:
    """The page, wherever it lies among the screens."""
    wizard = next(screen for screen in pilot.app.screen_stack if isinstance(screen, WizardScreen))
    return wizard.query_one(ComputerPage)


def computer(checks: Sequence[CheckResult], text: str, *keys: str, then: str = "") -> Scene:
    """The page with these answers, once `text` can be read; then the keys, and what they lead to."""

    async def visit(pilot: Pilot[Any]) -> None:
        await begin(pilot, steps=1)
        await shows(pilot, text)
        for key in keys:
            await pilot.press(key)
        await shows(pilot, then or text)

    return (lambda: wizard_app(FakeWorld(checks=checks))), visit


def _slow(first: Sequence[CheckResult], later: Sequence[CheckResult], text: str, key: str = "") -> Scene:
    """Some answers do not come: four seconds later."""
    clock = HandClock()

    def make() -> Any:
        clock.now = HandClock().now
        return wizard_app(FakeWorld(checks=first, later=[later]), clock=clock)

    async def visit(pilot: Pilot[Any]) -> None:
        await begin(pilot, steps=1)
        page = computer_page(pilot)
        if key:
            await until(pilot, lambda: page.board.has_all and not page.board.is_looking)
            await pilot.press(key)
        await until(pilot, lambda: any(row.since for row in page.board.rows) and len(_unanswered(page)) == 2)
        clock.now += timedelta(seconds=4)
        await shows(pilot, text)

    return make, visit


def _unanswered(page: ComputerPage) -> list[datetime]:
    return [row.since for row in page.board.rows if row.since is not None]


async def scrolled_down(pilot: Pilot[Any]) -> None:
    """The last row of many."""
    await begin(pilot, steps=1)
    await shows(pilot, "20 checks done")
    await pilot.press("end")
    await until(pilot, lambda: pilot.app.screen.query_one(LinesView).cursor == 19)
    await shows(pilot, "1.35.1")


async def explained(pilot: Pilot[Any]) -> None:
    """All of one check."""
    await begin(pilot, steps=1)
    await shows(pilot, "1 failed")
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
    await shows(pilot, "2.0 GiB for Docker")


COMPUTER_SCENES: dict[str, Scene] = {
    "checks-running": _slow(samples.SLOW, samples.SLOW, "Waiting 4 s for:"),
    "checks-all-ok": computer(samples.GOOD, "20 checks done. F3"),
    "checks-stopped": computer(samples.STOPPED, "Docker is not running"),
    "checks-stale-socket": computer(samples.STALE_SOCKET, "Docker has stopped"),
    "checks-forbidden": computer(samples.FORBIDDEN, "You may not use Docker"),
    "checks-wrong-context": computer(samples.WRONG_CONTEXT, "Docker context 'lab' does not exist"),
    "checks-low-memory": computer(samples.LOW_MEMORY, "1 failed"),
    "checks-missing-tool": computer(samples.MISSING_TOOL, "1 failed"),
    "checks-refused": computer(samples.LOW_MEMORY, "1 failed", "ctrl+n", then="Mend what failed"),
    "checks-warnings": computer(samples.WARNINGS, "2 with a warning"),
    "checks-continue": computer(samples.WARNINGS, "2 with a warning", "ctrl+n", then="Stay here"),
    "checks-offer": computer(samples.PROBE_UNKNOWN, "Try a container"),
    "checks-offer-asked": computer(samples.PROBE_UNKNOWN, "Try a container", "tab", "enter", then="Not now"),
    "checks-looking-again": _slow(samples.LOW_MEMORY, samples.SLOW, "again, 4 s", "f3"),
    "checks-copied": computer(samples.STOPPED, "Docker is not running", "c", then="Sent to the clipboard"),
    "checks-explained": ((lambda: wizard_app(FakeWorld(checks=samples.LOW_MEMORY))), explained),
    "checks-scrolled": ((lambda: wizard_app(FakeWorld(checks=samples.GOOD))), scrolled_down),
}
