"""The two passes over cluster.yaml together: the document's shape, then the named provider's block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lattice_tui.document.reader import ReadDocument, read_bytes, read_file
from lattice_tui.document.tree import Mapping, find

if TYPE_CHECKING:
    from lattice_tui.document.report import Report
    from lattice_tui.providers.provider import Provider
    from schemas.document import LatticeCluster
    from schemas.problem import Problem
    from schemas.provider_config import ProviderConfig

_CONFIG = ("spec", "provider", "config")


@dataclass(frozen=True, slots=True)
class ReadCluster:
    """A cluster.yaml as read. `cluster` and `config` are None as soon as there is one error."""

    file: str
    data: bytes
    cluster: LatticeCluster | None
    config: ProviderConfig | None
    problems: tuple[Problem, ...]
    """Errors and warnings, in order of place."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def read_cluster(path: str | os.PathLike[str], *, name: str | None = None, today: str | None = None) -> ReadCluster:
    """Read a file (`-` is standard input). Bad input never raises: it is a list of problems, exit code 10.

    `name` stands in for metadata.name; `today` (ISO date, default: now) decides which versions are out of support.
    """
    return _with_provider(read_file(path, name=name, today=today))


def read_cluster_bytes(
    data: bytes, file: str = "cluster.yaml", *, name: str | None = None, today: str | None = None
) -> ReadCluster:
    """Read bytes that are already here; `file` is the name that problems show."""
    return _with_provider(read_bytes(data, file, name=name, today=today))


def _with_provider(document: ReadDocument) -> ReadCluster:
    from lattice_tui.document.report import Report, in_order

    report = Report(document.file)
    config = _read_config(document.root, report) if document.root is not None else None
    # Both passes look at the block's texts; what both of them find is said once.
    problems = in_order(dict.fromkeys((*document.problems, *report.problems())))
    if document.cluster is None or config is None or report.has_errors:
        return ReadCluster(document.file, document.data, None, None, problems)
    return ReadCluster(document.file, document.data, document.cluster, config, problems)


def _read_config(root: Mapping, report: Report) -> ProviderConfig | None:
    """The provider's block; what keeps it from being read is in `report`, or in the document's problems already."""
    blocks = find(root, *_CONFIG)
    if not isinstance(blocks, Mapping) or len(blocks.entries) != 1:
        return None
    from lattice_tui.document.shape import Shape
    from lattice_tui.providers import registry

    name, block = next(iter(blocks.entries.items()))
    path = ".".join((*_CONFIG, name))
    if name not in registry.names():
        # A planned one; the document's own pass has said so.
        return None
    if not isinstance(block, Mapping):
        return None
    provider = registry.load(name)
    provider.check(root, report)
    return Shape(report, provider.rules, _Examples(provider)).read(provider.config_model, block, path)


class _Examples(MappingABC[str, str]):
    """Path -> what could stand there. A document that is right needs none, and does not wait for the questions."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    @cached_property
    def _known(self) -> dict[str, str]:
        return {field.path: field.example for field in self._provider.fields if field.example}

    def __getitem__(self, path: str) -> str:
        return self._known[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
