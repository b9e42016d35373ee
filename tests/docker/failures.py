"""What goes wrong with Docker on this computer for the first time (rows 56 to 61), and the check that tells it."""

from __future__ import annotations

from typing import Final

from tests.failures.rows import FailureRow

ROWS: Final = (
    FailureRow(
        (56,), "too many open files", "docker-inotify", "warn", "LT-DOCKER-019", "sudo sysctl", "few-inotify-instances"
    ),
    FailureRow(
        (57,), "rootless without Delegate=yes", "docker-cgroup", "fail", "LT-DOCKER-014", "Delegate=", "not-delegated"
    ),
    FailureRow(
        (58,),
        "the socket is not there",
        "docker-daemon",
        "fail",
        "LT-DOCKER-001",
        "unset DOCKER_HOST",
        "host-leads-nowhere",
    ),
    FailureRow(
        (59,),
        "images through a proxy, pods too",
        "docker-settings",
        "warn",
        "LT-DOCKER-064",
        "export NO_PROXY=$NO_PROXY,",
        "proxy-without-exceptions",
    ),
    FailureRow(
        (60,), "the context is not honoured", "docker-endpoint", "fail", "LT-DOCKER-007", "DOCKER_CONTEXT", "no-context"
    ),
    FailureRow((61,), "disk full, pods evicted", "docker-disk", "warn", "LT-DOCKER-018", "prune", "full-disk"),
)
