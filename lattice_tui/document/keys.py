"""Unknown keys: what was probably meant, and what other Lattice documents call it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence

# Keys of newer Lattice documents -> what this dialect writes instead.
_OTHER_DIALECT: Final = {
    "parentConfig": "Write its host, ports and service under `spec.endpoints`.",
    "providerRef": "Write the provider's block under `spec.provider.config`, its credentials under `spec.credentials`.",
    "range": "Write `start`, `end`, `gateway` and `prefix` instead of one `range`.",
    "controlPlaneEndpoint": "Write the address as `spec.endpoints.host`.",
    "externalNetwork": "Write the network's id as `externalNetworkId`.",
    "instanceType": "Write `cpInstanceType` for the control plane and `workerInstanceType` for the workers.",
    "latticeImage": "Leave it out: no Lattice image is chosen in this document.",
}
# Where a key that is right, but in the wrong place, belongs.
_HOME: Final = {
    "version": "spec.provider.kubernetes.version",
    "bootstrap": "spec.provider.kubernetes.bootstrap",
    "certSANs": "spec.provider.kubernetes.certSANs",
    "podCidr": "spec.provider.kubernetes.clusterNetwork.podCidr",
    "serviceCidr": "spec.provider.kubernetes.clusterNetwork.serviceCidr",
    "clusterNetwork": "spec.provider.kubernetes.clusterNetwork",
    "kubernetes": "spec.provider.kubernetes",
    "config": "spec.provider.config",
    "docker": "spec.provider.config.docker",
    "proxmox": "spec.provider.config.proxmox",
    "openstack": "spec.provider.config.openstack",
    "aws": "spec.provider.config.aws",
    "controlPlane": "spec.nodes.controlPlane",
    "workerPools": "spec.nodes.workerPools",
    "name": "metadata.name",
    "provider": "spec.provider",
    "nodes": "spec.nodes",
    "endpoints": "spec.endpoints",
    "host": "spec.endpoints.host",
    "grpcPort": "spec.endpoints.grpcPort",
    "bootstrapPort": "spec.endpoints.bootstrapPort",
    "lbPool": "spec.networking.lbPool",
    "management": "spec.management",
    "apiAllowedCidrs": "spec.apiAllowedCidrs",
    "credentials": "spec.credentials",
    "nodeImage": "spec.provider.config.docker.nodeImage",
}
_CREDENTIAL_KEY = r"(?i)(?:pass(?:word|wd|phrase)?|secret|token|accesskey\w*|apikey|privatekey)$"
_CREDENTIALS = "spec.credentials"
_GUESS_MAX_LENGTH = 40


def unknown_key(key: Scalar, parent: str, known: Iterable[str], report: Report) -> None:
    """Report a key that nobody reads, with the key that was probably meant. Never shows its value."""
    name = key.text
    path = f"{parent}.{shown(name)}" if parent else shown(name)
    if parent != "metadata" and (re.search(_CREDENTIAL_KEY, name) or parent == _CREDENTIALS):
        secret_in_file(key, path, report)
        return
    if name in _OTHER_DIALECT:
        report.error(
            "LT-DOC-009", f"the key {name} is from another Lattice dialect", _OTHER_DIALECT[name], at=key, path=path
        )
        return
    report.error(
        "LT-DOC-008", f"the key {shown(name)} is not known here", _advice(name, parent, tuple(known)), at=key, path=path
    )


def secret_in_file(at: Node | None, path: str, report: Report) -> None:
    """Report a credential written into the file; its value is never shown."""
    report.error(
        "LT-DOC-031",
        "secrets never live in cluster.yaml",
        "Delete the value, change it where it was made, and write a reference: credentials: {source: env}",
        at=at,
        path=path,
        detail="A cluster.yaml is shared, committed and printed.",
    )


def other_dialect_keys(node: Node | None, path: str, report: Report) -> None:
    """Report keys of another dialect and secrets in a provider's block that no model reads."""
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            other_dialect_keys(item, f"{path}[{index}]", report)
    if not isinstance(node, Mapping):
        return
    for name, child in node.entries.items():
        if name in _OTHER_DIALECT or re.search(_CREDENTIAL_KEY, name):
            unknown_key(node.keys[name], path, (), report)
        else:
            other_dialect_keys(child, f"{path}.{shown(name)}", report)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """The word of `known` that `text` was probably meant to be, or nothing."""
    candidates = tuple(known)
    by_lower = {candidate.lower().replace("_", "").replace("-", ""): candidate for candidate in candidates}
    if (same := by_lower.get(text[:_GUESS_MAX_LENGTH].lower().replace("_", "").replace("-", ""))) is not None:
        return same
    if len(text) > _GUESS_MAX_LENGTH:
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, candidates, n=1, cutoff=0.6)), "")


def _advice(name: str, parent: str, known: tuple[str, ...]) -> str:
    guess = did_you_mean(name, known)
    if guess:
        return f"Did you mean `{guess}`?"
    home = _HOME.get(name) or _HOME.get(did_you_mean(name, _HOME))
    if home and home.rpartition(".")[0] != parent:
        return f"It belongs at `{home}`."
    return f"Delete it, or use one of: {', '.join(known)}." if known else "Delete it."
