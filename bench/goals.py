"""The goals by id, and the commands they compare."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SLACK = 1.10
"""A shared machine is never still: only a value worse than goal x 1.10 fails."""

SMALL_DOCUMENT = """\
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata:
  name: my-cluster
spec:
  provider:
    kubernetes:
      version: "1.34.0"
      bootstrap: kubeadm
    config:
      docker: {}
  nodes:
    controlPlane: 1
    workerPools:
      default:
        replicas: 2
  networking: {}
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """`a` may cost at most `limit` times the CPU of `b`."""

    id: str
    name: str
    limit: float
    a: Sequence[str]
    b: Sequence[str]


def goals(folder: Path) -> tuple[Goal, ...]:
    """The goals with their commands; `folder` takes the files that the commands read."""
    document = folder / "cluster.yaml"
    document.write_text(SMALL_DOCUMENT)
    lattice, lattice_tui = _script("lattice"), _script("lattice-tui")
    nothing = (sys.executable, "-c", "pass")
    imports = (sys.executable, "-c", "from pydantic import BaseModel; import yaml")
    return (
        Goal("G1", "version", 1.3, (lattice_tui, "--version"), nothing),
        Goal("G2", "help", 2.3, (lattice, "--help"), nothing),
        Goal("G3", "validate", 1.6, (lattice, "validate", str(document)), imports),
    )


def line(goal: Goal, value: float) -> str:
    """`G<id> <name> <value> <goal> ok|short`"""
    return f"{goal.id} {goal.name} {value:.2f} {goal.limit:.2f} {'ok' if value <= goal.limit else 'short'}"


def fails(goal: Goal, value: float) -> bool:
    """Whether the value is worse than the goal by more than the slack."""
    return value > goal.limit * SLACK


def _script(name: str) -> str:
    """The installed console script, as a person starts it."""
    return os.path.join(os.path.dirname(sys.executable), name)
