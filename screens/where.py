"""Step 1: where the cluster runs, and what it is called."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from lattice_tui.providers.registry import ProviderCard, cards
from lattice_tui.wizard.paths import NAME, PROVIDER
from lattice_tui.wizard.state import WizardState
from screens.choice_list import ChoiceList, Line
from screens.lines import hang
from screens.page import FieldInput, Page
from screens.problem_content import labelled
from screens.still import Still

LABEL_WIDTH = 15


class WherePage(Page):
    """The providers as cards, and the cluster's name."""

    STEP = "where"
    TOPIC = PROVIDER

    def compose(self) -> ComposeResult:
        self._cards = {card.name: card for card in cards()}
        yield ChoiceList([_line(card) for card in self._cards.values()], PROVIDER)
        yield Still("", id="card", markup=False)
        yield Still(Content("Name of the cluster"), classes="label")
        yield FieldInput(NAME, placeholder="my-cluster", max_length=63)

    def show(self, state: WizardState) -> None:
        choices = self.query_one(ChoiceList)
        if choices.value != state.provider:
            choices.choose(state.provider)
            self._describe(state.provider)
        self.query_one(FieldInput).fill(state.name)

    @on(ChoiceList.Chosen)
    def _card_chosen(self, event: ChoiceList.Chosen) -> None:
        self._describe(event.value)

    def on_resize(self) -> None:
        self._describe(self.query_one(ChoiceList).value)

    def _describe(self, provider: str) -> None:
        card = self._cards.get(provider)
        self.query_one("#card", Still).update(_card(card, max(40, self.size.width - 3)) if card else Content(""))


def _line(card: ProviderCard) -> Line:
    return Line(card.name, card.title, card.note or card.use_case)


def _card(card: ProviderCard, width: int) -> Content:
    rows = (
        ("Used for", card.use_case),
        ("Best for", card.best_for),
        ("Needs", card.requires),
        ("Load balancer", card.load_balancer),
    )
    lines = [labelled(word, text, width, LABEL_WIDTH) for word, text in rows if text.strip("-")]
    return Content("\n").join([Content("\n".join(hang("", card.sentence, width))), *lines])
