"""`Audit`: what was really created, deleted and run in the world, one JSON line each.

The proof that a resumed run did nothing twice: the lines are written by the world, never by the run it judges.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]


class Audit:
    """An append-only log. Every line is in the kernel's hands before the call returns."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def created(self, cluster: str, kind: str, namespace: str, name: str, uid: str, actor: str) -> None:
        """An object came to be in a cluster's API."""
        self.other("create", cluster=cluster, kind=kind, namespace=namespace, name=name, uid=uid, actor=actor)

    def deleted(self, cluster: str, kind: str, namespace: str, name: str, uid: str, actor: str) -> None:
        """An object is gone from a cluster's API (not: is marked for deletion)."""
        self.other("delete", cluster=cluster, kind=kind, namespace=namespace, name=name, uid=uid, actor=actor)

    def tool_started(self, run: str, tool: str, argv: list[str] | tuple[str, ...]) -> None:
        """A simulated tool began; `run` ties its start to its end."""
        self.other("tool.start", run=run, tool=tool, argv=list(argv))

    def tool_ended(self, run: str, tool: str, exit_code: int) -> None:
        """A simulated tool ended."""
        self.other("tool.end", run=run, tool=tool, exit_code=exit_code)

    def other(self, what: str, **facts: Any) -> None:
        """Any other fact, such as `container.create`, `container.remove` or `image.pull`."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"at": at, "what": what, **facts}, separators=(",", ":"), ensure_ascii=False)
        os.write(self._descriptor, line.encode("utf-8", "backslashreplace") + b"\n")

    def close(self) -> None:
        """Let go of the file. A second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def read_audit(path: str | os.PathLike[str]) -> list[JsonObject]:
    """Every whole line of an audit log; a torn last line (the world was killed in it) is left out."""
    data = Path(path).read_bytes() if Path(path).exists() else b""
    whole, _, _torn = data.rpartition(b"\n")
    return [json.loads(line) for line in whole.split(b"\n") if line]
