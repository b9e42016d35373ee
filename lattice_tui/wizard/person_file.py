"""The person's own cluster.yaml with the answers written into it: nothing else in it is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lattice_tui.document.places import path_of
from lattice_tui.wizard.paths import CONTROL_PLANE, POOLS, PROVIDER, is_under, pool_path, pool_replicas
from lattice_tui.wizard.state import OpenedFile, WizardState

if TYPE_CHECKING:
    from lattice_tui.document.edits import Edit

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


def changed_file(opened: OpenedFile, state: WizardState) -> bytes:
    """The file's bytes with every answer of `state` that differs from what it says.

    Raises EditError when an answer cannot be written without touching something else.
    """
    if not state.changed and state.pools == state.given_pools:
        return opened.data
    from lattice_tui.document.editing import edit  # yaml, only when a person's file is changed

    return edit(opened.data, [*_answers(state), *_pools(opened, state)], opened.file)


def value_of(path: str, text: str) -> str | int:
    """What an answer is in the document: counts are numbers, all else is text, for the document's rules to judge."""
    if path != CONTROL_PLANE and not is_under(path, POOLS):
        return text
    # What was matched is what is read: `strip()` takes more characters for blanks than `int()` does.
    bare = text.strip()
    return int(bare) if _WHOLE_NUMBER.fullmatch(bare) else text


def _answers(state: WizardState) -> Iterator[Edit]:
    from lattice_tui.document.edits import Remove, SetValue

    for path, text in state.changed.items():
        if path == PROVIDER:
            # The new block first: it is then written in the style of the old one.
            yield SetValue(f"{PROVIDER}.{path_of((text,))}", {})
            if state.opened is not None:
                yield Remove(f"{PROVIDER}.{path_of((state.opened.answers[PROVIDER],))}")
        elif not is_under(path, POOLS):
            yield SetValue(path, value_of(path, text))


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
