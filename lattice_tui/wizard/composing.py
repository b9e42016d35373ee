"""From answers to the document: the same answers give the same bytes through every front door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lattice_tui.document.places import keys_of
from lattice_tui.errors import DocumentError
from lattice_tui.wizard.paths import POOLS, PROVIDER
from lattice_tui.wizard.person_file import changed_file
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import Step, owner_of
from lattice_tui.wizard.values import value_of

if TYPE_CHECKING:
    from lattice_tui.providers.reading import ReadCluster
    from schemas.document import LatticeCluster
    from schemas.problem import Problem


def read_answers(state: WizardState) -> ReadCluster:
    """The answers as the document's own rules see them: its problems are the wizard's problems."""
    from lattice_tui.document.edits import EditError
    from lattice_tui.providers.reading import ReadCluster, read_cluster_bytes  # pydantic, only when a step is left

    try:
        data = _draft(state)
    except EditError as error:
        # The file keeps what it says; the answer that does not fit into it is what has to be mended.
        known = state.opened.data if state.opened else b""
        return ReadCluster(file=state.save_to, data=known, cluster=None, config=None, problems=error.problems)
    return read_cluster_bytes(data, state.save_to)


def problems_of(state: WizardState, step: Step) -> tuple[Problem, ...]:
    """What has to be mended in `step`, in the order of the document. Warnings do not count."""
    errors = read_answers(state).errors
    return tuple(problem for problem in errors if owner_of(problem.path, state.provider).id == step.id)


def to_document(state: WizardState) -> LatticeCluster:
    """The answers as a document. Raises DocumentError with every problem when they do not make one."""
    read = read_answers(state)
    if read.errors or read.cluster is None:
        raise DocumentError(read.errors)
    return read.cluster


def document_text(state: WizardState) -> str:
    """cluster.yaml as it will be written. Raises DocumentError when the answers do not make a document.

    A file that was opened keeps its comments, its order and every key that the wizard does not ask about.
    """
    from lattice_tui.document.writer import fresh_text  # see read_answers()

    cluster = to_document(state)
    return fresh_text(cluster) if state.opened is None else changed_file(state.opened, state).decode()


def _draft(state: WizardState) -> bytes:
    """Something to read: the person's own file with the new answers in it, or the bare answers."""
    return _bare(state) if state.opened is None else changed_file(state.opened, state)


def _bare(state: WizardState) -> bytes:
    import yaml  # see read_answers()

    data: bytes = yaml.safe_dump(bare_document(state), sort_keys=False, encoding="utf-8", allow_unicode=True)
    return data


def bare_document(state: WizardState) -> dict[str, Any]:
    """The answers as plain data, whether they make a document or not."""
    document: dict[str, Any] = {"apiVersion": "lattice.dev/v1alpha1", "kind": "LatticeCluster"}
    for path, text in state.written.items():
        _put(document, path, {text: {}} if path == PROVIDER else value_of(path, text))
    if not state.pools:
        # Left out, it would mean the usual pool.
        _put(document, POOLS, {})
    return document


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = map(str, keys_of(path))
    for key in parents:
        document = document.setdefault(key, {})
    document[last] = value
