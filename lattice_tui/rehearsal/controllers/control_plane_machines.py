"""Making, judging and choosing control-plane Machines."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import DOCKER_MACHINE, KUBEADM_CONFIG, MACHINE
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition
from lattice_tui.rehearsal.controllers.control_plane_health import GATES
from lattice_tui.rehearsal.controllers.objects import (
    CLEANUP_HOOK,
    CLONED_NAME,
    CLUSTER_NAME_LABEL,
    CONTROL_PLANE_LABEL,
    CONTROL_PLANE_NAME_LABEL,
    Context,
    is_deleting,
    rollout_is_due,
)
from lattice_tui.rehearsal.controllers.templates import MachineOrder, make_machine

JsonObject = dict[str, Any]

_LOCAL_MODE_MINORS = range(31, 36)
"""Kubernetes 1.31 to 1.35: Cluster API switches kubeadm's gate ControlPlaneKubeletLocalMode on."""


def add_machine(
    ctx: Context, control_plane: JsonObject, cluster: JsonObject, template: JsonObject, *, first: bool
) -> JsonObject:
    """Make one more Machine; the first one initialises the control plane, the others join it."""
    metadata, spec = control_plane["metadata"], control_plane["spec"]
    machine_spec = spec["machineTemplate"]["spec"]
    extra = {
        field: value for field, value in machine_spec.items() if field not in ("infrastructureRef", "readinessGates")
    }
    order = MachineOrder(
        name=f"{metadata['name']}-{ctx.random_suffix()}",
        namespace=metadata["namespace"],
        cluster=cluster["metadata"]["name"],
        labels={
            **spec["machineTemplate"].get("metadata", {}).get("labels", {}),
            CLUSTER_NAME_LABEL: cluster["metadata"]["name"],
            CONTROL_PLANE_LABEL: "",
            CONTROL_PLANE_NAME_LABEL: metadata["name"],
        },
        owner=control_plane,
        version=spec["version"],
        config_spec=_config(control_plane, first=first),
        config_annotations={},
        infra_template=template,
        annotations={**spec["machineTemplate"].get("metadata", {}).get("annotations", {}), CLEANUP_HOOK: ""},
        spec={
            **extra,
            "readinessGates": [{"conditionType": gate} for gate in GATES] + machine_spec.get("readinessGates", []),
        },
    )
    return make_machine(ctx, order)


def judge(ctx: Context, control_plane: JsonObject, machine: JsonObject) -> JsonObject:
    """Keep a Machine's UpToDate: version, bootstrap configuration, template and age against what is wanted."""
    if is_deleting(machine):
        return machine
    reasons = _differences(ctx, control_plane, machine)
    wanted = Outcome("False", "NotUpToDate", "\n".join(reasons)) if reasons else Outcome("True", "UpToDate")
    if get_condition(machine, "UpToDate") == wanted:
        return machine
    after = copied(machine)
    ctx.outcome(after, "UpToDate", wanted)
    return ctx.save(MACHINE, machine, after)


def _differences(ctx: Context, control_plane: JsonObject, machine: JsonObject) -> list[str]:
    """Why a Machine has to be replaced, in the words of Cluster API (controlplane/kubeadm/internal/filters.go)."""
    reasons = []
    spec, namespace = control_plane["spec"], machine["metadata"]["namespace"]
    if machine["spec"].get("version") != spec["version"]:
        reasons.append(f"* Version {machine['spec'].get('version')}, {spec['version']} required")
    config = ctx.store.find(
        KUBEADM_CONFIG, machine["spec"]["bootstrap"].get("configRef", {}).get("name", ""), namespace
    )
    if config is not None:
        first = "initConfiguration" in config["spec"]
        if not _says(_compared(config["spec"]), _compared(_config(control_plane, first=first))):
            reasons.append("* KubeadmConfig is not up-to-date")
    infra = ctx.store.find(DOCKER_MACHINE, machine["spec"]["infrastructureRef"]["name"], namespace)
    template = spec["machineTemplate"]["spec"]["infrastructureRef"]["name"]
    if infra is not None and infra["metadata"].get("annotations", {}).get(CLONED_NAME, template) != template:
        reasons.append("* DockerMachine is not up-to-date")
    if rollout_is_due(control_plane, machine, ctx.pace.now()):
        reasons.append("* KubeadmControlPlane spec.rollout.after expired")
    return reasons


def _compared(config: JsonObject) -> JsonObject:
    """A KubeadmConfig's spec without what the bootstrap controller fills in."""
    compared: JsonObject = copied(config)
    compared.get("clusterConfiguration", {}).pop("controlPlaneEndpoint", None)
    compared.get("joinConfiguration", {}).pop("discovery", None)
    return compared


def _says(current: object, wanted: object) -> bool:
    """Whether `current` says what `wanted` says. A single value more is a default that a schema filled in."""
    if isinstance(current, dict) and isinstance(wanted, dict):
        if any(isinstance(value, list) and value and not wanted.get(key) for key, value in current.items()):
            return False
        return all(
            _says(current.get(key, {} if isinstance(value, dict) else None), value) for key, value in wanted.items()
        )
    if isinstance(current, list) and isinstance(wanted, list):
        return len(current) == len(wanted) and all(map(_says, current, wanted))
    # An empty value says no more than none at all.
    return current == wanted or (current is None and not wanted)


def is_outdated(machine: JsonObject) -> bool:
    """Whether a rollout has to replace it."""
    outcome = get_condition(machine, "UpToDate")
    return outcome is not None and outcome.status == "False"


def select_for_deletion(machines: list[JsonObject], outdated: list[JsonObject]) -> JsonObject:
    """The Machine to take away: an outdated one before others, the oldest of them."""
    return min(outdated or machines, key=lambda m: (m["metadata"]["creationTimestamp"], m["metadata"]["name"]))


def _config(control_plane: JsonObject, *, first: bool) -> JsonObject:
    config: JsonObject = copied(control_plane["spec"].get("kubeadmConfigSpec", {}))
    if first:
        config.pop("joinConfiguration", None)
        config.setdefault("initConfiguration", {})
    else:
        config.pop("initConfiguration", None)
        config.setdefault("joinConfiguration", {})["controlPlane"] = {}
    minor = int(control_plane["spec"]["version"].removeprefix("v").split(".")[1])
    if minor in _LOCAL_MODE_MINORS:
        gates = config.setdefault("clusterConfiguration", {}).setdefault("featureGates", {})
        gates.setdefault("ControlPlaneKubeletLocalMode", True)
    return config
