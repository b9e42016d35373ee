"""A transcript of kubectl: commands with what they print, read from a file, run, and made comparable.

Blocks of the file: `$ arguments of kubectl`, `! why` where a real server answers otherwise, `= exit code`, then the
lines it prints (both streams); a last line `...` leaves out what follows.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.real_clients.programs import program

NAMESPACE = "sweep"
CALL_TIMEOUT_S = 40.0
CUT = "..."
FILES = {
    "set/a.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: of-set, labels: {set: one}}, data: {a: b}}",
    "set/b.yaml": "{apiVersion: v1, kind: Secret, metadata: {name: of-set, labels: {set: one}}, stringData: {a: b}}",
    "changed.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: of-set, labels: {set: one}}, data: {a: c}}",
    "unknown.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: unknown}, data: {a: b}, foo: bar}",
    "node.yaml": "{apiVersion: v1, kind: Node, metadata: {name: sweep-node}}",
    "list.yaml": "apiVersion: v1\nkind: List\nitems:\n"
    "- {apiVersion: v1, kind: ConfigMap, metadata: {name: first}}\n"
    "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: second}}",
}
SCRIPT = "#!/bin/sh\nsed -i 's/a: .*$/a: edited/' \"$1\"\n"
_UNSTEADY = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+ \+0000|Z)"), "<time>"),
    (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000"), "<time>"),
    (re.compile(r"[WE]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ "), ""),
    (re.compile(r'(resourceVersion"?: )"\d+"'), r"\1<version>"),
    (re.compile(r"10\.96\.\d+\.\d+"), "<address>"),
    (re.compile(r"\b3[0-2]\d{3}\b"), "<port>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<server>"),
    (re.compile(r"/\S*/(LIVE|MERGED)-\d+"), r"<\1>"),
    (re.compile(r"\b(\d+m)?\d+s\b"), "<age>"),
    (re.compile(r" +|\t"), " "),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One command of a transcript, and what came of it."""

    command: str
    code: int
    lines: tuple[str, ...]
    why_other: str = ""
    """Why a real server answers otherwise; empty: it does not."""

    def is_told_by(self, code: int, lines: Sequence[str]) -> bool:
        """Whether a run of the command came to the same."""
        if self.lines[-1:] == (CUT,):
            lines = (*lines[: len(self.lines) - 1], CUT)
        return (self.code, self.lines) == (code, tuple(lines))


def read(path: Path) -> list[Block]:
    """The blocks of a file, in order."""
    blocks: list[Block] = []
    for text in path.read_text(encoding="utf-8").split("\n$ ")[1:]:
        command, *lines = text.rstrip("\n").split("\n")
        why = lines.pop(0)[2:] if lines[0].startswith("! ") else ""
        blocks.append(Block(command, int(lines[0][2:]), tuple(lines[1:]), why))
    return blocks


def prepare(folder: Path) -> None:
    """The files that the commands read, and the editor."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
    editor = folder / "editor.sh"
    editor.write_text(SCRIPT, encoding="utf-8")
    editor.chmod(0o755)


def run(command: str, folder: Path, kubeconfig: Path) -> tuple[int, tuple[str, ...]]:
    """The exit code of a command, and its lines without what differs from run to run."""
    done = subprocess.run(
        [program("kubectl"), "--namespace", NAMESPACE, *shlex.split(command)],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "KUBECONFIG": str(kubeconfig),
            "EDITOR": str(folder / "editor.sh"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=CALL_TIMEOUT_S,
        cwd=folder,
    )
    return done.returncode, tuple(_steady(line) for line in (done.stdout + done.stderr).rstrip().splitlines())


def _steady(line: str) -> str:
    for pattern, instead in _UNSTEADY:
        line = pattern.sub(instead, line)
    return line.strip()
