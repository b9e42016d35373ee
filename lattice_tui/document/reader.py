"""cluster.yaml to `LatticeCluster`: all problems in one pass, each with its place."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from lattice_tui.document.decoding import decode
from lattice_tui.document.guard import build_tree
from lattice_tui.document.report import Report
from lattice_tui.document.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from schemas.document import LatticeCluster
    from schemas.problem import Problem


class ReadDocument(NamedTuple):
    """A file as read: its bytes, and the cluster unless an error kept it from being made."""

    file: str
    data: bytes
    cluster: LatticeCluster | None
    problems: tuple[Problem, ...]
    """Errors and warnings, in order of place."""
    root: Mapping | None = None
    """The tree, for the provider's own pass; None when there is none."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def read_file(path: str | os.PathLike[str], *, name: str | None = None, today: str | None = None) -> ReadDocument:
    """Read a file (`-` is standard input). Bad input never raises: it is a list of problems, exit code 10."""
    from lattice_tui.document.source import read_source, source_name

    report = Report(source_name(path))
    data = read_source(path, report)
    if data is None:
        return ReadDocument(report.file, b"", None, report.problems())
    return read_bytes(data, report.file, name=name, today=today)


def read_bytes(
    data: bytes, file: str = "cluster.yaml", *, name: str | None = None, today: str | None = None
) -> ReadDocument:
    """Read bytes that are already here.

    `name` stands in for metadata.name; `today` (ISO date, default: now) decides which versions are out of support.
    """
    report = Report(file)
    text = decode(data, report)
    tree = build_tree(text, report) if text is not None else None
    if tree is None and not report.problems():
        _report_empty(data, file, report)
    root = _root(tree, report)
    cluster = _read_root(root, report, name, today) if root is not None else None
    problems = report.problems()
    if any(problem.severity == "error" for problem in problems):
        cluster = None
    return ReadDocument(file, data, cluster, problems, root)


def _report_empty(data: bytes, file: str, report: Report) -> None:
    from lattice_tui.document.source import STANDARD_INPUT_NAME

    if file == STANDARD_INPUT_NAME and not data.strip():
        title, fix = "nothing came in on standard input", "Pipe a file in: lattice validate - < cluster.yaml"
    else:
        title = "the file is empty" if not data.strip() else "the file holds nothing but comments"
        fix = "Write a cluster into it, or start from examples/docker.yaml."
    report.error_at("LT-YAML-001", title, fix, 1, 1)


def _root(tree: Node | None, report: Report) -> Mapping | None:
    """The document's own map; None when there is none, or when it is something else altogether (reported)."""
    if tree is None:
        return None
    if isinstance(tree, Scalar):
        if tree.plain and not tree.text:
            fix = "Write a cluster into it, or start from examples/docker.yaml."
            report.error_at("LT-YAML-001", "the document is empty", fix, 1, 1)
        else:
            fix = "A cluster.yaml begins with: apiVersion: lattice.dev/v1alpha1"
            report.error("LT-DOC-001", "the file holds a single text, not a cluster", fix, at=tree)
        return None
    if isinstance(tree, Mapping) and _is_ours(tree):
        return tree
    from lattice_tui.document.strangers import report_stranger

    is_stranger = report_stranger(tree, report)
    return tree if isinstance(tree, Mapping) and not is_stranger else None


def _is_ours(root: Mapping) -> bool:
    kind = root.entries.get("kind")
    return isinstance(kind, Scalar) and kind.text == "LatticeCluster"


def _read_root(root: Mapping, report: Report, name: str | None, today: str | None) -> LatticeCluster | None:
    from lattice_tui.document.rules import document_examples, document_rules
    from lattice_tui.document.shape import Shape
    from schemas.document import LatticeCluster

    if name is not None:
        if "metadata" not in root.entries:
            _set(root, "metadata", Mapping(line=root.line, column=root.column))
        metadata = root.entries["metadata"]
        if isinstance(metadata, Mapping):
            _set(metadata, "name", Scalar(name, plain=False))
    rules = document_rules(today or _today())
    return Shape(report, rules, document_examples()).read(LatticeCluster, root, "")


def _set(mapping: Mapping, key: str, node: Node) -> None:
    mapping.entries[key] = node
    mapping.keys[key] = Scalar(key, plain=False, line=node.line, column=node.column)


def _today() -> str:
    """The ISO date that support is judged by: $SOURCE_DATE_EPOCH where it is set, so that the same file is answered
    the same on any day (reproducible-builds.org), else the clock's.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%d", time.gmtime(int(epoch)) if epoch.isdecimal() else time.localtime())
