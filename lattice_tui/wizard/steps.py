"""The wizard's steps, in the order a person meets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lattice_tui.wizard.paths import NAME, POOLS, PROVIDER, is_under

StepId = Literal["where", "computer", "size", "version", "review"]


@dataclass(frozen=True, slots=True)
class Step:
    """One page of questions."""

    id: StepId
    title: str
    short: str
    """For one line that names all steps."""
    lead: str
    """What is asked here, one sentence."""
    about: str
    """What is worth knowing here, a few sentences."""
    roots: tuple[str, ...]
    """The parts of cluster.yaml that this step is about."""

    def owns(self, path: str) -> bool:
        """True when a problem at `path` is mended in this step."""
        return any(is_under(path, root) for root in self.roots)


STEPS: tuple[Step, ...] = (
    Step(
        "where",
        "Where and name",
        "Where",
        "Choose where the cluster runs, and what it is called.",
        "The place decides what the cluster needs from you. The name begins the name of every machine.",
        (NAME, PROVIDER),
    ),
    Step(
        "computer",
        "This computer",
        "Computer",
        "Check that this computer can do it. Nothing is changed.",
        "Each line is one check: ok; warn, it works, with a consequence; fail, mend it first; "
        "unknown, it could not be looked at, which stops nothing. What is not ok is looked at again by itself; "
        "F3 looks at everything. n goes to the next that is not ok, Enter shows all of it, c copies its command.",
        (),
    ),
    Step(
        "size",
        "Size",
        "Size",
        "Choose how many machines the cluster has.",
        "Control planes run Kubernetes itself, workers run your programs. Workers can be added later.",
        ("spec.nodes", POOLS),
    ),
    Step(
        "version",
        "Version",
        "Version",
        "Choose the Kubernetes version.",
        "Every part of the cluster has to be tested with it. It can be raised later, one minor version at a time.",
        ("spec.provider.kubernetes",),
    ),
    Step(
        "review",
        "Review",
        "Review",
        "Read what will be done, then start it.",
        "Until now nothing was made. Starting writes cluster.yaml, then a process of its own builds the cluster: "
        "closing this terminal does not end it.",
        (),
    ),
)
ORDER: tuple[StepId, ...] = tuple(step.id for step in STEPS)


def step(step_id: StepId) -> Step:
    """The step of that id."""
    return STEPS[ORDER.index(step_id)]


def number(step_id: StepId) -> int:
    """Counted from 1."""
    return ORDER.index(step_id) + 1


def after(step_id: StepId) -> StepId:
    """The next step; the last one stays."""
    return ORDER[min(ORDER.index(step_id) + 1, len(ORDER) - 1)]


def before(step_id: StepId) -> StepId | None:
    """The step before, None at the first."""
    index = ORDER.index(step_id)
    return ORDER[index - 1] if index else None


def owner_of(path: str) -> Step:
    """The step where a problem at `path` is mended; what no step asks about is shown in the review."""
    return next((candidate for candidate in STEPS if candidate.owns(path)), STEPS[-1])
