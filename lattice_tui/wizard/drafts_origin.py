"""A draft and the cluster.yaml it was opened from: does the file still stand as it did?"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from lattice_tui.wizard.state import WizardState, state_of_file

if TYPE_CHECKING:
    from lattice_tui.providers.reading import ReadCluster
    from lattice_tui.wizard.drafts_file import SavedFile

Standing = Literal["none", "same", "saved", "changed", "unreadable", "gone"]
"""`none`: it was opened from no file. `saved`: it holds what this draft was saved as. `unreadable`: it has changed,
and what is there now makes no cluster."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file as it stands now."""

    standing: Standing
    now: ReadCluster | None = None
    """What is there; None when nothing was opened, or it has gone."""


def origin_of(state: WizardState, saved: SavedFile | None) -> Origin:
    """Look at the file again. Takes as long as the disk does."""
    import hashlib  # only for a draft that has a file, as is pydantic

    from lattice_tui.providers.reading import read_cluster

    if state.opened is None:
        return Origin("none")
    if not os.path.exists(state.opened.file):
        return Origin("gone")
    now = read_cluster(state.opened.file)
    if now.data == state.opened.data:
        return Origin("same", now)
    if saved is not None and hashlib.sha256(now.data).hexdigest() == saved.sha256:
        return Origin("saved", now)
    return Origin("unreadable" if now.errors or now.cluster is None else "changed", now)


def with_new_file(state: WizardState, now: ReadCluster) -> WizardState:
    """The answers that were changed, over the file as it stands now. `now` has been read without an error.

    Pools that the draft had removed stay removed; those that are new in the file are taken over.
    """
    fresh = from_new_file(state, now)
    for pool in set(state.given_pools) - set(state.pools):
        fresh = fresh.without_pool(pool)
    for path, text in state.changed.items():
        fresh = fresh.with_answer(path, text)
    for pool in state.given_pools:
        fresh = fresh if pool in state.pools else fresh.without_pool(pool)
    return replace(fresh, step=state.step, visited=state.visited, save_to=state.save_to)


def from_new_file(state: WizardState, now: ReadCluster) -> WizardState:
    """The file as it stands now, without the draft's answers. `now` has been read without an error."""
    assert now.cluster is not None
    assert state.opened is not None
    return state_of_file(state.opened.file, now.data, now.cluster, rehearsal=state.rehearsal)
