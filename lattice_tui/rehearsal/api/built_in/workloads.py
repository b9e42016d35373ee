"""Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs: defaults, what is refused, what is fixed.

Source: pkg/apis/{apps,batch}/validation and the strategies of their registries.
"""

from __future__ import annotations

from typing import Any, Final

from lattice_tui.rehearsal.api.built_in import pods
from lattice_tui.rehearsal.api.built_in.causes import IMMUTABLE, Cause, forbidden, invalid, required, unsupported
from lattice_tui.rehearsal.api.kinds import CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, REPLICA_SET, STATEFUL_SET, Kind

JsonObject = dict[str, Any]

TEMPLATED: Final = frozenset(kind.key for kind in (DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB))
EMPTY_SELECTOR: Final = {STATEFUL_SET.key: "statefulset", DAEMON_SET.key: "daemonset"}
"""What the words for an empty selector call the kind; a ReplicaSet's say deployment as well."""
SET_FREE: Final = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
SET_WORDS = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
NOT_NEGATIVE = "must be greater than or equal to 0"
GENERATION: Final = "deprecated.daemonset.template.generation"


def defaulted(kind: Kind, obj: JsonObject) -> JsonObject:
    """With what the kind's templates and strategies have."""
    spec = dict(obj.get("spec") or {})
    if kind == CRON_JOB:
        job = spec.get("jobTemplate") or {}
        inner = _with_template({**(job.get("spec") or {})})
        spec["jobTemplate"] = {**job, "metadata": job.get("metadata") or {}, "spec": inner}
        return {**obj, "spec": spec}
    _with_template(spec)
    if kind == DEPLOYMENT and (spec.get("strategy") or {}).get("type", "RollingUpdate") == "RollingUpdate":
        rolling = {
            "maxSurge": "25%",
            "maxUnavailable": "25%",
            **((spec.get("strategy") or {}).get("rollingUpdate") or {}),
        }
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
    if kind == JOB and spec.get("parallelism", 1) == 1 and spec.get("completions") is None:
        spec["completions"] = 1
    return {**obj, "spec": spec}


def born(kind: Kind, obj: JsonObject) -> JsonObject:
    """A new object with what only a new one is given: a Job's selector, a DaemonSet's count of templates."""
    metadata, spec = obj["metadata"], obj.get("spec") or {}
    if kind == DAEMON_SET:
        annotations = {GENERATION: "1", **(metadata.get("annotations") or {})}
        return {**obj, "metadata": {**metadata, "annotations": annotations}}
    if kind != JOB or spec.get("manualSelector"):
        return obj
    uid, name = metadata["uid"], metadata["name"]
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    template = spec.get("template") or {}
    template_metadata = template.get("metadata") or {}
    labels = {**(template_metadata.get("labels") or {}), **labels}
    template = {**template, "metadata": {**template_metadata, "labels": labels}}
    if not metadata.get("labels"):
        metadata = {**metadata, "labels": labels}
    selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    return {**obj, "metadata": metadata, "spec": {**spec, "selector": selector, "template": template}}


def violations(kind: Kind, obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Everything that is refused."""
    spec, before = obj.get("spec") or {}, (old or {}).get("spec")
    if kind == CRON_JOB:
        return _of_cron_job(spec)
    if kind == JOB:
        return _of_job(spec, before)
    if kind == STATEFUL_SET and before is not None and _held(spec) != _held(before):
        return [forbidden("spec", SET_WORDS)]
    causes: list[Cause] = []
    replicas = spec.get("replicas", 0)
    if isinstance(replicas, int) and replicas < 0:
        causes.append(invalid("spec.replicas", replicas, NOT_NEGATIVE))
    causes += _of_selector(kind, spec)
    if kind == DEPLOYMENT:
        causes += _of_strategy(spec.get("strategy") or {})
    template = (spec.get("template") or {}).get("spec") or {}
    causes += pods.violations(template, "spec.template.spec")
    if template.get("restartPolicy", "Always") != "Always":
        causes.append(unsupported("spec.template.spec.restartPolicy", template["restartPolicy"], ("Always",)))
    if before is not None and spec.get("selector") != before.get("selector"):
        causes = [cause for cause in causes if not cause[0].startswith("spec.selector")]
        causes.append(invalid("spec.selector", spec.get("selector"), IMMUTABLE))
    return causes


def _with_template(spec: JsonObject) -> JsonObject:
    template = spec.get("template")
    if isinstance(template, dict) and template.get("spec"):
        pod = pods.defaulted_spec(template["spec"], is_pod=False)
        spec["template"] = {**template, "metadata": template.get("metadata") or {}, "spec": pod}
    return spec


def _held(spec: JsonObject) -> JsonObject:
    return {key: value for key, value in spec.items() if key not in SET_FREE}


def _of_selector(kind: Kind, spec: JsonObject) -> list[Cause]:
    selector = spec.get("selector")
    causes: list[Cause] = []
    if selector is None:
        if kind != DAEMON_SET:
            causes.append(required("spec.selector"))
    elif not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return [
            invalid("spec.selector", {}, f"empty selector is invalid for {EMPTY_SELECTOR.get(kind.key, 'deployment')}")
        ]
    for index, one in enumerate((selector or {}).get("matchExpressions") or []):
        if one.get("operator") not in OPERATORS:
            place = f"spec.selector.matchExpressions[{index}].operator"
            causes.append(invalid(place, one.get("operator") or "", "not a valid selector operator"))
    if causes and selector is not None:
        return [*causes, invalid("spec.selector", selector, "invalid label selector")]
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if selector is None or not _chosen(selector, labels or {}):
        words = "`selector` does not match template `labels`"
        causes.append(invalid("spec.template.metadata.labels", labels, words))
    return causes


def _chosen(selector: JsonObject, labels: JsonObject) -> bool:
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    for one in selector.get("matchExpressions") or []:
        value, there = labels.get(one.get("key")), one.get("key") in labels
        holds = {
            "In": value in (one.get("values") or ()),
            "NotIn": value not in (one.get("values") or ()),
            "Exists": there,
            "DoesNotExist": not there,
        }
        if not holds.get(one.get("operator"), False):
            return False
    return True


def _of_strategy(strategy: JsonObject) -> list[Cause]:
    place, rolling = "spec.strategy", strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate":
        why = "may not be specified when strategy `type` is 'Recreate'"
        return [forbidden(f"{place}.rollingUpdate", why)] if rolling else []
    if strategy.get("type") != "RollingUpdate":
        return [unsupported(f"{place}.type", strategy.get("type"), ("Recreate", "RollingUpdate"))]
    zeros = (0, "0", "0%")
    if rolling and rolling.get("maxSurge") in zeros and rolling.get("maxUnavailable") in zeros:
        value = rolling["maxUnavailable"]
        return [invalid(f"{place}.rollingUpdate.maxUnavailable", value, "may not be 0 when `maxSurge` is 0")]
    return []


def _of_job(spec: JsonObject, before: JsonObject | None, place: str = "spec") -> list[Cause]:
    template = (spec.get("template") or {}).get("spec") or {}
    causes = pods.violations(template, f"{place}.template.spec")
    if template.get("restartPolicy", "Always") == "Always" and template.get("containers"):
        words = 'valid values: "OnFailure", "Never"'
        causes.append(required(f"{place}.template.spec.restartPolicy", words))
    for name in ("completions", "selector", "template", "completionMode") if before is not None else ():
        if before and spec.get(name) != before.get(name) and not before.get("suspend"):
            causes.append(invalid(f"{place}.{name}", spec.get(name), IMMUTABLE))
    return causes


def _of_cron_job(spec: JsonObject) -> list[Cause]:
    schedule = spec.get("schedule") or ""
    parts = schedule.split()
    causes: list[Cause] = []
    if not schedule:
        causes.append(required("spec.schedule"))
    elif len(parts) != 5 and not schedule.startswith("@"):
        found = " ".join(parts)
        why = f"expected exactly 5 fields, found {len(parts)}: [{found}]"
        causes.append(invalid("spec.schedule", schedule, why))
    return [*causes, *_of_job((spec.get("jobTemplate") or {}).get("spec") or {}, None, "spec.jobTemplate.spec")]
