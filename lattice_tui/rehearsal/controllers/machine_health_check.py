"""The MachineHealthCheck controller: which Machines have an unhealthy node, and whether so many may be replaced.

It marks Machines; their owners replace them (`remediation`). Source: CAPI internal/controllers/machinehealthcheck.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import MACHINE, MACHINE_HEALTH_CHECK, NODE
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition, is_true
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    PAUSED_ANNOTATION,
    Context,
    is_control_plane,
    is_deleting,
    set_label,
    set_owner,
)
from lattice_tui.rehearsal.controllers.remediation import CHECKED, REMEDIATED, WAITING

JsonObject = dict[str, Any]

REMEDIATE_ANNOTATION = "cluster.x-k8s.io/remediate-machine"
SKIP_ANNOTATION = "cluster.x-k8s.io/skip-remediation"
NODE_STARTUP_S = 600
AGAIN_S = 15.0
"""How often it looks at Machines that may become unhealthy by time alone (simulated)."""
_HEALTHY = Outcome("True", "HealthCheckSucceeded")


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a MachineHealthCheck."""
    check = ctx.store.find(MACHINE_HEALTH_CHECK, name, namespace)
    cluster = ctx.cluster_of(check) if check is not None else None
    if check is None or cluster is None or is_deleting(check):
        return None
    if ctx.paused(MACHINE_HEALTH_CHECK, check, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    after = copied(check)
    set_owner(after, cluster, controller=False, instead_of="Cluster")
    set_label(after, CLUSTER_NAME_LABEL, cluster["metadata"]["name"])
    targets = _targets(ctx, check, cluster)
    found = {machine["metadata"]["name"]: _health(ctx, check, cluster, machine) for machine in targets}
    unhealthy = [machine for machine in targets if (found[machine["metadata"]["name"]] or _HEALTHY).status == "False"]
    healthy = [machine for machine in targets if found[machine["metadata"]["name"]] == _HEALTHY]
    allowed, why_not = _allowance(check, len(targets), len(targets) - len(healthy))
    for machine in targets:
        outcome = found[machine["metadata"]["name"]]
        if outcome is not None:
            _mark(ctx, machine, outcome, may_replace=not why_not)
    if why_not and unhealthy:
        ctx.event(check, "RemediationRestricted", why_not, "Warning")
    status = after.setdefault("status", {})
    status |= {
        "expectedMachines": len(targets),
        "currentHealthy": len(healthy),
        "remediationsAllowed": allowed,
        "targets": sorted(found),
        "observedGeneration": check["metadata"].get("generation", 1),
    }
    verdict = Outcome("False", "TooManyUnhealthy", why_not) if why_not else Outcome("True", "RemediationAllowed")
    ctx.outcome(after, "RemediationAllowed", verdict)
    ctx.save(MACHINE_HEALTH_CHECK, check, after)
    return AGAIN_S if len(healthy) < len(targets) else None


def _targets(ctx: Context, check: JsonObject, cluster: JsonObject) -> list[JsonObject]:
    """The Machines it looks after; those with a pause or a skip annotation are left alone."""
    labels = {**check["spec"]["selector"].get("matchLabels", {}), CLUSTER_NAME_LABEL: cluster["metadata"]["name"]}
    skipped = {PAUSED_ANNOTATION, SKIP_ANNOTATION}
    machines = ctx.store.list(MACHINE, check["metadata"]["namespace"], labels)
    return [machine for machine in machines if not skipped & set(machine["metadata"].get("annotations", {}))]


def _health(ctx: Context, check: JsonObject, cluster: JsonObject, machine: JsonObject) -> Outcome | None:
    """The verdict on one Machine; None while there is none."""
    if REMEDIATE_ANNOTATION in machine["metadata"].get("annotations", {}):
        text = f"Health check failed: marked for remediation via {REMEDIATE_ANNOTATION} annotation"
        return Outcome("False", "HasRemediateAnnotation", text)
    workload = ctx.stores(cluster["metadata"]["name"])
    name = machine.get("status", {}).get("nodeRef", {}).get("name")
    node = workload.find(NODE, name) if workload is not None and name else None
    if name and workload is not None and node is None:
        return Outcome("False", "NodeDeleted", f"Health check failed: Node {name} has been deleted")
    if not is_true(cluster, "InfrastructureReady"):
        return None
    if not is_true(cluster, "ControlPlaneInitialized") and not is_control_plane(machine):
        return None
    if node is None:
        return None if name else _startup(ctx, check, cluster, machine)
    return _node_health(ctx, check, node) or (None if is_deleting(machine) else _HEALTHY)


def _startup(ctx: Context, check: JsonObject, cluster: JsonObject, machine: JsonObject) -> Outcome | None:
    limit_s = check["spec"].get("checks", {}).get("nodeStartupTimeoutSeconds", NODE_STARTUP_S)
    since = [machine["metadata"]["creationTimestamp"]]
    steps = ((cluster, "ControlPlaneInitialized"), (cluster, "InfrastructureReady"), (machine, "InfrastructureReady"))
    for obj, type_ in steps:
        since += [c["lastTransitionTime"] for c in _conditions(obj) if c["type"] == type_ and c["status"] == "True"]
    if not limit_s or _age_s(ctx, max(since)) <= limit_s:
        return None
    text = f"Health check failed: Node failed to report startup in {_duration(limit_s)}"
    return Outcome("False", "NodeStartupTimeout", text)


def _node_health(ctx: Context, check: JsonObject, node: JsonObject) -> Outcome | None:
    for wanted in check["spec"].get("checks", {}).get("unhealthyNodeConditions", []):
        limit_s = wanted["timeoutSeconds"]
        for known in _conditions(node):
            is_bad = (known["type"], known["status"]) == (wanted["type"], wanted["status"])
            if is_bad and _age_s(ctx, known["lastTransitionTime"]) > limit_s:
                text = (
                    f"Health check failed: Condition {wanted['type']} on Node is reporting status {wanted['status']} "
                    f"for more than {_duration(limit_s)}"
                )
                return Outcome("False", "UnhealthyNode", text)
    return None


def _mark(ctx: Context, machine: JsonObject, outcome: Outcome, *, may_replace: bool) -> None:
    """Write the verdict onto the Machine, and ask its owner to replace it where that is allowed."""
    after = copied(machine)
    ctx.outcome(after, CHECKED, outcome)
    conditions = after["status"]["conditions"]
    if outcome.status == "True":
        after["status"]["conditions"] = [c for c in conditions if c["type"] != REMEDIATED]
    elif may_replace and not is_deleting(machine) and get_condition(machine, REMEDIATED) is None:
        ctx.outcome(after, REMEDIATED, WAITING)
        where = f"{machine['metadata']['namespace']}/{machine['metadata']['name']}"
        ctx.event(machine, "MachineMarkedUnhealthy", f"Machine {where} has been marked as unhealthy")
    ctx.save(MACHINE, machine, after)


def _allowance(check: JsonObject, total: int, not_healthy: int) -> tuple[int, str]:
    """How many more may be replaced, and why none may (empty when one may)."""
    trigger = check["spec"].get("remediation", {}).get("triggerIf", {})
    inside = re.fullmatch(r"\[(\d+)-(\d+)\]", trigger.get("unhealthyInRange", ""))
    if inside is not None:
        low, high = int(inside[1]), int(inside[2])
        left = high - not_healthy if low <= not_healthy <= high else 0
        problem = f"unhealthyRange: {trigger['unhealthyInRange']}"
        is_allowed = low <= not_healthy <= high
    else:
        limit = trigger.get("unhealthyLessThanOrEqualTo", "100%")
        is_share = isinstance(limit, str) and limit.endswith("%")
        most = math.floor(int(limit[:-1]) * total / 100) if is_share else int(limit)
        left, problem, is_allowed = most - not_healthy, f"maxUnhealthy: {limit}", not_healthy <= most
    if is_allowed:
        return max(0, left), ""
    what = problem.partition(":")[0]
    text = f"Remediation is not allowed, the number of not started or unhealthy machines exceeds {what}"
    return 0, f"{text} (total: {total}, unhealthy: {not_healthy}, {problem})"


def _conditions(obj: JsonObject) -> list[JsonObject]:
    found: list[JsonObject] = obj.get("status", {}).get("conditions", [])
    return found


def _age_s(ctx: Context, since: str) -> float:
    """Simulated seconds since a timestamp (RFC 3339, whole seconds of the wall clock)."""
    now, then = (datetime.fromisoformat(text) for text in (ctx.pace.now(), since))
    return (now - then).total_seconds() * ctx.pace.speed


def _duration(seconds: int) -> str:
    """As Go prints a duration: 10m0s, 1h0m0s, 45s."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + f"{left}s"
