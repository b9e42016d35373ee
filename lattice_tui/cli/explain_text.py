"""What `lattice explain` prints: a key, a tree of keys, a code, all within 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from lattice_tui.cli.code_pages import CodePage

TYPE_CHECKING = False
if TYPE_CHECKING:
    # A code is explained without the models.
    from lattice_tui.providers.explaining import Explained
    from lattice_tui.providers.key_tree import Key

_WIDTH = 80
_NAME_WIDTH = 10
_TREE_MIN_GAP = 2


def key_text(said: Explained, key: Key) -> Iterator[str]:
    """One key: what it is, then a line for everything else there is to say; of a part also what it holds."""
    place = said.path or "cluster.yaml"
    if len(place) + len(said.label) + 2 <= _WIDTH:
        yield f"{place}: {said.label}"
    else:
        yield from (f"{place}:", f"  {said.label}")
    yield from _wrapped(said.help, "  ", "  ")
    yield ""
    yield from _row("type", said.type)
    yield from _row("needed", "yes" if said.required else "no")
    yield from _row("absent" if not said.required else "proposed", said.default)
    for choice in said.allowed if len(said.allowed) != 1 or said.allowed[0].why else ():
        yield from _row("allowed", f"{choice.value}: {choice.why}" if choice.why else choice.value)
    yield from _row("example", said.example)
    yield from _row("why", said.why)
    yield from _row("where", said.where)
    for note in said.notes:
        yield from _row("note", note)
    if said.below:
        yield ""
        yield from _tree(key)


def overview(keys: Iterable[Key]) -> Iterator[str]:
    """Every question of cluster.yaml on one screen: what stands together, together."""
    groups: dict[str, list[str]] = {}
    blocks: dict[str, int] = {}
    for key in keys:
        if key.field is not None and not (block := _block_of(key.path)):
            parent = key.path.removesuffix(key.name).removesuffix(".")
            groups.setdefault(parent, []).append(key.name)
        elif key.field is not None:
            blocks[block] = blocks.get(block, 0) + 1
    for parent, names in groups.items():
        yield from _wrapped(", ".join(names), f"{_short(parent) or 'the top':<35} ", " " * 36)
    for block, count in blocks.items():
        yield f"{f'provider.config.{block}':<35} {count} key{'' if count == 1 else 's'}: lattice explain {block}"
    yield ""
    yield "lattice explain nodes.controlPlane   one key; its end alone where it is clear"
    yield "lattice explain nodes                a part, with everything it holds"
    yield "lattice explain LT-DOC-021           a problem code"


def code_text(page: CodePage, *, whole: bool) -> Iterator[str]:
    """One code: its line alone, or all that the documentation says."""
    yield from _wrapped(page.title, f"{page.code}  ", " " * (len(page.code) + 2))
    if whole:
        for paragraph in page.text:
            yield from _wrapped(paragraph, "  ", "  ")
        yield f"  ({page.area}; {page.page})"


def _block_of(path: str) -> str:
    """The provider whose block this key is in; empty outside of them."""
    parts = path.split(".")
    return parts[3] if parts[:3] == ["spec", "provider", "config"] and len(parts) > 4 else ""


def _tree(key: Key) -> Iterator[str]:
    rows = list(_branches(key, 0))
    width = max(len(name) for name, _ in rows) + _TREE_MIN_GAP
    for name, words in rows:
        yield from _wrapped(words, f"  {name:<{width}}", " " * (width + 2))


def _branches(key: Key, depth: int) -> Iterator[tuple[str, str]]:
    """(name, indented by depth; what it is) of everything below `key`."""
    for below in key.below:
        if below.field is None and below.part is None and not below.below:
            # What stands under a name of a person's own is said at the map.
            continue
        name, label = ("-", "each of them") if below.path.endswith("[]") else (below.name, below.label)
        needed = ", needed" if below.required else ", not in this version yet" if below.kind == "anything" else ""
        yield f"{'  ' * depth}{name}", f"{label}{needed}"
        yield from _branches(below, depth + 1)


def _row(name: str, text: str) -> Iterator[str]:
    if text:
        yield from _wrapped(text, f"  {name:<{_NAME_WIDTH}}", " " * (_NAME_WIDTH + 2))


def _short(path: str) -> str:
    return path.removeprefix("spec.")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
