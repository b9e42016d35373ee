"""Step 1: where the cluster runs, and what it is called."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from lattice_tui.providers.registry import ProviderCard, cards
from lattice_tui.text import safe_text
from lattice_tui.wizard.paths import NAME, PROVIDER
from lattice_tui.wizard.state import WizardState
from screens.choice_list import ChoiceList, Line
from screens.page import FieldInput, Page


class WherePage(Page):
    """The providers as cards, and the cluster's name."""

    STEP = "where"
    TOPIC = PROVIDER

    def compose(self) -> ComposeResult:
        self._cards = {card.name: card for card in cards()}
        yield ChoiceList([_line(card) for card in self._cards.values()], PROVIDER)
        yield Static("", id="card", markup=False)
        yield Static(Content("Name of the cluster"), classes="label")
        yield FieldInput(NAME, placeholder="my-cluster", max_length=63)

    def show(self, state: WizardState) -> None:
        self.query_one(ChoiceList).choose(state.provider)
        self.query_one(FieldInput).fill(state.name)
        self._describe(state.provider)

    @on(ChoiceList.Chosen)
    def _card_chosen(self, event: ChoiceList.Chosen) -> None:
        self._describe(event.value)

    def _describe(self, provider: str) -> None:
        card = self._cards.get(provider)
        self.query_one("#card", Static).update(_card(card) if card else Content(""))


def _line(card: ProviderCard) -> Line:
    return Line(
        card.name, card.title, card.use_case if card.available else f"{card.use_case} - not in this version yet"
    )


def _card(card: ProviderCard) -> Content:
    rows = [
        ("Best for", card.best_for),
        ("Needs", card.requires),
        ("Load balancer", card.load_balancer),
    ]
    lines = [Content.assemble((f"{word:<15}", "$dim"), safe_text(text)) for word, text in rows if text]
    return Content("\n").join(lines)
