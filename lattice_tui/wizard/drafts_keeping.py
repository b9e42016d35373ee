"""`DraftKeeper`: takes each new state at once, and writes the newest one on a thread of its own.

The event loop only leaves a state here. While the disk is busy with one, later ones replace each other: what is
written next is always the newest. A disk that refuses is told of once and asked again, until it takes it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Literal

from lattice_tui.wizard.draft import Draft
from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.drafts_trouble import (
    LATE_S,
    DraftError,
    DraftNotKeptError,
    hanging_problem,
    unforeseen_problem,
)
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem

RETRY_S = 2.0
"""Between two tries on a disk that refuses; an answer given meanwhile is tried at once."""
PATIENCE_S = 2.0
"""For the last write when the program ends: a disk that hangs must not keep the person."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What has become of the answers."""

    word: Literal["nothing", "kept", "saved", "finished", "lost"]
    """`nothing` was answered; `kept` as a draft; `saved` in a cluster.yaml; `finished` in a run; `lost` to a disk."""
    path: str = ""
    """Where they are."""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _SavedMark:
    """These answers were written to a cluster.yaml."""

    state: WizardState
    path: str
    data: bytes


class DraftKeeper:
    """Keeps one wizard's answers. A wizard that nobody answers leaves no draft."""

    def __init__(
        self,
        store: DraftStore,
        first: WizardState,
        draft: Draft | None = None,
        *,
        retry_s: float = RETRY_S,
        late_s: float = LATE_S,
    ) -> None:
        """`first` is the state the wizard opens with; `draft` is the one that it goes on with, locked."""
        self._store = store
        self._first = first
        self._draft = draft
        self._is_own = draft is None
        self._retry_s = retry_s
        self._late_s = late_s
        self._turn = threading.Condition()
        self._newest = first
        self._written = first if draft is None else draft.state
        self._saved: _SavedMark | None = None
        self._waiting_since: float | None = None
        self._problem: Problem | None = None
        self._tried: tuple[WizardState, object] | None = None
        self._goal: Literal["go on", "close", "finish"] = "go on"
        self._ending: Ending | None = None
        self._thread: threading.Thread | None = None

    def keep(self, state: WizardState) -> None:
        """Take over `state`; returns at once."""
        with self._turn:
            self._newest = state
            self._wake()

    def mark_saved(self, state: WizardState, path: str, data: bytes) -> None:
        """The answers of `state` were written to a cluster.yaml: the draft stays until the wizard is closed."""
        with self._turn:
            self._saved = _SavedMark(state, path, data)
            self._wake()

    @property
    def problem(self) -> Problem | None:
        """Why answers are not being kept; None while they are. Cheap: a screen may ask often."""
        since = self._waiting_since
        if self._problem is None and since is not None and time.monotonic() - since > self._late_s:
            return hanging_problem(self._store.folder)
        return self._problem

    @property
    def reason(self) -> Problem:
        """Why a flush has not ended well: what the disk said, or that it says nothing."""
        return self.problem or hanging_problem(self._store.folder)

    @property
    def draft_id(self) -> str:
        """The draft's id; empty as long as there is none."""
        return self._draft.id if self._draft is not None else ""

    def flush(self, timeout_s: float = PATIENCE_S) -> bool:
        """Wait until everything has reached the disk; False when it has not within `timeout_s`."""
        with self._turn:
            return self._turn.wait_for(self._is_settled, timeout_s)

    def close(self, timeout_s: float = PATIENCE_S) -> Ending:
        """Write what is left, and let the draft go. A wizard without an answer leaves none. May be called twice."""
        return self._end("close", timeout_s)

    def finish(self, timeout_s: float = PATIENCE_S) -> Ending:
        """The answers live on in a run, or were thrown away: the draft is removed."""
        return self._end("finish", timeout_s)

    def _end(self, goal: Literal["close", "finish"], timeout_s: float) -> Ending:
        with self._turn:
            if self._goal == "go on":
                self._goal = goal
                self._wake(always=True)
            self._turn.wait_for(lambda: self._ending is not None, timeout_s)
            return self._ending or Ending("lost", problem=self.reason)

    def _is_settled(self) -> bool:
        return self._newest == self._written and self._saved is None

    def _wake(self, *, always: bool = False) -> None:
        if self._is_settled():
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = time.monotonic()
        if self._thread is None and (always or not self._is_settled()):
            # A daemon: a disk that hangs must not keep the program from ending.
            self._thread = threading.Thread(target=self._work, name="drafts", daemon=True)
            self._thread.start()
        self._turn.notify_all()

    # On the thread --------------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(self._has_to_act, self._retry_s if self._problem is not None else None)
                state, saved, goal = self._newest, self._saved, self._goal
                self._tried = (state, saved)
                is_settled = self._is_settled()
            if goal == "finish":
                self._leave(self._finished())
                return
            if is_settled:
                # Taken back before the disk took it: there is nothing to be kept any more.
                self._problem = None
            else:
                self._write(state, saved)
            if goal == "close":
                self._leave(self._closed())
                return

    def _has_to_act(self) -> bool:
        if self._goal != "go on":
            return True
        if self._problem is not None:
            return (self._newest, self._saved) != self._tried
        return not self._is_settled()

    def _write(self, state: WizardState, saved: _SavedMark | None) -> None:
        try:
            self._write_through(state, saved)
        except DraftError as error:
            self._problem = error.problem
            return
        except Exception as error:
            # A bug must neither draw a traceback over the screens nor end the keeping in silence.
            self._problem = unforeseen_problem(error)
            return
        with self._turn:
            self._written = state
            if self._saved is saved:
                self._saved = None
            self._problem = None
            self._waiting_since = None if self._is_settled() else time.monotonic()
            self._turn.notify_all()

    def _write_through(self, state: WizardState, saved: _SavedMark | None) -> None:
        if self._draft is None:
            self._draft = self._store.create(state)
        if saved is not None:
            # In this order: an answer given since the file was saved makes the draft differ from it again.
            self._draft.save(saved.state)
            self._draft.mark_saved(saved.path, saved.data)
        if state != self._draft.state:
            self._draft.save(state)

    def _closed(self) -> Ending:
        if not self._is_settled():
            self._let_go()
            return Ending("lost", problem=self._problem)
        if self._draft is None:
            return Ending("nothing")
        path, saved = str(self._draft.path), self._draft.saved
        is_unanswered = self._is_own and self._newest == self._first
        if saved is None and not is_unanswered:
            self._let_go()
            return Ending("kept", path)
        self._remove()
        return Ending("nothing") if saved is None else Ending("saved", saved.path)

    def _finished(self) -> Ending:
        self._remove()
        return Ending("finished")

    def _remove(self) -> None:
        if self._draft is None:
            return
        try:
            self._draft.finish()
        except OSError as error:
            # It stays in the list, where it can be discarded; its answers are safe elsewhere.
            self._problem = DraftNotKeptError(self._draft.path, error).problem

    def _let_go(self) -> None:
        if self._draft is not None:
            self._draft.close()

    def _leave(self, ending: Ending) -> None:
        with self._turn:
            self._ending = ending
            self._turn.notify_all()
