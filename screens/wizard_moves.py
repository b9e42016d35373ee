"""From one step of the wizard to the next: what may stand in the way, and what is asked first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Button, ContentSwitcher

from lattice_tui.wizard import steps
from lattice_tui.wizard.composing import problems_of
from lattice_tui.wizard.paths import CREDENTIALS_NAME, CREDENTIALS_SOURCE
from lattice_tui.wizard.signing_in import form_problems
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.problem import Problem
from screens.checking_page import CheckingPage
from screens.computer_dialogs import continue_question
from screens.form import FormPage, KnownBoard
from screens.page import Page
from screens.pages import make_page, page_key
from screens.review import ReviewPage
from screens.wizard_frame import WizardFrame

NOT_SIGNED_IN = (
    "There is nothing to sign in with. Going on works: nothing is looked at over there, lists stay empty and values "
    "are typed."
)


class WizardMoves(WizardFrame):
    """Holds the answers and the pages; a page is made at the first visit."""

    wizard: reactive[WizardState | None] = reactive(None, init=False, repaint=False)
    """The answers so far. Everything drawn follows from them."""

    def __init__(self, first: WizardState) -> None:
        super().__init__()
        self._first = first
        self._pages: dict[str, Page] = {}
        self._known = KnownBoard()

    @property
    def state(self) -> WizardState:
        """The answers so far."""
        return self.wizard or self._first

    @property
    def page(self) -> Page | None:
        """The page that is shown; None until the first one is there."""
        return self._pages.get(page_key(self.state))

    async def go(self, step: StepId) -> None:
        """Show a step."""
        if self.page is not None:
            self.page.leave()
        switcher = self.query_one(ContentSwitcher)
        there = replace(self.state, step=step)
        key = page_key(there)
        page_id = f"page-{key}"
        if key not in self._pages:
            page = make_page(self.lattice, there, self._known)
            page.id = page_id
            self._pages[key] = page
            await switcher.add_content(page, set_current=True)
        switcher.current = page_id
        self.wizard = self.state.at(step)
        self.say(())
        self.arrived()
        # Before the page is painted: whoever sees it may type at once.
        self.focus_page()

    def arrived(self) -> None:
        """A page is shown: it begins its work."""
        if self.page is not None:
            self.page.arrive(self.state)

    def focus_page(self) -> None:
        """To the first question, or to what comes next."""
        if self.page is not None and self.page.questions():
            self.page.focus_first()
        else:
            start = self.query_one("#start", Button)
            is_review = self.state.step == "review"
            (
                start if is_review and start.display else self.query_one("#save" if is_review else "#next", Button)
            ).focus()

    async def action_next(self) -> None:
        """Go on, or go to the first problem and list all."""
        page = self.page
        if isinstance(page, ReviewPage):
            # Starting takes a key of its own: a Ctrl-N too many starts nothing.
            self.focus_page()
            does = "saves the file and starts" if self.query_one("#start").display else "saves the file"
            page.say(Content(f"Enter {does}. Tab goes to the other choices."))
        elif isinstance(page, CheckingPage):
            self._leave_checks(page)
        else:
            problems = problems_of(self.state, steps.step(self.state.step))
            self.say(problems)
            if problems and page is not None:
                page.focus_path(problems[0].path)
            else:
                await self._go_on()

    def _leave_checks(self, page: CheckingPage) -> None:
        if isinstance(page, FormPage) and self._has_form_problems(page):
            return
        is_asked = isinstance(page, FormPage) and page.is_refused
        if page.is_blocked and not is_asked:
            page.refuse()
        elif page.is_clear:
            self._leave()
        else:
            has_nothing = isinstance(page, FormPage) and page.has_nothing
            if isinstance(page, FormPage) and not page.is_up_to_date:
                page.look_soon()
            more = {"nothing": NOT_SIGNED_IN} if has_nothing else {}
            self.app.push_screen(continue_question(page.verdict, self.app.size.width, **more), self._continue_answered)

    def _has_form_problems(self, page: FormPage) -> bool:
        """Lists what the document, or signing in, cannot do without."""
        of_form = form_problems(self.state) if page.STEP == "connect" and not page.has_nothing else ()
        problems = (*of_form, *problems_of(self.state, steps.step(self.state.step)))
        self.say(problems)
        if problems:
            page.focus_path(problems[0].path)
        return bool(problems)

    def _continue_answered(self, answer: str | None) -> None:
        if answer == "continue":
            self._leave()

    def _leave(self) -> None:
        """On from a page with checks; a secret that nobody could find again is kept first."""
        from screens.connect import ConnectPage

        page = self.page
        if isinstance(page, ConnectPage) and page.needs_keeping(self.state):
            self.run_worker(self._keep_first(page.was_kept), group="keep", exclusive=True, exit_on_error=False)
        else:
            self.call_later(self._go_on)

    async def _keep_first(self, was_kept: Callable[[WizardState], None]) -> None:
        from screens.keeping import kept

        done = await kept(self.lattice, self.lattice.seams, self.state)
        if done is None:
            return
        if isinstance(done, Problem):
            self.say((done,))
            return
        state = self.state
        for path in (CREDENTIALS_SOURCE, CREDENTIALS_NAME):
            state = state.with_answer(path, done.answer(path))
        self.wizard = state
        was_kept(state)
        await self._go_on()

    async def _go_on(self) -> None:
        await self.go(steps.after(self.state.step, self.state.provider))

    async def action_back(self) -> None:
        """The step before; from the first one to the welcome. Nothing is lost."""
        before = steps.before(self.state.step, self.state.provider)
        if before is not None:
            await self.go(before)
        else:
            self.leave_for_welcome()

    def leave_for_welcome(self) -> None:
        """From the first step there is only the welcome to go back to."""
        self.lattice.show_welcome()
