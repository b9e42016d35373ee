"""From answers to the document: the same answers give the same bytes through every front door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lattice_tui.errors import DocumentError
from lattice_tui.wizard.paths import PROVIDER
from lattice_tui.wizard.splice import splice
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import Step, owner_of

if TYPE_CHECKING:
    from lattice_tui.providers.reading import ReadCluster
    from schemas.document import LatticeCluster
    from schemas.problem import Problem

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


def read_answers(state: WizardState) -> ReadCluster:
    """The answers as the document's own rules see them: its problems are the wizard's problems."""
    from lattice_tui.providers.reading import read_cluster_bytes  # pydantic, only when a step is left

    return read_cluster_bytes(_draft(state), state.save_to)


def problems_of(state: WizardState, step: Step) -> tuple[Problem, ...]:
    """What has to be mended in `step`, in the order of the document. Warnings do not count."""
    return tuple(problem for problem in read_answers(state).errors if owner_of(problem.path).id == step.id)


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
    kept = _kept(state)
    return fresh_text(cluster) if kept is None else kept.decode()


def _draft(state: WizardState) -> bytes:
    """Something to read: the person's own file with the new answers in it, or the bare answers."""
    kept = _kept(state)
    return _bare(state) if kept is None else kept


def _kept(state: WizardState) -> bytes | None:
    if state.opened is None:
        return None
    if not state.changed:
        return state.opened.data
    return splice(state.opened.data, state.changed)


def _bare(state: WizardState) -> bytes:
    import yaml  # see read_answers()

    document: dict[str, Any] = {"apiVersion": "lattice.dev/v1alpha1", "kind": "LatticeCluster"}
    for path, text in state.answers.items():
        *parents, last = path.split(".")
        place = document
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = {text: {}} if path == PROVIDER else _value(text)
    data: bytes = yaml.safe_dump(document, sort_keys=False, encoding="utf-8", allow_unicode=True)
    return data


def _value(text: str) -> str | int:
    """A whole number is written as one; anything else stays text, so that the document's rules name it."""
    # What was matched is what is read: `strip()` takes more characters for blanks than `int()` does.
    bare = text.strip()
    return int(bare) if _WHOLE_NUMBER.fullmatch(bare) else text
