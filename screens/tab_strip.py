"""The panes of the progress screen as one line, where only one of them fits."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

TABS = (("steps", "s", "Steps"), ("machines", "m", "Machines"), ("events", "e", "Events"), ("log", "l", "Log"))


class TabStrip(Static):
    """Each pane under its letter; the one that is shown in brackets."""

    def show(self, current: str, remarks: dict[str, str]) -> None:
        """`remarks` stand beside a pane's name: a count, or a word."""
        parts = []
        for tab, letter, title in TABS:
            remark = f" {remarks[tab]}" if remarks.get(tab) else ""
            if tab == current:
                parts.append(Content.assemble((f"[{letter} {title}{remark}]", "bold $accent")))
            else:
                parts.append(Content.assemble((f" {letter} ", "$accent"), (f"{title}{remark} ", "$dim")))
        self.update(Content(" ").join(parts))
