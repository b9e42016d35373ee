"""A condition's message as one plain line.

Cluster API writes messages as indented lists (`* InfrastructureReady:\\n  * VMProvisioned: WaitingForBootstrapData`).
The first line that says something is enough for a row; the whole tree stays with the object.
"""

from __future__ import annotations

import re

from lattice_tui.text import Safe, safe_text

ROW_LIMIT = 300
# `NodeHealthy: Waiting for ...`: the condition's name says nothing to a person when a sentence follows it.
_CONDITION_BEFORE_SENTENCE = re.compile(r"^[A-Z][A-Za-z.]*: (?=\S+ \S)")


def plain_message(message: str) -> Safe:
    """The first meaningful line, without bullets and without the condition's name before a sentence."""
    heading = ""
    for line in message[:20_000].splitlines():
        text = line.strip().removeprefix("* ").strip()
        if not text:
            continue
        if not text.endswith(":"):
            return safe_text(f"{heading} {_without_condition(text)}".strip(), ROW_LIMIT)
        if " " in text:
            # `Machine demo-1:` names what the next line is about; a bare condition's name does not.
            heading = text
    return safe_text(heading or message.strip().removeprefix("* "), ROW_LIMIT)


def _without_condition(text: str) -> str:
    return _CONDITION_BEFORE_SENTENCE.sub("", text)
