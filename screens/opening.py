"""Opening something to go on with: a draft, a file, a rehearsal. What stands in the way is asked first."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from lattice_tui.text import safe_text
from lattice_tui.wizard.draft import Draft
from lattice_tui.wizard.drafts import DraftInfo, DraftStore
from lattice_tui.wizard.drafts_origin import Origin, from_new_file, origin_of, with_new_file
from lattice_tui.wizard.drafts_trouble import DraftError, DraftHeldError, DraftNotKeptError, DraftUnusableError
from lattice_tui.wizard.state import OpenedFile, state_of_file
from screens.dialogs import Question, Reading
from screens.draft_dialogs import (
    changed_question,
    gone_question,
    held_question,
    offer_question,
    rehearsal_question,
    unreadable_question,
    unusable_question,
)
from screens.problem_content import placed_list, problem_content

if TYPE_CHECKING:
    from screens.app import LatticeApp

WIDTH = 68


async def open_draft(app: LatticeApp, draft_id: str) -> None:
    """Go on with a draft, at the step where it was left."""
    store = app.seams.drafts
    try:
        draft, origin = await asyncio.to_thread(_take, store, draft_id)
    except DraftHeldError as held:
        if await app.push_screen_wait(held_question(held.problem)) == "copy":
            await _open_copy(app, draft_id)
    except DraftUnusableError as error:
        question = unusable_question(error, is_newer=error.is_newer)
        if await app.push_screen_wait(question) == "discard":
            await discard(app, draft_id)
    except DraftNotKeptError:
        # It can be read, not written: the wizard goes on, and says itself what is not kept.
        app.show_wizard(await asyncio.to_thread(store.open, draft_id))
    except DraftError as error:
        await _tell(app, error)
    else:
        await _go_on(app, draft, origin)


async def open_file(app: LatticeApp, path: str, *, rehearsal: bool) -> None:
    """Open a cluster.yaml, or say what is wrong with it. A draft of it is offered first."""
    from lattice_tui.providers.reading import read_cluster  # pydantic, only when a file is opened

    known = await asyncio.to_thread(_known, app.seams.drafts, path)
    if known:
        chosen = await app.push_screen_wait(offer_question(path, known, app.clock()))
        if chosen != "file":
            await _open_chosen(app, chosen)
            return
    read = await asyncio.to_thread(read_cluster, path)
    if read.errors or read.cluster is None:
        await app.push_screen_wait(Reading("This file cannot be opened yet", placed_list(read.errors, WIDTH)))
        return
    app.show_wizard(state_of_file(path, read.data, read.cluster, rehearsal=rehearsal))


async def open_rehearsal(app: LatticeApp) -> None:
    """A new rehearsal; one that was left is offered first."""
    known = [info for info in await asyncio.to_thread(_known, app.seams.drafts, None) if info.rehearsal]
    chosen = await app.push_screen_wait(rehearsal_question(known, app.clock())) if known else "new"
    if chosen == "new":
        app.begin(rehearsal=True)
    else:
        await _open_chosen(app, chosen)


async def discard(app: LatticeApp, draft_id: str) -> None:
    """Put a draft away, and draw the lists anew."""
    try:
        await asyncio.to_thread(app.seams.drafts.discard, draft_id)
    except DraftError as error:
        await _tell(app, error)
    app.list_again()


async def copy_shown(app: LatticeApp, draft_id: str) -> None:
    """Make a copy, and draw the lists anew."""
    await copy(app, draft_id)
    app.list_again()


async def copy(app: LatticeApp, draft_id: str) -> str:
    """Make a second draft of the same answers; returns its id, empty when that cannot be done."""
    try:
        return await asyncio.to_thread(app.seams.drafts.copy, draft_id)
    except DraftError as error:
        await _tell(app, error)
        return ""


async def restore(app: LatticeApp) -> None:
    """Bring back what was discarded last, and draw the lists anew."""
    try:
        await asyncio.to_thread(app.seams.drafts.restore)
    except DraftError as error:
        await _tell(app, error)
    app.list_again()


def _take(store: DraftStore, draft_id: str) -> tuple[Draft, Origin]:
    draft = store.resume(draft_id)
    try:
        return draft, origin_of(draft.state, draft.saved)
    except BaseException:
        draft.close()
        raise


def _known(store: DraftStore, path: str | None) -> list[DraftInfo]:
    """The drafts that can be opened; of this file, when one is given. Empty when they cannot be listed."""
    try:
        return [info for info in (store.list() if path is None else store.of_file(path)) if not info.is_broken]
    except DraftError:
        return []


async def _open_chosen(app: LatticeApp, chosen: str | None) -> None:
    if chosen is not None:
        await open_draft(app, chosen.removeprefix("draft "))


async def _open_copy(app: LatticeApp, draft_id: str) -> None:
    if copied := await copy(app, draft_id):
        await open_draft(app, copied)


async def _go_on(app: LatticeApp, draft: Draft, origin: Origin) -> None:
    state, now = draft.state, origin.now
    question = await _origin_question(draft, origin)
    if question is None:
        app.show_wizard(state, draft, remark=_remark(draft, origin))
        return
    chosen = await app.push_screen_wait(question)
    if chosen == "over" and now is not None:
        app.show_wizard(with_new_file(state, now), draft)
    elif chosen == "old":
        app.show_wizard(state, draft)
    else:
        await asyncio.to_thread(draft.close)
        if chosen in ("fresh", "discard"):
            await discard(app, draft.id)
        if chosen == "fresh" and now is not None:
            app.show_wizard(from_new_file(state, now))


async def _origin_question(draft: Draft, origin: Origin) -> Question | None:
    """What to ask about the file behind a draft; None when it stands as it did."""
    opened, now = draft.state.opened, origin.now
    if opened is None or origin.standing in ("none", "same", "saved"):
        return None
    if origin.standing == "gone" or now is None:
        return gone_question(opened.file)
    if origin.standing == "unreadable":
        return unreadable_question(opened.file, now.errors)
    return changed_question(opened.file, await asyncio.to_thread(_difference, opened, now.data))


def _difference(opened: OpenedFile, now: bytes) -> tuple[str, ...]:
    from lattice_tui.document.comparing import difference  # only when a file has changed

    return difference(opened.data, now, os.path.basename(opened.file), was="then", becomes="now")


def _remark(draft: Draft, origin: Origin) -> str:
    """What to say of a draft that opens without a question; empty for nothing."""
    if draft.spoilt_lines:
        return "The newest part of this draft could not be read. This is what was kept before it."
    if draft.state.opened is None or origin.standing == "none":
        return ""
    name = safe_text(draft.state.opened.file, 60)
    return f"{name} is as you saved it." if origin.standing == "saved" else f"{name} is as it was when you left."


async def _tell(app: LatticeApp, error: DraftError) -> None:
    problem = error.problem
    await app.push_screen_wait(Reading(problem.title, problem_content(problem, WIDTH)))
