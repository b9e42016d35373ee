"""The plan in words and as JSON: what `lattice plan` and `--dry-run` print, and what is shown before the question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lattice_tui.install.estimates import Range, longest_way
from lattice_tui.install.plan_steps import STEPS, is_wanted, step_infos
from schemas.plan import ClusterPlan, PoolPlan, StepInfo

if TYPE_CHECKING:
    from lattice_tui.capi.manifests import Manifest
    from schemas.document import LatticeCluster


def title(plan: ClusterPlan, *, rehearsal: bool) -> str:
    """What will be built, and where."""
    where = f"{plan.provider}, in a simulated world" if rehearsal else plan.provider
    return f"{plan.name} on {where}: Kubernetes {plan.kubernetes_version} ({plan.bootstrap})"


def summary(plan: ClusterPlan, *, rehearsal: bool) -> str:
    """One sentence: what will be built, where, how big."""
    pools = ", ".join(f"{pool.name} {pool.replicas}" for pool in plan.pools)
    workers = f"workers: {pools}" if pools else "no workers"
    return f"{title(plan, rehearsal=rehearsal)}, control planes: {plan.control_plane_replicas}, {workers}"


def plan_lines(plan: ClusterPlan, *, rehearsal: bool, speed: float, cluster: LatticeCluster | None = None) -> list[str]:
    """The plan for a person: title, machines, what was decided, steps with their usual times, objects.

    With `cluster`, what its document leaves open is told apart from what it says.
    """
    return [
        title(plan, rehearsal=rehearsal),
        *_machine_lines(plan),
        *_decided_lines(plan, cluster),
        *_step_lines(plan, rehearsal=rehearsal, speed=speed),
        *_object_lines(plan),
    ]


def plan_fields(plan: ClusterPlan, *, rehearsal: bool, speed: float) -> Mapping[str, Any]:
    """The plan for a program: the fields of the `install.planned` and `plan.made` lines."""
    facts = plan.model_dump(mode="json", by_alias=True)
    # Drawn anew for every run: a plan that is only shown has none yet.
    facts.pop("run_id")
    steps = step_infos(plan, speed=speed)
    return {
        "cluster": plan.name,
        "rehearsal": rehearsal,
        "plan": facts,
        "steps": [step.model_dump(mode="json") for step in steps],
        "usual_s": longest_way(_wanted(plan, steps)),
        "objects": dict(Counter(str(manifest["kind"]) for manifest in plan_manifests(plan))),
    }


def plan_manifests(plan: ClusterPlan) -> Sequence[Manifest]:
    """The Cluster API objects of the plan, in the order they are made."""
    made: Sequence[Manifest] = import_module(f"lattice_tui.providers.{plan.provider}.manifests").manifests(plan)
    return made


def _machine_lines(plan: ClusterPlan) -> list[str]:
    lines = [
        "",
        "machines",
        f"  {plan.control_plane_replicas:>2}  {_noun('control plane', plan.control_plane_replicas)}",
    ]
    return lines + [
        f"  {pool.replicas:>2}  {_noun('worker', pool.replicas)} in pool {_pool(pool)}" for pool in plan.pools
    ]


def _pool(pool: PoolPlan) -> str:
    scaled = f", {pool.min_replicas} to {pool.max_replicas} by load" if pool.max_replicas is not None else ""
    labels = f", labels: {', '.join(f'{key}={value}' for key, value in pool.labels.items())}" if pool.labels else ""
    marks = ", ".join(f"{taint.key}={taint.value}:{taint.effect}" for taint in pool.taints)
    return f"{pool.name}{scaled}{labels}{f', taints: {marks}' if marks else ''}"


def _decided_lines(plan: ClusterPlan, cluster: LatticeCluster | None) -> list[str]:
    """What holds, with what the document left open marked."""
    spec = cluster.spec if cluster is not None else None
    network = spec.provider.kubernetes.cluster_network if spec is not None else None
    rows = (
        ("pod range", plan.pod_cidr, network is not None and network.pod_cidr is None),
        ("service range", plan.service_cidr, network is not None and network.service_cidr is None),
        (
            "API address",
            plan.endpoint_host or "given by the cloud",
            bool(plan.endpoint_host) and spec is not None and spec.endpoints.host is None,
        ),
        ("service type", plan.service_type, spec is not None and spec.endpoints.service.type is None),
        ("managed from", "itself" if plan.management == "self" else "another cluster", False),
    )
    lines = [
        f"  {name:<14} {value}{'  (chosen: the file leaves it open)' if is_open else ''}"
        for name, value, is_open in rows
    ]
    return ["", "settings", *lines]


def _step_lines(plan: ClusterPlan, *, rehearsal: bool, speed: float) -> list[str]:
    steps = step_infos(plan, speed=speed)
    wanted = _wanted(plan, steps)
    width = max(len(step.title) for step in steps)
    pace = f", {speed:g} times as fast in the rehearsal" if rehearsal and speed != 1 else ""
    lines = [
        f"  {number:>2}  {step.title:<{width}}  {_usual(step.usual_s) if step in wanted else 'left out'}"
        for number, step in enumerate(steps, start=1)
    ]
    total = f"      {'in all, as steps overlap':<{width}}  about {_usual(longest_way(wanted))}"
    return ["", f"steps, with their usual times (estimates{pace})", *lines, total]


def _object_lines(plan: ClusterPlan) -> list[str]:
    made = plan_manifests(plan)
    width = max(len(str(manifest["kind"])) for manifest in made)
    lines = [f"  {manifest['kind']:<{width}}  {manifest['metadata']['name']}" for manifest in made]
    return ["", f"Cluster API objects that will be made, in namespace {plan.namespace}", *lines]


def _wanted(plan: ClusterPlan, steps: Sequence[StepInfo]) -> tuple[StepInfo, ...]:
    wanted = {step.id for step in STEPS if is_wanted(step, plan)}
    return tuple(step for step in steps if step.id in wanted)


def _usual(usual_s: Range) -> str:
    low, high = usual_s
    if high >= 120:
        return f"{low / 60:.0f}-{high / 60:.0f} min" if low >= 60 else f"{low:.0f} s - {high / 60:.0f} min"
    return f"{low:.0f}-{high:.0f} s" if high >= 2 else f"{low:.1f}-{high:.1f} s"


def _noun(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
