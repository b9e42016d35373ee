"""The wizard's steps, in the order a person meets them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from lattice_tui.wizard.paths import CREDENTIALS, KUBERNETES, NAME, NETWORK, POOLS, PROVIDER, is_under

StepId = Literal["where", "computer", "connect", "size", "version", "build", "addresses", "review"]


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

    def claim(self, path: str) -> int:
        """How near a problem at `path` is to this step: the length of the longest root above it, 0 for none."""
        return max((len(root) for root in self.roots if is_under(path, root)), default=0)


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
        "connect",
        "Connect",
        "Connect",
        "Sign in, and see whether everything that is needed is allowed.",
        "What is found on this computer is shown with its source, and used only once you pick it. Secrets stay out of "
        "cluster.yaml and out of drafts. Nothing is changed over there.",
        (CREDENTIALS, "spec.credentials"),
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
        "build",
        "Build from",
        "Build",
        "Choose what the machines are made from, and the Kubernetes version.",
        "The lists come from over there, as they are now; a value can always be typed instead. What cannot be taken "
        "stands at the end, with the reason. The image decides how Kubernetes is set up.",
        ("spec.provider.kubernetes",),
    ),
    Step(
        "addresses",
        "Addresses",
        "Addresses",
        "Choose the addresses of the cluster, and who may reach it.",
        "Every machine takes an address, and one more is needed while machines are replaced. Addresses that were seen "
        "in use are shown; that nothing answers does not prove that an address is free.",
        ("spec.endpoints", "spec.networking", "spec.apiAllowedCidrs", f"{KUBERNETES}.certSANs", NETWORK),
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
"""Every step that there is; `way` says which ones a person meets."""
_SHORT_WAY: frozenset[StepId] = frozenset({"where", "computer", "size", "version", "review"})
"""Where there is nothing to sign in to."""
_LONG_WAY: frozenset[StepId] = frozenset(ORDER) - {"version"}


@cache
def way(provider: str) -> tuple[Step, ...]:
    """The steps that a person meets for this provider, each with the parts of cluster.yaml that it asks for there."""
    from lattice_tui.providers import registry  # a folder each, once, when a wizard opens

    known = registry.load(provider) if provider in registry.names() else None
    if known is None or known.credentials is None:
        return tuple(each for each in STEPS if each.id in _SHORT_WAY)
    own = {"build": f"{PROVIDER}.{provider}"}
    return tuple(
        replace(each, roots=(*each.roots, *known.asked.get(each.id, ()), *([own[each.id]] if each.id in own else ())))
        for each in STEPS
        if each.id in _LONG_WAY
    )


def step(step_id: StepId) -> Step:
    """The step of that id."""
    return STEPS[ORDER.index(step_id)]


def number(step_id: StepId, provider: str) -> int:
    """Counted from 1, on this provider's way."""
    return _ids(provider).index(on_way(step_id, provider)) + 1


def after(step_id: StepId, provider: str) -> StepId:
    """The next step; the last one stays."""
    ids = _ids(provider)
    return ids[min(ids.index(on_way(step_id, provider)) + 1, len(ids) - 1)]


def before(step_id: StepId, provider: str) -> StepId | None:
    """The step before, None at the first."""
    ids = _ids(provider)
    index = ids.index(on_way(step_id, provider))
    return ids[index - 1] if index else None


def on_way(step_id: StepId, provider: str) -> StepId:
    """The step itself, or, where this provider has none of it, the one that stands in its place."""
    ids = _ids(provider)
    if step_id in ids:
        return step_id
    instead: dict[StepId, StepId] = {"version": "build", "build": "version", "connect": "computer"}
    return instead.get(step_id, "review")


def owner_of(path: str, provider: str) -> Step:
    """The step where a problem at `path` is mended; what no step asks about is shown in the review."""
    steps = way(provider)
    claims = [each.claim(path) for each in steps]
    nearest = max(claims)
    return steps[claims.index(nearest)] if nearest else steps[-1]


@cache
def _ids(provider: str) -> tuple[StepId, ...]:
    return tuple(each.id for each in way(provider))
