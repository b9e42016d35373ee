"""Where each answer goes in cluster.yaml."""

from __future__ import annotations

from lattice_tui.document.places import keys_of, path_of

NAME = "metadata.name"
PROVIDER = "spec.provider.config"
VERSION = "spec.provider.kubernetes.version"
BOOTSTRAP = "spec.provider.kubernetes.bootstrap"
CONTROL_PLANE = "spec.nodes.controlPlane"
POOLS = "spec.nodes.workerPools"
DEFAULT_POOL = "default"


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
