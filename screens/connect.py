"""Step 3: what to sign in with, and what the provider says to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button

from lattice_tui.errors import LatticeError
from lattice_tui.text import safe_text
from lattice_tui.wizard.paths import CREDENTIALS
from lattice_tui.wizard.signing_in import given, pasted, picked
from lattice_tui.wizard.state import WizardState
from schemas.checks import CheckResult
from screens.connect_dialogs import TRUST, TRUST_IT, fingerprint_of, trust_question
from screens.form import NOT_ENOUGH, FormPage
from screens.found_list import FoundList
from screens.page import Answered
from screens.paste import PasteQuestion
from screens.still import Still

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Found


@dataclass
class SignInWith(Message):
    """The person picked, or pasted, what to sign in with. None: what was given before goes."""

    found: Found | None


def signed_in(state: WizardState, found: Found | None) -> WizardState:
    """The state that signs in with `found`, or with nothing yet."""
    from lattice_tui.providers.credentials import Found

    if found is None and not any(map(bool, given(state))):
        return state
    return picked(state, found if found is not None else Found("env", "", "", is_pasted=True))


class ConnectPage(FormPage):
    """Credentials that were found, the same typed or pasted, and the rows of signing in."""

    _found: tuple[Found, ...] | None = None
    _looked_for: tuple[str, bool] | None = None
    _kept: WizardState | None = None

    def before_rows(self) -> ComposeResult:
        yield Still("Looking for credentials on this computer.", id="found-head", markup=False)
        yield FoundList()

    def buttons(self) -> ComposeResult:
        yield Button("Paste credentials", id="paste", compact=True)
        yield Button("Trust the certificate", id="trust", compact=True)

    @property
    def nothing_asked(self) -> str:
        return f"{NOT_ENOUGH} Pick, type or paste it above."

    # What was found -------------------------------------------------------------------------------------

    def arrive(self, state: WizardState) -> None:
        super().arrive(state)
        self._discover(state)

    def look_anew(self, state: WizardState) -> None:
        super().look_anew(state)
        self._looked_for = None
        self._discover(state)

    def _discover(self, state: WizardState) -> None:
        wanted = (state.provider, state.rehearsal)
        if self._looked_for != wanted:
            self._looked_for = wanted
            self.run_worker(self._find(state), group="discover", exclusive=True, exit_on_error=False)

    async def _find(self, state: WizardState) -> None:
        said = ""
        try:
            found = await asyncio.to_thread(self._seams.discover, state)
        except LatticeError as error:
            found, said = (), f"{safe_text(error.problem.title)}. {safe_text(error.problem.fix)}"
        self._found = found
        head = "Found here. Enter picks; until then none is used."
        if not found:
            head = said or "Nothing to sign in with was found on this computer."
        self.query_one("#found-head", Still).update(head)
        offered = self.query_one(FoundList)
        offered.display = bool(found)
        offered.offer(found, self._shown_state or state)
        if found and self._is_untouched:
            offered.focus()

    @property
    def _is_untouched(self) -> bool:
        """Whether nobody has gone anywhere on this page yet: what was found is the first thing to look at."""
        first = next(iter(self._rows.controls()), None)
        return self.has_nothing and (
            self.app.focused is None or self.app.focused in (first, self.screen.query_one("#next"))
        )

    def show(self, state: WizardState) -> None:
        super().show(state)
        if self._found is not None:
            self.query_one(FoundList).show(state)

    def questions(self) -> list[Widget]:
        offered = self.query_one(FoundList)
        asked = super().questions()
        return [offered, *asked] if offered.display and self._found else asked

    @on(FoundList.Picked)
    def _picked(self, event: FoundList.Picked) -> None:
        event.stop()
        self.post_message(SignInWith(event.found))
        if event.found is None:
            self._rows.controls()[0].focus()

    def needs_keeping(self, state: WizardState) -> bool:
        """Whether a secret was typed or pasted that nobody could find again: not kept yet, and not found anywhere."""
        if not state.secrets or state.rehearsal or self.query_one(FoundList).has_picked:
            return False
        return self._kept is None or self._kept.secrets != state.secrets or given(self._kept) != given(state)

    def was_kept(self, state: WizardState) -> None:
        """What `state` signs in with is kept."""
        self._kept = state

    # Pasting --------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#paste")
    def action_paste(self) -> None:
        """Take whatever the person has."""
        from lattice_tui.providers import registry  # its folder: a provider was chosen

        state = self._shown_state
        credentials = registry.load(state.provider).credentials if state is not None else None
        if state is None or credentials is None:
            return
        provider = state.provider
        self.app.push_screen(
            PasteQuestion(
                EXAMPLES.get(provider, ""), credentials.fields, lambda text: pasted(provider, text), self._pasted
            )
        )

    def _pasted(self, found: Found) -> None:
        self.post_message(SignInWith(found))

    # Trusting a certificate -----------------------------------------------------------------------------

    def _draw_actions(self) -> None:
        super()._draw_actions()
        self.query_one("#trust").display = self._offered is not None

    @property
    def _offered(self) -> CheckResult | None:
        """The row that shows a certificate which can be trusted by its fingerprint."""
        from lattice_tui.wizard.asking import field_of

        if self._shown_state is None or field_of(self._fingerprint_path, self._shown_state.provider) is None:
            return None
        return next((one for one in self.board.results if one.action_id == TRUST and fingerprint_of(one)), None)

    @property
    def _fingerprint_path(self) -> str:
        provider = self._shown_state.provider if self._shown_state is not None else ""
        return f"{CREDENTIALS}.{provider}.fingerprint"

    @on(Button.Pressed, "#trust")
    def action_trust(self) -> None:
        """Show the certificate's fingerprint, and ask."""
        offered = self._offered
        if offered is not None:
            fingerprint = fingerprint_of(offered)
            self.app.push_screen(
                trust_question(offered, self.app.size.width), lambda answer: self._trust(answer, fingerprint)
            )

    def _trust(self, answer: str | None, fingerprint: str) -> None:
        if answer == TRUST_IT:
            self.screen.post_message(Answered({self._fingerprint_path: fingerprint}))


EXAMPLES = {
    "proxmox": "user@realm!token=secret, the three export lines, or a .env file",
    "openstack": "clouds.yaml, an openrc file, or the export lines",
    "aws": "an ini file of ~/.aws, the export lines of the sign-in page, or its JSON",
}
