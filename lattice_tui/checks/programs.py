"""D16: the foreign programs that building needs, each found, asked for its version and judged by the pins.

The same for every provider: whoever builds with kind, clusterctl and helm adds these checks to its own.
"""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from lattice_tui.checks.runner import Check
from lattice_tui.document.pins import Minor, Pins, minor_of, pins
from lattice_tui.tools.asking import ANSWER_S, ToolAnswer, ask_version
from lattice_tui.tools.downloads import Computer, fetch_command
from lattice_tui.tools.process import Toolbox
from lattice_tui.tools.versions import is_same_minor, numbers
from schemas.checks import CheckResult, CheckStatus

END_S = 5.0
"""On top of the time for an answer: a program that hangs is ended, which takes its time."""
OLDEST_HELM = 3
KUBECTL_SKEW = 1
"""kubectl may be one minor version away from the API server: kubernetes.io/releases/version-skew-policy."""


@dataclass(frozen=True, slots=True)
class Program:
    """One foreign program."""

    name: str
    use: str
    """What it is for, completing "it ..."."""
    pin: Callable[[Pins], str]
    is_needed: bool = True
    """Whether building needs it; the others are for the person, afterwards."""

    @property
    def pinned(self) -> str:
        """The version this product is tested with, with its leading `v`."""
        return self.pin(pins())


KIND = Program("kind", "makes the temporary cluster that builds yours", lambda known: known.kind)
CLUSTERCTL = Program("clusterctl", "puts Cluster API into a cluster, and moves yours", lambda known: known.capi)
HELM = Program("helm", "installs the cluster's network", lambda known: known.helm)
KUBECTL = Program("kubectl", "is how you look into the finished cluster", lambda known: known.kubectl, is_needed=False)
PROGRAMS = (KIND, CLUSTERCTL, HELM, KUBECTL)


class Fault(NamedTuple):
    """What is wrong with a program."""

    status: CheckStatus
    code: str
    summary: str
    why: str
    fix: str = ""
    """A command; empty where the program has to be fetched."""


def tool_checks(
    toolbox: Toolbox,
    environ: Mapping[str, str],
    computer: Computer,
    *,
    kubernetes_version: str = "",
    simulated: bool = False,
) -> tuple[Check, ...]:
    """One row a program, each on its own. `kubernetes_version` is the new cluster's, empty when it is not known."""

    async def run(program: Program) -> CheckResult:
        answer = await ask_version(program.name, toolbox, environ)
        if simulated:
            answer = replace(answer, path="the rehearsed world's own")
        return judge(program, answer, kubernetes_version, computer)

    return tuple(
        Check(
            id=f"tool-{program.name}",
            title=program.name,
            needs=(),
            timeout_s=ANSWER_S + END_S,
            run=functools.partial(run, program),
            simulated=simulated,
            inputs=("tools", "version") if program is KUBECTL else ("tools",),
        )
        for program in PROGRAMS
    )


def judge(program: Program, answer: ToolAnswer, kubernetes_version: str, computer: Computer) -> CheckResult:
    """What the answer means. Pure."""
    if answer.trouble == "hangs":
        return _hangs(program, answer)
    fault = trouble(program, answer) or misfit(program, answer.version, kubernetes_version)
    if fault is None:
        return CheckResult("", "", "ok", f"{answer.version}, {answer.path}")
    return CheckResult(
        id="",
        title="",
        status=fault.status,
        summary=fault.summary,
        why=fault.why,
        fix=fault.fix or f"Install {program.name} {program.pinned}, or let the PATH name its folder",
        action=fault.fix or fetch_command(program.name, program.pinned, computer),
        evidence=answer.path,
        code=fault.code,
    )


def misfit(program: Program, version: str, kubernetes_version: str) -> Fault | None:
    """What is wrong with a version, None for one that fits."""
    pinned = program.pinned.removeprefix("v")
    if program is CLUSTERCTL and not is_same_minor(version, pinned):
        why = "the tool and what it installs have to be of one minor version"
        return Fault("fail", "LT-TOL-005", f"clusterctl {version} does not fit Cluster API {pinned}", why)
    if program is HELM and numbers(version)[0] < OLDEST_HELM:
        why = "Helm 2 keeps its releases in a server that no cluster has any more"
        return Fault("fail", "LT-TOL-012", f"helm {version} is too old to be used here", why)
    if program is KUBECTL:
        return _kubectl_skew(version, kubernetes_version)
    if program in _WHY_OLD and numbers(version)[:2] < numbers(pinned)[:2]:
        summary = f"{program.name} {version} is older than the {pinned} this was tested with"
        return Fault("warn", "LT-TOL-011", summary, _WHY_OLD[program])
    return None


_WHY_OLD = {
    KIND: "the image of the temporary cluster was made for the newer one; kind promises no more than that",
    HELM: "a Helm is tested with the Kubernetes of its time, not with newer ones",
}
"""Sources: the release notes of kind, helm.sh/docs/topics/version_skew."""


def _kubectl_skew(version: str, kubernetes_version: str) -> Fault | None:
    wanted, own = _minor(kubernetes_version), numbers(version)[:2]
    if wanted is None or (own[0] == wanted[0] and abs(own[1] - wanted[1]) <= KUBECTL_SKEW):
        return None
    summary = f"kubectl {version} is not made for Kubernetes {'.'.join(map(str, wanted))}"
    why = "kubectl is made for clusters at most one minor version away; what is new to it goes unseen"
    return Fault("warn", "LT-TOL-011", summary, why)


def _minor(kubernetes_version: str) -> Minor | None:
    try:
        return minor_of(kubernetes_version)
    except ValueError:
        # Not chosen yet, or something that the document's own rules complain about.
        return None


def trouble(program: Program, answer: ToolAnswer) -> Fault | None:
    """What kept the program from saying its version, None when it said one or only took too long."""
    name, path = program.name, answer.path
    # What building does without is at most a warning.
    bad: CheckStatus = "fail" if program.is_needed else "warn"
    told = f"{path}: {answer.words}"
    match answer.trouble:
        case "missing" if program.is_needed:
            return Fault(bad, "LT-TOL-001", f"{name} was not found", f"it {program.use}; no folder of the PATH has it")
        case "missing":
            return Fault(bad, "LT-TOL-006", f"{name} was not found", f"building goes without it; it {program.use}")
        case "forbidden":
            what, why = f"{name} is there, but may not be run", f"{path} is not executable"
            return Fault(bad, "LT-TOL-007", what, why, f"chmod +x {shlex.quote(path)}")
        case "unstartable":
            return Fault(bad, "LT-TOL-008", f"{name} cannot be started on this computer", told)
        case "broken":
            return Fault(bad, "LT-TOL-009", f"{name} cannot even say its version", told)
        case "mute":
            return Fault("warn", "LT-TOL-010", f"{name} says something else than a version", told)
    return None


def _hangs(program: Program, answer: ToolAnswer) -> CheckResult:
    """Nothing is proven by that, and it is looked at again."""
    return CheckResult(
        id="",
        title="",
        status="unknown",
        summary=f"{program.name} did not say its version within {answer.words}",
        why=f"{answer.path} was started and ended again; a virus scanner may hold it up the first time",
        fix=f"Try it yourself, it should answer at once: {program.name} version",
    )
