"""CEL rules of a schema (`x-kubernetes-validations`): found, compiled, and run over an object.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go: which rules run when, what counts as
unchanged, and the words of every refusal. An expression that breaks refuses the object, as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas import expressions, words
from lattice_tui.rehearsal.api.schemas.cel_values import times_below, typed
from lattice_tui.rehearsal.api.schemas.expressions import Expression, ExpressionError
from lattice_tui.rehearsal.api.schemas.nodes import Node
from lattice_tui.rehearsal.api.schemas.validation import NOTHING, old_entries, same
from lattice_tui.rehearsal.api.schemas.words import OMITTED, Violation
from lattice_tui.rehearsal.api.served import JsonObject

_OUT_OF_BUDGET: Final = "validation failed due to running out of cost budget, no further validation rules will be run"
_LONGEST_MESSAGE_BYTES = 5 * 1024


@dataclass(frozen=True, slots=True)
class SkippedRule:
    """A rule that is never evaluated."""

    path: str
    """Where in the schema: `spec.template.spec.checks[]`."""
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class _Rule:
    raw: JsonObject
    expression: Expression
    message: Expression | None

    @property
    def told(self) -> str:
        """The rule as an error names it: by its message where it has one."""
        return str(self.raw.get("message") or self.raw.get("rule") or "").strip()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk is."""

    path: str
    value: Any
    old: Any
    """What a transition rule compares with, or NOTHING."""
    pair: tuple[Any, Any] | None
    """New and old of this value, or of the nearest one around it that an old one belongs to."""

    def child(self, path: str, value: Any, old: Any) -> _Place:
        """One step down."""
        return _Place(path, value, old, (value, old) if old is not NOTHING else self.pair)


class _BudgetSpentError(Exception):
    """No further rule is run."""


class Rules:
    """The rules of one schema."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._compiled: dict[Node, tuple[_Rule, ...]] = {}
        skipped: list[SkippedRule] = []
        for path, node in _with_rules(root, ""):
            self._compiled[node] = tuple(_compiled(node, path, skipped))
        self.skipped: tuple[SkippedRule, ...] = tuple(skipped)

    def violations(self, obj: JsonObject, old: JsonObject | None) -> tuple[Violation, ...]:
        """Why the rules refuse the object. `old` is what an update replaces."""
        found: list[Violation] = []
        before = NOTHING if old is None else old
        place = _Place("", obj, before, None if old is None else (obj, old))
        # Out of budget: the reason is in `found` already, whatever else would be refused is not looked at.
        with suppress(_BudgetSpentError):
            self._walk(self._root, place, found, resource=True)
        return tuple(found)

    def _walk(self, node: Node, at: _Place, found: list[Violation], *, resource: bool = False) -> None:
        value = at.value
        if not node.ruled_deep or value is None:
            return
        if node.rules:
            self._run(node, node, at, found, resource=resource)
        for nested in node.all_of:
            if nested.rules:
                self._run(nested, node, at, found, resource=resource)
        if type(value) is list and node.items is not None:
            matched = old_entries(node, value, at.old)
            for place, inner in enumerate(value):
                was = NOTHING if matched is None else matched[place]
                self._walk(node.items, at.child(f"{at.path}[{place}]", inner, was), found)
        elif type(value) is dict:
            self._walk_object(node, at, found)

    def _walk_object(self, node: Node, at: _Place, found: list[Violation]) -> None:
        comparable = type(at.old) is dict
        for name, inner in at.value.items():
            was = at.old.get(name, NOTHING) if comparable else NOTHING
            below = node.properties.get(name)
            if below is not None:
                self._walk(below, at.child(f"{at.path}.{name}" if at.path else name, inner, was), found)
            elif node.additional is not None:
                self._walk(node.additional, at.child(f"{at.path}[{name}]", inner, was), found)

    def _run(self, ruled: Node, node: Node, at: _Place, found: list[Violation], *, resource: bool) -> None:
        """The rules of one level. `node` says what the value is, `ruled` (itself, or in its allOf) has the rules."""
        new = typed(node, at.value, resource=resource)
        has_old = at.old is not NOTHING and at.old is not None
        old = typed(node, at.old, resource=resource) if has_old else None
        for rule in self._compiled[ruled]:
            expression = rule.expression
            if expression.uses_old and not has_old and not expression.optional_old:
                continue
            try:
                holds = expression.value(new, old, has_old)
            except expressions.BudgetExceededError as spent:
                found.append(words.invalid(at.path or "<nil>", _type_of(node), _OUT_OF_BUDGET))
                raise _BudgetSpentError from spent
            except expressions.EvaluationError as broken:
                found.append(words.invalid(at.path or "<nil>", _type_of(node), _broken(str(broken), rule)))
                continue
            if holds is not True and (expression.uses_old or not _unchanged(at)):
                found.append(_refusal(rule, node, at, _message(rule, new, old, has_old)))


def _unchanged(at: _Place) -> bool:
    return at.pair is not None and same(at.pair[0], at.pair[1])


def _type_of(node: Node) -> str:
    return node.types[0] if len(node.types) == 1 else ""


def _broken(reason: str, rule: _Rule) -> str:
    if reason.startswith("no such overload"):
        words_of_rule = "call arguments did not match a supported operator, function or macro signature for rule"
        return f"'{reason}': {words_of_rule}: {rule.told}"
    return f"{reason} evaluating rule: {rule.told}"


def _message(rule: _Rule, new: Any, old: Any, has_old: bool) -> str:
    if rule.message is not None:
        try:
            text = rule.message.value(new, old, has_old)
        except expressions.EvaluationError:
            text = ""  # The server falls back to the rule's own message too.
        if isinstance(text, str):
            text = text.strip()
            if text and "\n" not in text and len(text.encode()) <= _LONGEST_MESSAGE_BYTES:
                return text
    return rule.told if rule.raw.get("message") else f"failed rule: {rule.told}"


def _refusal(rule: _Rule, node: Node, at: _Place, message: str) -> Violation:
    field_path = str(rule.raw.get("fieldPath") or "").replace("['", ".").replace("']", "")
    field = f"{at.path}{field_path}".removeprefix(".") or "<nil>"
    reason = rule.raw.get("reason")
    if reason == "FieldValueForbidden":
        return words.forbidden(field, message)
    if reason == "FieldValueRequired":
        return words.required(field, message)
    value = OMITTED if _type_of(node) in ("object", "array") else at.value
    if reason == "FieldValueDuplicate":
        return words.duplicate(field, value)
    return words.invalid(field, value, message)


def _compiled(node: Node, path: str, skipped: list[SkippedRule]) -> Iterator[_Rule]:
    times = times_below(node)
    for raw in node.rules:
        source = str(raw.get("rule") or "").strip()
        if not source:
            continue
        optional_old = raw.get("optionalOldSelf") is True
        if (expressions.identifiers(source) & times) or "" in times:
            why = "it is about a moment or a duration, which the library takes from no variable"
            skipped.append(SkippedRule(path, source, why))
            continue
        try:
            expression = expressions.compiled(source, optional_old)
            text = raw.get("messageExpression")
            message = expressions.compiled(str(text), optional_old) if text else None
        except ExpressionError as broken:
            skipped.append(SkippedRule(path, source, str(broken)))
            continue
        yield _Rule(raw, expression, message)


def _with_rules(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    if not node.ruled_deep:
        return
    if node.rules:
        yield path, node
    for nested in node.all_of:
        yield from _with_rules(nested, path)
    for name, below in node.properties.items():
        yield from _with_rules(below, f"{path}.{name}" if path else name)
    if node.additional is not None:
        yield from _with_rules(node.additional, f"{path}{{}}")
    if node.items is not None:
        yield from _with_rules(node.items, f"{path}[]")
