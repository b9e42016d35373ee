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


_BLOCKS = {
    "docker": {},
    "proxmox": {
        "sourceNode": "pve1",
        "templateId": "9000",
        "ipv4Pool": "{start: 192.168.1.30, end: 192.168.1.40, gateway: 192.168.1.1, prefix: 24}",
    },
    "openstack": {
        "externalNetworkId": "6a8ba3a9-5a2b-4e1f-9c0d-0c4f4f3b6a11",
        "cpFlavor": "m1.large",
        "workerFlavor": "m1.large",
        "imageName": "ubuntu-2404-kube-v1.35.5",
        "sshKeyName": "mine",
    },
    "aws": {
        "region": "eu-central-1",
        "cpInstanceType": "m6i.large",
        "workerInstanceType": "m6i.large",
        "sshKeyName": '""',
    },
}
_TAILS = {"proxmox": "  endpoints:\n    host: 192.168.1.20\n    service:\n      type: NodePort\n"}


def on(provider: str, key: str = "", value: str = "") -> str:
    """The good document on another provider; with `key: value` written first in its block."""
    block = _BLOCKS[provider]
    written = ({key: value} if key else {}) | {known: text for known, text in block.items() if known != key}
    flow = ", ".join(f"{name}: {text}" for name, text in written.items())
    return edited("docker: {}", f"{provider}: {{{flow}}}") + _TAILS.get(provider, "")
