"""The guard: YAML events to a tree, with limits in front of everything that could be made to explode.

Works on the parser's events, so that a bomb is refused at its 65th level and never built. Aliases,
tags and repeated keys are refused here, with their lines; types are decided later (`scalars`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn

from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence

MAX_DEPTH = 64
"""Levels of maps and lists; a cluster.yaml has seven."""
MAX_EVENTS = 20_000
"""Keys, values, starts and ends; a cluster.yaml has about a hundred."""

_ALLOWED_TAGS = frozenset({"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_ODD_KEYS = frozenset({"", "~", "null", "Null", "NULL", "<<"})
"""Keys that are no names unless they stand in quotes: nothing, and YAML 1.1's merge."""

# Every %TAG directive is compared with all before it (libyaml): a megabyte of them takes seconds.
_TAG_DIRECTIVE = re.compile(r"^%TAG[ \t]", re.MULTILINE)


class _Stop(Exception):
    """Nothing after this event is read; the reason is in the report."""


def build_tree(text: str, report: Report) -> Node | None:
    """The tree of the one document in `text`; None when there is none, or when `report` says why it cannot be read."""
    import yaml
    from yaml.error import MarkedYAMLError, YAMLError

    if (directive := _TAG_DIRECTIVE.search(text)) is not None:
        line = text.count("\n", 0, directive.start()) + 1
        report.error_at(
            "LT-YAML-011", "tags are not used in a cluster.yaml", "Delete the lines that begin with %TAG.", line, 1
        )
        return None
    builder = _Builder(report)
    loader = None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        builder.take_all(loader.get_event)
    except _Stop:
        return None
    except MarkedYAMLError as error:
        from lattice_tui.document.syntax import report_syntax

        report_syntax(error, text, report)
        return None
    except (YAMLError, RecursionError) as error:
        report.error_at("LT-YAML-007", "this is not YAML", f"The YAML reader says: {shown(error)}", None, None)
        return None
    finally:
        if loader is not None:
            loader.dispose()
    return builder.root


class _Builder:
    """Takes events one by one; `root` is the tree once all are taken."""

    def __init__(self, report: Report) -> None:
        self.root: Node | None = None
        self._report = report
        self._stack: list[tuple[Mapping | Sequence, Scalar | None]] = []
        """Open maps and lists, each with the key its parent waits to fill."""
        self._open: Mapping | Sequence | None = None
        self._key: Scalar | None = None
        self._documents = 0

    def take_all(self, next_event: Callable[[], Any]) -> None:
        """Take events to the end of the text. Raises _Stop when a limit is passed."""
        handlers = _handlers()
        for _ in range(MAX_EVENTS):
            event = next_event()
            handler = handlers[type(event)]
            if handler is None:
                return
            handler(self, event)
        self._refuse(
            "LT-YAML-009",
            "there are more than 20,000 keys and values",
            "A cluster.yaml has about a hundred: is it the right file?",
            next_event().start_mark,
        )

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        scalar = Scalar(event.value, not event.style, mark.line + 1, mark.column + 1)
        if event.tag is not None:
            self._check_tag(event)
            scalar.plain = False
        open_node = self._open
        if type(open_node) is Mapping and self._key is None:
            if scalar.text in _ODD_KEYS or scalar.text in open_node.keys:
                self._check_key(open_node, scalar)
            self._key = scalar
        else:
            self._put(scalar)

    def _check_key(self, mapping: Mapping, key: Scalar) -> None:
        if (first := mapping.keys.get(key.text)) is not None:
            if self._report.is_full:
                raise _Stop
            self._report.error(
                "LT-YAML-012",
                f"the key {shown(key.text)} is there twice",
                f"Keep one of them: the first is on line {first.line}, this one on line {key.line}.",
                at=key,
                detail="YAML readers silently take the last one.",
            )
        elif key.text == "<<" and key.plain:
            self._report.error(
                "LT-YAML-017",
                "`<<` merges another map into this one",
                "Write the keys themselves here: not every YAML reader merges, and a cluster.yaml is short.",
                at=key,
            )
            raise _Stop
        elif key.plain:
            word = f": `{key.text}` means none" if key.text else ""
            self._report.error(
                "LT-YAML-014",
                f"a key is missing before the colon{word}",
                "Write a name in front of the colon: `name: value`.",
                at=key,
            )

    def _put(self, node: Node) -> None:
        open_node = self._open
        if type(open_node) is Mapping:
            key = self._key
            assert key is not None
            self._key = None
            text = key.text
            if text not in open_node.keys and not (text in _ODD_KEYS and key.plain):
                open_node.entries[text] = node
                open_node.keys[text] = key
        elif type(open_node) is Sequence:
            open_node.items.append(node)
        else:
            self.root = node

    def _mapping(self, event: Any) -> None:
        self._start(event, Mapping(line=event.start_mark.line + 1, column=event.start_mark.column + 1))

    def _sequence(self, event: Any) -> None:
        self._start(event, Sequence(line=event.start_mark.line + 1, column=event.start_mark.column + 1))

    def _start(self, event: Any, node: Mapping | Sequence) -> None:
        if event.tag is not None:
            self._check_tag(event)
        if type(self._open) is Mapping and self._key is None:
            self._refuse(
                "LT-YAML-014",
                "a map or a list stands where a key belongs",
                "Write a plain name in front of the colon; text with { or [ in it needs quotes, and a template "
                "with {{ in it has to be filled in first.",
                event.start_mark,
            )
        # The stack holds what the open one hangs from.
        if self._open is not None and len(self._stack) >= MAX_DEPTH - 1:
            self._refuse(
                "LT-YAML-008",
                f"maps and lists are nested more than {MAX_DEPTH} deep",
                "A cluster.yaml is seven levels deep: is it the right file?",
                event.start_mark,
            )
        self._put(node)
        if self._open is not None:
            self._stack.append((self._open, None))
        self._open = node
        self._key = None

    def _end(self, _event: Any) -> None:
        self._open, self._key = self._stack.pop() if self._stack else (None, None)

    def _pass(self, _event: Any) -> None:
        """Starts and ends that say nothing."""

    def _alias(self, event: Any) -> None:
        self._refuse(
            "LT-YAML-010",
            f"`*{shown(event.anchor)}` points at another place of the file",
            "Write the value itself here: anchors and aliases are not used in a cluster.yaml.",
            event.start_mark,
        )

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            from lattice_tui.document.strangers import report_stranger

            # Several objects of Kubernetes in one file are better called that.
            if report_stranger(self.root, self._report):
                raise _Stop
            self._refuse(
                "LT-YAML-013",
                "a second document begins here",
                "Keep one cluster in a file: delete this `---` and what follows, or move it to a file of its own.",
                event.start_mark,
            )

    def _check_tag(self, event: Any) -> None:
        if event.tag not in _ALLOWED_TAGS:
            self._refuse(
                "LT-YAML-011",
                f"the tag {shown(_written_tag(event.tag))} is not used in a cluster.yaml",
                "Delete it and keep the value behind it.",
                event.start_mark,
            )

    def _refuse(self, code: str, title: str, fix: str, mark: Any) -> NoReturn:
        self._report.error_at(code, title, fix, mark.line + 1, mark.column + 1)
        raise _Stop


@cache
def _handlers() -> dict[type[Any], Callable[[_Builder, Any], None] | None]:
    """What takes each sort of event; None ends the text."""
    from yaml import events  # not worth its time to those who only import this module

    return {
        events.ScalarEvent: _Builder._scalar,
        events.MappingStartEvent: _Builder._mapping,
        events.SequenceStartEvent: _Builder._sequence,
        events.MappingEndEvent: _Builder._end,
        events.SequenceEndEvent: _Builder._end,
        events.AliasEvent: _Builder._alias,
        events.DocumentStartEvent: _Builder._document,
        events.DocumentEndEvent: _Builder._pass,
        events.StreamStartEvent: _Builder._pass,
        events.StreamEndEvent: None,
    }


def _written_tag(tag: str) -> str:
    """`!!python/object` for `tag:yaml.org,2002:python/object`."""
    return "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag
