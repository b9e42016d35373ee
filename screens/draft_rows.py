"""Drafts as rows: what two screens share that list them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from textual import on
from textual.content import Content
from textual.message import Message

from lattice_tui.wizard.drafts import DraftInfo
from lattice_tui.wizard.drafts_trouble import DraftError
from lattice_tui.wizard.drafts_words import belongs_to, facts, title
from schemas.problem import Problem
from screens.base import LatticeScreen


@dataclass
class DraftsListed(Message):
    """The drafts have been looked at."""

    infos: tuple[DraftInfo, ...] = ()
    problem: Problem | None = None


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
        except DraftError as error:
            self.post_message(DraftsListed(problem=error.problem))

    @on(DraftsListed)
    def _drafts_listed(self, event: DraftsListed) -> None:
        self.infos = event.infos
        self.show_drafts(event.problem)

    def show_drafts(self, problem: Problem | None) -> None:
        """Draw `infos`; `problem` says why they could not be listed."""


def draft_prompt(info: DraftInfo, now: datetime, *, verb: str = "") -> Content:
    """Two lines: what it is called, and where it was left."""
    name = title(info)
    held = " (open in another window)" if info.holder is not None else ""
    head = name if info.is_broken or not verb else f"{verb} {name}"
    said = ", ".join(text for text in (facts(info, now), belongs_to(info)) if text)
    return Content.assemble((head, "bold"), (held, "$warning"), "\n", (said, "$dim"))
