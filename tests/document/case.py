"""One bad document: what is written, and the code, line and column that it has to be answered with."""

from __future__ import annotations

from typing import NamedTuple

GOOD = """\
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata:
  name: practice
spec:
  provider:
    kubernetes:
      version: "1.35.5"
      bootstrap: kubeadm
    config:
      docker: {}
  nodes:
    controlPlane: 1
    workerPools:
      default:
        replicas: 2
"""
TODAY = "2026-11-23"


class Case(NamedTuple):
    """One way to be wrong."""

    id: str
    text: str | bytes
    code: str
    line: int | None
    column: int | None
    words: str = ""
    """Has to be in the title or the fix."""


def edited(old: str, new: str) -> str:
    """The good document with one thing changed."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def added(text: str) -> str:
    """The good document with lines added at its end."""
    return GOOD + text
