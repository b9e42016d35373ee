"""`LatticeCluster` to cluster.yaml: a fresh commented file, and bytes to disk."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lattice_tui.document.fields import field_at
from lattice_tui.document.scalars import resolve, trap
from lattice_tui.document.tree import Scalar
from lattice_tui.paths import PRIVATE_FILE, refuse_unsafe_target, write_atomically

if TYPE_CHECKING:
    from schemas.document import LatticeCluster, WorkerPool

_HEAD = ("# A cluster, as Lattice builds it. Check it with: lattice validate cluster.yaml",)
_INDENT = "  "
_COMMENTS = {
    "metadata.labels": "labels on every object of the cluster",
    "spec.provider.config": "one provider; {} where there is nothing to choose",
    "spec.nodes.workerPools": "groups of machines that are alike",
    "spec.networking.lbPool": "addresses for LoadBalancer services",
    "spec.credentials": "where the credentials are, never the value",
    "apiVersion": "the form of this file",
    "metadata": "what the cluster is called",
    "spec.provider": "what it is built from, and where",
    "spec.nodes": "how many machines",
    "spec.endpoints": "where it is reached",
}
"""What is said of the parts that no question asks for."""
_PLAIN_EXTRA = frozenset("-_./")
_YAML11_LETTERS = frozenset("yYnN")
"""True and false to strict YAML 1.1 readers, though not to PyYAML."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def fresh_text(cluster: LatticeCluster) -> str:
    """A new file's text: the same cluster always gives the same text, and reading it gives the cluster back.

    Every key that was answered is there; what was left at "found out later" is not.
    """
    return "".join(f"{line}\n" for line in (*_HEAD, *_lines(_document(cluster), "", 0)))


def save_bytes(path: Path, data: bytes) -> None:
    """Write a person's file: atomic, never through a symlink; a different file that was there is kept as `.bak`.

    Raises UnsafePathError for a symlink, a folder or a device, OSError when the disk refuses.
    """
    refuse_unsafe_target(path)
    mode = PRIVATE_FILE
    if path.exists():
        before = path.read_bytes()
        if before == data:
            return
        mode = path.stat().st_mode & 0o777
        write_atomically(path.with_name(f"{path.name}.bak"), before, mode)
    write_atomically(path, data, mode)


class _Quoted(str):
    """Text that is written in quotes whatever it looks like."""

    __slots__ = ()


def _document(cluster: LatticeCluster) -> dict[str, Any]:
    """The document as plain data, in the order of the file, without what says nothing."""
    spec = cluster.spec
    kubernetes = spec.provider.kubernetes
    network = kubernetes.cluster_network
    return {
        "apiVersion": cluster.api_version,
        "kind": cluster.kind,
        "metadata": _present(name=cluster.metadata.name, labels=cluster.metadata.labels),
        "spec": {
            "provider": {
                "kubernetes": {
                    "version": _Quoted(kubernetes.version),
                    "bootstrap": kubernetes.bootstrap,
                    **_present(
                        certSANs=kubernetes.cert_sans,
                        clusterNetwork=_present(podCidr=network.pod_cidr, serviceCidr=network.service_cidr),
                    ),
                },
                "config": spec.provider.config,
            },
            "nodes": {
                "controlPlane": spec.nodes.control_plane,
                "workerPools": {name: _pool(pool) for name, pool in spec.nodes.worker_pools.items()},
            },
            **_surroundings(cluster),
        },
    }


def _surroundings(cluster: LatticeCluster) -> dict[str, Any]:
    """What stands beside provider and nodes: only what differs from the usual."""
    spec = cluster.spec
    usual = type(spec.endpoints).model_construct()
    endpoints = _present(
        host=spec.endpoints.host,
        grpcPort=spec.endpoints.grpc_port if spec.endpoints.grpc_port != usual.grpc_port else None,
        bootstrapPort=spec.endpoints.bootstrap_port if spec.endpoints.bootstrap_port != usual.bootstrap_port else None,
        service=_present(type=spec.endpoints.service.type),
    )
    pool = spec.networking.lb_pool
    return _present(
        endpoints=endpoints,
        networking={"lbPool": {"start": pool.start, "end": pool.end}} if pool is not None else None,
        management=spec.management if spec.management != "self" else None,
        apiAllowedCidrs=spec.api_allowed_cidrs,
        credentials=spec.credentials.model_dump(exclude_none=True) if spec.credentials is not None else None,
    )


def _pool(pool: WorkerPool) -> dict[str, Any]:
    size = pool.size.model_dump(by_alias=True, exclude_none=True) if pool.size is not None else None
    taints = [{"key": taint.key, **_present(value=taint.value), "effect": taint.effect} for taint in pool.taints]
    return {
        "replicas": pool.replicas,
        **_present(min=pool.min, max=pool.max, labels=pool.labels, taints=taints),
        **({"size": size} if size is not None else {}),
    }


def _present(**values: Any) -> dict[str, Any]:
    """Without what is absent or empty."""
    return {key: value for key, value in values.items() if value is not None and value not in ("", [], {})}


def _lines(values: MappingABC[str, Any], path: str, depth: int) -> Iterator[str]:
    for key, value in values.items():
        below = f"{path}.{key}" if path else key
        start = f"{_INDENT * depth}{_text(key)}:"
        comment = _comment(below)
        if isinstance(value, dict) and value:
            yield start + comment
            yield from _lines(value, below, depth + 1)
        elif isinstance(value, list) and value:
            yield start + comment
            yield from _items(value, depth + 1)
        else:
            yield f"{start} {_text(value)}{comment}"


def _items(values: list[Any], depth: int) -> Iterator[str]:
    """List entries: single values one a line, anything else in flow style."""
    for value in values:
        yield f"{_INDENT * depth}- {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _text(value)


def _text(value: Any) -> str:
    """One value as YAML 1.1 and 1.2 both read it back."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if value in ({}, []):
        return "{}" if isinstance(value, dict) else "[]"
    return value if _is_plain(value) else _quoted(value)


def _is_plain(text: str) -> bool:
    if isinstance(text, _Quoted) or not text.isascii() or not text[:1].isalpha() or text in _YAML11_LETTERS:
        return False
    if not all(character.isalnum() or character in _PLAIN_EXTRA for character in text):
        return False
    scalar = Scalar(text, plain=True)
    return isinstance(resolve(scalar), str) and not trap(scalar)


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if (known := _ESCAPES.get(character)) is not None:
        return known
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _comment(path: str) -> str:
    field = field_at(path)
    text = field.help if field is not None else _COMMENTS.get(path, "")
    return f"  # {text}" if text else ""
