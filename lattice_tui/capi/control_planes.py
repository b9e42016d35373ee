"""Control planes and pools, whichever of kubeadm and RKE2 the plan chose."""

from __future__ import annotations

from lattice_tui.capi.joining import Joining
from lattice_tui.capi.kubeadm_objects import kubeadm_config_template, kubeadm_control_plane
from lattice_tui.capi.manifests import Manifest, machine_deployment, reference
from lattice_tui.capi.resources import KUBEADM_CONFIG_TEMPLATE, RKE2_CONFIG_TEMPLATE, JsonObject
from lattice_tui.capi.rke2_objects import rke2_config_template, rke2_control_plane, rke2_version
from schemas.plan import ClusterPlan, PoolPlan


def control_plane(plan: ClusterPlan, machine_template: JsonObject, joining: Joining) -> Manifest:
    """The control plane's object; `machine_template` is a reference."""
    if plan.bootstrap == "rke2":
        return rke2_control_plane(plan, machine_template, joining)
    return kubeadm_control_plane(plan, machine_template, joining)


def pool_objects(
    plan: ClusterPlan, pool: PoolPlan, infrastructure: JsonObject, joining: Joining, *, failure_domain: str = ""
) -> list[Manifest]:
    """[how its machines join, the MachineDeployment]; `infrastructure` refers to the pool's machine template."""
    if plan.bootstrap == "rke2":
        template, resource, version = (
            rke2_config_template(plan, pool, joining), RKE2_CONFIG_TEMPLATE, rke2_version(plan),
        )  # fmt: skip
    else:
        template, resource, version = (
            kubeadm_config_template(plan, pool, joining), KUBEADM_CONFIG_TEMPLATE, f"v{plan.kubernetes_version}",
        )  # fmt: skip
    bootstrap = reference(resource, template["metadata"]["name"])
    deployment = machine_deployment(
        plan, pool, bootstrap=bootstrap, infrastructure=infrastructure, version=version, failure_domain=failure_domain
    )
    return [template, deployment]
