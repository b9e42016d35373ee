"""The questions that every provider shares, each declared once."""

from __future__ import annotations

from typing import Final

from lattice_tui.document import patterns
from lattice_tui.document.pool_fields import POOL_LABELS, SIZE_FIELDS, TAINT_FIELDS
from schemas.fields import Choice, Field

API_VERSION: Final = Field(
    path="apiVersion",
    label="Form of the file",
    help="the form of this file",
    why="It says which keys there can be. A later form gets another name, and this one stays readable.",
    example="lattice.dev/v1alpha1",
    default="lattice.dev/v1alpha1",
    default_reason="the only one there is; leaving it out is a warning",
    kind="choice",
)
KIND: Final = Field(
    path="kind",
    label="Kind",
    help="what this file describes",
    why="It keeps the file apart from other YAML: one file describes one cluster.",
    example="LatticeCluster",
    default="LatticeCluster",
    default_reason="the only one there is; leaving it out is a warning",
    kind="choice",
)

NAME: Final = Field(
    path="metadata.name",
    label="Name",
    help="lower-case letters, digits and dashes; at most 32 characters",
    why="Machines, the kubeconfig and every object of the cluster carry it. It cannot be changed later.",
    example="practice",
    default="practice",
    default_reason="a first cluster is for practice",
    notes=("With a pool's name it has at most 46 characters: every name made from the two fits Kubernetes' 63.",),
    pattern=patterns.NAME,
)
LABELS: Final = Field(
    path="metadata.labels",
    label="Labels of the cluster",
    help="labels on every object of the cluster",
    why="They let you find and sort what belongs together, for example by team.",
    example="team: web",
    default_reason="none",
    notes=("Values are text: a number, true or no needs quotes.",),
)
VERSION: Final = Field(
    path="spec.provider.kubernetes.version",
    label="Kubernetes version",
    help="three numbers, in quotes",
    why="Newer versions get fixes for longer; the proposed one is tested with every other part.",
    where="The wizard lists them, with the day until which each gets fixes.",
    example="1.35.5",
    kind="choice",
    notes=(
        "Without quotes 1.30 is the number 1.3.",
        "A leading v is accepted. For RKE2 a suffix names its release: 1.35.5+rke2r1.",
    ),
)
BOOTSTRAP: Final = Field(
    path="spec.provider.kubernetes.bootstrap",
    label="Bootstrap",
    help="kubeadm or rke2: what turns a machine into a node",
    why="It follows the machines' image: one made for Kubernetes carries kubeadm.",
    example="kubeadm",
    default="kubeadm",
    default_reason="the machines' image carries it",
    kind="choice",
    choices=(
        Choice("kubeadm", "kubeadm", "the Kubernetes project's own"),
        Choice("rke2", "RKE2", "for plain images without Kubernetes", usable=False),
    ),
    notes=("RKE2 on Docker is not in this version yet.",),
)
CERT_SANS: Final = Field(
    path="spec.provider.kubernetes.certSANs",
    label="Extra names in the API certificate",
    help="names or addresses that the API may be called by",
    why="kubectl refuses an API whose certificate does not carry the name it was called by.",
    example="api.example.com",
    default_reason="none, beside the API's own address",
    pattern=patterns.CERTIFICATE_NAME,
)
POD_CIDR: Final = Field(
    path="spec.provider.kubernetes.clusterNetwork.podCidr",
    label="Pod range",
    help="addresses of pods; absent: the first free range",
    why="It must not overlap any network that the machines talk to.",
    example="10.244.0.0/16",
    default_reason="the first free one",
    notes=("Every machine takes a /24 of it: a /16 has room for 256 machines.",),
    pattern=patterns.POD_RANGE,
)
SERVICE_CIDR: Final = Field(
    path="spec.provider.kubernetes.clusterNetwork.serviceCidr",
    label="Service range",
    help="addresses of services; absent: the first free range",
    why="It must not overlap the pod range.",
    example="10.96.0.0/16",
    default_reason="the first free one",
    notes=("Kubernetes takes no more than 20 bits for hosts here: a /12 is the largest.",),
    pattern=patterns.SERVICE_RANGE,
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
    notes=("More than 7 is slower, not safer: every member of etcd is told of every change.",),
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
    notes=("Without workerPools there is one pool, called default, of 2 machines.",),
)
POOL_MIN: Final = Field(
    path="spec.nodes.workerPools.default.min",
    label="Fewest workers",
    help="the autoscaler keeps at least this many",
    why="Give both limits or neither.",
    example="1",
    default_reason="none, the pool keeps its size",
    kind="integer",
    notes=("replicas lies between min and max.",),
)
POOL_MAX: Final = Field(
    path="spec.nodes.workerPools.default.max",
    label="Most workers",
    help="the autoscaler adds no more than this many",
    why="Give both limits or neither.",
    example="5",
    default_reason="none, the pool keeps its size",
    kind="integer",
    notes=("replicas lies between min and max.",),
)
HOST: Final = Field(
    path="spec.endpoints.host",
    label="API address",
    help="name or address of the Kubernetes API",
    why="It cannot be changed once the cluster is built.",
    example="192.168.1.50",
    default_reason="the provider's usual one; on Docker 127.0.0.1",
    notes=("Without a scheme and without a port.", "... leaves it open: it is found out while building."),
    pattern=patterns.HOST,
)
GRPC_PORT: Final = Field(
    path="spec.endpoints.grpcPort",
    label="gRPC port",
    help="port of the Lattice operator",
    why="Nothing else at the API's address may use it.",
    example="50051",
    default="50051",
    default_reason="the usual one",
    kind="integer",
)
BOOTSTRAP_PORT: Final = Field(
    path="spec.endpoints.bootstrapPort",
    label="Bootstrap port",
    help="port that new machines ask first",
    why="A new machine asks there what to become. It differs from the gRPC port.",
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
    example="NodePort",
    default_reason="on Docker NodePort, elsewhere LoadBalancer",
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
    why="Nothing else in your network may use the addresses from first to last.",
    where="Your router's DHCP settings show which addresses it gives away itself.",
    example="192.168.1.240",
    pattern=patterns.ADDRESS,
)
LB_POOL_END: Final = Field(
    path="spec.networking.lbPool.end",
    label="Last address for load balancers",
    help="last address given to LoadBalancer services",
    why="Nothing else in your network may use the addresses from first to last.",
    where="Your router's DHCP settings show which addresses it gives away itself.",
    example="192.168.1.250",
    pattern=patterns.ADDRESS,
)
MANAGEMENT: Final = Field(
    path="spec.management",
    label="Managed from",
    help="self: the cluster manages itself; external: another one does",
    why="Whoever manages it makes, mends and removes its machines from then on.",
    example="self",
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
    why="An API that the whole internet can reach is tried by the whole internet.",
    example="203.0.113.7/32",
    default_reason="none, whoever can reach the address may",
    notes=("For OpenStack and AWS.",),
    pattern=patterns.RANGE,
)
CREDENTIALS_SOURCE: Final = Field(
    path="spec.credentials.source",
    label="Credentials from",
    help="where the credentials are, never the value: env, keyring, file or profile",
    why="A cluster.yaml is shared, committed and printed: it never holds a secret.",
    example="env",
    default="env",
    default_reason="nothing has to be stored",
    kind="choice",
    choices=(
        Choice("env", "environment variables"),
        Choice("keyring", "this computer's keyring"),
        Choice("file", "a file that only you can read"),
        Choice("profile", "a profile of the provider's own tool"),
    ),
)
CREDENTIALS_NAME: Final = Field(
    path="spec.credentials.name",
    label="Name of the credentials",
    help="which one there: the entry, the file or the profile",
    why="Where more than one is kept, this says which one is meant.",
    example="homelab",
    default_reason="the provider's usual one",
    pattern=patterns.PRINTABLE,
    notes=("A value that looks like a secret itself is refused.",),
)

COMMON_FIELDS: Final = (
    API_VERSION,
    KIND,
    NAME,
    LABELS,
    VERSION,
    BOOTSTRAP,
    CERT_SANS,
    POD_CIDR,
    SERVICE_CIDR,
    CONTROL_PLANE,
    POOL_REPLICAS,
    POOL_MIN,
    POOL_MAX,
    POOL_LABELS,
    *TAINT_FIELDS,
    *SIZE_FIELDS,
    HOST,
    GRPC_PORT,
    BOOTSTRAP_PORT,
    SERVICE_TYPE,
    LB_POOL_START,
    LB_POOL_END,
    MANAGEMENT,
    API_ALLOWED_CIDRS,
    CREDENTIALS_SOURCE,
    CREDENTIALS_NAME,
)
"""In the order of the file."""


def field_at(path: str) -> Field | None:
    """The common field that answers `path`; any pool's path finds the default pool's field."""
    parts = path.split(".")
    if parts[:3] == ["spec", "nodes", "workerPools"] and len(parts) > 3:
        parts[3] = "default"
    wanted = ".".join(parts)
    return next((field for field in COMMON_FIELDS if field.path == wanted), None)
