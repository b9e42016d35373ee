"""Conditions as Cluster API keeps them: set, mirror, sum up one object's, add up those of many.

The rules and texts follow sigs.k8s.io/cluster-api/util/conditions (v1beta2 conditions).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]

ISSUE, UNKNOWN, INFO = 0, 1, 2
_SHOWN_MESSAGES = 3
_SHOWN_NAMES = 3

# The order conditions are listed in: what matters most first, as `kubectl` users see them.
_ORDER = """
    Available Ready UpToDate CertificatesAvailable Initialized EtcdClusterHealthy ControlPlaneComponentsHealthy
    RemoteConnectionProbe BootstrapConfigReady InfrastructureReady ControlPlaneInitialized ControlPlaneAvailable
    WorkersAvailable NodeHealthy NodeReady HealthCheckSucceeded OwnerRemediated
    NodeKubeadmLabelsAndTaintsSet EtcdPodHealthy EtcdMemberHealthy
    APIServerPodHealthy ControllerManagerPodHealthy SchedulerPodHealthy DataSecretAvailable LoadBalancerAvailable
    ContainerProvisioned BootstrapExecSucceeded RollingOut Remediating ScalingDown ScalingUp MachinesReady
    ControlPlaneMachinesReady WorkerMachinesReady MachinesUpToDate ControlPlaneMachinesUpToDate
    WorkerMachinesUpToDate Updating Paused Deleting
"""
_RANK = {name: rank for rank, name in enumerate(_ORDER.split())}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a condition says: status `True`, `False` or `Unknown`, a reason in CamelCase, a text."""

    status: str
    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Owned:
    """One object's condition, on its way into a condition about many objects."""

    kind: str
    name: str
    outcome: Outcome


def get_condition(obj: JsonObject | None, type_: str) -> Outcome | None:
    """The condition of that type, or None when it was not reported yet."""
    for condition in (obj or {}).get("status", {}).get("conditions", ()):
        if condition["type"] == type_:
            return Outcome(condition["status"], condition["reason"], condition.get("message", ""))
    return None


def is_true(obj: JsonObject | None, type_: str) -> bool:
    """Whether the condition is there and True."""
    outcome = get_condition(obj, type_)
    return outcome is not None and outcome.status == "True"


def set_condition(obj: JsonObject, type_: str, outcome: Outcome, now: str) -> None:
    """Set a condition in place; the transition time moves only with the status, as the API conventions say."""
    conditions: list[JsonObject] = obj.setdefault("status", {}).setdefault("conditions", [])
    fresh = {
        "type": type_,
        "status": outcome.status,
        "reason": outcome.reason,
        "message": outcome.message,
        "lastTransitionTime": now,
        "observedGeneration": obj["metadata"].get("generation", 1),
    }
    for index, known in enumerate(conditions):
        if known["type"] == type_:
            if all(known.get(field) == fresh[field] for field in ("status", "reason", "message")):
                fresh["lastTransitionTime"] = known["lastTransitionTime"]
            conditions[index] = fresh
            return
    conditions.append(fresh)
    conditions.sort(key=lambda condition: (_RANK.get(condition["type"], len(_RANK)), condition["type"]))


def mirror(obj: JsonObject, type_: str, fallback: Outcome) -> Outcome:
    """Another object's condition as it stands, or `fallback` while it has none."""
    return get_condition(obj, type_) or fallback


def summary(
    obj: JsonObject,
    types: Sequence[str],
    reasons: tuple[str, str, str],
    *,
    negative: Collection[str] = (),
    optional: Collection[str] = (),
    overrides: dict[str, Outcome] | None = None,
    is_info: Callable[[str, Outcome], bool] = lambda _type, _outcome: False,
    transform: Callable[[list[str]], list[str]] = lambda messages: messages,
) -> Outcome:
    """One condition out of several of one object. `reasons` are those of False, Unknown and True."""
    levels: tuple[list[tuple[str, Outcome]], ...] = ([], [], [])
    for type_ in types:
        outcome = (overrides or {}).get(type_) or get_condition(obj, type_)
        if outcome is None:
            if type_ in optional:
                continue
            outcome = Outcome("Unknown", "NotYetReported", "Condition not yet reported")
        level = (
            INFO if is_info(type_, outcome) else _level(outcome.status, good="False" if type_ in negative else "True")
        )
        levels[level].append((type_, outcome))
    shown = levels[ISSUE] + levels[UNKNOWN] or [item for item in levels[INFO] if item[1].message]
    messages = [f"* {type_}:{_indented(outcome.message or outcome.reason)}" for type_, outcome in shown]
    worst = next((level for level in (ISSUE, UNKNOWN) if levels[level]), INFO)
    return Outcome(("False", "Unknown", "True")[worst], reasons[worst], "\n".join(transform(messages)))


def aggregate(
    sources: Iterable[Owned], reasons: tuple[str, str, str], *, issue_status: str = "False", good: str = "True"
) -> Outcome:
    """One condition out of the same condition of many objects; `reasons` are those of an issue, Unknown and well.

    `good` is the sources' healthy status; `issue_status` is what the result says when one has an issue.
    """
    levels: tuple[list[Owned], ...] = ([], [], [])
    for owned in sources:
        levels[_level(owned.outcome.status, good=good)].append(owned)
    room, messages = _SHOWN_MESSAGES, []
    for level in (ISSUE, UNKNOWN) if levels[ISSUE] or levels[UNKNOWN] else (INFO,):
        part = _grouped([item for item in levels[level] if item.outcome.message or level != INFO], room, level)
        messages += part
        room = max(0, room - len(part))
    worst = next((level for level in (ISSUE, UNKNOWN) if levels[level]), INFO)
    well = "True" if issue_status == "False" else "False"
    return Outcome((issue_status, "Unknown", well)[worst], reasons[worst], "\n".join(messages))


def owned_condition(obj: JsonObject, type_: str) -> Owned:
    """The object's condition for `aggregate`; a missing one is Unknown, in Cluster API's words."""
    missing = Outcome("Unknown", "NotYetReported", f"Condition {type_} not yet reported")
    return Owned(obj["kind"], obj["metadata"]["name"], get_condition(obj, type_) or missing)


def _level(status: str, *, good: str) -> int:
    return INFO if status == good else UNKNOWN if status == "Unknown" else ISSUE


def _grouped(items: list[Owned], room: int, level: int) -> list[str]:
    names: dict[tuple[str, str], list[str]] = {}
    for item in items:
        names.setdefault((item.kind, item.outcome.message), []).append(item.name)
    ordered = sorted(names.items(), key=lambda entry: (entry[0][0], -len(entry[1]), sorted(entry[1])))
    lines = [_headed(kind, sorted(owners), message) for (kind, message), owners in ordered[:room]]
    left = sum(len(owners) for _, owners in ordered[room:])
    if left:
        kind = ordered[room][0][0]
        other = ("other issues", "status unknown", "additional info")[level]
        lines.append(f"And {left} {kind if left == 1 else kind + 's'} with {other}")
    return lines


def _headed(kind: str, names: list[str], message: str) -> str:
    if len(names) == 1:
        head = f"{kind} {names[0]}"
    elif len(names) <= _SHOWN_NAMES:
        head = f"{kind}s {', '.join(names)}"
    else:
        head = f"{kind}s {', '.join(names[:_SHOWN_NAMES])}, ... ({len(names) - _SHOWN_NAMES} more)"
    return f"* {head}:{_indented(message)}"


def _indented(message: str) -> str:
    first, _, rest = message.partition("\n")
    if not rest and not first.startswith("* "):
        return f" {message}"
    if first.startswith("* "):
        return "".join(f"\n  {line}" for line in message.split("\n"))
    return f"\n  * {first}" + "".join(f"\n    {line}" for line in rest.split("\n"))
