"""The words of the last screen."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from textual.content import Content

from lattice_tui.text import safe_text
from schemas.rows import MachineRow
from schemas.snapshot import Snapshot
from screens import words


def done_content(snapshot: Snapshot, folder: Path, width: int) -> Content:
    """Nodes, kubeconfig, next commands, and how to look around, for a page of `width` cells."""
    commands = [Content(part) for line in next_commands(snapshot) for part in _fold(line, width - 2)]
    sections = [
        _head(snapshot),
        _section("Nodes", _nodes(snapshot)),
        _section("Use it (printed once more when you leave)", commands),
        _section("Look around", _around(snapshot, folder, width)),
    ]
    return Content("\n\n").join(sections)


def _head(snapshot: Snapshot) -> Content:
    took = f" It took {words.stopwatch(snapshot.elapsed_s)}." if snapshot.elapsed_s is not None else ""
    verb = "was rehearsed" if snapshot.rehearsal else "is running"
    lines = [
        Content.assemble((f"{safe_text(snapshot.cluster)} {verb}.", "bold $success"), took),
        Content(f"Kubernetes {safe_text(snapshot.kubernetes_version)} on {safe_text(snapshot.provider)}."),
    ]
    if snapshot.rehearsal:
        lines.append(Content.assemble(("Everything was simulated; nothing real was made.", "$warning")))
    return Content("\n").join(lines)


def _nodes(snapshot: Snapshot) -> list[Content]:
    rows = list(snapshot.machines.values())
    width = max((len(_node(row)) for row in rows), default=0)
    return [
        Content.assemble(
            (f"{row.state:<10}", "$success" if row.state == "ready" else "$warning"),
            _node(row).ljust(width + 2),
            (f"{row.role.replace('-', ' '):<15}", "$dim"),
            (safe_text(row.address), "$dim"),
        )
        for row in rows
    ]


def _node(row: MachineRow) -> str:
    return safe_text(row.node or row.name, 63)


def next_commands(snapshot: Snapshot) -> list[str]:
    """What to type in a shell to use the cluster."""
    path: str = safe_text(shlex.quote(snapshot.kubeconfig), 4096)
    home = os.path.expanduser("~")
    if path.startswith(f"{home}/"):
        # Only an unquoted path starts with the home folder: the shell reads the tilde.
        path = "~" + path.removeprefix(home)
    return [f"export KUBECONFIG={path}", "kubectl get nodes", "kubectl get pods -A"]


def _fold(text: str, width: int) -> list[str]:
    """A path has no words to break at: it is cut where the line ends."""
    return [text[start : start + width] for start in range(0, len(text), width)]


def _around(snapshot: Snapshot, folder: Path, width: int) -> list[Content]:
    rows = [(f"lattice status {safe_text(snapshot.cluster)}", "how it stands")]
    if snapshot.rehearsal:
        rows.append(("kubectl", "still gets answers for 15 minutes"))
    label = max(len(text) for text, _what in rows) + 2
    lines = [Content.assemble(text.ljust(label), (what, "$dim")) for text, what in rows]
    lines.append(Content.assemble(("Plan, journal and log of this run:", "$dim")))
    return [*lines, *(Content(part) for part in _fold(safe_text(str(folder), 4096), width - 2))]


def _section(title: str, lines: list[Content]) -> Content:
    return Content("\n").join([Content.assemble((title, "$dim")), *(Content("  ") + line for line in lines)])
