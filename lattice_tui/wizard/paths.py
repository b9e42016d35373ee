"""Where each answer goes in cluster.yaml."""

from __future__ import annotations

from lattice_tui.document.places import keys_of, path_of

NAME = "metadata.name"
PROVIDER = "spec.provider.config"
KUBERNETES = "spec.provider.kubernetes"
VERSION = f"{KUBERNETES}.version"
BOOTSTRAP = f"{KUBERNETES}.bootstrap"
NETWORK = f"{KUBERNETES}.clusterNetwork"
CONTROL_PLANE = "spec.nodes.controlPlane"
POOLS = "spec.nodes.workerPools"
DEFAULT_POOL = "default"
CREDENTIALS = "credentials"
"""Not a part of the document: what is answered there signs in, and the document holds a reference alone."""
CREDENTIALS_SOURCE = "spec.credentials.source"
CREDENTIALS_NAME = "spec.credentials.name"


def pool_path(pool: str) -> str:
    """Path of a worker pool. Any text may stand in for its name; whether it is one is the document's to say."""
    return f"{POOLS}.{path_of((pool,))}"


def pool_replicas(pool: str) -> str:
    """Path of a worker pool's size."""
    return f"{pool_path(pool)}.replicas"


def pool_of(path: str) -> str:
    """The pool that a path below `POOLS` belongs to."""
    return str(keys_of(path)[3])


def is_under(path: str, root: str) -> bool:
    """True when `path` is `root` or lies below it."""
    return path == root or path.startswith((f"{root}.", f"{root}["))
