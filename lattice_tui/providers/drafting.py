"""A commented cluster.yaml with every key: what has to be there as lines, the rest as lines to take the `#` from.

A word and a space after the `#` is a comment for people; a key right after it is an optional line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Final

from lattice_tui.document.pins import pins
from lattice_tui.document.value_text import QuotedText, flow_text
from lattice_tui.document.writer import MODELINE
from lattice_tui.providers.examples import shipped
from lattice_tui.providers.explaining import VERSION, explained
from lattice_tui.providers.key_tree import ANY_NAME, CONFIG, Key, document_tree, every_key, example_of
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.providers.registry import card

_WIDTH = 100
_POOL = "default"
_ANSWERED: Final = frozenset(
    {
        "apiVersion",
        "kind",
        "metadata.name",
        VERSION,
        "spec.provider.kubernetes.bootstrap",
        "spec.nodes.controlPlane",
        "spec.nodes.workerPools",
        f"spec.nodes.workerPools.{ANY_NAME}",
        f"spec.nodes.workerPools.{ANY_NAME}.replicas",
    }
)
"""What stands there as a line. A part is a line as soon as something in it is."""
_NO_EFFECT: Final = "LT-PRV-006"


def draft_text(provider: str, name: str, *, has_schema: bool) -> str:
    """The draft for a provider that this version can build on; the same arguments give the same text.

    `has_schema`: the schema lies beside the file, and its first line says so to editors.
    """
    useless = _useless_keys(provider, name)
    lines = [*_head(provider, has_schema), *_Draft(provider, name, useless).lines()]
    if useless:
        lines += ["", *_prose(f"No effect on {_title(provider)}, and left out here: {', '.join(sorted(useless))}.", 0)]
    return "".join(f"{line}\n" for line in lines)


def _head(provider: str, has_schema: bool) -> list[str]:
    return [
        *([MODELINE] if has_schema else []),
        f"# A cluster on {_title(provider)}, with every key that cluster.yaml has there.",
        "# A key right after a # is optional: take the # away, and those of the keys it stands in.",
        "#   lattice validate cluster.yaml   checks the file",
        "#   lattice explain PATH            says more about a key",
    ]


def _useless_keys(provider: str, name: str) -> frozenset[str]:
    """Keys that the provider's own rules say do nothing there: with all of them written, the reader names them."""
    whole = _Draft(provider, name, frozenset(), writes_all=True)
    read = read_cluster_bytes("".join(f"{line}\n" for line in whole.lines()).encode())
    return frozenset(
        problem.path.replace(f".{_POOL}.", f".{ANY_NAME}.") for problem in read.warnings if problem.code == _NO_EFFECT
    )


class _Draft:
    """The lines of one draft."""

    def __init__(self, provider: str, name: str, useless: frozenset[str], *, writes_all: bool = False) -> None:
        self._block = f"{CONFIG}.{provider}"
        self._values: dict[str, Any] = {
            **_example_values(provider),
            "metadata.name": name,
            VERSION: QuotedText(pins().kubernetes.proposed[provider]),
        }
        self._useless = useless
        self._mark = "" if writes_all else "#"
        """Stands before an optional line."""

    def lines(self) -> Iterator[str]:
        """The document from its first key to its last."""
        yield from self._below(document_tree(), 0, is_optional=False)

    def _below(self, key: Key, depth: int, *, is_optional: bool) -> Iterator[str]:
        shown = [below for below in key.below if self._is_shown(below)]
        for below in shown:
            if below is not shown[0] or not depth:
                yield ""
            yield from _comment(below, depth)
            yield from self._key(below, depth, is_optional or not self._is_written(below))

    def _key(self, key: Key, depth: int, is_optional: bool) -> Iterator[str]:
        start = f"{'  ' * depth}{self._mark if is_optional else ''}{_POOL if key.name == ANY_NAME else key.name}:"
        if key.path == self._block and not any(below.required for below in key.below):
            # Braces hold what may stand there: a block without a line in it would have no value.
            yield f"{start} {{"
            for line in self._below(key, depth + 1, is_optional=is_optional):
                yield line if not line or line.lstrip().startswith("# ") else f"{line},"
            yield f"{'  ' * (depth + 1)}}}"
        elif key.kind == "map" or (key.kind == "names" and key.below[0].below):
            yield start
            yield from self._below(key, depth + 1, is_optional=is_optional)
        else:
            yield f"{start} {flow_text(self._value(key))}"

    def _is_shown(self, key: Key) -> bool:
        """Whether there is anything to say here: not another provider's block, nor what has no effect on this one."""
        if key.path in self._useless:
            return False
        if key.path.startswith(f"{CONFIG}."):
            return key.path == self._block or key.path.startswith(f"{self._block}.")
        return not key.below or key.is_entry or any(below.is_entry or self._is_shown(below) for below in key.below)

    def _is_written(self, key: Key) -> bool:
        written = (*_ANSWERED, *self._values, self._block)
        return any(path == key.path or path.startswith(f"{key.path}.") for path in written)

    def _value(self, key: Key) -> Any:
        if key.path in self._values:
            return self._values[key.path]
        if key.path in _ANSWERED and key.field is not None and key.field.default:
            return int(key.field.default) if key.kind == "number" else key.field.default
        return example_of(key)


def _example_values(provider: str) -> dict[str, Any]:
    """Path -> value of everything that the provider's shipped example says: together they make a whole document."""
    import yaml  # only when a draft is made

    file = shipped().get(provider)
    document = yaml.safe_load(file.read_bytes()) if file is not None else {}
    tree = {key.path: key for key in every_key(document_tree())}
    found: dict[str, Any] = {}

    def walk(value: Any, path: str, known: str) -> None:
        if isinstance(value, dict) and tree[known].kind == "map":
            for name, below in value.items():
                walk(below, f"{path}.{name}".lstrip("."), f"{known}.{name}".lstrip("."))
        elif isinstance(value, dict) and tree[known].below[0].below:
            # The draft has one pool; a second one of the example would only be in the way.
            walk(next(iter(value.values())), f"{path}.{ANY_NAME}", f"{known}.{ANY_NAME}")
        else:
            found[path] = value

    walk(document, "", "")
    return found


def _comment(key: Key, depth: int) -> Iterator[str]:
    """What there is to say about a key, as comment lines above it."""
    said = explained(key)
    yield from _prose(f"{said.label}: {key.help}. {said.why}".strip(), depth)
    if len(said.allowed) > 1:
        words = [f"{choice.value} ({choice.why})" if choice.why else choice.value for choice in said.allowed]
        yield from _prose(f"One of: {'; '.join(words)}.", depth)
    if key.kind == "list":
        for item in key.below[0].below:
            yield from _prose(f"{item.name}: {item.help}.", depth)
    if said.default and not said.required and "absent:" not in key.help and len(said.allowed) != 1:
        yield from _prose(f"Absent: {said.default}.", depth)
    for note in (said.where and f"Where to find it: {said.where}", *said.notes):
        if note:
            yield from _prose(note, depth)


def _prose(text: str, depth: int) -> list[str]:
    start = f"{'  ' * depth}# "
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=start, break_long_words=False, break_on_hyphens=False
    )


def _title(provider: str) -> str:
    found = card(provider)
    return found.title if found is not None else provider
