"""Every draft: open one, copy one, discard one, bring one back."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from lattice_tui.text import safe_text
from lattice_tui.wizard.drafts import DraftInfo
from schemas.problem import Problem
from screens import words
from screens.dialogs import Reading
from screens.draft_dialogs import discard_question
from screens.draft_rows import ShowsDrafts, draft_prompt
from screens.problem_content import problem_content
from screens.still import Still

SHOWN = 100
"""An OptionList takes its time with more; the older ones come up as the newer ones go."""


class DraftListScreen(ShowsDrafts):
    """The newest first."""

    CSS_PATH = "draft_list.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("c", "copy", "Copy"),
        Binding("d,delete", "discard", "Discard"),
        Binding("u", "undo", "Undo"),
        Binding("ctrl+q", "leave", "Quit", priority=True),
        Binding("f1", "explain", "What is this?", show=False),
    ]
    KEYS_HELP = (
        "Up, Down   choose\n"
        "Enter      open the draft where it was left\n"
        "c          make a copy of it\n"
        "d          discard it, after a question\n"
        "u          bring back what was discarded last\n"
        "Esc        back to the first screen\n"
        "Ctrl-Q     quit"
    )

    def compose(self) -> ComposeResult:
        with Vertical(id="drafts"):
            yield Still(Content("Drafts"), id="drafts-title")
            yield Still(Content("Looking for them."), id="drafts-lead", markup=False)
            yield OptionList(markup=False)
        yield Footer(show_command_palette=False)

    @property
    def current(self) -> DraftInfo | None:
        """The draft that is highlighted."""
        index = self.query_one(OptionList).highlighted
        return self.infos[index] if index is not None and index < len(self.infos) else None

    def show_drafts(self, problem: Problem | None) -> None:
        rows = self.query_one(OptionList)
        index = rows.highlighted or 0
        now = self.lattice.clock()
        shown = self.infos[:SHOWN]
        rows.set_options(Option(draft_prompt(info, now), id=info.id) for info in shown)
        rows.highlighted = min(index, len(shown) - 1) if shown else None
        rows.focus()
        self.query_one("#drafts-lead", Still).update(self._lead(problem))
        self.refresh_bindings()

    def _lead(self, problem: Problem | None) -> Content:
        if problem is not None:
            return problem_content(problem, max(40, self.app.size.width - 6))
        if not self.infos:
            undo = " U brings back what was discarded." if self.lattice.seams.drafts.can_restore else ""
            return Content(f"None is left.{undo} Esc leads back.")
        hidden = len(self.infos) - SHOWN
        older = f" The {hidden} oldest are not shown." if hidden > 0 else ""
        folder = safe_text(str(self.lattice.seams.drafts.folder), 400)
        return Content(f"{words.count(len(self.infos), 'draft')}, kept in {folder}.{older}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "undo" and not self.lattice.seams.drafts.can_restore:
            return None
        if action in ("copy", "discard") and not self.infos:
            return None
        return super().check_action(action, parameters)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.lattice.open_draft(event.option.id or "")

    def action_copy(self) -> None:
        """Make a second draft of the same answers."""
        from screens.opening import copy_shown

        if (info := self.current) is not None and not info.is_broken:
            self.lattice.work_on_drafts(copy_shown(self.lattice, info.id))

    def action_discard(self) -> None:
        """Put the draft away, after a question."""
        info = self.current
        if info is None:
            return
        draft_id = info.id

        def answered(answer: str | None) -> None:
            from screens.opening import discard

            if answer == "discard":
                self.lattice.work_on_drafts(discard(self.lattice, draft_id))

        self.app.push_screen(discard_question(info, self.lattice.clock()), answered)

    def action_undo(self) -> None:
        """Bring back what was discarded last."""
        from screens.opening import restore

        self.lattice.work_on_drafts(restore(self.lattice))

    def action_back(self) -> None:
        self.lattice.show_welcome()

    def action_explain(self) -> None:
        """Say what a draft is."""
        self.app.push_screen(Reading("What a draft is", WHAT))


WHAT = Content(
    "Every answer is written to a draft the moment it is given. Closing the terminal, or a power cut, loses none.\n\n"
    "A draft becomes part of the cluster once the cluster is started, and is no draft any more then. A draft that "
    "was opened from a cluster.yaml holds that file as it was: when the file changes meanwhile, you are asked.\n\n"
    "Secrets are never in a draft."
)
