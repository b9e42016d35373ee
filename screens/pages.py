"""Which page stands for which step. A page is made at the first visit."""

from __future__ import annotations

from lattice_tui.wizard.asking import questions
from lattice_tui.wizard.paths import VERSION
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.choices import LiveChoice, LiveChoices
from screens.app import LatticeApp
from screens.computer import ComputerPage
from screens.form import FormPage, KnownBoard
from screens.page import Page
from screens.review import ReviewPage
from screens.size import SizePage
from screens.version import VersionPage
from screens.where import WherePage

OF_A_PROVIDER: tuple[StepId, ...] = ("connect", "build", "addresses")
"""Steps whose page asks what one provider alone asks: each provider has its own."""


def page_key(state: WizardState) -> str:
    """Names the page of this step; part of its id."""
    return f"{state.step}-{state.provider}" if state.step in OF_A_PROVIDER else state.step


def make_page(app: LatticeApp, state: WizardState, known: KnownBoard) -> Page:
    """The page of the step that the state is at. `known`: what the provider's checks have said so far."""
    if state.step in OF_A_PROVIDER:
        return _form(app, state, known)
    if state.step == "where":
        return WherePage()
    if state.step == "computer":
        return ComputerPage(app.seams, app.clock)
    if state.step == "size":
        return SizePage(state.pools, app.seams, app.clock)
    return VersionPage(app.version_choices(state)) if state.step == "version" else ReviewPage()


def _form(app: LatticeApp, state: WizardState, known: KnownBoard) -> Page:
    from lattice_tui.providers import registry  # its folder: a provider was chosen

    makers: dict[StepId, type[FormPage]] = {"build": FormPage}
    if state.step == "connect":
        from screens.connect import ConnectPage

        makers["connect"] = ConnectPage
    elif state.step == "addresses":
        from screens.addresses import AddressesPage

        makers["addresses"] = AddressesPage
    asks_version = any(one.path == VERSION for one in questions(state, state.step))
    return makers[state.step](
        state.step,
        registry.load(state.provider).card.title,
        app.seams,
        app.clock,
        known,
        _versions(app, state) if asks_version else None,
    )


def _versions(app: LatticeApp, state: WizardState) -> LiveChoices:
    """The versions that every part supports, as a list to pick from."""
    offered = app.version_choices(state)
    choices = tuple(LiveChoice(one.version, one.version, (one.remark,), "") for one in offered)
    return LiveChoices(VERSION, "ok", choices, total=len(choices))
