"""The keys of cluster.yaml that hold other keys: nothing is asked there, but there is something to say."""

from __future__ import annotations

from typing import Final

from schemas.fields import Part

DOCUMENT: Final = Part(
    "",
    "cluster.yaml",
    "one file describes one cluster",
    notes=("lattice validate FILE checks it, lattice explain PATH explains one key.",),
)

PARTS: Final = (
    Part("metadata", "The cluster itself", "what it is called", comment="what the cluster is called"),
    Part("spec", "What is built", "machines, addresses and where they come from"),
    Part(
        "spec.provider",
        "Provider",
        "what the machines are made of, and where",
        comment="what it is built from, and where",
    ),
    Part("spec.provider.kubernetes", "Kubernetes", "its version, and how a machine becomes a node"),
    Part(
        "spec.provider.kubernetes.clusterNetwork",
        "Networks inside the cluster",
        "ranges that exist inside the cluster alone; absent: the first free ones",
    ),
    Part(
        "spec.provider.config",
        "Where it runs",
        "exactly one provider; {} where there is nothing to choose",
        notes=("It cannot be changed later.",),
        comment="one provider; {} where there is nothing to choose",
    ),
    Part("spec.nodes", "Machines", "how many there are, and of what kind", comment="how many machines"),
    Part(
        "spec.nodes.workerPools",
        "Worker pools",
        "groups of machines that are alike, each under a name of its own",
        notes=(
            "Without it there is one pool, called default, of 2 machines.",
            "A name has lower-case letters, digits and dashes, and begins with a letter.",
        ),
        comment="groups of machines that are alike",
    ),
    Part("spec.nodes.workerPools.default", "One pool", "machines that are alike; the name is yours to choose"),
    Part(
        "spec.nodes.workerPools.default.size",
        "Machine size of the pool",
        "the pool's own machine size, in the provider's words",
        notes=("Absent: the provider's size for workers.", "No effect on Docker, where machines are containers."),
    ),
    Part("spec.endpoints", "Addresses and ports", "where the cluster is reached", comment="where it is reached"),
    Part("spec.endpoints.service", "Service of the operator", "how the operator's ports are offered"),
    Part(
        "spec.networking", "Network around the cluster", "addresses of your own network that the cluster may give away"
    ),
    Part(
        "spec.networking.lbPool",
        "Addresses for load balancers",
        "addresses for LoadBalancer services, from first to last",
        notes=("No effect on Docker.",),
        comment="addresses for LoadBalancer services",
    ),
    Part(
        "spec.credentials",
        "Credentials",
        "where the credentials are, never the value",
        notes=("Secrets never live in cluster.yaml.", "Docker needs none."),
        comment="where the credentials are, never the value",
    ),
)
"""In the order of the file."""


def part_at(path: str) -> Part | None:
    """The part at `path`; any pool's path finds the default pool's part."""
    parts = path.split(".")
    if parts[:3] == ["spec", "nodes", "workerPools"] and len(parts) > 3:
        parts[3] = "default"
    wanted = ".".join(parts)
    return next((part for part in PARTS if part.path == wanted), DOCUMENT if not wanted else None)
