"""The person's own cluster.yaml with the answers written into it: nothing else in it is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lattice_tui.document.places import path_of
from lattice_tui.wizard.paths import CREDENTIALS, POOLS, PROVIDER, is_under, pool_path, pool_replicas
from lattice_tui.wizard.state import OpenedFile, WizardState
from lattice_tui.wizard.values import value_of

if TYPE_CHECKING:
    from lattice_tui.document.edits import Edit


def changed_file(opened: OpenedFile, state: WizardState) -> bytes:
    """The file's bytes with every answer of `state` that differs from what it says.

    Raises EditError when an answer cannot be written without touching something else.
    """
    if not state.changed and state.pools == state.given_pools:
        return opened.data
    from lattice_tui.document.editing import edit  # yaml, only when a person's file is changed

    return edit(opened.data, [*_answers(opened, state), *_pools(opened, state)], opened.file)


def _answers(opened: OpenedFile, state: WizardState) -> Iterator[Edit]:
    from lattice_tui.document.edits import Remove, SetValue

    for path, text in state.changed.items():
        if path == PROVIDER:
            # The new block first: it is then written in the style of the old one.
            yield SetValue(f"{PROVIDER}.{path_of((text,))}", {})
            yield Remove(f"{PROVIDER}.{path_of((opened.answers[PROVIDER],))}")
        elif is_under(path, POOLS):
            continue
        elif path in state.written:
            yield SetValue(path, value_of(path, text))
        elif opened.answers.get(path) and _is_ours(path, state.provider):
            yield Remove(path)


def _is_ours(path: str, provider: str) -> bool:
    """Whether an emptied answer is a key to take out: a block that was left for another one has gone as a whole."""
    if is_under(path, CREDENTIALS):
        return False
    return is_under(path, f"{PROVIDER}.{provider}") or not path.startswith(f"{PROVIDER}.")


def _pools(opened: OpenedFile, state: WizardState) -> Iterator[Edit]:
    """A file that names no pool means the usual one: as soon as pools change, what is meant is written out."""
    from lattice_tui.document.editing import ABSENT, value_at
    from lattice_tui.document.edits import Remove, SetValue

    written = value_at(opened.data, POOLS)
    names = tuple(written) if isinstance(written, dict) else ()
    has_other_pools = set(state.pools) != set(state.given_pools)
    for pool in state.pools:
        path = pool_replicas(pool)
        replicas = value_of(path, state.answer(path))
        if pool in names:
            if path in state.changed:
                yield SetValue(path, replicas)
        elif path in state.changed or has_other_pools:
            yield SetValue(pool_path(pool), {"replicas": replicas})
    yield from (Remove(pool_path(pool)) for pool in state.given_pools if pool in names and pool not in state.pools)
    if not state.pools and written is ABSENT:
        yield SetValue(POOLS, {})
