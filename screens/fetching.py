"""The live lists of one step: what was fetched, with what, and what has to be fetched again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from lattice_tui.errors import LatticeError
from lattice_tui.wizard.signing_in import given
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from lattice_tui.wizard.subjects import subject_of
from schemas.choices import LiveChoices
from screens.clock import Clock
from screens.pick_list import PickList
from screens.seams import Seams

NOT_SIGNED_IN = "nobody is signed in: the step Connect does that"


@dataclass
class Lists:
    """The lists of a form by the path of their field. `tell` is called whenever one has changed."""

    seams: Seams
    clock: Clock
    tell: Callable[[str], object]
    lists: dict[str, PickList] = field(default_factory=dict)
    fallback: dict[str, PickList] = field(default_factory=dict)
    """What stands at a path as long as the provider has nothing to choose from there."""

    def of(self, path: str) -> PickList:
        """What is known of the list at `path`."""
        return self.lists.get(path, PickList())

    async def fetch(self, state: WizardState, step: StepId, paths: Sequence[str], source: str) -> None:
        """Ask for all of `paths`, side by side; what is known stays until the new answer is there."""
        if not paths:
            return
        values, secrets = given(state)
        if not values and not secrets:
            for path in paths:
                self._put(path, PickList(LiveChoices(path, "unknown", reason=NOT_SIGNED_IN)))
            return
        now = self.clock()
        for path in paths:
            self._put(path, replace(self.of(path), since=now, source=source))
        try:
            await self._ask(state, step, paths)
        except LatticeError as error:
            problem = error.problem
            self._fail(paths, ". ".join(part for part in (problem.title, problem.fix) if part))
        finally:
            # Given up half way: nothing is waited for any more.
            for path in paths:
                if self.of(path).since is not None:
                    self._put(path, replace(self.of(path), since=None))

    async def _ask(self, state: WizardState, step: StepId, paths: Sequence[str]) -> None:
        from lattice_tui.providers.choosing import ChoicesRequest  # registry and friends, once a list is wanted

        subject = await asyncio.to_thread(subject_of, state, step)
        request = ChoicesRequest(subject.provider, tuple(paths), subject.params, subject.secrets)
        async with aclosing(self.seams.choices(request)) as lists:
            async for found in lists:
                self._put(found.field, PickList(found, source=self.of(found.field).source))

    def _fail(self, paths: Sequence[str], reason: str) -> None:
        for path in paths:
            if self.of(path).since is not None:
                self._put(path, PickList(LiveChoices(path, "unknown", reason=reason)))

    def _put(self, path: str, known: PickList) -> None:
        has_some = known.found is not None and known.found.status == "ok" and known.found.choices
        self.lists[path] = known if has_some or known.since is not None else self.fallback.get(path, known)
        self.tell(path)
