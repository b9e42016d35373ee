"""A small ISO 9660 image of a few files in its root, as cloud-init reads its first settings from (NoCloud, `cidata`).

Joliet carries the files' own names, and Linux takes those; the plain tree beside it holds them in capitals.
Sources: ECMA-119 (volume and directory descriptors), the Joliet specification, cloud-init's NoCloud datasource.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

BLOCK: Final = 2048
LABEL: Final = "cidata"
MAX_FILES = 16
"""Their entries are in one block."""
_FIRST_DESCRIPTOR, _PLAIN_TABLES, _JOLIET_TABLES = 16, 19, 21
_PLAIN_ROOT, _JOLIET_ROOT, _FIRST_FILE = 23, 24, 25
_DATE: Final = bytes((126, 1, 1, 0, 0, 0, 0))
"""1 January 2026: the same files make the same image."""
_NO_DATE: Final = b"0" * 16 + b"\0"
_FOLDER: Final = 2


class _Entry(NamedTuple):
    name: bytes
    block: int
    size: int


def seed_image(files: Mapping[str, bytes]) -> bytes:
    """The whole image. Raises ValueError for too many files, or names that are alike in the plain tree."""
    if not 0 < len(files) <= MAX_FILES:
        raise ValueError(f"1 to {MAX_FILES} files fit")
    plain, joliet, data = [], [], b""
    for name, content in sorted(files.items()):
        block = _FIRST_FILE + len(data) // BLOCK
        plain.append(_Entry(f"{_plain(name)}.;1".encode(), block, len(content)))
        joliet.append(_Entry(name.encode("utf-16-be"), block, len(content)))
        data += _padded(content)
    if len({entry.name for entry in plain}) != len(plain):
        raise ValueError("two names are alike in their first eight letters")
    blocks = _FIRST_FILE + len(data) // BLOCK
    return b"".join(
        (
            bytes(_FIRST_DESCRIPTOR * BLOCK),
            _descriptor(blocks, _PLAIN_ROOT, _PLAIN_TABLES, is_joliet=False),
            _descriptor(blocks, _JOLIET_ROOT, _JOLIET_TABLES, is_joliet=True),
            _padded(b"\xffCD001\x01"),
            *(_padded(_path_table(_PLAIN_ROOT, order)) for order in "<>"),
            *(_padded(_path_table(_JOLIET_ROOT, order)) for order in "<>"),
            _root(_PLAIN_ROOT, plain),
            _root(_JOLIET_ROOT, joliet),
            data,
        )
    )


def _descriptor(blocks: int, root: int, tables: int, *, is_joliet: bool) -> bytes:
    """The primary volume descriptor, or Joliet's supplementary one (UCS-2, level 3)."""

    def text(said: str, length: int) -> bytes:
        if is_joliet:
            # Some of these fields are of odd length: the last byte stays empty.
            return said.ljust(length // 2).encode("utf-16-be").ljust(length, b"\0")
        return said.ljust(length).encode()

    table_bytes = len(_path_table(root, "<"))
    parts = (
        bytes((2 if is_joliet else 1,)) + b"CD001\x01\0",
        text("", 32) + text(LABEL, 32) + bytes(8),
        _both32(blocks),
        b"%/E".ljust(32, b"\0") if is_joliet else bytes(32),
        _both16(1) + _both16(1) + _both16(BLOCK) + _both32(table_bytes),
        struct.pack("<II", tables, 0) + struct.pack(">II", tables + 1, 0),
        _record(_Entry(b"\0", root, BLOCK), _FOLDER),
        *(text("", 128) for _ in range(4)),
        *(text("", 37) for _ in range(3)),
        _NO_DATE * 4 + b"\x01",
    )
    return _padded(b"".join(parts))


def _root(block: int, entries: Sequence[_Entry]) -> bytes:
    own, parent = (_record(_Entry(name, block, BLOCK), _FOLDER) for name in (b"\0", b"\x01"))
    return _padded(own + parent + b"".join(_record(entry, 0) for entry in sorted(entries)))


def _record(entry: _Entry, flags: int) -> bytes:
    body = b"".join(
        (
            b"\0",
            _both32(entry.block) + _both32(entry.size) + _DATE,
            bytes((flags, 0, 0)) + _both16(1),
            bytes((len(entry.name),)) + entry.name,
        )
    )
    # Records are of even length; the first byte says it.
    body += b"" if len(body) % 2 else b"\0"
    return bytes((len(body) + 1,)) + body


def _path_table(root: int, order: str) -> bytes:
    """The root alone, in one byte order."""
    return struct.pack(f"{order}BBIH", 1, 0, root, 1) + b"\0\0"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9_]", "_", name.upper())[:8]


def _both16(number: int) -> bytes:
    return struct.pack("<H", number) + struct.pack(">H", number)


def _both32(number: int) -> bytes:
    return struct.pack("<I", number) + struct.pack(">I", number)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % BLOCK)
