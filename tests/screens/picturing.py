"""Pictures that do not depend on how busy the machine is, and failures that say what differs.

A text that can be read says nothing of what is still on its way: the focus, the footer, a scrollbar, a cursor that
blinks. So a picture is taken once the screen stands still.
"""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from screens.app import LatticeApp
from tests.screens.driving import DEADLINE_S, Visit

Looks = Callable[[LatticeApp, tuple[int, int], Visit], None]
"""App, size in cells, how to come there: fails unless the screen looks as it did when somebody last looked at it."""
BETWEEN_S = 0.03
STANDS_STILL = 5
"""So many pictures in a row are the same."""
MOST_LINES = 30
"""Of a difference: enough to see what it is about."""


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing moves any more; no cursor blinks then."""
    deadline = time.monotonic() + DEADLINE_S
    last, same = "", 0
    while same < STANDS_STILL:
        if time.monotonic() > deadline:
            raise AssertionError("this screen never stands still")
        for area in pilot.app.screen.query(TextArea):
            area.cursor_blink = False
        for line in pilot.app.screen.query(Input):
            line.cursor_blink, line._cursor_visible = False, True
        await pilot.pause(BETWEEN_S)
        picture = without_names(pilot.app.export_screenshot(simplify=True))
        same = same + 1 if picture == last else 0
        last = picture


def pictures(snap_compare: Callable[..., bool], request: pytest.FixtureRequest) -> Looks:
    """The comparison, for one test."""

    def looks(app: LatticeApp, size: tuple[int, int], visit: Visit) -> None:
        async def come_there(pilot: Pilot[Any]) -> None:
            await visit(pilot)
            await settled(pilot)

        if not snap_compare(app, terminal_size=size, run_before=come_there):
            folder = request.path.parent / "__snapshots__" / request.path.stem
            pytest.fail(differences(folder / f"{request.node.name}.svg", str(app.return_value)), pytrace=False)

    return looks


def differences(before: Path, now: str) -> str:
    """What differs, as lines of the two pictures."""
    if not before.exists():
        return f"there is no picture {before.name} yet: make it with --snapshot-update, and look at it"
    old, new = (without_names(text).replace("><", ">\n<").splitlines() for text in (before.read_text(), now))
    lines = [line[:240] for line in difflib.unified_diff(old, new, "as it looked", "as it looks", lineterm="", n=0)]
    more = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"({more} more lines)"] if more > 0 else [])])


def without_names(svg: str) -> str:
    """The picture without the number that makes its style names its own."""
    return re.sub(r"terminal-\d+", "terminal", svg)
