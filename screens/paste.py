"""`PasteQuestion`: whatever a person has of their credentials; it says what it understood before it takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.widgets import Button, TextArea

from lattice_tui.text import safe_text
from schemas.fields import Field
from schemas.problem import Problem
from screens.dialogs import Dialog
from screens.masked import masked
from screens.problem_content import labelled, problem_content
from screens.still import Still
from screens.worker_trouble import TellsWorkerTrouble

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Found

TEXT_WIDTH = 68
LABEL_WIDTH = 18
AFTER_S = 0.15
"""After the last letter, before what stands there is read."""
MAX_CHARACTERS = 200_000
TAKEN = "taken"
NOTHING_YET = "Nothing yet. Values are drawn as stars; nothing is used before you say so."


class MaskedArea(TextArea):
    """A text of several lines whose values are drawn as stars."""

    class WasPasted(Message):
        """Something was pasted as a whole."""

    def get_line(self, line_index: int) -> Text:
        return Text(masked(self.document.get_line(line_index)), end="", no_wrap=True)

    async def _on_paste(self, event: Paste) -> None:
        await super()._on_paste(event)
        self.post_message(self.WasPasted())


class PasteQuestion(TellsWorkerTrouble, Dialog):
    """Reads what is pasted while it stands there; nothing of it is kept or used before it is taken."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+n", "take", "Use it", priority=True)]

    def __init__(
        self,
        examples: str,
        fields: Sequence[Field],
        parse: Callable[[str], Found | Problem],
        take: Callable[[Found], object],
    ) -> None:
        """`examples` says what can be pasted; `parse` reads it without touching anything; `take` is told once."""
        super().__init__("Paste your credentials")
        self._examples = examples
        self._fields = tuple(fields)
        self._parse = parse
        self._take = take
        self._understood: Found | None = None
        self._is_awaited = False
        self.add_class("-paste")

    def contents(self) -> ComposeResult:
        yield Still(Content(self._examples), classes="dialog-hint")
        yield MaskedArea(soft_wrap=False, compact=True, highlight_cursor_line=False)
        with VerticalScroll(id="understood", can_focus=False):
            yield Still("", id="understood-text", markup=False)
        with Horizontal(id="paste-buttons"):
            yield Button("Use it", id="use-it", compact=True)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        self._say(None)

    @on(MaskedArea.WasPasted)
    def _pasted(self, event: MaskedArea.WasPasted) -> None:
        event.stop()
        # Whoever pastes it whole has nothing to add: the next key may be Enter.
        self._is_awaited = True

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.run_worker(self._read(event.text_area.text), group="read", exclusive=True, exit_on_error=False)

    async def _read(self, text: str) -> None:
        await asyncio.sleep(AFTER_S)
        if not text.strip():
            self._say(None)
            return
        if len(text) > MAX_CHARACTERS:
            self._say(None, f"{len(text)} characters are too many for credentials: paste only the part with them.")
            return
        self._say(await asyncio.to_thread(self._parse, text))

    def _say(self, said: Found | Problem | None, nothing: str = NOTHING_YET) -> None:
        self._understood = None if said is None or isinstance(said, Problem) else said
        if said is None:
            text = Content(nothing)
        elif isinstance(said, Problem):
            text = problem_content(said, TEXT_WIDTH)
        else:
            text = understood(said, self._fields, TEXT_WIDTH)
        self.query_one("#understood-text", Still).update(text)
        self.query_one("#use-it", Button).disabled = self._understood is None
        if self._is_awaited and self._understood is not None:
            self._is_awaited = False
            self.query_one("#use-it", Button).focus()

    @on(Button.Pressed, "#use-it")
    def action_take(self) -> None:
        """Take what was understood."""
        if self._understood is not None:
            self._take(self._understood)
            self.dismiss(TAKEN)


def understood(found: Found, fields: Sequence[Field], width: int) -> Content:
    """What each part of the text was taken for; of a secret, how long it is."""
    lines = [Content.assemble(("Understood", "bold $success"), f"  {safe_text(found.label)}")]
    known = {field.path.rpartition(".")[2]: field for field in fields}
    for name, value in found.values.items():
        label = known[name].label if name in known else name.replace("_", " ")
        said = safe_text(value) if "BEGIN" not in value else f"{len(value.splitlines())} lines of a certificate"
        lines.append(labelled(label, said, width, LABEL_WIDTH))
    for name, secret in found.secrets.items():
        label = known[name].label if name in known else name.replace("_", " ")
        lines.append(labelled(label, f"{len(secret.reveal())} characters, not shown", width, LABEL_WIDTH))
    lines += [labelled("mind", remark, width, LABEL_WIDTH) for remark in found.remarks]
    return Content("\n").join(lines)
