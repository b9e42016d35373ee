"""Changing single answers in a person's file without touching the rest of it."""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.wizard.paths import VERSION

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def splice(data: bytes, changes: Mapping[str, str]) -> bytes | None:
    """`data` with the values at these paths replaced; comments, order and quoting of the rest stay.

    `data` has been read without a problem before. Returns None when a path is not written there, or is not a plain
    value: then there is nothing to replace.
    """
    import yaml  # only when a person's file is changed

    text = data.decode()
    # The parser's marks do not count a byte order mark.
    mark = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    places: list[tuple[int, int, str]] = []
    for path, value in changes.items():
        node = _find(root, path.split("."))
        if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">"):
            return None
        start, end = node.start_mark.index, node.end_mark.index
        places.append((start, end, _written(path, value, node.style)))
    for start, end, written in sorted(places, reverse=True):
        text = text[:start] + written + text[end:]
    return (mark + text).encode()


def _find(node: object, keys: list[str]) -> object:
    import yaml  # see splice()

    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def _written(path: str, value: str, style: str | None) -> str:
    quote = style or ('"' if path == VERSION else "")
    return f"{quote}{value}{quote}"
