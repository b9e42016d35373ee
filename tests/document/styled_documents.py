"""YAML documents in any style a person writes, each line with the value it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Keys = tuple[str | int, ...]

WORDS = ("web", "kubeadm", "lattice.dev/v1alpha1", "db-1", "Größe")
TEXTS = (
    *WORDS,
    "no",
    "On",
    "y",
    "null",
    "1.30",
    "0755",
    "22:22",
    "10.0.0.1",
    "a: b",
    "# none",
    "it's",
    'say "x"',
    " x ",
    "",
)
KEYS = ("name", "replicas", "kubernetes.io/x", "no", "with space", "größe", "a:b", '"', "x#y", "labels")
COMMENTS = ("plain", "replicas: 3", "key: {a: 1}", "- entry", "'quote", "}", "größe")

texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=8)
numbers = st.integers(-5, 70000)
singles = st.none() | st.booleans() | numbers | texts
keys = st.sampled_from(KEYS) | st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
values = st.recursive(
    singles,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)
documents = st.dictionaries(keys, values, min_size=1, max_size=4)


@dataclass(frozen=True)
class Line:
    """One line without its break, and the keys of the value it belongs to."""

    text: str
    owner: Keys


@dataclass
class Styled:
    """A document as text."""

    data: dict[str, Any]
    lines: list[Line]
    line_break: str
    has_bom: bool
    has_last_break: bool
    flow: set[Keys] = field(default_factory=set)
    """The containers in brackets."""
    comments: dict[str, Keys] = field(default_factory=dict)
    """Each comment's own text -> whose it is."""

    @property
    def bytes(self) -> bytes:
        text = self.line_break.join(line.text for line in self.lines)
        last = self.line_break if self.has_last_break else ""
        return (("\ufeff" if self.has_bom else "") + text + last).encode()


@st.composite
def styled_documents(draw: st.DrawFn) -> Styled:
    """A random document in a random style."""
    data = draw(documents)
    writer = _Writer(draw)
    lines = list(writer.block_map(data, 0, ()))
    return Styled(
        data,
        lines,
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
        has_bom=draw(st.booleans()),
        has_last_break=draw(st.booleans()),
        flow=writer.flow,
        comments=writer.comments,
    )


class _Writer:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._step = draw(st.integers(1, 4))
        self._list_step = draw(st.sampled_from([0, self._step]))
        self._is_commented = draw(st.booleans())
        self.flow: set[Keys] = set()
        self.comments: dict[str, Keys] = {}

    def block_map(self, data: dict[str, Any], indent: int, above: Keys) -> Iterator[Line]:
        for key, value in data.items():
            here = (*above, key)
            yield from self._before(indent, above, here)
            yield from self._entry(f"{' ' * indent}{self._text(key, is_key=True)}:", value, indent, here)
            yield from self._below(value, indent, here)

    def _block_list(self, data: list[Any], indent: int, above: Keys) -> Iterator[Line]:
        for index, value in enumerate(data):
            here = (*above, index)
            yield from self._before(indent, above, here)
            if isinstance(value, dict) and value and not self._maybe():
                inner = list(self.block_map(value, indent + 2, here))
                # What stands above the first key has no place behind a dash.
                while not inner[0].text.strip() or inner[0].text.lstrip().startswith("#"):
                    dropped = inner.pop(0)
                    self.comments = {text: who for text, who in self.comments.items() if text not in dropped.text}
                first = inner[0]
                yield Line(f"{' ' * indent}- {first.text.lstrip(' ')}", first.owner)
                yield from inner[1:]
            else:
                yield from self._entry(f"{' ' * indent}-", value, indent, here)

    def _entry(self, head: str, value: Any, indent: int, here: Keys) -> Iterator[Line]:
        if isinstance(value, dict | list) and value:
            is_entry = head.endswith("-")
            if is_entry or self._maybe():
                yield from self._in_brackets(head, value, indent, here)
            elif isinstance(value, dict):
                yield Line(head + self._remark(here), here)
                yield from self.block_map(value, indent + self._step, here)
            else:
                yield Line(head + self._remark(here), here)
                yield from self._block_list(value, indent + self._list_step, here)
        elif value is None and self._maybe():
            yield Line(head + self._remark(here), here)
        elif self._is_for_lines(value) and self._maybe():
            yield Line(f"{head} |{self._remark(here)}", here)
            for line in value.splitlines():
                yield Line(f"{' ' * (indent + self._step + 1)}{line}", here)
        else:
            yield Line(f"{head} {self._single(value)}{self._remark(here)}", here)

    def _in_brackets(self, head: str, value: Any, indent: int, here: Keys) -> Iterator[Line]:
        self._mark_flow(value, here)
        if self._maybe():
            yield Line(f"{head} {self._one_line(value)}{self._remark(here)}", here)
            return
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield Line(f"{head} {opening}{self._remark(here)}", here)
        entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        margin = " " * (indent + self._step + 2)
        for number, (key, item) in enumerate(entries):
            name = f"{self._text(key, is_key=True)}: " if isinstance(value, dict) else ""
            comma = "," if number + 1 < len(entries) or self._maybe() else ""
            yield from self._comment(indent + self._step + 2, (*here, key))
            yield Line(f"{margin}{name}{self._one_line(item)}{comma}{self._remark((*here, key))}", (*here, key))
        yield Line(f"{' ' * (indent + 1)}{closing}{self._remark(here)}", here)

    def _mark_flow(self, value: Any, here: Keys) -> None:
        if isinstance(value, dict | list):
            self.flow.add(here)
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._mark_flow(item, (*here, key))

    def _one_line(self, value: Any) -> str:
        pad = " " if self._maybe() else ""
        if isinstance(value, dict) and value:
            inner = ", ".join(f"{self._text(key, is_key=True)}: {self._one_line(item)}" for key, item in value.items())
            return f"{{{pad}{inner}{pad}}}"
        if isinstance(value, list) and value:
            return f"[{pad}{', '.join(map(self._one_line, value))}{pad}]"
        return self._single(value)

    def _single(self, value: Any) -> str:
        if isinstance(value, str):
            return self._text(value)
        return {"None": "null", "True": "true", "False": "false"}.get(str(value), str(value))

    def _text(self, text: str, *, is_key: bool = False) -> str:
        if text in WORDS and self._maybe():
            return text
        if "\n" not in text and text.isprintable() and self._maybe():
            return "'" + text.replace("'", "''") + "'"
        if (
            is_key
            and text.isascii()
            and text.isalnum()
            and text not in ("no", "on", "y", "n", "null")
            and self._maybe()
        ):
            return text if text[0].isalpha() and text not in ("yes", "off", "true", "false") else f'"{text}"'
        escaped = "".join({'"': '\\"', "\\": "\\\\"}.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
        return f'"{escaped}"'

    @staticmethod
    def _is_for_lines(value: Any) -> bool:
        return (
            isinstance(value, str)
            and value.endswith("\n")
            and all(line.isprintable() and line.strip() == line != "" for line in value.splitlines())
        )

    def _before(self, indent: int, above: Keys, here: Keys) -> Iterator[Line]:
        """A blank line, a comment on the section, the entry's own comment."""
        if not self._is_commented:
            return
        if self._maybe():
            yield Line("", above)
            if self._maybe():
                yield from self._comment(indent, above, often=True)
                yield Line("", above)
        yield from self._comment(indent, here)

    def _below(self, value: Any, indent: int, here: Keys) -> Iterator[Line]:
        """A comment that is indented deeper than the entry, under it."""
        if self._is_commented and not isinstance(value, str) and self._maybe():
            yield from self._comment(indent + 1, here)

    def _comment(self, indent: int, owner: Keys, *, often: bool = False) -> Iterator[Line]:
        if self._is_commented and (often or self._maybe()):
            yield Line(f"{' ' * indent}#{self._remember(owner)}", owner)

    def _remark(self, owner: Keys) -> str:
        return f"  #{self._remember(owner)}" if self._is_commented and self._maybe() else ""

    def _remember(self, owner: Keys) -> str:
        text = f" <{len(self.comments)}:{self._draw(st.integers(0, 10**6))}> {self._draw(st.sampled_from(COMMENTS))}"
        self.comments[text] = owner
        return text

    def _maybe(self) -> bool:
        return self._draw(st.booleans())
