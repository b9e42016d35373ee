"""The document's shape: the tree read into a model, every problem with its place in one pass.

The models' own field declarations are the rules; no schema is built for that, which is what keeps
`lattice validate` cheap. What this accepts is what pydantic's strict validation accepts (tested).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lattice_tui.document.keys import did_you_mean, secret_in_file, unknown_key
from lattice_tui.document.report import Report, shown
from lattice_tui.document.scalars import resolve, trap
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence

M = TypeVar("M", bound=BaseModel)

Rule = Callable[[dict[str, Any], Mapping, str, Report], bool]
"""(fields read so far by attribute, node, path, report) -> False when the model may not be made; reports why."""


class _Bad:
    """Stands for a value that could not be read; its problem is in the report."""


BAD: Final = _Bad()


class Shape:
    """Reads trees into models, with rules per model and examples per path."""

    def __init__(
        self, report: Report, rules: MappingABC[type[BaseModel], Rule], examples: MappingABC[str, str] | None = None
    ) -> None:
        self._report = report
        self._rules = rules
        self._examples = examples or {}

    def read(self, model: type[M], node: Node | None, path: str) -> M | None:
        """The model of `node`, or None when anything in it is wrong."""
        if not isinstance(node, Mapping):
            self._wrong_kind("map", node, path)
            return None
        values: dict[str, Any] = {}
        complete = True
        names: dict[str, tuple[str, FieldInfo]] = {}
        for attribute, info in model.model_fields.items():
            names[info.alias or attribute] = (attribute, info)
        for name, child in node.entries.items():
            if self._report.is_full:
                return None
            known = names.get(name)
            if known is None:
                unknown_key(node.keys[name], path, names, self._report)
                complete = False
                continue
            attribute, info = known
            value = self._value(info.annotation, info.metadata, child, _join(path, name))
            if value is BAD:
                complete = False
            else:
                values[attribute] = value
        complete = self._has_required(names, node, path) and complete
        rule = self._rules.get(model)
        if rule is not None and not rule(values, node, path, self._report):
            complete = False
        return model.model_construct(**values) if complete else None

    def _has_required(self, names: dict[str, tuple[str, FieldInfo]], node: Mapping, path: str) -> bool:
        complete = True
        for name, (_, info) in names.items():
            if info.is_required() and name not in node.entries:
                complete = False
                self._missing(info.annotation, _join(path, name), node)
        return complete

    def _missing(self, annotation: Any, full: str, node: Mapping) -> None:
        """Report every required key below a missing one: what has to be written, not what it hangs from."""
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for attribute, info in annotation.model_fields.items():
                if info.is_required():
                    self._missing(info.annotation, f"{full}.{info.alias or attribute}", node)
            return
        name = _last(full)
        example = self._example(full) or f"{name}: ..."
        code = "LT-DOC-006" if full == "metadata.name" else "LT-DOC-007"
        fix = f"Write it under `{full.rpartition('.')[0]}`, for example: {example}"
        if full == "metadata.name":
            fix += " (or give the name on the command line: --name practice)"
        self._report.error(code, f"{full} is missing", fix, at=node, path=full)

    def _value(self, annotation: Any, metadata: list[Any], node: Node, path: str) -> Any:
        """The value of one field, or BAD."""
        annotation, metadata = _unwrapped(annotation, metadata)
        origin = get_origin(annotation)
        if origin in (Union, UnionType):
            inner = next(argument for argument in get_args(annotation) if argument is not NoneType)
            if isinstance(node, Scalar) and resolve(node) is None:
                return None
            return self._value(inner, metadata, node, path)
        if origin is Literal:
            return self._choice(get_args(annotation), node, path)
        if origin is dict:
            return self._dict(get_args(annotation)[1], node, path)
        if origin is list:
            return self._list(get_args(annotation)[0], node, path)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            instance = self.read(annotation, node, path)
            return BAD if instance is None else instance
        if annotation is Any:
            return self._anything(node, path)
        return self._scalar(annotation, metadata, node, path)

    def _dict(self, annotation: Any, node: Node, path: str) -> Any:
        if not isinstance(node, Mapping):
            return self._wrong_kind("map", node, path)
        values: dict[str, Any] = {}
        for name, child in node.entries.items():
            values[name] = self._value(annotation, [], child, _join(path, name))
            if self._report.is_full:
                return BAD
        return BAD if BAD in values.values() else values

    def _list(self, annotation: Any, node: Node, path: str) -> Any:
        if not isinstance(node, Sequence):
            return self._wrong_kind("list", node, path)
        values: list[Any] = []
        for index, item in enumerate(node.items):
            values.append(self._value(annotation, [], item, f"{path}[{index}]"))
            if self._report.is_full:
                return BAD
        return BAD if BAD in values else values

    def _anything(self, node: Node, path: str) -> Any:
        if isinstance(node, Mapping):
            return self._dict(Any, node, path)
        if isinstance(node, Sequence):
            return self._list(Any, node, path)
        return BAD if self._is_trap(node, path) else resolve(node)

    def _scalar(self, annotation: Any, metadata: list[Any], node: Node, path: str) -> Any:
        if not isinstance(node, Scalar):
            return self._wrong_kind({str: "text", int: "number", bool: "switch"}[annotation], node, path)
        if self._is_trap(node, path):
            return BAD
        value = resolve(node)
        if value is None:
            return self._no_value(node, path)
        if type(value) is not annotation:
            return self._wrong_type(annotation, value, node, path)
        return self._in_range(value, metadata, node, path) if isinstance(value, int) else value

    def _choice(self, allowed: tuple[Any, ...], node: Node, path: str) -> Any:
        if not isinstance(node, Scalar):
            return self._wrong_kind("text", node, path)
        words = " or ".join(f"`{word}`" for word in allowed)
        if misread := trap(node):
            self._report.error(
                "LT-YAML-015",
                f"`{node.text}` without quotes is {misread} to some YAML readers",
                f"{_last(path)} is {words}.",
                at=node,
                path=path,
            )
            return BAD
        value = resolve(node)
        if value in allowed:
            return value
        if value is None:
            return self._no_value(node, path)
        guess = did_you_mean(node.text, [str(word) for word in allowed])
        fix = f"Write {words}." + (f" Did you mean `{guess}`?" if guess and len(allowed) > 1 else "")
        self._report.error("LT-DOC-016", f"{_last(path)} cannot be {shown(node.text)}", fix, at=node, path=path)
        return BAD

    def _is_trap(self, node: Scalar, path: str) -> bool:
        misread = trap(node)
        if misread:
            number = node.text.lstrip("+-0_")
            or_number = f", or {number}" if misread.startswith("the octal") and number.isdigit() else ""
            self._report.error(
                "LT-YAML-015",
                f"`{node.text}` without quotes is {misread} to some YAML readers",
                f'Write {_last(path)}: "{node.text}"{or_number}',
                at=node,
                path=path,
            )
        return bool(misread)

    def _in_range(self, value: int, metadata: list[Any], node: Scalar, path: str) -> Any:
        low = next((item.ge for item in metadata if hasattr(item, "ge")), None)
        high = next((item.le for item in metadata if hasattr(item, "le")), None)
        if (low is None or value >= low) and (high is None or value <= high):
            return value
        limits = (
            f"from {low} to {high}"
            if low is not None and high is not None
            else f"{low} or more"
            if high is None
            else f"at most {high}"
        )
        fix = f"Write a number {limits}" + (f", for example: {example}" if (example := self._example(path)) else "")
        self._report.error("LT-DOC-017", f"{_last(path)} cannot be {value}", fix, at=node, path=path)
        return BAD

    def _wrong_type(self, wanted: Any, value: Any, node: Scalar, path: str) -> _Bad:
        name = _last(path)
        text = shown(node.text)
        if wanted is str:
            kind = "true or false" if isinstance(value, bool) else "a number"
            fix = f'Put it in quotes: {name}: "{text}"'
            if path.endswith("kubernetes.version") and isinstance(value, float):
                fix = f'Write the whole version in quotes: {name}: "{_whole_version(text)}"'
            self._report.error("LT-DOC-010", f"{name} is {kind} without quotes: {text}", fix, at=node, path=path)
        elif wanted is int:
            unquoted = f"{name}: {text}" if text.strip().isdigit() else self._example(path) or f"{name}: 2"
            self._report.error(
                "LT-DOC-011",
                f"{name} is a whole number, not {text}",
                f"Write it without quotes: {unquoted}",
                at=node,
                path=path,
            )
        else:
            self._report.error(
                "LT-DOC-012", f"{name} is true or false, not {text}", f"Write {name}: true", at=node, path=path
            )
        return BAD

    def _no_value(self, node: Scalar, path: str) -> _Bad:
        example = self._example(path) or f"{_last(path)}: ..."
        self._report.error(
            "LT-DOC-015", f"{_last(path)} has no value", f"Write one, for example: {example}", at=node, path=path
        )
        return BAD

    def _wrong_kind(self, wanted: str, node: Node | None, path: str) -> _Bad:
        """Report a map, list or single value that stands where another kind belongs."""
        name = _last(path) or "the document"
        if path == "spec.credentials" and wanted == "map":
            secret_in_file(node, path, self._report)
            return BAD
        if isinstance(node, Scalar) and resolve(node) is None and wanted in ("map", "list"):
            empty = f"{name}: {{}}" if wanted == "map" else f"{name}: []"
            self._report.error(
                "LT-DOC-015",
                f"{name} has no value",
                f"Write {self._example(path) or empty}, or leave the key out.",
                at=node,
                path=path,
            )
            return BAD
        code, what = {"map": ("LT-DOC-013", "a map of keys"), "list": ("LT-DOC-014", "a list")}.get(
            wanted,
            (
                "LT-DOC-010" if wanted == "text" else "LT-DOC-011" if wanted == "number" else "LT-DOC-012",
                "a single value",
            ),
        )
        found = "a map" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a single value"
        self._report.error(
            code, f"{name} is {what}, not {found}", self._kind_fix(wanted, node, path), at=node, path=path
        )
        return BAD

    def _kind_fix(self, wanted: str, node: Node | None, path: str) -> str:
        name = _last(path)
        if wanted == "list" and isinstance(node, Scalar):
            return f'Write a list of one: {name}: ["{shown(node.text)}"]'
        if (
            wanted == "number"
            and isinstance(node, Mapping)
            and isinstance(inner := node.entries.get("replicas"), Scalar)
        ):
            return f"Write the number itself: {name}: {shown(inner.text)}"
        example = self._example(path) or {"map": f"{name}: {{}}", "list": f"{name}: []"}.get(wanted, f"{name}: ...")
        return f"Write it like this: {example}"

    def _example(self, path: str) -> str:
        return self._examples.get(path) or self._examples.get(_generic(path), "")


def _unwrapped(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """`Annotated[int, Field(ge=0)]` as (int, [Ge(0)])."""
    while get_origin(annotation) is Annotated:
        annotation, *extras = get_args(annotation)
        for extra in extras:
            metadata = [*metadata, *(extra.metadata if isinstance(extra, FieldInfo) else (extra,))]
    return annotation, metadata


def _join(path: str, name: str) -> str:
    return f"{path}.{shown(name)}" if path else shown(name)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _generic(path: str) -> str:
    """`spec.nodes.workerPools.*.replicas` for any pool's path."""
    parts = path.split(".")
    if parts[:3] == ["spec", "nodes", "workerPools"] and len(parts) > 3:
        parts[3] = "*"
    return ".".join(part.partition("[")[0] for part in parts)


def _whole_version(text: str) -> str:
    from lattice_tui.document.pins import minor_of, pins

    known = pins().kubernetes
    try:
        minor = minor_of(text)
    except ValueError:
        return known.proposed["docker"]
    return known.newest_patch(minor) if known.supports(minor) else known.proposed["docker"]
