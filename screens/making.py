"""Making what is missing from a page of the wizard: shown whole, agreed to, done, and written down."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from lattice_tui.text import safe_text
from schemas.problem import Problem
from screens.dialogs import Answer, Question
from screens.lines import hang

if TYPE_CHECKING:
    from lattice_tui.providers.preparing import CanMake, PrepareRequest, Said
    from lattice_tui.wizard.state import WizardState

MAKE = "make-"
"""How the `action_id` of a result begins whose missing thing can be made."""
AGREED = "make"
Prepare = Callable[["PrepareRequest", str], AsyncGenerator["Said", None]]
"""(what to do, the cluster it is for) -> news as they come; what exists is in the inventory before it is told."""


@dataclass
class MakingTold(Message):
    """A line while something is made."""

    text: str


@dataclass
class MakingOffered(Message):
    """What can be made, ready to be asked about."""

    request: PrepareRequest
    offer: CanMake


@dataclass
class MakingEnded(Message):
    """It is made, or it could not be done."""

    problem: Problem | None
    text: str = ""
    """The last line that was told."""


def request_to_list(state: WizardState) -> PrepareRequest:
    """What is asked first: what can be made for these answers. Takes some 0.1 s at first."""
    from lattice_tui.providers.preparing import PrepareRequest
    from lattice_tui.wizard.subjects import subject_of

    subject = subject_of(state, "review")
    return PrepareRequest(subject.provider, "list", {**subject.params, "cluster": state.name}, subject.secrets)


async def find_offer(
    tell: Callable[[Message], object], prepare: Prepare, request: PrepareRequest, wanted: str, cluster: str
) -> None:
    """Ask the provider what can be made, and tell about `wanted` (`keypair`). Changes nothing."""
    from lattice_tui.providers.preparing import CanMake, Failed

    tell(MakingTold("Looking at what can be made"))
    async with aclosing(prepare(request, cluster)) as said:
        async for one in said:
            if isinstance(one, Failed):
                tell(MakingEnded(one.problem))
                return
            if isinstance(one, CanMake) and one.id == wanted:
                tell(MakingOffered(replace(request, work="make", ids=(wanted,)), one))
                return
    nothing = f"there is no {wanted} that could be made from here"
    tell(MakingEnded(Problem(code="LT-MAKE-002", title=nothing, fix="Make it in the provider's own console")))


async def make(tell: Callable[[Message], object], prepare: Prepare, request: PrepareRequest, cluster: str) -> None:
    """Make it, and tell every line. Being cancelled ends the work; what exists by then is written down."""
    from lattice_tui.providers.preparing import Failed, News

    last = ""
    async with aclosing(prepare(request, cluster)) as said:
        async for one in said:
            if isinstance(one, Failed):
                tell(MakingEnded(one.problem, last))
                return
            if isinstance(one, News):
                last = one.text
                tell(MakingTold(last))
    tell(MakingEnded(None, last))


def making_question(offer: CanMake, width: int) -> Question:
    """Everything that will be done, before it is: Enter on the second answer makes it, the first one is No."""
    room = max(40, min(width - 12, 72))
    lines = [
        *(hang("why   ", safe_text(offer.missing, 400), room) if offer.missing else ()),
        *(line for step in offer.will for line in hang("will  ", safe_text(step, 400), room)),
        *hang("then  ", safe_text(offer.changes, 400), room),
        *hang("undo  ", f"{safe_text(offer.undo_words, 400)} (lattice make --undo)", room),
    ]
    answers = [Answer("no", "Leave it as it is"), Answer(AGREED, "Make it now")]
    return Question(safe_text(offer.title, 70), Content("\n".join(lines)), answers)
