"""Drafts as rows: what two screens share that list them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.message import Message

from lattice_tui.errors import LatticeError
from screens.base import LatticeScreen

if TYPE_CHECKING:
    from datetime import datetime

    from lattice_tui.wizard.drafts import DraftInfo
    from schemas.problem import Problem


class DraftsListed(Message):
    """The drafts have been looked at."""

    def __init__(self, infos: tuple[DraftInfo, ...] = (), problem: Problem | None = None) -> None:
        super().__init__()
        self.infos = infos
        self.problem = problem


class ShowsDrafts(LatticeScreen):
    """Looks at the drafts in the background, and draws them when they are there."""

    infos: tuple[DraftInfo, ...] = ()
    """The newest first."""

    def on_mount(self) -> None:
        self.look()

    def look(self) -> None:
        """Look at the drafts again."""
        self.run_worker(self._look(), group="look", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        try:
            self.post_message(DraftsListed(await asyncio.to_thread(self.lattice.list_drafts)))
        except LatticeError as error:
            self.post_message(DraftsListed(problem=error.problem))

    @on(DraftsListed)
    def _drafts_listed(self, event: DraftsListed) -> None:
        self.infos = event.infos
        self.show_drafts(event.problem)

    def show_drafts(self, problem: Problem | None) -> None:
        """Draw `infos`; `problem` says why they could not be listed."""


def draft_prompt(info: DraftInfo, now: datetime, *, verb: str = "") -> Content:
    """Two lines: what it is called, and where it was left."""
    from lattice_tui.wizard.drafts_words import belongs_to, facts, title  # where there is a draft

    name = title(info)
    held = " (open in another window)" if info.holder is not None else ""
    head = name if info.is_broken or not verb else f"{verb} {name}"
    said = ", ".join(text for text in (facts(info, now), belongs_to(info)) if text)
    return Content.assemble((head, "bold"), (held, "$warning"), "\n", (said, "$dim"))
