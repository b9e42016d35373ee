"""The part of JSONPath that printer columns use, as a Kubernetes server reads it.

`.spec.version`, `.status.conditions[?(@.type=="Ready")].status`, `.metadata.labels.cluster\\.x-k8s\\.io/name`,
`.metadata.labels['a.b/c']`, `.spec.list[0]`, `.spec.list[-1]`, `.spec.list[*].name`.
Source: k8s.io/client-go/util/jsonpath, with missing keys allowed.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

Step = Callable[[Any], Iterable[Any]]

_FIELD = re.compile(r"""\.((?:[^.\[\]\\=<>!?@()'"\s]|\\.)+)""")
_QUOTED = re.compile(r"""\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]""")
_INDEX = re.compile(r"\[\s*(-?\d+|\*)\s*\]")
_FILTER = re.compile(r"""\[\?\(\s*@((?:"[^"]*"|'[^']*'|[^)"'])*)\)\s*\]""")
_CONDITION = re.compile(r"""^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$""")
_WHOLE = "."

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class JsonPathError(ValueError):
    """A path outside the part that is understood; the message shows it."""


def values_at(path: str, obj: Any) -> list[Any]:
    """Every value the path leads to, in order; nothing where a key is missing. Raises JsonPathError."""
    values = [obj]
    for step in _steps(path):
        values = [found for value in values for found in step(value)]
    return values


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[Step, ...]:
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    if text in ("", _WHOLE):
        return ()
    if text[0] not in ".[":
        text = f".{text}"
    steps: list[Step] = []
    position = 0
    while position < len(text):
        step, position = _step_at(text, position, path)
        steps.append(step)
    return tuple(steps)


def _step_at(text: str, position: int, path: str) -> tuple[Step, int]:
    """The step that begins at a position, and where the next one does."""
    if text.startswith(".[", position):
        position += 1
    if found := _FIELD.match(text, position):
        return _field(re.sub(r"\\(.)", r"\1", found[1])), found.end()
    if found := _QUOTED.match(text, position):
        return _field(re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2])), found.end()
    if found := _INDEX.match(text, position):
        return (_every if found[1] == "*" else _index(int(found[1]))), found.end()
    if found := _FILTER.match(text, position):
        return _filter(found[1], path), found.end()
    raise JsonPathError(f"unrecognized column definition {path!r}")


def _field(name: str) -> Step:
    if name == "*":
        return _every
    return lambda value: (value[name],) if isinstance(value, dict) and name in value else ()


def _index(index: int) -> Step:
    return lambda value: (value[index],) if isinstance(value, list) and -len(value) <= index < len(value) else ()


def _every(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _filter(condition: str, path: str) -> Step:
    """The elements for which `.type=="Ready"` holds, or that have the field where nothing is compared."""
    compared = _CONDITION.match(condition)
    if compared is None:
        inner = condition.strip()
        _steps(inner)
        return lambda value: (item for item in _every(value) if values_at(inner, item))
    inner, holds, wanted = compared[1], COMPARED[compared[2]], _literal(compared[3], path)

    def chosen(value: Any) -> Iterable[Any]:
        for item in _every(value):
            found = values_at(inner, item)
            if found and _comparable(found[0], wanted) and holds(found[0], wanted):
                yield item

    return chosen


def _literal(text: str, path: str) -> Any:
    if text[0] == text[-1] == "'":
        text = json.dumps(text[1:-1])
    try:
        return json.loads(text)
    except ValueError as error:
        raise JsonPathError(f"unrecognized column definition {path!r}") from error


def _comparable(left: Any, right: Any) -> bool:
    """Whether two values may be held against each other: both texts, both truths, or both numbers."""
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool)
    numbers = (int, float)
    return (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, numbers) and isinstance(right, numbers)
    )
