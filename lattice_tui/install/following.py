"""Following the cluster's objects: from the observer's threads into the journal, and to the steps that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from lattice_tui.capi.changes import Change, ClusterFacts, Gone, LinkChange, Moved
from lattice_tui.capi.observer import ClusterObserver
from lattice_tui.capi.resources import InfrastructureKinds
from lattice_tui.install.clusters import Clusters
from lattice_tui.install.recorder import Recorder
from schemas.events import (
    ApiLink,
    KubernetesEventSeen,
    MachineChanged,
    MachineGone,
    ObjectChanged,
    ObjectGone,
    Side,
    ViewMoved,
)
from schemas.plan import ClusterPlan
from schemas.rows import MachineRow, ObjectRow


@dataclass(frozen=True, slots=True)
class Wait:
    """What is waited for, in words, and how far it is."""

    text: str
    done: int | None = None
    total: int | None = None


class Follower:
    """Follows one side at a time. Lives on the event loop; only `_post` is called from other threads."""

    def __init__(self, record: Recorder, clusters: Clusters, plan: ClusterPlan, kinds: InfrastructureKinds) -> None:
        self._record = record
        self._clusters = clusters
        self._plan = plan
        self._kinds = kinds
        self._view: _View | None = None
        self._changed = asyncio.Event()

    @property
    def facts(self) -> ClusterFacts:
        """The newest facts of the side that is followed; empty ones when none is."""
        return self._view.facts if self._view is not None else ClusterFacts()

    async def follow(self, side: Side) -> None:
        """Follow this side, from now on; the one it is on already is left alone."""
        if self._view is not None and self._view.side == side:
            return
        await self.stop()
        if self._record.snapshot.side != side:
            self._record.append(ViewMoved, side=side)
        view = _View(side)
        loop = asyncio.get_running_loop()
        view.observer = ClusterObserver(
            self._clusters.client(side),
            namespace=self._plan.namespace,
            cluster=self._plan.name,
            on_change=lambda change: _post(loop, self._take_change, view, change),
            on_facts=lambda facts: _post(loop, self._take_facts, view, facts),
            infrastructure=self._kinds,
        )
        self._view = view
        view.observer.start()

    async def stop(self) -> None:
        """Stop following; what was on its way is still written, and nothing after it."""
        view = self._view
        if view is None or view.observer is None:
            return
        self._view = None
        await asyncio.to_thread(view.observer.stop)
        # What the threads posted before they stopped is in the loop's queue: let it through first.
        await asyncio.sleep(0)

    async def wait_until(
        self, step: str, holds: Callable[[ClusterFacts], bool], words: Callable[[ClusterFacts], Wait]
    ) -> ClusterFacts:
        """Wait until the facts hold, for as long as it takes, saying what is waited for whenever that changes."""
        while True:
            self._changed.clear()
            facts = self.facts
            if facts.synced and holds(facts):
                return facts
            wait = words(facts)
            self._record.progress(step, wait.text, wait.done, wait.total)
            await self._changed.wait()

    async def listed(self) -> ClusterFacts:
        """The facts once every kind has been listed."""
        while not self.facts.synced:
            self._changed.clear()
            await self._changed.wait()
        return self.facts

    def settle(self, machines: dict[str, MachineRow], objects: dict[str, ObjectRow]) -> None:
        """Bring the journal up to rows that were listed just now."""
        rows: list[MachineRow | ObjectRow] = [*machines.values(), *objects.values()]
        for row in rows:
            self._row(row)
        self._forget_others(machines.keys() | objects.keys())

    def _take_change(self, view: _View, change: Change) -> None:
        if isinstance(change, LinkChange):
            self._record.append(ApiLink, side=view.side, state=change.state, why=change.why)
        elif isinstance(change, Gone):
            view.seen.discard(change.uid)
            self._gone(change)
        elif isinstance(change, MachineRow | ObjectRow):
            view.seen.add(change.uid)
            self._row(change)
        elif isinstance(change, Moved):
            # It lives on at the other side: its row stays until that side has been listed.
            return
        elif change not in self._record.snapshot.events:
            self._record.append(KubernetesEventSeen, row=change)

    def _take_facts(self, view: _View, facts: ClusterFacts) -> None:
        is_first = facts.synced and not view.facts.synced
        view.facts = facts
        if is_first:
            # Everything has been listed once: what an earlier engine or the other side had and is not here is gone.
            self._forget_others(view.seen)
        self._changed.set()

    def _row(self, row: MachineRow | ObjectRow) -> None:
        snapshot = self._record.snapshot
        if isinstance(row, MachineRow):
            if snapshot.machines.get(row.uid) != row:
                self._record.append(MachineChanged, row=row)
        elif snapshot.objects.get(row.uid) != row:
            self._record.append(ObjectChanged, row=row)

    def _gone(self, change: Gone) -> None:
        snapshot = self._record.snapshot
        if change.uid in snapshot.machines:
            self._record.append(MachineGone, uid=change.uid, name=change.name)
        elif change.uid in snapshot.objects:
            self._record.append(ObjectGone, uid=change.uid, kind=change.kind, name=change.name)

    def _forget_others(self, seen: set[str]) -> None:
        snapshot = self._record.snapshot
        for machine in snapshot.machines.values():
            if machine.uid not in seen:
                self._gone(Gone(machine.uid, "Machine", machine.name))
        for row in snapshot.objects.values():
            if row.uid not in seen:
                self._gone(Gone(row.uid, row.kind, row.name))


@dataclass(slots=True)
class _View:
    """One side, while it is followed."""

    side: Side
    observer: ClusterObserver | None = None
    facts: ClusterFacts = field(default_factory=ClusterFacts)
    seen: set[str] = field(default_factory=set)
    """Uids of the rows that are there."""


def _post(loop: asyncio.AbstractEventLoop, take: Callable[..., None], *arguments: object) -> None:
    """From any thread onto the loop, in order."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(take, *arguments)
