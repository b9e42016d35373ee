"""Typed projections of the objects we watch: the fields that we use, in API version v1beta2, and nothing else.

`managedFields`, more than half of an object, is skipped while decoding. Of `status.deprecated` only
the failure that a provider of the old contract reports is read, never its conditions.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from lattice_tui.capi.resources import DELETE_FOR_MOVE

Truth = Literal["True", "False", "Unknown"]


class _Camel(msgspec.Struct, rename="camel", frozen=True, gc=False):
    """JSON keys are camelCase; keys we do not name are skipped. What JSON says has no cycles to collect."""


class OwnerReference(_Camel, frozen=True):
    kind: str = ""
    name: str = ""
    controller: bool | None = None


class Marks(_Camel, frozen=True):
    """The annotations that decide something; they may be long and many, and the others are skipped."""

    delete_for_move: str | None = msgspec.field(default=None, name=DELETE_FOR_MOVE)


class Meta(_Camel, frozen=True):
    """metav1.ObjectMeta without managedFields."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    labels: dict[str, str] | None = None
    marks: Marks | None = msgspec.field(default=None, name="annotations")
    owner_references: tuple[OwnerReference, ...] | None = None

    def label(self, key: str) -> str:
        return (self.labels or {}).get(key, "")

    @property
    def is_moving(self) -> bool:
        """`clusterctl move` has made it elsewhere: to delete it here tears nothing down."""
        return self.marks is not None and self.marks.delete_for_move is not None

    def owner(self, kind: str) -> str:
        """Name of the owner of that kind, empty when there is none."""
        return next((owner.name for owner in self.owner_references or () if owner.kind == kind), "")


class Condition(_Camel, frozen=True):
    """metav1.Condition, and the old Cluster API kind, which adds a severity."""

    type: str = ""
    status: str = "Unknown"
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None

    @property
    def truth(self) -> Truth:
        return "True" if self.status == "True" else "False" if self.status == "False" else "Unknown"


Conditions = tuple[Condition, ...] | None


def condition(conditions: Conditions, type_: str) -> Condition | None:
    """The condition of that type, None when it has not been reported."""
    return next((one for one in conditions or () if one.type == type_), None)


class Address(_Camel, frozen=True):
    type: str = ""
    address: str = ""


class Named(_Camel, frozen=True):
    """A reference, of which the name is enough."""

    name: str = ""


class _OldFailure(_Camel, frozen=True):
    failure_reason: str | None = None
    failure_message: str | None = None


class _Deprecated(_Camel, frozen=True):
    v1beta1: _OldFailure | None = None


class MachineSpec(_Camel, frozen=True):
    cluster_name: str = ""
    version: str | None = None
    provider_id: str | None = msgspec.field(default=None, name="providerID")


class MachineStatus(_Camel, frozen=True):
    phase: str | None = None
    node_ref: Named | None = None
    addresses: tuple[Address, ...] | None = None
    conditions: Conditions = None
    deprecated: _Deprecated | None = None


class MachineObject(_Camel, frozen=True):
    """cluster.x-k8s.io/v1beta2 Machine."""

    metadata: Meta
    spec: MachineSpec = MachineSpec()
    status: MachineStatus | None = None

    @property
    def failure(self) -> tuple[str, str] | None:
        """(reason, message) of a terminal failure that the infrastructure reported, else None."""
        old = self.status.deprecated.v1beta1 if self.status and self.status.deprecated else None
        if old is None or not (old.failure_reason or old.failure_message):
            return None
        return old.failure_reason or "", old.failure_message or ""


class Endpoint(_Camel, frozen=True):
    host: str = ""
    port: int = 0


class ClusterSpec(_Camel, frozen=True):
    paused: bool | None = None
    control_plane_endpoint: Endpoint | None = None


class Initialization(_Camel, frozen=True):
    infrastructure_provisioned: bool | None = None
    control_plane_initialized: bool | None = None
    provisioned: bool | None = None


class Counters(_Camel, frozen=True):
    """Replica counters; each is absent until a controller has counted."""

    desired_replicas: int | None = None
    replicas: int | None = None
    ready_replicas: int | None = None
    available_replicas: int | None = None
    up_to_date_replicas: int | None = None


class ClusterStatus(_Camel, frozen=True):
    phase: str | None = None
    initialization: Initialization | None = None
    control_plane: Counters | None = None
    workers: Counters | None = None
    conditions: Conditions = None


class ClusterObject(_Camel, frozen=True):
    """cluster.x-k8s.io/v1beta2 Cluster."""

    metadata: Meta
    spec: ClusterSpec = ClusterSpec()
    status: ClusterStatus | None = None


class ScaledSpec(_Camel, frozen=True):
    replicas: int | None = None
    version: str | None = None


class ScaledStatus(_Camel, frozen=True):
    phase: str | None = None
    replicas: int | None = None
    ready_replicas: int | None = None
    available_replicas: int | None = None
    up_to_date_replicas: int | None = None
    version: str | None = None
    conditions: Conditions = None


class ScaledObject(_Camel, frozen=True):
    """Whatever keeps a number of machines: a control plane, a MachineDeployment."""

    metadata: Meta
    spec: ScaledSpec = ScaledSpec()
    status: ScaledStatus | None = None


class ControlPlaneObject(ScaledObject, frozen=True):
    """KubeadmControlPlane, and any kind of the control plane contract."""


class DeploymentObject(ScaledObject, frozen=True):
    """cluster.x-k8s.io/v1beta2 MachineDeployment."""


class InfraStatus(_Camel, frozen=True):
    initialization: Initialization | None = None
    conditions: Conditions = None


class InfraObject(_Camel, frozen=True):
    """An infrastructure cluster of any provider."""

    metadata: Meta
    status: InfraStatus | None = None


class InfraMachineObject(InfraObject, frozen=True):
    """An infrastructure machine of any provider."""


class NodeStatus(_Camel, frozen=True):
    conditions: Conditions = None


class NodeObject(_Camel, frozen=True):
    """core/v1 Node of the new cluster."""

    metadata: Meta
    status: NodeStatus | None = None


class EventSeries(_Camel, frozen=True):
    count: int | None = None
    last_observed_time: str | None = None


class InvolvedObject(_Camel, frozen=True):
    kind: str = ""
    name: str = ""


class EventObject(_Camel, frozen=True):
    """core/v1 Event."""

    metadata: Meta
    involved_object: InvolvedObject = InvolvedObject()
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: EventSeries | None = None
