"""Files made to hurt a reader: small enough to be read, or just too large, and all of them wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final

MIB = 1024 * 1024


def _filled(piece: str, start: str = "", end: str = "") -> Callable[[], str]:
    """1 MiB of one piece over and over."""
    return lambda: start + piece * ((MIB - len(start) - len(end)) // len(piece.encode())) + end


def _lines(lines: Callable[[int], str], count: int, start: str = "") -> Callable[[], str]:
    return lambda: start + "".join(map(lines, range(count)))


def _laughs() -> str:
    names = "abcdefghij"
    steps: Iterable[str] = (f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in pairwise(names))
    return "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n" + "".join(steps)


BOMBS: Final[dict[str, Callable[[], str]]] = {
    # Nesting
    "brackets": _filled("["),
    "fifty thousand brackets": lambda: "[" * 50_000,
    "maps": _filled("{a: "),
    "twenty thousand maps": lambda: "{a: " * 20_000,
    "dashes": _filled("- "),
    "questions": _filled("? "),
    "colons": _filled(": "),
    "stairs": _lines(lambda depth: " " * depth + "a:\n", 1_400),
    "wide trees of the last allowed depth": _filled("[" * 60 + "]" * 60 + ",", "[", "]"),
    # Many
    "flat list": _filled("a,", "[", "]"),
    "list of lines": _filled("- a\n"),
    "unknown keys": _lines(lambda number: f"k{number}: 1\n", 90_000),
    "just enough unknown keys": _lines(lambda number: f"k{number}: 1\n", 9_900),
    "two hundred thousand keys": _lines(lambda number: f"k{number}: 1\n", 200_000),
    "labels": _lines(lambda number: f"  k{number}: 1\n", 9_900, "metadata:\n labels:\n"),
    "labels that are right": _lines(lambda number: f"  k{number}: v\n", 9_900, "metadata:\n labels:\n"),
    "labels that readers disagree about": _lines(lambda number: f"  {number}: no\n", 9_900, "metadata:\n labels:\n"),
    "pools": _lines(lambda number: f"   p{number}: {{replicas: -1}}\n", 3_900, "spec:\n nodes:\n  workerPools:\n"),
    "pools that are right": _lines(
        lambda number: f"   p{number}: {{replicas: 1}}\n", 3_900, "spec:\n nodes:\n  controlPlane: 1\n  workerPools:\n"
    ),
    "certificate names": _lines(
        lambda number: f"    - h{number}.example\n", 18_000, "spec:\n provider:\n  kubernetes:\n   certSANs:\n"
    ),
    "ranges that are right": _lines(
        lambda number: f"  - 10.{number // 256}.{number % 256}.0/24\n", 19_000, "spec:\n apiAllowedCidrs:\n"
    ),
    "ranges": _lines(lambda number: f"  - 10.{number % 256}.0.1/16\n", 19_000, "spec:\n apiAllowedCidrs:\n"),
    "a provider's block": _lines(
        lambda number: f"    k{number}: 1\n", 9_900, "spec:\n provider:\n  config:\n   aws:\n"
    ),
    "repeated keys": _filled("a: 1,", "{", "}"),
    "repeated keys on lines": _filled("a: 1\n"),
    "documents": _filled("---\n"),
    # References and marks
    "laughs": _laughs,
    "recursive alias": lambda: "a: &a\n  - *a\n",
    "aliases": _filled("*a,", "a: &a b\nc: [", "]"),
    "anchors": _filled("x: &a 1\n"),
    "anchors of many names": _lines(lambda number: f"- &a{number} b\n", 70_000),
    "merge keys": _filled("<<: {a: 1}\n"),
    "tags": _filled("- !a b\n"),
    "tag directives": _lines(lambda number: f"%TAG !a{number}! b\n", 60_000),
    "other directives": _filled("%A b\n"),
    # Long
    "long name": _filled("x", "metadata: {name: ", "}"),
    "long number": _filled("9", "spec: {nodes: {controlPlane: ", "}}"),
    "long number of base 60": _filled("1:", "spec: {nodes: {controlPlane: ", "1}}"),
    "long version": _filled("1.", "spec: {provider: {kubernetes: {version: ", "1}}}"),
    "long host": _filled("a.", "spec: {endpoints: {host: ", "a}}"),
    "long range": _filled("1", "spec: {apiAllowedCidrs: [10.0.0.0/", "]}"),
    "long label": _filled("a/", "metadata: {labels: {", "a: b}}"),
    "long key": _filled("x", "", ": 1"),
    "long credential": _filled("!a=", "spec: {credentials: {name: '", "'}}"),
    "long word of capitals": _filled("aB1", "metadata: {labels: {a: ", "}}"),
    "long text on lines": _filled("a b c d e f g h\n", "", ""),
    "text of twenty megabytes": lambda: "a: " + "x" * (20 * MIB),
    # Characters
    "blank": _filled("\n"),
    "carriage returns": _filled("\r"),
    "spaces": _filled(" "),
    "tabs": _filled("\t"),
    "comments": _filled("# a\n"),
    "one long comment": _filled("#"),
    "double quotes": _filled('"'),
    "single quotes": _filled("'"),
    "empty texts": _filled('"",', "[", "]"),
    "escapes": _filled("\\x41", 'a: "', '"'),
    "escapes of nothing to see": _filled("\\e", 'metadata: {name: "', '"}'),
    "backslashes": _filled("\\", '"'),
    "characters of four bytes": _filled("\N{GRINNING FACE}", "metadata: {name: ", "}"),
    "letters that look Latin": _filled("\N{CYRILLIC SMALL LETTER A}", "metadata: {name: ", "}"),
    "combining marks": _filled("a\u0301\u0327", "metadata: {name: ", "}"),
    "block text": _filled("  a\n", "metadata:\n name: |\n"),
    "folded text": _filled("  a\n\n", "metadata:\n name: >\n"),
    "commas": _filled(",", "["),
    "ampersands": _filled("&"),
    "percents": _filled("%"),
}
"""Name -> the text. Each is refused with at least one error."""
