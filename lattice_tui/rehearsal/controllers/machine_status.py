"""A Machine's conditions and phase."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition, is_true, mirror, summary
from lattice_tui.rehearsal.controllers.objects import (
    WAITING_FOR_INITIALIZED,
    Context,
    controller_of,
    initialized,
    is_deleting,
)

JsonObject = dict[str, Any]

_READY_TYPES = ("Deleting", "BootstrapConfigReady", "InfrastructureReady", "NodeHealthy", "HealthCheckSucceeded")
_GONE_WHILE_DELETING = frozenset({"ObjectDeleted", "ObjectDoesNotExist", "NodeDeleted", "NodeDoesNotExist"})
_COMPONENTS = ("* APIServerPodHealthy", "* ControllerManagerPodHealthy", "* SchedulerPodHealthy", "* EtcdPodHealthy")
_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure")


def report_status(
    ctx: Context,
    machine: JsonObject,
    cluster: JsonObject,
    config: JsonObject | None,
    infra: JsonObject | None,
    node: JsonObject | None,
) -> None:
    """Set conditions and phase in place, from the parts as they are."""
    deleting = is_deleting(machine)
    ctx.outcome(
        machine, "BootstrapConfigReady", _part_ready(machine, config, "KubeadmConfig", "bootstrapDataSecretCreated")
    )
    ctx.outcome(
        machine, "InfrastructureReady", _part_ready(machine, infra, "DockerMachine", "infrastructureProvisioned")
    )
    for type_, outcome in _node_conditions(machine, cluster, node).items():
        ctx.outcome(machine, type_, outcome)
    if not deleting:
        ctx.condition(machine, "Deleting", "False", "NotDeleting")
    ctx.condition(machine, "Updating", "False", "NotUpdating")
    if get_condition(machine, "UpToDate") is None and (controller_of(machine) or {}).get("kind") == "MachineSet":
        ctx.condition(machine, "UpToDate", "True", "UpToDate")
    ctx.outcome(machine, "Ready", _ready(machine))
    available = Outcome("True", "Available") if is_true(machine, "Ready") else Outcome("False", "NotReady")
    ctx.outcome(machine, "Available", available)
    _set_phase(ctx, machine)
    machine["status"]["observedGeneration"] = machine["metadata"].get("generation", 1)


def _part_ready(machine: JsonObject, part: JsonObject | None, kind: str, flag: str) -> Outcome:
    done = initialized(machine, flag)
    if part is not None:
        field = "dataSecretCreated" if kind == "KubeadmConfig" else "provisioned"
        waiting = Outcome("False", "NotReady", f"{kind} status.initialization.{field} is false")
        return mirror(part, "Ready", Outcome("True", "Ready") if done else waiting)
    if is_deleting(machine) and done:
        return Outcome("False", "ObjectDeleted", f"{kind} has been deleted")
    if done and kind == "DockerMachine":
        return Outcome("False", "ObjectDeleted", f"{kind} has been deleted while the Machine still exists")
    return Outcome("False", "ObjectDoesNotExist", f"{kind} does not exist")


def _node_conditions(machine: JsonObject, cluster: JsonObject, node: JsonObject | None) -> dict[str, Outcome]:
    if node is not None and is_true(cluster, "ControlPlaneInitialized"):
        return _from_node(node)
    waiting = _why_no_node(machine, cluster)
    return {"NodeHealthy": waiting, "NodeReady": waiting}


def _why_no_node(machine: JsonObject, cluster: JsonObject) -> Outcome:
    if not initialized(cluster, "infrastructureProvisioned"):
        text = "Waiting for Cluster status.initialization.infrastructureProvisioned to be true"
        return Outcome("Unknown", "InspectionFailed", text)
    if not is_true(cluster, "ControlPlaneInitialized") and not is_deleting(machine):
        return Outcome("Unknown", "InspectionFailed", WAITING_FOR_INITIALIZED)
    known = machine.get("status", {}).get("nodeRef", {}).get("name")
    if is_deleting(machine):
        if known:
            return Outcome("False", "NodeDeleted", f"Node {known} has been deleted")
        return Outcome("Unknown", "NodeDoesNotExist", "Node does not exist")
    if known:
        return Outcome("False", "NodeDeleted", f"Node {known} has been deleted while the Machine still exists")
    provider_id = machine["spec"].get("providerID")
    if provider_id:
        text = f"Waiting for a Node with spec.providerID {provider_id} to exist"
    else:
        text = f"Waiting for {machine['spec']['infrastructureRef']['kind']} to report spec.providerID"
    return Outcome("Unknown", "InspectionFailed", text)


def _from_node(node: JsonObject) -> dict[str, Outcome]:
    """A Node's own conditions, as the two a Machine has: the plain Ready, and healthy in every way."""
    known = {condition["type"]: condition for condition in node.get("status", {}).get("conditions", [])}
    ready = known.get("Ready", {"status": "Unknown", "message": "Condition not yet reported"})
    reason = {"True": "NodeReady", "False": "NodeNotReady"}.get(ready["status"], "NodeReadyUnknown")
    message = "" if ready["status"] == "True" else f"* Node.Ready: {ready.get('message', '')}"
    problems = [message] if message else []
    for pressure in _PRESSURES:
        condition = known.get(pressure, {"status": "Unknown", "message": "Condition not yet reported"})
        if condition["status"] != "False":
            problems.append(f"* Node.{pressure}: {condition['message']}")
    statuses = {ready["status"]} | {
        "True" if known.get(p, {}).get("status") == "False" else "False" for p in _PRESSURES
    }
    if "False" in statuses:
        healthy = Outcome("False", "NodeNotHealthy", "\n".join(problems))
    elif "Unknown" in statuses:
        healthy = Outcome("Unknown", "NodeHealthUnknown", "\n".join(problems))
    else:
        healthy = Outcome("True", "NodeHealthy")
    return {"NodeHealthy": healthy, "NodeReady": Outcome(ready["status"], reason, message)}


def _ready(machine: JsonObject) -> Outcome:
    gates = [gate["conditionType"] for gate in machine["spec"].get("readinessGates", [])]
    overrides = {}
    deleting = get_condition(machine, "Deleting")
    if is_deleting(machine) and deleting is not None:
        text = f"Machine deletion in progress, stage: {deleting.reason}"
        overrides["Deleting"] = Outcome("True", "Deleting", text)
    return summary(
        machine,
        (*_READY_TYPES, *gates),
        ("NotReady", "ReadyUnknown", "Ready"),
        negative={"Deleting"},
        optional={"HealthCheckSucceeded"},
        overrides=overrides,
        # What is gone because the Machine goes is no issue of the Machine's.
        is_info=lambda _type, outcome: bool(overrides) and outcome.reason in _GONE_WHILE_DELETING,
        transform=_control_plane_components_once,
    )


def _control_plane_components_once(messages: list[str]) -> list[str]:
    """Say `Control plane components` once when all four pods say the same."""
    parts = {message for message in messages if message.partition(":")[0] in _COMPONENTS}
    texts = {message.partition(":")[2] for message in parts}
    if len(texts) != 1 or len(parts) < 2:
        return messages
    shown: list[str] = []
    for message in messages:
        line = f"* Control plane components:{next(iter(texts))}" if message in parts else message
        if line not in shown:
            shown.append(line)
    return shown


def _set_phase(ctx: Context, machine: JsonObject) -> None:
    status = machine["status"]
    phase = "Pending"
    if initialized(machine, "bootstrapDataSecretCreated") and not initialized(machine, "infrastructureProvisioned"):
        phase = "Provisioning"
    if machine["spec"].get("providerID"):
        phase = "Provisioned"
    if status.get("nodeRef") and initialized(machine, "infrastructureProvisioned"):
        phase = "Running"
    if is_deleting(machine):
        phase = "Deleting"
    if status.get("phase") != phase:
        status["phase"] = phase
        status["lastUpdated"] = ctx.pace.now()
