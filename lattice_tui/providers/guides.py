"""The guide of a provider: how to get everything that it needs, and where each value of its block is found."""

from __future__ import annotations

import textwrap
from importlib.resources import files

from lattice_tui.providers.registry import load

_WIDTH = 100


def guide_text(provider: str) -> str:
    """Markdown: what the provider's folder says, then a line for every key. Raises KeyError for an unknown one."""
    known = load(provider)
    written = files(f"lattice_tui.providers.{provider}").joinpath("guide.md").read_text("utf-8").rstrip("\n")
    lines = [written, "", "## Where to find each value", ""]
    credentials = known.credentials.fields if known.credentials is not None else ()
    for field in (*credentials, *known.fields):
        place = field.path.rpartition(f".{provider}.")[2]
        text = f"- {field.label} (`{place}`): {field.where or field.help}"
        lines += textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)
