"""Where each answer goes in cluster.yaml."""

from __future__ import annotations

NAME = "metadata.name"
PROVIDER = "spec.provider.config"
VERSION = "spec.provider.kubernetes.version"
BOOTSTRAP = "spec.provider.kubernetes.bootstrap"
CONTROL_PLANE = "spec.nodes.controlPlane"
POOLS = "spec.nodes.workerPools"
DEFAULT_POOL = "default"


def pool_replicas(pool: str) -> str:
    """Path of a worker pool's size. A pool's name holds no dot, so the path splits back into its keys."""
    return f"{POOLS}.{pool}.replicas"


def is_under(path: str, root: str) -> bool:
    """True when `path` is `root` or lies below it."""
    return path == root or path.startswith((f"{root}.", f"{root}["))
