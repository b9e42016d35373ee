"""The state of one Machine. Conditions decide, phases do not: a `Running` machine need not be healthy.

The order of reading is that of Cluster API v1.13: BootstrapConfigReady, InfrastructureReady,
NodeHealthy, Ready.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lattice_tui.capi.objects import Condition, MachineObject, condition
from schemas.rows import MachineState

# Conditions of infrastructure machines that are only looked at once the machine itself is on. Sources: CAPD v1.13
# DockerMachine (BootstrapExecSucceeded), its in-memory backend (the others).
_ONCE_IT_IS_ON = frozenset({"BootstrapExecSucceeded", "NodeProvisioned", "EtcdProvisioned", "APIServerProvisioned"})
_TOP_BULLET = re.compile(r"^\* ([A-Za-z]+):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StateOfMachine:
    """The state, and the words that explain it, not cleaned yet."""

    state: MachineState
    reason: str = ""
    message: str = ""
    since: str = ""
    """RFC 3339; empty when no condition decides."""


def state_of(machine: MachineObject) -> StateOfMachine:
    """Read one Machine."""
    if machine.metadata.deletion_timestamp:
        return _deleting(machine)
    if machine.failure is not None:
        reason, message = machine.failure
        return StateOfMachine("failed", reason, message)
    ready = _of(machine, "Ready")
    if ready is not None and ready.truth == "True":
        return _told_by("ready", ready)
    if machine.status and machine.status.node_ref and machine.status.node_ref.name:
        return _told_by("joining", _first_not_true(machine) or ready)
    return _before_it_joins(machine)


def _before_it_joins(machine: MachineObject) -> StateOfMachine:
    bootstrap = _of(machine, "BootstrapConfigReady")
    infrastructure = _of(machine, "InfrastructureReady")
    deciding = _first_not_true(machine) or _of(machine, "Ready")
    if infrastructure is not None and infrastructure.truth == "True":
        return _told_by("starting", deciding)
    if machine.spec.provider_id:
        # It exists; after a move between clusters the status is rebuilt, the machine is not.
        return _told_by("starting", deciding)
    if bootstrap is None or bootstrap.truth != "True":
        return _told_by("pending", bootstrap or deciding)
    if infrastructure is not None and _is_on(infrastructure):
        return _told_by("starting", infrastructure)
    return _told_by("creating", infrastructure or deciding)


def _deleting(machine: MachineObject) -> StateOfMachine:
    deleting = _of(machine, "Deleting")
    if deleting is not None and deleting.truth == "True":
        return _told_by("deleting", deleting)
    return StateOfMachine("deleting", since=machine.metadata.deletion_timestamp or "")


def _first_not_true(machine: MachineObject) -> Condition | None:
    for type_ in ("BootstrapConfigReady", "InfrastructureReady", "NodeHealthy"):
        found = _of(machine, type_)
        if found is not None and found.truth != "True":
            return found
    return None


def _is_on(infrastructure: Condition) -> bool:
    """Whether all that is missing are things that begin once the machine is on."""
    missing = set(_TOP_BULLET.findall(infrastructure.message))
    return bool(missing) and missing <= _ONCE_IT_IS_ON


def _of(machine: MachineObject, type_: str) -> Condition | None:
    return condition(machine.status.conditions, type_) if machine.status else None


def _told_by(state: MachineState, deciding: Condition | None) -> StateOfMachine:
    if deciding is None:
        return StateOfMachine(state)
    return StateOfMachine(state, deciding.reason, deciding.message, deciding.last_transition_time or "")
