"""Step 3: how many machines."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button

from lattice_tui.text import safe_text
from lattice_tui.wizard.fitting import Fit
from lattice_tui.wizard.paths import CONTROL_PLANE, pool_replicas
from lattice_tui.wizard.pools import problem_with_pool, proposed_pool
from lattice_tui.wizard.presets import PRESETS, Preset, can_be_preset, preset_of
from lattice_tui.wizard.state import WizardState
from screens import words
from screens.choice_list import ChoiceList, Line
from screens.clock import Clock
from screens.form_rows import FormRows
from screens.page import Answered, FieldInput, Page
from screens.pool_dialogs import PoolQuestion, removal_question
from screens.pool_row import PoolRow
from screens.seams import Seams
from screens.still import Still

OWN = "own"
PRESET_FIELD = "spec.nodes"


@dataclass
class PoolRemoved(Message):
    """The person takes a worker pool away."""

    pool: str


@dataclass
class FitTold(Message):
    """Whether a preset fits into what is there."""

    fit: Fit


class SizePage(Page):
    """Presets, the numbers they stand for, and the worker pools."""

    STEP = "size"
    TOPIC = CONTROL_PLANE

    def __init__(self, pools: tuple[str, ...], seams: Seams, clock: Clock) -> None:
        super().__init__()
        self._drawn = pools
        self._machines = FormRows("size", seams, clock)
        self._seams = seams
        self._state: WizardState | None = None
        self._awaited_pool = ""
        """The pool that was just added: its number gets the focus."""
        self._last_pool = ""
        """The pool whose number was looked at last: the one that is offered for removal first."""

    def compose(self) -> ComposeResult:
        """The rows' numbers come with the first `show()`."""
        yield ChoiceList([*map(_line, PRESETS), Line(OWN, "My own numbers")], PRESET_FIELD)
        yield Still("", id="size-why", markup=False)
        with Horizontal(classes="field"):
            yield Still(Content("Control planes"), classes="field-label")
            yield FieldInput(CONTROL_PLANE, max_length=9, width=8)
            yield Still(Content("usual 1 or 3; an odd number"), classes="dim")
        with Vertical(id="pools"):
            for pool in self._drawn:
                yield PoolRow(pool, self._drawn)
        with Horizontal(id="pool-actions"):
            yield Button("Add a pool", id="add-pool", compact=True)
            yield Button("Remove a pool", id="remove-pool", compact=True)
            yield Still("", id="size-sum", markup=False)
        yield self._machines

    def show(self, state: WizardState) -> None:
        self._state = state
        preset = preset_of(state)
        presets = self.query_one(ChoiceList)
        presets.display = can_be_preset(state)
        with self.prevent(ChoiceList.Chosen):
            presets.choose(preset.id if preset else OWN)
        if state.pools != self._drawn:
            self._draw_pools(state)
        for field in self._own_fields():
            field.fill(state.answer(field.field_path))
        self.query_one("#size-why", Still).update(_why(state, preset))
        self.query_one("#size-sum", Still).update(_sum(state))
        self.query_one("#remove-pool").display = bool(state.pools)
        self._machines.show(state)
        self._machines.display = self._machines.has_questions

    def arrive(self, state: WizardState) -> None:
        self._machines.show(state)
        self._machines.arrive()
        self.run_worker(self._look_what_fits(state), group="fits", exclusive=True, exit_on_error=False)

    async def _look_what_fits(self, state: WizardState) -> None:
        """Ask for every preset whether there is room for it; what is asked in vain says nothing."""
        async with aclosing(self._seams.fits(state)) as fits:
            async for fit in fits:
                self.post_message(FitTold(fit))

    @on(FitTold)
    def _fit_told(self, event: FitTold) -> None:
        event.stop()
        for preset in PRESETS:
            if preset.id == event.fit.preset:
                usual = _line(preset).remark
                short = f"too large: {safe_text(event.fit.short, 120)}" if event.fit.short else usual
                self.query_one(ChoiceList).remark(preset.id, short)

    def leave(self) -> None:
        self._machines.leave()
        self.workers.cancel_group(self, "fits")

    def _own_fields(self) -> list[FieldInput]:
        """The numbers of machines; what a machine is like has rows of its own."""
        return [field for field in self.query(FieldInput) if field not in self._machines.controls()]

    def _draw_pools(self, state: WizardState) -> None:
        """Rows come and go with their pools; those that stay keep what is being typed in them."""
        pools = self._drawn = state.pools
        rows = {row.pool: row for row in self.query(PoolRow)}
        for pool, row in rows.items():
            if pool not in pools:
                row.remove()
            else:
                row.relabel(pools)
        self.query_one("#pools").mount(
            *(
                PoolRow(pool, pools, state.answer(pool_replicas(pool)), takes_focus=pool == self._awaited_pool)
                for pool in pools
                if pool not in rows
            )
        )
        self._awaited_pool = ""

    def questions(self) -> list[Widget]:
        return [widget for widget in super().questions() if widget.display]

    @on(ChoiceList.Chosen)
    def _preset_chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        event.prevent_default()
        for preset in PRESETS:
            if preset.id == event.value and self._state is not None:
                self.screen.post_message(Answered(preset.answers_for(self._state)))

    # Pools ----------------------------------------------------------------------------------------------

    def on_descendant_focus(self) -> None:
        row = next((row for row in self.query(PoolRow) if row.has_focus_within), None)
        if row is not None:
            self._last_pool = row.pool

    @on(Button.Pressed, "#add-pool")
    def _ask_for_a_name(self, event: Button.Pressed) -> None:
        event.stop()
        if self._state is not None:
            state = self._state
            self.app.push_screen(
                PoolQuestion(proposed_pool(state), lambda name: problem_with_pool(state, name)), self._name_given
            )

    def _name_given(self, name: str | None) -> None:
        if name is not None:
            self._awaited_pool = name
            self.screen.post_message(Answered({pool_replicas(name): "1"}))

    @on(Button.Pressed, "#remove-pool")
    def _ask_which_one(self, event: Button.Pressed) -> None:
        event.stop()
        if self._state is not None and self._state.pools:
            self.app.push_screen(removal_question(self._state, self._last_pool), self._removal_answered)

    def _removal_answered(self, answer: str | None) -> None:
        if self._state is not None and answer in self._state.pools:
            self.post_message(PoolRemoved(answer))
            self.query_one("#add-pool").focus()


def _line(preset: Preset) -> Line:
    planes = words.count(preset.control_planes, "control plane")
    return Line(preset.id, preset.title, f"{planes}, {words.count(preset.workers, 'worker')}")


def _why(state: WizardState, preset: Preset | None) -> Content:
    if preset is not None:
        # What is said against the largest one holds where all machines stand in one computer.
        against = preset.not_for if state.provider == "docker" or preset.control_planes == 1 else ""
        return Content.assemble(preset.why, "\n", (against, "$dim"))
    numbers = [state.answer(pool_replicas(pool)) for pool in state.pools]
    if all(number.strip("0") == "" for number in numbers):
        return Content("Your own numbers. Without workers, the control plane\nruns your programs too.")
    if can_be_preset(state):
        return Content("Your own numbers. An odd number of control planes can vote;\nworkers run your programs.")
    return Content("Several pools: the machines of one are alike.\nUsual 1 to 5 in each; 0 is allowed.")


def _sum(state: WizardState) -> Content:
    numbers = [state.answer(CONTROL_PLANE), *(state.answer(pool_replicas(pool)) for pool in state.pools)]
    if not all(number.isdecimal() and number.isascii() for number in numbers):
        return Content("")
    return Content.assemble(("In all  ", "$dim"), words.count(sum(map(int, numbers)), "machine"))
