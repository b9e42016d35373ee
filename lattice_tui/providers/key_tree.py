"""Every key that a cluster.yaml can hold, as one tree: the models' shape joined with what is declared about each key.

JSON Schema, the draft and `lattice explain` are three renderings of this tree; the models stay the one place where
a key is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pydantic import BaseModel

from lattice_tui.document.fields import field_at
from lattice_tui.document.kinds import Kind, outline
from lattice_tui.document.parts import part_at
from lattice_tui.providers import registry
from schemas.document import LatticeCluster
from schemas.fields import Field, Part

KeyKind = Literal["text", "number", "switch", "choice", "list", "map", "names", "anything"]
"""`map` has known keys; `names` has keys that a person chooses; `anything` is read by no model of this version."""

ANY_NAME: Final = "<name>"
ITEM: Final = "[]"
CONFIG: Final = "spec.provider.config"
_KINDS: Final[dict[str, KeyKind]] = {
    "text": "text",
    "number": "number",
    "switch": "switch",
    "choice": "choice",
    "anything": "anything",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the document, or an entry of one (`<name>` under a map, `[]` in a list)."""

    path: str
    """From the top: `spec.nodes.workerPools.<name>.taints[].key`."""
    name: str
    kind: KeyKind
    required: bool = False
    """Has to be written when what it stands in is written."""
    nullable: bool = False
    default: str | int | None = None
    """What the models take when it is absent; None when that is decided later, or nothing at all."""
    allowed: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    field: Field | None = None
    part: Part | None = None
    below: tuple[Key, ...] = ()

    @property
    def label(self) -> str:
        """Its name for people."""
        about = self.field or self.part
        return about.label if about is not None else self.name

    @property
    def help(self) -> str:
        """What it is, a few words."""
        about = self.field or self.part
        return about.help if about is not None else ""

    @property
    def sentence(self) -> str:
        """`help` as a sentence; a word of the document keeps its first letter."""
        text = self.help.rstrip(".")
        if text.split(" ", 1)[0].rstrip(":,") not in self.allowed:
            text = f"{text[:1].upper()}{text[1:]}"
        return f"{text}." if text else ""

    @property
    def notes(self) -> tuple[str, ...]:
        about = self.field or self.part
        return about.notes if about is not None else ()

    @property
    def is_entry(self) -> bool:
        """An entry of a list or of a map with free names: it has no name of its own."""
        return self.name in (ANY_NAME, ITEM)


def document_tree() -> Key:
    """The whole document, with the block of every provider that this version can build on."""
    return Key(path="", name="", kind="map", required=True, part=part_at(""), below=_keys_of(LatticeCluster, ""))


def every_key(top: Key) -> Iterator[Key]:
    """`top` and all below it, in the order of the file."""
    yield top
    for key in top.below:
        yield from every_key(key)


def _keys_of(model: type[BaseModel], path: str) -> tuple[Key, ...]:
    shape = outline(model)
    keys = []
    for key in shape.keys.values():
        default = shape.defaults.get(key.attribute)
        made = _key(key.name, f"{path}.{key.name}" if path else key.name, key.kind)
        keys.append(
            replace(
                made,
                required=key.is_required,
                # What has to be written has to have a value.
                nullable=made.nullable and not key.is_required,
                default=default if isinstance(default, str | int) else None,
            )
        )
    return tuple(keys)


def _key(name: str, path: str, kind: Kind) -> Key:
    """One key from its declaration in a model; what is declared about it for people is looked up."""
    sort, below = _below(path, kind)
    return Key(
        path=path,
        name=name,
        kind=sort,
        nullable=kind.is_optional,
        allowed=kind.allowed,
        low=kind.low,
        high=kind.high,
        field=_field_at(path),
        part=_part_at(path),
        below=below,
    )


def _below(path: str, kind: Kind) -> tuple[KeyKind, tuple[Key, ...]]:
    """(kind of the key, the keys below it)."""
    if path == CONFIG:
        return "map", _providers()
    if kind.model is not None:
        return "map", _keys_of(kind.model, path)
    if kind.sort == "list" and kind.inner is not None:
        return "list", (_key(ITEM, f"{path}{ITEM}", kind.inner),)
    if kind.sort == "map" and kind.inner is not None:
        return "names", (_key(ANY_NAME, f"{path}.{ANY_NAME}", kind.inner),)
    return _KINDS[kind.sort], ()


def _providers() -> tuple[Key, ...]:
    """A block per provider whose document can be read: first those that can be built on."""
    keys = []
    for card in registry.cards():
        path = f"{CONFIG}.{card.name}"
        if card.available:
            part = Part(path, card.title, f"{card.sentence[0].lower()}{card.sentence[1:].rstrip('.')}")
            below = _keys_of(registry.load(card.name).config_model, path)
            keys.append(Key(path=path, name=card.name, kind="map", part=part, below=below))
        elif card.status != "planned":
            part = Part(path, card.title, f"{card.sentence[0].lower()}{card.sentence[1:].rstrip('.')}", (_note(card),))
            keys.append(Key(path=path, name=card.name, kind="anything", part=part))
    return tuple(keys)


def _note(card: registry.ProviderCard) -> str:
    return f"{card.note[0].upper()}{card.note[1:]}: the file is read and kept, nothing is built from it."


def _field_at(path: str) -> Field | None:
    found = field_at(_declared(path))
    if found is not None or not path.startswith(f"{CONFIG}."):
        return found
    fields = registry.load(path.split(".")[3]).fields
    return next((field for field in fields if field.path == path), None)


def _part_at(path: str) -> Part | None:
    found = part_at(_declared(path))
    if found is not None or not path.startswith(f"{CONFIG}."):
        return found
    return next((part for part in registry.load(path.split(".")[3]).parts if part.path == path), None)


def _declared(path: str) -> str:
    """As declarations write it: pools under the name of the first one."""
    return path.replace(f".{ANY_NAME}", ".default", 1) if path.startswith("spec.nodes.") else path


def default_of(key: Key) -> str:
    """What holds when the key is absent, with the reason; empty when there is nothing to say."""
    reason = key.field.default_reason if key.field is not None else ""
    value = "" if key.default is None else str(key.default)
    if key.kind == "switch":
        value = value.lower()
    return f"{value} ({reason})" if value and reason else value or reason


def example_of(key: Key) -> Any:
    """A value that could stand there: the declared example, typed; of a part, what it has to hold at least."""
    if key.path == CONFIG:
        return {key.below[0].name: {}}
    if key.kind in ("map", "anything"):
        return {below.name: example_of(below) for below in key.below if below.required}
    if key.kind == "list":
        (item,) = key.below
        if item.kind == "map":
            return [{below.name: example_of(below) for below in item.below}]
        return [_declared_example(key)]
    if key.kind == "names":
        (entry,) = key.below
        if entry.kind == "map":
            return {"default": example_of(entry)}
        name, _, value = _declared_example(key).partition(": ")
        return {name: value}
    example = _declared_example(key)
    if key.kind == "switch":
        return example == "true"
    return int(example) if key.kind == "number" else example


def _declared_example(key: Key) -> str:
    return key.field.example if key.field is not None else ""
