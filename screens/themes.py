"""The two themes, and how one is chosen. Screens name colours by their role in these, never by value."""

from __future__ import annotations

import os

from textual.theme import Theme

DARK = Theme(
    name="lattice-dark",
    primary="#5aa9e6",
    secondary="#7f9bb3",
    accent="#7fc8f8",
    success="#7bc96f",
    warning="#e3b341",
    error="#f47067",
    foreground="#d7dde4",
    background="#12161c",
    surface="#1a2028",
    panel="#222a34",
    dark=True,
    variables={"dim": "#8a97a6", "rule": "#35414f", "current": "#24415a", "footer-key-foreground": "#7fc8f8"},
)
LIGHT = Theme(
    name="lattice-light",
    primary="#1f6fb2",
    secondary="#52667a",
    accent="#0b5c9e",
    success="#2c7a2c",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#1d2630",
    background="#fbfcfd",
    surface="#f0f3f6",
    panel="#e3e9ef",
    dark=False,
    variables={"dim": "#5b6875", "rule": "#c3ccd6", "current": "#cfe3f5", "footer-key-foreground": "#0b5c9e"},
)
DEFAULTS = {"dim": "#808080", "rule": "#606060", "current": "#404040"}
"""For the roles that other themes do not know."""


def choose(wanted: str) -> str:
    """Name of the theme for `auto`, `dark` or `light`. `auto` follows COLORFGBG, where a terminal sets it."""
    if wanted == "auto":
        background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
        wanted = "light" if background in ("7", "15") else "dark"
    return LIGHT.name if wanted == "light" else DARK.name
