"""Clusters as hypothesis makes them: every field, within the document's rules."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from schemas.document import (
    AddressRange,
    ClusterNetwork,
    CredentialsRef,
    Endpoints,
    KubernetesSpec,
    LatticeCluster,
    Metadata,
    Networking,
    Nodes,
    PoolSize,
    ProviderSpec,
    Service,
    Spec,
    Taint,
    WorkerPool,
)
from schemas.plan import Bootstrap

BOOTSTRAPS: tuple[Bootstrap, ...] = ("kubeadm", "rke2")

names = st.from_regex(r"[a-z]([-a-z0-9]{0,12}[a-z0-9])?", fullmatch=True)
label_values = st.sampled_from(["no", "true", "null", "1.30", "0755"]) | st.from_regex(
    r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?", fullmatch=True
)
label_keys = st.from_regex(
    r"([a-z0-9]{1,8}\.[a-z]{2,3}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?", fullmatch=True
)
labels = st.dictionaries(label_keys, label_values, max_size=3)
TROUBLESOME = (
    "no",
    "On",
    "y",
    "true",
    "null",
    "~",
    "",
    "1.30",
    "0755",
    "22:22",
    "1e3",
    "1_000",
    "2026-11-23",
    "- a",
    "a: b",
    "#",
)
# What nobody can see is refused in every text of the document.
seen = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs"], include_characters=" ")
words = st.sampled_from(TROUBLESOME) | st.text(seen, max_size=30)
sizes_words = words.filter(lambda text: bool(text.strip()))
# Keys that other dialects or credentials use are answered with a problem, so they are not free to choose.
free_keys = st.from_regex(r"x[A-Za-z0-9]{0,8}", fullmatch=True) | words.map(lambda text: f"x{text}z")

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**18), max_value=10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(free_keys, inner, max_size=3),
    max_leaves=8,
)
docker_blocks = st.fixed_dictionaries({}, optional={"nodeImage": st.just("kindest/node:v1.35.5")})
configs = st.one_of(
    docker_blocks.map(lambda block: {"docker": block}),
    st.dictionaries(free_keys, anything, max_size=4).map(lambda block: {"proxmox": block}),
)

taints = st.builds(
    Taint,
    key=label_keys,
    value=label_values,
    effect=st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
)
positive = st.none() | st.integers(1, 999)
# The words of one provider at a time: Proxmox, OpenStack, AWS.
sizes = st.none() | st.one_of(
    st.builds(PoolSize, cores=positive, memory_mb=positive, disk_size_gb=positive),
    st.builds(
        PoolSize,
        flavor=st.none() | sizes_words,
        root_volume_size_gb=positive,
        root_volume_type=st.none() | sizes_words,
    ),
    st.builds(
        PoolSize,
        instance_type=st.none() | sizes_words,
        root_volume_size_gb=positive,
        root_volume_type=st.none() | sizes_words,
    ),
)


@st.composite
def pools(draw: st.DrawFn) -> WorkerPool:
    # Three such pools and a control plane stay within the 5000 machines of one cluster.
    replicas = draw(st.integers(0, 1600))
    limits: dict[str, Any] = {}
    if draw(st.booleans()):
        limits = {"min": draw(st.integers(0, replicas)), "max": draw(st.integers(replicas, 1600))}
    return WorkerPool(
        replicas=replicas,
        **limits,
        labels=draw(labels),
        taints=draw(st.lists(taints, max_size=2, unique_by=lambda taint: (taint.key, taint.effect))),
        size=draw(sizes),
    )


@st.composite
def kubernetes(draw: st.DrawFn) -> KubernetesSpec:
    bootstrap: Bootstrap = draw(st.sampled_from(BOOTSTRAPS))
    suffix = draw(st.sampled_from(["", "+rke2r1"])) if bootstrap == "rke2" else ""
    version = f"{draw(st.sampled_from(['', 'v']))}1.{draw(st.integers(32, 36))}.{draw(st.integers(0, 20))}{suffix}"
    network = draw(
        st.sampled_from(
            [
                ClusterNetwork(),
                ClusterNetwork(pod_cidr="100.64.0.0/10"),
                ClusterNetwork(service_cidr="10.96.0.0/16"),
                ClusterNetwork(pod_cidr="fd00:1::/48", service_cidr="fd00:2::/112"),
            ]
        )
    )
    sans = draw(st.lists(st.sampled_from(["api.example.com", "*.example.com", "10.0.0.1", "fd00::1"]), max_size=2))
    return KubernetesSpec(version=version, bootstrap=bootstrap, cert_sans=sans, cluster_network=network)


endpoints = st.builds(
    Endpoints,
    host=st.sampled_from([None, "127.0.0.1", "api.example.com", "fd00::1"]),
    grpc_port=st.integers(1, 30000),
    bootstrap_port=st.integers(30001, 65535),
    service=st.builds(Service, type=st.sampled_from([None, "LoadBalancer", "NodePort", "ClusterIP"])),
)
specs = st.builds(
    Spec,
    provider=st.builds(ProviderSpec, kubernetes=kubernetes(), config=configs),
    nodes=st.builds(
        Nodes,
        control_plane=st.sampled_from([1, 3, 5, 9]),
        worker_pools=st.dictionaries(names, pools(), max_size=3),
    ),
    endpoints=endpoints,
    networking=st.builds(
        Networking,
        lb_pool=st.none()
        | st.sampled_from(
            [AddressRange(start="10.0.0.1", end="10.0.0.9"), AddressRange(start="fd00:9::1", end="fd00:9::ff")]
        ),
    ),
    management=st.sampled_from(["self", "external"]),
    api_allowed_cidrs=st.lists(st.sampled_from(["10.0.0.0/8", "0.0.0.0/0", "203.0.113.7/32"]), max_size=2),
    credentials=st.none()
    | st.builds(
        CredentialsRef,
        source=st.sampled_from(["env", "keyring", "file", "profile"]),
        name=st.none() | st.from_regex(r"[a-z/._-]{0,20}", fullmatch=True),
    ),
)
clusters = st.builds(LatticeCluster, metadata=st.builds(Metadata, name=names, labels=labels), spec=specs)
