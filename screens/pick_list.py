"""A live pick-list in text: its rows, where it stands, and what the current entry means. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from textual.content import Content

from lattice_tui.text import safe_text
from schemas.choices import LiveChoice, LiveChoices
from screens import words
from screens.lines import Line, columns, hang
from screens.problem_content import labelled

SAID_AFTER_S = 1.0
MARK_WIDTH = 3
MAX_LABEL_WIDTH = 36
MAX_FACT_WIDTH = 18
LEAST_WHY_WIDTH = 12
LABEL_WIDTH = 10


@dataclass(frozen=True, slots=True)
class PickList:
    """What is known of one field's choices."""

    found: LiveChoices | None = None
    """The newest answer; None before there is one."""
    since: datetime | None = None
    """When the question that is under way was asked; None when none is."""
    source: str = ""
    """Who is asked, for people: `pve.example.com`."""


def matching(found: LiveChoices | None, typed: str) -> tuple[LiveChoice, ...]:
    """The entries that hold every word of `typed`, wherever; in their own order."""
    if found is None:
        return ()
    asked = typed.casefold().split()
    if not asked:
        return found.choices
    return tuple(one for one in found.choices if all(word in _searched(one) for word in asked))


def _searched(choice: LiveChoice) -> str:
    return " ".join((choice.label, choice.value, *choice.facts)).casefold()


def offers_typed(found: LiveChoices | None, typed: str) -> bool:
    """Whether what was typed can be taken as it is: any text that is not an entry's value already."""
    text = typed.strip()
    return bool(text) and text not in {one.value for one in (found.choices if found else ())}


def choice_lines(entries: Sequence[LiveChoice], chosen: Sequence[str], width: int) -> list[Line]:
    """One line an entry: whether it is taken, its name, its facts in columns; for one that cannot be taken, why."""
    label_width = min(MAX_LABEL_WIDTH, max((cell_len(safe_text(one.label)) for one in entries), default=0))
    label_width = min(label_width, max(8, width // 2))
    fact_widths = _fact_widths(entries, width - MARK_WIDTH - label_width - 4)
    return [_choice_line(one, chosen, width, label_width, fact_widths) for one in entries]


def _choice_line(
    one: LiveChoice, chosen: Sequence[str], width: int, label_width: int, fact_widths: Sequence[int]
) -> Line:
    left = width - MARK_WIDTH - label_width - 4
    mark = "(x)" if one.value in chosen else "( )" if one.usable else " - "
    if not one.usable:
        return columns(
            [(mark, "dim", MARK_WIDTH), (one.label, "dim", label_width), (f"cannot: {one.why}", "dim", left)]
        )
    cells = [(mark, "ok" if one.value in chosen else "", MARK_WIDTH), (one.label, "", label_width)]
    for number, fact_width in enumerate(fact_widths):
        cells.append((one.facts[number] if number < len(one.facts) else "", "dim", fact_width))
        left -= fact_width + 2
    if one.why and left >= LEAST_WHY_WIDTH:
        cells.append((one.why, "warn", left))
    return columns(cells)


def _fact_widths(entries: Sequence[LiveChoice], room: int) -> list[int]:
    """Widths of as many columns of facts as there is room for, from the left."""
    usable = [one for one in entries if one.usable]
    widths: list[int] = []
    for number in range(max((len(one.facts) for one in usable), default=0)):
        longest = max(cell_len(safe_text(one.facts[number])) for one in usable if number < len(one.facts))
        fact_width = min(MAX_FACT_WIDTH, longest)
        if sum(widths) + 2 * len(widths) + fact_width > room:
            break
        widths.append(fact_width)
    return widths


def typed_line(typed: str, width: int) -> Line:
    """The row that takes what was typed as it stands."""
    return columns([("( )", "", MARK_WIDTH), (f"Use what you typed: {typed.strip()}", "now", width - MARK_WIDTH - 2)])


def standing(state: PickList, shown: int, typed: str, now: datetime, width: int) -> Content:
    """Where the list stands: what it waits for, why there is nothing, or how much there is. At most two lines."""
    text = " ".join(_standing(state, shown, typed, now))
    return Content("\n".join(hang("", text, width)[:2]))


def _standing(state: PickList, shown: int, typed: str, now: datetime) -> list[str]:
    found = state.found
    asked = f"Asking {safe_text(state.source) or 'the provider'} for the list"
    if state.since is not None:
        waited_s = (now - state.since).total_seconds()
        said = [f"{asked}, {words.short_duration(waited_s)}." if waited_s >= SAID_AFTER_S else f"{asked}."]
        return [*said, "You can type the value already."] if found is None else said
    if found is None:
        return ["The list has not been asked for. F3 asks, or type the value."]
    if found.status == "unknown":
        return [f"No list: {_sentence(found.reason)}", "Type the value, or F3 asks again."]
    if not found.choices:
        return [f"There is nothing to choose from. {_sentence(found.reason)}"]
    return _counted(found, shown, typed)


def _counted(found: LiveChoices, shown: int, typed: str) -> list[str]:
    total = max(found.total, len(found.choices))
    if typed.strip():
        said = [f"{shown} of {total} match." if shown else f"None of {total} matches what you typed."]
        return said if total == len(found.choices) else [*said, f"Only the first {len(found.choices)} were sent."]
    usable = sum(one.usable for one in found.choices)
    said = ["1 entry." if total == 1 else f"{total} entries."]
    if usable < len(found.choices):
        said.append("None of them can be taken." if not usable else f"{len(found.choices) - usable} cannot be taken.")
    if total > len(found.choices):
        said.append(f"Only the first {len(found.choices)} were sent: type the value of another one.")
    if found.reason and (found.proposed or not usable):
        said.append(_sentence(found.reason) if not found.proposed else f"Proposed: {_sentence(found.reason)}")
    if found.simulated:
        said.append("Answers are simulated.")
    return said


def entry_detail(one: LiveChoice, width: int, lines: int) -> Content:
    """What cannot be seen in its row: the value that is written, all facts, and why."""
    rows = [
        ("name", safe_text(one.label) if one.value != one.label else ""),
        ("written as", safe_text(one.value)),
        ("cannot be" if not one.usable else "mind", safe_text(one.why)),
        ("facts", ", ".join(safe_text(fact) for fact in one.facts if fact)),
    ]
    text = Content("\n").join([labelled(word, said, width, LABEL_WIDTH + 1) for word, said in rows if said])
    return Content("\n").join(text.split("\n")[:lines])


def cannot_take(one: LiveChoice, width: int) -> Content:
    """Said when somebody wants an entry that cannot be taken."""
    text = f"{safe_text(one.label)} cannot be taken: {_sentence(safe_text(one.why) or 'the provider says so')}"
    return Content("\n".join(hang("", text, width)[:3])).stylize("$error")


def _sentence(text: str) -> str:
    clean = safe_text(text, 1024).strip()
    return f"{clean}." if clean and clean[-1] not in ".:" else clean
