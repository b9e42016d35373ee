"""Where one is: all steps, in one line or as a list at the side."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from lattice_tui.wizard.steps import StepId, step
from screens.still import Still


@dataclass(frozen=True, slots=True)
class StepMark:
    """How one step stands: `here`, `ok`, `fail` or `open`."""

    step: StepId
    word: str
    answer: str = ""
    """What was answered there, in few words."""


ROOMY_STEPS = 5
"""With more of them the gaps go, so that a line of 80 columns names all."""
TONES = {"here": "bold $accent", "ok": "$success", "fail": "bold $error", "open": "$dim"}


class StepStrip(Still):
    """One line: the steps in order, the current one in brackets; where not all names fit, the others are numbers."""

    _marks: tuple[StepMark, ...] = ()

    def show(self, marks: tuple[StepMark, ...]) -> None:
        self._marks = marks
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        whole = self._line(has_names=True)
        is_too_long = 0 < self.content_size.width < whole.cell_length
        self.update(self._line(has_names=False) if is_too_long else whole)

    def _line(self, *, has_names: bool) -> Content:
        parts = []
        for number, mark in enumerate(self._marks, 1):
            is_here = mark.word == "here"
            name = f"{number} {step(mark.step).short}" if has_names or is_here else str(number)
            parts.append(Content.assemble((f"[{name}]" if is_here else f" {name} ", TONES[mark.word])))
        return Content(" " if len(parts) <= ROOMY_STEPS else "").join(parts)


class StepRail(Still):
    """The steps as a list, each with its word. Where there is no room for it, nothing is drawn."""

    _marks: tuple[StepMark, ...] = ()
    _line_count = 0

    def show(self, marks: tuple[StepMark, ...]) -> None:
        self._marks = marks
        if self.size.width:
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        lines = []
        for number, mark in enumerate(self._marks, 1):
            title = f"{number} {step(mark.step).title}"
            tone = "bold" if mark.word == "here" else ""
            lines.append(Content.assemble((f"{mark.word:<5}", TONES[mark.word]), (title, tone)))
            if mark.answer:
                lines.append(Content.assemble((f"     {mark.answer}", "$dim")))
            lines.append(Content(""))
        # What was typed may make a line longer, never the list.
        self.update(Content("\n").join(lines), layout=len(lines) != self._line_count)
        self._line_count = len(lines)
