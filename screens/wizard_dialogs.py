"""The keys of the wizard's steps."""

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
FORM_KEYS = (
    "Tab, Shift-Tab   from one question to the next\n"
    "Left, Right      choose in a line\n"
    "Enter, a letter  open a list; type to filter it\n"
    "Backspace        leave a chosen value empty\n"
    "Esc              back\n"
    "Ctrl-N           next step\n"
    "F1               explain this field\n"
    "F2, F4           list of steps, cluster.yaml\n"
    "F3               fetch the lists and check again\n"
    "n, c, g          among the checks: next that is not ok, copy its\n"
    "                 command, go to its field\n"
    "Ctrl-P           commands\n"
    "Ctrl-Q           quit; your answers are kept, secrets are not"
)
