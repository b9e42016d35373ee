"""Kubeconfig files as the tools read and write them: private, and naming clusters of this world alone."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from lattice_tui.paths import private_folder, write_atomically
from lattice_tui.rehearsal.simulated.clusters import Clusters, LiveCluster
from lattice_tui.rehearsal.simulated.tool_run import ToolExitError, ToolRun

EMPTY = {"apiVersion": "v1", "kind": "Config", "clusters": [], "contexts": [], "users": [], "current-context": ""}


def kubeconfig_path(run: ToolRun, flag: str) -> Path:
    """What a tool takes: its flag, else $KUBECONFIG. A rehearsal never touches the person's ~/.kube/config."""
    given = flag or run.env.get("KUBECONFIG", "").partition(os.pathsep)[0]
    if not given:
        raise ToolExitError(1, "Error: a rehearsal leaves ~/.kube/config alone: give --kubeconfig")
    return run.path(given)


def write_kubeconfig(path: Path, text: str) -> None:
    """Write a kubeconfig, mode 0600."""
    if not path.parent.is_dir():
        private_folder(path.parent)
    write_atomically(path, text.encode())


def forget_context(path: Path, name: str) -> None:
    """Take cluster, context and user called `name` out of a file, if it is there."""
    try:
        found = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        return
    kept: dict[str, Any] = {**EMPTY, **(found if isinstance(found, dict) else {})}
    for key in ("clusters", "contexts", "users"):
        kept[key] = [entry for entry in kept[key] or [] if entry.get("name") != name]
    if kept["current-context"] == name:
        kept["current-context"] = ""
    write_kubeconfig(path, yaml.safe_dump(kept, sort_keys=False))


def reach(clusters: Clusters, path: Path, said: str) -> LiveCluster:
    """The cluster that a kubeconfig leads to. `said` begins the error: `Error: ...`.

    Raises ToolExitError in the words of client-go: no such file, connection refused, unknown authority.
    """
    try:
        config = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        raise ToolExitError(1, f"{said}stat {path}: no such file or directory") from None
    except (OSError, yaml.YAMLError) as error:
        raise ToolExitError(1, f"{said}error loading config file {str(path)!r}: {error}") from None
    entry = _current_cluster(config)
    if entry is None:
        raise ToolExitError(1, f"{said}invalid configuration: no configuration has been provided")
    url = str(entry.get("server", ""))
    place = urlsplit(url)
    cluster = clusters.at_port(place.port or 443) if place.hostname in ("127.0.0.1", "localhost") else None
    if cluster is None:
        outcome = "connection refused" if place.hostname in ("127.0.0.1", "localhost") else "no route to host"
        raise ToolExitError(1, f'{said}Get "{url}/api?timeout=30s": dial tcp {place.netloc}: connect: {outcome}')
    if base64.b64decode(entry.get("certificate-authority-data", "")) != cluster.authority.ca_pem.encode():
        raise ToolExitError(
            1,
            f'{said}Get "{url}/api": tls: failed to verify certificate: x509: certificate signed by unknown authority',
        )
    return cluster


def _current_cluster(config: Any) -> dict[str, Any] | None:
    """The `cluster` of the current context."""
    if not isinstance(config, dict):
        return None
    current = config.get("current-context")
    contexts = (entry for entry in config.get("contexts") or [] if entry.get("name") == current)
    named = next((entry["context"]["cluster"] for entry in contexts), None)
    return next((entry["cluster"] for entry in config.get("clusters") or [] if entry.get("name") == named), None)
