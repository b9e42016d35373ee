"""The kinds a simulated cluster can serve, with the names and subresources of the pinned releases.

Source: Kubernetes' built-in types, and the CRDs of Cluster API v1.13.5 and cert-manager v1.21.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lattice_tui.rehearsal.api.served import ANYTHING, ServedVersion

CAPI = ("cluster-api",)
CORE_GROUP_WITHOUT_GENERATION = frozenset(
    {
        "",
        "autoscaling",
        "events.k8s.io",
        "coordination.k8s.io",
        "rbac.authorization.k8s.io",
        "storage.k8s.io",
        "discovery.k8s.io",
    }
)
BUILT_IN_GROUPS = CORE_GROUP_WITHOUT_GENERATION | {
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "meta.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "scheduling.k8s.io",
}
"""The groups no CustomResourceDefinition stands behind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. Two kinds of one group and plural are the same kind, whatever else is known of them."""

    group: str
    """Empty for the core group."""
    version: str = field(compare=False)
    """The version in which objects are stored."""
    kind: str = field(compare=False)
    plural: str
    namespaced: bool = field(compare=False)
    has_status: bool = field(compare=False)
    """Status is a subresource: main writes leave it alone, status writes touch nothing else."""
    short_names: tuple[str, ...] = field(default=(), compare=False)
    categories: tuple[str, ...] = field(default=(), compare=False)
    has_scale: bool = field(default=False, compare=False)
    versions: tuple[ServedVersion, ...] = field(default=(), compare=False, repr=False)
    """Every served version, the preferred one first; empty: the stored version, of an unknown schema."""

    def at(self, version: str = "") -> ServedVersion | None:
        """What is served at a version (the stored one when none is named); None when it is not served."""
        wanted = version or self.version
        if not self.versions and wanted == self.version:
            return ServedVersion(self.version, ANYTHING, has_status=self.has_status)
        return next((served for served in self.versions if served.name == wanted), None)

    def seen_at(self, version: str) -> Kind:
        """The same kind for one who speaks another of its versions: objects are read and written in that one."""
        return self if version == self.version else replace(self, version=version)

    def with_versions(self, versions: tuple[ServedVersion, ...]) -> Kind:
        """The same kind, with more known of it."""
        return replace(self, versions=versions)

    @property
    def api_version(self) -> str:
        """As in an object's apiVersion."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> tuple[str, str]:
        """What tells kinds apart in one cluster: group and plural."""
        return (self.group, self.plural)

    @property
    def qualified_plural(self) -> str:
        """As messages name it: `machines.cluster.x-k8s.io`, `secrets`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """As messages of refused objects name it: `Machine.cluster.x-k8s.io`, `Secret`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def has_generation(self) -> bool:
        """Whether the server counts spec changes; of the old core kinds Pods alone have it so (since 1.33)."""
        return (
            self.key in (("", "pods"), ("", "replicationcontrollers"), ("discovery.k8s.io", "endpointslices"))
            or self.group not in CORE_GROUP_WITHOUT_GENERATION
        )

    @property
    def is_custom(self) -> bool:
        """Whether a CustomResourceDefinition stands behind it."""
        return self.group not in BUILT_IN_GROUPS


def _core(
    kind: str, plural: str, *short: str, namespaced: bool = True, has_status: bool = False, in_all: bool = False
) -> Kind:
    return Kind("", "v1", kind, plural, namespaced, has_status, short, ("all",) if in_all else ())


def _capi(group: str, kind: str, plural: str, *short: str, has_status: bool = True, has_scale: bool = False) -> Kind:
    full_group = f"{group}.cluster.x-k8s.io" if group else "cluster.x-k8s.io"
    return Kind(full_group, "v1beta2", kind, plural, True, has_status, short, CAPI, has_scale)


NAMESPACE = _core("Namespace", "namespaces", "ns", namespaced=False, has_status=True)
NODE = _core("Node", "nodes", "no", namespaced=False, has_status=True)
PERSISTENT_VOLUME = _core("PersistentVolume", "persistentvolumes", "pv", namespaced=False, has_status=True)
PERSISTENT_VOLUME_CLAIM = _core("PersistentVolumeClaim", "persistentvolumeclaims", "pvc", has_status=True)
SECRET = _core("Secret", "secrets")
CONFIG_MAP = _core("ConfigMap", "configmaps", "cm")
EVENT = _core("Event", "events", "ev")
POD = _core("Pod", "pods", "po", has_status=True, in_all=True)
SERVICE = _core("Service", "services", "svc", has_status=True, in_all=True)
SERVICE_ACCOUNT = _core("ServiceAccount", "serviceaccounts", "sa")
RESOURCE_QUOTA = _core("ResourceQuota", "resourcequotas", "quota", has_status=True)
LIMIT_RANGE = _core("LimitRange", "limitranges", "limits")
ENDPOINTS = _core("Endpoints", "endpoints", "ep")
REPLICATION_CONTROLLER = Kind(
    "", "v1", "ReplicationController", "replicationcontrollers", True, True, ("rc",), ("all",), has_scale=True
)

DEPLOYMENT = Kind("apps", "v1", "Deployment", "deployments", True, True, ("deploy",), ("all",), has_scale=True)
REPLICA_SET = Kind("apps", "v1", "ReplicaSet", "replicasets", True, True, ("rs",), ("all",), has_scale=True)
STATEFUL_SET = Kind("apps", "v1", "StatefulSet", "statefulsets", True, True, ("sts",), ("all",), has_scale=True)
DAEMON_SET = Kind("apps", "v1", "DaemonSet", "daemonsets", True, True, ("ds",), ("all",))
JOB = Kind("batch", "v1", "Job", "jobs", True, True, (), ("all",))
CRON_JOB = Kind("batch", "v1", "CronJob", "cronjobs", True, True, ("cj",), ("all",))
POD_AUTOSCALER = Kind(
    "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", True, True, ("hpa",), ("all",)
)
DISRUPTION_BUDGET = Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", True, True, ("pdb",))
PRIORITY_CLASS = Kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", False, False, ("pc",))
INGRESS = Kind("networking.k8s.io", "v1", "Ingress", "ingresses", True, True, ("ing",))
INGRESS_CLASS = Kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses", False, False)
NETWORK_POLICY = Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", True, False, ("netpol",))
ENDPOINT_SLICE = Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", True, False)
CSI_DRIVER = Kind("storage.k8s.io", "v1", "CSIDriver", "csidrivers", False, False)
CSI_NODE = Kind("storage.k8s.io", "v1", "CSINode", "csinodes", False, False)
API_SERVICE = Kind("apiregistration.k8s.io", "v1", "APIService", "apiservices", False, True, (), ("api-extensions",))
STORAGE_CLASS = Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", False, False, ("sc",))
LEASE = Kind("coordination.k8s.io", "v1", "Lease", "leases", True, False)
ROLE = Kind("rbac.authorization.k8s.io", "v1", "Role", "roles", True, False)
ROLE_BINDING = Kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", True, False)
CLUSTER_ROLE = Kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", False, False)
CLUSTER_ROLE_BINDING = Kind(
    "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", False, False
)
MUTATING_WEBHOOK = Kind(
    "admissionregistration.k8s.io",
    "v1",
    "MutatingWebhookConfiguration",
    "mutatingwebhookconfigurations",
    False,
    False,
    (),
    ("api-extensions",),
)
VALIDATING_WEBHOOK = Kind(
    "admissionregistration.k8s.io",
    "v1",
    "ValidatingWebhookConfiguration",
    "validatingwebhookconfigurations",
    False,
    False,
    (),
    ("api-extensions",),
)
CRD = Kind(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    False,
    True,
    ("crd", "crds"),
    ("api-extensions",),
)

PROVIDER = Kind("clusterctl.cluster.x-k8s.io", "v1alpha3", "Provider", "providers", True, False, (), CAPI)

CERTIFICATE = Kind("cert-manager.io", "v1", "Certificate", "certificates", True, True, ("cert", "certs"))
ISSUER = Kind("cert-manager.io", "v1", "Issuer", "issuers", True, True)
CLUSTER_ISSUER = Kind("cert-manager.io", "v1", "ClusterIssuer", "clusterissuers", False, True)

CLUSTER = _capi("", "Cluster", "clusters", "cl")
CLUSTER_CLASS = _capi("", "ClusterClass", "clusterclasses", "cc")
MACHINE = _capi("", "Machine", "machines", "ma")
MACHINE_SET = _capi("", "MachineSet", "machinesets", "ms", has_scale=True)
MACHINE_DEPLOYMENT = _capi("", "MachineDeployment", "machinedeployments", "md", has_scale=True)
MACHINE_POOL = _capi("", "MachinePool", "machinepools", "mp", has_scale=True)
MACHINE_HEALTH_CHECK = _capi("", "MachineHealthCheck", "machinehealthchecks", "mhc", "mhcs")
MACHINE_DRAIN_RULE = _capi("", "MachineDrainRule", "machinedrainrules", has_status=False)
CLUSTER_RESOURCE_SET = _capi("addons", "ClusterResourceSet", "clusterresourcesets")
CLUSTER_RESOURCE_SET_BINDING = _capi(
    "addons", "ClusterResourceSetBinding", "clusterresourcesetbindings", has_status=False
)
IP_ADDRESS = _capi("ipam", "IPAddress", "ipaddresses", has_status=False)
IP_ADDRESS_CLAIM = _capi("ipam", "IPAddressClaim", "ipaddressclaims")

KUBEADM_CONFIG = _capi("bootstrap", "KubeadmConfig", "kubeadmconfigs")
KUBEADM_CONFIG_TEMPLATE = _capi("bootstrap", "KubeadmConfigTemplate", "kubeadmconfigtemplates", has_status=False)
KUBEADM_CONTROL_PLANE = _capi("controlplane", "KubeadmControlPlane", "kubeadmcontrolplanes", "kcp", has_scale=True)
KUBEADM_CONTROL_PLANE_TEMPLATE = _capi(
    "controlplane", "KubeadmControlPlaneTemplate", "kubeadmcontrolplanetemplates", has_status=False
)

DOCKER_CLUSTER = _capi("infrastructure", "DockerCluster", "dockerclusters")
DOCKER_CLUSTER_TEMPLATE = _capi("infrastructure", "DockerClusterTemplate", "dockerclustertemplates", has_status=False)
DOCKER_MACHINE = _capi("infrastructure", "DockerMachine", "dockermachines")
DOCKER_MACHINE_TEMPLATE = _capi("infrastructure", "DockerMachineTemplate", "dockermachinetemplates")
DEV_CLUSTER = _capi("infrastructure", "DevCluster", "devclusters")
DEV_MACHINE = _capi("infrastructure", "DevMachine", "devmachines")
DEV_MACHINE_TEMPLATE = _capi("infrastructure", "DevMachineTemplate", "devmachinetemplates")

CORE_KINDS: tuple[Kind, ...] = (
    NAMESPACE,
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    SECRET,
    CONFIG_MAP,
    EVENT,
    POD,
    SERVICE,
    SERVICE_ACCOUNT,
    ENDPOINTS,
    REPLICATION_CONTROLLER,
    DEPLOYMENT,
    REPLICA_SET,
    STATEFUL_SET,
    DAEMON_SET,
    STORAGE_CLASS,
    LEASE,
    ROLE,
    ROLE_BINDING,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    MUTATING_WEBHOOK,
    VALIDATING_WEBHOOK,
    CRD,
    RESOURCE_QUOTA,
    LIMIT_RANGE,
    JOB,
    CRON_JOB,
    POD_AUTOSCALER,
    DISRUPTION_BUDGET,
    PRIORITY_CLASS,
    INGRESS,
    INGRESS_CLASS,
    NETWORK_POLICY,
    ENDPOINT_SLICE,
    CSI_DRIVER,
    CSI_NODE,
    API_SERVICE,
)
"""Served by every cluster from birth."""

PROVIDER_KINDS: dict[str, tuple[Kind, ...]] = {
    "clusterctl": (PROVIDER,),
    "cert-manager": (CERTIFICATE, ISSUER, CLUSTER_ISSUER),
    "cluster-api": (
        CLUSTER,
        CLUSTER_CLASS,
        MACHINE,
        MACHINE_SET,
        MACHINE_DEPLOYMENT,
        MACHINE_POOL,
        MACHINE_HEALTH_CHECK,
        MACHINE_DRAIN_RULE,
        CLUSTER_RESOURCE_SET,
        CLUSTER_RESOURCE_SET_BINDING,
        IP_ADDRESS,
        IP_ADDRESS_CLAIM,
    ),
    "bootstrap-kubeadm": (KUBEADM_CONFIG, KUBEADM_CONFIG_TEMPLATE),
    "control-plane-kubeadm": (KUBEADM_CONTROL_PLANE, KUBEADM_CONTROL_PLANE_TEMPLATE),
    "infrastructure-docker": (
        DOCKER_CLUSTER,
        DOCKER_CLUSTER_TEMPLATE,
        DOCKER_MACHINE,
        DOCKER_MACHINE_TEMPLATE,
        DEV_CLUSTER,
        DEV_MACHINE,
        DEV_MACHINE_TEMPLATE,
    ),
}
"""What each provider's components add, by its `cluster.x-k8s.io/provider` label."""


def provider_of(kind: Kind) -> str:
    """The provider label of the components a kind comes with; empty when no provider brings it."""
    return next((label for label, kinds in PROVIDER_KINDS.items() if kind in kinds), "")
