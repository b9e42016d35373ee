"""Bad documents: addresses, versions and providers."""

from __future__ import annotations

from tests.document.case import Case, added, edited

CASES = (
    Case(
        "pod range without a prefix",
        edited("    config:", "      clusterNetwork: {podCidr: 10.0.0.0}\n    config:"),
        "LT-NET-001",
        10,
        33,
        "prefix",
    ),
    Case(
        "ranges overlap",
        edited("    config:", "      clusterNetwork: {podCidr: 10.0.0.0/8, serviceCidr: 10.96.0.0/16}\n    config:"),
        "LT-NET-002",
        10,
        58,
        "172.31.0.0/16",
    ),
    Case(
        "host bits",
        edited("    config:", "      clusterNetwork: {podCidr: 10.244.0.1/16}\n    config:"),
        "LT-NET-003",
        10,
        33,
        "10.244.0.0/16",
    ),
    Case(
        "pod range too small",
        edited("    config:", "      clusterNetwork: {podCidr: 10.244.0.0/24}\n    config:"),
        "LT-NET-004",
        10,
        33,
    ),
    Case(
        "service range too large",
        edited("    config:", "      clusterNetwork: {serviceCidr: 10.0.0.0/8}\n    config:"),
        "LT-NET-005",
        10,
        37,
        "12",
    ),
    Case(
        "lb pool reversed",
        added("  networking: {lbPool: {start: 10.0.0.9, end: 10.0.0.1}}\n"),
        "LT-NET-006",
        17,
        32,
        "start: 10.0.0.1",
    ),
    Case("lb pool of words", added("  networking: {lbPool: {start: a, end: 10.0.0.1}}\n"), "LT-NET-007", 17, 32),
    Case("allowed range", added('  apiAllowedCidrs: ["10.0.0.0/33"]\n'), "LT-NET-001", 17, 21),
    Case("version of words", edited("1.35.5", "latest"), "LT-VER-001", 8, 16, '"1.35.5"'),
    Case("version without a patch", edited("1.35.5", "1.34"), "LT-VER-001", 8, 16, '"1.34.8"'),
    Case("version too old", edited("1.35.5", "1.29.1"), "LT-VER-002", 8, 16, "1.32 to 1.36"),
    Case("version too new", edited("1.35.5", "v1.37.0"), "LT-VER-002", 8, 16, "1.32 to 1.36"),
    Case("RKE2 suffix with kubeadm", edited("1.35.5", "1.35.5+rke2r1"), "LT-VER-004", 8, 16, "bootstrap: rke2"),
    Case("suffix of another", edited("1.35.5", "1.35.5+k3s1"), "LT-VER-005", 8, 16, "+rke2r1"),
    Case("no provider", edited("config:\n      docker: {}", "config: {}"), "LT-PRV-001", 10, 5, "docker"),
    Case("two providers", edited("docker: {}", "docker: {}\n      aws: {}"), "LT-PRV-002", 12, 7, "Keep one"),
    Case("gcp", edited("docker: {}", "gcp: {}"), "LT-PRV-003", 11, 7, "planned"),
    Case("azure", edited("docker: {}", "azure: {}"), "LT-PRV-003", 11, 7, "planned"),
    Case("provider of words", edited("docker: {}", "dokcer: {}"), "LT-PRV-005", 11, 7, "`docker`?"),
    Case("rke2 on docker", edited("kubeadm", "rke2"), "LT-PRV-007", 9, 18, "kubeadm"),
    Case(
        "nodeImage of words", edited("docker: {}", 'docker: {nodeImage: "a b"}'), "LT-PRV-008", 11, 27, "kindest/node"
    ),
    Case(
        "unknown key of docker", edited("docker: {}", "docker: {node_image: a}"), "LT-DOC-008", 11, 16, "`nodeImage`?"
    ),
)
