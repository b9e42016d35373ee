"""From the review to a running install: save, ask where something stands in the way, start."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from textual.message import Message
from textual.screen import Screen

from lattice_tui.document.saving import ChangedError, save, standing
from lattice_tui.errors import LatticeError
from schemas.problem import Problem
from screens.saving import REPLACE, LastSeen, has_changed, replace_question, saved_text
from screens.seams import Request, Seams


@dataclass
class StartNews(Message):
    """What saving and starting has come to."""

    text: str = ""
    problem: Problem | None = None


@dataclass
class Saved(Message):
    """cluster.yaml holds the answers now."""

    path: str
    data: bytes


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
    is_fresh: bool = False
    """The file is ours from its first line on: the schema that the line names is laid beside it."""
    last_seen: LastSeen | None = None


async def save_and_start(screen: Screen[None], seams: Seams, wish: Wish) -> None:
    """Do what was asked; posts StartNews and Started to `screen`, and asks before a file is replaced."""
    try:
        said = await _save(screen, wish)
        if said is None:
            screen.post_message(StartNews("Nothing was changed."))
            return
        screen.post_message(Saved(wish.path, wish.data))
        screen.post_message(StartNews(f"{said} Starting the engine." if wish.starts else said))
        if wish.starts:
            request = Request(data=wish.data, file=wish.path, rehearsal=wish.rehearsal)
            screen.post_message(Started(await asyncio.to_thread(seams.start, request)))
    except LatticeError as error:
        screen.post_message(StartNews(problem=error.problem))
    except OSError as error:
        screen.post_message(StartNews(problem=_disk_problem(error)))


async def _save(screen: Screen[None], wish: Wish) -> str | None:
    """What was done, in words; None when the person keeps what is there.

    The answer to the question is good for the very bytes that were shown: when others stand there by then, their
    difference is shown and asked about anew.
    """
    path = Path(wish.path)
    on_disk = await asyncio.to_thread(standing, path)
    is_changed = has_changed(wish.path, on_disk, wish.last_seen)
    while True:
        if on_disk is not None and on_disk != wish.data:
            difference = await asyncio.to_thread(_difference, on_disk, wish.data, path.name)
            question = replace_question(path, difference, is_changed=is_changed)
            if await screen.app.push_screen_wait(question) != REPLACE:
                return None
        try:
            saved = await asyncio.to_thread(save, path, wish.data, expected=on_disk)
        except ChangedError:
            on_disk = await asyncio.to_thread(standing, path)
            is_changed = True
            continue
        schema = await asyncio.to_thread(_lay_schema, path) if wish.is_fresh else None
        return saved_text(wish.path, saved, is_same=on_disk == wish.data, schema=schema)


def _difference(old: bytes, new: bytes, name: str) -> tuple[str, ...]:
    from lattice_tui.document.comparing import difference  # only when a different file stands in the way

    return difference(old, new, name)


def _lay_schema(path: Path) -> Path | None:
    """The schema beside the file, None where it cannot be: an editor's help is no reason to stop."""
    from lattice_tui.providers.schema import lay_beside  # only when a fresh file is saved

    try:
        return lay_beside(path)
    except OSError:
        return None


def _disk_problem(error: OSError) -> Problem:
    return Problem(
        code="LT-WIZ-002",
        title="The run could not be prepared",
        detail=f"{error.filename or 'the state folder'}: {error.strerror or error}",
        fix="Make room or mend the permissions there, then start again.",
        check="df -h ~",
    )
