"""The explanation of a field, for the third pane and for F1."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lattice_tui.text import safe_text
from schemas.fields import Field


def explanation(field: Field) -> Content:
    """Everything the field declares about itself, as paragraphs."""
    parts: list[tuple[str, str]] = [
        ("", field.help),
        ("Why", field.why),
        ("Where to find it", field.where),
        ("Example", field.example),
        ("Filled in", _default(field)),
        ("In cluster.yaml", field.path),
    ]
    blocks = [_block(title, text) for title, text in parts if text]
    return Content("\n\n").join(blocks)


def _default(field: Field) -> str:
    if not field.default:
        return ""
    return f"{field.default}: {field.default_reason}" if field.default_reason else field.default


def _block(title: str, text: str) -> Content:
    clean = safe_text(text, 1024)
    return Content.assemble((title, "$dim"), "\n", clean) if title else Content(clean)


class ExplainPane(VerticalScroll, can_focus=False):
    """Explains the field that has the focus; from 120 columns on it is always there."""

    def compose(self) -> ComposeResult:
        yield Static("", classes="strong", id="explain-title", markup=False)
        yield Static("", id="explain-body", markup=False)

    def show(self, title: str, body: Content) -> None:
        """Explain something else."""
        self.query_one("#explain-title", Static).update(Content(title))
        self.query_one("#explain-body", Static).update(body)
