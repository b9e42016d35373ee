"""What the checks of this computer say, for pictures: every row, on a good day and on bad ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from schemas.checks import CheckResult, CheckStatus

GOOD: tuple[CheckResult, ...] = tuple(
    CheckResult(check_id, title, "ok", summary)
    for check_id, title, summary in (
        ("docker-endpoint", "Where Docker is", "unix:///var/run/docker.sock, the usual place"),
        ("docker-daemon", "Docker answers", "Docker 28.2.2, Debian GNU/Linux 12"),
        ("docker-linux", "Linux containers", "runs Linux containers"),
        ("docker-version", "Docker version", "Docker 28.2.2, API 1.50"),
        ("docker-architecture", "Processor type", "x86_64"),
        ("docker-cgroup", "Control groups", "version 2"),
        ("docker-settings", "Docker's own settings", "nothing unusual"),
        ("docker-privileged", "Privileged containers", "one ran, and saw what a machine needs"),
        ("docker-cpu", "Processors", "8 processors"),
        ("docker-memory", "Memory at its peak", "16.0 GiB for Docker; the peak takes 6.8"),
        ("docker-disk", "Disk", "120 GiB free in /var/lib/docker"),
        ("docker-inotify", "File watches (inotify)", "1048576 watches, 8192 instances"),
        ("docker-ports", "Ports on this computer", "50051 and 8443 are free"),
        ("docker-leftovers", "Clusters left over", "none"),
        ("docker-subnets", "Networks", "no overlap"),
        ("docker-registry", "Node image", "kindest/node:v1.35.5 is here"),
        ("tool-kind", "kind", "0.31.0, /usr/local/bin/kind"),
        ("tool-clusterctl", "clusterctl", "1.13.5, /usr/local/bin/clusterctl"),
        ("tool-helm", "helm", "4.1.0, /usr/local/bin/helm"),
        ("tool-kubectl", "kubectl", "1.35.1, /usr/bin/kubectl"),
    )
)
TITLES = {result.id: result.title for result in GOOD}


def said(check_id: str, status: CheckStatus, summary: str, **more: Any) -> CheckResult:
    """One row as it is on a bad day."""
    return CheckResult(check_id, TITLES[check_id], status, summary, **more)


def with_rows(*changed: CheckResult) -> tuple[CheckResult, ...]:
    """All rows, some of them changed."""
    by_id = {result.id: result for result in changed}
    return tuple(by_id.get(result.id, result) for result in GOOD)


def _without_docker(missing: CheckResult) -> tuple[CheckResult, ...]:
    """Nothing about Docker is known, the tools are."""
    waiting = [
        replace(result, status="skip", summary=f"waiting on: {missing.title}")
        for result in GOOD
        if result.id.startswith("docker-") and result.id != "docker-endpoint"
    ]
    return with_rows(*waiting, missing)


STOPPED = _without_docker(
    said(
        "docker-daemon",
        "fail",
        "Docker is not running",
        why="the docker command is there, but there is nothing at unix:///var/run/docker.sock",
        fix="Start Docker: sudo systemctl start docker",
        action="sudo systemctl start docker",
        code="LT-DOCKER-001",
    )
)
STALE_SOCKET = _without_docker(
    said(
        "docker-daemon",
        "fail",
        "Docker has stopped",
        why="unix:///var/run/docker.sock is there, but nothing listens on it: "
        "the socket is left over from a stopped daemon",
        fix="Start Docker again: sudo systemctl restart docker",
        action="docker version",
        code="LT-DOCKER-002",
    )
)
FORBIDDEN = _without_docker(
    said(
        "docker-daemon",
        "fail",
        "You may not use Docker on this computer",
        why="unix:///var/run/docker.sock may be opened by root and the group docker; you are in neither",
        fix="Add yourself: sudo usermod -aG docker ada, then log out and in again",
        action="id -nG shows docker; docker version shows a server",
        code="LT-DOCKER-003",
    )
)
WRONG_CONTEXT = _without_docker(
    said(
        "docker-endpoint",
        "fail",
        "Docker context 'lab' does not exist",
        why="Chosen is context 'lab' in ~/.docker/config.json; the docker command knows no context of that name.",
        fix="Choose one that exists: docker context use default",
        action="docker context ls",
        code="LT-DOCKER-007",
    )
)
WRONG_CONTEXT = tuple(
    replace(result, status="skip", summary="waiting on: Where Docker is") if result.id == "docker-daemon" else result
    for result in WRONG_CONTEXT
)
LOW_MEMORY = with_rows(
    said(
        "docker-memory",
        "fail",
        "2.0 GiB for Docker; 2 machines and the bootstrap cluster take 6.8 at their peak",
        why="during the move the bootstrap cluster and the new cluster run side by side; "
        "where memory ends, the kernel kills what it finds",
        fix="Build fewer machines (1 control plane, 1 worker), or give Docker more memory",
        action="docker info --format '{{.MemTotal}}'",
        field="spec.nodes",
        evidence="MemTotal 16384 MiB; memory.max of /system.slice/docker.service 2048 MiB",
        code="LT-DOCKER-016",
    )
)
FEW_WATCHES = said(
    "docker-inotify",
    "warn",
    "192536 watches, 128 instances; 524288 and 512 are needed",
    why='machines stop while they start, with "too many open files" in their log',
    fix="sudo sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192, "
    "and put both into /etc/sysctl.d/ to keep them",
    action="sudo sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192",
    code="LT-DOCKER-019",
)
TAKEN_PORT = said(
    "docker-ports",
    "warn",
    "bootstrapPort 8443 is taken by the container web",
    why="the cluster can be built; a Lattice operator that is added later could not be reached at that port",
    fix="Write bootstrapPort: 8444 (free here), or stop what holds it",
    action="docker ps --filter publish=8443",
    field="spec.endpoints.bootstrapPort",
    code="LT-PORT-001",
)
WARNINGS = with_rows(FEW_WATCHES, TAKEN_PORT)
NOT_TRIED = said(
    "docker-privileged",
    "unknown",
    "no container was tried: none of its images is here",
    why="whether Docker may start privileged containers shows only when one is started",
    fix="Let it pull busybox:1.37, about 2 MB, and try one",
    action_id="try-image",
)
PROBE_UNKNOWN = with_rows(NOT_TRIED)
NO_TOOL = said(
    "tool-clusterctl",
    "fail",
    "clusterctl is not on your PATH",
    why="it installs Cluster API and moves it into your cluster",
    fix="Install clusterctl v1.13.5: https://github.com/kubernetes-sigs/cluster-api/releases/tag/v1.13.5",
    action="clusterctl version",
    code="LT-TOL-001",
)
MISSING_TOOL = with_rows(NO_TOOL)
SLOW = with_rows(said("docker-privileged", "wait", ""), said("docker-registry", "wait", ""))
"""Two answers that do not come."""
