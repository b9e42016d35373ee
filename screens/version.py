"""Step 4: the Kubernetes version."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from lattice_tui.wizard.paths import VERSION
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.versions import VersionChoice
from screens.choice_list import ChoiceList, Line
from screens.page import FieldInput, Page
from screens.still import Still


class VersionPage(Page):
    """The versions that every part supports, with the reason for the proposed one."""

    STEP = "version"
    TOPIC = VERSION

    def __init__(self, choices: Sequence[VersionChoice]) -> None:
        super().__init__()
        self._choices = {choice.version: choice for choice in choices}

    def compose(self) -> ComposeResult:
        yield ChoiceList([_line(choice) for choice in self._choices.values()], VERSION)
        yield Still("", id="version-why", markup=False)
        with Horizontal(classes="field"):
            yield Still(Content("Or another one"), classes="field-label")
            yield FieldInput(VERSION, max_length=40, width=16)
        yield Still(Content("Kubernetes sets itself up with kubeadm."), classes="dim")

    def show(self, state: WizardState) -> None:
        self.query_one(ChoiceList).choose(state.answer(VERSION))
        self.query_one(FieldInput).fill(state.answer(VERSION))
        self._explain(state.answer(VERSION))

    @on(ChoiceList.Chosen)
    def _version_chosen(self, event: ChoiceList.Chosen) -> None:
        self._explain(event.value)

    def _explain(self, version: str) -> None:
        choice = self._choices.get(version)
        text = choice.why if choice else "A version of your own. It is checked when you go on."
        self.query_one("#version-why", Still).update(Content(text))


def _line(choice: VersionChoice) -> Line:
    return Line(choice.version, choice.version, choice.remark)
