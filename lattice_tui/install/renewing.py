"""A cluster's kubeconfig as it works now: where the API is reached today, and with credentials that are still good."""

from __future__ import annotations

import base64
from contextlib import closing
from pathlib import Path

from lattice_tui.capi.errors import ApiError, ApiUnreachableError
from lattice_tui.capi.kubeconfig import with_server
from lattice_tui.capi.resources import NODE, SECRET
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.install import files
from lattice_tui.install.clusters import Clusters
from lattice_tui.install.hooks import InstallHooks, hooks_for
from lattice_tui.install.whereabouts import repoint
from lattice_tui.paths import write_atomically
from schemas.events import Side
from schemas.plan import ClusterPlan
from schemas.problem import Problem

_SIDES: tuple[Side, ...] = ("target", "bootstrap")


def fresh_kubeconfig(folder: Path, *, docker_endpoint: str, renew: bool = False) -> bytes:
    """The kubeconfig of the run in `folder`, tested; what it says about the way there is brought up to date first.

    `renew` takes the credentials anew from the cluster's own Secret, which Cluster API keeps good. Blocking.
    Raises LatticeError when there is none yet, when nothing answers to it, or when the Secret is not there.
    """
    plan = files.load_plan(folder)
    hooks = hooks_for(plan, docker_endpoint=docker_endpoint)
    with closing(Clusters(folder)) as clusters:
        if not clusters.has("target"):
            raise LatticeError(_none_yet(folder), ExitCode.MACHINES)
        repoint(plan, clusters, hooks)
        if renew:
            _renew(plan, clusters, hooks)
        try:
            # The version is told to strangers too.
            clusters.client("target").list(NODE)
        except LatticeError as error:
            raise LatticeError(_silent(plan, clusters, error), ExitCode.MACHINES) from error
        return clusters.path("target").read_bytes()


def _renew(plan: ClusterPlan, clusters: Clusters, hooks: InstallHooks) -> None:
    """Source: CAPI, Secret <cluster>-kubeconfig, key value, where the cluster's objects are."""
    name = f"{plan.name}-kubeconfig"
    for side in _SIDES:
        try:
            found = clusters.client(side).get(SECRET, name, plan.namespace) if clusters.has(side) else None
        except (ApiError, ApiUnreachableError):
            # The other one may have it; credentials that have run out open nothing any more.
            continue
        if found is not None:
            data = base64.b64decode(found["data"]["value"])
            server = hooks.api_server(plan)
            write_atomically(clusters.path("target"), data if server is None else with_server(data, server))
            return
    raise LatticeError(_no_secret(plan, name), ExitCode.MACHINES)


def _none_yet(folder: Path) -> Problem:
    return Problem(
        code="LT-RUN-020",
        title=f"{folder.name} has no kubeconfig yet",
        detail="It is made as soon as the first control plane answers.",
        fix=f"Look where the install stands: lattice status {folder.name}",
        check=f"lattice status {folder.name}",
    )


def _silent(plan: ClusterPlan, clusters: Clusters, error: LatticeError) -> Problem:
    return Problem(
        code="LT-RUN-021",
        title=f"{plan.name} does not answer to its kubeconfig",
        detail=f"{error.problem.title}. {error.problem.detail}".rstrip(),
        fix=f"See whether its machines run: lattice status {plan.name}",
        check=f"kubectl --kubeconfig {clusters.path('target')} version",
    )


def _no_secret(plan: ClusterPlan, name: str) -> Problem:
    return Problem(
        code="LT-RUN-022",
        title="There is nothing to renew the kubeconfig from",
        detail=f"The Secret {name} in the namespace {plan.namespace} could not be read with what is here.",
        fix="Where the credentials have run out already: copy /etc/kubernetes/admin.conf from a control plane machine",
        check=f"kubectl get secret {name} -n {plan.namespace}",
    )
