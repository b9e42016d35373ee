"""G5: making a cluster's objects and writing them out, beside writing out the same objects alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from bench.documents import Measured
from lattice_tui.capi.manifests import yaml_text
from lattice_tui.providers.docker.config import DockerConfig
from lattice_tui.providers.docker.manifests import manifests
from schemas.plan import ClusterPlan, PoolPlan

LIMIT = 1.2
"""G5: of the time that PyYAML's C dumper takes for the same objects."""
ROUNDS = 60
POOLS = 3
"""Fifteen objects: the namespace, four of the cluster, and three for each pool less one."""


def measured_manifests(rounds: int = ROUNDS) -> Iterator[Measured]:
    """The line: the median over rounds in which the two are run in turn, in CPU time."""
    plan = _plan()
    objects = manifests(plan)
    ratios = [_cpu_s(lambda: yaml_text(manifests(plan))) / _cpu_s(lambda: _dumped(objects)) for _ in range(rounds)]
    yield Measured("G5", "manifests", statistics.median(ratios), LIMIT)


def _plan() -> ClusterPlan:
    return ClusterPlan(
        name="demo",
        run_id="0a1b2c3d",
        provider="docker",
        kubernetes_version="1.35.5",
        bootstrap="kubeadm",
        pod_cidr="10.244.0.0/16",
        service_cidr="10.96.0.0/16",
        control_plane_replicas=3,
        pools=tuple(PoolPlan(name=f"pool{number}", replicas=2, labels={"tier": "web"}) for number in range(POOLS)),
        endpoint_host="127.0.0.1",
        grpc_port=50051,
        bootstrap_port=8443,
        service_type="NodePort",
        config=DockerConfig(),
    )


def _dumped(objects: list[dict[str, Any]]) -> object:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump_all(objects, Dumper=dumper, sort_keys=False)


def _cpu_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
