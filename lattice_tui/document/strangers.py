"""Files that are something else: pasted by mistake, and better named than answered with thirty unknown keys."""

from __future__ import annotations

from typing import Final

from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence, find
from schemas.document import KIND

_OUR_GROUP_PREFIX = "lattice."
_START = "A cluster.yaml begins with: apiVersion: lattice.dev/v1alpha1"
_EXAMPLE = "Describe the cluster in a cluster.yaml instead: begin with examples/docker.yaml."
# What the group of an apiVersion ends with -> (what the file is, what to do).
_GROUPS: Final = (
    ("cluster.x-k8s.io", "an object of Cluster API", f"Lattice writes those itself. {_EXAMPLE}"),
    ("kind.x-k8s.io", "a configuration of kind", f"Lattice starts kind itself. {_EXAMPLE}"),
    ("kubeadm.k8s.io", "a configuration of kubeadm", f"Lattice writes that itself. {_EXAMPLE}"),
    ("k3d.io", "a configuration of k3d", _EXAMPLE),
    ("eksctl.io", "a configuration of eksctl", _EXAMPLE),
    ("kops.k8s.io", "an object of kOps", _EXAMPLE),
)
_KUBECONFIG = ("a kubeconfig", "It opens a cluster that exists: keep it to yourself. " + _EXAMPLE)
# Top-level keys that a file without apiVersion and kind is known by.
_KEYS: Final = (
    (frozenset({"clusters", "contexts", "users"}), *_KUBECONFIG),
    (
        frozenset({"clouds"}),
        "a clouds.yaml of OpenStack",
        "Leave it where it is, and name its cloud in a cluster.yaml.",
    ),
    (frozenset({"services"}), "a file of Docker Compose", _EXAMPLE),
    (frozenset({"machine", "cluster"}), "a configuration of Talos", _EXAMPLE),
    (frozenset({"on", "jobs"}), "a workflow of GitHub Actions", _EXAMPLE),
    (frozenset({"$schema", "properties"}), "a JSON Schema", f"It describes such files, it is none. {_EXAMPLE}"),
)
_NO_LONGER_OURS = frozenset({"metadata", "spec"})


def report_stranger(root: Node | None, report: Report) -> bool:
    """Report a document that is no LatticeCluster and never was meant to be one."""
    if isinstance(root, Sequence):
        return _report_list(root, report)
    if not isinstance(root, Mapping):
        return False
    found = _by_kind(root) or _by_keys(root)
    if found is None:
        return False
    what, fix, at = found
    report.error("LT-DOC-004", f"this is {what}, not a {KIND}", fix, at=at)
    return True


def _by_kind(root: Mapping) -> tuple[str, str, Scalar] | None:
    version, kind = find(root, "apiVersion"), find(root, "kind")
    if not isinstance(version, Scalar) or not isinstance(kind, Scalar):
        return None
    if kind.text == KIND or version.text.startswith(_OUR_GROUP_PREFIX):
        return None
    group = version.text.rpartition("/")[0]
    for suffix, what, fix in _GROUPS:
        if group == suffix or group.endswith(f".{suffix}"):
            return f"{what} ({shown(kind.text)})", fix, kind
    if kind.text == "Config" and "contexts" in root.entries:
        return *_KUBECONFIG, kind
    if kind.text.endswith("List") and "items" in root.entries:
        return "a list of Kubernetes objects", f"Give a file with one cluster. {_START}", kind
    return f"a Kubernetes object ({shown(kind.text)})", f"{_START} and kind: {KIND}", kind


def _by_keys(root: Mapping) -> tuple[str, str, Scalar] | None:
    if root.entries.keys() & _NO_LONGER_OURS or "kind" in root.entries:
        return None
    for keys, what, fix in _KEYS:
        if keys <= root.entries.keys():
            return what, fix, next(key for name, key in root.keys.items() if name in keys)
    return None


def _report_list(root: Sequence, report: Report) -> bool:
    """A list of clusters, or of plays, or of anything."""
    first = root.items[0] if root.items else None
    kind = find(first, "kind")
    if isinstance(kind, Scalar) and kind.text == KIND:
        title, fix = "the file holds a list of clusters", "Keep one cluster in a file: delete `- ` and the indentation."
    elif isinstance(first, Mapping) and "hosts" in first.entries:
        title, fix = "the file holds a playbook of Ansible, not a cluster", _EXAMPLE
    else:
        title, fix = "the file holds a list, not a cluster", _START
    report.error("LT-DOC-001", title, fix, at=root)
    return True
