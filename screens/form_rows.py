"""`FormRows`: the questions of a step, a line each, with the lists that some of them have."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget

from lattice_tui.text import safe_text
from lattice_tui.wizard.asking import Question, questions
from lattice_tui.wizard.live_versions import is_outdated_proposal, knows_versions
from lattice_tui.wizard.paths import VERSION
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.choices import LiveChoice, LiveChoices
from screens.clock import Clock
from screens.fetching import Lists
from screens.form_fields import ChoiceRow, PickRow, SecretInput, picked_text
from screens.page import Answered, FieldInput
from screens.pick_list import PickList
from screens.picker import Picker
from screens.seams import Seams
from screens.still import Still
from screens.worker_trouble import TellsWorkerTrouble

AFTER_S = 0.5
"""After the last answer, before lists that may depend on it are fetched again."""
MAX_LABEL_WIDTH = 33
ROOM = 76
"""Cells for a row in a terminal of 80 columns."""
REMARK_WIDTH = 24
NUMBER_WIDTH = 12


class FormRow(Horizontal):
    """Label, control, remark."""

    def __init__(self, question: Question, label_width: int, *, is_pick: bool) -> None:
        super().__init__(classes="form-row")
        self.path = question.path
        self._label = Still(safe_text(question.field.label), classes="form-label", markup=False)
        self._label.styles.width = label_width
        self._remark = Still("", classes="form-remark", markup=False)
        self.control = _control(question, is_pick=is_pick)
        self.control.add_class("form-control")
        if isinstance(self.control, FieldInput | SecretInput):
            room = max(22, min(34, ROOM - label_width - REMARK_WIDTH))
            self.control.styles.width = NUMBER_WIDTH if question.field.kind == "integer" else room

        if isinstance(self.control, ChoiceRow) and self.control.whole_width > ROOM - label_width - REMARK_WIDTH:
            # All there is to choose from is worth more than what is said of the chosen one.
            self._remark.display = False

    def compose(self) -> ComposeResult:
        yield self._label
        yield self.control
        if not isinstance(self.control, PickRow):
            yield self._remark

    def show(self, question: Question, known: PickList) -> None:
        """Draw the answer as it stands, and what there is to say about it."""
        if isinstance(self.control, FieldInput):
            self.control.fill(question.value)
        elif isinstance(self.control, SecretInput):
            self.control.fill(is_given=bool(question.value))
        elif isinstance(self.control, ChoiceRow):
            self.control.fill(question.value or question.field.default)
        elif isinstance(self.control, PickRow):
            self.control.fill(picked_text(question.value, _choices(known), empty=_empty(question, known)))
        self._remark.update(_remark(question))


def _control(question: Question, *, is_pick: bool) -> Widget:
    if is_pick:
        return PickRow(question.path)
    if question.widget == "secret":
        return SecretInput(question.path)
    if question.widget == "choice":
        return ChoiceRow(question.path, question.choices)
    return FieldInput(question.path, placeholder=_example(question.field.example), max_length=4096)


def _example(text: str) -> str:
    """Not to be taken for an answer."""
    return f"e.g. {text}" if text else ""


def _choices(known: PickList) -> Sequence[LiveChoice]:
    return known.found.choices if known.found is not None else ()


def _empty(question: Question, known: PickList) -> str:
    """What stands where there is no answer yet."""
    if known.since is not None and known.found is None:
        return "asking for the list; Enter opens it"
    return (
        "needed: Enter chooses" if question.required else f"empty: {question.field.default_reason or 'Enter chooses'}"
    )


def _remark(question: Question) -> str:
    field = question.field
    if question.widget == "secret" or (question.widget == "choice" and question.value):
        chosen = next((one for one in question.choices if one.value == question.value), None)
        return safe_text(chosen.why) if chosen is not None else ""
    if not question.value:
        return "needed" if question.required else safe_text(field.default_reason)
    is_default = bool(field.default) and question.value == field.default
    return safe_text(field.default_reason if is_default else "")


class FormRows(TellsWorkerTrouble, Vertical):
    """Every question that makes sense now. It is given the state, and says what was answered."""

    def __init__(self, step: StepId, seams: Seams, clock: Clock, versions: LiveChoices | None = None) -> None:
        """`versions`: the Kubernetes versions to choose from, where the step asks for one."""
        super().__init__()
        self._step = step
        self._clock = clock
        self._lists = Lists(seams, clock, self._list_changed)
        if versions is not None:
            self._lists.lists[VERSION] = self._lists.fallback[VERSION] = PickList(versions)
        self._state: WizardState | None = None
        self._asked: tuple[Question, ...] = ()
        self._rows: dict[str, FormRow] = {}
        self._is_here = False
        self._fetched_for: object = None
        self._proposed: set[tuple[str, str]] = set()
        self._later: Timer | None = None

    # Drawing --------------------------------------------------------------------------------------------

    def show(self, state: WizardState) -> None:
        """Draw the answers; rows come and go with the questions that make sense."""
        self._state = state
        asked = questions(state, self._step)
        if [one.path for one in asked] != [one.path for one in self._asked]:
            self._lay_out(asked)
        self._asked = asked
        for question in asked:
            self._rows[question.path].show(question, self._lists.of(question.path))
        if self._is_here and asked:
            self._fetch_later()

    def _lay_out(self, asked: Sequence[Question]) -> None:
        width = min(MAX_LABEL_WIDTH, max((len(one.field.label) for one in asked), default=0)) + 2
        shown = {one.path for one in asked}
        for path, row in self._rows.items():
            row.display = path in shown
        new = [one for one in asked if one.path not in self._rows]
        for question in new:
            is_pick = question.widget == "pick" or question.path in self._lists.lists
            self._rows[question.path] = FormRow(question, width, is_pick=is_pick)
        after = [self._rows[one.path] for one in asked]
        if len(new) == len(after):
            self.mount(*after)
            return
        for before, row in zip([None, *after], after, strict=False):
            if not row.is_attached:
                self.mount(row, after=before) if before is not None else self.mount(row, before=0)

    def controls(self) -> list[Widget]:
        """The widgets that ask, from top to bottom."""
        return [self._rows[one.path].control for one in self._asked if one.path in self._rows]

    @property
    def has_questions(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self._asked)

    # Lists ----------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Somebody looks: fetch what is not known for these answers."""
        self._is_here = True
        self._fetch()

    def leave(self) -> None:
        """Nobody looks any more."""
        self._is_here = False
        self.workers.cancel_group(self, "lists")

    def fetch_anew(self) -> None:
        """Ask for every list again."""
        self._fetched_for = None
        self._fetch()

    def _fetch_later(self) -> None:
        if self._key() != self._fetched_for:
            if self._later is not None:
                self._later.stop()
            self._later = self.set_timer(AFTER_S, self._fetch)

    def _key(self) -> object:
        """What the lists may depend on: who asks, where, and every answer that is chosen rather than typed."""
        state = self._state
        if state is None:
            return None
        chosen = tuple((one.path, one.value) for one in self._asked if one.widget in ("pick", "choice"))
        own = tuple((path, text) for path, text in state.answers.items() if path.startswith("credentials."))
        return (state.rehearsal, chosen, own, tuple(state.secrets.items()))

    def _fetch(self) -> None:
        if not self._is_here or self._state is None or self._key() == self._fetched_for:
            return
        if any(one.node is self and one.group == "lists" and not one.is_finished for one in self.workers):
            # What is under way is waited for; then it is seen whether it still holds.
            return
        paths = [one.path for one in self._asked if one.widget == "pick"]
        if VERSION in self._lists.fallback and knows_versions(self._state.provider):
            paths.append(VERSION)
        if not paths:
            return
        self._fetched_for = self._key()
        self.run_worker(self._fetch_lists(self._state, paths), group="lists", exit_on_error=False)

    async def _fetch_lists(self, state: WizardState, paths: Sequence[str]) -> None:
        try:
            await self._lists.fetch(state, self._step, paths, await asyncio.to_thread(_title, state.provider))
        except asyncio.CancelledError:
            self._fetched_for = None
            raise
        self.call_later(self._fetch_later)

    def _list_changed(self, path: str) -> None:
        """Draw it where it shows; take over what is proposed, once, where nothing was answered."""
        if not self.is_attached:
            return
        known = self._lists.of(path)
        question = next((one for one in self._asked if one.path == path), None)
        if question is not None:
            self._rows[path].show(question, known)
        picker = self._picker(path)
        if picker is not None:
            picker.told(known)
        found = known.found
        if question is None or found is None or not found.proposed or self._state is None:
            return
        if question.value and not is_outdated_proposal(self._state, path, found):
            return
        if (path, found.proposed) not in self._proposed:
            self._proposed.add((path, found.proposed))
            self.screen.post_message(Answered({path: found.proposed}))

    def _picker(self, path: str) -> Picker | None:
        top = self.app.screen
        return top if isinstance(top, Picker) and top.field_path == path else None

    # Answers --------------------------------------------------------------------------------------------

    @on(PickRow.Asked)
    def _open(self, event: PickRow.Asked) -> None:
        event.stop()
        question = next((one for one in self._asked if one.path == event.path), None)
        if question is None:
            return
        known = self._lists.of(event.path)
        picker = Picker(
            question.field,
            question.value,
            known,
            self._clock,
            self.fetch_anew,
            typed=event.typed,
            is_many=_is_list(event.path),
        )
        self.app.push_screen(picker, lambda value: self._picked(event.path, value))

    def _picked(self, path: str, value: str | None) -> None:
        if value is not None:
            self.screen.post_message(Answered({path: value}))

    @on(PickRow.Cleared)
    def _cleared(self, event: PickRow.Cleared) -> None:
        event.stop()
        self.screen.post_message(Answered({event.path: ""}))

    @on(ChoiceRow.Chosen)
    def _chosen(self, event: ChoiceRow.Chosen) -> None:
        event.stop()
        self.screen.post_message(Answered({event.path: event.value}))


def _title(provider: str) -> str:
    from lattice_tui.providers import registry  # a folder each, once a list is wanted

    card = registry.card(provider)
    return card.title if card is not None else provider


def _is_list(path: str) -> bool:
    from lattice_tui.wizard.values import key_at  # every provider's models, once a list is opened

    key = key_at(path)
    return key is not None and key.kind == "list"
