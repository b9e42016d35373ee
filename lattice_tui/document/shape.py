"""The document's shape: the tree read into a model, every problem with its place in one pass.

The models' own field declarations are the rules; no schema is built for that, which is what keeps
`lattice validate` cheap. What this accepts is what pydantic's strict validation accepts (tested).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from typing import Any, Final

from pydantic import BaseModel

from lattice_tui.document.kinds import Key, Kind, M, Outline, made, outline
from lattice_tui.document.report import Report
from lattice_tui.document.scalars import Value, is_ambiguous, resolve, trap
from lattice_tui.document.trail import Trail, joined, path_text, trail_of
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence
from lattice_tui.document.wrong_values import WrongValues

Rule = Callable[[dict[str, Any], Mapping, str, Report], bool]
"""(fields read so far by attribute, node, path, report) -> False when the model may not be made; reports why."""

MAX_ENTRIES = 1000
"""Of one list or free map (pools, labels, names): each is looked at closely, which a hostile file would use."""
_SECRET_MIN_LENGTH = 20
"""The shortest text that is looked at for being a credential: an AWS key id."""


class _Bad:
    """Stands for a value that could not be read; its problem is in the report."""


BAD: Final = _Bad()
_TYPES: Final[dict[str, type]] = {"text": str, "number": int, "switch": bool}


class Shape:
    """Reads trees into models, with rules per model and examples per path."""

    def __init__(
        self, report: Report, rules: MappingABC[type[BaseModel], Rule], examples: MappingABC[str, str] | None = None
    ) -> None:
        self._report = report
        self._rules = rules
        self._wrong = WrongValues(report, {} if examples is None else examples)
        self._root: Node | None = None
        self._absent: list[tuple[Key, str, Mapping]] = []
        """Required keys that nobody has written; one that stands elsewhere by mistake is not missing."""
        self._meant: set[str] = set()
        """Paths that were written in a wrong place or with a wrong name, and are answered already."""

    def read(self, model: type[M], node: Node | None, path: str) -> M | None:
        """The model of `node`, or None when anything in it is wrong."""
        self._root = node
        read = self._model(model, node, path, trail_of(path))
        for key, above, parent in self._absent:
            self._report_missing(key, above, parent)
        return read

    def _model(self, model: type[M], node: Node | None, path: str, trail: Trail) -> M | None:
        if not isinstance(node, Mapping):
            self._wrong.wrong_kind(Kind("model", model=model), node, trail)
            return None
        plan = outline(model)
        values: dict[str, Any] = {}
        complete = True
        written = node.entries
        if not written.keys() <= plan.keys.keys():
            complete = False
            written = self._with_strays(plan, node, path)
        for name, child in written.items():
            key = plan.keys[name]
            value = self._value(key.kind, child, (path, name))
            if value is not BAD:
                values[key.attribute] = value
            elif self._report.is_full:
                return None
            else:
                complete = False
        for key in plan.required:
            if key.name not in written:
                complete = False
                self._absent.append((key, path, node))
        rule = self._rules.get(model)
        if rule is not None and not rule(values, node, path, self._report):
            complete = False
        return made(model, values) if complete else None

    def _with_strays(self, plan: Outline, node: Mapping, path: str) -> dict[str, Node]:
        """The known entries, and with them what was probably meant by the unknown ones, which are reported."""
        from lattice_tui.document.strays import Strays

        return Strays(self._report, self._root, self._meant).sorted_out(plan, node, path)

    def _report_missing(self, key: Key, above: str, parent: Mapping) -> None:
        """Report every required key below a missing one: what has to be written, not what it hangs from."""
        path = joined(above, key.name)
        if any(path == meant or path.startswith(f"{meant}.") for meant in self._meant):
            return
        if key.kind.model is not None:
            for inner in outline(key.kind.model).required:
                self._report_missing(inner, path, parent)
            return
        example = self._wrong.example((above, key.name)) or f"{key.name}: ..."
        code = "LT-DOC-006" if path == "metadata.name" else "LT-DOC-007"
        fix = f"Write it under `{above}`, for example: {example}" if above else f"Write it: {example}"
        if path == "metadata.name":
            fix += " (or give the name on the command line: --name practice)"
        self._report.error(code, f"{path} is missing", fix, at=parent, path=path)

    def _value(self, kind: Kind, node: Node, trail: Trail) -> Any:
        """The value of one field, or BAD."""
        if type(node) is Scalar:
            if kind.is_optional and resolve(node) is None:
                return None
            if kind.sort in _TYPES:
                return self._single(kind, node, trail)
        if kind.model is not None:
            read = self._model(kind.model, node, path_text(trail), trail)
            return BAD if read is None else read
        if kind.sort == "map" or (kind.sort == "anything" and isinstance(node, Mapping)):
            return self._map(kind, node, trail)
        if kind.sort == "list" or (kind.sort == "anything" and isinstance(node, Sequence)):
            return self._list(kind, node, trail)
        return self._single(kind, node, trail)

    def _map(self, kind: Kind, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Mapping):
            self._wrong.wrong_kind(kind, node, trail)
            return BAD
        if len(node.entries) > MAX_ENTRIES:
            self._wrong.too_many(len(node.entries), MAX_ENTRIES, node, trail)
            return BAD
        inner, path = kind.inner or kind, path_text(trail)
        values: dict[str, Any] = {}
        complete = True
        for name, child in node.entries.items():
            below = (path, name)
            values[name] = self._value(inner, child, below)
            if not self._is_key(node.keys[name], below):
                values[name] = BAD
            if values[name] is BAD:
                complete = False
                if self._report.is_full:
                    break
        return values if complete else BAD

    def _list(self, kind: Kind, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Sequence):
            self._wrong.wrong_kind(kind, node, trail)
            return BAD
        if len(node.items) > MAX_ENTRIES:
            self._wrong.too_many(len(node.items), MAX_ENTRIES, node, trail)
            return BAD
        inner, path = kind.inner or kind, path_text(trail)
        values: list[Any] = []
        complete = True
        for index, item in enumerate(node.items):
            value = self._value(inner, item, (path, index))
            values.append(value)
            if value is BAD:
                complete = False
                if self._report.is_full:
                    break
        return values if complete else BAD

    def _single(self, kind: Kind, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Scalar):
            self._wrong.wrong_kind(kind, node, trail)
            return BAD
        value: Value = node.text
        if node.plain and is_ambiguous(node.text):
            if misread := trap(node):
                self._wrong.trap(misread, kind, node, trail)
                return BAD
            value = resolve(node)
        # A choice takes none of these, and says so itself.
        if kind.sort != "choice" and len(node.text) >= _SECRET_MIN_LENGTH and self._is_secret(node, trail):
            return BAD
        if not (node.text.isprintable() or self._is_seen(node, trail)):
            return BAD
        if kind.sort == "anything" or (kind.sort == "choice" and value in kind.allowed):
            return value
        return self._of_kind(kind, value, node, trail)

    def _of_kind(self, kind: Kind, value: Value, node: Scalar, trail: Trail) -> Any:
        """The value when it is what the key takes, else BAD."""
        if value is None:
            self._wrong.no_value(kind, node, trail)
        elif kind.sort == "choice":
            self._wrong.not_a_word(kind, node, trail)
        elif type(value) is not _TYPES[kind.sort]:
            self._wrong.wrong_type(kind, value, node, trail)
        elif type(value) is int and not _is_within(value, kind):
            self._wrong.out_of_range(value, kind, node, trail)
        else:
            return value
        return BAD

    def _is_key(self, key: Scalar, trail: Trail) -> bool:
        """Whether a free key is the same text to every YAML reader, and can be seen."""
        if key.plain and is_ambiguous(key.text):
            misread = trap(key) or ("" if isinstance(resolve(key), str) else "no text")
            if misread:
                self._wrong.trap_key(misread, key, trail)
                return False
        return key.text.isprintable() or self._is_seen(key, trail)

    def _is_seen(self, node: Scalar, trail: Trail) -> bool:
        from lattice_tui.document.letters import unseen_letter

        what = unseen_letter(node.text)
        if what:
            self._wrong.unseen(what, node, trail)
        return not what

    def _is_secret(self, node: Scalar, trail: Trail) -> bool:
        from lattice_tui.document.secret_values import looks_secret, secret_in_file

        if not looks_secret(node.text):
            return False
        secret_in_file(node, path_text(trail), self._report)
        return True


def _is_within(value: int, kind: Kind) -> bool:
    return (kind.low is None or value >= kind.low) and (kind.high is None or value <= kind.high)
