"""core/v1 Events as controllers record them: one object per distinct message, counted up when it repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import EVENT

if TYPE_CHECKING:
    from lattice_tui.rehearsal.api.store import Store

JsonObject = dict[str, Any]

SUFFIX_LETTERS = 16


class EventLog:
    """Remembers which Event object stands for which message."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recorded: dict[tuple[str, ...], tuple[str, str]] = {}

    def record(self, about: JsonObject, type_: str, reason: str, message: str, component: str, now: str) -> None:
        """Make the Event, or count it up."""
        metadata = about["metadata"]
        sameness = (metadata.get("uid", ""), type_, reason, message, component)
        namespace, name = self._recorded.get(sameness, ("", ""))
        known = self._store.find(EVENT, name, namespace) if name else None
        if known is not None:
            counted = {"count": known["count"] + 1, "lastTimestamp": now}
            self._store.patch(EVENT, name, namespace, counted, actor=component)
            return
        event = _event(about, type_, reason, message, component, now)
        event["metadata"]["name"] = f"{metadata['name']}.{self._store.new_suffix(SUFFIX_LETTERS)}"
        try:
            self._store.create(EVENT, event, actor=component)
        except ApiError as error:
            # An Event about something in a namespace that is going, or gone, is lost: recorders do not retry those.
            if error.code not in (403, 404):
                raise
            return
        self._recorded[sameness] = (event["metadata"]["namespace"], event["metadata"]["name"])


def _event(about: JsonObject, type_: str, reason: str, message: str, component: str, now: str) -> JsonObject:
    metadata = about["metadata"]
    involved = {key: metadata[key] for key in ("namespace", "name", "uid", "resourceVersion") if key in metadata}
    return {
        "metadata": {"namespace": metadata.get("namespace") or "default"},
        "involvedObject": {"kind": about["kind"], "apiVersion": about["apiVersion"], **involved},
        "reason": reason,
        "message": message,
        "source": {"component": component},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
        "type": type_,
        "eventTime": None,
        "reportingComponent": component,
        "reportingInstance": "",
    }
