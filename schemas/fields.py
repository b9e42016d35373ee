"""`Field`: one question, declared once and drawn everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["text", "integer", "choice", "secret"]

Answers = Mapping[str, str]
"""Field path -> the text a person gave. Every answer is text until the document's models read it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a field."""

    value: str
    label: str
    why: str = ""
    """Why one would pick it, or, when unusable, why one cannot."""
    usable: bool = True


def always(_answers: Answers) -> bool:
    """The default for `shown_when`."""
    return True


@dataclass(frozen=True, slots=True)
class Field:
    """A question: rendered as widget, line prompt, review row, schema description and docs row."""

    path: str
    """Where the answer goes in cluster.yaml."""
    label: str
    help: str
    why: str = ""
    where: str = ""
    """Where to find the value, in the person's own console."""
    example: str = ""
    default: str = ""
    default_reason: str = ""
    """Why that default; without a default: what holds when nothing is written."""
    kind: FieldKind = "text"
    choices: tuple[Choice, ...] = ()
    shown_when: Callable[[Answers], bool] = always
    notes: tuple[str, ...] = ()
    """What else is good to know, a sentence each."""
    live: bool = False
    """Its choices come from the provider, as it says right now: see `Provider.choices`."""
    pattern: str = ""
    """What the text looks like, as JSON Schema says it: never narrower than the reader's own rule."""


@dataclass(frozen=True, slots=True)
class Part:
    """A key that holds other keys: nothing is asked, but there is something to say about it."""

    path: str
    label: str
    help: str
    notes: tuple[str, ...] = ()
    comment: str = ""
    """Stands beside it in a fresh file; empty where its name says enough."""
