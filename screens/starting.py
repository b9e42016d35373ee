"""From the review to a running install: save, ask where something stands in the way, start."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from lattice_tui.errors import LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem
from screens.dialogs import Answer, Question
from screens.saving import look, save
from screens.seams import Request, Seams
from screens.yaml_content import diff_content


@dataclass
class StartNews(Message):
    """What saving and starting has come to."""

    text: str = ""
    problem: Problem | None = None


@dataclass
class Started(Message):
    """The engine is at work on this run."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for in the review."""

    path: str
    data: bytes
    rehearsal: bool
    starts: bool


async def save_and_start(screen: Screen[None], seams: Seams, wish: Wish) -> None:
    """Do what was asked; posts StartNews and Started to `screen`, and asks before a file is replaced."""
    try:
        if not await _save(screen, wish):
            screen.post_message(StartNews("Nothing was changed."))
            return
        if wish.starts:
            screen.post_message(StartNews("Starting the engine."))
            request = Request(data=wish.data, file=wish.path, rehearsal=wish.rehearsal)
            screen.post_message(Started(await asyncio.to_thread(seams.start, request)))
    except LatticeError as error:
        screen.post_message(StartNews(problem=error.problem))
    except OSError as error:
        screen.post_message(StartNews(problem=_disk_problem(error)))


async def _save(screen: Screen[None], wish: Wish) -> bool:
    path = Path(wish.path)
    standing = await asyncio.to_thread(look, path, wish.data)
    if standing.state == "same":
        screen.post_message(StartNews(f"{wish.path} is up to date."))
        return True
    if standing.state == "different":
        difference = diff_content(standing.text, wish.data.decode(), path.name)
        if await screen.app.push_screen_wait(_replace_question(path, difference)) != "replace":
            return False
    await asyncio.to_thread(save, path, wish.data)
    kept = f"; the old one is {path.name}.bak" if standing.state == "different" else ""
    screen.post_message(StartNews(f"Saved {wish.path}{kept}."))
    return True


def _replace_question(path: Path, difference: Content) -> Question:
    return Question(
        f"{safe_text(path.name, 60)} is there already, and differs",
        difference,
        [
            Answer("keep", "Keep it", "Back to the review; give another path there."),
            Answer("replace", "Replace it", f"The old one stays beside it as {safe_text(path.name, 60)}.bak"),
        ],
    )


def _disk_problem(error: OSError) -> Problem:
    return Problem(
        code="LT-WIZ-002",
        title="The run could not be prepared",
        detail=f"{error.filename or 'the state folder'}: {error.strerror or error}",
        fix="Make room or mend the permissions there, then start again.",
        check="df -h ~",
    )
