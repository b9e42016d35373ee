"""What the control plane's controller finds in its Machines: pods, etcd members, and what stops it from going on."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import MACHINE, POD
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition, is_true
from lattice_tui.rehearsal.controllers.objects import CLEANUP_HOOK, WAITING_FOR_INITIALIZED, Context, is_deleting
from lattice_tui.rehearsal.room_boot import static_pod

JsonObject = dict[str, Any]

LABELS = "NodeKubeadmLabelsAndTaintsSet"
MEMBER = "EtcdMemberHealthy"
PODS = {
    "APIServerPodHealthy": "kube-apiserver",
    "ControllerManagerPodHealthy": "kube-controller-manager",
    "SchedulerPodHealthy": "kube-scheduler",
    "EtcdPodHealthy": "etcd",
}
GATES = (LABELS, *PODS, MEMBER)
"""The conditions it keeps on every control-plane Machine, which are readiness gates too."""
WAITING = Outcome("Unknown", "InspectionFailed", WAITING_FOR_INITIALIZED)
_DELETING = Outcome("False", "Deleting", "Machine is deleting")


def inspect(
    ctx: Context, cluster: JsonObject, machines: list[JsonObject], workload: Store | None, *, all_go: bool = False
) -> list[JsonObject]:
    """Write what is found onto the Machines; returns them as stored. `all_go`: nobody leaves etcd in good order."""
    inspected = []
    for machine in machines:
        after = copied(machine)
        for type_, outcome in _found(cluster, machine, workload, all_go=all_go).items():
            ctx.outcome(after, type_, outcome)
        inspected.append(ctx.save(MACHINE, machine, after))
    return inspected


def preflight(machines: list[JsonObject]) -> list[str]:
    """Why no Machine may be made or taken away now, one reason each; empty when one may."""
    if any(is_deleting(machine) for machine in machines):
        return ["a control plane Machine is being deleted"]
    problems = []
    for machine in machines:
        name = machine["metadata"]["name"]
        if not machine.get("status", {}).get("nodeRef"):
            text = "does not have a corresponding Node yet (Machine.status.nodeRef not set)"
            problems.append(f"Machine {name} {text}")
            continue
        for type_ in (*PODS, MEMBER):
            outcome = get_condition(machine, type_) or WAITING
            if outcome.status != "True":
                problems.append(
                    f"Machine {name} reports {type_} condition is {outcome.status.lower()} ({outcome.message})"
                )
    return problems


def release_hooks(ctx: Context, machines: list[JsonObject], workload: Store | None) -> bool:
    """Let Machines go that wait for their etcd member to leave; True when one was let go.

    A Machine is let go only after it was seen to be deleting, so that each step shows.
    """
    released = False
    for machine in machines:
        if not is_deleting(machine) or CLEANUP_HOOK not in machine["metadata"].get("annotations", {}):
            continue
        deleting = get_condition(machine, "Deleting")
        seen = deleting is not None and deleting.reason == "WaitingForPreTerminateHook"
        if not seen or get_condition(machine, MEMBER) != _DELETING:
            continue
        if workload is not None:
            name = static_pod("etcd", machine["status"].get("nodeRef", {}).get("name", ""))
            if workload.find(POD, name, "kube-system") is not None:
                workload.delete(POD, name, "kube-system", actor=ctx.actor)
        after = copied(machine)
        after["metadata"]["annotations"].pop(CLEANUP_HOOK)
        ctx.save(MACHINE, machine, after)
        released = True
    return released


def etcd_members(machines: list[JsonObject]) -> tuple[int, int] | None:
    """How many etcd members there are and how many are healthy; None before anything is known of etcd.

    A Machine has a member when its pod was found, or while it has not left yet.
    """
    members = healthy = 0
    for machine in machines:
        outcome = get_condition(machine, MEMBER)
        if outcome is None or outcome.status == "Unknown" or outcome.reason == "NotHealthy":
            continue
        members += 1
        healthy += outcome.status == "True"
    if not members or (machines and all(is_deleting(machine) for machine in machines)):
        return None
    return members, healthy


def _found(cluster: JsonObject, machine: JsonObject, workload: Store | None, *, all_go: bool) -> dict[str, Outcome]:
    if is_deleting(machine):
        return _found_deleting(machine, None if all_go else workload)
    if workload is None or not is_true(cluster, "ControlPlaneInitialized"):
        return dict.fromkeys(GATES, WAITING)
    node = machine.get("status", {}).get("nodeRef", {}).get("name")
    if not node:
        provider_id = machine["spec"].get("providerID")
        kind = machine["spec"]["infrastructureRef"]["kind"]
        text = f"Waiting for a Node with spec.providerID {provider_id} to exist"
        waiting = text if provider_id else f"Waiting for {kind} to report spec.providerID"
        return dict.fromkeys(GATES, Outcome("Unknown", "InspectionFailed", waiting))
    found = {LABELS: Outcome("True", "Set")}
    for type_, component in PODS.items():
        running = workload.find(POD, static_pod(component, node), "kube-system") is not None
        found[type_] = Outcome("True", "Running") if running else Outcome("False", "DoesNotExist", "Pod does not exist")
    found[MEMBER] = Outcome("True", "Healthy") if is_running(found["EtcdPodHealthy"]) else _no_member(node)
    return found


def _found_deleting(machine: JsonObject, workload: Store | None) -> dict[str, Outcome]:
    found = dict.fromkeys((*PODS, MEMBER), _DELETING)
    node = machine.get("status", {}).get("nodeRef", {}).get("name", "")
    node_is_there = get_condition(machine, "NodeHealthy")
    if node_is_there is not None and node_is_there.reason == "NodeDeleted":
        found[LABELS] = _DELETING
    known = get_condition(machine, MEMBER)
    left_in_order = known is not None and known.reason == "NotHealthy"
    hooked = CLEANUP_HOOK in machine["metadata"].get("annotations", {})
    pod_is_there = workload is not None and workload.find(POD, static_pod("etcd", node), "kube-system") is not None
    if left_in_order or (known == _DELETING and not hooked and workload is not None and not pod_is_there):
        found[MEMBER] = _no_member(node)
    return found


def _no_member(node: str) -> Outcome:
    return Outcome("False", "NotHealthy", f"Etcd doesn't have an etcd member for Node {node}")


def is_running(outcome: Outcome) -> bool:
    """Whether a pod's condition says that it runs."""
    return outcome.status == "True"
