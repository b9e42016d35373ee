"""Which Kubernetes versions can be built, and which suffix belongs to which bootstrap."""

from __future__ import annotations

import re
from typing import Any

from lattice_tui.document.pins import KubernetesPins, Minor, pins
from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, find

_VERSION = re.compile(r"v?(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})(\+rke2r[1-9][0-9]{0,2})?")
_MINOR_ONLY = r"v?([0-9]{1,4})\.([0-9]{1,4})"


def check_kubernetes(values: dict[str, Any], node: Mapping, path: str, report: Report, today: str) -> bool:
    """Version, suffix and support; `today` is an ISO date."""
    text = values.get("version")
    if text is None:
        return True
    at = find(node, "version")
    path = f"{path}.version"
    match = _VERSION.fullmatch(text)
    if match is None:
        _malformed(text, at, path, report)
        return False
    minor = int(match[1]), int(match[2])
    known = pins().kubernetes
    if not known.supports(minor):
        _unsupported(text, minor, known, at, path, report)
        return False
    if match[4] and values.get("bootstrap", "kubeadm") == "kubeadm":
        plain = text.partition("+")[0]
        report.error(
            "LT-VER-004",
            f"{shown(text)} is an RKE2 version, and the bootstrap is kubeadm",
            f'Write version: "{plain}", or bootstrap: rke2',
            at=at,
            path=path,
        )
        return False
    _warn_of_end(text, minor, known, at, path, report, today)
    return True


def _malformed(text: str, at: Node | None, path: str, report: Report) -> None:
    known = pins().kubernetes
    if short := re.fullmatch(_MINOR_ONLY, text):
        minor = int(short[1]), int(short[2])
        whole = known.newest_patch(minor) if known.supports(minor) else known.proposed["docker"]
        report.error(
            "LT-VER-001", f"{text} names no patch version", f'Write three numbers: version: "{whole}"', at=at, path=path
        )
        return
    if "+" in text:
        report.error(
            "LT-VER-005",
            f"{shown(text)} has a suffix that is not understood",
            f'Write version: "{known.proposed["docker"]}", or for RKE2 a suffix like +rke2r1',
            at=at,
            path=path,
        )
        return
    report.error(
        "LT-VER-001",
        f"{shown(text) or 'an empty text'} is not a Kubernetes version",
        f'Write three numbers in quotes: version: "{known.proposed["docker"]}"',
        at=at,
        path=path,
    )


def _unsupported(text: str, minor: Minor, known: KubernetesPins, at: Node | None, path: str, report: Report) -> None:
    low, high = (".".join(map(str, limit)) for limit in (known.min, known.max))
    nearest = known.newest_patch(known.min if minor < known.min else known.max)
    report.error(
        "LT-VER-002",
        f"Kubernetes {shown(text)} cannot be built: {low} to {high} can",
        f'Write version: "{known.proposed["docker"]}" (proposed) or "{nearest}"',
        at=at,
        path=path,
        detail=f"Cluster API {pins().capi} manages itself on Kubernetes {low} to {high}.",
    )


def _warn_of_end(
    text: str, minor: Minor, known: KubernetesPins, at: Node | None, path: str, report: Report, today: str
) -> None:
    end = known.support_ends.get(f"{minor[0]}.{minor[1]}", "")
    if end and end <= today:
        report.warning(
            "LT-VER-003",
            f"Kubernetes {minor[0]}.{minor[1]} gets no fixes since {end}",
            f'It is built all the same. For a cluster that lasts: version: "{known.proposed["docker"]}"',
            at=at,
            path=path,
            detail=f"{shown(text)} gets no security fixes from the Kubernetes project.",
        )
