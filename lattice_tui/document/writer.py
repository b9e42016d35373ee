"""`LatticeCluster` to cluster.yaml: a fresh commented file."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, Any

from lattice_tui.document.fields import field_at
from lattice_tui.document.parts import part_at
from lattice_tui.document.value_text import QuotedText, flow_text, value_text

if TYPE_CHECKING:
    from schemas.document import LatticeCluster, WorkerPool

SCHEMA_FILE = ".lattice.schema.json"
"""Beside a file of ours: what it may hold, for editors. See `lattice_tui.providers.schema`."""
MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"
"""A path relative to the file, which editors understand without a network."""
_HEAD = (MODELINE, "# A cluster, as Lattice builds it. Check it with: lattice validate cluster.yaml")
_INDENT = "  "


def fresh_text(cluster: LatticeCluster) -> str:
    """A new file's text: the same cluster always gives the same text, and reading it gives the cluster back.

    Every key that was answered is there; what was left at "found out later" is not.
    """
    return "".join(f"{line}\n" for line in (*_HEAD, *_lines(_document(cluster), "", 0)))


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
                    "version": QuotedText(kubernetes.version),
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
        start = f"{_INDENT * depth}{value_text(key)}:"
        comment = _comment(below)
        if isinstance(value, dict) and value:
            yield start + comment
            yield from _lines(value, below, depth + 1)
        elif isinstance(value, list) and value:
            yield start + comment
            yield from _items(value, depth + 1)
        else:
            yield f"{start} {value_text(value)}{comment}"


def _items(values: list[Any], depth: int) -> Iterator[str]:
    """List entries: single values one a line, anything else in flow style."""
    for value in values:
        yield f"{_INDENT * depth}- {flow_text(value)}"


def _comment(path: str) -> str:
    field = field_at(path)
    if field is not None:
        text = field.help
    else:
        part = part_at(path)
        text = part.comment if part is not None else ""
    return f"  # {text}" if text else ""
