"""Observers: what a cluster looks like now, reported as rows that changed, and as facts to wait for.

Callbacks come from watcher threads, one at a time, never after `stop()` has returned. Rows hold
only what the API server said, so that a fold over them equals a fresh list (see listing.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Generic, TypeVar

from lattice_tui.capi.changes import Change, ClusterFacts, Gone, LinkChange, Moved, NodeFacts
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.facts import Seen
from lattice_tui.capi.link import Link
from lattice_tui.capi.resources import DOCKER_KINDS, KUBEADM_CONTROL_PLANE, InfrastructureKinds, Resource
from lattice_tui.capi.rows import row_uid
from lattice_tui.capi.store import Known
from lattice_tui.capi.timing import USUAL, Timing
from lattice_tui.capi.views import View, cluster_views, event_view, node_view
from lattice_tui.capi.watch import Watcher
from schemas.rows import EventRow, MachineRow, ObjectRow

FactsT = TypeVar("FactsT", ClusterFacts, NodeFacts)


def _ignore(_facts: object) -> None:
    """The default for `on_facts`."""


class _Observer(Generic[FactsT]):
    """Watches views, keeps the last row of each object, and tells what changed."""

    def __init__(
        self,
        client: KubeClient,
        views: Sequence[View[FactsT]],
        facts: FactsT,
        on_change: Callable[[Change], None],
        on_facts: Callable[[FactsT], None],
        timing: Timing,
    ) -> None:
        self._facts: FactsT = facts
        self._on_change = on_change
        self._on_facts: Callable[[FactsT], None] = on_facts
        self._lock = threading.RLock()
        self._is_stopped = False
        self._pending: list[tuple[View[FactsT], Seen]] = []
        """What has been seen since the facts were drawn."""
        self._rows: dict[str, MachineRow | ObjectRow | EventRow] = {}
        self._unsynced = {view.resource.plural for view in views}
        self._link = Link(
            self._report,
            probe=lambda: client.is_reachable(timing.probe_timeout_s),
            on_recover=self._reconnect,
            timing=timing,
        )
        self._watchers = [
            Watcher(
                client,
                view.resource,
                view.item_type,
                _Sink(self, view),
                self._link,
                namespace=view.namespace,
                label_selector=view.label_selector,
                field_selector=view.field_selector,
                timing=timing,
            )
            for view in views
        ]

    @property
    def facts(self) -> FactsT:
        """The newest facts; a new object whenever something changed."""
        return self._facts

    @property
    def bad_lines(self) -> int:
        """Lines of the API server that could not be read, over all watches."""
        return sum(watcher.bad_lines for watcher in self._watchers)

    def start(self) -> None:
        """Begin to watch, in daemon threads. Kinds that are not installed yet are waited for."""
        self._link.start()
        for watcher in self._watchers:
            watcher.start()

    def stop(self) -> None:
        """Stop within about a second; the link is reported closed. May be called twice, and from a callback."""
        with self._lock:
            if self._is_stopped:
                return
            self._on_change(LinkChange("closed"))
            self._is_stopped = True
        self._link.stop()
        for watcher in self._watchers:
            watcher.request_stop()
        for watcher in self._watchers:
            watcher.stop(wait_s=0.5)

    def changed(self, view: View[FactsT], item: Any) -> None:
        """An object as it is now; its row is reported when it differs from the last one."""
        if item.metadata.is_moving and item.metadata.deletion_timestamp:
            # On its way out of here, alive elsewhere: no row is to say "deleting".
            return
        row = view.row(item)
        with self._lock:
            if self._rows.get(row.uid) != row:
                self._rows[row.uid] = row
                self._report(row)
            self._pending.append((view, Seen(item.metadata.name, item, row)))

    def gone(self, view: View[FactsT], known: Known) -> None:
        """An object was deleted, or moved away. Events that the server forgets are not worth a word."""
        with self._lock:
            row = self._rows.pop(row_uid(known.uid), None)
            if row is not None and not isinstance(row, EventRow):
                kind = "Machine" if isinstance(row, MachineRow) else row.kind
                self._report((Moved if known.is_moving else Gone)(row.uid, kind, row.name))
            self._pending.append((view, Seen(known.name, is_moved=known.is_moving)))

    def settled(self) -> None:
        """Draw the facts from what came at once: one new set of them, however much it was."""
        with self._lock:
            pending, self._pending = self._pending, []
            facts = self._facts
            for _key, group in groupby(pending, key=lambda one: id(one[0])):
                seen = list(group)
                facts = seen[0][0].fold(facts, [one for _view, one in seen])
            self._take_facts(facts)

    def synced(self, view: View[FactsT]) -> None:
        """One kind has been listed."""
        with self._lock:
            self._unsynced.discard(view.resource.plural)
            if not self._unsynced:
                self._take_facts(replace(self._facts, synced=True))

    def _report(self, change: Change) -> None:
        with self._lock:
            if not self._is_stopped:
                self._on_change(change)

    def _take_facts(self, facts: FactsT) -> None:
        if facts != self._facts and not self._is_stopped:
            self._facts = facts
            self._on_facts(facts)

    def _reconnect(self) -> None:
        for watcher in self._watchers:
            watcher.reconnect()


class _Sink(Generic[FactsT]):
    """One watcher's way to its observer."""

    def __init__(self, observer: _Observer[FactsT], view: View[FactsT]) -> None:
        self._observer: _Observer[FactsT] = observer
        self._view: View[FactsT] = view

    def changed(self, item: Any) -> None:
        self._observer.changed(self._view, item)

    def gone(self, known: Known) -> None:
        self._observer.gone(self._view, known)

    def settled(self) -> None:
        self._observer.settled()

    def synced(self) -> None:
        self._observer.synced(self._view)


class ClusterObserver(_Observer[ClusterFacts]):
    """The CAPI objects of one cluster, at its management cluster, and the Events of its namespace."""

    def __init__(
        self,
        client: KubeClient,
        *,
        namespace: str,
        cluster: str,
        on_change: Callable[[Change], None],
        on_facts: Callable[[ClusterFacts], None] = _ignore,
        control_plane: Resource = KUBEADM_CONTROL_PLANE,
        infrastructure: InfrastructureKinds = DOCKER_KINDS,
        timing: Timing = USUAL,
    ) -> None:
        views = cluster_views(namespace, cluster, control_plane=control_plane, infrastructure=infrastructure)
        super().__init__(client, (*views, event_view(namespace)), ClusterFacts(), on_change, on_facts, timing)


class NodeObserver(_Observer[NodeFacts]):
    """The Nodes of the new cluster, at its own API."""

    def __init__(
        self,
        client: KubeClient,
        *,
        cluster: str,
        on_change: Callable[[Change], None],
        on_facts: Callable[[NodeFacts], None] = _ignore,
        timing: Timing = USUAL,
    ) -> None:
        super().__init__(client, (node_view(cluster),), NodeFacts(), on_change, on_facts, timing)
