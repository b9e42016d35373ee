"""`Script`: named requests to one server, and what it answered to each; and where the script's objects are."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.rehearsal_api.conformance.client import Client, Reply
from tests.rehearsal_api.conformance.gadget import GROUP

Answers = dict[str, dict[str, Any]]

PATIENCE_S = 30.0
POLL_S = 0.05
SPACE = "/api/v1/namespaces/conformance"
V1 = f"/apis/{GROUP}/v1/namespaces/conformance/gadgets"
V1BETA1 = f"/apis/{GROUP}/v1beta1/namespaces/conformance/gadgets"
MAPS = f"{SPACE}/configmaps"


class Script:
    """Runs the cases against one client and keeps the answers by name."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: Answers = {}

    def ask(self, name: str, method: str, path: str, body: Any = None, **how: Any) -> Reply:
        """One named case."""
        reply = self.client.ask(method, path, body, **how)
        self.keep(name, reply)
        return reply

    def keep(self, name: str, reply: Reply) -> None:
        """Remember an answer under a name that is new."""
        if name in self.answers:
            raise ValueError(f"two cases are called {name!r}")
        self.answers[name] = reply.normal()

    def until(self, path: str, holds: Callable[[Reply], bool]) -> Reply:
        """Ask until it holds; not a case. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            reply = self.client.ask("GET", path)
            if holds(reply):
                return reply
            time.sleep(POLL_S)
        raise TimeoutError(f"{path}: the last answer was {reply.code} {str(reply.body)[:300]}")
