"""Cells of what keeps pods running: deployments, sets, jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.elapsed import age, human, parsed
from lattice_tui.rehearsal.api.known.printing.layout import (
    AGE_TEXT,
    CONTAINERS,
    IMAGES,
    NAME,
    NONE,
    SELECTOR,
    UNSET,
    Printed,
    age_of,
    container_cells,
    count,
    has_condition,
    is_leaving,
    labels_text,
    name_of,
    number,
    part,
    selector_text,
    text,
    truth,
)
from lattice_tui.rehearsal.api.served import JsonObject

WIDE = (CONTAINERS, IMAGES, SELECTOR)
READY = text("Ready", "How many pods are ready, of how many that are wanted.")
JOB_ENDS = (("Complete", "Complete"), ("Failed", "Failed"))
JOB_STATES = (
    ("Suspended", "Suspended"),
    ("FailureTarget", "FailureTarget"),
    ("SuccessCriteriaMet", "SuccessCriteriaMet"),
)


def _wide(obj: JsonObject) -> list[Any]:
    return [*container_cells(part(obj, "spec", "template")), selector_text(part(obj, "spec", "selector"))]


def deployment_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a deployment."""
    selector = part(obj, "spec", "selector")
    return [
        name_of(obj),
        f"{count(obj, 'status', 'readyReplicas')}/{count(obj, 'spec', 'replicas')}",
        count(obj, "status", "updatedReplicas"),
        count(obj, "status", "availableReplicas"),
        age_of(obj, now),
        *container_cells(part(obj, "spec", "template")),
        selector_text(selector) if selector else "",
    ]


def replica_set_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a replica set."""
    counts = [count(obj, *way) for way in (("spec", "replicas"), ("status", "replicas"), ("status", "readyReplicas"))]
    return [name_of(obj), *counts, age_of(obj, now), *_wide(obj)]


def replication_controller_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a replication controller, whose selector is labels and nothing else."""
    return [*replica_set_cells(obj, now)[:-1], labels_text(part(obj, "spec").get("selector"))]


def stateful_set_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a stateful set."""
    ready = f"{count(obj, 'status', 'readyReplicas')}/{count(obj, 'spec', 'replicas')}"
    return [name_of(obj), ready, age_of(obj, now), *container_cells(part(obj, "spec", "template"))]


def daemon_set_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a daemon set."""
    counted = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    node_selector = labels_text(part(obj, "spec", "template", "spec").get("nodeSelector"))
    return [
        name_of(obj),
        *(count(obj, "status", name) for name in counted),
        node_selector,
        age_of(obj, now),
        *_wide(obj),
    ]


def job_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a job."""
    return [name_of(obj), _job_state(obj), _completions(obj), _job_duration(obj, now), age_of(obj, now), *_wide(obj)]


def _job_state(obj: JsonObject) -> str:
    for condition, shown in JOB_ENDS:
        if has_condition(obj, condition):
            return shown
    if is_leaving(obj):
        return "Terminating"
    return next((shown for condition, shown in JOB_STATES if has_condition(obj, condition)), "Running")


def _completions(obj: JsonObject) -> str:
    done, spec = count(obj, "status", "succeeded"), part(obj, "spec")
    if spec.get("completions") is not None:
        return f"{done}/{spec['completions']}"
    parallelism = spec.get("parallelism") or 0
    return f"{done}/1 of {parallelism}" if parallelism > 1 else f"{done}/1"


def _job_duration(obj: JsonObject, now: datetime) -> str:
    status = part(obj, "status")
    start = parsed(status.get("startTime") or "")
    if start is None:
        return ""
    return human((parsed(status.get("completionTime") or "") or now) - start)


def cron_job_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a cron job."""
    spec, status = part(obj, "spec"), part(obj, "status")
    last = status.get("lastScheduleTime")
    job = part(spec, "jobTemplate", "spec")
    return [
        name_of(obj),
        spec.get("schedule", ""),
        spec.get("timeZone") or NONE,
        str(bool(spec["suspend"])) if spec.get("suspend") is not None else UNSET,
        len(status.get("active") or []),
        age(last, now) if last else NONE,
        age_of(obj, now),
        *container_cells(part(job, "template")),
        selector_text(part(job, "selector")),
    ]


DEPLOYMENTS = Printed(
    (
        NAME,
        READY,
        text("Up-to-date", "How many pods are of the newest template."),
        text("Available", "How many pods have been ready for long enough."),
        AGE_TEXT,
        *WIDE,
    ),
    deployment_cells,
)
REPLICA_SETS = Printed(
    (
        NAME,
        number("Desired", "How many pods are wanted."),
        number("Current", "How many pods there are."),
        number("Ready", "How many pods are ready."),
        AGE_TEXT,
        *WIDE,
    ),
    replica_set_cells,
)
REPLICATION_CONTROLLERS = Printed(REPLICA_SETS.columns, replication_controller_cells)
STATEFUL_SETS = Printed((NAME, READY, AGE_TEXT, CONTAINERS, IMAGES), stateful_set_cells)
DAEMON_SETS = Printed(
    (
        NAME,
        number("Desired", "How many nodes should run the pod."),
        number("Current", "How many nodes run at least one pod and should."),
        number("Ready", "How many nodes run a pod that is ready."),
        number("Up-to-date", "How many nodes run a pod of the newest template."),
        number("Available", "How many nodes run a pod that has been ready for long enough."),
        text("Node Selector", "The labels of the nodes that should run the pod."),
        AGE_TEXT,
        *WIDE,
    ),
    daemon_set_cells,
)
JOBS = Printed(
    (
        NAME,
        text("Status", "How far the job is."),
        text("Completions", "How many pods have succeeded, of how many that must."),
        text("Duration", "How long the job has taken."),
        AGE_TEXT,
        *WIDE,
    ),
    job_cells,
)
CRON_JOBS = Printed(
    (
        NAME,
        text("Schedule", "When jobs begin, in cron's words."),
        text("Timezone", "The time zone of the schedule."),
        truth("Suspend", "Whether no new job begins."),
        number("Active", "How many jobs run."),
        text("Last Schedule", "How long ago the last job began."),
        AGE_TEXT,
        *WIDE,
    ),
    cron_job_cells,
)
