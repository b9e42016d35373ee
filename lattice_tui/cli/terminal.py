"""What this terminal can do."""

from __future__ import annotations

import os
import sys
from typing import TextIO

NO_CURSOR = ("", "dumb", "unknown")
"""Values of TERM that promise no cursor movement."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sits at `stream`; a closed one is none."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def can_ask() -> bool:
    """Whether a question can be put and answered here."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def why_not_drawn() -> str:
    """Why the screens cannot be drawn here, one line; empty when they can."""
    if not is_terminal(sys.stdin):
        return "standard input is no terminal"
    if not is_terminal(sys.stdout):
        return "standard output is no terminal"
    term = os.environ.get("TERM", "")
    if term.lower() in NO_CURSOR:
        return f"TERM is {term!r}: no cursor movement" if term else "TERM is not set"
    encoding = (sys.stdout.encoding or "").lower().replace("-", "").replace("_", "")
    if encoding != "utf8":
        return f"the locale's encoding is {sys.stdout.encoding}, and the screens need UTF-8"
    return ""
