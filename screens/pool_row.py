"""`PoolRow`: one worker pool on the Size page, with its number of machines."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from lattice_tui.text import safe_text
from lattice_tui.wizard.paths import pool_replicas
from screens.page import FieldInput
from screens.still import Still

USUAL_WIDTH = 18
WIDEST = 34
"""Cells for a label; a longer name is cut, and is whole in cluster.yaml."""


class PoolRow(Horizontal):
    """The pool's name and its number."""

    def __init__(self, pool: str, pools: tuple[str, ...], replicas: str = "", *, takes_focus: bool = False) -> None:
        super().__init__(classes="field")
        self.pool = pool
        self._replicas = replicas
        self._takes_focus = takes_focus
        self._label = Still("", classes="field-label", markup=False)
        self._hint = Still(Content("usual 1 to 5; 0 is allowed"), classes="dim")
        self.relabel(pools)

    def compose(self) -> ComposeResult:
        yield self._label
        yield FieldInput(pool_replicas(self.pool), max_length=9, width=8)
        yield self._hint

    def on_mount(self) -> None:
        field = self.query_one(FieldInput)
        field.fill(self._replicas)
        if self._takes_focus:
            field.focus()

    def relabel(self, pools: tuple[str, ...]) -> None:
        """Draw the label anew: a pool is only named where there are several, which leaves no room for the hint."""
        self._label.update(_label(self.pool, pools))
        self._label.styles.width = _label_width(pools)
        self._hint.display = len(pools) == 1


def _label_width(pools: tuple[str, ...]) -> int:
    """Cells for the labels of all pools."""
    return max(USUAL_WIDTH, min(WIDEST, max((len(_label(pool, pools).plain) for pool in pools), default=0) + 2))


def _label(pool: str, pools: tuple[str, ...]) -> Content:
    return Content("Workers" if len(pools) == 1 else safe_text(f"Workers in {pool}", WIDEST - 2))
