"""The first screen: start, rehearse, or open a file."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from screens.base import LatticeScreen
from screens.dialogs import PathQuestion, Reading
from screens.wizard_dialogs import KEYS

CHOICES = (
    ("start", "Start", "A few questions, then a running Kubernetes cluster."),
    ("rehearse", "Rehearse", "The same in a simulated world. No account, nothing real is made."),
    ("open", "I have a cluster.yaml", "Open it, look through its answers, and build it."),
)


class WelcomeScreen(LatticeScreen):
    """No network and no file is touched here."""

    CSS_PATH = "welcome.tcss"
    KEYS_HELP = KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", "What is this?"),
        Binding("ctrl+q", "leave", "Quit", priority=True),
        Binding("question_mark", "keys", "Keys"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"):
            yield Static(Content("lattice-tui"), id="welcome-title")
            yield Static(Content("From nothing to a running Kubernetes cluster, with Cluster API."), id="welcome-lead")
            yield OptionList(*(Option(_prompt(title, what), id=key) for key, title, what in CHOICES), markup=False)
            yield Static(Content("Up and Down choose, Enter goes on."), classes="dim", id="welcome-hint")
        yield Footer(show_command_palette=False)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == "open":
            question = PathQuestion(
                "Open a cluster.yaml", "Path of the file. It is not changed by opening it.", "cluster.yaml"
            )
            self.app.push_screen(question, self._path_given)
        else:
            self.lattice.begin(rehearsal=event.option_id == "rehearse")

    def _path_given(self, path: str | None) -> None:
        if path:
            self.lattice.open_file(path)

    def action_explain(self) -> None:
        """Say what this program does."""
        self.app.push_screen(Reading("What this does", WHAT))


def _prompt(title: str, what: str) -> Content:
    return Content.assemble((title, "bold"), "\n", (what, "$dim"))


WHAT = Content(
    "It asks a few questions, writes the answers to a cluster.yaml, and builds the cluster from it.\n\n"
    "First a small temporary cluster starts in Docker on this computer. Cluster API runs in it and makes the "
    "machines of your cluster. At the end Cluster API moves into your cluster, and the temporary one is removed.\n\n"
    "A rehearsal walks the same way in a simulated world: the same questions, the same steps, nothing real.\n\n"
    "Nothing is made before you say start in the review."
)
