"""The first screen: go on with a draft, start, rehearse, or open a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from screens import words
from screens.draft_rows import ShowsDrafts, draft_prompt
from screens.wizard_dialogs import KEYS

if TYPE_CHECKING:
    from lattice_tui.wizard.drafts import DraftInfo
    from schemas.problem import Problem

CHOICES = (
    ("start", "Start", "A few questions, then a running Kubernetes cluster."),
    ("rehearse", "Rehearse", "The same in a simulated world. No account, nothing real is made."),
    ("open", "I have a cluster.yaml", "Open it, look through its answers, and build it."),
)
ALL_DRAFTS = "all-drafts"
DRAFT = "draft "
"""Begins the id of a row that is a draft."""
ROWS_BESIDE = 15
"""Rows of the screen that drafts cannot have: titles, the three choices, the way to all drafts, the footer."""
WRAPPED_ROWS = 2
"""So many of these lines take a second row in a terminal that is narrower than the page."""
PAGE_WIDTH = 66


class WelcomeScreen(ShowsDrafts):
    """Drawn before any file is touched; the drafts come as soon as they have been looked at."""

    CSS_PATH = "welcome.tcss"
    KEYS_HELP = f"d                list of all drafts\n{KEYS}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", "What is this?"),
        Binding("d", "drafts", "Drafts"),
        Binding("ctrl+q", "leave", "Quit", priority=True),
        Binding("question_mark", "keys", "Keys"),
    ]

    def __init__(self, draft_id: str = "") -> None:
        """`draft_id` is the draft that was left a moment ago."""
        super().__init__()
        self._left = draft_id

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"):
            yield Static(Content("lattice-tui"), id="welcome-title")
            yield Static(Content("From nothing to a running Kubernetes cluster, with Cluster API."), id="welcome-lead")
            yield OptionList(*_choices(), markup=False)
            yield Static(Content("Up and Down choose, Enter goes on."), classes="dim", id="welcome-hint")
        yield Footer(show_command_palette=False)

    # The drafts -----------------------------------------------------------------------------------------

    def show_drafts(self, problem: Problem | None) -> None:
        if problem is not None:
            self.query_one("#welcome-hint", Static).update(_unlisted(problem))
        if self.infos or len(self.query_one(OptionList).options) > len(CHOICES):
            self._fill()
        self.refresh_bindings()

    def on_resize(self) -> None:
        if self.infos:
            self._fill()

    def _fill(self) -> None:
        """Draw the choices, drafts first; whoever has moved already stays where they are."""
        rows = self.query_one(OptionList)
        index = rows.highlighted
        has_moved = index is not None and index > 0
        stays = rows.get_option_at_index(index).id if index is not None and has_moved else None
        now = self.lattice.clock()
        shown = self._fitting()
        drafts = [Option(draft_prompt(info, now, verb="Go on with"), id=f"{DRAFT}{info.id}") for info in shown]
        rows.set_options([*drafts, *self._way_to_all(len(shown)), *_choices()])
        wanted = stays or f"{DRAFT}{self._left}"
        known = [option.id for option in rows.options]
        rows.highlighted = known.index(wanted) if wanted in known else 0

    def _fitting(self) -> tuple[DraftInfo, ...]:
        """The newest drafts, as many as there is room for: two rows each."""
        width, height = self.app.size
        taken = ROWS_BESIDE + (WRAPPED_ROWS if width < PAGE_WIDTH else 0)
        return self.infos[: max(1, (height - taken) // 2)]

    def _way_to_all(self, shown: int) -> list[Option]:
        more = len(self.infos) - shown
        if more <= 0:
            return []
        text = _prompt("All drafts", f"{words.count(more, 'more draft')}. Open, copy or discard one.")
        return [Option(text, id=ALL_DRAFTS)]

    # What is chosen -------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        chosen = event.option_id or ""
        if chosen == "open":
            from screens.dialogs import PathQuestion

            question = PathQuestion(
                "Open a cluster.yaml", "Path of the file. It is not changed by opening it.", "cluster.yaml"
            )
            self.app.push_screen(question, self._path_given)
        elif chosen == ALL_DRAFTS:
            self.action_drafts()
        elif chosen.startswith(DRAFT):
            self.lattice.open_draft(chosen.removeprefix(DRAFT))
        else:
            self.lattice.begin(rehearsal=chosen == "rehearse")

    def _path_given(self, path: str | None) -> None:
        if path:
            self.lattice.open_file(path)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "drafts" and not self.infos:
            return False
        return super().check_action(action, parameters)

    def action_drafts(self) -> None:
        """All drafts."""
        self.lattice.show_drafts()

    def action_explain(self) -> None:
        """Say what this program does."""
        from screens.dialogs import Reading

        self.app.push_screen(Reading("What this does", WHAT))


def _choices() -> list[Option]:
    return [Option(_prompt(title, what), id=key) for key, title, what in CHOICES]


def _prompt(title: str, what: str) -> Content:
    return Content.assemble((title, "bold"), "\n", (what, "$dim"))


def _unlisted(problem: Problem) -> Content:
    from lattice_tui.text import safe_text

    return Content(f"{safe_text(problem.title)}: {safe_text(problem.detail, 200)}")


WHAT = Content(
    "It asks a few questions, writes the answers to a cluster.yaml, and builds the cluster from it.\n\n"
    "First a small temporary cluster starts in Docker on this computer. Cluster API runs in it and makes the "
    "machines of your cluster. At the end Cluster API moves into your cluster, and the temporary one is removed.\n\n"
    "A rehearsal walks the same way in a simulated world: the same questions, the same steps, nothing real.\n\n"
    "Every answer is kept the moment it is given: what you leave waits here as a draft.\n\n"
    "Nothing is made before you say start in the review."
)
