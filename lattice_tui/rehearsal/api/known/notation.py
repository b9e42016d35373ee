"""The notation of our kind definitions, read into a tree of lines.

    # A remark.
    type LocalObjectReference              a shape that several kinds use by its name
      name! string -- The object's name.   `!`: it must be there; after ` -- `: what `kubectl explain` says
    alias Count int min=0                  a simple type by a name
    kind apps/v1 Deployment -- Keeps pods running.
      select status.phase                  what field selectors may name
      scale .spec.replicas .status.replicas .status.selector
      | Phase ; string ; .status.phase ; 0 ; Where it stands.
      spec -- What is wanted.              an object: its fields are the lines below it
        replicas int default=1 min=0
        ports [ContainerPort] keys=containerPort,protocol merge=containerPort
        parts []                           a list of objects, whose fields are the lines below
        labels {string}                    a map of texts

Types: string int long number bool bytes time microtime quantity intstr any object, `[type]`, `{type}`, and the name of
a `type` or `alias`. Options: default enum (words with commas) keys set atomic granular whole merge strategy min max
minLength maxLength minItems maxItems minProperties maxProperties pattern format nullable open embedded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

INDENT = "  "
ABOUT = " -- "


class NotationError(ValueError):
    """A line that is not of the notation; the message shows it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with the lines below it."""

    words: tuple[str, ...]
    """The name first; a trailing `!` of the name is still there."""
    about: str
    below: list[Line] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The field's name."""
        return self.words[0].removesuffix("!")

    @property
    def is_required(self) -> bool:
        """Whether the field must be there."""
        return self.words[0].endswith("!")


def read(lines: Iterable[str]) -> list[Line]:
    """The lines without indentation, each with those below it. Raises NotationError."""
    root = Line(("",), "")
    open_lines = [root]
    for text in lines:
        content = text.strip()
        if not content or content.startswith("#"):
            continue
        depth = (len(text) - len(text.lstrip(" "))) // len(INDENT)
        if depth >= len(open_lines):
            raise NotationError(f"indented too far: {content}")
        line = _line(content)
        del open_lines[depth + 1 :]
        open_lines[depth].below.append(line)
        open_lines.append(line)
    return root.below


def _line(content: str) -> Line:
    if content.startswith("|"):
        return Line(("|", *(part.strip() for part in content[1:].split(" ; "))), "")
    definition, _, about = content.partition(ABOUT)
    return Line(tuple(definition.split()), about)
