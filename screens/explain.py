"""The explanation of a field, for the third pane and for F1."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from lattice_tui.text import safe_text
from lattice_tui.wizard.paths import CREDENTIALS, is_under
from schemas.fields import Field
from screens.still import Still

SIGNS_IN = "not there: it signs in, and is kept apart"


def explanation(field: Field, answer: str) -> Content:
    """Everything the field declares about itself, as paragraphs; `answer` is what stands there now."""
    # What a preset or a file says is not the field's own default.
    is_default = bool(field.default) and answer == field.default
    parts: list[tuple[str, str]] = [
        ("", _sentence(field.help)),
        ("Why", field.why),
        ("Where to find it", field.where),
        ("Example", field.example),
        ("Filled in", _sentence(field.default_reason) if is_default else ""),
        ("In cluster.yaml", SIGNS_IN if is_under(field.path, CREDENTIALS) else field.path),
    ]
    blocks = [_block(title, text) for title, text in parts if text]
    return Content("\n\n").join(blocks)


def _sentence(text: str) -> str:
    """A field's few words as a sentence."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _block(title: str, text: str) -> Content:
    clean = safe_text(text, 1024)
    return Content.assemble((title, "$dim"), "\n", clean) if title else Content(clean)


class ExplainPane(VerticalScroll, can_focus=False):
    """Explains the field that has the focus; from 120 columns on it is always there."""

    _explain: Callable[[], tuple[str, Content]] | None = None

    def compose(self) -> ComposeResult:
        yield Still("", classes="strong", id="explain-title", markup=False)
        yield Still("", id="explain-body", markup=False)

    def show(self, explain: Callable[[], tuple[str, Content]]) -> None:
        """Explain something else; `explain` gives title and text, and is asked only where there is room for them."""
        self._explain = explain
        if self.size.width:
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._explain is not None:
            title, body = self._explain()
            self.query_one("#explain-title", Still).update(Content(title))
            self.query_one("#explain-body", Still).update(body)
