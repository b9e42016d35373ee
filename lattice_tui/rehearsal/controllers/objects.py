"""What every controller does with objects: names, owners, finalizers, and writes in Cluster API's order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import CLUSTER, KUBEADM_CONTROL_PLANE, MACHINE, Kind
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition, set_condition
from lattice_tui.rehearsal.controllers.queue import Deferred
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import MachineRoom

JsonObject = dict[str, Any]

CLUSTER_NAME_LABEL = "cluster.x-k8s.io/cluster-name"
CONTROL_PLANE_LABEL = "cluster.x-k8s.io/control-plane"
CONTROL_PLANE_NAME_LABEL = "cluster.x-k8s.io/control-plane-name"
DEPLOYMENT_NAME_LABEL = "cluster.x-k8s.io/deployment-name"
SET_NAME_LABEL = "cluster.x-k8s.io/set-name"
TEMPLATE_HASH_LABEL = "machine-template-hash"
CLONED_NAME = "cluster.x-k8s.io/cloned-from-name"
CLONED_KIND = "cluster.x-k8s.io/cloned-from-groupkind"
PAUSED_ANNOTATION = "cluster.x-k8s.io/paused"
CLEANUP_HOOK = "pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup"

WAITING_FOR_INFRASTRUCTURE = "Waiting for Cluster status.infrastructureReady to be true"
WAITING_FOR_INITIALIZED = "Waiting for Cluster control plane to be initialized"

_NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True, slots=True)
class Context:
    """What a controller works on. `stores` finds an opened workload cluster's store by the cluster's name."""

    store: Store
    room: MachineRoom
    pace: Pace
    stores: Callable[[str], Store | None]
    actor: str
    """Who writes: the manager's name, as the audit log shows it."""
    component: str
    """Who reports events."""

    def event(self, about: JsonObject, reason: str, message: str, type_: str = "Normal") -> None:
        """Report an event about an object."""
        self.store.event(about, type_, reason, message, self.component)

    def create(self, kind: Kind, obj: JsonObject) -> JsonObject:
        """Create an object; `apiVersion` and `kind` are filled in."""
        return self.store.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, **obj}, actor=self.actor)

    def delete(self, kind: Kind, obj: JsonObject) -> None:
        """Ask for an object's deletion unless that was done already."""
        if not is_deleting(obj):
            name, namespace = obj["metadata"]["name"], obj["metadata"].get("namespace", "")
            self.store.delete(kind, name, namespace, actor=self.actor)

    def save(self, kind: Kind, before: JsonObject, after: JsonObject) -> JsonObject:
        """Write what changed, in the order Cluster API's patch helper does: conditions, then the object, then status.

        Returns the object as stored. Watchers see up to three changes, as from the real managers.
        """
        stored = before
        conditions = after.get("status", {}).get("conditions")
        if conditions is not None and conditions != before.get("status", {}).get("conditions"):
            stored = self._status(kind, {**stored, "status": {**stored.get("status", {}), "conditions": conditions}})
        main = {field: value for field, value in after.items() if field != "status"}
        if _without_versions(main) != _without_versions({k: v for k, v in before.items() if k != "status"}):
            kept = {"status": stored["status"]} if "status" in stored else {}
            stored = self.store.replace(kind, _unversioned({**main, **kept}), actor=self.actor)
        if after.get("status", {}) != stored.get("status", {}):
            stored = self._status(kind, {**stored, "status": after.get("status", {})})
        return stored

    def finish(
        self, kind: Kind, before: JsonObject, after: JsonObject, finalizer: str, *, last_words_s: float = 0.0
    ) -> float | None:
        """Write the last conditions, and `last_words_s` (simulated) later let the object go.

        Answers when to come back; None when it is gone. Counters and phase stay as they were: the real patch helper
        finds the object gone before it comes to them.
        """
        last = {**before.get("status", {}), "conditions": after.get("status", {}).get("conditions", [])}
        if last != before.get("status", {}):
            self._status(kind, {**before, "status": last})
            if last_words_s:
                return Deferred(last_words_s)
        name, namespace = before["metadata"]["name"], before["metadata"].get("namespace", "")
        self.store.remove_finalizer(kind, name, namespace, finalizer, actor=self.actor)
        return None

    def _status(self, kind: Kind, obj: JsonObject) -> JsonObject:
        return self.store.replace_status(kind, _unversioned(obj), actor=self.actor)

    def condition(self, obj: JsonObject, type_: str, status: str, reason: str, message: str = "") -> None:
        """Set a condition in place."""
        set_condition(obj, type_, Outcome(status, reason, message), self.pace.now())

    def outcome(self, obj: JsonObject, type_: str, outcome: Outcome) -> None:
        """Set a condition in place from an `Outcome`."""
        set_condition(obj, type_, outcome, self.pace.now())

    def cluster_of(self, obj: JsonObject) -> JsonObject | None:
        """The Cluster an object belongs to, by its spec or its label."""
        name = obj.get("spec", {}).get("clusterName") or label(obj, CLUSTER_NAME_LABEL)
        return self.store.find(CLUSTER, name, obj["metadata"].get("namespace", "")) if name else None

    def control_plane_of(self, cluster: JsonObject) -> JsonObject | None:
        """The KubeadmControlPlane a Cluster names."""
        name = cluster["spec"].get("controlPlaneRef", {}).get("name")
        return self.store.find(KUBEADM_CONTROL_PLANE, name, cluster["metadata"]["namespace"]) if name else None

    def machines_of(self, owner: JsonObject) -> list[JsonObject]:
        """The Machines an object controls, by name."""
        machines = self.store.list(MACHINE, owner["metadata"]["namespace"])
        uid = owner["metadata"]["uid"]
        owned = [machine for machine in machines if (controller_of(machine) or {}).get("uid") == uid]
        return sorted(owned, key=lambda machine: str(machine["metadata"]["name"]))

    def random_suffix(self) -> str:
        """Five letters, as Kubernetes makes generated names unlike each other."""
        return "".join(self.pace.rng.choice(_NAME_LETTERS) for _ in range(5))

    def paused(self, kind: Kind, obj: JsonObject, cluster: JsonObject | None) -> bool:
        """Keep the Paused condition; True when this reconcile must end here: paused, or the condition was written."""
        message = pause_reason(obj, cluster)
        wanted = Outcome("True", "Paused", message) if message else Outcome("False", "NotPaused")
        if get_condition(obj, "Paused") != wanted:
            after = copied(obj)
            self.outcome(after, "Paused", wanted)
            self.save(kind, obj, after)
            return True
        return bool(message)


def pause_reason(obj: JsonObject, cluster: JsonObject | None) -> str:
    """Why nothing may be done to the object now; empty when something may."""
    reasons = []
    if cluster is not None and cluster["spec"].get("paused"):
        reasons.append("Cluster spec.paused is set to true")
    if PAUSED_ANNOTATION in obj["metadata"].get("annotations", {}):
        reasons.append(f"{obj['kind']} has the {PAUSED_ANNOTATION} annotation")
    return ", ".join(reasons)


def is_deleting(obj: JsonObject) -> bool:
    """Whether the object was asked to go."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def label(obj: JsonObject, name: str) -> str:
    """A label's value, empty when it has none."""
    return str(obj["metadata"].get("labels", {}).get(name, ""))


def is_control_plane(machine: JsonObject) -> bool:
    """Whether a Machine belongs to the control plane."""
    return CONTROL_PLANE_LABEL in machine["metadata"].get("labels", {})


def controller_of(obj: JsonObject) -> JsonObject | None:
    """The owner reference that says `controller: true`."""
    references: list[JsonObject] = obj["metadata"].get("ownerReferences", [])
    return next((reference for reference in references if reference.get("controller")), None)


def owner_reference(owner: JsonObject, *, controller: bool) -> JsonObject:
    """A reference to put into `ownerReferences`."""
    reference = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }
    return {**reference, "controller": True, "blockOwnerDeletion": True} if controller else reference


def set_owner(obj: JsonObject, owner: JsonObject, *, controller: bool, instead_of: str = "") -> None:
    """Make `owner` an owner in place; references of kind `instead_of` go (a Machine takes over its parts)."""
    kept = [
        reference
        for reference in obj["metadata"].get("ownerReferences", [])
        if reference["uid"] != owner["metadata"]["uid"] and not (instead_of and reference["kind"] in instead_of.split())
    ]
    obj["metadata"]["ownerReferences"] = [*kept, owner_reference(owner, controller=controller)]


def set_label(obj: JsonObject, name: str, value: str) -> None:
    """Set a label in place."""
    obj["metadata"].setdefault("labels", {})[name] = value


def has_finalizer(obj: JsonObject, finalizer: str) -> bool:
    """Whether the object waits for this finalizer's owner before it goes."""
    return finalizer in obj["metadata"].get("finalizers", [])


def initialized(obj: JsonObject | None, field: str) -> bool:
    """A flag of `status.initialization`."""
    return bool((obj or {}).get("status", {}).get("initialization", {}).get(field))


def rollout_is_due(owner: JsonObject, made: JsonObject, now: str) -> bool:
    """Whether `spec.rollout.after` has passed and `made` is older than it: `clusterctl alpha rollout restart`.

    Times are RFC 3339 in UTC without fractions, which compare as text.
    """
    after = str(owner["spec"].get("rollout", {}).get("after", ""))
    return bool(after) and made["metadata"]["creationTimestamp"] < after <= now


def set_initialized(obj: JsonObject, field: str) -> None:
    """Latch a flag of `status.initialization` in place."""
    obj.setdefault("status", {}).setdefault("initialization", {})[field] = True


def clone_metadata(machine_name: str, namespace: str, labels: dict[str, str], owner: JsonObject) -> JsonObject:
    """Metadata of an object made from a template for a Machine that is not there yet."""
    return {
        "name": machine_name,
        "namespace": namespace,
        "labels": dict(labels),
        "ownerReferences": [owner_reference(owner, controller=False)],
    }


def _unversioned(obj: JsonObject) -> JsonObject:
    # A reconcile never yields between its reads and its writes, so there is nothing for a version check to find.
    return {**obj, "metadata": {name: value for name, value in obj["metadata"].items() if name != "resourceVersion"}}


def _without_versions(obj: JsonObject) -> str:
    metadata = {k: v for k, v in obj["metadata"].items() if k not in ("resourceVersion", "generation", "managedFields")}
    return json.dumps({**obj, "metadata": metadata}, sort_keys=True)
