"""The questions that every provider shares, each declared once."""

from __future__ import annotations

from typing import Final

from schemas.fields import Choice, Field

NAME: Final = Field(
    path="metadata.name",
    label="Name",
    help="lower-case letters, digits and dashes; at most 32 characters",
    why="Machines, the kubeconfig and every object of the cluster carry it. It cannot be changed later.",
    example="practice",
    default="practice",
    default_reason="a first cluster is for practice",
)
VERSION: Final = Field(
    path="spec.provider.kubernetes.version",
    label="Kubernetes version",
    help="three numbers, in quotes",
    why="Newer versions get fixes for longer; the proposed one is tested with every other part.",
    example="1.35.5",
    kind="choice",
)
BOOTSTRAP: Final = Field(
    path="spec.provider.kubernetes.bootstrap",
    label="Bootstrap",
    help="kubeadm or rke2: what turns a machine into a node",
    why="It follows the machines' image: one made for Kubernetes carries kubeadm.",
    default="kubeadm",
    default_reason="the machines' image carries it",
    kind="choice",
    choices=(
        Choice("kubeadm", "kubeadm", "the Kubernetes project's own"),
        Choice("rke2", "RKE2", "for plain images without Kubernetes", usable=False),
    ),
)
CERT_SANS: Final = Field(
    path="spec.provider.kubernetes.certSANs",
    label="Extra names in the API certificate",
    help="names or addresses that the API may be called by",
    why="kubectl refuses an API whose certificate does not carry the name it was called by.",
    example="api.example.com",
)
POD_CIDR: Final = Field(
    path="spec.provider.kubernetes.clusterNetwork.podCidr",
    label="Pod range",
    help="addresses of pods; absent: the first free range",
    why="It must not overlap any network that the machines talk to.",
    example="10.244.0.0/16",
)
SERVICE_CIDR: Final = Field(
    path="spec.provider.kubernetes.clusterNetwork.serviceCidr",
    label="Service range",
    help="addresses of services; absent: the first free range",
    why="It must not overlap the pod range.",
    example="10.96.0.0/16",
)
CONTROL_PLANE: Final = Field(
    path="spec.nodes.controlPlane",
    label="Control-plane machines",
    help="machines that run Kubernetes itself: 1, 3 or 5",
    why="Three survive the loss of one. An even number survives no more than the odd one below it (etcd quorum).",
    example="1",
    default="1",
    default_reason="three on one computer do not survive the computer",
    kind="integer",
)
POOL_REPLICAS: Final = Field(
    path="spec.nodes.workerPools.default.replicas",
    label="Worker machines",
    help="machines that run your applications",
    why="Each takes memory and disk. With none, the control plane runs everything.",
    example="2",
    default="2",
    default_reason="two show how work moves when one is gone",
    kind="integer",
)
POOL_MIN: Final = Field(
    path="spec.nodes.workerPools.default.min",
    label="Fewest workers",
    help="the autoscaler keeps at least this many",
    why="Give both limits or neither.",
    example="1",
    kind="integer",
)
POOL_MAX: Final = Field(
    path="spec.nodes.workerPools.default.max",
    label="Most workers",
    help="the autoscaler adds no more than this many",
    why="Give both limits or neither.",
    example="5",
    kind="integer",
)
HOST: Final = Field(
    path="spec.endpoints.host",
    label="API address",
    help="name or address of the Kubernetes API",
    why="It cannot be changed once the cluster is built.",
    example="192.168.1.50",
)
GRPC_PORT: Final = Field(
    path="spec.endpoints.grpcPort",
    label="gRPC port",
    help="port of the Lattice operator",
    example="50051",
    default="50051",
    default_reason="the usual one",
    kind="integer",
)
BOOTSTRAP_PORT: Final = Field(
    path="spec.endpoints.bootstrapPort",
    label="Bootstrap port",
    help="port that new machines ask first",
    example="8443",
    default="8443",
    default_reason="the usual one",
    kind="integer",
)
SERVICE_TYPE: Final = Field(
    path="spec.endpoints.service.type",
    label="Service type",
    help="LoadBalancer, NodePort or ClusterIP",
    why="How the operator's ports are reached from outside.",
    kind="choice",
    choices=(
        Choice("LoadBalancer", "LoadBalancer", "an address of its own"),
        Choice("NodePort", "NodePort", "a port on every machine"),
        Choice("ClusterIP", "ClusterIP", "from inside only"),
    ),
)
LB_POOL_START: Final = Field(
    path="spec.networking.lbPool.start",
    label="First address for load balancers",
    help="first address given to LoadBalancer services",
    example="192.168.1.240",
)
LB_POOL_END: Final = Field(
    path="spec.networking.lbPool.end",
    label="Last address for load balancers",
    help="last address given to LoadBalancer services",
    example="192.168.1.250",
)
MANAGEMENT: Final = Field(
    path="spec.management",
    label="Managed from",
    help="self: the cluster manages itself; external: another one does",
    default="self",
    default_reason="nothing else has to keep running",
    kind="choice",
    choices=(
        Choice("self", "itself", "the temporary cluster is removed at the end"),
        Choice("external", "another cluster", "the managing cluster is kept"),
    ),
)
API_ALLOWED_CIDRS: Final = Field(
    path="spec.apiAllowedCidrs",
    label="Who may reach the API",
    help="ranges that may reach the Kubernetes API",
    example="203.0.113.7/32",
)
CREDENTIALS_SOURCE: Final = Field(
    path="spec.credentials.source",
    label="Credentials from",
    help="where the credentials are, never the value: env, keyring, file or profile",
    default="env",
    kind="choice",
    choices=(
        Choice("env", "environment variables"),
        Choice("keyring", "this computer's keyring"),
        Choice("file", "a file that only you can read"),
        Choice("profile", "a profile of the provider's own tool"),
    ),
)

COMMON_FIELDS: Final = (
    NAME,
    VERSION,
    BOOTSTRAP,
    CERT_SANS,
    POD_CIDR,
    SERVICE_CIDR,
    CONTROL_PLANE,
    POOL_REPLICAS,
    POOL_MIN,
    POOL_MAX,
    HOST,
    GRPC_PORT,
    BOOTSTRAP_PORT,
    SERVICE_TYPE,
    LB_POOL_START,
    LB_POOL_END,
    MANAGEMENT,
    API_ALLOWED_CIDRS,
    CREDENTIALS_SOURCE,
)
"""In the order of the file."""


def field_at(path: str) -> Field | None:
    """The common field that answers `path`; any pool's path finds the default pool's field."""
    parts = path.split(".")
    if parts[:3] == ["spec", "nodes", "workerPools"] and len(parts) > 3:
        parts[3] = "default"
    wanted = ".".join(parts)
    return next((field for field in COMMON_FIELDS if field.path == wanted), None)
