"""Which layout belongs to which built-in kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.known.printing import autoscaling, cluster, network, pods, settings, workloads
from lattice_tui.rehearsal.api.known.printing.layout import Printed

RBAC = "rbac.authorization.k8s.io"
STORAGE = "storage.k8s.io"
NETWORKING = "networking.k8s.io"
ADMISSION = "admissionregistration.k8s.io"

LAYOUTS: Mapping[tuple[str, str], Printed] = MappingProxyType(
    {
        ("", "pods"): pods.PODS,
        ("", "nodes"): cluster.NODES,
        ("", "namespaces"): cluster.NAMESPACES,
        ("", "persistentvolumes"): cluster.VOLUMES,
        ("", "persistentvolumeclaims"): cluster.CLAIMS,
        ("", "events"): cluster.EVENTS,
        ("", "secrets"): settings.SECRETS,
        ("", "configmaps"): settings.CONFIG_MAPS,
        ("", "serviceaccounts"): settings.NAMED,
        ("", "resourcequotas"): settings.QUOTAS,
        ("", "limitranges"): settings.NAMED_AND_DATED,
        ("", "services"): network.SERVICES,
        ("", "endpoints"): network.ENDPOINTS,
        ("", "replicationcontrollers"): workloads.REPLICATION_CONTROLLERS,
        ("apps", "deployments"): workloads.DEPLOYMENTS,
        ("apps", "replicasets"): workloads.REPLICA_SETS,
        ("apps", "statefulsets"): workloads.STATEFUL_SETS,
        ("apps", "daemonsets"): workloads.DAEMON_SETS,
        ("batch", "jobs"): workloads.JOBS,
        ("batch", "cronjobs"): workloads.CRON_JOBS,
        ("autoscaling", "horizontalpodautoscalers"): autoscaling.AUTOSCALERS,
        ("policy", "poddisruptionbudgets"): settings.DISRUPTION_BUDGETS,
        ("coordination.k8s.io", "leases"): cluster.LEASES,
        ("discovery.k8s.io", "endpointslices"): network.ENDPOINT_SLICES,
        ("scheduling.k8s.io", "priorityclasses"): settings.PRIORITY_CLASSES,
        (STORAGE, "storageclasses"): cluster.STORAGE_CLASSES,
        (STORAGE, "csidrivers"): settings.CSI_DRIVERS,
        (STORAGE, "csinodes"): settings.CSI_NODES,
        (NETWORKING, "ingresses"): network.INGRESSES,
        (NETWORKING, "ingressclasses"): network.INGRESS_CLASSES,
        (NETWORKING, "networkpolicies"): network.NETWORK_POLICIES,
        (RBAC, "roles"): settings.NAMED_AND_DATED,
        (RBAC, "clusterroles"): settings.NAMED_AND_DATED,
        (RBAC, "rolebindings"): settings.BINDINGS,
        (RBAC, "clusterrolebindings"): settings.BINDINGS,
        (ADMISSION, "mutatingwebhookconfigurations"): settings.WEBHOOKS,
        (ADMISSION, "validatingwebhookconfigurations"): settings.WEBHOOKS,
        ("apiregistration.k8s.io", "apiservices"): settings.API_SERVICES,
        ("apiextensions.k8s.io", "customresourcedefinitions"): settings.NAMED_AND_DATED,
    }
)


def printed(kind: Kind) -> Printed | None:
    """How a built-in kind is shown; None for a kind whose columns are paths."""
    return LAYOUTS.get(kind.key)
