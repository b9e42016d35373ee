"""What kind says when it cannot make a cluster, in words that help. Pure: its output in, a problem out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lattice_tui.text import safe_text
from schemas.problem import Problem


@dataclass(frozen=True, slots=True)
class _Cause:
    """One way in which `kind create cluster` fails."""

    code: str
    said: re.Pattern[str]
    """Matches the line that tells."""
    title: str
    fix: str
    check: str


def _cause(code: str, said: str, title: str, fix: str, check: str) -> _Cause:
    return _Cause(code, re.compile(said, re.IGNORECASE), title, fix, check)


# Source of the texts: kind v0.32.0 site/content/docs/user/known-issues.md, Docker Engine and runc, each as they say it.
_CAUSES = (
    _cause(
        "LT-BST-010",
        r"unable to apply caps: operation not permitted|privileged mode is (not allowed|incompatible)"
        r"|privileged containers? (is|are) not (allowed|permitted)",
        "This Docker does not run privileged containers, and a Kubernetes node is one",
        "Use a Docker Engine that allows them: your own computer's, a virtual machine's, not a sandbox's",
        "docker run --rm --privileged busybox true",
    ),
    _cause(
        "LT-BST-011",
        r"too many open files|failed to create inotify|could not find a log line that matches .*multi-user",
        "The bootstrap cluster's node did not start: most often too few inotify watches",
        "sudo sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192",
        "sysctl fs.inotify",
    ),
    _cause(
        "LT-BST-012",
        r"no space left on device",
        "Docker's disk is full",
        "Make room: docker system prune shows what it would remove, and asks",
        "docker system df",
    ),
    _cause(
        "LT-BST-013",
        r"predefined address pools have been fully subnetted|non-overlapping IPv4 address pool",
        "Docker has no free range of addresses for the network `kind`",
        "Remove networks that nothing uses: docker network prune",
        "docker network ls",
    ),
    _cause(
        "LT-BST-014",
        r"failed to pull image|manifest( for .*)? (unknown|not found)|pull access denied|toomanyrequests",
        "The bootstrap cluster's node image cannot be fetched",
        "Look at the network, a proxy, or the registry's limits; then go on with `lattice resume`",
        "docker pull kindest/node",
    ),
    _cause(
        "LT-BST-015",
        r"permission denied while trying to connect|(cannot|failed to) connect to the docker",
        "kind does not reach Docker",
        "Start Docker, or let your user talk to it: sudo usermod -aG docker $USER, and sign in anew",
        "docker version",
    ),
    _cause(
        "LT-BST-016",
        r"timed out waiting for the condition|kubelet is not (running|healthy)|failed to init node with kubeadm",
        "Kubernetes did not start inside the bootstrap cluster's node",
        "Give Docker more memory and processors (4 GiB, 2 CPUs at the least), then go on with `lattice resume`",
        "docker stats --no-stream",
    ),
)  # fmt: skip
_EMPTY_WORDS = re.compile(
    r"^Run 'docker run --help' for more information|^Command Output:|^Stack Trace:", re.IGNORECASE
)


def kind_problem(output: str) -> Problem | None:
    """The problem of a failed `kind create cluster`, None for a failure that is not known. `output`: all it said."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not _EMPTY_WORDS.match(line.strip())]
    for cause in _CAUSES:
        told = next((line for line in reversed(lines) if cause.said.search(line)), None)
        if told is not None:
            return Problem(
                code=cause.code, title=cause.title, detail=safe_text(told, 300), fix=cause.fix, check=cause.check
            )
    return None
