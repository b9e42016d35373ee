"""The plan in words and as JSON: what `--dry-run` prints and what is shown before the question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from lattice_tui.install.plan_steps import step_infos
from schemas.plan import ClusterPlan, StepInfo


def summary(plan: ClusterPlan, *, rehearsal: bool) -> str:
    """One sentence: what will be built, where, how big."""
    pools = ", ".join(f"{pool.name} {pool.replicas}" for pool in plan.pools)
    where = f"{plan.provider}, in a simulated world" if rehearsal else plan.provider
    workers = f"workers: {pools}" if pools else "no workers"
    return (
        f"{plan.name} on {where}: Kubernetes {plan.kubernetes_version} ({plan.bootstrap}), "
        f"control planes: {plan.control_plane_replicas}, {workers}"
    )


def plan_lines(plan: ClusterPlan, *, rehearsal: bool, speed: float) -> list[str]:
    """The plan for a person: sentence, steps with their usual times, objects by kind."""
    steps = step_infos(plan, speed=speed)
    width = max(len(step.title) for step in steps)
    lines = [summary(plan, rehearsal=rehearsal), "", "steps, with their usual times (estimates)"]
    lines += [f"  {number:>2}  {step.title:<{width}}  {_usual(step)}" for number, step in enumerate(steps, start=1)]
    lines += ["", "Cluster API objects that will be made"]
    lines += [f"  {count:>2}  {kind}" for kind, count in object_counts(plan).items()]
    return lines


def plan_fields(plan: ClusterPlan, *, rehearsal: bool, speed: float) -> Mapping[str, Any]:
    """The plan for a program: the fields of the `install.planned` line."""
    facts = plan.model_dump(mode="json", by_alias=True)
    # Drawn anew for every run: a dry run has none yet.
    facts.pop("run_id")
    return {
        "cluster": plan.name,
        "rehearsal": rehearsal,
        "plan": facts,
        "steps": [step.model_dump(mode="json") for step in step_infos(plan, speed=speed)],
        "objects": object_counts(plan),
    }


def object_counts(plan: ClusterPlan) -> dict[str, int]:
    """How many objects of each kind the manifests hold, in their order."""
    manifests = import_module(f"lattice_tui.providers.{plan.provider}.manifests").manifests(plan)
    return dict(Counter(str(manifest["kind"]) for manifest in manifests))


def _usual(step: StepInfo) -> str:
    low, high = step.usual_s
    if high >= 120:
        return f"{low / 60:.0f}-{high / 60:.0f} min" if low >= 60 else f"{low:.0f} s - {high / 60:.0f} min"
    return f"{low:.0f}-{high:.0f} s" if high >= 2 else f"{low:.1f}-{high:.1f} s"
