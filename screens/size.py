"""Step 3: how many machines."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from lattice_tui.wizard.paths import CONTROL_PLANE, POOLS, pool_replicas
from lattice_tui.wizard.presets import PRESETS, Preset, preset_of
from lattice_tui.wizard.state import WizardState
from screens import words
from screens.choice_list import ChoiceList, Line
from screens.page import Answered, FieldInput, Page

OWN = "own"
PRESET_FIELD = "spec.nodes"


class SizePage(Page):
    """Presets, and the numbers they stand for."""

    STEP = "size"
    TOPIC = CONTROL_PLANE

    def __init__(self, pools: tuple[str, ...]) -> None:
        super().__init__()
        self._pools = pools

    def compose(self) -> ComposeResult:
        yield ChoiceList([*map(_line, PRESETS), Line(OWN, "My own numbers")], PRESET_FIELD)
        yield Static("", id="size-why", markup=False)
        with Horizontal(classes="field"):
            yield Static(Content("Control planes"), classes="field-label")
            yield FieldInput(CONTROL_PLANE, max_length=9, width=8)
            yield Static(Content("usual 1 or 3; an odd number"), classes="dim")
        for pool in self._pools:
            with Horizontal(classes="field"):
                yield Static(Content(_pool_label(pool, self._pools)), classes="field-label")
                yield FieldInput(pool_replicas(pool), max_length=9, width=8)
                yield Static(Content("usual 1 to 5; 0 is allowed"), classes="dim")
        yield Static("", id="size-sum", markup=False)

    def show(self, state: WizardState) -> None:
        preset = preset_of(state)
        with self.prevent(ChoiceList.Chosen):
            self.query_one(ChoiceList).choose(preset.id if preset else OWN)
        for field in self.query(FieldInput):
            field.fill(state.answer(field.field_path))
        self.query_one("#size-why", Static).update(_why(preset))
        self.query_one("#size-sum", Static).update(_sum(state))

    @on(ChoiceList.Chosen)
    def _preset_chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        event.prevent_default()
        for preset in PRESETS:
            if preset.id == event.value:
                self.post_message(Answered(preset.answers))


def _line(preset: Preset) -> Line:
    planes = words.count(preset.control_planes, "control plane")
    return Line(preset.id, preset.title, f"{planes}, {words.count(preset.workers, 'worker')}")


def _pool_label(pool: str, pools: tuple[str, ...]) -> str:
    return "Workers" if len(pools) == 1 else f"Workers in {pool}"


def _why(preset: Preset | None) -> Content:
    if preset is None:
        return Content("Your own numbers. An odd number of control planes can vote;\nworkers run your programs.")
    return Content.assemble(preset.why, "\n", (preset.not_for, "$dim"))


def _sum(state: WizardState) -> Content:
    numbers = [text for path, text in state.answers.items() if path == CONTROL_PLANE or path.startswith(POOLS)]
    if not all(number.isdecimal() and number.isascii() for number in numbers):
        return Content("")
    total = sum(int(number) for number in numbers)
    return Content.assemble(("In all  ", "$dim"), words.count(total, "machine"))
