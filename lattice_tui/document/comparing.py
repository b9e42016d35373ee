"""What differs between two versions of a file, as lines that are safe to print."""

from __future__ import annotations

from lattice_tui.text import safe_text

MAX_BYTES = 256 * 1024
_NEWLINE = b"\n"
MAX_LINES = 4000
"""Larger files are not compared line by line: it would take seconds, and nobody would read it."""
_CONTEXT_LINES = 2
_LINE_MAX_LENGTH = 400


def difference(old: bytes, new: bytes, name: str, *, was: str = "now", becomes: str = "new") -> tuple[str, ...]:
    """A unified diff from `old` to `new`, empty when they are the same bytes; `was` and `becomes` say what each is.

    Line ends and a byte order mark are made visible where they differ; of large files only the sizes are told.
    """
    if old == new:
        return ()
    if max(len(old), len(new)) > MAX_BYTES or max(old.count(b"\n"), new.count(b"\n")) > MAX_LINES:
        return (f"{_size(old)} are replaced by {_size(new)}",)
    import difflib  # only when files differ

    before, after = _lines(old), _lines(new)
    if _has_crlf_alone(before) == _has_crlf_alone(after):
        before, after = ([line.removesuffix("\r") for line in lines] for lines in (before, after))
    if _is_broken_off(old) != _is_broken_off(new):
        for lines, data in ((before, old), (after, new)):
            if _is_broken_off(data):
                lines[-1] += " (no line break at the end)"
    shown = safe_text(name, 80)
    found = difflib.unified_diff(
        before, after, f"{shown} ({was})", f"{shown} ({becomes})", lineterm="", n=_CONTEXT_LINES
    )
    return tuple(map(_visible, found))


def _size(data: bytes) -> str:
    return f"{data.count(_NEWLINE):,} lines, {len(data):,} bytes" if data else "0 bytes"


def _is_broken_off(data: bytes) -> bool:
    return bool(data) and not data.endswith(b"\n")


def _lines(data: bytes) -> list[str]:
    """The text's lines; a carriage return stays at the end of each, to be compared."""
    text = data.decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []


def _has_crlf_alone(lines: list[str]) -> bool:
    return bool(lines) and all(line.endswith("\r") for line in lines)


def _visible(line: str) -> str:
    text = line.removesuffix("\r") + ("^M" if line.endswith("\r") else "")
    return safe_text(text.replace("\ufeff", "<BOM>"), _LINE_MAX_LENGTH)
