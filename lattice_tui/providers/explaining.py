"""What is known of one key of cluster.yaml, found by whatever a person writes for its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.document.pins import pins
from lattice_tui.document.places import keys_of
from lattice_tui.document.value_text import QuotedText, flow_text
from lattice_tui.providers.key_tree import ANY_NAME, ITEM, Key, default_of, document_tree, every_key, example_of

VERSION: Final = "spec.provider.kubernetes.version"
_KINDS: Final = {
    "text": "text",
    "switch": "true or false",
    "choice": "one of the words below",
    "map": "a map of keys",
    "names": "a map; its keys are yours to choose",
    "anything": "a map of keys",
}
_GUESS_MAX_LENGTH = 200
_ALIKE = 0.8
"""Paths share long beginnings: what is less alike than this is another path."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One word that may stand there."""

    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One key in words, ready to be drawn or sent as JSON. What does not apply is empty."""

    path: str
    label: str
    help: str
    type: str
    required: bool
    default: str
    """What holds when it is absent, with the reason; of a required key what the wizard proposes."""
    allowed: tuple[Allowed, ...]
    example: str
    """A line of YAML."""
    why: str
    where: str
    notes: tuple[str, ...]
    below: tuple[str, ...]
    """Paths of the questions under it."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing is known by that path, or more than one thing."""

    written: str
    meant: tuple[str, ...]
    """The paths that were probably meant; empty when none is near."""


def all_keys() -> tuple[Key, ...]:
    """Every key that has something to say, in the order of the file."""
    return tuple(key for key in every_key(document_tree()) if key.path and (key.field or key.part))


def find_key(written: str) -> Key | NotFound:
    """The key that a person means by a path: whole, or its end alone where that is clear.

    With any pool's name and any place in a list: `spec.nodes.workerPools.big.taints[0].key`, `taints.key`,
    `metadata.labels.team` and `controlPlane` are all found.
    """
    top = document_tree()
    try:
        words = [ITEM if isinstance(key, int) else key for key in keys_of(_tidied(written))]
    except ValueError:
        words = []
    if not words:
        return NotFound(written, ())
    whole = _down(top, words) or _down(_child(top, "spec") or top, words)
    if whole is not None:
        return whole
    ends = {found.path: found for key in every_key(top) if (found := _end(key, words)) is not None}
    if len(ends) == 1:
        return next(iter(ends.values()))
    return NotFound(written, tuple(ends) or _nearest(written.strip(), words))


def explained(key: Key) -> Explained:
    """Everything there is to say about a key."""
    field = key.field
    return Explained(
        path=key.path,
        label=key.label,
        help=key.sentence,
        type=_type(key),
        required=key.required,
        default=_default(key),
        allowed=_allowed(key),
        example=_example(key),
        why=field.why if field is not None else "",
        where=field.where if field is not None else "",
        notes=key.notes,
        below=tuple(below.path for below in questions(key) if below is not key),
    )


def questions(key: Key) -> Iterator[Key]:
    """The keys at and below `key` that something is asked about, in the order of the file."""
    return (each for each in every_key(key) if each.field is not None or each.kind == "anything")


def _tidied(written: str) -> str:
    """`spec.nodes.` and `taints[].key` as paths; `[]` stands for any entry."""
    return written.strip().strip(".").replace(ITEM, "[0]")


def _down(key: Key, words: list[str]) -> Key | None:
    """The key below `key` that `words` lead to; a map of free names takes any word, a list needs no place."""
    for index, word in enumerate(words):
        if word == ITEM and key.kind != "list":
            return None
        following = _child(key, word)
        if following is None and key.kind == "list" and word != ITEM:
            # `taints.key` is as clear as `taints[0].key`.
            return _down(key.below[0], words[index:])
        if following is None:
            return None
        key = following
    # What stands under a label's name, or in a list of words, is explained by the label or the list.
    return key


def _child(key: Key, word: str) -> Key | None:
    if key.kind == "names":
        (entry,) = key.below
        return entry if entry.below else key
    if key.kind == "list" and word == ITEM:
        (entry,) = key.below
        return entry if entry.below else key
    return next((below for below in key.below if below.name == word), None)


def _end(key: Key, words: list[str]) -> Key | None:
    """As `_down()`, where the first word is a name of ours: under free names every word would do."""
    return _down(key, words) if key.kind == "map" else None


def _nearest(written: str, words: list[str]) -> tuple[str, ...]:
    """The path that was probably meant: the one that looks most like it, else the one whose last key does."""
    if len(written) > _GUESS_MAX_LENGTH:
        return ()
    known = {key.path: key for key in all_keys()}
    by_name = {key.name: path for path, key in reversed(known.items()) if not key.is_entry}
    full = _like(written, known) or _like(f"spec.{written}", known)
    nearest = full or by_name.get(_like(words[-1], by_name), "")
    return (nearest,) if nearest else ()


def _like(written: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(written, list(known), n=1, cutoff=_ALIKE)), "")


def _type(key: Key) -> str:
    if key.kind == "number":
        return f"a whole number{_limits(key)}"
    if key.kind == "list":
        return "a list of texts" if key.below[0].kind == "text" else "a list of maps"
    if key.kind == "choice" and len(key.allowed) == 1:
        return "always the same word"
    if key.kind == "text" and key.path == VERSION:
        return "text, in quotes"
    return _KINDS[key.kind]


def _limits(key: Key) -> str:
    if key.low is not None and key.high is not None:
        return f" from {key.low} to {key.high}"
    odd = ", odd" if key.path == "spec.nodes.controlPlane" else ""
    return f", {key.low} or more{odd}" if key.low is not None else ""


def _default(key: Key) -> str:
    if key.field is None:
        return ""
    if key.path == VERSION:
        known = pins().kubernetes
        return f"{known.proposed['docker']} ({known.proposed_reason})"
    if key.required and key.field.default:
        return f"{key.field.default} ({key.field.default_reason})"
    return default_of(key)


def _allowed(key: Key) -> tuple[Allowed, ...]:
    if key.path == VERSION:
        known = pins().kubernetes
        low, high = (".".join(map(str, limit)) for limit in (known.min, known.max))
        return (Allowed(f"{low}.x to {high}.x", "what the Cluster API of this version can manage itself on"),)
    why = {choice.value: choice.why or choice.label for choice in (key.field.choices if key.field else ())}
    return tuple(Allowed(word, why.get(word, "")) for word in key.allowed)


def _example(key: Key) -> str:
    """As it stands in a file. A part without a required key of its own has none."""
    name = "big" if key.name == ANY_NAME else key.name
    if key.kind == "map" and key.path.endswith(ITEM):
        return ""
    value: Any = example_of(key)
    if key.path == VERSION:
        value = QuotedText(value)
    if key.field is None and key.kind == "map" and not value and not key.path.startswith("spec.provider.config."):
        return ""
    return f"{name}: {flow_text(value)}"
