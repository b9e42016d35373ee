"""What is said of a value that cannot stand where it stands: what is wrong, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Final

from lattice_tui.document.kinds import Kind, Sort
from lattice_tui.document.report import Report, shown
from lattice_tui.document.scalars import Value, plain_numbers, resolve, trap
from lattice_tui.document.trail import Trail, general_path, last_key, path_text
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence

_EXPECTED: Final[dict[Sort, tuple[str, str]]] = {
    "map": ("LT-DOC-013", "a map of keys"),
    "model": ("LT-DOC-013", "a map of keys"),
    "list": ("LT-DOC-014", "a list"),
    "number": ("LT-DOC-011", "a single value"),
    "switch": ("LT-DOC-012", "a single value"),
    "text": ("LT-DOC-010", "a single value"),
    "choice": ("LT-DOC-010", "a single value"),
}
"""What belongs there -> (code, in words)."""


_REQUIRED: Final = frozenset(
    ("metadata", "spec", "spec.provider", "spec.provider.kubernetes", "spec.provider.config", "spec.nodes")
)
"""Maps that cannot be left out."""


class WrongValues:
    """Reports values; `examples` has one line per path that could stand there."""

    def __init__(self, report: Report, examples: MappingABC[str, str]) -> None:
        self._report = report
        self._examples = examples

    def example(self, trail: Trail) -> str:
        """One line that could stand there, or nothing."""
        return self._examples.get(path_text(trail)) or self._examples.get(general_path(trail), "")

    def trap(self, misread: str, kind: Kind, node: Scalar, trail: Trail) -> None:
        """An unquoted word that YAML readers disagree about."""
        title = f"`{shown(node.text)}` without quotes is {misread} to some YAML readers"
        self._report.error("LT-YAML-015", title, self._trap_fix(kind, node, trail), at=node, path=path_text(trail))

    def trap_key(self, misread: str, key: Scalar, trail: Trail) -> None:
        """The same, in the place of a key."""
        name = shown(key.text)
        self._report.error(
            "LT-YAML-015",
            f"the key `{name}` without quotes is {misread} to some YAML readers",
            f'Write it in quotes: "{name}": ...',
            at=key,
            path=path_text(trail),
        )

    def not_a_word(self, kind: Kind, node: Scalar, trail: Trail) -> None:
        """None of the words that a choice allows."""
        from lattice_tui.document.keys import did_you_mean

        guess = did_you_mean(node.text, [str(word) for word in kind.allowed])
        fix = f"Write {_words(kind)}." + (f" Did you mean `{guess}`?" if guess and len(kind.allowed) > 1 else "")
        title = f"{last_key(trail)} cannot be {shown(node.text) or 'an empty text'}"
        self._report.error("LT-DOC-016", title, fix, at=node, path=path_text(trail))

    def out_of_range(self, value: int, kind: Kind, node: Scalar, trail: Trail) -> None:
        """A number below or above the limits."""
        limits = (
            f"from {kind.low} to {kind.high}"
            if kind.low is not None and kind.high is not None
            else f"{kind.low} or more"
            if kind.high is None
            else f"at most {kind.high}"
        )
        example = self.example(trail)
        fix = f"Write a number {limits}" + (f", for example: {example}" if example else "")
        title = f"{last_key(trail)} cannot be {shown(value)}"
        self._report.error("LT-DOC-017", title, fix, at=node, path=path_text(trail))

    def wrong_type(self, kind: Kind, value: Value, node: Scalar, trail: Trail) -> None:
        """A number or a switch where text belongs, or the other way round."""
        name, text = last_key(trail), shown(node.text)
        if kind.sort == "text":
            sort = "true or false" if isinstance(value, bool) else "a number"
            fix = f'Put it in quotes: {name}: "{text}"'
            if isinstance(value, float) and path_text(trail).endswith("kubernetes.version"):
                fix = f'Write the whole version in quotes: {name}: "{_whole_version(text)}"'
            code, title = "LT-DOC-010", f"{name} is {sort} without quotes: {text}"
        elif kind.sort == "number":
            example = self.example(trail) or f"{name}: 2"
            is_quoted = text.strip().isascii() and text.strip().isdecimal()
            fix = f"Write it without quotes: {name}: {text.strip()}" if is_quoted else f"Write a number: {example}"
            code, title = "LT-DOC-011", f"{name} is a whole number, not {text or 'an empty text'}"
        else:
            fix = f"Write {name}: true"
            code, title = "LT-DOC-012", f"{name} is true or false, not {text or 'an empty text'}"
        self._report.error(code, title, fix, at=node, path=path_text(trail))

    def no_value(self, kind: Kind, node: Scalar, trail: Trail) -> None:
        """Nothing, or YAML's word for nothing."""
        name = last_key(trail)
        word = f"`{node.text}` means no value: {name} needs one" if node.text else f"{name} has no value"
        example = self.example(trail)
        if kind.sort in ("map", "model", "list"):
            otherwise = "" if path_text(trail) in _REQUIRED else ", or leave the key out"
            fix = f"Write {example or f'{name}: {_empty(kind.sort)}'}{otherwise}."
        else:
            fix = f"Write one, for example: {example or f'{name}: ...'}"
        self._report.error("LT-DOC-015", word, fix, at=node, path=path_text(trail))

    def wrong_kind(self, kind: Kind, node: Node | None, trail: Trail) -> None:
        """A map, a list or a single value that stands where another belongs."""
        if path_text(trail) == "spec.credentials" and kind.sort == "model":
            from lattice_tui.document.secret_values import secret_in_file

            secret_in_file(node, "spec.credentials", self._report)
            return
        if isinstance(node, Scalar) and resolve(node) is None:
            self.no_value(kind, node, trail)
            return
        if kind.sort == "number" and isinstance(node, Mapping) and self._is_other_dialect(node, trail):
            return
        code, expected = _EXPECTED[kind.sort]
        found = "a map" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a single value"
        title = f"{last_key(trail) or 'the document'} is {expected}, not {found}"
        self._report.error(code, title, self._kind_fix(kind, node, trail), at=node, path=path_text(trail))

    def too_many(self, count: int, limit: int, node: Node, trail: Trail) -> None:
        """More entries than anybody writes."""
        self._report.error(
            "LT-DOC-039",
            f"{last_key(trail)} has {count} entries, {limit} are allowed",
            "Keep those that are needed: is it the right file?",
            at=node,
            path=path_text(trail),
        )

    def unseen(self, what: str, node: Scalar, trail: Trail) -> None:
        """A character that nobody can see, usually put there by an escape like `\\e` or by copying."""
        self._report.error(
            "LT-DOC-005",
            f"{last_key(trail)} holds a character that cannot be seen: {what}",
            "Delete it: it is left by copying, or hides what the file says.",
            at=node,
            path=path_text(trail),
        )

    def _is_other_dialect(self, node: Mapping, trail: Trail) -> bool:
        from lattice_tui.document.keys import report_dialect

        path = path_text(trail)
        answers = [report_dialect(node.keys[name], path, value, self._report) for name, value in node.entries.items()]
        return any(answers)

    def _trap_fix(self, kind: Kind, node: Scalar, trail: Trail) -> str:
        name, text = last_key(trail), shown(node.text)
        if kind.sort == "choice":
            return f"{name} is {_words(kind)}."
        if kind.sort == "switch":
            return f"Write {name}: {'true' if trap(node) == 'true' else 'false'}"
        if kind.sort == "number":
            meant = plain_numbers(text)
            if not meant:
                return f"{name} is a whole number: {self.example(trail) or f'{name}: 2'}"
            return f"Write the number plainly: {name}: {meant[0]}" + "".join(f", or {other}" for other in meant[1:])
        return f'Write {name}: "{text}"'

    def _kind_fix(self, kind: Kind, node: Node | None, trail: Trail) -> str:
        name = last_key(trail)
        if kind.sort == "list" and isinstance(node, Scalar):
            return f'Write a list of one: {name}: ["{shown(node.text)}"]'
        if kind.sort in ("map", "model") and isinstance(node, Scalar):
            from lattice_tui.document.shorthand import written_out

            if longer := written_out(trail, node):
                return f"Write it out: {longer}"
        fallback = f"{name}: {_empty(kind.sort)}"
        return f"Write it like this: {self.example(trail) or fallback}"


def _words(kind: Kind) -> str:
    return " or ".join(f"`{word}`" for word in kind.allowed)


def _empty(sort: Sort) -> str:
    return {"map": "{}", "model": "{}", "list": "[]"}.get(sort, "...")


def _whole_version(text: str) -> str:
    from lattice_tui.document.pins import minor_of, pins

    known = pins().kubernetes
    try:
        minor = minor_of(text)
    except ValueError:
        return known.proposed["docker"]
    return known.newest_patch(minor) if known.supports(minor) else known.proposed["docker"]
