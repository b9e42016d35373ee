"""The steps of an install, as a door draws them before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.plan import ClusterPlan, StepInfo


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One line of the plan. Durations in seconds are estimates for a broadband line and a laptop."""

    id: str
    title: str
    needs: tuple[str, ...]
    usual_s: tuple[float, float]
    only_with_move: bool = False
    """Left out when the management cluster stays where it is (`spec.management: external`)."""


STEPS: tuple[PlannedStep, ...] = (
    PlannedStep("checks", "Check this computer", (), (1, 5)),
    PlannedStep("tools", "Find the tools", (), (1, 5)),
    PlannedStep("images", "Fetch the node image", ("checks",), (20, 90)),
    PlannedStep("bootstrap", "Start the bootstrap cluster", ("checks", "tools", "images"), (15, 60)),
    PlannedStep("reach", "Look out from inside it", ("bootstrap",), (1, 10)),
    PlannedStep("providers", "Install Cluster API", ("reach",), (45, 120)),
    PlannedStep("objects", "Describe the cluster", ("providers",), (1, 5)),
    PlannedStep("control-plane", "Start the control plane", ("objects",), (45, 150)),
    PlannedStep("network", "Install the network", ("control-plane",), (2, 30)),
    PlannedStep("nodes", "Bring up every machine", ("network",), (30, 180)),
    PlannedStep("management", "Install Cluster API in the cluster", ("network",), (60, 180), only_with_move=True),
    PlannedStep("move", "Hand the cluster over to itself", ("nodes", "management"), (10, 60), only_with_move=True),
    PlannedStep("finish", "Test it and clean up", ("move",), (5, 30)),
)


def is_wanted(step: PlannedStep, plan: ClusterPlan) -> bool:
    """Whether this plan needs the step; the others are skipped, with the reason."""
    return not (step.only_with_move and plan.management == "external")


def step_infos(plan: ClusterPlan, *, speed: float = 1.0) -> tuple[StepInfo, ...]:
    """The steps of this plan in order; `speed` shortens the usual ranges, as it does the rehearsed world's work."""
    return tuple(
        StepInfo(id=step.id, title=step.title, needs=needs_of(step, plan), usual_s=_scaled(step.usual_s, speed))
        for step in STEPS
    )


def needs_of(step: PlannedStep, plan: ClusterPlan) -> tuple[str, ...]:
    """The ids of the steps it waits for."""
    # Without a move, nothing else says that every machine is there before the end.
    return ("nodes",) if step.id == "finish" and plan.management == "external" else step.needs


def _scaled(usual_s: tuple[float, float], speed: float) -> tuple[float, float]:
    low, high = usual_s
    return (round(low / speed, 3), round(high / speed, 3))
