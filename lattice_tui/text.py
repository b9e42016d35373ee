"""`safe_text()`: the one boundary between foreign text and a terminal.

Names and messages from servers, tools and files may hold escape sequences, bidirectional overrides
or megabytes. Whatever crosses this function is one printable line of bounded width.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

Safe = NewType("Safe", str)
"""Text that `safe_text()` has cleaned. Only ever drawn as plain text, never as markup."""

MAX_CHARACTERS = 512
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Tabs and line ends separate words; every other control, bidi, zero-width or surrogate character is refused.
_BREAK = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_REFUSED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def safe_text(text: str, limit: int = MAX_CHARACTERS) -> Safe:
    """One printable line of at most `limit` characters; what was cut is shown by an ellipsis."""
    head = text[: limit + 1]
    if head.isascii() and head.isprintable():
        cleaned = head
    else:
        cleaned = _REFUSED.sub(REPLACEMENT, _BREAK.sub(" ", unicodedata.normalize("NFC", head)))
    if len(cleaned) > limit:
        return Safe(cleaned[: limit - 1] + "…")
    return Safe(cleaned)
