"""The two clusters of a run as the steps reach them: by the kubeconfigs in the run's folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiUnreachableError
from lattice_tui.errors import LatticeError
from lattice_tui.install import files
from schemas.events import Side

T = TypeVar("T")
TIMEOUT_S = 10.0


class Clusters:
    """Clients of the bootstrap and of the target cluster, made when first needed and again when a file changed."""

    def __init__(self, folder: Path) -> None:
        self._paths: dict[Side, Path] = {
            "bootstrap": folder / files.BOOTSTRAP_KUBECONFIG,
            "target": folder / files.TARGET_KUBECONFIG,
        }
        self._clients: dict[Side, tuple[int, KubeClient]] = {}

    def path(self, side: Side) -> Path:
        """Where that cluster's kubeconfig is, or will be."""
        return self._paths[side]

    def has(self, side: Side) -> bool:
        """Whether its kubeconfig is there; says nothing about the cluster."""
        return self._paths[side].is_file()

    def client(self, side: Side) -> KubeClient:
        """A client for that cluster. Raises LatticeError when its kubeconfig is not there or cannot be used."""
        path = self._paths[side]
        written_ns = path.stat().st_mtime_ns if path.is_file() else 0
        known = self._clients.get(side)
        if known is not None and known[0] == written_ns:
            return known[1]
        client = KubeClient.from_kubeconfig(os.fspath(path), timeout_s=TIMEOUT_S)
        self._clients[side] = (written_ns, client)
        return client

    def ask(self, side: Side, question: Callable[[KubeClient], T]) -> T | None:
        """The answer to `question`, None when the cluster cannot be asked (no kubeconfig, no answer). Blocking."""
        if not self.has(side):
            return None
        try:
            return question(self.client(side))
        except ApiUnreachableError:
            return None

    def close(self) -> None:
        """Close idle connections."""
        for _, client in self._clients.values():
            client.close()
        self._clients.clear()


def is_answering(client: KubeClient) -> bool:
    """Whether the API server says its version: it knows us, and it is up. Blocking."""
    try:
        return bool(client.version())
    except LatticeError:
        return False
