"""Bytes to text: what is not UTF-8 text is told apart here, before any YAML is read."""

from __future__ import annotations

import re
from typing import Final

from lattice_tui.document.report import Report

MAX_BYTES = 1024 * 1024
"""Largest cluster.yaml that is read. A real one is about 1 kB."""

UTF8_BOM: Final = b"\xef\xbb\xbf"
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a program"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
_TEXTS: Final = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
    (b"-----begin ", "a key or a certificate"),
    (b"#!/", "a script"),
)
"""How other files of text begin, in lower case."""
_USUAL_STARTS: Final = (b"apiVersion:", b"spec:", b"# ", b"metadata:", b"---\n", b"kind:")
# What no YAML text may hold: controls but tab and line ends, other scripts' line ends, a second BOM, non-characters.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def decode(data: bytes, report: Report) -> str | None:
    """The text without its BOM, or None with the problem in `report`."""
    if len(data) > MAX_BYTES:
        _too_large(report)
        return None
    if data.startswith(_USUAL_STARTS) and data.isascii() and (text := data.decode()).replace("\n", "").isprintable():
        return text  # nothing but plain lines: nearly every file
    if (kind := _binary_kind(data)) is not None:
        report.error_at(
            "LT-YAML-002",
            f"this is {kind}, not a cluster.yaml",
            "Give the cluster.yaml itself: plain text in UTF-8.",
            None,
            None,
        )
        return None
    if _is_utf16(data):
        report.error_at(
            "LT-YAML-003",
            "the text is UTF-16 or UTF-32, not UTF-8",
            f"Save it as UTF-8, or run: iconv -f UTF-16 -t UTF-8 {report.file} > new.yaml",
            1,
            1,
        )
        return None
    try:
        text = data.removeprefix(UTF8_BOM).decode()
    except UnicodeDecodeError as error:
        _not_utf8(data.removeprefix(UTF8_BOM), error, report)
        return None
    return text if _has_only_text(text, report) else None


def _too_large(report: Report) -> None:
    report.error_at(
        "LT-FILE-006",
        "the file is larger than 1 MiB",
        "A cluster.yaml is about 1 kB: give the file that holds the cluster, not a log or an archive.",
        None,
        None,
    )


def _binary_kind(data: bytes) -> str | None:
    """What kind of binary file this is, or None for text (of any encoding)."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    start = data[:64].lstrip().lower()
    for words, kind in _TEXTS:
        if start.startswith(words):
            return kind
    if _is_utf16(data):
        return None
    head = data[:8192]
    # One stray NUL in a text is a control character; a tenth of controls is not text at all.
    controls = len(head) - len(head.translate(None, bytes(range(9)) + bytes(range(14, 32))))
    return "a binary file" if controls * 10 > len(head) else None


def _is_utf16(data: bytes) -> bool:
    if data.startswith(_UTF16_BOMS):
        return True
    head = data[:256]
    if len(head) < 4 or 0 not in head:
        return False
    # ASCII text in UTF-16 or UTF-32: every second byte, or three of four, is zero.
    return any(not any(head[start::2]) and all(head[1 - start :: 4]) for start in (0, 1))


def _not_utf8(data: bytes, error: UnicodeDecodeError, report: Report) -> None:
    line = data.count(b"\n", 0, error.start) + 1
    line_start = data.rfind(b"\n", 0, error.start) + 1
    column = len(data[line_start : error.start].decode(errors="replace")) + 1
    byte = data[error.start]
    report.error_at(
        "LT-YAML-004",
        f"the text is not UTF-8: byte 0x{byte:02X}",
        f"Save the file as UTF-8. In Latin-1 that byte is “{bytes((byte,)).decode('latin-1')}”."
        if byte >= 0xA0
        else "Save the file as UTF-8.",
        line,
        column,
    )


def _has_only_text(text: str, report: Report) -> bool:
    found = _REFUSED.search(text)
    if found is None:
        return True
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    report.error_at(
        "LT-YAML-005",
        f"there is a control character (U+{ord(found.group()):04X}) in the text",
        "Delete it; it is usually left by copying from a terminal or a web page.",
        line,
        column,
    )
    return False
