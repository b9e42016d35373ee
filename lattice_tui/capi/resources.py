"""`Resource`: where the API serves a kind, and the kinds that we speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

JsonObject = dict[str, Any]
"""A Kubernetes object as JSON. It stays at the border: whatever decides something is typed."""

CLUSTER_NAME_LABEL = "cluster.x-k8s.io/cluster-name"
CONTROL_PLANE_LABEL = "cluster.x-k8s.io/control-plane"
CONTROL_PLANE_NAME_LABEL = "cluster.x-k8s.io/control-plane-name"
DEPLOYMENT_NAME_LABEL = "cluster.x-k8s.io/deployment-name"

DELETE_FOR_MOVE = "clusterctl.cluster.x-k8s.io/delete-for-move"
"""What `clusterctl move` marks an object with before it deletes it at the source: it lives on elsewhere."""

CORE_GROUP = "cluster.x-k8s.io"
BOOTSTRAP_GROUP = "bootstrap.cluster.x-k8s.io"
CONTROL_PLANE_GROUP = "controlplane.cluster.x-k8s.io"
INFRASTRUCTURE_GROUP = "infrastructure.cluster.x-k8s.io"
IPAM_GROUP = "ipam.cluster.x-k8s.io"
LATTICE_GROUP = "lattice.dev"
ORC_GROUP = "openstack.k-orc.cloud"


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind as the API serves it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL path of the collection, or of one object when `name` is given."""
        parts = ["/apis", self.group, self.version] if self.group else ["/api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name:
            parts.append(quote(name, safe=""))
        if subresource:
            parts.append(subresource)
        return "/".join(parts)


NAMESPACE = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
NODE = Resource("", "v1", "nodes", "Node", namespaced=False)
SECRET = Resource("", "v1", "secrets", "Secret")
CONFIG_MAP = Resource("", "v1", "configmaps", "ConfigMap")
EVENT = Resource("", "v1", "events", "Event")
POD = Resource("", "v1", "pods", "Pod")
SERVICE = Resource("", "v1", "services", "Service")
SERVICE_ACCOUNT = Resource("", "v1", "serviceaccounts", "ServiceAccount")
DEPLOYMENT = Resource("apps", "v1", "deployments", "Deployment")
DAEMON_SET = Resource("apps", "v1", "daemonsets", "DaemonSet")
STORAGE_CLASS = Resource("storage.k8s.io", "v1", "storageclasses", "StorageClass", namespaced=False)
CRD = Resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False)
PROVIDER = Resource("clusterctl.cluster.x-k8s.io", "v1alpha3", "providers", "Provider")
CLUSTER = Resource(CORE_GROUP, "v1beta2", "clusters", "Cluster")
MACHINE = Resource(CORE_GROUP, "v1beta2", "machines", "Machine")
MACHINE_SET = Resource(CORE_GROUP, "v1beta2", "machinesets", "MachineSet")
MACHINE_DEPLOYMENT = Resource(CORE_GROUP, "v1beta2", "machinedeployments", "MachineDeployment")
MACHINE_HEALTH_CHECK = Resource(CORE_GROUP, "v1beta2", "machinehealthchecks", "MachineHealthCheck")
KUBEADM_CONTROL_PLANE = Resource(CONTROL_PLANE_GROUP, "v1beta2", "kubeadmcontrolplanes", "KubeadmControlPlane")
KUBEADM_CONFIG = Resource(BOOTSTRAP_GROUP, "v1beta2", "kubeadmconfigs", "KubeadmConfig")
KUBEADM_CONFIG_TEMPLATE = Resource(BOOTSTRAP_GROUP, "v1beta2", "kubeadmconfigtemplates", "KubeadmConfigTemplate")
DOCKER_CLUSTER = Resource(INFRASTRUCTURE_GROUP, "v1beta2", "dockerclusters", "DockerCluster")
DOCKER_MACHINE = Resource(INFRASTRUCTURE_GROUP, "v1beta2", "dockermachines", "DockerMachine")
DOCKER_MACHINE_TEMPLATE = Resource(INFRASTRUCTURE_GROUP, "v1beta2", "dockermachinetemplates", "DockerMachineTemplate")
RKE2_CONTROL_PLANE = Resource(CONTROL_PLANE_GROUP, "v1beta2", "rke2controlplanes", "RKE2ControlPlane")
RKE2_CONFIG = Resource(BOOTSTRAP_GROUP, "v1beta2", "rke2configs", "RKE2Config")
RKE2_CONFIG_TEMPLATE = Resource(BOOTSTRAP_GROUP, "v1beta2", "rke2configtemplates", "RKE2ConfigTemplate")
PROXMOX_CLUSTER = Resource(INFRASTRUCTURE_GROUP, "v1alpha2", "proxmoxclusters", "ProxmoxCluster")
PROXMOX_MACHINE = Resource(INFRASTRUCTURE_GROUP, "v1alpha2", "proxmoxmachines", "ProxmoxMachine")
PROXMOX_MACHINE_TEMPLATE = Resource(
    INFRASTRUCTURE_GROUP, "v1alpha2", "proxmoxmachinetemplates", "ProxmoxMachineTemplate"
)
OPENSTACK_CLUSTER = Resource(INFRASTRUCTURE_GROUP, "v1beta1", "openstackclusters", "OpenStackCluster")
OPENSTACK_MACHINE = Resource(INFRASTRUCTURE_GROUP, "v1beta1", "openstackmachines", "OpenStackMachine")
OPENSTACK_MACHINE_TEMPLATE = Resource(
    INFRASTRUCTURE_GROUP, "v1beta1", "openstackmachinetemplates", "OpenStackMachineTemplate"
)
OPENSTACK_SERVER = Resource(INFRASTRUCTURE_GROUP, "v1alpha1", "openstackservers", "OpenStackServer")
AWS_CLUSTER = Resource(INFRASTRUCTURE_GROUP, "v1beta2", "awsclusters", "AWSCluster")
AWS_MACHINE = Resource(INFRASTRUCTURE_GROUP, "v1beta2", "awsmachines", "AWSMachine")
AWS_MACHINE_TEMPLATE = Resource(INFRASTRUCTURE_GROUP, "v1beta2", "awsmachinetemplates", "AWSMachineTemplate")
AWS_CONTROLLER_IDENTITY = Resource(
    INFRASTRUCTURE_GROUP, "v1beta2", "awsclustercontrolleridentities", "AWSClusterControllerIdentity", namespaced=False
)
IP_POOL = Resource(IPAM_GROUP, "v1alpha2", "inclusterippools", "InClusterIPPool")
IP_ADDRESS = Resource(IPAM_GROUP, "v1beta2", "ipaddresses", "IPAddress")
IP_ADDRESS_CLAIM = Resource(IPAM_GROUP, "v1beta2", "ipaddressclaims", "IPAddressClaim")
LATTICE_CLUSTER = Resource(LATTICE_GROUP, "v1alpha1", "latticeclusters", "LatticeCluster")

ALL: tuple[Resource, ...] = (
    NAMESPACE, NODE, SECRET, CONFIG_MAP, EVENT, POD, SERVICE, SERVICE_ACCOUNT, DEPLOYMENT, DAEMON_SET,
    STORAGE_CLASS, CRD, PROVIDER, CLUSTER, MACHINE, MACHINE_SET, MACHINE_DEPLOYMENT, MACHINE_HEALTH_CHECK,
    KUBEADM_CONTROL_PLANE, KUBEADM_CONFIG, KUBEADM_CONFIG_TEMPLATE, DOCKER_CLUSTER, DOCKER_MACHINE,
    DOCKER_MACHINE_TEMPLATE, RKE2_CONTROL_PLANE, RKE2_CONFIG, RKE2_CONFIG_TEMPLATE, PROXMOX_CLUSTER, PROXMOX_MACHINE,
    PROXMOX_MACHINE_TEMPLATE, OPENSTACK_CLUSTER, OPENSTACK_MACHINE, OPENSTACK_MACHINE_TEMPLATE, OPENSTACK_SERVER,
    AWS_CLUSTER, AWS_MACHINE, AWS_MACHINE_TEMPLATE, AWS_CONTROLLER_IDENTITY, IP_POOL, IP_ADDRESS, IP_ADDRESS_CLAIM,
    LATTICE_CLUSTER,
)  # fmt: skip
_BY_TYPE = {(resource.api_version, resource.kind): resource for resource in ALL}


@dataclass(frozen=True, slots=True)
class InfrastructureKinds:
    """The kinds that one provider uses for a cluster, for a machine, and for what machines are made from."""

    cluster: Resource
    machine: Resource
    machine_template: Resource
    more: tuple[Resource, ...] = ()
    """What its controllers make beside them: addresses, servers."""


DOCKER_KINDS = InfrastructureKinds(DOCKER_CLUSTER, DOCKER_MACHINE, DOCKER_MACHINE_TEMPLATE)
PROXMOX_KINDS = InfrastructureKinds(
    PROXMOX_CLUSTER, PROXMOX_MACHINE, PROXMOX_MACHINE_TEMPLATE, (IP_POOL, IP_ADDRESS_CLAIM, IP_ADDRESS)
)
OPENSTACK_KINDS = InfrastructureKinds(
    OPENSTACK_CLUSTER, OPENSTACK_MACHINE, OPENSTACK_MACHINE_TEMPLATE, (OPENSTACK_SERVER,)
)
AWS_KINDS = InfrastructureKinds(AWS_CLUSTER, AWS_MACHINE, AWS_MACHINE_TEMPLATE)


def resource_for(manifest: JsonObject) -> Resource:
    """The resource of a manifest. Raises KeyError for a kind that is not listed here."""
    key = (str(manifest.get("apiVersion", "")), str(manifest.get("kind", "")))
    if key not in _BY_TYPE:
        raise KeyError(f"no resource is known for apiVersion {key[0]!r}, kind {key[1]!r}")
    return _BY_TYPE[key]
