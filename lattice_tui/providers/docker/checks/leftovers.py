"""D12: containers of clusters that are there already, told apart: the wanted name, earlier runs of ours, others."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from lattice_tui.checks.runner import Check
from lattice_tui.providers.docker.checks.look import DAEMON, Look, check, ok, wrong
from lattice_tui.providers.docker.engine_facts import ContainerInfo
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

CLUSTER_LABEL = "io.x-k8s.kind.cluster"
"""On every container of a cluster, whether kind or Cluster API made it. Source: CAPD internal/docker, kind."""
LOAD_BALANCER_SUFFIX = "-lb"
"""CAPD's only container whose name holds nothing random."""
_OURS = re.compile(r"lattice-[0-9a-f]{8}")
"""How the bootstrap cluster of a run is called."""
_MAX_NAMED = 4


@dataclass(frozen=True, slots=True)
class Leftover:
    """The containers that carry one cluster's name."""

    cluster: str
    containers: tuple[str, ...]
    """Their names, in order."""
    running: int

    @property
    def is_running(self) -> bool:
        return self.running == len(self.containers)

    @property
    def is_ours(self) -> bool:
        """Whether it is the bootstrap cluster of a run of this program."""
        return _OURS.fullmatch(self.cluster) is not None

    @property
    def state(self) -> str:
        """In words: `3 containers, 1 of them stopped`."""
        total, stopped = len(self.containers), len(self.containers) - self.running
        counted = f"{total} container{'' if total == 1 else 's'}"
        if not stopped:
            return f"{counted}, running"
        return f"{counted}, stopped" if stopped == total else f"{counted}, {stopped} of them stopped"


def clusters_among(containers: Iterable[ContainerInfo]) -> tuple[Leftover, ...]:
    """What the labels say, by name of the cluster. A container without the label belongs to none."""
    by_cluster: dict[str, list[ContainerInfo]] = {}
    for container in containers:
        if name := container.labels.get(CLUSTER_LABEL):
            by_cluster.setdefault(name, []).append(container)
    return tuple(
        Leftover(
            cluster=name,
            containers=tuple(sorted(container.name for container in found)),
            running=sum(container.state == "running" for container in found),
        )
        for name, found in sorted(by_cluster.items())
    )


def checks(look: Look) -> tuple[Check, ...]:
    """One row for all clusters."""

    async def run() -> CheckResult:
        engine = await look.engine()
        containers = await asyncio.to_thread(engine.containers)
        return _judge(look, containers)

    return (check(look, "docker-leftovers", "Clusters left over", run, DAEMON, inputs=("name",)),)


def _judge(look: Look, containers: list[ContainerInfo]) -> CheckResult:
    found = clusters_among(containers)
    name = look.wish.name
    has_kind = look.host.which("kind") is not None
    for leftover in found:
        if name and leftover.cluster == name:
            return _name_is_taken(leftover, has_kind)
    if name and any(container.name == f"{name}{LOAD_BALANCER_SUFFIX}" for container in containers):
        return _container_is_taken(f"{name}{LOAD_BALANCER_SUFFIX}", name)
    if stopped := [leftover for leftover in found if not leftover.is_ours and not leftover.is_running]:
        return _stopped(stopped, has_kind)
    if ours := [leftover for leftover in found if leftover.is_ours]:
        return _ours(ours, has_kind)
    if found:
        others = "another cluster runs" if len(found) == 1 else f"{len(found)} other clusters run"
        return ok(f"{others} here: {_named(found)}", evidence="it takes its share of Docker's memory")
    return ok("none")


def _name_is_taken(leftover: Leftover, has_kind: bool) -> CheckResult:
    return wrong(
        "fail",
        "LT-LEFT-001",
        f"A cluster called {_shown(leftover.cluster)} is there already ({leftover.state})",
        why="the containers of two clusters of one name could not be told apart",
        fix="Choose another name, or delete that cluster if nobody needs it, with all that runs in it",
        action=_delete([leftover], has_kind),
        field="metadata.name",
        evidence=_listed(leftover.containers),
    )


def _container_is_taken(container: str, name: str) -> CheckResult:
    return wrong(
        "fail",
        "LT-LEFT-002",
        f"A container called {container} is there already",
        why=f"the load balancer of the cluster {name} would have that very name",
        fix="Choose another name for the cluster, or remove that container if nobody needs it",
        action=f"docker rm -f -v {shlex.quote(container)}",
        field="metadata.name",
    )


def _stopped(stopped: list[Leftover], has_kind: bool) -> CheckResult:
    return wrong(
        "warn",
        "LT-LEFT-003",
        f"Stopped containers of other clusters are there: {_named(stopped)}",
        why="Cluster API's Docker controllers stall on containers that do not run (its troubleshooting page)",
        fix="Delete these clusters if nobody needs them, or start them: docker start CONTAINER",
        action=_delete(stopped, has_kind),
        evidence=_listed([name for leftover in stopped for name in leftover.containers]),
    )


def _ours(ours: list[Leftover], has_kind: bool) -> CheckResult:
    return wrong(
        "warn",
        "LT-LEFT-004",
        f"Left by an earlier run of this program: {_named(ours)}",
        why="a bootstrap cluster goes when its run is done; until then it holds memory, and what the run still needs",
        fix="`lattice status` lists the runs: `lattice resume NAME` ends one well. If none needs it, delete it",
        action=_delete(ours, has_kind),
        evidence=_listed([name for leftover in ours for name in leftover.containers]),
    )


def _delete(leftovers: list[Leftover], has_kind: bool) -> str:
    """One command that deletes all of them; what Docker says is quoted, since a person pastes it into a shell."""
    if has_kind:
        return "; ".join(f"kind delete cluster --name {shlex.quote(leftover.cluster)}" for leftover in leftovers)
    names = [name for leftover in leftovers for name in leftover.containers]
    return f"docker rm -f -v {shlex.join(names)}"


def _named(leftovers: Iterable[Leftover]) -> str:
    told = [f"{_shown(leftover.cluster)} ({leftover.state})" for leftover in leftovers]
    return _listed(told)


def _listed(words: Iterable[str]) -> str:
    told = list(words)
    more = len(told) - _MAX_NAMED
    return ", ".join(told[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shown(cluster: str) -> str:
    return safe_text(cluster, 40)
