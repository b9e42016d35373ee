"""Rules of one worker pool: its limits, its labels and taints, its machines' size."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, Final

from lattice_tui.document import naming
from lattice_tui.document.report import Report
from lattice_tui.document.tree import Mapping, find, key_place

_WORDS_OF: Final = {
    "Proxmox": ("cores", "memoryMb", "diskSizeGb"),
    "OpenStack": ("flavor",),
    "AWS": ("instanceType",),
}
"""Whose words the keys of `size` are; the root volume's belong to OpenStack and AWS alike."""
_COUNTS: Final = {"cores": "cores", "memoryMb": "memory_mb", "diskSizeGb": "disk_size_gb"} | {
    "rootVolumeSizeGb": "root_volume_size_gb"
}
_NAMES: Final = {"flavor": "flavor", "instanceType": "instance_type", "rootVolumeType": "root_volume_type"}


def check_pool(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Labels, taints, and the limits of automatic scaling: both or neither, in order, around replicas."""
    fits = naming.check_pool_labels(values, node, path, report)
    fits = naming.check_taints(values, node, path, report) and fits
    low, high, replicas = values.get("min"), values.get("max"), values.get("replicas")
    if (low is None) != (high is None) and not _is_unread(values, node):
        there, gone = ("min", "max") if high is None else ("max", "min")
        usual = max(replicas or 1, low or 0) if gone == "max" else 0
        report.error(
            "LT-DOC-023",
            f"{there} is given without {gone}",
            f"Give both, for example {gone}: {usual}, or neither: then the pool keeps its size.",
            at=key_place(node, there),
            path=f"{path}.{gone}",
        )
        return False
    if low is None or high is None:
        return fits
    if low > high:
        report.error(
            "LT-DOC-024",
            f"min {low} is more than max {high}",
            f"Write min: {high} and max: {low}",
            at=find(node, "min"),
            path=f"{path}.min",
        )
        return False
    if replicas is not None and not low <= replicas <= high:
        report.error(
            "LT-DOC-024",
            f"replicas {replicas} is not between min {low} and max {high}",
            f"Write replicas: {min(max(replicas, low), high)}, or move the limits.",
            at=find(node, "replicas"),
            path=f"{path}.replicas",
        )
        return False
    return fits


def check_size(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Numbers of at least one, names that are there, and the words of one provider alone."""
    fits = True
    for key, attribute in _COUNTS.items():
        count = values.get(attribute)
        if count is not None and count < 1:
            fits = False
            report.error(
                "LT-DOC-017",
                f"{key} cannot be {count}",
                f"Write a number 1 or more, or leave {key} out: then it is as in the provider's block.",
                at=find(node, key),
                path=f"{path}.{key}",
            )
    for key, attribute in _NAMES.items():
        name = values.get(attribute)
        if name is not None and (not name.strip() or "\n" in name or "\t" in name):
            fits = False
            report.error(
                "LT-DOC-015",
                f"{key} has no name in one line",
                f"Write one, or leave {key} out: then it is as in the provider's block.",
                at=find(node, key),
                path=f"{path}.{key}",
            )
    return _is_of_one_provider(node, path, report) and fits


def _is_of_one_provider(node: Mapping, path: str, report: Report) -> bool:
    written = {provider: key for provider, keys in _WORDS_OF.items() for key in keys if key in node.entries}
    if len(written) < 2:
        return True
    (first, one), (second, other), *_ = written.items()
    report.error(
        "LT-DOC-038",
        f"{one} is for {first}, {other} for {second}",
        "Keep the words of the provider under `spec.provider.config`, and delete the others.",
        at=key_place(node, other),
        path=f"{path}.{other}",
    )
    return False


def _is_unread(values: MappingABC[str, Any], node: Mapping) -> bool:
    """Whether a limit is written but could not be read; that has its own problem already."""
    return any(key in node.entries and key not in values for key in ("min", "max"))
