"""The keys of the wizard and of the welcome."""

from __future__ import annotations

KEYS = (
    "Tab, Shift-Tab   from one question to the next\n"
    "Up, Down         choose\n"
    "Enter            go on\n"
    "Esc              back\n"
    "Ctrl-N           next step\n"
    "F1               explain this field\n"
    "F2               list of steps\n"
    "F3               check this computer now\n"
    "n, c             next check that is not ok, copy its command\n"
    "F4               cluster.yaml as it stands\n"
    "Ctrl-P           commands\n"
    "Ctrl-Q           quit; your answers are kept as a draft"
)
