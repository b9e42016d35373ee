"""What comes out of a foreign program: bytes to bounded, redacted, printable lines."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from lattice_tui.secrets import MASK, Secret
from lattice_tui.text import safe_text

MAX_LINE_BYTES = 64 * 1024
"""Of one line; the rest up to the line's end is dropped."""
MIN_SECRET_CHARACTERS = 4
"""Masking anything shorter would mask ordinary words."""


class Redactor:
    """Masks secrets, in the forms in which programs print them: plain, base64, percent-encoded, line by line."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            forms.update(_forms(secret.reveal()))
        # Longest first: a form may contain another.
        self._forms = sorted((form for form in forms if len(form) >= MIN_SECRET_CHARACTERS), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """`text` with every form of every secret masked."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def _forms(value: str) -> Iterator[str]:
    yield value
    yield from value.splitlines()
    yield base64.b64encode(value.encode()).decode()
    yield quote(value, safe="")


class LineSplitter:
    """Cuts a stream of bytes into lines of bounded length. A carriage return ends a line too (progress bars)."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._pending = bytearray()
        self._overlong = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The lines that `chunk` completes; empty ones are left out."""
        *complete, rest = chunk.replace(b"\r", b"\n").split(b"\n")
        for part in complete:
            self._keep(part)
            yield from self.end()
        self._keep(rest)

    def end(self) -> Iterator[str]:
        """The last line, when the program did not end it."""
        line = bytes(self._pending)
        self._pending.clear()
        self._overlong = False
        if line.strip():
            # Redacted before it is cut for display: a cut must not leave half a secret.
            yield safe_text(self._redact(line.decode("utf-8", "replace").rstrip()))

    def _keep(self, part: bytes) -> None:
        if self._overlong:
            return
        room = MAX_LINE_BYTES - len(self._pending)
        self._pending += part[:room]
        self._overlong = len(part) > room
